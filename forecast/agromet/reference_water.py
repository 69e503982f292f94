"""Reference evapotranspiration of datasets in the vocabulary: daily record, hours scaled to it."""

from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.agromet import humidity, radiation
from forecast.agromet.evapotranspiration import (
    DayWeather,
    HourWeather,
    daily_terms,
    hourly_terms,
)
from forecast.agromet.timewise import along
from forecast.errors import DataError
from forecast.meteorology import wind_speed_at_2m
from forecast.parameters import chosen
from forecast.times import Days

NAME: Final = "reference_evapotranspiration"
DAILY_NEEDS: Final = (
    "temperature_2m_max",
    "temperature_2m_min",
    "dew_point_2m_mean",
    "wind_speed_10m_mean",
    "shortwave_down_sum",
)
HOURLY_NEEDS: Final = ("temperature_2m", "dew_point_2m", "wind_speed_10m", "shortwave_down")


def reference_of_days(
    days: xr.Dataset, *, elevation: Any, form: str = "fao56-daily"
) -> xr.DataArray:
    """Reference evapotranspiration of each day, mm, float32, never below 0.

    Args:
        days: daily quantities of the vocabulary on (realization,) day, …, with the coordinates
            `day` and `latitude`: `temperature_2m_max`, `temperature_2m_min`, `dew_point_2m_mean`
            (degC), `wind_speed_10m_mean` (m s-1), `shortwave_down_sum` (MJ m-2).
        elevation: m above sea level; a number or a field.
        form: `fao56-daily` or `asce-tall-daily`.

    Raises:
        DataError: a quantity or a coordinate is absent.
        InvalidRequest: no such form.
    """
    _need(days, (*DAILY_NEEDS, "day", "latitude"))
    weather = DayWeather(
        temperature_max=days["temperature_2m_max"],
        temperature_min=days["temperature_2m_min"],
        vapour_pressure=humidity.vapour_pressure_from_dew_point(days["dew_point_2m_mean"]),
        wind_2m=wind_speed_at_2m(days["wind_speed_10m_mean"]),
        shortwave=days["shortwave_down_sum"],
    )
    above = radiation.extraterrestrial(days["latitude"], days["day"].dt.dayofyear)
    rate = daily_terms(weather, above, elevation=elevation, form=form).evapotranspiration
    return _described(rate, days["temperature_2m_max"], form)


def reference_of_hours(
    hours: xr.Dataset, *, elevation: Any, form: str = "fao56-hourly"
) -> xr.DataArray:
    """Reference evapotranspiration of each hour as the hour gives it, mm, float32.

    For display, and only after `scale_to_days`: how clear the night was alone moves the sum of a
    season by some 9 %. Below 0 where dew forms.

    Args:
        hours: hourly quantities of the vocabulary on (realization,) time, …, times the ends of
            the hours, with the coordinates `latitude` and `longitude`: `temperature_2m`,
            `dew_point_2m` (degC), `wind_speed_10m` (m s-1), `shortwave_down` (W m-2).
        elevation: m above sea level.
        form: `fao56-hourly`, `asce-short-hourly` or `asce-tall-hourly`.

    Raises:
        DataError: a quantity or a coordinate is absent.
        InvalidRequest: no such form.
    """
    _need(hours, (*HOURLY_NEEDS, "time", "latitude", "longitude"))
    shortwave = hours["shortwave_down"] * radiation.WATT_HOUR
    sun = radiation.hourly_sun(
        hours["time"], latitude=hours["latitude"], longitude=hours["longitude"]
    )
    clear = radiation.clear_sky(sun.extraterrestrial, elevation)
    weather = HourWeather(
        temperature=hours["temperature_2m"],
        vapour_pressure=humidity.vapour_pressure_from_dew_point(hours["dew_point_2m"]),
        wind_2m=wind_speed_at_2m(hours["wind_speed_10m"]),
        shortwave=shortwave,
    )
    terms = hourly_terms(
        weather,
        sun,
        elevation=elevation,
        night_clearness=carried_clearness(radiation.clearness(shortwave, clear), sun),
        form=form,
    )
    return _described(terms.evapotranspiration, hours["temperature_2m"], form, floor=None)


def carried_clearness(
    ratio: xr.DataArray, sun: radiation.HourlySun, *, dim: str = "time"
) -> xr.DataArray:
    """Rs / Rso of the hour 2 to 3 h before sunset, carried on until the next (FAO-56, p. 75).

    Before the first such hour it is `night_clearness` of the table of parameters.

    Args:
        ratio: Rs / Rso, any dims with `dim`.
        sun: from `radiation.hourly_sun`, of DataArrays.
        dim: the dim of time.
    """
    late = (sun.before_sunset >= 2.0) & (sun.before_sunset < 3.0)
    assumed = chosen("night_clearness")

    def work(values: Any, is_late: Any) -> Any:
        steps = np.arange(values.shape[-1])
        usable = is_late & ~np.isnan(values)
        newest = np.maximum.accumulate(np.where(usable, steps, -1), axis=-1)
        values = np.broadcast_to(values, newest.shape)
        carried = np.take_along_axis(values, np.maximum(newest, 0), axis=-1)
        return np.where(newest >= 0, carried, assumed)

    ratio, late = xr.broadcast(ratio, late)
    return along(work, ratio, late, dim=dim, dtype=ratio.dtype)


def scale_to_days(hourly: xr.DataArray, daily: xr.DataArray, *, days: Days) -> xr.DataArray:
    """Hours in proportion, so that each day's sum is the day's own value; mm, float32.

    Hours of dew count as 0. Missing in days that are incomplete or miss an hour.

    Args:
        hourly: from `reference_of_hours`, any dims with `time`.
        daily: from `reference_of_days`, the same with `day` instead of `time`.
        days: which hours make which day, from `forecast.times.days`.

    Raises:
        DataError: the days are not those of the hours.
    """
    if daily.sizes.get("day") != days.dates.size or hourly.sizes.get("time") != days.number.size:
        raise DataError(
            f"hours were to be scaled to {daily.sizes.get('day')} days;"
            f" the hours make {days.dates.size}"
        )
    begins = np.flatnonzero(np.diff(days.number, prepend=-1))

    def work(rates: Any, sums: Any) -> Any:
        positive = np.maximum(rates, 0.0)
        total = np.add.reduceat(positive, begins, axis=-1)
        total = np.where(days.complete, total, np.nan)
        factor = np.divide(sums, total, out=np.zeros_like(total * sums), where=total != 0.0)
        return (positive * factor[..., days.number]).astype(np.float32)

    scaled = _along_both(work, hourly, daily)
    form = f"{hourly.attrs.get('form')} scaled to {daily.attrs.get('form')}"
    return scaled.assign_attrs({**hourly.attrs, "form": form}).rename(NAME)


def _along_both(work: Any, hourly: xr.DataArray, daily: xr.DataArray) -> xr.DataArray:
    """Apply work to hours and days of the same cells, the last axis each their own."""
    whole = [
        field.chunk({dim: -1}) if field.chunks is not None else field
        for field, dim in ((hourly, "time"), (daily, "day"))
    ]
    result = xr.apply_ufunc(
        work,
        *whole,
        input_core_dims=[["time"], ["day"]],
        output_core_dims=[["time"]],
        dask="parallelized",
        output_dtypes=[np.float32],
    )
    return result.transpose(..., *hourly.dims)


def _need(dataset: xr.Dataset, names: tuple[str, ...]) -> None:
    absent = [name for name in names if name not in dataset]
    if absent:
        raise DataError(f"evapotranspiration needs {', '.join(absent)}, which the data do not hold")


def _described(
    rate: xr.DataArray, like: xr.DataArray, form: str, floor: float | None = 0.0
) -> xr.DataArray:
    """The result in the dims of its weather, with what it is in attributes."""
    amount: xr.DataArray = rate if floor is None else rate.clip(min=floor)
    attributes = {
        "long_name": "reference evapotranspiration of short grass",
        "units": "mm",
        "form": form,
        "source": "Penman-Monteith (Allen et al. 1998, FAO-56; ASCE-EWRI 2005)",
    }
    if "tall" in form:
        attributes["long_name"] = "reference evapotranspiration of alfalfa"
    return amount.transpose(*like.dims).astype(np.float32).assign_attrs(attributes).rename(NAME)
