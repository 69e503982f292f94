"""Reading a native dataset: its nodes, its fields as [node, time], its model orography."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.downscale.footprint import WIDEST_FOOTPRINT_KM, footprint
from forecast.downscale.gradient import spacing_km
from forecast.errors import DataError
from forecast.fields import spatial_dims
from grids.regrid import Mesh, apply, interpolation

FROM_INPUT: Final = "input"
FROM_FILE: Final = "orography file"
FROM_TERRAIN: Final = "terrain averaged over the model cell, 18 km at most"
FROM_NOWHERE: Final = "none: height differences left out"

_LAND_SHARE: Final = 0.5
Floats = npt.NDArray[np.float32]


class Orography(NamedTuple):
    """Heights of the nodes.

    Attributes:
        elevation: m (node,).
        known: nodes whose height is sure and, where the terrain tells, on land (node,).
        origin: where the heights come from, in words.
        land: land fraction where the terrain gave the heights (node,).
    """

    elevation: Floats
    known: npt.NDArray[np.bool_]
    origin: str
    land: Floats | None = None


def crop(native: xr.Dataset, *, longitude: Any, latitude: Any, margin: float) -> xr.Dataset:
    """The nodes within a margin (degrees of latitude) around places, in longitude order.

    Args:
        native: model grid, dims latitude and longitude, or node.
        longitude: of the places, degrees.
        latitude: of the places, degrees.
        margin: degrees.
    """
    north = np.asarray(latitude, dtype=np.float64)
    east = np.asarray(longitude, dtype=np.float64)
    middle = float(east.min() + east.max()) / 2.0
    half = float(np.ptp(east)) / 2.0
    wide = half + margin / max(float(np.cos(np.deg2rad(np.abs(north).max()))), 0.05)
    offset = (native["longitude"].values - middle + 180.0) % 360.0 - 180.0
    along = np.abs(offset) <= wide
    rows = native["latitude"].values
    up = (rows >= north.min() - margin) & (rows <= north.max() + margin)
    if spatial_dims(native) == ("node",):
        return native.isel(node=np.flatnonzero(along & up))
    ordered = np.flatnonzero(along)[np.argsort(offset[along], kind="stable")]
    return native.isel(latitude=np.flatnonzero(up), longitude=ordered)


def nodal(native: xr.Dataset, name: str) -> Floats:
    """A field of the native dataset as float32 [node, time], or [node] when static."""
    field = native[name]
    dims = spatial_dims(field)
    extra = set(map(str, field.dims)) - {*dims, "time"}
    if extra:
        raise DataError(
            f"downscale was given {name} with dims {tuple(field.dims)}; allowed beside the"
            " horizontal ones is time: select one member first"
        )
    order = (*dims, "time") if "time" in field.dims else dims
    values = np.asarray(field.transpose(*order).values, dtype=np.float32)
    horizontal = int(np.prod(values.shape[: len(dims)]))
    return np.ascontiguousarray(values.reshape(horizontal, *values.shape[len(dims) :]))


def interval_hours(native: xr.Dataset, name: str) -> npt.NDArray[np.float64]:
    """Length of the intervals of a sum or mean that end at each time, hours (time,).

    0 where none ends; 1 everywhere where the dataset does not say.
    """
    if "interval_hours" in native.variables and name in native["variable"].values:
        said = native["interval_hours"].sel(variable=name).values.astype(np.float64)
        return np.nan_to_num(said, nan=0.0)
    return np.ones(native.sizes["time"])


def model_orography(
    native: xr.Dataset,
    mesh: Mesh,
    *,
    orography: xr.DataArray | None,
    terrain: xr.Dataset | None,
) -> Orography:
    """Height of the nodes: from the input, else the given field, else the averaged terrain.

    Args:
        native: may hold `model_elevation`, m.
        mesh: its nodes.
        orography: model elevation (m) on the same or another mesh.
        terrain: `elevation` (m) on latitude and longitude.

    Raises:
        DataError: there is none of the three.
    """
    if "model_elevation" in native:
        return _filled(mesh, nodal(native, "model_elevation"), FROM_INPUT)
    if orography is not None:
        field = orography.astype(np.float32)
        order = spatial_dims(field)
        weights = interpolation(
            Mesh.from_dataset(field), longitude=mesh.longitude, latitude=mesh.latitude
        )
        return _filled(mesh, apply(weights, field.transpose(*order).values.ravel()), FROM_FILE)
    if terrain is not None:
        mean = footprint(terrain, mesh, width_km=footprint_width_km(mesh))
        if np.isfinite(mean.elevation).any():
            heights = _filled(mesh, mean.elevation, FROM_TERRAIN)
            on_land = heights.known & (mean.land > _LAND_SHARE)
            return heights._replace(known=on_land, land=mean.land)
    raise DataError(
        "downscaling was asked without model orography; allowed are an input with geopotential or"
        " orography, an orography file, or a terrain that covers the model cells"
    )


def footprint_width_km(mesh: Mesh) -> float:
    """Side of the square of terrain that a node stands for, km."""
    return min(spacing_km(mesh), WIDEST_FOOTPRINT_KM)


def orography_origin(native: xr.Dataset, *, orography: xr.DataArray | None, method: str) -> str:
    """Where `model_orography` will take the heights from, in words."""
    if method in ("bilinear", "nearest"):
        return FROM_NOWHERE
    if "model_elevation" in native:
        return FROM_INPUT
    return FROM_TERRAIN if orography is None else FROM_FILE


def land(native: xr.Dataset, size: int) -> npt.NDArray[np.bool_]:
    """Nodes that are land for the gradient: all where the land fraction is not known."""
    if "model_land_fraction" not in native:
        return np.ones(size, dtype=bool)
    return np.asarray(nodal(native, "model_land_fraction") > _LAND_SHARE)


def _filled(mesh: Mesh, heights: Floats, origin: str) -> Orography:
    """Give nodes without a height that of the nearest node that has one."""
    known = np.isfinite(heights)
    if not known.any():
        raise DataError(f"the model orography ({origin}) has no finite height in this area")
    filled = heights.astype(np.float32)
    if not known.all():
        sources = np.flatnonzero(known)
        target = mesh.tree.data[~known]
        nearest = _tree(mesh, sources).query(target)[1]
        filled[~known] = heights[sources[nearest]]
    return Orography(filled, known, origin)


def _tree(mesh: Mesh, nodes: npt.NDArray[np.int64]) -> Any:
    return type(mesh.tree)(mesh.tree.data[nodes])
