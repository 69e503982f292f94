"""Comparison in packed counts: a value is what the store keeps of it, so 4.0 equals 4.0.

The store keeps 0.1 degC as a count of one: what is read back as 4.0 may be 3.9999998 in float32.
The rule is therefore: a value counts as rint(value x scale), as `forecast.variables.pack` counts
it, and is compared with threshold x scale. Counts are not made for every value; each comparison
is turned into one with the smallest float32 that packs to the count in question, which is the same
and costs one pass.
"""

import math
from functools import lru_cache
from typing import Any, Final

import numpy as np

DIGITS: Final = 6
"""Decimals of a threshold in counts; what lies below is noise of conversion."""


def holds(values: Any, op: str, *, limit: float, scale: int) -> Any:
    """Whether values stand as they should to a threshold; False where they are missing.

    Args:
        values: float32, any shape, in the unit of the threshold; infinities are bounds.
        op: `<`, `<=`, `>` or `>=`.
        limit: the threshold.
        scale: packed counts per unit.
    """
    counts = round(limit * scale, DIGITS)
    if op in {">=", "<"}:
        bound = _least(math.ceil(counts), scale)
    else:
        bound = _least(math.floor(counts) + 1, scale)
    return values >= bound if op[0] == ">" else values < bound


@lru_cache(maxsize=4096)
def _least(count: int, scale: int) -> np.float32:
    """Smallest float32 that packs to a count or more."""
    value = np.float32((count - 0.5) / scale)
    while _count(value, scale) < count:
        value = np.nextafter(value, np.float32(np.inf))
    while _count(below := np.nextafter(value, np.float32(-np.inf)), scale) >= count:
        value = below
    return value


def _count(value: np.float32, scale: int) -> float:
    return float(np.rint(np.float64(value) * scale))
