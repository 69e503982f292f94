"""The weather of a bulletin as numbers: what is past, and what is to come day by day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from forecast.advise.profile.wording import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class PastWeather:
    """The days before the bulletin; None where a number is not known.

    Attributes:
        begins: first day.
        ends: last day.
        temperature: mean, degC, and
        temperature_difference: from the long-term mean, K.
        rain: sum, mm, and
        rain_percent: of the long-term sum.
        sunshine: sum, h, and
        sunshine_difference: from the long-term sum, h.
    """

    begins: date
    ends: date
    temperature: float | None = None
    temperature_difference: float | None = None
    rain: float | None = None
    rain_percent: float | None = None
    sunshine: float | None = None
    sunshine_difference: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookDay:
    """A day to come; None where a number is not known.

    Attributes:
        day: date.
        low: lowest temperature, degC: the median where there are members, and
        low_range: P10 and P90 of the members.
        high: highest temperature, degC, and
        high_range: likewise.
        rain: sum, mm: the median, and
        rain_range: likewise.
        gust: strongest, m s-1.
    """

    day: date
    low: float | None = None
    low_range: tuple[float, float] | None = None
    high: float | None = None
    high_range: tuple[float, float] | None = None
    rain: float | None = None
    rain_range: tuple[float, float] | None = None
    gust: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherSummary:
    """The weather around a bulletin.

    Attributes:
        past: days before; None where they are not known.
        outlook: days to come, in order.
        sources: where the numbers are from, whole sentences in both languages.
        notes: what must be known besides, as caveats and the score of this advice, likewise.
    """

    past: PastWeather | None
    outlook: tuple[OutlookDay, ...]
    sources: tuple[Mapping[Language, str], ...] = ()
    notes: tuple[Mapping[Language, str], ...] = ()
