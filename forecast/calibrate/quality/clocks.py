"""Whether a station's clock can be right: the warmest time of the day must be in the afternoon.

A table in local time that is read as UTC (or the reverse) has plausible values at wrong hours,
which no range forbids. But the daily course of temperature follows the sun everywhere, so its
phase gives such a table away without any neighbour.
"""

from typing import Final

import numpy as np
import pandas as pd

from forecast.parameters import chosen

_LEAST_DAYS: Final = 5
_LEAST_HOURS: Final = 4
"""Different hours of the day that must be there, or the course has no phase."""


def doubtful_clocks(rows: pd.DataFrame, stations: pd.DataFrame) -> dict[str, float]:
    """Stations whose temperature is highest at an impossible time: hours by which it is off.

    The first harmonic of the day is fitted by least squares to what is left of the temperature
    without the mean of each day (in solar time); its highest point lies some three hours after
    noon. Stations with a weak daily course, or few days, are not judged.

    Args:
        rows: station, time (datetime64 UTC), variable, value.
        stations: station, longitude (degrees).
    """
    air = rows[rows["variable"] == "temperature_2m"]
    longitude = stations.drop_duplicates("station").set_index("station")["longitude"]
    days = air["time"].dt.normalize().groupby(air["station"]).transform("nunique")
    doubtful = {}
    for name, part in air[days >= _LEAST_DAYS].groupby("station"):
        peak = warmest_hour(part, longitude=float(longitude[name]))
        if peak is None:
            continue
        off = (peak - chosen("warmest_hour") + 12.0) % 24.0 - 12.0
        if abs(off) > chosen("warmest_hour_tolerance"):
            doubtful[str(name)] = off
    return doubtful


def warmest_hour(rows: pd.DataFrame, *, longitude: float) -> float | None:
    """Solar time (h) of the highest point of the mean daily course; None where there is none.

    Args:
        rows: time (datetime64 UTC) and value of temperature, one station.
        longitude: degrees east.
    """
    seconds = rows["time"].to_numpy().astype("datetime64[s]").astype(np.int64)
    solar = seconds / 3600.0 + longitude / 15.0
    day, hour = np.floor(solar / 24.0).astype(np.int64), solar % 24.0
    value = rows["value"].to_numpy(dtype=np.float64)
    mean = pd.Series(value).groupby(day).transform("mean").to_numpy()
    if np.unique(day).size < _LEAST_DAYS or np.unique(np.floor(hour)).size < _LEAST_HOURS:
        return None
    angle = 2.0 * np.pi * hour / 24.0
    terms = np.stack([np.ones_like(angle), np.cos(angle), np.sin(angle)], axis=1)
    (_, cosine, sine), *_ = np.linalg.lstsq(terms, value - mean, rcond=None)
    if np.hypot(cosine, sine) < chosen("least_daily_course"):
        return None
    return float(np.arctan2(sine, cosine) * 24.0 / (2.0 * np.pi) % 24.0)
