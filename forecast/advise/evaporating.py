"""Reference evapotranspiration of the days of a forecast at a place, member by member.

FAO-56 by the day (Allen et al. 1998, eq. 6): wind brought from 10 m to 2 m (eq. 47), pressure from
the height (eq. 7), vapour pressure from the dew point (eq. 14) or, where that is not held, from the
extremes of humidity (eq. 17).
"""

from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.advise.chances import MEMBER
from forecast.advise.weather import Weather
from forecast.agromet import humidity, radiation
from forecast.agromet.evapotranspiration import DayWeather, daily_terms
from forecast.errors import DataError
from forecast.meteorology import wind_speed_at_2m

RAIN: Final = "precipitation_sum"
DEW_POINT: Final = "dew_point_2m_mean"
HUMIDITIES: Final = ("relative_humidity_2m_max", "relative_humidity_2m_min")
WARMTH: Final = ("temperature_2m_max", "temperature_2m_min")
WIND: Final = "wind_speed_10m_mean"
SUN: Final = "shortwave_down_sum"

DAILY_NAMES: Final = (*WARMTH, DEW_POINT, WIND, SUN, RAIN)
"""Daily names of the vocabulary that a water balance asks of a forecast."""


def by_member(field: xr.DataArray, dim: str) -> Any:
    """Values of a field at a place as an array [member, step], float64; one forecast is one member.

    Args:
        field: dims `realization`, where there are members, and `dim`.
        dim: `day` or `time`.

    Raises:
        DataError: other dims, as of cells.
    """
    values = field.values.astype(np.float64)
    if field.dims == (dim,):
        return values[np.newaxis]
    if field.dims == (MEMBER, dim):
        return values
    raise DataError(
        f"water was asked at a place; {field.name} has the dims {', '.join(map(str, field.dims))}"
    )


def reference(weather: Weather) -> Any:
    """Reference evapotranspiration [member, day], mm, never below 0; NaN where a day is missing.

    None where a quantity that it is made of is not held.

    Args:
        weather: at a place; its hours carry `latitude` and `elevation`.
    """
    daily = weather.daily
    humid = DEW_POINT in daily or all(name in daily for name in HUMIDITIES)
    placed = {"latitude", "elevation"} <= set(weather.hourly.coords)
    if not (humid and placed and all(name in daily for name in (*WARMTH, WIND, SUN))):
        return None
    warm, cold = (by_member(daily[name], "day") for name in WARMTH)
    day = DayWeather(
        temperature_max=warm,
        temperature_min=cold,
        vapour_pressure=_vapour_pressure(daily, warm, cold),
        wind_2m=wind_speed_at_2m(by_member(daily[WIND], "day")),
        shortwave=by_member(daily[SUN], "day"),
    )
    place = {name: float(weather.hourly[name]) for name in ("latitude", "elevation")}
    dates = weather.days.dates
    season = (dates - dates.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64) + 1
    above = radiation.extraterrestrial(place["latitude"], season)
    terms = daily_terms(day, above, elevation=place["elevation"])
    return np.maximum(terms.evapotranspiration, 0.0)


def _vapour_pressure(daily: xr.Dataset, warm: Any, cold: Any) -> Any:
    if DEW_POINT in daily:
        return humidity.vapour_pressure_from_dew_point(by_member(daily[DEW_POINT], "day"))
    most, least = (by_member(daily[name], "day") for name in HUMIDITIES)
    return humidity.vapour_pressure_from_extremes(warm, cold, humidity_max=most, humidity_min=least)
