"""Terrain of a grid: heights, land, slope and position, from the best source at hand."""

from grids.terrain.choice import for_grid
from grids.terrain.copernicus import PRODUCTS, build
from grids.terrain.files import load
from grids.terrain.shape import on_grid, slope, topographic_position

__all__ = [
    "PRODUCTS",
    "build",
    "for_grid",
    "load",
    "on_grid",
    "slope",
    "topographic_position",
]
