"""What and when: from model output to a 1 km forecast and the advice drawn from it."""

__version__ = "0.1.0"

SIMULATED_WORDS = "SIMULATED: this cycle is a bundled scenario, not a forecast"
"""What every face of the product says before the numbers of a simulated cycle."""
