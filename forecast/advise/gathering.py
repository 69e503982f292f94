"""From forecasts in the words of the vocabulary to the short names that conditions compare.

Hourly names are handed on; daily ones are the daily values of the vocabulary, or are made from the
hours here: the value at 14:00 by the wall clock, hours of high humidity, falls of the minimum from
day to day. Sunshine and the height of the sun are made from the coordinates of the place.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from functools import lru_cache, partial
from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.advise.profile.names import Measure, measure
from forecast.agromet.daylight import sun_height, sun_height_at, sunshine_hours
from forecast.agromet.radiation import daylight_hours, extraterrestrial
from forecast.agromet.timewise import along
from forecast.errors import DataError
from forecast.times import Days, zone_info

HUMID_PERCENT: Final = 90.0
"""Relative humidity from which an hour counts as humid: counts of 1 %, so 89.5 and more."""

AFTERNOON: Final = 14
"""Hour of the wall clock at which services look at dry-hot wind."""

_MINIMUM: Final = "temperature_2m_min"
_RADIATION: Final = "shortwave_down_sum"


def gather(
    names: Iterable[str], *, hourly: xr.Dataset, daily: xr.Dataset, days: Days, zone: str
) -> dict[str, xr.DataArray]:
    """Values by short name for `evaluate`; what the forecast does not hold is left out.

    Args:
        names: short names; keys of models are left out.
        hourly: in the words of the vocabulary, hourly, with the dim `time` (UTC, ends of hours).
        daily: daily names of the vocabulary with the dim `day`, the days of `days`.
        days: how the hours part into days.
        zone: IANA zone of the wall clock.

    Raises:
        DataError: the days of both do not agree.
    """
    if "day" in daily.sizes and daily.sizes["day"] != days.dates.size:
        raise DataError(
            f"daily values of {daily.sizes['day']} days were given for hours of"
            f" {days.dates.size} days; they must be the same days"
        )
    found: dict[str, xr.DataArray] = {}
    for name in dict.fromkeys(names):
        if "(" in name:
            continue
        known = measure(name)
        made = _made(known, hourly=hourly, daily=daily, days=days, zone=zone)
        if made is not None:
            found[name] = made
    return found


def rows(
    names: Iterable[str], *, hourly: xr.Dataset, daily: xr.Dataset, days: Days, zone: str
) -> dict[str, Any]:
    """As `gather`, at one place: bare arrays [..., time] or [..., day], members first if any."""
    found: dict[str, Any] = {}
    for name in dict.fromkeys(names):
        if "(" in name:
            continue
        made = _row(measure(name), hourly=hourly, daily=daily, days=days, zone=zone)
        if made is not None:
            found[name] = made
    return found


def row_of(dataset: xr.Dataset, name: str, *, dim: str) -> Any:
    """A quantity of a dataset as a bare array with a dim last; None where it is not held."""
    held = dataset.variables.get(name)
    return None if held is None else held.transpose(..., dim).values


def _row(known: Measure, *, hourly: xr.Dataset, daily: xr.Dataset, days: Days, zone: str) -> Any:
    if known.reduction == "daily":
        return row_of(daily, known.daily, dim="day")
    if known.reduction in _FALLS:
        lowest = row_of(daily, _MINIMUM, dim="day")
        return None if lowest is None else _fallen(lowest, days=_FALLS[known.reduction])
    if known.reduction in _OF_THE_SUN:
        return _SUN_AT_A_PLACE[known.reduction](daily if known.step == "d" else hourly)
    held = row_of(hourly, known.of, dim="time")
    if known.reduction == "value" or held is None:
        return held
    clock = _wall_clock(hourly["time"].values, zone)
    return _REDUCTIONS[known.reduction](held, days=days, clock=clock).astype(np.float32)


def _made(
    known: Measure, *, hourly: xr.Dataset, daily: xr.Dataset, days: Days, zone: str
) -> xr.DataArray | None:
    """One quantity; None where what it is made of is not held, or it needs the place."""
    if known.reduction in {"value", "daily"}:
        held = daily if known.daily else hourly
        return held.get(known.vocabulary)
    if known.reduction in _FALLS:
        return _fall(daily, days=_FALLS[known.reduction])
    if known.reduction in _OF_THE_SUN:
        return _OF_THE_SUN[known.reduction](daily if known.step == "d" else hourly)
    reduce = _REDUCTIONS.get(known.reduction)
    if reduce is None or known.of not in hourly:
        return None
    return _by_day(hourly[known.of], days=days, zone=zone, reduce=reduce)


def _by_day(
    field: xr.DataArray, *, days: Days, zone: str, reduce: Callable[..., Any]
) -> xr.DataArray:
    """Reduce the hours of each day; whole days only, lazy where the field is."""
    whole = field.chunk({"time": -1}) if field.chunks is not None else field
    clock = _wall_clock(field["time"].values, zone)

    def work(values: Any) -> Any:
        return reduce(values, days=days, clock=clock).astype(np.float32)

    made = xr.apply_ufunc(
        work,
        whole,
        input_core_dims=[["time"]],
        output_core_dims=[["day"]],
        dask="parallelized",
        output_dtypes=[np.float32],
        dask_gufunc_kwargs={"output_sizes": {"day": days.dates.size}},
    )
    order = ["day" if name == "time" else name for name in field.dims]
    dated = made.transpose(*order).assign_coords(day=days.dates.astype("datetime64[ns]"))
    return dated.drop_attrs()


def _humid_hours(values: Any, *, days: Days, clock: Any) -> Any:
    """Hours of each day at or above 90 %; missing where any hour of the day is."""
    del clock
    humid = np.where(np.isnan(values), np.nan, np.rint(values) >= HUMID_PERCENT)
    total = np.add.reduceat(humid, _begins(days), axis=-1)
    return np.where(days.present >= days.expected, total, np.nan)


def _afternoon(values: Any, *, days: Days, clock: Any) -> Any:
    """Value at 14:00 by the wall clock; missing on days without that hour."""
    result = np.full((*values.shape[:-1], days.dates.size), np.nan, dtype=np.float32)
    at = np.flatnonzero(clock == AFTERNOON * 60)
    result[..., days.number[at]] = values[..., at]
    return result


def _fall(daily: xr.Dataset, *, days: int) -> xr.DataArray | None:
    if _MINIMUM not in daily:
        return None
    lowest = daily[_MINIMUM]
    return along(partial(_fallen, days=days), lowest, dim="day", dtype=np.float32).drop_attrs()


def _fallen(lowest: Any, *, days: int) -> Any:
    """Lowest temperature some days ago less that of the day; missing on the first days."""
    fall = np.full(lowest.shape, np.nan, dtype=np.float32)
    fall[..., days:] = lowest[..., :-days] - lowest[..., days:]
    return fall


def _sunshine(daily: xr.Dataset) -> xr.DataArray | None:
    """Sunshine of each day from its radiation (FAO-56, eq. 35); needs the latitude."""
    if _RADIATION not in daily or "latitude" not in daily.coords:
        return None
    season = daily["day"].dt.dayofyear
    latitude = daily["latitude"]
    made = sunshine_hours(
        daily[_RADIATION],
        above=extraterrestrial(latitude, season),
        daylight=daylight_hours(latitude, season),
    )
    return made.transpose(*daily[_RADIATION].dims).astype(np.float32).drop_attrs()


def _elevation(hourly: xr.Dataset) -> xr.DataArray | None:
    """Height of the sun in the middle of each hour, degrees; needs latitude and longitude."""
    if not {"latitude", "longitude"} <= set(hourly.coords):
        return None
    middle = hourly["time"] - np.timedelta64(30, "m")
    place = {name: hourly[name] for name in ("latitude", "longitude")}
    return sun_height(middle, **place).astype(np.float32).drop_attrs()


def _sunshine_at(daily: xr.Dataset) -> Any:
    shortwave = row_of(daily, _RADIATION, dim="day")
    if shortwave is None or "latitude" not in daily.coords:
        return None
    dates = daily["day"].values
    season = (dates.astype("datetime64[D]") - dates.astype("datetime64[Y]")).astype(int) + 1
    latitude = float(daily.variables["latitude"].values)
    made = sunshine_hours(
        shortwave,
        above=extraterrestrial(latitude, season),
        daylight=daylight_hours(latitude, season),
    )
    return made.astype(np.float32)


def _elevation_at(hourly: xr.Dataset) -> Any:
    if not {"latitude", "longitude"} <= set(hourly.coords):
        return None
    middle = hourly["time"].values - np.timedelta64(30, "m")
    place = {name: float(hourly.variables[name].values) for name in ("latitude", "longitude")}
    return sun_height_at(middle, **place).astype(np.float32)


def _begins(days: Days) -> Any:
    return np.searchsorted(days.number, np.arange(days.dates.size))


def _wall_clock(times: Any, zone: str) -> Any:
    """Minutes since midnight by the clock of a zone."""
    return _clock(times.astype("datetime64[s]").tobytes(), zone)


@lru_cache(maxsize=32)
def _clock(seconds: bytes, zone: str) -> Any:
    info = zone_info(zone)
    instants = np.frombuffer(seconds, "datetime64[s]").tolist()
    local = [instant.replace(tzinfo=UTC).astimezone(info) for instant in instants]
    return np.array([moment.hour * 60 + moment.minute for moment in local])


_FALLS: Final[Mapping[str, int]] = {
    "fall of the daily minimum in 1 day": 1,
    "fall of the daily minimum in 2 days": 2,
}

_OF_THE_SUN: Final[Mapping[str, Callable[[xr.Dataset], xr.DataArray | None]]] = {
    "sunshine": _sunshine,
    "elevation": _elevation,
}

_REDUCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "hours at least 90 %": _humid_hours,
    "at 14:00": _afternoon,
}

_SUN_AT_A_PLACE: Final[Mapping[str, Callable[[xr.Dataset], Any]]] = {
    "sunshine": _sunshine_at,
    "elevation": _elevation_at,
}
