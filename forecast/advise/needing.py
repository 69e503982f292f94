"""What a profile must be given: quantities, how many hours of the past, and the season."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from forecast.advise.evaporating import DAILY_NAMES
from forecast.advise.folding import fold
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.grammar import (
    AnyCondition,
    Comparison,
    ModelTest,
    leaves,
    step_of,
)
from forecast.advise.profile.names import Measure, measure
from forecast.advise.profile.parts import HOURS_PER_DAY
from forecast.advise.profile.rules import Rule, Window
from forecast.advise.window_row import DAYLIGHT

BALANCE: Final = (
    "temperature_2m",
    "dew_point_2m",
    "wind_speed_10m",
    "shortwave_down",
    "precipitation",
)
"""Hourly names that watering and standing water ask for."""

SEASONAL: Final = frozenset({"degree_days", "harvest_rain_score"})
"""Models that sum over the season."""

_TEMPERATURES: Final = ("temperature_2m_min", "temperature_2m_max", "temperature_2m_mean")

_OF_MODELS: Final = {
    "hutton": ("tmin", "hours_rh90"),
    "smith": ("tmin", "hours_rh90"),
    "degree_days": ("tmin", "tmax"),
    "harvest_rain_score": ("rain_d", "sunshine_d"),
    "relative_soil_moisture": (),
}
"""Short names that models are made from."""

_LOOKS_BACK: Final = {
    "fall of the daily minimum in 1 day": 1,
    "fall of the daily minimum in 2 days": 2,
}
"""Days before a day that its value is made from."""


_OF_TWO_DAYS: Final = {"hutton": 1, "smith": 1}
"""Models that look at the day before too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a profile is judged on.

    Attributes:
        hourly: hourly names of the vocabulary.
        daily: daily names of the vocabulary, each made from the hourly ones.
        past_hours: hours before now that conditions look back on, whole days for daily ones.
        season: whether the year around the forecast is asked for: degree-days, sowing, models
            that sum.
    """

    hourly: tuple[str, ...]
    daily: tuple[str, ...]
    past_hours: int
    season: bool


def needs(profile: CropProfile) -> Needs:
    """What a profile must be given so that nothing of it is left open."""
    conditions = tuple(conditions_of(profile))
    known = [measure(name) for name in _short_names(profile, conditions)]
    hourly = [one.of for one in known if one.of != "sun"]
    daily = [name for one in known for name in _daily(one)]
    if _seasonal(profile, conditions):
        daily += _TEMPERATURES
    return Needs(
        hourly=tuple(dict.fromkeys([*hourly, *BALANCE])),
        daily=tuple(dict.fromkeys([*daily, *DAILY_NAMES])),
        past_hours=max((look_back(condition) for condition in conditions), default=0),
        season=_seasonal(profile, conditions),
    )


def conditions_of(profile: CropProfile) -> Iterator[AnyCondition]:
    """All conditions of a profile, in its order."""
    for sowing in profile.sowing:
        yield from sowing.avoid
    for rule in profile.rules:
        yield from (level.condition for level in rule.levels)
    for window in profile.windows:
        yield from conditions_in(window)


def conditions_in(part: Rule | Window) -> tuple[AnyCondition, ...]:
    """Conditions of a rule, the lowest level first, or of a window: green, amber, daylight."""
    if isinstance(part, Window):
        light = (DAYLIGHT,) if part.daylight_only and part.step == "h" else ()
        return (part.green, part.amber, *light)
    return tuple(level.condition for level in part.levels)


def models_of(conditions: Iterable[AnyCondition]) -> frozenset[str]:
    """Names of the models that conditions ask."""
    found = (leaf for condition in conditions for leaf in leaves(condition))
    return frozenset(leaf.model for leaf in found if isinstance(leaf, ModelTest))


def look_back(condition: AnyCondition) -> int:
    """Hours before now on which its answer may rest; of a day its own hours that are over too."""
    step = step_of(condition)
    steps = fold(condition, _Reach())
    return steps if step == "h" else (steps + 1) * HOURS_PER_DAY


class _Reach:
    """Steps before the one that is judged on which an answer rests."""

    def leaf(self, leaf: Comparison | ModelTest) -> int:
        if isinstance(leaf, ModelTest):
            return _OF_TWO_DAYS.get(leaf.model, 0)
        own = 0 if leaf.ahead else leaf.width - 1
        return own + _LOOKS_BACK.get(leaf.measure.reduction, 0)

    def all_of(self, parts: Sequence[int]) -> int:
        return max(parts)

    def any_of(self, parts: Sequence[int]) -> int:
        return max(parts)

    def negated(self, part: int) -> int:
        return part

    def run(self, part: int, *, length: int) -> int:
        return part + length - 1

    def count(self, part: int, *, within: int, at_least: int) -> int:
        del at_least
        return part + within - 1


def _short_names(profile: CropProfile, conditions: Iterable[AnyCondition]) -> list[str]:
    found = [name for condition in conditions for name in _names_in(condition)]
    found += [thermal.index for sowing in profile.sowing for thermal in sowing.thermal]
    found += ["tmean" for sowing in profile.sowing if sowing.heat_sum is not None]
    found += ["tmin" for sowing in profile.sowing if sowing.last_frost is not None]
    return list(dict.fromkeys(found))


def _names_in(condition: AnyCondition) -> Iterator[str]:
    for leaf in leaves(condition):
        if isinstance(leaf, Comparison):
            yield leaf.var
        else:
            yield from _OF_MODELS[leaf.model]


def _daily(known: Measure) -> Iterator[str]:
    if known.daily:
        yield known.daily
    if known.reduction in _LOOKS_BACK:
        yield "temperature_2m_min"
    if known.reduction == "sunshine":
        yield "shortwave_down_sum"


def _seasonal(profile: CropProfile, conditions: Iterable[AnyCondition]) -> bool:
    staged = any(stage.gdd_from is not None for stage in profile.phenology.stages)
    return staged or bool(profile.sowing) or bool(models_of(conditions) & SEASONAL)
