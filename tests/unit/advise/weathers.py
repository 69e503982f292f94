"""Small weather by hand: hours of a few members, their days, and a season around them."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import xarray as xr

from forecast.advise.profile import CropProfile
from forecast.advise.weather import Season, Weather
from forecast.query.daily import daily, derivable
from forecast.times import days

HOUR = np.timedelta64(1, "h")

MILD = {
    "temperature_2m": 15.0,
    "relative_humidity_2m": 60.0,
    "dew_point_2m": 7.0,
    "wind_speed_10m": 2.0,
    "wind_gust_10m": 4.0,
    "precipitation": 0.0,
    "snowfall_water": 0.0,
    "shortwave_down": 200.0,
    "cloud_cover": 40.0,
    "delta_t": 4.0,
    "soil_temperature_5cm": 14.0,
    "soil_temperature_10cm": 14.0,
}
"""An hour of which no profile says anything bad."""


def weather(
    profile: CropProfile,
    *,
    now: str,
    hours: dict[str, Any] | None = None,
    size: tuple[int, int, int] = (48, 120, 12),
    season: Season | None = None,
) -> Weather:
    """Weather at a place in Ninghe.

    Args:
        profile: whose days it is parted into.
        now: instant, UTC; the forecast is issued then, its first hour ends an hour later.
        hours: by name of the vocabulary, a number, an array on time or on (realization, time);
            None leaves the name out. All else is `MILD`.
        size: hours past, hours ahead and members, 0 members for one forecast.
        season: around it.
    """
    past, ahead, members = size
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    times = np.datetime64(now, "ns") + np.arange(1 - past, ahead + 1) * HOUR
    shape = (members, times.size) if members else (times.size,)
    dims = ("realization", "time") if members else ("time",)
    rows = {**MILD, **(hours or {})}
    fields = {
        name: (dims, np.broadcast_to(np.asarray(row, np.float32), shape).copy())
        for name, row in rows.items()
        if row is not None
    }
    place = {"latitude": 39.3, "longitude": 117.8, "elevation": 3.0}
    hourly = xr.Dataset(fields, coords={"time": times, **place})
    zone = profile.zone
    return Weather(
        hourly=hourly,
        daily=daily(hourly, boundary=profile.boundary, zone=zone, names=derivable(hourly)),
        days=days(times, boundary=profile.boundary, zone=zone),
        zone=zone,
        issued=instant,
        now=instant,
        season=season,
    )


def at(given: Weather, row: float, changes: dict[str, float]) -> Any:
    """A row of hours with some changed, by the instant (UTC) at which each ends."""
    times = given.hourly["time"].values
    made = np.full(times.size, row, np.float32)
    for instant, value in changes.items():
        made[times == np.datetime64(instant, "ns")] = value
    return made


def season(
    year: int, *, tmean: Any, spread: float = 5.0, members: int = 12, years: int = 0
) -> Season:
    """A year of days alike in all members, minimum and maximum beside the mean.

    Args:
        year: from 1 January to 31 December.
        tmean: number, or row of all its days.
        spread: of the extremes about the mean, K.
        members: 0 for one forecast.
        years: past years, all like this one; 0 for none known.
    """
    dates = np.arange(f"{year}-01-01", f"{year + 1}-01-01", dtype="datetime64[D]")
    mean = np.broadcast_to(np.asarray(tmean, np.float32), dates.shape)
    rows = {
        "temperature_2m_mean": mean,
        "temperature_2m_min": mean - spread,
        "temperature_2m_max": mean + spread,
        "precipitation_sum": np.zeros_like(mean),
    }
    coords = {"day": dates.astype("datetime64[ns]")}
    told = xr.Dataset({name: ("day", row) for name, row in rows.items()}, coords=coords)
    found = told.expand_dims(realization=members) if members else told
    origin = np.full(dates.size, "past")
    return Season(
        days=found.copy(deep=True).assign_coords(origin=("day", origin)),
        years=told.expand_dims(year=years).copy(deep=True) if years else None,
        about={},
    )
