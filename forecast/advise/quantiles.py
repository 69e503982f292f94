"""Quantiles over members and futures that are one of them."""

from typing import Final

import numpy as np
import numpy.typing as npt

ROUNDING: Final = 1e-6
"""A share this near to a whole number of members is that number."""


def at_share(values: npt.ArrayLike, share: float) -> float:
    """The least value with that share of all at or below it (Hyndman & Fan 1996, type 1).

    Args:
        values: of members or futures, none missing; infinite ones come last.
        share: above 0, at most 1.
    """
    ordered = np.sort(np.ravel(values))
    return float(ordered[max(int(np.ceil(share * ordered.size - ROUNDING)), 1) - 1])


def middles(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Median over the members at each step, which is one of them [step].

    Args:
        values: [member, step].
    """
    return np.asarray(np.sort(values, axis=0)[(len(values) - 1) // 2])
