"""The model grid of a run: one grid chosen, cropped, its axes ascending and unwrapped."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.errors import NormaliseError
from forecast.normalise.names import STATIC, Meaning
from grids.errors import GridsError
from grids.geometry import BoundingBox
from grids.regrid import Mesh, cell_mean

Recognised = tuple[Meaning, xr.DataArray]

_SAME_PLACE = 1e-4
"""Degrees within which two coordinates are one."""


def choose_grid(recognised: Sequence[Recognised]) -> str:
    """Key of the grid that the run stands on: that of 2 m temperature, else the commonest.

    Args:
        recognised: fields with their meaning, at least one.
    """
    moving = [item for item in recognised if item[0].quantity not in STATIC] or list(recognised)
    carriers = [item for item in moving if item[0].quantity == "temperature_2m"] or moving
    count: Counter[str] = Counter()
    for _, field in carriers:
        count[grid_key(field)] += int(field.sizes.get("step", 1))
    return count.most_common(1)[0][0]


def grid_key(field: xr.DataArray) -> str:
    """Key of a field's grid; fields without one are told apart by their coordinates."""
    key = field.attrs.get("grid_key")
    if key is not None:
        return str(key)
    axes = (np.round(field[name].values, 6).tobytes() for name in ("latitude", "longitude"))
    return str(hash(tuple(axes)))


def horizontal(field: xr.DataArray) -> tuple[str, ...]:
    """`latitude, longitude` or `node`.

    Raises:
        NormaliseError: the field has neither.
    """
    if "node" in field.dims:
        return ("node",)
    if {"latitude", "longitude"} <= set(field.dims):
        return ("latitude", "longitude")
    raise NormaliseError(
        f"field {field.attrs.get('short_name', field.name)} has dims {field.dims}; allowed are "
        "latitude and longitude, or node"
    )


def arrange(field: xr.DataArray, area: BoundingBox | None) -> xr.DataArray:
    """Put a field's horizontal axes into ascending order, unwrapped, and crop it.

    Args:
        field: dims of `horizontal` and any others.
        area: keep the points within it (bounds included); None keeps all.

    Raises:
        NormaliseError: no point lies in the area.
    """
    dims = horizontal(field)
    longitude = field["longitude"].values.astype(np.float64)
    if area is not None:
        longitude = _unwrap(longitude, (area.west + area.east) / 2.0)
    elif len(dims) == 2 and np.any(np.diff(longitude) <= 0.0):
        longitude = np.unwrap(longitude, period=360.0)
    field = field.assign_coords(longitude=(dims[-1], longitude))
    if len(dims) == 2:
        field = field.isel(
            latitude=np.argsort(field["latitude"].values, kind="stable"),
            longitude=np.argsort(longitude, kind="stable"),
        )
    if area is None:
        return field
    inside = _inside(field, area)
    kept = field.isel({dim: np.flatnonzero(inside[dim]) for dim in dims})
    if 0 in kept.sizes.values():
        raise NormaliseError(
            f"the area {area.west:g},{area.south:g},{area.east:g},{area.north:g} (W,S,E,N in "
            "degrees) was asked; no point of the run lies in it"
        )
    return kept


def on_model_grid(field: xr.DataArray, model: xr.DataArray) -> tuple[npt.NDArray[np.float32], str]:
    """Bring a static field onto the model grid: as it stands, or as area mean where finer.

    Args:
        field: (latitude, longitude) or (node), in its own unit; NaN is missing.
        model: any field on the model grid, arranged.

    Returns:
        values in the model grid's shape and a word on what was done: `same grid` or `area mean`.

    Raises:
        NormaliseError: the field is neither on the grid nor regular, or does not cover it.
    """
    dims = horizontal(model)
    shape = tuple(model.sizes[dim] for dim in dims)
    if horizontal(field) == dims and all(_alike(field, model, name) for name in dims):
        return field.transpose(*dims).values.astype(np.float32), "same grid"
    if horizontal(field) == ("node",):
        raise NormaliseError(
            "the orography given has nodes of its own; allowed are the run's own grid, or a "
            "regular latitude-longitude grid to average"
        )
    try:
        mean, share = cell_mean(arrange(field, None), Mesh.from_dataset(model))
    except GridsError as error:
        raise NormaliseError(f"the orography given cannot be averaged: {error}") from error
    if not np.any(share >= 0.5):
        raise NormaliseError("the orography given does not cover the run's area; it must overlap")
    return np.where(share >= 0.5, mean, np.nan).reshape(shape).astype(np.float32), "area mean"


def _alike(field: xr.DataArray, model: xr.DataArray, dim: str) -> bool:
    names = ("latitude", "longitude") if dim == "node" else (dim,)
    if field.sizes[dim] != model.sizes[dim]:
        return False
    for name in names:
        apart = np.abs(field[name].values.astype(np.float64) - model[name].values)
        if np.any(np.minimum(apart, np.abs(360.0 - apart)) > _SAME_PLACE):
            return False
    return True


def _unwrap(longitude: npt.NDArray[np.float64], centre: float) -> npt.NDArray[np.float64]:
    shifted = np.round((longitude - centre + 180.0) % 360.0, 9) % 360.0
    return np.asarray(shifted - 180.0 + centre)


def _inside(field: xr.DataArray, area: BoundingBox) -> dict[str, npt.NDArray[np.bool_]]:
    latitude, longitude = field["latitude"].values, field["longitude"].values
    rows = (latitude >= area.south - _SAME_PLACE) & (latitude <= area.north + _SAME_PLACE)
    columns = (longitude >= area.west - _SAME_PLACE) & (longitude <= area.east + _SAME_PLACE)
    if "node" in field.dims:
        return {"node": rows & columns}
    return {"latitude": rows, "longitude": columns}
