"""All advice of a profile at one place."""

from forecast.advise.situation import Situation

__all__ = ["Situation"]
