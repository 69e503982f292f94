"""Where to downscale to: the cells of a terrain, or points."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.downscale.footprint import land_of, tells_land
from forecast.errors import DataError
from grids.grid import Grid


class Target(NamedTuple):
    """Cells or points and the terrain around them.

    Attributes:
        grid: the grid of cells, None for points.
        longitude: degrees (column,) or (point,).
        latitude: degrees (row,) or (point,).
        elevation: m, float32 (row, column) or (point,).
        terrain: `elevation` on latitude and longitude, where there is one.
        land: land fraction, 0 to 1, float32 like `elevation`; NaN where not known.
    """

    grid: Grid | None
    longitude: npt.NDArray[np.float64]
    latitude: npt.NDArray[np.float64]
    elevation: npt.NDArray[np.float32]
    terrain: xr.Dataset | None
    land: npt.NDArray[np.float32]

    @classmethod
    def cells(cls, terrain: xr.Dataset, *, around: xr.Dataset | None = None) -> Self:
        """The cells of a terrain: `elevation` (m) on ascending latitude and longitude.

        Missing elevation (sea) counts as 0 m. Land is told from sea by `land_fraction` (0 to 1),
        else by missing elevation; where nothing is missing it is not known.

        Args:
            terrain: the target.
            around: the same with more ground around it, for model cells at the edge.

        Raises:
            DataError: there is no elevation on latitude and longitude.
        """
        grid, heights = terrain_cells(terrain)
        land = np.full(heights.shape, np.nan, dtype=np.float32)
        if tells_land(terrain):
            land = land_of(terrain)
        ground = terrain if around is None else around
        return cls(grid, grid.longitudes, grid.latitudes, heights, ground, land)

    @classmethod
    def points(cls, points: xr.Dataset, *, terrain: xr.Dataset | None = None) -> Self:
        """Points with elevation (m), latitude and longitude (degrees) on the dim `point`.

        Args:
            points: the places.
            terrain: around them; precipitation keeps the amount of each model cell with it, and
                the cell that holds a point says how much of it is land. A point without such a
                cell is on land.

        Raises:
            DataError: a coordinate or an elevation is missing or not finite.
        """
        fields = {}
        for name in ("longitude", "latitude", "elevation"):
            if name not in points.variables or points[name].dims != ("point",):
                raise DataError(
                    f"downscaling to points was asked; they need {name} on the dim point"
                )
            fields[name] = np.asarray(points[name].values, dtype=np.float64)
            if not np.isfinite(fields[name]).all():
                raise DataError(f"a point's {name} is not finite; every point needs all three")
        heights = fields.pop("elevation").astype(np.float32)
        land = np.ones(heights.shape, dtype=np.float32)
        if terrain is not None:
            land = _land_at(terrain, fields["longitude"], fields["latitude"])
        return cls(None, **fields, elevation=heights, terrain=terrain, land=land)

    @classmethod
    def of(cls, target: xr.Dataset | Self) -> Self:
        """The target of a terrain or points dataset."""
        if not isinstance(target, xr.Dataset):
            return target
        return cls.points(target) if "point" in target.dims else cls.cells(target)


def cells_holding(
    grid: Grid, *, longitude: npt.NDArray[np.float64], latitude: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Row and column of the cell that holds each point; -1 and -1 outside the grid.

    Args:
        grid: the cells.
        longitude: degrees (point,).
        latitude: degrees (point,).
    """
    box = grid.bounds
    east = (longitude - box.west + 1e-9) % 360.0
    column = (east / grid.longitude_spacing).astype(np.int64)
    row = np.floor((latitude - box.south) / grid.latitude_spacing + 1e-9).astype(np.int64)
    row = np.where(latitude == box.north, grid.rows - 1, row)
    inside = (row >= 0) & (row < grid.rows) & (column < grid.columns)
    return np.where(inside, row, -1), np.where(inside, column, -1)


def _land_at(
    terrain: xr.Dataset, longitude: npt.NDArray[np.float64], latitude: npt.NDArray[np.float64]
) -> npt.NDArray[np.float32]:
    """Land fraction of the terrain's cell that holds each point; 1 where there is none."""
    grid = Grid.from_coordinates(
        latitude=terrain["latitude"].values, longitude=terrain["longitude"].values
    )
    row, column = cells_holding(grid, longitude=longitude, latitude=latitude)
    share = land_of(terrain, cells=(row, column))
    return np.where((row < 0) | np.isnan(share), np.float32(1.0), share)


def terrain_cells(terrain: xr.Dataset) -> tuple[Grid, npt.NDArray[np.float32]]:
    """Grid of a terrain and its elevation, m [row, column], missing elevation (sea) as 0.

    Raises:
        DataError: there is no elevation on latitude and longitude.
    """
    dims = {"latitude", "longitude"}
    if "elevation" not in terrain or set(terrain["elevation"].dims) != dims:
        raise DataError(
            "downscaling to a terrain was asked; it needs elevation on latitude and longitude"
        )
    grid = Grid.from_coordinates(
        latitude=terrain["latitude"].values, longitude=terrain["longitude"].values
    )
    heights = terrain["elevation"].transpose("latitude", "longitude").values
    return grid, np.nan_to_num(np.asarray(heights, dtype=np.float32), nan=0.0)
