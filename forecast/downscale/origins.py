"""What can be made of an input, and from what: variables, methods and what a user must know."""

from __future__ import annotations

from typing import Final, Literal

import xarray as xr

from forecast.errors import InvalidRequest
from forecast.variables import published

Method = Literal["zhitian", "bilinear", "nearest", "fixed-lapse"]
METHODS: Final[tuple[Method, ...]] = ("zhitian", "bilinear", "nearest", "fixed-lapse")

_PHASE: Final = ("precipitation", "temperature_2m", "dew_point_2m")
"""From these the phase of precipitation is found at the fine cell."""

_SOURCES: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "relative_humidity_2m": (("temperature_2m", "dew_point_2m"),),
    "vapour_pressure_deficit": (("temperature_2m", "dew_point_2m"),),
    "surface_pressure": (("surface_pressure",), ("pressure_msl",)),
    "wind_speed_10m": (("wind_u_10m", "wind_v_10m"),),
    "wind_direction_10m": (("wind_u_10m", "wind_v_10m"),),
    "snowfall_water": (("snowfall_water", *_PHASE), ("snowfall_water",), _PHASE),
}
"""What an output needs, where that is not the input of the same name; any one of the sets."""


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
    if "snowfall_water" in variables and tells_phase(native):
        told["snowfall_phase"] = "wet bulb at the cell"
        if "snowfall_water" not in native:
            told["snowfall_water_from"] = ", ".join(_PHASE)
        if not sources(native, "surface_pressure"):
            told["wet_bulb_pressure"] = "standard atmosphere at the model's height"
    return told


def tells_phase(native: xr.Dataset) -> bool:
    """Whether the phase of precipitation can be found at the fine cell."""
    return all(name in native for name in _PHASE)


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
