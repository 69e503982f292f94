"""What stations say of places where there is none: measured by hiding whole blocks of them.

Neighbours share their errors, so a station hidden among its neighbours flatters (Roberts et al.
2017, Ecography 40, 913). Whole blocks are hidden, as large as the cells of the grid are far from
their stations (Milà et al. 2022, Methods Ecol. Evol. 13, 1304).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve, solve

from forecast.calibrate.covariance import Covariance
from forecast.calibrate.evidence import Places
from forecast.calibrate.optimal_interpolation import distance_to_nearest

Doubles = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]

BLOCKS_DEGREES: Final = (2.0, 1.0, 0.5, 0.25, 0.1)
FEWEST_BLOCKS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What hidden stations say of a correction.

    Attributes:
        before: mean absolute error at hidden stations without it, K.
        after: the same with it, scaled by `factor`, K.
        factor: share of the correction that may be spread, 0 to 1.
        stations: how many were hidden, each once.
        blocks: how many blocks they stand in.
        gains: whether the error falls by more than its own standard error over the blocks.
    """

    before: float
    after: float
    factor: float
    stations: int
    blocks: int
    gains: bool


def blocks_of(places: Places, *, degrees: float) -> Labels:
    """Number of the block of longitude and latitude that each place stands in.

    Args:
        places: where.
        degrees: side of a block.
    """
    corners = np.stack([places.latitude, places.longitude % 360.0]) / degrees
    return np.unique(np.floor(corners), axis=1, return_inverse=True)[1].ravel()


def suitable_blocks(stations: Places, cells: Places) -> Labels:
    """Blocks so large that a hidden station is as far from the kept ones as a cell is.

    The smallest of `BLOCKS_DEGREES` for which the median distance of a station to the nearest
    one outside its block reaches the median distance of a cell to its nearest station; the
    largest with at least `FEWEST_BLOCKS` blocks where none does.

    Args:
        stations: at least one.
        cells: of the grid.
    """
    step = max(1, cells.size // 5000)
    wanted = float(np.median(distance_to_nearest(cells.at(slice(None, None, step)), stations)))
    best = np.arange(stations.size)
    for degrees in sorted(BLOCKS_DEGREES):
        labels = blocks_of(stations, degrees=degrees)
        if labels.max() + 1 < min(FEWEST_BLOCKS, stations.size):
            break
        best = labels
        if float(np.median(distance_outside(stations, labels))) >= wanted:
            break
    return best


def distance_outside(stations: Places, labels: Labels) -> Doubles:
    """Distance of each station to the nearest one outside its block, m [station]."""
    away = np.full(stations.size, np.inf)
    for label in np.unique(labels):
        own = labels == label
        away[own] = distance_to_nearest(stations.at(own), stations.at(~own))
    return away


def hidden_predictions(
    residual: Doubles, stations: Places, *, covariance: Covariance, labels: Labels
) -> Doubles:
    """Optimal interpolation of every station's residual from the stations of other blocks.

    With A = C + R the error at the hidden block B is [(A^-1)_BB]^-1 (A^-1 d)_B, which is the
    same as solving without B (Dubrule 1983, Math. Geol. 15, 687), at the cost of one inverse.

    Args:
        residual: K [station] or [station, any].
        stations: where.
        covariance: how alike errors are.
        labels: block of each station, hidden together.

    Returns:
        K, of the shape of `residual`.
    """
    matrix = covariance.between(stations, stations)
    matrix[np.diag_indices_from(matrix)] += covariance.ratio
    inverse = cho_solve(cho_factor(matrix, lower=True), np.eye(stations.size))
    weighted = inverse @ residual
    left = (weighted.T / np.diag(inverse)).T
    names, counts = np.unique(labels, return_counts=True)
    for label in names[counts > 1]:
        own = np.flatnonzero(labels == label)
        left[own] = solve(inverse[np.ix_(own, own)], weighted[own], assume_a="pos")
    return np.asarray(residual - left)


def judge(
    wanted: Doubles, predicted: Doubles, *, labels: Labels, factor: float | None = None
) -> Verdict:
    """Say whether predictions made without looking come nearer than none, and by what share.

    The share is the least-squares slope of the wanted on the predicted, held within 0 and 1. It
    gains where the mean absolute error falls by more than the standard error of that fall, block
    by block (sum over blocks of squared sums of the difference, as for clusters).

    Args:
        wanted: what was hidden, K [pair].
        predicted: what the others said of it, K [pair].
        labels: block of each pair.
        factor: the share where it was fixed before; estimated when None.
    """
    power = float(predicted @ predicted)
    if factor is None:
        slope = float(wanted @ predicted) / power if power > 0.0 else 0.0
        factor = min(1.0, max(0.0, slope))
    fall = np.abs(wanted) - np.abs(wanted - factor * predicted)
    sums = np.bincount(labels, weights=fall - fall.mean())
    doubt = float(np.sqrt(np.sum(sums**2))) / wanted.size
    before = float(np.abs(wanted).mean())
    return Verdict(
        before=before,
        after=before - float(fall.mean()),
        factor=factor,
        stations=int(wanted.size),
        blocks=int(np.unique(labels).size),
        gains=bool(fall.mean() > doubt and factor > 0.0),
    )


def random_folds(count: int, *, folds: int = 10) -> Labels:
    """Numbers of folds drawn once, as alike in size as may be [station]."""
    return np.random.default_rng(1963).permutation(np.arange(count) % folds).astype(np.intp)
