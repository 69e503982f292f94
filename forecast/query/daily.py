"""Daily values from hourly ones, for a day that begins when the asker says."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import xarray as xr

from forecast.errors import DataError, UnknownName
from forecast.query.reduction import (
    LEAST_SHARE,
    WIND_SPEED,
    Statistic,
    count_finite,
    derivable,
    first_times,
    hours_needed,
    reduce_days,
    source_of,
    statistic_of,
    takes_speed,
)
from forecast.times import DayBoundary, Days, days
from forecast.variables import variable

__all__ = ["daily", "derivable"]


def daily(
    dataset: xr.Dataset,
    *,
    boundary: DayBoundary,
    zone: str,
    names: Iterable[str] | None = None,
    least_share: float = LEAST_SHARE,
) -> xr.Dataset:
    """Reduce hours to days.

    Every other dim (`realization`, `point`, `latitude`, `longitude`) rides along; lazy fields
    stay lazy. A value is NaN where fewer than `least_share` of the day's hours are finite, or,
    for a sum, where one is missing.

    Args:
        dataset: hourly variables of the vocabulary with dim `time` (UTC, ends of intervals).
        boundary: when a day begins.
        zone: IANA zone of the boundary.
        names: daily names; by default every one that the dataset allows.
        least_share: share of the hours that is enough for extremes and means, 0 to 1.

    Returns:
        One field per name with dim `day` in place of `time`; coords `day` (date), `day_start`
        and `day_end` (UTC), `hours_expected(day)`; `coverage(variable, day, …)`, the count of
        finite hours behind each value.

    Raises:
        UnknownName: a name is not a daily one, or its hourly source is not in the dataset.
        InvalidRequest: the zone is unknown, or times do not ascend.
    """
    held = [str(name) for name in dataset.data_vars]
    chosen = derivable(dataset) if names is None else tuple(names)
    parted = days(dataset["time"].values, boundary=boundary, zone=zone)
    fields: dict[str, Any] = {}
    counts: dict[str, xr.Variable] = {}
    for name in chosen:
        inputs = [dataset[one].variable for one in _inputs(name, held)]
        source = source_of(name)
        if source not in counts:
            counts[source] = _reduce([inputs[0]], count_finite, parted, dtype=np.int16)
        whole = partial(
            reduce_days,
            statistic=statistic_of(name),
            needed=hours_needed(name, parted, least_share=least_share),
        )
        fields[name] = _reduce(inputs, whole, parted)
        fields[name].attrs = variable(name).attributes()
    if chosen:
        fields["coverage"] = _coverage([counts[source_of(name)] for name in chosen])
    return xr.Dataset(fields, coords=_coordinates(dataset, chosen, parted), attrs=dataset.attrs)


def _inputs(name: str, held: Sequence[str]) -> list[str]:
    """Hourly variables that a daily name is reduced from, of those that are held."""
    source = source_of(name)
    if source not in held:
        raise UnknownName(
            f"daily variable {name!r} was asked; it needs the hourly {source!r},"
            f" and at hand are {', '.join(held) or 'none'}"
        )
    return [source, WIND_SPEED] if takes_speed(name) and WIND_SPEED in held else [source]


def _reduce(
    inputs: list[xr.Variable], statistic: Statistic, parted: Days, *, dtype: type = np.float32
) -> xr.Variable:
    """Apply a statistic along `time`; `day` takes its place among the dims."""
    first = inputs[0]
    if any(other.dims != first.dims for other in inputs):
        raise DataError(
            f"wind speed and direction have the dims {[other.dims for other in inputs]};"
            " a daily direction needs them alike"
        )
    axis = first.get_axis_num("time")
    work = partial(statistic, begins=first_times(parted), axis=axis)
    dims = tuple("day" if dim == "time" else dim for dim in first.dims)
    if isinstance(first.data, np.ndarray):
        return xr.Variable(dims, work(*(one.data for one in inputs)))
    return xr.Variable(dims, _lazily(work, inputs, axis=axis, size=parted.dates.size, dtype=dtype))


def _lazily(
    work: Statistic, inputs: list[xr.Variable], *, axis: int, size: int, dtype: type
) -> Any:
    """The same over dask blocks that each hold all times."""
    arrays = [one.chunk({"time": -1}).data for one in inputs]
    chunks = tuple((size,) if i == axis else sizes for i, sizes in enumerate(arrays[0].chunks))
    empty = np.empty((0,) * arrays[0].ndim, dtype=dtype)
    return arrays[0].map_blocks(work, *arrays[1:], chunks=chunks, dtype=dtype, meta=empty)


def _coverage(counts: list[xr.Variable]) -> xr.Variable:
    """Counts of all names [variable, day, …]; those of unlike dims cannot be joined."""
    first = counts[0]
    if any(other.dims != first.dims for other in counts):
        raise DataError(
            f"hourly variables have the dims {sorted({other.dims for other in counts})};"
            " days need them alike"
        )
    attributes = {"long_name": "finite hours behind the value", "units": "1"}
    if isinstance(first.data, np.ndarray):
        stacked = np.stack([one.data for one in counts])
        return xr.Variable(("variable", *first.dims), stacked, attributes)
    joined = xr.Variable.concat(counts, "variable")
    joined.attrs = attributes
    return joined


def _coordinates(dataset: xr.Dataset, names: tuple[str, ...], parted: Days) -> dict[str, Any]:
    """Coordinates of the days, and those of the hours that have no time in them."""
    kept: dict[str, Any] = {
        str(name): value.variable
        for name, value in dataset.coords.items()
        if "time" not in value.dims and "variable" not in value.dims
    }
    own: dict[str, Any] = {
        "day": ("day", parted.dates.astype("datetime64[ns]")),
        "day_start": ("day", parted.starts),
        "day_end": ("day", parted.ends),
        "hours_expected": ("day", parted.expected.astype(np.int16)),
    }
    if names:
        own["variable"] = ("variable", list(names))
    return {**kept, **own}
