"""Conversion of the units that files carry into the units of the vocabulary."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from forecast.errors import DataError

ZERO_CELSIUS_K: Final = 273.15
STANDARD_GRAVITY: Final = 9.80665
"""m s-2, the value that turns geopotential into height (WMO)."""

_SPELLINGS: Final[Mapping[str, str]] = {
    "kelvin": "K",
    "degk": "K",
    "c": "degC",
    "celsius": "degC",
    "degrees_celsius": "degC",
    "deg c": "degC",
    "°c": "degC",
    "℃": "degC",
    "摄氏度": "degC",
    "°f": "degF",
    "℉": "degF",
    "fahrenheit": "degF",
    "百帕": "hPa",
    "毫米": "mm",
    "米/秒": "m s-1",
    "％": "%",
    "pa": "Pa",
    "hpa": "hPa",
    "mb": "hPa",
    "mbar": "hPa",
    "millibars": "hPa",
    "m/s": "m s-1",
    "km/h": "km h-1",
    "m s**-1": "m s-1",
    "meters/second": "m s-1",
    "m.s-1": "m s-1",
    "kg m**-2": "kg m-2",
    "kg/m^2": "kg m-2",
    "kg.m-2": "kg m-2",
    "kg m**-2 s**-1": "kg m-2 s-1",
    "kg/m^2/s": "kg m-2 s-1",
    "m of water equivalent": "m",
    "j m**-2": "J m-2",
    "w m**-2": "W m-2",
    "w/m^2": "W m-2",
    "w/m2": "W m-2",
    "m**2 s**-2": "m2 s-2",
    "m^2/s^2": "m2 s-2",
    "percent": "%",
    "(0 - 1)": "1",
    "(0-1)": "1",
    "fraction": "1",
    "proportion": "1",
    "dimensionless": "1",
    "m**3 m**-3": "1",
    "m3 m-3": "1",
    "m^3/m^3": "1",
    "~": "1",
    "": "1",
    "degree true": "degree",
    "degrees": "degree",
    "deg": "degree",
    "gpm": "m",
    "metres": "m",
    "meters": "m",
    "kg kg**-1": "kg kg-1",
    "kg/kg": "kg kg-1",
}

_LINEAR: Final[Mapping[tuple[str, str], tuple[float, float]]] = {
    ("K", "degC"): (1.0, -ZERO_CELSIUS_K),
    ("degC", "K"): (1.0, ZERO_CELSIUS_K),
    ("degF", "degC"): (5.0 / 9.0, -160.0 / 9.0),
    ("Pa", "hPa"): (0.01, 0.0),
    ("hPa", "Pa"): (100.0, 0.0),
    ("Pa", "kPa"): (0.001, 0.0),
    ("kPa", "hPa"): (10.0, 0.0),
    ("km h-1", "m s-1"): (1.0 / 3.6, 0.0),
    ("m", "mm"): (1000.0, 0.0),
    ("kg m-2", "mm"): (1.0, 0.0),
    ("1", "%"): (100.0, 0.0),
    ("%", "1"): (0.01, 0.0),
    ("m2 s-2", "m"): (1 / STANDARD_GRAVITY, 0.0),
}


def canonical(unit: str) -> str:
    """Spell a unit as the vocabulary does; an unknown one is returned as it is."""
    text = unit.strip()
    return _SPELLINGS.get(text.lower(), text)


def converter(source: str, target: str) -> Callable[[Any], Any]:
    """Return the function that takes numbers or arrays from one unit to another.

    Args:
        source: unit as a file spells it.
        target: unit of the vocabulary.

    Raises:
        DataError: no conversion between the two is known.
    """
    start, end = canonical(source), canonical(target)
    if start == end:
        return lambda values: values
    try:
        factor, offset = _LINEAR[start, end]
    except KeyError:
        raise DataError(
            f"a conversion from unit {source!r} to {target!r} was asked; none is known"
        ) from None
    return lambda values: values * factor + offset
