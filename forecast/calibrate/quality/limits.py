"""Range check: what a quantity can be at all, and at this latitude, season and height.

The bounds by climate are wide on purpose: they lie outside the records of every country, so that
what they refuse is an error of unit, sign or decimal and not an extreme.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.meteorology import (
    SOLAR_CONSTANT,
    day_angle,
    earth_sun_factor,
    solar_declination,
    standard_pressure,
)
from forecast.parameters import chosen
from forecast.stations.names import observable

Doubles = npt.NDArray[np.float64]

_LAG_DAYS: Final = (0, 10, 20, 30)
"""Temperature follows the sun by about a month, so the sun of the last weeks counts too."""


def beyond_limits(rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether each value lies outside the limits of the vocabulary.

    Args:
        rows: variable and value, in the unit of the vocabulary.
    """
    entries = {name: observable(name) for name in rows["variable"].unique()}
    low = rows["variable"].map({name: entry.valid_min for name, entry in entries.items()})
    high = rows["variable"].map({name: entry.valid_max for name, entry in entries.items()})
    return np.asarray((rows["value"] < low) | (rows["value"] > high), dtype=bool)


def beyond_climate(rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether temperature, dew point or pressure cannot be at this place and season.

    Args:
        rows: variable, value, time (datetime64 UTC), latitude (degrees), elevation (m).
    """
    found = np.zeros(len(rows), dtype=bool)
    for name, bounds in (
        ("temperature_2m", temperature_bounds),
        ("dew_point_2m", temperature_bounds),
        ("surface_pressure", pressure_bounds),
    ):
        part = (rows["variable"] == name).to_numpy()
        if part.any():
            low, high = bounds(rows[part])
            value = rows["value"].to_numpy(dtype=np.float64)[part]
            found[part] = (value < low) | (value > high)
    return found


def temperature_bounds(rows: pd.DataFrame) -> tuple[Doubles, Doubles]:
    """Lowest and highest temperature (degC) of a place, from the sun of the weeks before.

    Both are linear in the daily radiation above the atmosphere (MJ m-2, Allen et al. 1998,
    FAO-56, eq. 21) and fall with height.

    Args:
        rows: time (datetime64 UTC), latitude (degrees), elevation (m).
    """
    sun = np.stack([
        daily_radiation(rows["time"] - pd.Timedelta(days=days), rows["latitude"])
        for days in _LAG_DAYS
    ])  # fmt: skip
    height = np.maximum(rows["elevation"].to_numpy(dtype=np.float64), 0.0) / 1000.0
    high = chosen("climate_high_base") + chosen("climate_high_slope") * sun.max(axis=0)
    low = chosen("climate_low_base") + chosen("climate_low_slope") * sun.min(axis=0)
    return (
        low - chosen("climate_low_fall") * height,
        high - chosen("climate_high_fall") * height,
    )


def pressure_bounds(rows: pd.DataFrame) -> tuple[Doubles, Doubles]:
    """Lowest and highest pressure (hPa) at a height: the standard atmosphere, more or less.

    Args:
        rows: elevation (m).
    """
    usual = np.asarray(standard_pressure(rows["elevation"].to_numpy(dtype=np.float64)))
    share = chosen("pressure_departure")
    return usual * (1.0 - share), usual * (1.0 + share)


def daily_radiation(times: Any, latitude: Any) -> Doubles:
    """Radiation above the atmosphere over a day, MJ m-2 (Allen et al. 1998, FAO-56, eq. 21, 25).

    Args:
        times: datetime64.
        latitude: degrees.
    """
    angle = np.asarray(day_angle(np.asarray(times, dtype="datetime64[ns]")), dtype=np.float64)
    declination = np.asarray(solar_declination(angle))
    phi = np.radians(np.asarray(latitude, dtype=np.float64))
    sunset = np.arccos(np.clip(-np.tan(phi) * np.tan(declination), -1.0, 1.0))
    share = sunset * np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.sin(
        sunset
    )
    return np.asarray(SOLAR_CONSTANT * 0.0864 / np.pi * earth_sun_factor(angle) * share)


def above_temperature(rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether a dew point lies above the temperature of its station and time (and their errors).

    Args:
        rows: station, time, variable, value.
    """
    key = ["station", "time"]
    air = rows[rows["variable"] == "temperature_2m"].drop_duplicates(key)
    beside = rows[key].merge(air[[*key, "value"]], on=key, how="left")["value"].to_numpy()
    excess = rows["value"].to_numpy(dtype=np.float64) - beside
    is_dew = (rows["variable"] == "dew_point_2m").to_numpy()
    return np.asarray(is_dew & (excess > chosen("dew_point_excess")), dtype=bool)
