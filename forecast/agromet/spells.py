"""Runs, counts and rolling sums along time, with missing steps kept unknown.

A window of n steps holds the step itself: `past` ends with it, `next` begins with it. Steps before
the first and after the last are as unknown as missing ones, so an answer at the edge is certain
only where no step outside could change it. Counts and lengths are steps.
"""

from typing import Any, Final, Literal

import numpy as np
import xarray as xr

from forecast.agromet.timewise import along, padded, windows
from forecast.agromet.truth import NO, UNKNOWN, YES
from forecast.errors import InvalidRequest

Side = Literal["past", "next"]
Statistic = Literal["min", "max", "sum", "mean"]
Mark = Literal["end", "start", "whole"]

_JOIN: Final = {"min": np.minimum, "max": np.maximum, "sum": np.add, "mean": np.add}


def rolling(
    values: xr.DataArray, statistic: Statistic, *, window: int, side: Side, dim: str = "time"
) -> xr.DataArray:
    """Minimum, maximum, sum or mean over a window; missing where any of its steps is missing.

    Args:
        values: any dims with `dim`.
        statistic: `min`, `max`, `sum` or `mean`.
        window: steps.
        side: `past` or `next`.
        dim: the dim of time.

    Raises:
        InvalidRequest: the window has no step, or the statistic or the side has no such name.
    """
    if statistic not in _JOIN:
        raise InvalidRequest(
            f"rolling {statistic!r} was asked; allowed are {', '.join(sorted(_JOIN))}"
        )

    def work(data: Any) -> Any:
        joined = windows(_edges(data, window, side, np.nan), length=window, join=_JOIN[statistic])
        return joined / window if statistic == "mean" else joined

    _check(window, side)
    dtype = np.result_type(values.dtype, np.float32)
    return along(work, values.astype(dtype, copy=False), dim=dim, dtype=dtype)


def all_in(truth: xr.DataArray, *, window: int, side: Side, dim: str = "time") -> xr.DataArray:
    """Whether the condition holds at every step of the window, three-valued."""

    def work(data: Any) -> Any:
        return windows(_edges(data, window, side, UNKNOWN), length=window, join=np.minimum)

    _check(window, side)
    return along(work, truth, dim=dim, dtype=np.int8)


def run(
    truth: xr.DataArray, *, at_least: int, mark: Mark = "whole", dim: str = "time"
) -> xr.DataArray:
    """Whether a step ends, starts or lies in a run of enough steps, three-valued.

    Args:
        truth: condition, int8.
        at_least: steps of the run.
        mark: `end`: the run has lasted long enough here; `start`: it will last long enough from
            here; `whole`: every step of such a run.
        dim: the dim of time.

    Raises:
        InvalidRequest: less than one step.
    """
    if mark == "start":
        return all_in(truth, window=at_least, side="next", dim=dim)
    if mark == "end":
        return all_in(truth, window=at_least, side="past", dim=dim)
    _check(at_least, "past")

    def work(data: Any) -> Any:
        outside = padded(data, before=at_least - 1, after=at_least - 1, fill=UNKNOWN)
        starts = windows(outside, length=at_least, join=np.minimum)
        return windows(starts, length=at_least, join=np.maximum)

    return along(work, truth, dim=dim, dtype=np.int8)


def count(
    truth: xr.DataArray, *, at_least: int, window: int, side: Side = "past", dim: str = "time"
) -> xr.DataArray:
    """Whether the condition holds at enough steps of the window, three-valued.

    Args:
        truth: condition, int8.
        at_least: steps at which it must hold.
        window: steps.
        side: `past` or `next`.
        dim: the dim of time.
    """
    _check(window, side)

    def work(data: Any) -> Any:
        known = _edges(data, window, side, UNKNOWN)
        sure = windows((known == YES).astype(np.int16), length=window, join=np.add)
        maybe = windows((known != NO).astype(np.int16), length=window, join=np.add)
        return _between(sure >= at_least, maybe >= at_least)

    return along(work, truth, dim=dim, dtype=np.int8)


def amount(
    values: xr.DataArray, threshold: float, *, window: int, side: Side, dim: str = "time"
) -> xr.DataArray:
    """Whether the sum over the window reaches a threshold, three-valued.

    For quantities that are never below 0, as rain: what is known may be enough for a yes.

    Args:
        values: any dims with `dim`, 0 or more.
        threshold: in the unit of `values`.
        window: steps.
        side: `past` or `next`.
        dim: the dim of time.
    """
    _check(window, side)

    def work(data: Any) -> Any:
        known = _edges(data, window, side, np.nan)
        gap = np.isnan(known)
        total = windows(np.where(gap, 0.0, known), length=window, join=np.add)
        gaps = windows(gap, length=window, join=np.logical_or)
        reached = total >= threshold - 1e-4
        return _between(reached, reached | gaps)

    return along(work, values, dim=dim, dtype=np.int8)


def steps_until(truth: xr.DataArray, *, dim: str = "time") -> xr.DataArray:
    """Steps until the condition holds, 0 where it does, float32.

    Infinite where it does not hold within the data; missing where an unknown step comes first.
    """

    def work(data: Any) -> Any:
        return _ahead(data[..., ::-1], beyond=np.inf)[..., ::-1]

    return along(work, truth, dim=dim, dtype=np.float32)


def steps_since(truth: xr.DataArray, *, dim: str = "time") -> xr.DataArray:
    """Steps since the condition held, 0 where it does, float32.

    Missing where it is not known: after an unknown step, or where it never held within the data.
    """
    return along(lambda data: _ahead(data, beyond=np.nan), truth, dim=dim, dtype=np.float32)


def run_lengths(holds: Any) -> Any:
    """Length of the run that has lasted up to each step, along the last axis, int32.

    Args:
        holds: bool [..., time].
    """
    steps = np.arange(1, holds.shape[-1] + 1, dtype=np.int32)
    broken = np.where(holds, np.int32(0), steps)
    return steps - np.maximum.accumulate(broken, axis=-1)


def _ahead(data: Any, *, beyond: float) -> Any:
    """Steps since the newest yes, NaN where an unknown step is newer, `beyond` where neither is."""
    steps = np.arange(data.shape[-1], dtype=np.int32)
    hit = np.maximum.accumulate(np.where(data == YES, steps, -1), axis=-1)
    doubt = np.maximum.accumulate(np.where(data == UNKNOWN, steps, -1), axis=-1)
    since = np.where(hit >= 0, steps - hit, beyond)
    return np.where(doubt > hit, np.nan, since).astype(np.float32)


def _edges(data: Any, window: int, side: Side, fill: float) -> Any:
    """The data with the steps that a window reaches outside of them."""
    before, after = (window - 1, 0) if side == "past" else (0, window - 1)
    return padded(data, before=before, after=after, fill=fill)


def _between(sure: Any, maybe: Any) -> Any:
    """Three-valued answer from what is certain and what is possible."""
    return sure.astype(np.int8) + maybe.astype(np.int8)


def _check(window: int, side: str) -> None:
    if window < 1:
        raise InvalidRequest(f"a window of {window} steps was asked; allowed is 1 or more")
    if side not in {"past", "next"}:
        raise InvalidRequest(f"window side {side!r} was asked; allowed are past and next")
