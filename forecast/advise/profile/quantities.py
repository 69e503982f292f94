"""Numbers with a unit as people write them, turned into the unit of the vocabulary by pint.

`39.2 degF` becomes exactly 4.0 degC: what pint gives (4.000000000000057) is rounded to nine
decimals. A temperature and a difference of temperatures are different things: `2 degC` is never
read as `2 delta_degC`, nor the other way round. The registry holds the units of the trade only,
so a slip of the pen is an unknown unit and not a strange known one; it also loads in
milliseconds, where pint's own takes a fifth of a second.
"""

import re
import unicodedata
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Final

import pint

from forecast.units import canonical

DECIMALS: Final = 9
"""Decimals kept after a conversion."""

_DEFINITIONS: Final = (
    "kelvin = [temperature]; offset: 0 = K",
    "degree_Celsius = kelvin; offset: 273.15 = °C = degC",
    "degree_Fahrenheit = 5 / 9 * kelvin; offset: 233.15 + 200 / 9 = °F = degF",
    "metre = [length] = m",
    "millimetre = 0.001 * metre = mm",
    "centimetre = 0.01 * metre = cm",
    "kilometre = 1000 * metre = km",
    "inch = 0.0254 * metre = in",
    "second = [time] = s",
    "minute = 60 * second = min",
    "hour = 3600 * second = h",
    "day = 86400 * second = d",
    "knot = 1852 / 3600 * metre / second = kn",
    "mile_per_hour = 1609.344 / 3600 * metre / second = mph",
    "pascal = [pressure] = Pa",
    "hectopascal = 100 * pascal = hPa",
    "kilopascal = 1000 * pascal = kPa",
    "watt = [power] = W",
    "joule = watt * second = J",
    "megajoule = 1000000 * joule = MJ",
    "degree = [angle] = deg",
    "fraction = []",
    "percent = 0.01 * fraction",
)

_PINT: Final = {
    "%": "percent",
    "1": "fraction",
    "m s-1": "m / s",
    "km h-1": "km / h",
    "W m-2": "W / m ** 2",
    "J m-2": "J / m ** 2",
    "MJ m-2": "MJ / m ** 2",
    "degC d": "delta_degC * day",
    "degC day": "delta_degC * day",
    "degC·d": "delta_degC * day",
    "degC h": "delta_degC * hour",
    "°C d": "delta_degC * day",
    "℃·d": "delta_degC * day",
    "小时": "hour",
    "天": "day",
}
"""Spellings of the vocabulary and of the trade, as pint reads them."""

_KINDS: Final = (
    ("m", "a length"),
    ("m / s", "a speed"),
    ("h", "a time"),
    ("Pa", "a pressure"),
    ("W / m ** 2", "a flux of energy"),
    ("J / m ** 2", "an amount of energy"),
    ("degree", "an angle"),
    ("delta_degC * day", "a sum of temperature over time"),
    ("percent", "a share"),
)

_REFERENCES: Final = (
    ("degC", False),
    ("K", True),
    ("mm", False),
    ("m s-1", False),
    ("h", False),
    ("%", False),
    ("degC d", False),
    ("W m-2", False),
    ("kPa", False),
    ("degree", False),
)
"""Unit of each kind of quantity, and whether it is a difference of temperatures."""

_NUMBER_AND_UNIT = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*(.*?)\s*")
_UNIT = re.compile(r"[^\W\d][\w %/*^()·.-]{0,30}|%|[℃°℉][\w ·]{0,6}")
_ABSOLUTE: Final = frozenset({"degC", "degF"})


@lru_cache(maxsize=4096)
def convert(text: str, unit: str, *, what: str, difference: bool = False) -> float:
    """Turn a number with a unit into the number in another unit, rounded to nine decimals.

    Args:
        text: as in `4 degC`, `39.2 degF`, `18 km/h`.
        unit: unit of the vocabulary that is wanted, as `degC`, `m s-1` or `%`.
        what: what the number is for, as the sentence of a refusal names it.
        difference: whether a difference of temperatures is wanted, not a temperature.

    Raises:
        ValueError: no number, no unit, an unknown unit, or one of another kind of quantity.
    """
    plain = unicodedata.normalize("NFKC", text.replace("℃", "degC").replace("−", "-"))
    found = _NUMBER_AND_UNIT.fullmatch(plain)
    wanted = _wanted(unit, difference=difference)
    example = f"as in {_example(unit, difference=difference)!r}"
    if found is None:
        raise ValueError(f"{text!r} is no number with a unit; write {what} {example}")
    number, spelled = float(found[1]), found[2]
    if not spelled:
        raise ValueError(f"{text!r} has no unit; write {what} {example}")
    given = _unit(spelled, text)
    _fits(text, given, wanted=wanted, what=f"{what} is {kind(unit, difference=difference)}")
    registry = _registry()
    converted = registry.Quantity(number, given).to(wanted).magnitude
    return round(float(converted), DECIMALS) + 0.0


def comparable(text: str) -> str:
    """A number with a unit in the unit of its kind, for comparing two; other text as it is."""
    found = _NUMBER_AND_UNIT.fullmatch(text)
    if found is None or not found[2]:
        return text
    for unit, difference in _REFERENCES:
        try:
            number = convert(text, unit, what="", difference=difference)
        except ValueError:
            continue
        return f"{number} {'difference in ' if difference else ''}{unit}"
    return text


def kind(unit: str, *, difference: bool = False) -> str:
    """Say what kind of quantity a unit of the vocabulary measures, as `a temperature`."""
    return _kind_of(_wanted(unit, difference=difference))


def known_units() -> tuple[str, ...]:
    """Symbols of the units that thresholds may be written in, in order."""
    symbols = [line.split("=")[-1].strip() for line in _DEFINITIONS if line.count("=") > 1]
    return (*symbols, "delta_degC", "delta_degF", "percent", "%", "m/s", "km/h", "W/m2", "degC d")


def _fits(text: str, given: str, *, wanted: str, what: str) -> None:
    """Refuse a unit of another kind of quantity.

    Raises:
        ValueError: the two do not measure the same.
    """
    registry = _registry()
    alike = registry.Unit(given).dimensionality == registry.Unit(wanted).dimensionality
    both_absolute = given == "K" or (given in _ABSOLUTE) == (wanted in _ABSOLUTE)
    if not alike or not both_absolute:
        raise ValueError(f"{text!r} is {_kind_of(given)}; {what}, as in {_spoken(wanted)!r}")


def _unit(spelled: str, text: str) -> str:
    """The unit as pint spells it.

    Raises:
        ValueError: the unit is not known; a near one is named.
    """
    known = canonical(spelled)
    name = _PINT.get(known, known)
    if _UNIT.fullmatch(name) is not None:
        try:
            _registry().Unit(name)
        except (pint.errors.PintError, ValueError, TypeError, AttributeError, SyntaxError):
            name = ""
        if name:
            return name
    near = get_close_matches(spelled, known_units(), n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(known_units())}"
    raise ValueError(f"{text!r} has the unit {spelled!r}, which is not known{hint}")


def _wanted(unit: str, *, difference: bool) -> str:
    if difference and unit in {"degC", "K"}:
        return "delta_degC"
    return _PINT.get(unit, unit)


def _kind_of(unit: str) -> str:
    registry = _registry()
    if unit in _ABSOLUTE or unit == "K":
        return "a temperature"
    dimensions = registry.Unit(unit).dimensionality
    if dimensions == registry.Unit("K").dimensionality:
        return "a difference of temperatures"
    for example, words in _KINDS:
        if dimensions == registry.Unit(example).dimensionality:
            return words
    return f"a quantity in {unit}"


def _example(unit: str, *, difference: bool) -> str:
    return _spoken(_wanted(unit, difference=difference))


def _spoken(pint_unit: str) -> str:
    """A quantity in the unit, as an example that could stand in a profile."""
    samples = {
        "degC": "4 degC",
        "delta_degC": "2 delta_degC",
        "percent": "70 percent",
        "m / s": "10.8 m/s",
        "mm": "0.1 mm",
        "h": "7 h",
        "delta_degC * day": "150 degC d",
    }
    return samples.get(pint_unit, f"1 {pint_unit}")


@cache
def _registry() -> pint.UnitRegistry:
    registry: pint.UnitRegistry = pint.UnitRegistry(None)
    registry.load_definitions(list(_DEFINITIONS))
    return registry
