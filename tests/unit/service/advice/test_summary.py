"""The weather of a bulletin: the days to come as quantiles, the days before against past years."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
import xarray as xr

from forecast.advise.weather import Season, Weather
from forecast.service.advice.summary import summary_of
from forecast.times import DayBoundary, days

NOW = datetime(2025, 4, 10, 6, tzinfo=UTC)
HOURS = np.datetime64("2025-04-09T16", "ns") + np.arange(1, 49) * np.timedelta64(1, "h")
DATES = np.array(["2025-04-10", "2025-04-11"], dtype="datetime64[ns]")


def weather(daily: dict[str, Any], *, season: Season | None = None) -> Weather:
    """Two days by the local calendar, of which the first is today."""
    return Weather(
        hourly=xr.Dataset(coords={"time": HOURS}),
        daily=xr.Dataset(daily, coords={"day": DATES}),
        days=days(HOURS, boundary=DayBoundary.parse("local"), zone="Asia/Shanghai"),
        zone="Asia/Shanghai",
        issued=datetime(2025, 4, 10, tzinfo=UTC),
        now=NOW,
        season=season,
    )


def year(values: list[float], origins: list[str], *, normal: float) -> Season:
    """Days up to yesterday, and two past years around a normal."""
    count = len(values)
    dates = np.datetime64("2025-04-10", "ns") - np.arange(count, 0, -1) * np.timedelta64(1, "D")
    names = ("temperature_2m_mean", "precipitation_sum")
    held = {name: ("day", np.array(values, np.float32)) for name in names}
    coords = {"day": dates, "origin": ("day", np.array(origins, dtype=object))}
    around = np.array([[normal - 1.0] * count, [normal + 1.0] * count], np.float32)
    years = xr.Dataset(dict.fromkeys(names, (("year", "day"), around)), coords={"day": dates})
    return Season(days=xr.Dataset(held, coords=coords), years=years)


def test_a_day_to_come_is_the_median_and_the_range_of_the_members() -> None:
    lows = np.arange(11, dtype=np.float32)[:, np.newaxis] + np.array([0.0, 100.0], np.float32)
    told = weather({"temperature_2m_min": (("realization", "day"), lows)})
    first, second = summary_of(told, sources=(), notes=()).outlook
    assert (first.day, second.day) == (date(2025, 4, 10), date(2025, 4, 11))
    assert (first.low, first.low_range) == (5.0, (1.0, 9.0))
    assert (second.low, second.low_range) == (105.0, (101.0, 109.0))
    assert first.high is first.rain is first.gust is None


def test_one_forecast_has_no_range_and_a_missing_day_no_number() -> None:
    told = weather({"temperature_2m_max": ("day", np.array([np.nan, 21.5], np.float32))})
    first, second = summary_of(told, sources=(), notes=()).outlook
    assert (first.high, second.high, second.high_range) == (None, 21.5, None)


def test_gusts_that_are_alike_in_all_members_have_no_range() -> None:
    gusts = ("day", np.array([7.0, 29.6], np.float32))
    lows = (("realization", "day"), np.zeros((3, 2), np.float32))
    told = weather({"wind_gust_10m_max": gusts, "temperature_2m_min": lows})
    assert summary_of(told, sources=(), notes=()).outlook[1].gust == pytest.approx(29.6)


def test_the_days_before_are_told_against_the_same_days_of_past_years() -> None:
    season = year([12.0, 13.0, 14.0], ["past"] * 3, normal=10.0)
    past = summary_of(weather({}, season=season), sources=(), notes=()).past
    assert past is not None
    assert (past.begins, past.ends) == (date(2025, 4, 7), date(2025, 4, 9))
    assert (past.temperature, past.temperature_difference) == (13.0, 3.0)
    # 39 mm where 30 mm are usual
    assert (past.rain, past.rain_percent) == (39.0, 130.0)


def test_a_week_is_looked_back_on_and_only_what_was_really_past() -> None:
    season = year([50.0] * 2 + [1.0] * 7, ["past"] * 9, normal=1.0)
    past = summary_of(weather({}, season=season), sources=(), notes=()).past
    assert past is not None
    assert (past.begins, past.temperature) == (date(2025, 4, 3), 1.0)
    normals = year([1.0] * 9, ["normals"] * 9, normal=1.0)
    assert summary_of(weather({}, season=normals), sources=(), notes=()).past is None


def test_without_a_season_nothing_is_said_of_the_past() -> None:
    assert summary_of(weather({}), sources=(), notes=()).past is None
