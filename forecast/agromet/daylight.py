"""How high the sun stands, and how long it shone."""

from typing import Any

import numpy as np
import xarray as xr

from forecast.meteorology import day_angle, equation_of_time, solar_declination


def sun_height(instants: xr.DataArray, *, latitude: Any, longitude: Any) -> xr.DataArray:
    """Height of the sun's centre above the horizon, degrees, without refraction.

    asin(sin φ sin δ + cos φ cos δ cos ω) with declination and equation of time of Spencer (1971),
    which leap years move by up to 0.4 degrees: under two minutes of the sun's course.

    Args:
        instants: UTC, datetime64, any dims.
        latitude: degrees; number or field.
        longitude: degrees east; number or field.
    """
    season = instants.copy(data=day_angle(instants.values))
    clock = instants.copy(data=_hours_of_day(instants.values))
    height = _height(season, clock, latitude=latitude, longitude=longitude)
    described = height.assign_attrs(long_name="height of the sun", units="degree")
    return described.transpose(*instants.dims, ...)


def sun_height_at(instants: Any, *, latitude: float, longitude: float) -> Any:
    """As `sun_height`, of bare instants at one place.

    Args:
        instants: UTC, datetime64, any shape.
        latitude: degrees.
        longitude: degrees east.
    """
    clock = _hours_of_day(instants)
    return _height(day_angle(instants), clock, latitude=latitude, longitude=longitude)


def sunshine_hours(shortwave: Any, *, above: Any, daylight: Any) -> Any:
    """Hours of sunshine of a day from its solar radiation: (Rs / Ra - 0.25) / 0.50 N, 0 to N.

    Ångström's formula read backwards (FAO-56, eq. 35): an estimate, for days as a whole.

    Args:
        shortwave: Rs, MJ m-2 d-1.
        above: Ra, from `radiation.extraterrestrial`, MJ m-2 d-1.
        daylight: N, from `radiation.daylight_hours`, h.
    """
    clear = xr.where(above > 0.0, above, np.nan)
    share = np.minimum(np.maximum((shortwave / clear - 0.25) / 0.50, 0.0), 1.0)
    return xr.where(above > 0.0, share * daylight, 0.0 * shortwave)


def _hours_of_day(instants: Any) -> Any:
    return (instants - instants.astype("datetime64[D]")) / np.timedelta64(1, "h")


def _height(season: Any, clock: Any, *, latitude: Any, longitude: Any) -> Any:
    solar = clock + equation_of_time(season) / 60.0 + longitude / 15.0
    north, tilt = np.deg2rad(latitude), solar_declination(season)
    angle = np.pi / 12.0 * (solar - 12.0)
    sine = np.sin(north) * np.sin(tilt) + np.cos(north) * np.cos(tilt) * np.cos(angle)
    return np.rad2deg(np.arcsin(np.clip(sine, -1.0, 1.0)))
