"""Splitting sums and means of long intervals into hours, without losing or making any."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Split:
    """Which interval each hour belongs to.

    Attributes:
        source: position of the interval of each hour, -1 where there is none (hour,).
        count: hours in the interval of each hour (hour,).
        middle: middle of each native interval, hours (time,).
        hour_middle: middle of each hour, hours (hour,).
    """

    source: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    middle: Doubles
    hour_middle: Doubles

    @classmethod
    def of(
        cls, ends: Doubles, lengths: Doubles, *, valid: npt.NDArray[np.bool_], hours: Doubles
    ) -> Split:
        """Assign hours to intervals.

        Args:
            ends: of the native intervals, hours, ascending.
            lengths: of these, whole hours.
            valid: intervals that count.
            hours: ends of the hours, ascending by 1.
        """
        source = np.full(hours.size, -1, dtype=np.int64)
        for number in np.flatnonzero(valid):
            inside = (hours > ends[number] - lengths[number] + 1e-6) & (hours < ends[number] + 1e-6)
            source[inside] = number
        count = np.where(
            source >= 0, np.bincount(source + 1, minlength=ends.size + 1)[source + 1], 0
        )
        return cls(source, count, ends - lengths / 2.0, hours - 0.5)


def split_amounts(values: Doubles, split: Split, *, lengths: Doubles, shape: Doubles) -> Doubles:
    """Hourly amounts that sum to the amount of each interval.

    Args:
        values: amounts of the native intervals [..., time], mm.
        split: hours and intervals.
        lengths: of the intervals, hours.
        shape: what the hours are proportional to within an interval [..., hour], not negative;
            an interval with no shape at all, or with hours that are not asked for, is split
            evenly.

    Returns:
        float64 [..., hour]; NaN outside the intervals.
    """
    source = np.maximum(split.source, 0)
    amount = values[..., source]
    total = _sums(shape, split)[..., source]
    even = amount / lengths[source]
    with np.errstate(divide="ignore", invalid="ignore"):
        shaped = amount * (shape / total)
    complete = split.count == np.round(lengths[source])
    hourly = np.where((total > 0.0) & np.isfinite(total) & complete, shaped, even)
    return np.where(split.source >= 0, hourly, np.nan)


def between_middles(rates: Doubles, split: Split) -> Doubles:
    """Rates interpolated linearly between the middles of their intervals, held at the ends.

    Args:
        rates: [..., time], NaN where missing: its neighbours are held instead.
        split: hours and intervals.
    """
    used = np.unique(split.source[split.source >= 0])
    if used.size == 0:
        return np.full((*rates.shape[:-1], split.hour_middle.size), np.nan)
    middles, known = split.middle[used], rates[..., used]
    upper = np.clip(np.searchsorted(middles, split.hour_middle), 1, max(used.size - 1, 1))
    lower = upper - 1
    upper = np.minimum(upper, used.size - 1)
    gap = middles[upper] - middles[lower]
    part = (split.hour_middle - middles[lower]) / np.where(gap > 0.0, gap, 1.0)
    part = np.clip(part, 0.0, 1.0)
    own = rates[..., np.maximum(split.source, 0)]
    low = np.where(np.isnan(known[..., lower]), own, known[..., lower])
    high = np.where(np.isnan(known[..., upper]), own, known[..., upper])
    return np.asarray(low + (high - low) * part)


def _sums(shape: Doubles, split: Split) -> Doubles:
    """Sum of the shape over the hours of each interval [..., time]."""
    sums = np.zeros((*shape.shape[:-1], split.middle.size))
    for hour in np.flatnonzero(split.source >= 0):
        sums[..., split.source[hour]] += shape[..., hour]
    return sums
