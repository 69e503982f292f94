"""Ensemble model output statistics: members whose spread is that of their errors.

Nonhomogeneous Gaussian regression (Gneiting et al. 2005, Mon. Wea. Rev. 133, 1098); what the
coefficients mean and do stands in `forecast.emos`. The mean keeps the slope 1, so that a forecast
beyond all that was seen is not drawn back. The coefficients minimise the mean CRPS.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import ndtr

from forecast.emos import Emos
from forecast.errors import DataError
from forecast.parameters import chosen

Doubles = npt.NDArray[np.float64]


class Moments(NamedTuple):
    """What is known of the members of each pair.

    Attributes:
        mean: in the unit of the variable [pair].
        variance: unbiased, in its square [pair].
    """

    mean: Doubles
    variance: Doubles

    def at(self, rows: npt.NDArray[Any]) -> Moments:
        """Some of the pairs, by mask or index."""
        return Moments(self.mean[rows], self.variance[rows])


class Coefficients(NamedTuple):
    """Shift a, floor c and stretch d."""

    shift: float
    floor: float
    stretch: float

    def crps(self, moments: Moments, observed: Doubles) -> Doubles:
        """CRPS of the normal that they make of each pair [pair]."""
        deviation = np.sqrt(self.floor**2 + self.stretch**2 * moments.variance)
        return normal_crps(moments.mean + self.shift, deviation, observed=observed)


def normal_crps(mean: Any, deviation: Any, *, observed: Any) -> Doubles:
    """Continuous ranked probability score of a normal distribution, unit of the variable.

    s (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)), z = (y - m) / s (Gneiting et al. 2005, eq. 5).

    Args:
        mean: m.
        deviation: s, above 0.
        observed: y.
    """
    z = (np.asarray(observed, np.float64) - mean) / deviation
    density = np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
    score = deviation * (z * (2.0 * ndtr(z) - 1.0) + 2.0 * density - 1.0 / np.sqrt(np.pi))
    return np.asarray(score, dtype=np.float64)


def emos_fit(members: Doubles, observed: Doubles, *, days: npt.NDArray[Any]) -> Emos:
    """Fit the coefficients to pairs of members and observations.

    Args:
        members: forecasts [pair, realization], at least two members.
        observed: what came [pair].
        days: day of each pair [pair]; at least `emos_days` different ones are needed.

    Returns:
        The coefficients; pairs with a value that is not finite are left out.

    Raises:
        DataError: fewer days than needed, or fewer than two members.
    """
    if members.ndim != 2 or members.shape[1] < 2:
        raise DataError(
            f"EMOS was asked with members of shape {members.shape}; it needs two or more"
        )
    usable = np.isfinite(members).all(axis=1)
    moments = Moments(*np.full((2, len(members)), np.nan))
    values = members[usable].astype(np.float64)
    moments.mean[usable] = values.mean(axis=1)
    moments.variance[usable] = values.var(axis=1, ddof=1)
    return emos_fit_moments(moments, observed, days=days)


def emos_fit_moments(moments: Moments, observed: Doubles, *, days: npt.NDArray[Any]) -> Emos:
    """Fit the coefficients to pairs of the members' mean and variance and observations.

    Args:
        moments: of the members [pair].
        observed: what came [pair].
        days: day of each pair [pair]; at least `emos_days` different ones are needed.

    Returns:
        The coefficients; pairs with a value that is not finite are left out.

    Raises:
        DataError: fewer days than needed.
    """
    usable = np.isfinite(moments.mean) & np.isfinite(moments.variance) & np.isfinite(observed)
    count, needed = np.unique(days[usable]).size, int(chosen("emos_days"))
    if count < needed:
        raise DataError(f"EMOS was asked with pairs of {count} days; it needs {needed} or more")
    known, wanted = moments.at(usable), observed[usable].astype(np.float64)
    fitted = least_crps(known, wanted)
    return Emos(
        **fitted._asdict(),
        crps_before=float(as_it_is(known, wanted).crps(known, wanted).mean()),
        crps_after=float(fitted.crps(known, wanted).mean()),
        pairs=int(wanted.size),
        days=int(count),
    )


def least_crps(moments: Moments, observed: Doubles) -> Coefficients:
    """The coefficients with the least mean CRPS, all pairs finite.

    Args:
        moments: of the members [pair].
        observed: what came [pair].
    """
    error = observed - moments.mean
    least = as_it_is(moments, observed).floor

    def cost(free: Doubles) -> float:
        trial = Coefficients(free[0], float(np.hypot(free[1], least)), free[2])
        return float(trial.crps(moments, observed).mean())

    start = np.array([error.mean(), 0.5 * error.std(), 1.0])
    found = minimize(cost, start, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-8})
    shift, floor, stretch = map(float, found.x)
    return Coefficients(shift, float(np.hypot(floor, least)), abs(stretch))


def as_it_is(moments: Moments, observed: Doubles) -> Coefficients:
    """Members as they are, with a trace of a floor: members that agree have no density.

    Args:
        moments: of the members [pair].
        observed: what came [pair].
    """
    trace = 1e-3 * max(float(np.std(observed - moments.mean)), 1e-6)
    return Coefficients(0.0, trace, 1.0)
