"""Errors of the geometry side.

GridsError
├── InvalidLocation   a longitude, latitude or box that is not on the earth
├── InvalidGrid       spacing, counts or coordinates that make no regular grid
├── OutsideGrid       a place that the grid or model mesh does not cover
└── TerrainError      an elevation file that cannot be read or does not cover the grid
    └── TerrainSourceUnavailable   the tile server did not answer in time
"""


class GridsError(Exception):
    """Root of every error that `grids` raises on purpose."""


class InvalidLocation(GridsError):
    """A longitude, latitude or box is out of range or not finite."""


class InvalidGrid(GridsError):
    """Spacing, counts or coordinates do not make a regular grid."""


class OutsideGrid(GridsError):
    """The place asked for is not covered by the grid."""


class TerrainError(GridsError):
    """An elevation file cannot be read, or does not cover the grid."""


class TerrainSourceUnavailable(TerrainError):
    """The terrain tile server could not be reached or kept failing."""
