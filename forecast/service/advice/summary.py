"""The weather of a bulletin, out of what advice was judged on: past days, and days to come."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.advise.chances import MEMBER
from forecast.advise.profile.wording import Language
from forecast.advise.weather import Season, Weather
from forecast.advise.words import OutlookDay, PastWeather, WeatherSummary

PAST_DAYS: Final = 7
"""Days before today that a bulletin looks back on."""

LEVELS: Final = (10.0, 50.0, 90.0)
MEAN: Final = "temperature_2m_mean"
RAIN: Final = "precipitation_sum"

Floats = npt.NDArray[np.float64]


def summary_of(
    weather: Weather,
    *,
    sources: Sequence[Mapping[Language, str]],
    notes: Sequence[Mapping[Language, str]],
) -> WeatherSummary:
    """The weather around a bulletin as numbers.

    Args:
        weather: that was judged.
        sources: where the numbers are from, whole sentences.
        notes: what must be known besides, likewise.
    """
    return WeatherSummary(
        past=_past(weather),
        outlook=_outlook(weather),
        sources=tuple(sources),
        notes=tuple(notes),
    )


def _outlook(weather: Weather) -> tuple[OutlookDay, ...]:
    """The days that are not over; of members the median and the range of 80 % of them."""
    places = weather.ahead
    named = {
        "low": "temperature_2m_min",
        "high": "temperature_2m_max",
        "rain": RAIN,
        "gust": "wind_gust_10m_max",
    }
    told = {key: _levels(weather.daily, name, places) for key, name in named.items()}
    members = MEMBER in weather.daily.dims
    days = []
    for number, day in enumerate(weather.days.dates[places]):
        numbers: dict[str, Any] = {}
        for key, levels in told.items():
            low, middle, high = (_known(row[number]) for row in levels)
            numbers[key] = middle
            if members and key != "gust" and low is not None and high is not None:
                numbers[f"{key}_range"] = (low, high)
        days.append(OutlookDay(day=day.astype("datetime64[D]").item(), **numbers))
    return tuple(days)


def _levels(daily: xr.Dataset, name: str, places: npt.NDArray[np.intp]) -> Floats:
    """Quantiles [level, day] of a daily variable; missing where it is not at hand."""
    if name not in daily:
        return np.full((len(LEVELS), len(places)), np.nan)
    values = daily[name].isel(day=places).values.astype(np.float64)
    table = values if values.ndim == 2 else values[np.newaxis]
    known = ~np.isnan(table).any(axis=0)
    filled = np.where(known, table, 0.0)
    return np.where(known, np.percentile(filled, LEVELS, axis=0), np.nan)


def _past(weather: Weather) -> PastWeather | None:
    """The days before today whose weather is known, against the same days of past years."""
    season = weather.season
    if season is None:
        return None
    today = weather.days.dates[weather.ahead[0]].astype("datetime64[D]")
    dates = season.days["day"].values.astype("datetime64[D]")
    known = (season.days["origin"].values == "past") & (dates < today)
    places = np.flatnonzero(known & (dates >= today - PAST_DAYS))
    if places.size == 0:
        return None
    temperature, usual = (_mean(season, MEAN, places, of=of) for of in ("days", "years"))
    rain, normal = (_sum(season, places, of=of) for of in ("days", "years"))
    return PastWeather(
        begins=dates[places[0]].item(),
        ends=dates[places[-1]].item(),
        temperature=temperature,
        temperature_difference=None
        if temperature is None or usual is None
        else temperature - usual,
        rain=rain,
        rain_percent=100.0 * rain / normal if rain is not None and normal else None,
    )


def _values(season: Season, name: str, places: npt.NDArray[np.intp], *, of: str) -> Floats | None:
    """Values [row, day] of these days, rows being past years, or alike members of this one."""
    held = season.days if of == "days" else season.years
    if held is None or name not in held:
        return None
    values = held[name].isel(day=places).values.astype(np.float64)
    return values if values.ndim == 2 else values[np.newaxis]


def _mean(season: Season, name: str, places: npt.NDArray[np.intp], *, of: str) -> float | None:
    values = _values(season, name, places, of=of)
    return None if values is None else _known(values.mean())


def _sum(season: Season, places: npt.NDArray[np.intp], *, of: str) -> float | None:
    values = _values(season, RAIN, places, of=of)
    return None if values is None else _known(values.sum(axis=1).mean())


def _known(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
