"""Datasets in, datasets out: lazily by tiles for a terrain, at once for points."""

from __future__ import annotations

from typing import Any, Final, Unpack

import dask
import dask.array as da
import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast import fields
from forecast.downscale.correction import Beside, Given, refuse_method, said, terms
from forecast.downscale.native import orography_origin
from forecast.downscale.origins import choose, method_named, notes, sources
from forecast.downscale.plan import Plan
from forecast.downscale.preparation import coast_note, prepare
from forecast.downscale.target import Target
from forecast.downscale.tiles import compute_points, compute_tile_values
from forecast.errors import InvalidRequest
from grids.grid import Grid

TILE_CELLS: Final = 128
"""Rows and columns of a lazy tile: some 100 ms of work for a week of hours."""

_STAGE: Final = "downscale"
_KEPT: Final = ("time_bounds", "forecast_period", "forecast_reference_time")


def downscale(
    native: xr.Dataset,
    terrain: xr.Dataset | Target,
    *,
    method: str = "zhitian",
    variables: tuple[str, ...] | None = None,
    **given: Unpack[Given],
) -> xr.Dataset:
    """Downscale a native dataset to the grid of a terrain, lazily.

    Args:
        native: model grid, dims time and latitude, longitude or node; members ride along.
        terrain: `elevation` (m) on ascending latitude and longitude; or `Target.cells` of a
            part of it with the ground around.
        method: `zhitian`, `bilinear`, `nearest` or `fixed-lapse`.
        variables: outputs; all that the input allows when None.
        **given: `orography`, model elevation (m) where the input has none; `correction`, terms
            from observations: see `prepare`.

    Returns:
        float32 on (realization,) time, latitude, longitude; nothing computed yet.

    Raises:
        InvalidRequest: an unknown method, a variable that the input cannot give, or a correction
            with another method than `zhitian`.
        DataError: a correction of another grid, time or variable.
    """
    beside = Beside(**given)
    refuse_method(beside.correction, method_named(method))
    names = choose(native, variables)
    place = terrain if isinstance(terrain, Target) else Target.cells(terrain)
    terms(beside.correction, place, times=native["time"].values)
    grid = _grid_of(place)
    shape = (grid.rows, grid.columns, len(names), native.sizes["time"])
    delayed = dask.delayed(prepare, pure=False)
    stacks = [
        _stack(delayed(member, place, method=method, variables=names, **given), shape)
        for member in _members(native)
    ]
    dims: tuple[str, ...] = ("time", "latitude", "longitude")
    data = {
        name: _joined([stack[:, :, place].transpose(2, 0, 1) for stack in stacks], native, dims)
        for place, name in enumerate(names)
    }
    origin = orography_origin(native, orography=beside.orography, method=method)
    told = {"downscaling": method, "model_orography": origin, **notes(native, names)}
    told |= coast_note(native, place, method=method) | said(beside.correction)
    axes = {"latitude": grid.latitudes, "longitude": grid.longitudes}
    return _finished(native, data, coordinates=axes, told=told)


def _grid_of(place: Target) -> Grid:
    if place.grid is None:
        raise InvalidRequest("a grid was asked of a target of points; use at_points")
    return place.grid


def at_points(
    native: xr.Dataset,
    points: xr.Dataset | Target,
    *,
    method: str = "zhitian",
    variables: tuple[str, ...] | None = None,
    **given: Unpack[Given],
) -> xr.Dataset:
    """Downscale a native dataset to points at their own heights.

    Args:
        native: model grid, dims time and latitude, longitude or node; members ride along.
        points: `latitude`, `longitude` (degrees) and `elevation` (m) on the dim `point`, or
            `Target.points(points, terrain=terrain)`, with which precipitation keeps the amounts
            of model cells and the model orography can be averaged from the terrain.
        method: `zhitian`, `bilinear`, `nearest` or `fixed-lapse`.
        variables: outputs; all that the input allows when None.
        **given: `orography`, model elevation (m) where the input has none; `correction`, terms
            from observations: see `prepare`.

    Returns:
        float32 on (realization,) time, point, with the coordinates of the points.

    Raises:
        InvalidRequest: an unknown method, a variable that the input cannot give, or a correction
            with another method than `zhitian`.
        DataError: a correction of another grid, time or variable.
        OutsideGrid: the model does not cover a point.
    """
    target = Target.of(points)
    plans = [
        prepare(member, target, method=method, variables=variables, **given)
        for member in _members(native)
    ]
    values = [compute_points(plan) for plan in plans]
    data = {
        name: _joined([value[:, place].T for value in values], native, ("time", "point"))
        for place, name in enumerate(plans[0].variables)
    }
    places: dict[str, Any] = {
        name: ("point", getattr(target, name)) for name in ("latitude", "longitude", "elevation")
    }
    return _finished(native, data, coordinates=places, told=plans[0].notes)


def _members(native: xr.Dataset) -> list[xr.Dataset]:
    if "realization" not in native.dims:
        return [native]
    return [native.isel(realization=n) for n in range(native.sizes["realization"])]


def _stack(plan: Any, shape: tuple[int, int, int, int]) -> da.Array:
    """All variables on [row, column, variable, time], one task a tile."""
    tile = dask.delayed(_tile, pure=False)
    lines = []
    for rows in _slices(shape[0]):
        line = [
            da.from_delayed(
                tile(plan, rows, columns),
                (rows.stop - rows.start, columns.stop - columns.start, *shape[2:]),
                dtype=np.float32,
            )
            for columns in _slices(shape[1])
        ]
        lines.append(da.concatenate(line, axis=1))
    return da.concatenate(lines, axis=0)


def _tile(plan: Plan, rows: slice, columns: slice) -> npt.NDArray[np.float32]:
    return compute_tile_values(plan, rows=rows, columns=columns)


def _slices(count: int) -> list[slice]:
    return [slice(n, min(n + TILE_CELLS, count)) for n in range(0, count, TILE_CELLS)]


def _joined(parts: list[Any], native: xr.Dataset, dims: tuple[str, ...]) -> xr.Variable:
    if "realization" not in native.dims:
        return xr.Variable(dims, parts[0])
    together = da.stack(parts) if isinstance(parts[0], da.Array) else np.stack(parts)
    return xr.Variable(("realization", *dims), together)


def _finished(
    native: xr.Dataset,
    data: dict[str, xr.Variable],
    *,
    coordinates: dict[str, Any],
    told: dict[str, str],
) -> xr.Dataset:
    kept = {
        name: native.coords[name]
        for name in ("time", "realization", *_KEPT)
        if name in native.coords
    }
    result = xr.Dataset(data, coords={**kept, **coordinates}, attrs={**native.attrs, **told})
    if fields.STEP_FLAG in native:
        flags = step_flags(native, tuple(map(str, data)))
        result = result.assign_coords(variable=list(data))
        result[fields.STEP_FLAG] = (("variable", "time"), flags)
    return fields.check(fields.describe(result), stage=_STAGE)


def step_flags(native: xr.Dataset, names: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    """Step flags of outputs [variable, time]: the worst of what each is made from.

    Args:
        native: with `step_flag(variable, time)`.
        names: variables that can be made from it.
    """
    known = set(map(str, native["variable"].values))
    flags = np.zeros((len(names), native.sizes["time"]), dtype=np.uint8)
    for place, name in enumerate(names):
        for source in sources(native, name):
            if source in known:
                flag = native[fields.STEP_FLAG].sel(variable=source).values
                flags[place] = np.maximum(flags[place], flag)
    return flags
