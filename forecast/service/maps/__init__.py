"""Maps as tiles: fields, quantiles, grades, relief and water of all regions, cell by cell."""

from forecast.service.maps.atlas import Atlas
from forecast.service.maps.listing import layers
from forecast.service.maps.mercator import DEEPEST, SIZE, Tile
from forecast.service.maps.picture import Picture

__all__ = ["DEEPEST", "SIZE", "Atlas", "Picture", "Tile", "layers"]
