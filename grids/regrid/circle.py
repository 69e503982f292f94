"""Longitudes on their circle: one cut, so that 359.9, -0.1 and -360.1 are the same place.

Every longitude is first rounded to 1e-9 degree (0.1 mm). That absorbs the noise of ``x - 360`` in
floating point, so that the convention of the caller cannot change a single bit of the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

DECIMALS = 9
"""Digits kept of a degree."""

FULL_CIRCLE = 1.5
"""A row goes round the globe when its largest gap is below this many spacings."""

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.int64]


def rounded(degrees: FloatArray) -> FloatArray:
    """Degrees to 1e-9."""
    result: FloatArray = np.round(degrees, DECIMALS)
    return result


def wrap(longitude: ArrayLike) -> FloatArray:
    """Longitudes (degrees, any convention) in [0, 360), rounded to 1e-9 degree."""
    turned = rounded(np.mod(np.asarray(longitude, dtype=np.float64), 360.0))
    return np.where(turned >= 360.0, 0.0, turned)


def wrap_signed(longitude: ArrayLike) -> FloatArray:
    """Longitudes (degrees, any convention) in [-180, 180), rounded to 1e-9 degree."""
    turned = wrap(longitude)
    return rounded(np.where(turned >= 180.0, turned - 360.0, turned))


@dataclass(frozen=True, eq=False)
class Circle:
    """The longitudes of one row, cut open in their widest gap.

    Attributes:
        start: longitude of the first node after the cut, degrees in [0, 360).
        offsets: distances east of ``start``, degrees, ascending from 0.
        order: for each offset, the position of its node in the caller's order.
        closed: True when the row goes round the globe.
        spacing: mean distance between nodes, degrees (0 for a single node).
    """

    start: float
    offsets: FloatArray
    order: IndexArray
    closed: bool
    spacing: float

    @classmethod
    def cut(cls, longitude: ArrayLike) -> Circle:
        """Cut the circle of ``longitude`` (degrees) open in its widest gap.

        Raises:
            ValueError: two nodes share a longitude.
        """
        turned = wrap(longitude)
        order = np.argsort(turned, kind="stable")
        ordered = turned[order]
        steps = np.round(np.diff(ordered, append=ordered[:1] + 360.0), DECIMALS)
        if ordered.size > 1 and np.any(steps <= 0.0):
            raise ValueError(f"Two nodes share the longitude {ordered[np.argmin(steps)]} degrees.")
        closed = ordered.size > 2 and float(steps.max()) < FULL_CIRCLE * float(np.median(steps))
        first = 0 if closed else (int(np.argmax(steps)) + 1) % ordered.size
        offsets = np.round(np.mod(np.roll(ordered, -first) - ordered[first], 360.0), DECIMALS)
        spacing = 360.0 / ordered.size if closed else offsets[-1] / max(ordered.size - 1, 1)
        return cls(float(ordered[first]), offsets, np.roll(order, -first), closed, float(spacing))

    def east_of_start(self, longitude: ArrayLike) -> FloatArray:
        """Distance of ``longitude`` (degrees) east of the first node.

        In [0, 360) on a closed row, else centred on the row: negative west of the first node.
        """
        distance = wrap(longitude) - self.start
        if self.closed:
            return rounded(np.mod(distance, 360.0))
        half_gap = (360.0 - self.offsets[-1]) / 2.0
        return rounded(np.mod(distance + half_gap, 360.0) - half_gap)

    def bracket(self, distance: FloatArray) -> tuple[IndexArray, IndexArray, FloatArray]:
        """Nodes on either side of ``distance`` and the share of the eastern one.

        Args:
            distance: degrees east of the first node (``east_of_start``).

        Returns:
            western and eastern positions in the caller's order; weight of the eastern one in
            [0, 1]. Beyond the ends of an open row the end node is held.
        """
        lower, share = bracket(self.offsets, distance, period=360.0 if self.closed else None)
        upper = lower + 1
        upper = np.where(upper == self.offsets.size, 0 if self.closed else lower, upper)
        return self.order[lower], self.order[upper], share


def bracket(
    axis: FloatArray, values: FloatArray, *, period: float | None = None
) -> tuple[IndexArray, FloatArray]:
    """Position of the last ``axis`` entry not above each value, and the way to the next (0 to 1).

    Args:
        axis: ascending coordinates.
        values: coordinates to place, held at the ends of the axis.
        period: length of the circle if the last entry is followed by the first again.
    """
    if axis.size == 1:
        return np.zeros(values.shape, dtype=np.int64), np.zeros(values.shape)
    last = axis.size - (1 if period is not None else 2)
    lower = np.clip(np.searchsorted(axis, values, side="right") - 1, 0, last)
    following = np.append(axis[1:], axis[0] + period if period is not None else np.nan)
    share = (values - axis[lower]) / (following - axis)[lower]
    return lower, np.clip(share, 0.0, 1.0)
