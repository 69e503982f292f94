"""From a native dataset and a target to a plan."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy import sparse

from forecast.downscale.coast import node_land, shore_origin
from forecast.downscale.correction import METHOD, Beside, Given, refuse_method, said, terms
from forecast.downscale.gradient import (
    WIDEST,
    GradientOperator,
    gradient_operator,
    spacing_km,
)
from forecast.downscale.ground import Ground
from forecast.downscale.lanes import LANES
from forecast.downscale.native import (
    FROM_NOWHERE,
    Orography,
    crop,
    interval_hours,
    land,
    model_orography,
    nodal,
)
from forecast.downscale.origins import Method, choose, method_named, notes
from forecast.downscale.plan import Plan
from forecast.downscale.predictors import gather
from forecast.downscale.rain import cell_means, increase_with_height
from forecast.downscale.sheet import Sheet
from forecast.downscale.sun import angles
from forecast.downscale.target import Target, terrain_cells
from grids.geometry import EARTH_RADIUS_M
from grids.regrid import Mesh

_MARGIN_NODES = WIDEST // 2 + 2
_SUMS = frozenset({"precipitation", "snowfall_water"})


def prepare(
    native: xr.Dataset,
    target: xr.Dataset | Target,
    *,
    method: str = "zhitian",
    variables: tuple[str, ...] | None = None,
    **given: Unpack[Given],
) -> Plan:
    """Prepare all that the kernel needs to downscale to a terrain or to points.

    Args:
        native: model grid, dims time and latitude, longitude or node; one member.
        target: a terrain (`elevation`, m, on latitude and longitude), points (`elevation`,
            `latitude`, `longitude` on `point`), or a `Target`.
        method: `zhitian`, `bilinear`, `nearest` or `fixed-lapse` (the prior gradients only).
        variables: outputs; all that the input allows when None.
        **given: `orography`, model elevation (m) where the input has none; `correction`, terms
            from observations (see `forecast.downscale.correction`) added to temperature and dew
            point.

    Raises:
        InvalidRequest: an unknown method, a variable that the input cannot give, or a correction
            with another method than `zhitian`.
        DataError: no model orography, a dataset that is no native dataset, or a correction of
            another grid, time or variable.
        OutsideGrid: the model, or the grid of a correction, does not cover the target.
    """
    beside = Beside(**given)
    chosen = method_named(method)
    refuse_method(beside.correction, chosen)
    place = Target.of(target)
    names = choose(native, variables)
    near = _around(native, place)
    times = near["time"].values
    ground, origin = _ground(near, place, names, method=chosen, beside=beside)
    sheet = gather(near, ground, variables=names)
    told = {"downscaling": chosen, "model_orography": origin, **notes(native, names)}
    told |= coast_note(native, place, method=chosen) | said(beside.correction)
    return _plan(sheet, ground, place, times=times, told=told)


def coast_note(native: xr.Dataset, place: Target, *, method: str) -> dict[str, str]:
    """Where the land fraction of the nodes comes from, as an attribute; nothing without one."""
    origin = shore_origin(native, place.terrain) if method == METHOD else ""
    return {"model_land_fraction": origin} if origin else {}


def _ground(
    near: xr.Dataset, place: Target, names: tuple[str, ...], *, method: Method, beside: Beside
) -> tuple[Ground, str]:
    """What is known of the nodes beside the weather, and where their heights come from."""
    mesh = Mesh.from_dataset(near)
    times = near["time"].values
    if method in ("bilinear", "nearest"):
        level = np.zeros(mesh.size, dtype=np.float32)
        heights = Orography(level, np.ones(mesh.size, dtype=bool), FROM_NOWHERE)
    else:
        heights = model_orography(near, mesh, orography=beside.orography, terrain=place.terrain)
    local = method == METHOD
    increase, means = _rain(mesh, place, near, heights, wanted=local and bool(_SUMS & set(names)))
    land_share = np.full(mesh.size, np.nan, dtype=np.float32)
    if local:
        land_share = node_land(near, mesh, heights=heights, terrain=place.terrain)
    ground = Ground(
        mesh=mesh,
        elevation=heights.elevation,
        gradient=_gradient(near, mesh, heights) if local else None,
        means=means,
        increase=increase,
        sun=angles(times, _light_hours(near)),
        method=method,
        land=land_share,
        correction=terms(beside.correction, place, times=times),
    )
    return ground, heights.origin


def _around(native: xr.Dataset, place: Target) -> xr.Dataset:
    """The nodes that can matter for the target."""
    spacing = spacing_km(Mesh.from_dataset(native)) / (np.deg2rad(1.0) * EARTH_RADIUS_M / 1000.0)
    near = crop(
        native,
        longitude=place.longitude,
        latitude=place.latitude,
        margin=_MARGIN_NODES * spacing,
    )
    return near if min(near.sizes[dim] for dim in near.sizes) > 0 else native


def _gradient(native: xr.Dataset, mesh: Mesh, heights: Orography) -> GradientOperator | None:
    """The regression on height, over land nodes with a known height and no missing values."""
    usable = heights.known & land(native, mesh.size)
    for name in ("temperature_2m", "dew_point_2m"):
        if name in native:
            finite = np.isfinite(nodal(native, name))
            usable &= (finite | ~finite.any(axis=0)).all(axis=1)
    return gradient_operator(mesh, heights.elevation, usable=usable)


def _rain(
    mesh: Mesh, place: Target, native: xr.Dataset, heights: Orography, *, wanted: bool
) -> tuple[float, sparse.csr_array | None]:
    """Increase of precipitation with height (km-1) and the means over model cells."""
    if not wanted or place.terrain is None:
        return 0.0, None
    times = native["time"].values
    month = int(times[times.size // 2].astype("datetime64[M]").astype(np.int64)) % 12 + 1
    increase = increase_with_height(month, latitude=float(np.mean(place.latitude)))
    grid, elevation = terrain_cells(place.terrain)
    means = cell_means(
        mesh,
        grid,
        elevation=elevation,
        model_elevation=heights.elevation,
        increase=increase,
    )
    return increase, means


def _light_hours(native: xr.Dataset) -> npt.NDArray[np.float64]:
    """Lengths of the intervals of shortwave radiation, hours; 1 where none ends."""
    hours = interval_hours(native, "shortwave_down")
    return np.where(hours > 0.0, hours, 1.0)


def _plan(
    sheet: Sheet,
    ground: Ground,
    place: Target,
    *,
    times: npt.NDArray[np.datetime64],
    told: dict[str, str],
) -> Plan:
    values = _rows(sheet.rows, times.size)
    nodes = ground.mesh.size
    blank = [np.ones((nodes, times.size), dtype=np.float32)]
    angles_padded = _padded(ground.sun.T, values.shape[2]).T.copy()
    regular = ground.mesh.kind == "regular"
    columns = ground.mesh.shape[-1]
    return Plan(
        variables=sheet.outputs,
        method=ground.method,
        regular=regular,
        moist="dew_point_2m" in sheet.slots,
        mesh_longitude=ground.mesh.longitude[:columns] if regular else ground.mesh.longitude,
        mesh_latitude=ground.mesh.latitude[::columns] if regular else ground.mesh.latitude,
        grid=place.grid,
        longitude=place.longitude,
        latitude=place.latitude,
        elevation=place.elevation,
        land=place.land,
        model_land=ground.land,
        patterns=ground.correction.patterns,
        term_weights=_padded(ground.correction.weights, values.shape[2]),
        times=times.astype("datetime64[ns]"),
        values=values,
        ratios=_rows(sheet.ratios or blank, times.size),
        patchy=_patchy(values),
        inverted=_inverted(values, sheet.groups),
        model_elevation=ground.elevation,
        groups=np.asarray(sheet.groups, dtype=np.int64),
        operations=np.asarray(sheet.operations, dtype=np.int64),
        limits=np.asarray(sheet.limits, dtype=np.float32),
        sun_angles=angles_padded,
        notes=told,
    )


def _rows(rows: list[npt.NDArray[np.float32]], steps: int) -> npt.NDArray[np.float32]:
    """Rows (node, time) as one array (node, row, step); short series are padded."""
    padded = max(steps, LANES)
    table = np.empty((rows[0].shape[0], len(rows), padded), dtype=np.float32)
    for number, row in enumerate(rows):
        table[:, number, :steps] = row
        table[:, number, steps:] = row[:, -1:]
    return table


def _padded(rows: npt.NDArray[Any], steps: int) -> npt.NDArray[Any]:
    """Rows [row, time] of so many steps, the last value repeated."""
    return np.pad(rows, ((0, 0), (0, steps - rows.shape[1])), mode="edge")


def _patchy(values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Nodes with missing values at times when other nodes have them."""
    missing = np.isnan(values)
    partly = ~missing.all(axis=0)
    return np.asarray((missing & partly).any(axis=(1, 2)), dtype=np.uint8)


def _inverted(values: npt.NDArray[np.float32], groups: list[int]) -> npt.NDArray[np.uint8]:
    """Nodes whose gradient near the surface differs from that far from it."""
    inverted = np.zeros(values.shape[0], dtype=bool)
    for first in groups:
        far, near = values[:, first + 1], values[:, first + 2]
        inverted |= (np.isfinite(near) & (far != near)).any(axis=1)
    return inverted.astype(np.uint8)
