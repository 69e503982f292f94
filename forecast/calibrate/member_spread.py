"""Coefficients for the members of a run, span by span of leads, where hidden days gain by them.

Days are hidden in blocks of days in a row, the coefficients are fitted to the others, and both the
members as they are and the fitted normal are scored at the hidden days. The members of a span are
changed only where the mean CRPS falls by more than the standard error of that fall. Pairs of one
day share their weather, so the standard error counts days, not pairs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.calibrate.emos import Moments, as_it_is, emos_fit_moments, least_crps
from forecast.emos import LeadEmos
from forecast.errors import DataError

Doubles = npt.NDArray[np.float64]

LIMITS_H: Final = (0.0, 24.0, 72.0, 144.0)
"""Where spans of leads begin; the last one is open. Within one, errors grow by about a half."""

FOLDS: Final = 5
"""Blocks of days in a row that are hidden in turn."""

MOST_PAIRS: Final = 20_000
"""Pairs of a span that are used; of more, so many are drawn once. A bound on time only."""

COLUMNS: Final = ("time", "lead_h", "mean", "spread", "observed")


class HiddenScore(NamedTuple):
    """Mean CRPS at hidden days.

    Attributes:
        before: of the members as they are.
        after: of the normal fitted to the other days.
        doubt: standard error of the difference, over days.
    """

    before: float
    after: float
    doubt: float

    @property
    def gains(self) -> bool:
        """Whether the fall is larger than its standard error."""
        return self.before - self.after > self.doubt


def fit_leads(pairs: pd.DataFrame, *, variable: str) -> tuple[LeadEmos, ...]:
    """Find the coefficients of a variable for every span of leads, and whether they are of use.

    Args:
        pairs: `time` (valid, UTC), `lead_h`, `mean` and `spread` (standard deviation) of the
            members as they were published, and `observed`, in the variable's unit.
        variable: one of `forecast.emos.STRETCHED`.

    Returns:
        One entry for each span; one that is not used says why.

    Raises:
        DataError: a column is missing.
    """
    lacking = [name for name in COLUMNS if name not in pairs.columns]
    if lacking:
        raise DataError(f"pairs of members were handed to the calibration without {lacking[0]}")
    known = pairs.dropna(subset=["mean", "spread", "observed"])
    leads = known["lead_h"].to_numpy(np.float64)
    found = []
    for after, until in zip(LIMITS_H, (*LIMITS_H[1:], None), strict=True):
        span = LeadEmos(variable=variable, after_h=after, until_h=until, emos=None)
        found.append(_fitted(span, known.loc[span.covers(leads)]))
    return tuple(found)


def hidden_score(moments: Moments, observed: Doubles, *, days: npt.NDArray[np.intp]) -> HiddenScore:
    """Score the members and the fitted normal at days that had no part in the fit.

    Args:
        moments: of the members [pair].
        observed: what came [pair].
        days: number of the day of each pair [pair]; at least two different ones.
    """
    whole, place = np.unique(days, return_inverse=True)
    fold = (np.arange(whole.size) * min(FOLDS, whole.size) // whole.size)[place]
    before, after = np.empty(observed.size), np.empty(observed.size)
    for hidden in (fold == number for number in np.unique(fold)):
        known, seen = moments.at(~hidden), observed[~hidden]
        there, came = moments.at(hidden), observed[hidden]
        before[hidden] = as_it_is(known, seen).crps(there, came)
        after[hidden] = least_crps(known, seen).crps(there, came)
    fall = before - after
    by_day = np.bincount(place, weights=fall - fall.mean())
    doubt = float(np.sqrt(np.sum(by_day**2))) / fall.size
    return HiddenScore(float(before.mean()), float(after.mean()), doubt)


def _fitted(span: LeadEmos, pairs: pd.DataFrame) -> LeadEmos:
    """The span with its coefficients, or with the reason why it has none or uses none."""
    if len(pairs) > MOST_PAIRS:
        drawn = np.random.default_rng(1963).choice(len(pairs), MOST_PAIRS, replace=False)
        pairs = pairs.iloc[np.sort(drawn)]
    moments = Moments(pairs["mean"].to_numpy(np.float64), pairs["spread"].to_numpy(np.float64) ** 2)
    observed = pairs["observed"].to_numpy(np.float64)
    days = pairs["time"].to_numpy("datetime64[D]").astype(np.intp)
    try:
        emos = emos_fit_moments(moments, observed, days=days)
    except DataError as error:
        return replace(span, refused=str(error))
    score = hidden_score(moments, observed, days=days)
    emos = replace(emos, crps_before=score.before, crps_after=score.after)
    if score.gains:
        return replace(span, emos=emos)
    refused = (
        f"hidden days gain nothing: CRPS {score.before:.3f} before, {score.after:.3f} after,"
        f" standard error of the difference {score.doubt:.3f}"
    )
    return replace(span, emos=emos, refused=refused)
