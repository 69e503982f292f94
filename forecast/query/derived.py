"""Hourly quantities that are made from published ones when somebody asks for them."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, NamedTuple

from forecast import meteorology
from forecast.errors import UnknownName
from forecast.variables import derived


class _Recipe(NamedTuple):
    """Published variables and what is made of them, in their order."""

    sources: tuple[str, ...]
    make: Callable[..., Any]


def derivable(held: Collection[str]) -> tuple[str, ...]:
    """Derived names that can be made from the hourly ones that are held, in the file's order."""
    return tuple(name for name in derived() if needs(name, held))


def needs(name: str, held: Collection[str]) -> tuple[str, ...]:
    """Published variables that a derived one is made from; empty where they are not all held.

    Args:
        name: derived variable.
        held: names at hand.

    Raises:
        UnknownName: the name is not that of a derived variable.
    """
    recipe = _recipe(name, held)
    return () if recipe is None else recipe.sources


def derive(name: str, values: Mapping[str, Any]) -> Any:
    """Make a derived variable.

    Wet bulb and Delta-T by the psychrometer at the cell's pressure; wind at 2 m after FAO-56;
    soil temperature at a depth linearly between the middles of the two upper layers.

    Args:
        name: derived variable.
        values: arrays or DataArrays of the published variables, alike in shape, in the units of
            the vocabulary; NaN where missing.

    Returns:
        Of the same shape, in the unit of the vocabulary; NaN where an input is missing.

    Raises:
        UnknownName: the name is unknown, or what it is made from is not at hand.
    """
    recipe = _recipe(name, tuple(values))
    if recipe is None:
        wanted = " or ".join(", ".join(other.sources) for other in _RECIPES[name])
        raise UnknownName(f"{name!r} was asked; it needs {wanted}, which are not all at hand")
    return recipe.make(*(values[source] for source in recipe.sources))


def _recipe(name: str, held: Collection[str]) -> _Recipe | None:
    if name not in _RECIPES:
        raise UnknownName(f"{name!r} was asked; derived variables are {', '.join(derived())}")
    at_hand = set(held)
    return next((one for one in _RECIPES[name] if at_hand.issuperset(one.sources)), None)


def _soil_at(depth: float) -> tuple[_Recipe, ...]:
    """Soil temperature at a depth (m) from either kind of layers."""
    return (
        _Recipe(
            ("soil_temperature_0_7cm", "soil_temperature_7_28cm"),
            _between(depth, 0.035, 0.175),
        ),
        _Recipe(
            ("soil_temperature_0_10cm", "soil_temperature_10_40cm"),
            _between(depth, 0.05, 0.25),
        ),
    )


def _between(depth: float, upper: float, lower: float) -> Callable[[Any, Any], Any]:
    share = (depth - upper) / (lower - upper)
    return lambda above, below: above + share * (below - above)


def _wet_bulb(temperature: Any, dew_point: Any, pressure: Any) -> Any:
    return meteorology.wet_bulb(temperature, dew_point, pressure=pressure)


def _delta_t(temperature: Any, dew_point: Any, pressure: Any) -> Any:
    return meteorology.delta_t(temperature, dew_point, pressure=pressure)


_AIR: Final = ("temperature_2m", "dew_point_2m", "surface_pressure")
_RECIPES: Final[Mapping[str, tuple[_Recipe, ...]]] = {
    "wet_bulb_2m": (_Recipe(_AIR, _wet_bulb),),
    "delta_t": (_Recipe(_AIR, _delta_t),),
    "wind_speed_2m": (_Recipe(("wind_speed_10m",), meteorology.wind_speed_at_2m),),
    "soil_temperature_5cm": _soil_at(0.05),
    "soil_temperature_10cm": _soil_at(0.10),
}
