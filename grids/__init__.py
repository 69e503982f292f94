"""Where: grids, places on the earth, terrain and regridding. Knows no weather and no web."""

from grids.errors import GridsError, InvalidGrid, InvalidLocation, OutsideGrid, TerrainError
from grids.geometry import BoundingBox, LonLat, great_circle_distance
from grids.grid import Grid

__all__ = [
    "BoundingBox",
    "Grid",
    "GridsError",
    "InvalidGrid",
    "InvalidLocation",
    "LonLat",
    "OutsideGrid",
    "TerrainError",
    "great_circle_distance",
]
