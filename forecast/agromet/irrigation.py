"""When the root zone needs water, and how much, from a water balance."""

from typing import Any, Final

import numpy as np

CUBIC_METRES_PER_MU: Final = 10.0 / 15.0
"""m3 on one mu (1/15 ha) that stand 1 mm high."""


def amount_needed(depletion: Any, *, expected_rain: Any = 0.0) -> Any:
    """Water that fills the root zone after the rain that is counted on, mm.

    Args:
        depletion: Dr, mm.
        expected_rain: rain of the coming days that is likely enough to count, mm.
    """
    return np.maximum(depletion - expected_rain, 0.0)


def cubic_metres_per_mu(depth: Any) -> Any:
    """Volume on one mu, m3 (1 mm is 0.667 m3).

    Args:
        depth: mm.
    """
    return depth * CUBIC_METRES_PER_MU
