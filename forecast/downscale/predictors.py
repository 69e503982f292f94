"""From a native dataset to the rows of predictors at the nodes and the kernel's operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.downscale.gradient import PRIOR_DEW_POINT, PRIOR_TEMPERATURE, STEEPEST
from forecast.downscale.ground import Ground, model_pressure, snow_departure
from forecast.downscale.layout import (
    CAPPED,
    DIRECTION,
    GUST,
    HUMIDITY,
    LIFTED,
    LONGWAVE,
    PLAIN,
    PRESSURE,
    SHARED,
    SNOW,
    SUNLIT,
    WET_BULB,
    WIND,
)
from forecast.downscale.longwave import gate
from forecast.downscale.native import Floats, nodal
from forecast.downscale.origins import tells_phase
from forecast.downscale.rain import closing_ratio
from forecast.downscale.sheet import Sheet
from forecast.downscale.soil import warm_soil, wet_soil
from forecast.downscale.sun import clear_sky_index, interval_means
from forecast.variables import variable


def gather(native: xr.Dataset, ground: Ground, *, variables: tuple[str, ...]) -> Sheet:
    """Predictor rows and operations for the wanted variables.

    Args:
        native: hourly or native steps, one member.
        ground: the nodes.
        variables: from `choose`.
    """
    sheet = Sheet(variables)
    wanted = set(variables)
    humid = wanted & {"relative_humidity_2m", "vapour_pressure_deficit"}
    sky = wanted & {"snowfall_water", "longwave_down"}
    moist = humid or sky or wanted & {"dew_point_2m", "surface_pressure"}
    warm = any(name.startswith("soil_temperature") for name in variables)
    if moist or "temperature_2m" in wanted or (warm and "temperature_2m" in native):
        _temperatures(sheet, native, ground, dew=bool(moist))
    if humid:
        _humidity(sheet)
    for name in variables:
        _make(sheet, native, ground, name)
    return sheet


def _make(sheet: Sheet, native: xr.Dataset, ground: Ground, name: str) -> None:
    """Add what fills the slot of a quantity, unless that was done for another one."""
    if name in sheet.slots:
        return
    maker = _MAKERS.get("soil" if name.startswith("soil_") else name)
    if maker is not None:
        maker(sheet, native, ground, name)
    else:
        sheet.operate(PLAIN, name, row=sheet.add_rows(nodal(native, name)))


def _temperatures(sheet: Sheet, native: xr.Dataset, ground: Ground, *, dew: bool) -> None:
    if "temperature_2m" in native:
        _lifted(sheet, native, ground, "temperature_2m")
    elif "surface_pressure" in sheet.outputs:
        standard = (15.0 + PRIOR_TEMPERATURE * ground.elevation / 1000.0).astype(np.float32)
        rate = np.full_like(standard, PRIOR_TEMPERATURE / 1000.0)
        shape = (standard.size, native.sizes["time"])
        level, slope = (np.broadcast_to(v[:, np.newaxis], shape) for v in (standard, rate))
        row = sheet.add_rows(level, slope, slope)
        sheet.operate(LIFTED, "temperature_2m", row=row)
    if dew and "dew_point_2m" in native:
        _lifted(sheet, native, ground, "dew_point_2m")


def _lifted(sheet: Sheet, native: xr.Dataset, ground: Ground, name: str) -> None:
    """Value, gradient far from the surface, gradient near it.

    Far gradient: the local one where temperature falls with height, else none.
    """
    values = nodal(native, name)
    prior = PRIOR_TEMPERATURE if name == "temperature_2m" else PRIOR_DEW_POINT
    if ground.method == "zhitian" and ground.gradient is not None:
        sun = _height_of_sun(ground) if name == "temperature_2m" else None
        near = ground.gradient.gradient(values, prior=prior, sun=sun)
        far = np.minimum(near, np.float32(0.0))
    else:
        rate = prior / 1000.0 if ground.uses_height else 0.0
        near = far = np.full_like(values, rate)
    row = sheet.add_rows(values, far, near)
    sheet.groups.append(row)
    first, count = ground.correction.ranges.get(name, (0, 0))
    if name == "dew_point_2m" and "temperature_2m" in sheet.slots:
        sheet.operate(CAPPED, name, row=row, inputs=(sheet.slots["temperature_2m"], first))
    else:
        sheet.operate(LIFTED, name, row=row, inputs=(0, first))
    sheet.limits[-1][3:5] = [_safe_climb(values, name), float(count)]


def _height_of_sun(ground: Ground) -> npt.NDArray[np.float64]:
    """Mean sine of the height of the sun over the intervals, 0 at night (node, time)."""
    above = interval_means(ground.mesh.latitude, ground.mesh.longitude, table=ground.sun)
    return np.asarray(above / ground.sun[:, 4])


def _safe_climb(values: Floats, name: str) -> float:
    """Height difference, m, up to which no lifted value can leave the valid range."""
    if not np.isfinite(values).any():
        return 0.0
    entry = variable(name)
    room = min(np.nanmin(values) - entry.valid_min, entry.valid_max - np.nanmax(values))
    return max(float(room), 0.0) / -STEEPEST * 1000.0


def _humidity(sheet: Sheet) -> None:
    deficit = variable("vapour_pressure_deficit")
    inputs = sheet.slots["temperature_2m"], sheet.slots["dew_point_2m"]
    second = sheet.slot("vapour_pressure_deficit")
    sheet.operate(HUMIDITY, "relative_humidity_2m", second=second, inputs=inputs)
    sheet.limits[-1][3:] = [deficit.valid_min, deficit.valid_max, float(deficit.scale)]


def _pressure(sheet: Sheet, native: xr.Dataset, ground: Ground, name: str) -> None:
    below = sheet.rows[sheet.row_of("temperature_2m")]
    level = model_pressure(native, ground, temperature=below)
    row = sheet.add_rows(np.log(level).astype(np.float32), below)
    warm = sheet.slots["temperature_2m"]
    sheet.operate(PRESSURE, name, row=row, inputs=(warm, sheet.slots.get("dew_point_2m", warm)))


def _speed(sheet: Sheet, native: xr.Dataset, _ground: Ground, name: str) -> None:
    speed = np.hypot(nodal(native, "wind_u_10m"), nodal(native, "wind_v_10m"))
    sheet.operate(WIND, name, row=sheet.add_rows(speed))


def _direction(sheet: Sheet, native: xr.Dataset, _ground: Ground, name: str) -> None:
    row = sheet.add_rows(nodal(native, "wind_u_10m"), nodal(native, "wind_v_10m"))
    sheet.operate(DIRECTION, name, row=row)


def _gust(sheet: Sheet, native: xr.Dataset, ground: Ground, name: str) -> None:
    row = sheet.add_rows(nodal(native, name))
    if "wind_u_10m" in native and "wind_v_10m" in native:
        _make(sheet, native, ground, "wind_speed_10m")
        sheet.operate(GUST, name, row=row, inputs=(sheet.slots["wind_speed_10m"], 0))
    else:
        sheet.operate(WIND, name, row=row)


def _share(sheet: Sheet, native: xr.Dataset, ground: Ground, name: str) -> None:
    amounts = nodal(native, name)
    if ground.means is None:
        sheet.operate(PLAIN, name, row=sheet.add_rows(amounts))
        return
    sheet.ratios.append(closing_ratio(amounts, ground.means))
    row = sheet.add_rows(amounts)
    sheet.operate(SHARED, name, row=row, inputs=(0, len(sheet.ratios) - 1))
    sheet.limits[-1][3] = ground.increase


def _snow(sheet: Sheet, native: xr.Dataset, ground: Ground, name: str) -> None:
    """Precipitation by the wet bulb at the cell, and as far as known by the model's own phase."""
    level = ground.method in ("bilinear", "nearest")
    if not tells_phase(native) or (level and name in native):
        _share(sheet, native, ground, name)
        return
    row = sheet.add_rows(snow_departure(native, ground))
    _make(sheet, native, ground, "precipitation")
    _make(sheet, native, ground, "surface_pressure")
    air = sheet.slots["temperature_2m"], sheet.slots["dew_point_2m"]
    sheet.operate(WET_BULB, "wet_bulb", second=sheet.slots["surface_pressure"], inputs=air)
    inputs = sheet.slots["precipitation"], sheet.slots["wet_bulb"]
    sheet.operate(SNOW, name, row=row, inputs=inputs)


def _longwave(sheet: Sheet, native: xr.Dataset, ground: Ground, name: str) -> None:
    radiation = nodal(native, name)
    known = "temperature_2m" in native and "dew_point_2m" in native
    if ground.method != "zhitian" or not known:
        sheet.operate(PLAIN, name, row=sheet.add_rows(radiation))
        return
    warm, dew = sheet.row_of("temperature_2m"), sheet.row_of("dew_point_2m")
    opened = gate(sheet.rows[warm + 2], _height_of_sun(ground))
    row = sheet.add_rows(radiation, opened)
    sheet.operate(LONGWAVE, name, row=row, inputs=(warm, dew))


def _sunlight(sheet: Sheet, native: xr.Dataset, ground: Ground, name: str) -> None:
    light = nodal(native, name)
    if not ground.uses_height:
        sheet.operate(PLAIN, name, row=sheet.add_rows(light))
        return
    above = interval_means(ground.mesh.latitude, ground.mesh.longitude, table=ground.sun)
    sheet.operate(SUNLIT, name, row=sheet.add_rows(clear_sky_index(light, above)))


def _soil(sheet: Sheet, native: xr.Dataset, ground: Ground, name: str) -> None:
    make = warm_soil if name.startswith("soil_temperature") else wet_soil
    make(sheet, native, ground=ground, name=name)


Maker = Callable[[Sheet, xr.Dataset, Ground, str], None]
_MAKERS: Final[dict[str, Maker]] = {
    "surface_pressure": _pressure,
    "wind_speed_10m": _speed,
    "wind_direction_10m": _direction,
    "wind_gust_10m": _gust,
    "precipitation": _share,
    "snowfall_water": _snow,
    "longwave_down": _longwave,
    "shortwave_down": _sunlight,
    "soil": _soil,
}
