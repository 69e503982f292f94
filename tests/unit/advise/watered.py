"""Made weather over a field: days that ask for an amount of water, and rain as it is given."""

from datetime import UTC, datetime

import numpy as np
import xarray as xr

from forecast.advise.weather import Season, Weather
from forecast.times import DayBoundary, days

NOW = datetime(2025, 7, 10, 12, tzinfo=UTC)
"""20:00 in Beijing: the day 10 July of the agromet days is over, that of the 11th begins."""


def field_weather(
    rain: np.ndarray, *, past_hours: int = 72, now: datetime = NOW, cloudy: bool = False
) -> Weather:
    """Hours of rain (mm) on [time] or [member, time]: `past_hours` up to now, then those ahead.

    Days are those of 20:00 in Beijing, all alike: 30/20 degC, dew point 18 degC, wind 2 m s-1 at
    10 m, 20 MJ m-2 of sun (5 when cloudy); 39.7 N, 117.3 E, 5 m above the sea.
    """
    start = np.datetime64(now.replace(tzinfo=None), "ns") - np.timedelta64(past_hours - 1, "h")
    times = start + np.arange(rain.shape[-1]) * np.timedelta64(1, "h")
    place = {"latitude": 39.7, "longitude": 117.3, "elevation": 5.0}
    dims = ("realization", "time")[-rain.ndim :]
    hourly = xr.Dataset({"precipitation": (dims, rain)}, {"time": times, **place})
    parted = days(times, boundary=DayBoundary.parse("20-20"), zone="Asia/Shanghai")
    begins = np.searchsorted(parted.number, np.arange(parted.dates.size))
    sums = np.where(parted.complete, np.add.reduceat(rain, begins, axis=-1), np.nan)
    values = {
        "temperature_2m_max": 30.0,
        "temperature_2m_min": 20.0,
        "dew_point_2m_mean": 18.0,
        "wind_speed_10m_mean": 2.0,
        "shortwave_down_sum": 5.0 if cloudy else 20.0,
    }
    daily = {name: ("day", np.full(parted.dates.size, value)) for name, value in values.items()}
    dims = ("realization", "day")[-rain.ndim :]
    return Weather(
        hourly=hourly,
        daily=xr.Dataset(
            {**daily, "precipitation_sum": (dims, sums)},
            {"day": parted.dates.astype("datetime64[ns]"), **place},
        ),
        days=parted,
        zone="Asia/Shanghai",
        issued=now,
        now=now,
    )


def season(
    temperatures: np.ndarray,
    *,
    first: str,
    forecast_from: str,
    ahead: int = 15,
    years: np.ndarray | None = None,
) -> Season:
    """Days with a daily mean (degC) on [day] or [member, day], the extremes 5 K off it.

    Args:
        temperatures: from the first day on.
        first: day.
        forecast_from: day of the forecast; before it days are past.
        ahead: days of the forecast; behind it stand normals.
        years: means on [year, day].
    """
    count = temperatures.shape[-1]
    dates = np.datetime64(first, "D") + np.arange(count)
    start = int((np.datetime64(forecast_from, "D") - dates[0]).astype(int))
    origin = np.array(["past"] * start + ["forecast"] * ahead + ["normals"] * count)[:count]
    return Season(
        days=_extremes(temperatures, "realization", dates).assign_coords(origin=("day", origin)),
        years=None if years is None else _extremes(years, "year", dates),
    )


def _extremes(mean: np.ndarray, outer: str, dates: np.ndarray) -> xr.Dataset:
    dims = (outer, "day")[-mean.ndim :]
    names = {"temperature_2m_min": -5.0, "temperature_2m_max": 5.0, "temperature_2m_mean": 0.0}
    values = {name: (dims, mean + shift) for name, shift in names.items()}
    return xr.Dataset(values, {"day": dates.astype("datetime64[ns]")})
