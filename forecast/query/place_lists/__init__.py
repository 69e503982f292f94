"""An operator's own lists of places and zones: read from files, checked, kept, served."""

from forecast.query.place_lists.entries import OwnPlace, PlaceList, Zone
from forecast.query.place_lists.keeping import Kept, OwnPlaces
from forecast.query.place_lists.reading import read_list

__all__ = ["Kept", "OwnPlace", "OwnPlaces", "PlaceList", "Zone", "read_list"]
