"""From observations to corrections of the downscaled forecast."""
