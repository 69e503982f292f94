"""Stations: what they may observe, how tables name it, and where the stations are.

Both sides know it: the write side reads observations, the read side only lists of places.
"""

from forecast.stations.names import COLUMNS, KINDS, observable, rain_sum
from forecast.stations.places import Places, read_places
from forecast.stations.table import StationTable, read_table

__all__ = [
    "COLUMNS",
    "KINDS",
    "Places",
    "StationTable",
    "observable",
    "rain_sum",
    "read_places",
    "read_table",
]
