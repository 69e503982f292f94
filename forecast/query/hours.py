"""A span of hours and some variables out of a forecast."""

from collections.abc import Iterable
from datetime import datetime

import numpy as np
import xarray as xr

from forecast.errors import InvalidRequest
from forecast.fields import STEP_FLAG
from forecast.times import iso, to_datetime, to_datetime64
from forecast.variables import require


def select_hours(
    dataset: xr.Dataset,
    *,
    names: Iterable[str] | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> xr.Dataset:
    """Cut variables and times out, nothing computed; `step_flag` is cut alike.

    Times stand at the end of their interval, so the span is (start, end]: the rain of the span
    and nothing before it, and the same hours as a day with these bounds.

    Args:
        dataset: variables of the vocabulary with dim `time` (UTC).
        names: variables in the order wanted; all of them by default.
        start: aware instant before the first hour; the beginning by default.
        end: aware instant of the last hour; the end by default.

    Raises:
        UnknownName: the vocabulary lacks a name.
        InvalidRequest: a variable is not in the dataset, or no time lies in the span.
    """
    times = dataset["time"].values
    inside = np.ones(times.shape, dtype=bool)
    if start is not None:
        inside &= times > to_datetime64(start)
    if end is not None:
        inside &= times <= to_datetime64(end)
    if not inside.any():
        raise InvalidRequest(_no_hours(dataset, start, end))
    chosen = _pick(dataset, names)
    first = int(inside.argmax())
    return chosen.isel(time=slice(first, first + int(inside.sum())))


def _pick(dataset: xr.Dataset, names: Iterable[str] | None) -> xr.Dataset:
    if names is None:
        return dataset
    wanted = [entry.name for entry in require(names)]
    missing = [name for name in wanted if name not in dataset.data_vars]
    if missing:
        held = ", ".join(str(name) for name in dataset.data_vars if name != STEP_FLAG)
        raise InvalidRequest(
            f"hourly {', '.join(missing)} was asked; this forecast holds {held or 'nothing'}"
        )
    if STEP_FLAG not in dataset.data_vars:
        return dataset[wanted]
    kept = dataset[[*wanted, STEP_FLAG]]
    flagged = set(kept["variable"].values.tolist())
    return kept.sel(variable=[name for name in wanted if name in flagged])


def _no_hours(dataset: xr.Dataset, start: datetime | None, end: datetime | None) -> str:
    times = dataset["time"].values
    if times.size == 0:
        return "hours were asked of a forecast that holds none"
    asked = f"after {iso(start)}" if start else "from the beginning"
    asked += f" up to {iso(end)}" if end else " on"
    return (
        f"hours {asked} were asked; this forecast holds"
        f" {iso(to_datetime(times[0]))} to {iso(to_datetime(times[-1]))}"
    )
