"""Is one method better than another, or was it luck? The test of Diebold and Mariano."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr
from scores.stats.statistical_tests import diebold_mariano

FEWEST_TIMES: Final = 10
"""Shorter series are not tested."""


class EqualSkill(NamedTuple):
    """Test of equal skill.

    Attributes:
        statistic: above 0 where the method's loss is the smaller.
        p_value: two-sided, Student's t.
        times: length of the series.
    """

    statistic: float
    p_value: float
    times: int


UNTESTED: Final = EqualSkill(np.nan, np.nan, 0)


def equal_skill(gain: npt.NDArray[np.float64], *, steps_ahead: int = 1) -> EqualSkill:
    """Test whether the mean of a series of loss differences is zero.

    Diebold and Mariano (1995, J. Bus. Econ. Stat. 13, 253), with the correction for short series
    and Student's t of Harvey, Leybourne and Newbold (1997, Int. J. Forecasting 13, 281, eq. 9).

    Args:
        gain: loss of the reference minus loss of the method, in order of time [time].
        steps_ahead: how many values of the series lie between issue and outcome, at least 1.

    Returns:
        the test; untested where the series is shorter than 10 or its variance is not positive.
    """
    steps = min(max(steps_ahead, 1), gain.size - 1)
    if gain.size < FEWEST_TIMES or np.allclose(gain, gain[0]):
        return EqualSkill(np.nan, np.nan, gain.size)
    series = xr.DataArray(
        gain[np.newaxis], dims=("series", "time"), coords={"steps": ("series", [steps])}
    )
    # a mean of zero divides by zero in the interval, which is not used
    with np.errstate(divide="ignore", invalid="ignore"):
        tested = diebold_mariano(
            series, "series", "steps", method="HLN", statistic_distribution="t"
        )
    above = float(tested["confidence_gt_0"].item())
    return EqualSkill(
        float(tested["dm_test_stat"].item()), 2.0 * min(above, 1.0 - above), gain.size
    )


def by_day(loss_gain: pd.Series, *, times: pd.Series, lead_h: pd.Series) -> EqualSkill:
    """Test daily means of loss differences, so that the hours of a day count once.

    Args:
        loss_gain: loss of the reference minus loss of the method, one value a pair.
        times: valid times, UTC.
        lead_h: hours since the start of the run; NaN where nothing was forecast ahead.
    """
    daily = loss_gain.groupby(times.dt.floor("D")).mean().sort_index()
    lead = float(np.nanmedian(lead_h)) if lead_h.notna().any() else 0.0
    return equal_skill(daily.to_numpy(float), steps_ahead=int(np.ceil(lead / 24.0)))


def looks(intervals: int) -> str:
    """What it means that many intervals were looked at, in one sentence."""
    chance = 0.05 * intervals
    return (
        f"{intervals} intervals of 95 % are shown; were all methods alike, about {chance:.0f} of"
        " them would leave zero out by chance, so a single class proves little by itself"
    )
