"""What assumptions about one input move a season: April to September 2015 at a station."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast.agromet import humidity, radiation
from forecast.agromet.evapotranspiration import (
    DayWeather,
    HourWeather,
    daily_terms,
    hourly_terms,
)
from forecast.meteorology import wind_speed_at_2m

DATA = Path(__file__).with_name("data")
PLACE = {"latitude": 39.4575, "longitude": -118.77388}
ELEVATION = 1208.5
PACIFIC = np.timedelta64(8, "h")
LANGLEY = 0.041868
"""MJ m-2."""


def _rows(name: str, wanted: tuple[str, ...]) -> tuple[Any, dict[str, Any]]:
    """Dates and columns of April to September, without the day that the station lost."""
    rows = [
        row
        for row in csv.DictReader((DATA / name).read_text(encoding="utf-8").splitlines())
        if "04" <= row["MONTH"] <= "09" and (row["MONTH"], row["DAY"]) != ("04", "22")
    ]
    dates = np.array([np.datetime64(f"{row['YEAR']}-{row['MONTH']}-{row['DAY']}") for row in rows])
    return dates, {one: np.array([float(row[one]) for row in rows]) for one in wanted}


def _days(**changes: Any) -> tuple[DayWeather, Any]:
    dates, columns = _rows("fallon_2015.csv", ("MN", "MX", "SR", "YM", "UA"))
    number = (dates - np.datetime64("2015-01-01")).astype(int) + 1
    told: dict[str, Any] = {
        "temperature_max": (columns["MX"] - 32.0) / 1.8,
        "temperature_min": (columns["MN"] - 32.0) / 1.8,
        "vapour_pressure": humidity.vapour_pressure_from_dew_point((columns["YM"] - 32.0) / 1.8),
        "wind_2m": wind_speed_at_2m(columns["UA"] * 0.44704, height=3.0),
        "shortwave": columns["SR"] * LANGLEY,
    }
    weather = DayWeather(**{**told, **changes})
    return weather, radiation.extraterrestrial(PLACE["latitude"], number)


def _season(elevation: float = ELEVATION, **changes: Any) -> float:
    terms = daily_terms(*_days(**changes), elevation=elevation)
    return float(terms.evapotranspiration.sum())


def _hours(clearness: float) -> float:
    dates, columns = _rows("fallon_hours_2015.csv", ("HOUR", "OB", "TP", "WS", "SI"))
    ends = dates.astype("datetime64[ns]") + columns["HOUR"].astype(int) * np.timedelta64(1, "h")
    weather = HourWeather(
        temperature=(columns["OB"] - 32.0) / 1.8,
        vapour_pressure=humidity.vapour_pressure_from_dew_point((columns["TP"] - 32.0) / 1.8),
        wind_2m=wind_speed_at_2m(columns["WS"] * 0.44704, height=3.0),
        shortwave=columns["SI"] * LANGLEY,
    )
    sun = radiation.hourly_sun(ends + PACIFIC, **PLACE)
    terms = hourly_terms(
        weather, sun, elevation=ELEVATION, night_clearness=clearness, form="fao56-hourly"
    )
    return float(terms.evapotranspiration.sum())


def test_the_clearness_of_the_night_moves_the_hours_of_a_season_by_several_percent() -> None:
    """Reference, § 1: hours over days 1.056, 1.042, 1.022, 1.002 and 0.976 at Rs/Rso 0.4 to 1.0,
    by another program; here the sun above the horizon keeps its own ratio."""
    day = _season()
    told = [_hours(clearness) / day for clearness in (0.4, 0.5, 0.65, 0.8, 1.0)]
    assert told == pytest.approx([1.056, 1.042, 1.022, 1.002, 0.976], abs=0.02)
    assert np.all(np.diff(told) < 0)
    assert told[0] - told[-1] > 0.05


def test_what_products_get_wrong_moves_a_season_as_the_reference_measured() -> None:
    """Reference, § 1, over the daily equation: wind of 10 m taken for 2 m 1.088, vapour pressure
    of the lowest temperature 0.935, elevation 0 instead of 1,208 m 0.996."""
    weather, _ = _days()
    right = _season()
    assert _season(wind_2m=weather.wind_2m / 0.748) / right == pytest.approx(1.088, abs=0.01)
    dewy = humidity.saturation_vapour_pressure(weather.temperature_min)
    assert _season(vapour_pressure=dewy) / right == pytest.approx(0.935, abs=0.01)
    assert _season(elevation=0.0) / right == pytest.approx(0.996, abs=0.002)
