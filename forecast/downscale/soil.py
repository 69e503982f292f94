"""Soil: warmth corrected by what reaches the depth, water of the land cell it belongs to.

The air's correction with height swings by day and by weather; the soil takes it up late and
damped. What a layer feels is the mean gradient of the days before, and of the daily swing around
it only the share that reaches its middle.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.downscale.ground import Ground
from forecast.downscale.layout import LIFTED, PLAIN, SHARED
from forecast.downscale.native import Floats, land, nodal
from forecast.downscale.sheet import Sheet
from forecast.parameters import chosen
from forecast.variables import LAND_SHARE, variable
from grids.regrid import Mesh

DIFFUSIVITY: Final = chosen("soil_diffusivity")
"""Thermal diffusivity of moist soil, m2 s-1."""

DAY_S: Final = 86400.0
LONGEST_MEMORY_DAYS: Final = 10.0
"""Whole days that the slow part of the correction looks back."""

_Doubles = npt.NDArray[np.float64]


def without_sea(
    values: npt.NDArray[np.generic],
    *,
    names: tuple[str, ...],
    fraction: Floats,
    missing: float,
) -> None:
    """Take the soil out of cells at sea, in place.

    Args:
        values: [place, variable, time].
        names: of the variables.
        fraction: land fraction of the places [place]; unknown (NaN) counts as land.
        missing: what stands for no value.
    """
    sea = fraction < LAND_SHARE
    for number, name in enumerate(names):
        if variable(name).land_only:
            values[sea, number] = missing


def warm_soil(sheet: Sheet, native: xr.Dataset, *, ground: Ground, name: str) -> None:
    """Rows and operation of a soil temperature: from land, lifted by what the depth feels."""
    mine = land(native, ground.mesh.size)
    values = nodal(native, name)
    slope = np.zeros_like(values)
    if ground.uses_height and "temperature_2m" in sheet.slots:
        air = sheet.rows[sheet.row_of("temperature_2m") + 1]
        slope = slow_gradient(air, hours=_hours(native), depth=middle_m(name))
    source = nearest_land(ground.mesh, land=mine & np.isfinite(values).any(axis=1))
    if ground.uses_height and source is not None:
        climb = (ground.elevation - ground.elevation[source])[:, np.newaxis]
        values, slope = values[source] + slope[source] * climb, slope[source]
    row = sheet.add_rows(values.astype(np.float32), slope, slope)
    sheet.groups.append(row)
    sheet.operate(LIFTED, name, row=row)


def wet_soil(sheet: Sheet, native: xr.Dataset, *, ground: Ground, name: str) -> None:
    """Rows and operation of a soil moisture: that of the nearest model cell on land, unmixed.

    Water by volume means something else in another soil, and no source tells its soils: taken
    whole, with the soil it belongs to, the wetness between wilting point and field capacity stays.
    """
    values = nodal(native, name)
    if not ground.uses_height:
        sheet.operate(PLAIN, name, row=sheet.add_rows(values))
        return
    mine = land(native, ground.mesh.size)
    sheet.ratios.append(land_filled(values, ground.mesh, land=mine))
    row = sheet.add_rows(np.ones_like(values))
    sheet.operate(SHARED, name, row=row, inputs=(0, len(sheet.ratios) - 1))


def _hours(native: xr.Dataset) -> _Doubles:
    times = native["time"].values.astype("datetime64[ns]")
    return np.asarray((times - times[0]) / np.timedelta64(1, "h"), dtype=np.float64)


def middle_m(name: str) -> float:
    """Depth of the middle of the layer that a variable names, m.

    Args:
        name: such as `soil_temperature_7_28cm`: 0.175 m.
    """
    top, bottom = name.removesuffix("cm").split("_")[-2:]
    return (float(top) + float(bottom)) / 200.0


def damping_depth(diffusivity: float = DIFFUSIVITY) -> float:
    """Depth at which the daily wave has 1/e of its swing at the surface, m.

    D = sqrt(2 κ / ω) with ω = 2 π / day (Hillel 1998, eq. 12.30).

    Args:
        diffusivity: κ, m2 s-1.
    """
    return float(np.sqrt(diffusivity * DAY_S / np.pi))


def slow_gradient(gradient: Floats, *, hours: _Doubles, depth: float) -> Floats:
    """The gradient that a depth feels, K m-1 (node, time).

    The mean over the ten days before (over the first day at the start of the run) plus, of the
    daily swing around the day's mean, the share exp(-d/D), later by d/D of an angle.

    Args:
        gradient: of the air's temperature, K m-1 (node, time); NaN where missing.
        hours: valid times, h since any instant, ascending (time,).
        depth: d, m.
    """
    known = np.isfinite(gradient)
    filled = np.where(known, gradient, 0.0).astype(np.float64)
    angle = depth / damping_depth()
    last = np.minimum(np.maximum(hours, hours[0] + 24.0), hours[-1])
    whole = np.clip((last - hours[0]) // 24.0, 1.0, LONGEST_MEMORY_DAYS)
    slow = _means(filled, known, hours, first=last - 24.0 * whole, last=last)
    lagged = hours - angle * 24.0 / (2.0 * np.pi)
    at = np.clip(np.searchsorted(hours, lagged + 1e-9, side="right") - 1, 0, hours.size - 1)
    last = np.minimum(np.maximum(hours[at] + 12.0, hours[0] + 24.0), hours[-1])
    day = _means(filled, known, hours, first=last - 24.0, last=last)
    swing = np.where(known[:, at], filled[:, at], np.nan) - day
    felt = slow + np.exp(-angle) * np.nan_to_num(swing, nan=0.0)
    return np.asarray(felt, dtype=np.float32)


def land_filled(values: Floats, mesh: Mesh, *, land: npt.NDArray[np.bool_]) -> Floats:
    """Give sea nodes the soil of the nearest land node; without land nothing is known.

    Args:
        values: (node, time), NaN where missing.
        mesh: the nodes.
        land: nodes with soil (node,).
    """
    source = nearest_land(mesh, land=land & np.isfinite(values).any(axis=1))
    if source is None:
        return np.full_like(values, np.nan)
    return values[source]


def nearest_land(mesh: Mesh, *, land: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64] | None:
    """For each node the nearest one on land, itself where it is one; None without any land."""
    nodes = np.flatnonzero(land)
    if nodes.size == 0:
        return None
    source = np.arange(mesh.size)
    if nodes.size < mesh.size:
        places = mesh.tree.data
        source[~land] = nodes[type(mesh.tree)(places[nodes]).query(places[~land])[1]]
    return source


def _means(
    values: _Doubles,
    known: npt.NDArray[np.bool_],
    hours: _Doubles,
    *,
    first: _Doubles,
    last: _Doubles,
) -> _Doubles:
    """Mean of the known values after `first` up to `last` (h), NaN without any."""
    high = np.searchsorted(hours, last + 1e-9, side="right")
    low = np.minimum(np.searchsorted(hours, first + 1e-9), high - 1)
    totals = np.pad(np.cumsum(values, axis=1), ((0, 0), (1, 0)))
    counts = np.pad(np.cumsum(known, axis=1, dtype=np.int64), ((0, 0), (1, 0)))
    count = counts[:, high] - counts[:, low]
    total = totals[:, high] - totals[:, low]
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
