"""The day from which, and to which, the daily mean temperature stays above a threshold.

稳定通过: five definitions are in use and differ by days to weeks, so each is named. The mirror
image of a definition, read from the end of the year, gives the last day.

`ma5_longest_run`
    Means of 5 consecutive days, rounded; the longest run of means at or above the threshold;
    from the first day at or above it in the first window to the last such day in the last
    window. The text-book method of Chinese agroclimatology, and the default. It needs the
    whole year: behind a forecast, the tail is climatology.
`ma5_first_window`
    The first day at or above the threshold in the first window whose mean is.
`ma5_last_below`
    The day after the last one, in the first half of the series, whose mean with the 4 days
    before is below the threshold.
`consecutive_3`, `consecutive_5`
    The first of the first 3 or 5 days in a row at or above the threshold.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import xarray as xr

from forecast.agromet.spells import run_lengths
from forecast.agromet.timewise import along, windows
from forecast.errors import DataError, InvalidRequest

Method = Literal[
    "ma5_longest_run", "ma5_first_window", "ma5_last_below", "consecutive_3", "consecutive_5"
]

DAYS: Final = 5
"""Length of the sliding mean."""
STEP: Final = 0.1
"""K, to which text-books round the mean of five days: 4.98 counts as 5.0."""


def stable_passing(
    temperature: xr.DataArray,
    threshold: float,
    *,
    method: Method = "ma5_longest_run",
    step: float | None = STEP,
    dim: str = "day",
) -> xr.Dataset:
    """First and last day of the time that stays at or above a threshold temperature.

    Args:
        temperature: daily mean, degC, one value per day along `dim` (with a coordinate of dates),
            any further dims.
        threshold: degC.
        method: the definition, see the module.
        step: K to which the sliding mean is rounded; None for not at all.
        dim: the dim of days.

    Returns:
        `start` and `end` (datetime64[ns], without `dim`), NaT where the threshold is not passed or
        a missing day could change the answer; attrs name method, threshold and rounding.

    Raises:
        InvalidRequest: no such method.
        DataError: the days are not consecutive, or fewer than five.
    """
    days = _consecutive(temperature, dim)
    ends = {
        name: along(
            partial(passing_date, days=days, passing=Passing(threshold, method, step), last=last),
            temperature,
            dim=dim,
            dtype="datetime64[ns]",
            keeps=False,
        )
        for name, last in (("start", False), ("end", True))
    }
    rounding = "none" if step is None else f"{step:g} K"
    attributes = {"method": method, "threshold": f"{threshold:g} degC", "rounding": rounding}
    return xr.Dataset(ends, attrs=attributes)


class Passing(NamedTuple):
    """What it is that is passed.

    Attributes:
        threshold: degC.
        method: the definition.
        step: K to which the sliding mean is rounded; None for not at all.
    """

    threshold: float
    method: Method
    step: float | None


def passing_date(data: Any, *, days: Any, passing: Passing, last: bool) -> Any:
    """First or last day of bare arrays, as `stable_passing` tells both, datetime64[ns] [...].

    Args:
        data: daily mean, degC [..., day].
        days: consecutive dates [day], datetime64[ns].
        passing: what is passed.
        last: whether the last day is asked, not the first.

    Raises:
        InvalidRequest: no such method.
    """
    finder = _FINDERS.get(passing.method)
    if finder is None:
        raise InvalidRequest(
            f"stable passing by {passing.method!r} was asked; allowed are {', '.join(_FINDERS)}"
        )
    found = finder(data[..., ::-1] if last else data, passing.threshold - 1e-4, passing.step)
    at = np.where(np.isnan(found), -1, found).astype(np.int64)
    dates = days[::-1] if last else days
    return np.where(at < 0, np.datetime64("NaT", "ns"), dates[at])


def _consecutive(temperature: xr.DataArray, dim: str) -> Any:
    if dim not in temperature.dims or temperature.sizes[dim] < DAYS:
        raise DataError(f"stable passing was asked of fewer than {DAYS} days along {dim!r}")
    days = temperature[dim].values.astype("datetime64[ns]")
    if np.any(np.diff(days) != np.timedelta64(1, "D")):
        raise DataError(f"stable passing was asked of days along {dim!r} that are not consecutive")
    return days


def _means(data: Any, step: float | None) -> Any:
    """Means of the five days from each on [..., n - 4], rounded half away from zero."""
    means = windows(data.astype(np.float64), length=DAYS, join=np.add) / DAYS
    if step is None:
        return means
    return np.copysign(np.floor(np.abs(means) / step + 0.5 + 1e-6), means) * step


def _longest_run(data: Any, threshold: float, step: float | None) -> Any:
    means = _means(data, step)
    lengths = run_lengths(means >= threshold)
    last = np.argmax(lengths, axis=-1)
    longest = np.take_along_axis(lengths, last[..., np.newaxis], axis=-1)[..., 0]
    start = _first_warm(data, last - longest + 1, threshold)
    known = ~np.isnan(data).any(axis=-1)
    return np.where(known & (longest > 0), start, np.nan)


def _first_window(data: Any, threshold: float, step: float | None) -> Any:
    window = _first_sure(_means(data, step), threshold)
    start = _first_warm(data, np.where(np.isnan(window), 0, window).astype(np.int64), threshold)
    return np.where(np.isnan(window), np.nan, start)


def _last_below(data: Any, threshold: float, step: float | None) -> Any:
    means = _means(data, step)
    half = max(data.shape[-1] // 2 - DAYS + 1, 1)
    early = means[..., :half]
    below = early < threshold
    last = half - 1 - np.argmax(below[..., ::-1], axis=-1)
    known = ~np.isnan(early).any(axis=-1) & below.any(axis=-1)
    after = np.minimum(last + DAYS, data.shape[-1] - 1)
    warm = np.take_along_axis(means, (after - DAYS + 1)[..., np.newaxis], axis=-1)[..., 0]
    return np.where(known & (warm >= threshold), after, np.nan)


def _consecutive_days(length: int) -> Callable[[Any, float, float | None], Any]:
    def find(data: Any, threshold: float, _: float | None) -> Any:
        coldest = windows(data.astype(np.float64), length=length, join=np.minimum)
        return _first_sure(coldest, threshold)

    return find


def _first_sure(values: Any, threshold: float) -> Any:
    """Index of the first value at or above the threshold; NaN where none is, or a gap is first."""
    warm = values >= threshold
    maybe = warm | np.isnan(values)
    first = np.argmax(maybe, axis=-1)
    sure = np.take_along_axis(warm, first[..., np.newaxis], axis=-1)[..., 0]
    return np.where(sure, first, np.nan)


def _first_warm(data: Any, begin: Any, threshold: float) -> Any:
    """Index of the first day at or above the threshold within five days from `begin`."""
    within = begin[..., np.newaxis] + np.arange(DAYS)
    warm = np.take_along_axis(data, within, axis=-1) >= threshold
    return begin + np.argmax(warm, axis=-1)


_FINDERS: Final[dict[str, Callable[[Any, float, float | None], Any]]] = {
    "ma5_longest_run": _longest_run,
    "ma5_first_window": _first_window,
    "ma5_last_below": _last_below,
    "consecutive_3": _consecutive_days(3),
    "consecutive_5": _consecutive_days(5),
}
