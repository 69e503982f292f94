"""From the model's steps of 3 or 6 hours to hours, on the model's grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast import fields
from forecast.downscale.intervals import Split, between_middles, split_amounts
from forecast.downscale.native import interval_hours
from forecast.downscale.pchip import pchip
from forecast.downscale.sun import FAINT_SUN, angles, interval_means
from forecast.errors import DataError
from forecast.variables import variable

LONGEST_BRIDGE_H: Final = 6.0
"""Instants farther apart than this are not joined: the hours between are missing."""

_HOUR: Final = np.timedelta64(3_600_000_000_000, "ns")
_EXTREMES: Final = frozenset({"maximum", "minimum"})
_SMOOTH: Final = frozenset(
    {
        "temperature_2m",
        "dew_point_2m",
        "surface_pressure",
        "pressure_msl",
        "wind_u_10m",
        "wind_v_10m",
    }
)
"""Instants interpolated by shape-preserving cubics; other instants are linear."""

_WIND: Final = ("wind_u_10m", "wind_v_10m")
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Axis:
    """Native steps and hours, both in hours since the first step."""

    steps: Doubles
    hours: Doubles
    times: npt.NDArray[np.datetime64]

    @classmethod
    def of(cls, native: xr.Dataset) -> _Axis:
        times = native["time"].values.astype("datetime64[ns]")
        steps = (times - times[0]) / _HOUR
        if np.any(np.abs(steps - np.round(steps)) > 1e-6):
            raise DataError(
                "hourly values were asked; the steps of this input are not whole hours apart"
            )
        hours = np.arange(round(float(steps[-1])) + 1, dtype=np.float64)
        return cls(
            np.asarray(np.round(steps), dtype=np.float64),
            hours,
            times[0] + hours.astype(int) * _HOUR,
        )


def hourly(native: xr.Dataset) -> xr.Dataset:
    """Bring a native dataset to hourly steps, from its first to its last time.

    Temperature, dew point, pressure and wind: monotone cubics; the wind keeps its interpolated
    speed. Cloud: linear. Sums (mm): shares of the interval after a linear rate, the sum of each
    interval kept. Shortwave: linear clear-sky index times the sun of each hour, the mean of each
    interval kept. Other means: likewise after a linear rate. Extremes: those of the interval in
    all its hours, linear where they stand for instants. Hours in gaps are NaN; nothing is joined
    over more than 6 hours.

    Args:
        native: model grid with `interval_hours(variable, time)` for sums, means and extremes
            (1 hour where absent) and `step_flag(variable, time)` (all model values where absent).

    Returns:
        The same variables on hourly times with `step_flag` 1 for values inside a model interval
        and 2 in gaps, `interval_hours` 1, hourly `time_bounds` and `forecast_period`.

    Raises:
        DataError: steps are not whole hours apart, or an interval is not a number of hours.
    """
    axis = _Axis.of(native)
    if axis.steps.size == axis.hours.size and _all_hourly(native):
        return native
    names = [str(name) for name, field in native.data_vars.items() if "time" in field.dims]
    names = [name for name in names if name != fields.STEP_FLAG]
    flags = {name: _steps_flag(native, name) for name in names}
    made = {name: _refined(native, axis, name, flags[name]) for name in names}
    data = {name: native[name] for name in native.data_vars if "time" not in native[name].dims}
    data |= {name: field for name, (field, _) in made.items()}
    data = _with_wind_speed(native, axis, data)
    result = xr.Dataset(data, attrs=native.attrs).assign_coords(_coordinates(native, axis, names))
    result[fields.STEP_FLAG] = (("variable", "time"), np.stack([made[name][1] for name in names]))
    return fields.describe(result)


def _all_hourly(native: xr.Dataset) -> bool:
    if "interval_hours" not in native.variables:
        return True
    hours = native["interval_hours"].values
    return bool(np.all(np.isnan(hours.astype(float)) | (hours <= 1)))


def _steps_flag(native: xr.Dataset, name: str) -> npt.NDArray[np.uint8]:
    if fields.STEP_FLAG in native and name in native["variable"].values:
        return np.asarray(native[fields.STEP_FLAG].sel(variable=name).values, dtype=np.uint8)
    return np.zeros(native.sizes["time"], dtype=np.uint8)


def _refined(
    native: xr.Dataset, axis: _Axis, name: str, flags: npt.NDArray[np.uint8]
) -> tuple[xr.DataArray, npt.NDArray[np.uint8]]:
    kind = variable(name).cell_method
    # some models give gusts at the instant, not the strongest since the step before
    momentary = kind in _EXTREMES and not interval_hours(native, name).any()
    if kind == "point" or momentary:
        return _instant(native, axis, name, flags)
    return _interval(native, axis, name, flags)


def _instant(
    native: xr.Dataset, axis: _Axis, name: str, flags: npt.NDArray[np.uint8]
) -> tuple[xr.DataArray, npt.NDArray[np.uint8]]:
    known = np.flatnonzero(flags != fields.FLAG_MISSING)
    hour_flags = np.full(axis.hours.size, fields.FLAG_MISSING, dtype=np.uint8)
    runs = np.split(known, np.flatnonzero(np.diff(axis.steps[known]) > LONGEST_BRIDGE_H) + 1)
    runs = [run for run in runs if run.size]
    for run in runs:
        first, last = int(axis.steps[run[0]]), int(axis.steps[run[-1]])
        hour_flags[first : last + 1] = fields.FLAG_INTERPOLATED
    hour_flags[axis.steps[known].astype(int)] = flags[known]
    method = pchip if name in _SMOOTH else _linear

    def fill(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        result = np.full((*values.shape[:-1], axis.hours.size), np.nan, dtype=np.float32)
        for run in runs:
            hours = np.arange(int(axis.steps[run[0]]), int(axis.steps[run[-1]]) + 1)
            exact = values[..., run].astype(np.float64)
            result[..., hours] = method(exact, knots=axis.steps[run], at=hours.astype(np.float64))
        return result

    return _along_time(native[name], fill, axis), hour_flags


def _linear(values: Doubles, *, knots: Doubles, at: Doubles) -> Doubles:
    if knots.size == 1:
        return np.repeat(values, at.size, axis=-1)
    piece = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, knots.size - 2)
    part = (at - knots[piece]) / (knots[piece + 1] - knots[piece])
    low, high = values[..., piece], values[..., piece + 1]
    return np.where(part == 0.0, low, np.where(part == 1.0, high, low + (high - low) * part))


def _interval(
    native: xr.Dataset, axis: _Axis, name: str, flags: npt.NDArray[np.uint8]
) -> tuple[xr.DataArray, npt.NDArray[np.uint8]]:
    lengths = interval_hours(native, name)
    if np.any(np.abs(lengths - np.round(lengths)) > 1e-6):
        raise DataError(f"hourly {name} was asked; its intervals are not whole hours long")
    valid = (flags != fields.FLAG_MISSING) & (lengths > 0.0)
    split = Split.of(axis.steps, lengths, valid=valid, hours=axis.hours)
    source = np.maximum(split.source, 0)
    long = np.where(lengths[source] > 1.0, fields.FLAG_INTERPOLATED, flags[source])
    hour_flags = np.where(split.source < 0, fields.FLAG_MISSING, long).astype(np.uint8)
    idle = axis.steps[(flags == fields.FLAG_MODEL) & (lengths == 0.0)].astype(int)
    hour_flags[idle] = np.where(split.source[idle] < 0, fields.FLAG_MODEL, hour_flags[idle])
    lengths = np.maximum(lengths, 1.0)
    kind = variable(name).cell_method
    sun = _sun(native, axis, lengths) if name == "shortwave_down" else None

    def fill(values: npt.NDArray[Any], *above: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        exact = values.astype(np.float64)
        if kind in _EXTREMES:
            hours = np.where(split.source >= 0, exact[..., source], np.nan)
        elif kind == "sum":
            shape = np.maximum(between_middles(exact / lengths, split), 0.0)
            hours = split_amounts(exact, split, lengths=lengths, shape=shape)
        else:
            shape = _sunny(exact, split, *above) if above else between_middles(exact, split)
            hours = split_amounts(exact * lengths, split, lengths=lengths, shape=shape)
        return hours.astype(np.float32)

    return _along_time(native[name], fill, axis, sun), hour_flags


def _sunny(values: Doubles, split: Split, above: Doubles) -> Doubles:
    """Clear-sky index between intervals times the sun of each hour.

    `above` holds the sun of the native intervals, then that of the hours [..., time + hour].
    """
    steps = split.middle.size
    over_steps, over_hours = above[..., :steps], above[..., steps:]
    bright = over_steps > FAINT_SUN
    index = np.divide(values, over_steps, out=np.full(values.shape, np.nan), where=bright)
    shape = between_middles(index, split) * over_hours
    return np.where(np.isnan(shape), over_hours, shape)


def _sun(native: xr.Dataset, axis: _Axis, lengths: Doubles) -> xr.DataArray:
    """Sun above the atmosphere over the native intervals and the hours [place, time + hour]."""
    dims = fields.spatial_dims(native)
    latitude, longitude = xr.broadcast(native["latitude"], native["longitude"])
    steps = angles(native["time"].values, lengths)
    hours = angles(axis.times, np.ones(axis.hours.size))
    means = interval_means(
        latitude.transpose(*dims).values.ravel(),
        longitude.transpose(*dims).values.ravel(),
        table=np.concatenate([steps, hours]),
    )
    shape = [native.sizes[dim] for dim in dims]
    return xr.DataArray(means.reshape(*shape, -1), dims=(*dims, "sun"))


def _along_time(
    field: xr.DataArray,
    fill: Callable[..., npt.NDArray[np.float32]],
    axis: _Axis,
    sun: xr.DataArray | None = None,
) -> xr.DataArray:
    """Apply a function along time, lazily if the field is lazy; dims in their old order."""
    whole = field.chunk({"time": -1}) if field.chunks is not None else field
    given, core = ([whole], [["time"]]) if sun is None else ([whole, sun], [["time"], ["sun"]])
    result = xr.apply_ufunc(
        fill,
        *given,
        input_core_dims=core,
        output_core_dims=[["time"]],
        exclude_dims={"time"},
        dask="parallelized",
        output_dtypes=[np.float32],
        dask_gufunc_kwargs={"output_sizes": {"time": axis.hours.size}},
    )
    return result.transpose(*field.dims)


def _with_wind_speed(
    native: xr.Dataset, axis: _Axis, data: dict[Any, xr.DataArray]
) -> dict[Any, xr.DataArray]:
    """Give the interpolated wind the interpolated speed: components alone lose it in turns."""
    if not all(name in data for name in _WIND):
        return data
    east, north = (native[name] for name in _WIND)
    speed = np.hypot(east, north).astype(np.float32)
    flags = np.maximum(*(_steps_flag(native, name) for name in _WIND))
    wanted, _ = _instant(native.assign({_WIND[0]: speed}), axis, _WIND[0], flags)
    got = np.hypot(data[_WIND[0]], data[_WIND[1]])
    factor = xr.where(got > 0.01, wanted / got.clip(min=0.01), np.float32(1.0))
    return {**data, **{name: (data[name] * factor).astype(np.float32) for name in _WIND}}


def _coordinates(native: xr.Dataset, axis: _Axis, names: list[str]) -> dict[str, Any]:
    coordinates: dict[str, Any] = {
        str(name): coordinate
        for name, coordinate in native.coords.items()
        if "time" not in coordinate.dims and name != "variable"
    }
    coordinates["time"] = ("time", axis.times)
    coordinates["variable"] = ("variable", names)
    if "forecast_reference_time" in native.coords:
        start = native["forecast_reference_time"].values.astype("datetime64[ns]")
        coordinates["forecast_period"] = ("time", axis.times - start)
    bounds = np.stack([axis.times - _HOUR, axis.times], axis=1)
    coordinates["time_bounds"] = (("time", "bounds"), bounds)
    ones = np.ones((len(names), axis.hours.size), dtype=np.float32)
    coordinates["interval_hours"] = (("variable", "time"), ones)
    return coordinates
