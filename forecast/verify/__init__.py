"""How good the numbers are: station files and scores with their uncertainty."""

from forecast.verify.scores import ScoreRow, compare
from forecast.verify.stations import Stations, read_stations

__all__ = ["ScoreRow", "Stations", "compare", "read_stations"]
