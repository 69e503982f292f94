"""From raw fields to the vocabulary: names, units, grid, intervals and their gaps."""

from forecast.normalise.physics import Finding, check_physics
from forecast.normalise.run import normalise

__all__ = ["Finding", "check_physics", "normalise"]
