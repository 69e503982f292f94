"""Where to downscale to: the cells of a terrain, or points."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import xarray as xr

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
    """

    grid: Grid | None
    longitude: npt.NDArray[np.float64]
    latitude: npt.NDArray[np.float64]
    elevation: npt.NDArray[np.float32]
    terrain: xr.Dataset | None

    @classmethod
    def cells(cls, terrain: xr.Dataset, *, around: xr.Dataset | None = None) -> Self:
        """The cells of a terrain: `elevation` (m) on ascending latitude and longitude.

        Missing elevation (sea) counts as 0 m.

        Args:
            terrain: the target.
            around: the same with more ground around it, for model cells at the edge.

        Raises:
            DataError: there is no elevation on latitude and longitude.
        """
        grid, heights = terrain_cells(terrain)
        return cls(
            grid, grid.longitudes, grid.latitudes, heights, terrain if around is None else around
        )

    @classmethod
    def points(cls, points: xr.Dataset, *, terrain: xr.Dataset | None = None) -> Self:
        """Points with elevation (m), latitude and longitude (degrees) on the dim `point`.

        Args:
            points: the places.
            terrain: around them; precipitation keeps the amount of each model cell with it.

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
        return cls(None, **fields, elevation=heights, terrain=terrain)

    @classmethod
    def of(cls, target: xr.Dataset | Self) -> Self:
        """The target of a terrain or points dataset."""
        if not isinstance(target, xr.Dataset):
            return target
        return cls.points(target) if "point" in target.dims else cls.cells(target)


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
