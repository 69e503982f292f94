"""From a native dataset to the rows of predictors at the nodes and the kernel's operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy import sparse

from forecast.downscale.gradient import (
    PRIOR_DEW_POINT,
    PRIOR_TEMPERATURE,
    STEEPEST,
    GradientOperator,
)
from forecast.downscale.layout import (
    CAPPED,
    DIRECTION,
    GUST,
    HUMIDITY,
    LIFTED,
    PLAIN,
    PRESSURE,
    SHARED,
    SUNLIT,
)
from forecast.downscale.native import Floats, nodal
from forecast.downscale.rain import closing_ratio
from forecast.downscale.sheet import Sheet
from forecast.downscale.sun import clear_sky_index, interval_means
from forecast.errors import InvalidRequest
from forecast.meteorology import hypsometric_pressure
from forecast.variables import published, variable
from grids.regrid import Mesh

Method = Literal["zhitian", "bilinear", "nearest", "fixed-lapse"]
METHODS: Final[tuple[Method, ...]] = ("zhitian", "bilinear", "nearest", "fixed-lapse")

_SOURCES: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "relative_humidity_2m": (("temperature_2m", "dew_point_2m"),),
    "vapour_pressure_deficit": (("temperature_2m", "dew_point_2m"),),
    "surface_pressure": (("surface_pressure",), ("pressure_msl",)),
    "wind_speed_10m": (("wind_u_10m", "wind_v_10m"),),
    "wind_direction_10m": (("wind_u_10m", "wind_v_10m"),),
}
"""What an output needs, where that is not the input of the same name; any one of the sets."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What is known of the nodes beside the weather.

    Attributes:
        mesh: the nodes.
        elevation: model elevation, m (node,).
        gradient: regression on height, None where height is left out.
        means: mean over model cells (see `rain.cell_means`), None for plain interpolation.
        increase: of precipitation with height, km-1.
        sun: from `sun.angles` (time, 5).
        method: how to downscale.
    """

    mesh: Mesh
    elevation: Floats
    gradient: GradientOperator | None
    means: sparse.csr_array | None
    increase: float
    sun: npt.NDArray[np.float64]
    method: Method

    @property
    def uses_height(self) -> bool:
        """Whether height differences count."""
        return self.method in ("zhitian", "fixed-lapse")


def method_named(name: str) -> Method:
    """The method of a name.

    Raises:
        InvalidRequest: there is none.
    """
    for method in METHODS:
        if method == name:
            return method
    raise InvalidRequest(f"method {name!r} was asked; allowed are {', '.join(METHODS)}")


def sources(native: xr.Dataset, name: str) -> tuple[str, ...]:
    """The inputs from which a variable is made, empty where they are not all there."""
    for names in _SOURCES.get(name, ((name,),)):
        if all(source in native for source in names):
            return names
    return ()


def available(native: xr.Dataset) -> tuple[str, ...]:
    """Names of the variables that can be made from a native dataset, in the catalogue's order."""
    return tuple(name for name in published() if sources(native, name))


def notes(native: xr.Dataset, variables: tuple[str, ...]) -> dict[str, str]:
    """What a user must know about how the variables were made, as attributes."""
    told = {}
    if "surface_pressure" in variables and "surface_pressure" not in native:
        told["surface_pressure_from"] = "pressure_msl"
    if "surface_pressure" in variables and "temperature_2m" not in native:
        told["layer_temperature"] = "standard atmosphere"
    return told


def choose(native: xr.Dataset, variables: tuple[str, ...] | None) -> tuple[str, ...]:
    """The variables to make: those asked for, or all that can be made.

    Raises:
        InvalidRequest: one cannot be made from this input, or there is none.
    """
    possible = available(native)
    wanted = possible if variables is None else tuple(dict.fromkeys(variables))
    missing = [name for name in wanted if name not in possible]
    if missing or not wanted:
        raise InvalidRequest(
            f"downscaling to {', '.join(missing) or 'any variable'} was asked; this input allows"
            f" {', '.join(possible) or 'none'}"
        )
    return wanted


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
    if wanted & {"temperature_2m", "dew_point_2m", "surface_pressure"} or humid:
        _temperatures(
            sheet, native, ground, dew=bool(humid or wanted & {"dew_point_2m", "surface_pressure"})
        )
    if humid:
        _humidity(sheet)
    for name in variables:
        maker = _MAKERS.get(name)
        if maker is not None:
            maker(sheet, native, ground, name)
        elif name not in sheet.slots:
            sheet.operate(PLAIN, name, row=sheet.add_rows(nodal(native, name)))
    return sheet


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

    Far gradient: the local one where temperature falls with height, else the prior.
    """
    values = nodal(native, name)
    prior = PRIOR_TEMPERATURE if name == "temperature_2m" else PRIOR_DEW_POINT
    if ground.method == "zhitian" and ground.gradient is not None:
        near = ground.gradient.gradient(values, prior=prior)
        far = np.where(near > 0.0, np.float32(prior / 1000.0), near)
    else:
        rate = prior / 1000.0 if ground.uses_height else 0.0
        near = far = np.full_like(values, rate)
    row = sheet.add_rows(values, far, near)
    sheet.groups.append(row)
    if name == "dew_point_2m" and "temperature_2m" in sheet.slots:
        sheet.operate(CAPPED, name, row=row, inputs=(sheet.slots["temperature_2m"], 0))
    else:
        sheet.operate(LIFTED, name, row=row)
    sheet.limits[-1][3] = _safe_climb(values, name)


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
    first = sheet.row_of("temperature_2m")
    below = sheet.rows[first]
    if "surface_pressure" in native:
        level = nodal(native, "surface_pressure")
    else:
        column = below + np.float32(0.00325) * ground.elevation[:, np.newaxis]
        height = ground.elevation[:, np.newaxis]
        level = hypsometric_pressure(nodal(native, "pressure_msl"), height, mean_temperature=column)
    row = sheet.add_rows(np.log(level).astype(np.float32), below)
    warm = sheet.slots["temperature_2m"]
    sheet.operate(PRESSURE, name, row=row, inputs=(warm, sheet.slots.get("dew_point_2m", warm)))


def _speed(sheet: Sheet, native: xr.Dataset, _ground: Ground, name: str) -> None:
    if name in sheet.slots:
        return
    speed = np.hypot(nodal(native, "wind_u_10m"), nodal(native, "wind_v_10m"))
    sheet.operate(PLAIN, name, row=sheet.add_rows(speed))


def _direction(sheet: Sheet, native: xr.Dataset, _ground: Ground, name: str) -> None:
    row = sheet.add_rows(nodal(native, "wind_u_10m"), nodal(native, "wind_v_10m"))
    sheet.operate(DIRECTION, name, row=row)


def _gust(sheet: Sheet, native: xr.Dataset, ground: Ground, name: str) -> None:
    row = sheet.add_rows(nodal(native, name))
    if "wind_u_10m" in native and "wind_v_10m" in native:
        _speed(sheet, native, ground, "wind_speed_10m")
        sheet.operate(GUST, name, row=row, inputs=(sheet.slots["wind_speed_10m"], 0))
    else:
        sheet.operate(PLAIN, name, row=row)


def _share(sheet: Sheet, native: xr.Dataset, ground: Ground, name: str) -> None:
    amounts = nodal(native, name)
    if ground.means is None:
        sheet.operate(PLAIN, name, row=sheet.add_rows(amounts))
        return
    sheet.ratios.append(closing_ratio(amounts, ground.means))
    row = sheet.add_rows(amounts)
    sheet.operate(SHARED, name, row=row, inputs=(0, len(sheet.ratios) - 1))
    sheet.limits[-1][3] = ground.increase


def _sunlight(sheet: Sheet, native: xr.Dataset, ground: Ground, name: str) -> None:
    light = nodal(native, name)
    if not ground.uses_height:
        sheet.operate(PLAIN, name, row=sheet.add_rows(light))
        return
    above = interval_means(ground.mesh.latitude, ground.mesh.longitude, table=ground.sun)
    sheet.operate(SUNLIT, name, row=sheet.add_rows(clear_sky_index(light, above)))


Maker = Callable[[Sheet, xr.Dataset, Ground, str], None]
_MAKERS: Final[dict[str, Maker]] = {
    "surface_pressure": _pressure,
    "wind_speed_10m": _speed,
    "wind_direction_10m": _direction,
    "wind_gust_10m": _gust,
    "precipitation": _share,
    "snowfall_water": _share,
    "shortwave_down": _sunlight,
}
