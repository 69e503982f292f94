"""Terrain averaged to what the nodes of a model stand for."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.parameters import chosen
from grids.geometry import EARTH_RADIUS_M
from grids.regrid import Mesh

WIDEST_FOOTPRINT_KM: Final = chosen("terrain_footprint")
"""A node of a disseminated grid holds the value of the model at that point, and the models behind
the open grids resolve 9 to 16 km, however far apart the nodes are given. Averaging over the whole
cell of a coarser grid takes away relief that the values still have: at 638 stations of south-east
Europe the error of temperature where heights differ by 300 m grows from 2.40 to 2.70 K (RMSE)."""

_COVERED: Final = 0.5
Doubles = npt.NDArray[np.float64]


class Footprint(NamedTuple):
    """Terrain around the nodes.

    Attributes:
        elevation: mean, m, sea as 0; NaN where the terrain does not reach (node,).
        land: share of land, 0 to 1; NaN likewise (node,).
    """

    elevation: npt.NDArray[np.float32]
    land: npt.NDArray[np.float32]


def footprint(terrain: xr.Dataset, mesh: Mesh, *, width_km: float) -> Footprint:
    """Average a terrain over squares around the nodes of a mesh.

    Args:
        terrain: `elevation` (m; NaN is sea) and, where known, `land_fraction` (0 to 1) on
            ascending latitude and longitude.
        mesh: the nodes.
        width_km: side of the squares; cells of the terrain that are wider count whole.
    """
    height = terrain["elevation"].transpose("latitude", "longitude")
    values = np.asarray(height.values, dtype=np.float64)
    land = land_of(terrain).astype(np.float64)
    half = np.rad2deg(width_km * 500.0 / EARTH_RADIUS_M)
    north, east = height["latitude"].values, height["longitude"].values
    middle = (east[0] + east[-1]) / 2.0
    across = middle + (mesh.longitude - middle + 180.0) % 360.0 - 180.0
    stretch = half / np.maximum(np.cos(np.deg2rad(mesh.latitude)), 0.01)
    rows = _window(north, mesh.latitude, np.full(mesh.size, half))
    columns = _window(east, across, stretch)
    weight = np.cos(np.deg2rad(north))[:, np.newaxis]
    area = _box_sums(np.broadcast_to(weight, values.shape), rows, columns)
    outside = (rows.covered * columns.covered < _COVERED) | (area <= 0.0)
    safe = np.where(outside, 1.0, area)
    mean = _box_sums(weight * np.nan_to_num(values, nan=0.0), rows, columns) / safe
    share = _box_sums(weight * np.nan_to_num(land, nan=0.0), rows, columns) / safe
    mean[outside], share[outside] = np.nan, np.nan
    return Footprint(mean.astype(np.float32), share.astype(np.float32))


def tells_land(terrain: xr.Dataset) -> bool:
    """Whether a terrain tells land from sea: by `land_fraction`, or by elevation that is NaN."""
    return "land_fraction" in terrain.variables or bool(terrain["elevation"].isnull().any())


def land_of(terrain: xr.Dataset, *, cells: Any = np.s_[:, :]) -> npt.NDArray[np.float32]:
    """Land fraction of a terrain's cells [row, column], 0 to 1; NaN elevation is sea.

    Args:
        terrain: `land_fraction` or else `elevation` on latitude and longitude.
        cells: rows and columns, as numpy takes them.
    """
    told = "land_fraction" in terrain.variables
    field = terrain["land_fraction" if told else "elevation"]
    part = field.transpose("latitude", "longitude").values[cells]
    return np.asarray(part if told else np.isfinite(part), dtype=np.float32)


class _Windows(NamedTuple):
    """First and last + 1 terrain cell of each node along an axis, and the share inside."""

    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    covered: Doubles


def _window(axis: Doubles, centre: Doubles, half: Doubles) -> _Windows:
    step = float(axis[1] - axis[0])
    low, high = axis[0] - step / 2.0, axis[-1] + step / 2.0
    inside = np.minimum(centre + half, high) - np.maximum(centre - half, low)
    first = np.floor((centre - half - low) / step + 0.5).astype(np.int64)
    last = np.floor((centre + half - low) / step + 0.5).astype(np.int64)
    here = np.floor((centre - low) / step).astype(np.int64)
    first, last = np.minimum(first, here), np.maximum(last, here + 1)
    return _Windows(
        np.clip(first, 0, axis.size),
        np.clip(last, 0, axis.size),
        np.maximum(inside, 0.0) / (2.0 * half),
    )


def _box_sums(field: Doubles, rows: _Windows, columns: _Windows) -> Doubles:
    """Sums over the windows from the summed-area table (Crow 1984)."""
    table = np.zeros((field.shape[0] + 1, field.shape[1] + 1))
    table[1:, 1:] = field.cumsum(axis=0).cumsum(axis=1)
    return np.asarray(
        table[rows.last, columns.last]
        - table[rows.first, columns.last]
        - table[rows.last, columns.first]
        + table[rows.first, columns.first]
    )
