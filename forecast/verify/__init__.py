"""How good the numbers are: scores with their uncertainty."""

from forecast.verify.scores import ScoreRow, compare

__all__ = ["ScoreRow", "compare"]
