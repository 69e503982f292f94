"""Share of members for which a three-valued condition holds; unknown members are counted apart.

A single forecast, one without the dim `realization`, counts as one member of one: its share is 0
or 1 and tells no chance.
"""

from typing import Final, NamedTuple

import numpy as np
import xarray as xr

from forecast.agromet.truth import UNKNOWN, YES

MEMBER: Final = "realization"

ROUNDING: Final = 1e-6
"""A share this near to a limit reaches it: 7 of 10 is 0.7 in float32 too."""


class Chance(NamedTuple):
    """What members say of a condition.

    Attributes:
        probability: share of the known members for which it holds, float32; NaN where too few
            are known.
        known: members for which it is known, int16.
        unknown: members for which it is not, int16.
    """

    probability: xr.DataArray
    known: xr.DataArray
    unknown: xr.DataArray


def chance(truth: xr.DataArray, *, least: int) -> Chance:
    """Count members.

    Args:
        truth: int8 of `forecast.agromet.truth`, with the dim `realization` or one forecast.
        least: members that must be known; one forecast needs but itself.
    """
    single = MEMBER not in truth.dims
    members = truth.expand_dims(MEMBER) if single else truth
    yes = (members == YES).sum(MEMBER)
    known = (members != UNKNOWN).sum(MEMBER)
    needed = 1 if single else max(least, 1)
    share = (yes / xr.where(known > 0, known, 1)).where(known >= needed).astype(np.float32)
    total = np.int16(members.sizes[MEMBER])
    return Chance(share, known.astype(np.int16), (total - known).astype(np.int16))


def reaches(probability: xr.DataArray, limit: float) -> xr.DataArray:
    """Whether a probability is at or above a limit, bool; False where it is not known."""
    return probability >= limit - ROUNDING
