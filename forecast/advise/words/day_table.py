"""The table of a bulletin: the weather of each day, and the light of each rule and work on it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from forecast.advise.advice import Advice, Timeline
from forecast.advise.advisory import State
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.rules import Rule, Window
from forecast.advise.profile.sowing import Sowing
from forecast.advise.profile.wording import Language
from forecast.advise.words import moments
from forecast.advise.words.catalogue import phrase_of, said
from forecast.advise.words.parts import hazard
from forecast.advise.words.summary import OutlookDay

MOST_DAYS: Final = 10
MOST_LIGHTS: Final = 6
"""Days and columns of lights for which a page has room."""

_BY_GOODNESS: Final[tuple[State, ...]] = ("green", "amber", "red", "no-data", "not-applicable")
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """A state of a day, as the table has it.

    Attributes:
        state: of the rule; of hourly work the best of the day.
        text: what stands in the cell.
    """

    state: State
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTable:
    """Rows of text.

    Attributes:
        weather: heads of the columns of the weather.
        lights: heads of the columns of the lights.
        rows: cells of the weather and lights of each day.
    """

    weather: tuple[str, ...]
    lights: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Light, ...]], ...]


def day_table(
    advice: Advice,
    profile: CropProfile,
    *,
    outlook: tuple[OutlookDay, ...],
    zone: str,
    language: Language,
) -> DayTable:
    """Weather and lights of the days to come.

    Args:
        advice: of the crop at the place.
        profile: that it is of.
        outlook: the days.
        zone: of the place, by which hours belong to days.
        language: of the text.
    """
    days = outlook[:MOST_DAYS]
    found = [(line, _by_day(line, zone)) for line in advice.timely]
    shown = [
        (line, states)
        for line, states in found
        if any(states.get(one.day, "not-applicable") != "not-applicable" for one in days)
    ]
    shown.sort(key=lambda pair: _rank(pair[1], [one.day for one in days]))
    columns = shown[:MOST_LIGHTS]
    return DayTable(
        weather=tuple(
            phrase_of(f"days.{name}", language) for name in ("date", "low", "high", "rain", "gust")
        ),
        lights=tuple(_head(line, profile, language) for line, _ in columns),
        rows=tuple(
            (
                tuple(_weather(one, language)),
                tuple(_light(states.get(one.day, "no-data"), language) for _, states in columns),
            )
            for one in days
        ),
    )


def _by_day(line: Timeline, zone: str) -> Mapping[date, State]:
    """State of each day; of hours the best, by the day in which the hour begins."""
    pairs = list(zip(line.times, line.states, strict=True))
    if line.step == "d":
        return {date.fromisoformat(text): state for text, state in pairs}
    found: dict[date, Counter[State]] = {}
    for text, state in pairs:
        began = moments.local(text, zone) - _HOUR
        found.setdefault(began.date(), Counter())[state] += 1
    return {day: _best(states) for day, states in found.items()}


def _best(states: Counter[State]) -> State:
    return next(state for state in _BY_GOODNESS if states[state])


def _rank(states: Mapping[date, State], days: list[date]) -> int:
    """Rules that reach a level come first, then work, then what stays quiet."""
    told = [states.get(day, "not-applicable") for day in days]
    if any(isinstance(state, int) for state in told):
        return 0
    return 1 if any(state in {"green", "amber", "red"} for state in told) else 2


def _head(line: Timeline, profile: CropProfile, language: Language) -> str:
    if line.name is not None:
        return said(line.name, language)
    parts: tuple[Rule | Window | Sowing, ...]
    parts = (*profile.rules, *profile.windows, *profile.sowing)
    return next((hazard(part, language) for part in parts if part.id == line.rule), line.rule)


def _light(state: State, language: Language) -> Light:
    if isinstance(state, int):
        return Light(state=state, text=phrase_of("days.light.level", language, level=str(state)))
    return Light(state=state, text=phrase_of(f"days.light.{state}", language))


def _weather(one: OutlookDay, language: Language) -> Iterator[str]:
    yield moments.full_date(one.day, language)
    yield _number(one.low, one.low_range, 0)
    yield _number(one.high, one.high_range, 0)
    yield _number(one.rain, one.rain_range, 1)
    yield _number(one.gust, None, 0)


def _number(value: float | None, between: tuple[float, float] | None, decimals: int) -> str:
    if value is None:
        return "–"
    text = _plain(value, decimals)
    if between is None:
        return text
    low, high = (_plain(bound, decimals) for bound in between)
    return f"{text} ({low}…{high})" if low != high else text


def _plain(value: float, decimals: int) -> str:
    return f"{round(value, decimals) + 0.0:g}".replace("-", "−")
