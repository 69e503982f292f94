"""Radiation terms of FAO-56: above the atmosphere, under a clear sky, net, and into the soil.

Equations and constants of Allen et al. (1998), FAO Irrigation and Drainage Paper 56, chapter 3.
Days are MJ m-2 d-1, hours MJ m-2 h-1. Numbers, numpy arrays or DataArrays of any dims.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import xarray as xr

SOLAR_CONSTANT: Final = 0.0820
"""MJ m-2 min-1 (eq. 21)."""
STEFAN_BOLTZMANN: Final = 4.903e-9
"""MJ K-4 m-2 d-1 (eq. 39)."""
ALBEDO: Final = 0.23
"""Of the grass reference (eq. 38)."""
WATT_HOUR: Final = 0.0036
"""MJ m-2 in an hour of 1 W m-2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HourlySun:
    """The sun over intervals of one hour.

    Attributes:
        extraterrestrial: Ra, MJ m-2 h-1.
        is_up: whether the sun is above the horizon in the middle of the hour.
        before_sunset: hours of solar time from the middle of the hour to sunset; negative after
            it and, past midnight, counted to the coming sunset.
    """

    extraterrestrial: Any
    is_up: Any
    before_sunset: Any


def inverse_distance(day_of_year: Any) -> Any:
    """Inverse relative distance of earth and sun: 1 + 0.033 cos(2 π J / 365) (eq. 23).

    Args:
        day_of_year: J, 1 to 366.
    """
    return 1.0 + 0.033 * np.cos(2.0 * np.pi * day_of_year / 365.0)


def declination(day_of_year: Any) -> Any:
    """Declination of the sun, radians: 0.409 sin(2 π J / 365 - 1.39) (eq. 24).

    Args:
        day_of_year: J, 1 to 366.
    """
    return 0.409 * np.sin(2.0 * np.pi * day_of_year / 365.0 - 1.39)


def sunset_angle(latitude: Any, day_of_year: Any) -> Any:
    """Hour angle of sunset, radians (eq. 25); π where the sun does not set, 0 where not rise.

    Args:
        latitude: degrees.
        day_of_year: J, 1 to 366.
    """
    crossing = -np.tan(np.deg2rad(latitude)) * np.tan(declination(day_of_year))
    return np.arccos(np.clip(crossing, -1.0, 1.0))


def daylight_hours(latitude: Any, day_of_year: Any) -> Any:
    """Longest possible sunshine N, hours: 24 ωs / π (eq. 34).

    Args:
        latitude: degrees.
        day_of_year: J, 1 to 366.
    """
    return 24.0 / np.pi * sunset_angle(latitude, day_of_year)


def extraterrestrial(latitude: Any, day_of_year: Any) -> Any:
    """Radiation of a day above the atmosphere Ra, MJ m-2 d-1 (eq. 21).

    Args:
        latitude: degrees.
        day_of_year: J, 1 to 366.
    """
    sunset = sunset_angle(latitude, day_of_year)
    return _horizontal(latitude, day_of_year, -sunset, sunset)


def hourly_sun(hour_end: Any, *, latitude: Any, longitude: Any) -> HourlySun:
    """The sun over the hour that ends at an instant (eq. 28 to 33).

    The ends of an hour at sunrise and sunset are cut to the horizon (ASCE-EWRI 2005, eq. 56).

    Args:
        hour_end: UTC, datetime64, any dims.
        latitude: degrees.
        longitude: degrees east.
    """
    middle = hour_end - np.timedelta64(30, "m")
    day, hours = _calendar(middle)
    season = 2.0 * np.pi * (day - 81.0) / 364.0
    equation = 0.1645 * np.sin(2 * season) - 0.1255 * np.cos(season) - 0.025 * np.sin(season)
    solar = (hours + longitude / 15.0 + equation) % 24.0
    angle = np.pi / 12.0 * (solar - 12.0)
    sunset = sunset_angle(latitude, day)
    start = np.minimum(np.maximum(angle - np.pi / 24.0, -sunset), sunset)
    end = np.minimum(np.maximum(angle + np.pi / 24.0, -sunset), sunset)
    return HourlySun(
        extraterrestrial=np.maximum(_horizontal(latitude, day, start, end), 0.0),
        is_up=(angle > -sunset) & (angle < sunset),
        before_sunset=(sunset - angle) * 12.0 / np.pi,
    )


def shortwave_from_sunshine(above: Any, *, sunshine: Any, daylight: Any) -> Any:
    """Solar radiation Rs: (0.25 + 0.50 n / N) Ra (Ångström, eq. 35).

    Args:
        above: Ra.
        sunshine: n, hours.
        daylight: N, hours.
    """
    return (0.25 + 0.50 * sunshine / daylight) * above


def shortwave_from_range(above: Any, *, temperature_range: Any, coefficient: float = 0.16) -> Any:
    """Solar radiation Rs where none is known: k √(Tmax - Tmin) Ra (Hargreaves, eq. 50).

    Args:
        above: Ra.
        temperature_range: Tmax - Tmin, K.
        coefficient: k, 0.16 inland and 0.19 at the coast, K^-0.5.
    """
    return coefficient * np.sqrt(temperature_range) * above


def clear_sky(above: Any, elevation: Any) -> Any:
    """Radiation under a clear sky Rso: (0.75 + 2e-5 z) Ra (eq. 37).

    Args:
        above: Ra.
        elevation: m above sea level.
    """
    return (0.75 + 2e-5 * elevation) * above


def net_shortwave(shortwave: Any) -> Any:
    """Net solar radiation Rns: 0.77 Rs (eq. 38).

    Args:
        shortwave: Rs.
    """
    return (1.0 - ALBEDO) * shortwave


def clearness(shortwave: Any, clear: Any) -> Any:
    """Relative solar radiation Rs / Rso, 0.3 to 1 (eq. 39; lower limit ASCE-EWRI 2005, eq. 18).

    Missing where there is no sun.

    Args:
        shortwave: Rs.
        clear: Rso.
    """
    return np.clip(shortwave / xr.where(clear > 0.0, clear, np.nan), 0.3, 1.0)


def net_longwave_of_day(
    temperature_max: Any, temperature_min: Any, *, vapour_pressure: Any, ratio: Any
) -> Any:
    """Net outgoing longwave radiation of a day Rnl, MJ m-2 d-1 (eq. 39).

    Args:
        temperature_max: degC.
        temperature_min: degC.
        vapour_pressure: kPa.
        ratio: Rs / Rso.
    """
    emitted = (_fourth_power(temperature_max) + _fourth_power(temperature_min)) / 2.0
    return STEFAN_BOLTZMANN * emitted * _sky(vapour_pressure, ratio)


def net_longwave_of_hour(temperature: Any, *, vapour_pressure: Any, ratio: Any) -> Any:
    """Net outgoing longwave radiation of an hour Rnl, MJ m-2 h-1 (eq. 39, σ / 24).

    Args:
        temperature: mean of the hour, degC.
        vapour_pressure: kPa.
        ratio: Rs / Rso.
    """
    return STEFAN_BOLTZMANN / 24.0 * _fourth_power(temperature) * _sky(vapour_pressure, ratio)


def soil_heat_of_month(*, previous_mean: Any, mean: Any) -> Any:
    """Soil heat flux of a month G, MJ m-2 d-1: 0.14 (Ti - Ti-1) (eq. 44).

    Args:
        previous_mean: mean temperature of the month before, degC.
        mean: of the month, degC.
    """
    return 0.14 * (mean - previous_mean)


def _fourth_power(temperature: Any) -> Any:
    return (temperature + 273.16) ** 4


def _sky(vapour_pressure: Any, ratio: Any) -> Any:
    """What humidity and cloud leave of the loss of longwave radiation."""
    return (0.34 - 0.14 * np.sqrt(vapour_pressure)) * (1.35 * ratio - 0.35)


def _horizontal(latitude: Any, day_of_year: Any, start: Any, end: Any) -> Any:
    """Energy on a horizontal plane above the atmosphere between two hour angles, MJ m-2."""
    north, tilt = np.deg2rad(latitude), declination(day_of_year)
    steady = (end - start) * np.sin(north) * np.sin(tilt)
    swing = np.cos(north) * np.cos(tilt) * (np.sin(end) - np.sin(start))
    return 720.0 / np.pi * SOLAR_CONSTANT * inverse_distance(day_of_year) * (steady + swing)


def _calendar(instants: Any) -> tuple[Any, Any]:
    """Day of the year (UTC) and hours since midnight of instants, each in the form it came in."""
    raw = np.asarray(instants, dtype="datetime64[ns]")
    year, date = raw.astype("datetime64[Y]"), raw.astype("datetime64[D]")
    day = (date - year.astype("datetime64[D]")) / np.timedelta64(1, "D") + 1.0
    hours = (raw - date) / np.timedelta64(1, "h")
    if isinstance(instants, xr.DataArray):
        return instants.copy(data=day), instants.copy(data=hours)
    return day, hours
