"""Spreading residuals as far as hidden stations say: covariance, share and gain, all measured.

What chooses the covariance and the share for a place never sees that place's block, neither when
a map is made nor when its error is told: `cross_validation` is what the product reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from forecast.calibrate.covariance import Covariance, typical
from forecast.calibrate.evidence import Places
from forecast.calibrate.gridpp_solver import interpolate_by_gridpp
from forecast.calibrate.hidden import Labels, Verdict, hidden_predictions, judge
from forecast.calibrate.optimal_interpolation import Analysis, interpolate
from forecast.errors import InvalidRequest

Doubles = npt.NDArray[np.float64]
Solver = Literal["own", "gridpp"]

SOLVERS: Final = ("own", "gridpp")
FOLDS: Final = 5
"""Groups of blocks that are hidden in turn when a run measures itself."""
MOST_STATIONS: Final = 1500
"""Stations that the choice of a covariance looks at; whole blocks beyond are left out."""


class Method(NamedTuple):
    """How residuals are spread.

    Attributes:
        solver: `own` or `gridpp`.
        among: the covariances to choose from.
    """

    solver: Solver
    among: tuple[Covariance, ...]

    @classmethod
    def of(cls, solver: str) -> Self:
        """A solver with all the covariances that it knows.

        Raises:
            InvalidRequest: there is no such solver.
        """
        if solver == "own":
            return cls("own", candidates())
        if solver == "gridpp":
            return cls("gridpp", tuple(one for one in candidates() if one.shape == "barnes"))
        raise InvalidRequest(f"solver {solver!r} was asked; allowed are {', '.join(SOLVERS)}")

    def fixed(self) -> Method:
        """The same solver with one covariance, the typical one, so that nothing is chosen."""
        shape = "exponential" if self.solver == "own" else "barnes"
        return Method(self.solver, (replace(typical(), shape=shape),))


@dataclass(frozen=True, kw_only=True, eq=False)
class Spreading:
    """A residual spread to places, and what it is worth.

    Attributes:
        analysis: increment and standard error at the places; the increment is 0 where hidden
            stations saw no gain.
        covariance: what was chosen.
        verdict: what hidden stations say, blind.
    """

    analysis: Analysis
    covariance: Covariance
    verdict: Verdict


def candidates() -> tuple[Covariance, ...]:
    """The small set of covariances to choose from, around the chosen length and depth."""
    middle = typical()
    return tuple(
        replace(middle, shape=shape, length=middle.length * stretch, depth=middle.depth * tall)
        for shape, stretch in (
            *(("barnes", share) for share in (0.3, 1.0, 2.0)),
            *(("exponential", share) for share in (0.3, 0.75, 1.5)),
        )
        for tall in (0.7, 1.4)
    )


def choose(
    residual: Doubles,
    stations: Places,
    *,
    labels: Labels,
    among: Sequence[Covariance] | None = None,
) -> tuple[Covariance, Verdict]:
    """The covariance with the smallest error at hidden stations, and what it is worth.

    Args:
        residual: observation minus forecast, K [station].
        stations: where.
        labels: block of each station, hidden together.
        among: what to choose from; `candidates()` when None.
    """
    some = _some_blocks(labels)
    inside, where, blocks = residual[some], stations.at(some), labels[some]
    best: tuple[Covariance, Verdict] | None = None
    for covariance in among or candidates():
        predicted = hidden_predictions(inside, where, covariance=covariance, labels=blocks)
        verdict = judge(inside, predicted, labels=blocks)
        if best is None or verdict.after < best[1].after:
            best = covariance, verdict
    assert best is not None  # noqa: S101 - there is at least one candidate
    return best


def spread_residuals(
    residual: Doubles,
    stations: Places,
    *,
    to: Places,
    labels: Labels,
    method: Method | None = None,
) -> Spreading:
    """Spread residuals to places, with the covariance and the share that hidden stations allow.

    Args:
        residual: observation minus forecast, K [station].
        stations: where.
        to: where they are wanted.
        labels: block of each station, hidden together; at least two blocks.
        method: solver and covariances; the own solver and `candidates()` when None.

    Raises:
        InvalidRequest: an unknown solver, or gridpp is not installed.
    """
    solver, among = method or Method.of("own")
    hidden = cross_validation(residual, stations, labels=labels, among=among)
    verdict = judge(residual, hidden.increment, labels=labels, factor=1.0)
    covariance, inner = choose(residual, stations, labels=labels, among=among)
    share = inner.factor if verdict.gains else 0.0
    made = interpolate(residual, stations, to=to, covariance=covariance, share=share)
    increment = made.increment
    if solver == "gridpp" and share > 0.0:
        increment = share * interpolate_by_gridpp(residual, stations, to=to, covariance=covariance)
    analysis = Analysis(increment=increment, spread=made.spread * _widening(residual, hidden))
    return Spreading(analysis=analysis, covariance=covariance, verdict=verdict)


def cross_validation(
    residual: Doubles,
    stations: Places,
    *,
    labels: Labels,
    folds: int = FOLDS,
    among: Sequence[Covariance] | None = None,
) -> Analysis:
    """Correction of every station from stations of other blocks, blind.

    Groups of blocks are hidden in turn. For each, the covariance and the share are chosen anew
    by hiding blocks of the others, and the residuals of the others are interpolated.

    Args:
        residual: observation minus forecast, K [station].
        stations: where.
        labels: block of each station, hidden together.
        folds: groups of blocks; as many as there are blocks hides each alone.
        among: covariances to choose from; `candidates()` when None.

    Returns:
        What would be added to the forecast at each station, and the standard error that would
        be told of it, K [station].
    """
    increment, spread = np.zeros_like(residual), np.full_like(residual, residual.std())
    for hidden in _groups(labels, folds):
        kept = ~hidden
        if np.unique(labels[kept]).size < 2:  # nothing to choose by: nothing is predicted
            continue
        where = stations.at(kept)
        covariance, inner = choose(residual[kept], where, labels=labels[kept], among=among)
        there = interpolate(
            residual[kept],
            where,
            to=stations.at(hidden),
            covariance=covariance,
            share=inner.factor,
        )
        increment[hidden], spread[hidden] = there.increment, there.spread
    return Analysis(increment=increment, spread=spread)


def _widening(residual: Doubles, hidden: Analysis) -> float:
    """Factor that makes the told standard error the true one at hidden stations, on average."""
    share = (residual - hidden.increment) / np.maximum(hidden.spread, 1e-6)
    return float(np.sqrt(np.mean(share**2)))


def _groups(labels: Labels, folds: int) -> list[npt.NDArray[np.bool_]]:
    """Masks of the stations of each group of blocks, drawn once."""
    names = np.random.default_rng(1963).permutation(np.unique(labels))
    return [np.isin(labels, names[first::folds]) for first in range(min(folds, names.size))]


def _some_blocks(labels: Labels) -> npt.NDArray[np.bool_]:
    """Whole blocks, in an order drawn once, until there are enough stations."""
    if labels.size <= MOST_STATIONS:
        return np.ones(labels.size, dtype=np.bool_)
    names = np.random.default_rng(1963).permutation(np.unique(labels))
    counts = np.bincount(labels)[names]
    return np.isin(labels, names[np.cumsum(counts) <= MOST_STATIONS])
