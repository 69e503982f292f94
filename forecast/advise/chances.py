"""Share of members for which a three-valued condition holds; unknown members are counted apart.

A single forecast, without the dim `realization` or with one member in it, counts as one member of
one: its share is 0 or 1 and tells no chance.
"""

from functools import partial
from typing import Any, Final, NamedTuple

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
    single = truth.sizes.get(MEMBER, 1) == 1
    members = truth if MEMBER in truth.dims else truth.expand_dims(MEMBER)
    found = xr.apply_ufunc(
        partial(shares, least=1 if single else least),
        members.chunk({MEMBER: -1}) if members.chunks is not None else members,
        input_core_dims=[[MEMBER]],
        output_core_dims=[[], [], []],
        dask="parallelized",
        output_dtypes=[np.float32, np.int16, np.int16],
    )
    order = [dim for dim in truth.dims if dim != MEMBER]
    return Chance(*(field.transpose(*order) for field in found))


def shares(members: Any, *, least: int) -> tuple[Any, Any, Any]:
    """As `chance`, of a bare array with the members last.

    Args:
        members: int8 [..., member].
        least: members that must be known.
    """
    known = np.count_nonzero(members != UNKNOWN, axis=-1)
    share = np.count_nonzero(members == YES, axis=-1) / np.maximum(known, 1)
    enough = known >= max(least, 1)
    told = np.where(enough, share, np.nan).astype(np.float32)
    return told, known.astype(np.int16), (members.shape[-1] - known).astype(np.int16)


def reaches(probability: xr.DataArray, limit: float) -> xr.DataArray:
    """Whether a probability is at or above a limit, bool; False where it is not known."""
    return probability >= limit - ROUNDING
