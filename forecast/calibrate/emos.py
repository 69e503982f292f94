"""Ensemble model output statistics: members whose spread is that of their errors.

Nonhomogeneous Gaussian regression (Gneiting et al. 2005, Mon. Wea. Rev. 133, 1098): the
observation is normal with mean a + m and variance c² + d² s², m and s² the mean and variance of
the members. The mean keeps the slope 1, so that a forecast beyond all that was seen is not drawn
back. The coefficients minimise the mean CRPS. Each member is then moved and stretched about the
mean (Van Schaeybroeck & Vannitsem 2015, QJRMS 141, 807), which keeps the ranks of the members at
every place, time and variable, and with them the chance of joint events.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import ndtr

from forecast.errors import DataError
from forecast.parameters import chosen

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Emos:
    """Coefficients of one variable, hour and lead.

    Attributes:
        shift: a, added to the mean, in the unit of the variable.
        floor: c, standard deviation without spread, in the unit of the variable.
        stretch: d, weight of the members' standard deviation, 1.
        crps_before: mean CRPS of the normal with the members' own mean and spread.
        crps_after: mean CRPS of the fitted normal on the same pairs.
        pairs: how many pairs.
        days: on how many days.
    """

    shift: float
    floor: float
    stretch: float
    crps_before: float
    crps_after: float
    pairs: int
    days: int


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
    usable = np.isfinite(members).all(axis=1) & np.isfinite(observed)
    count, needed = np.unique(days[usable]).size, int(chosen("emos_days"))
    if count < needed:
        raise DataError(f"EMOS was asked with pairs of {count} days; it needs {needed} or more")
    mean, variance = _moments(members[usable].astype(np.float64))
    wanted = observed[usable].astype(np.float64)
    least = 1e-3 * max(float(np.std(wanted - mean)), 1e-6)

    def cost(free: Doubles) -> float:
        deviation = np.sqrt(free[1] ** 2 + free[2] ** 2 * variance + least**2)
        return float(normal_crps(mean + free[0], deviation, observed=wanted).mean())

    error = wanted - mean
    start = np.array([error.mean(), 0.5 * error.std(), 1.0])
    found = minimize(cost, start, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-8})
    return Emos(
        shift=float(found.x[0]),
        floor=float(np.hypot(found.x[1], least)),
        stretch=float(abs(found.x[2])),
        crps_before=cost(np.array([0.0, 0.0, 1.0])),
        crps_after=float(found.fun),
        pairs=int(wanted.size),
        days=int(count),
    )


def emos_apply(members: npt.NDArray[Any], emos: Emos, *, axis: int = 0) -> npt.NDArray[Any]:
    """Move and stretch members so that mean and spread are the fitted ones; ranks stay.

    x -> m + a + (x - m) sqrt(c² + d² s²) / s. Members that all agree cannot be stretched; they
    are moved only.

    Args:
        members: any shape; NaN stays NaN.
        emos: from `emos_fit`.
        axis: of the members.

    Returns:
        The same shape and type.
    """
    values = np.asarray(members, dtype=np.float64)
    mean = values.mean(axis=axis, keepdims=True)
    variance = values.var(axis=axis, ddof=1, keepdims=True)
    wanted = emos.floor**2 + emos.stretch**2 * variance
    stretch = np.sqrt(np.divide(wanted, variance, out=np.ones_like(variance), where=variance > 0.0))
    return (mean + emos.shift + (values - mean) * stretch).astype(members.dtype)


def _moments(members: Doubles) -> tuple[Doubles, Doubles]:
    """Mean and unbiased variance of the members [pair]."""
    return members.mean(axis=1), members.var(axis=1, ddof=1)
