"""Optimal interpolation of residuals (Gandin 1963): from stations to any place, with its error.

With the residuals d at the stations, C their correlation, R the diagonal of error ratios and c
the correlation of a place with the stations, the increment is c' (C + R)^-1 d, and the variance of
what is left against an observation there is s² (1 + r - c' (C + R)^-1 c), r the error ratio,
s² = d' (C + R)^-1 d / n (Daley 1991, Atmospheric Data Analysis, ch. 4). The places are taken in
compact parts; each part sees the stations that matter to it, so that memory is bounded by part
times stations and not by the product of all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.spatial import cKDTree

from forecast.calibrate.covariance import Covariance
from forecast.calibrate.evidence import Places
from grids.geometry import EARTH_RADIUS_M
from grids.regrid.mesh import unit_vectors

Doubles = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

PART: Final = 4096
"""Most places of one part."""

STATIONS: Final = 1000
"""Most stations that one part sees, the nearest to its middle; those beyond are screened."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Analysis:
    """What the stations say of other places.

    Attributes:
        increment: K [place].
        spread: standard error of the forecast after the increment, against an observation, K
            [place].
    """

    increment: Doubles
    spread: Doubles


def interpolate(
    residual: Doubles,
    stations: Places,
    *,
    to: Places,
    covariance: Covariance,
    share: float = 1.0,
) -> Analysis:
    """Spread residuals of stations to places by optimal interpolation.

    Args:
        residual: observation minus forecast, K [station], all finite; may be none.
        stations: where they were observed.
        to: where they are wanted.
        covariance: how alike errors are.
        share: part f of the increment that is applied, 0 to 1; the error variance is then
            s² (1 + r - (2 f - f²) c' (C + R)^-1 c).

    Returns:
        Increment and standard error in float64. Far from every station the increment is 0 and
        the standard error that of the forecast before.
    """
    increment, explained = np.zeros(to.size), np.zeros(to.size)
    if residual.size == 0:
        return Analysis(increment=increment, spread=np.full(to.size, np.nan))
    where = unit_vectors(stations.longitude, stations.latitude)
    tree = cKDTree(where)
    vectors = unit_vectors(to.longitude, to.latitude)
    for part in compact_parts(vectors, PART, stations=tree):
        near = _seen(tree, vectors[part].mean(axis=0))[1]
        own = stations.at(near)
        factor = cho_factor(_with_errors(own, covariance), lower=True, overwrite_a=True)
        across = covariance.between(to.at(part), own)
        increment[part] = across @ cho_solve(factor, residual[near])
        scaled = solve_triangular(factor[0], across.T, lower=True, overwrite_b=True)
        explained[part] = np.einsum("sp,sp->p", scaled, scaled)
    left = 1.0 + covariance.ratio - (2.0 * share - share**2) * np.clip(explained, 0.0, 1.0)
    spread = deviation(residual, stations, covariance=covariance) * np.sqrt(left)
    return Analysis(increment=share * increment, spread=spread)


def deviation(residual: Doubles, stations: Places, *, covariance: Covariance) -> float:
    """Standard deviation of the forecast's error, K, that makes the residuals most likely.

    s² = d' (C + R)^-1 d / n, in parts of `STATIONS` that are taken as independent.

    Args:
        residual: K [station].
        stations: where.
        covariance: how alike errors are.
    """
    vectors = unit_vectors(stations.longitude, stations.latitude)
    total = 0.0
    for part in compact_parts(vectors, STATIONS):
        factor = cho_factor(_with_errors(stations.at(part), covariance), lower=True)
        total += float(residual[part] @ cho_solve(factor, residual[part]))
    return float(np.sqrt(total / residual.size))


def compact_parts(
    vectors: Doubles, most: int, *, stations: cKDTree | None = None
) -> Iterator[Indices]:
    """Part points into compact groups, halving along the longest side (Bentley 1975, k-d tree).

    Args:
        vectors: points [point, 3].
        most: largest number in a group.
        stations: where given, a group reaches from its middle at most half as far as the
            stations that it sees, so that none that matters to its edge is left out.

    Yields:
        Indices of each group; every point is in one.
    """
    waiting = [np.arange(len(vectors))]
    while waiting:
        group = waiting.pop()
        if group.size <= most and (stations is None or _surrounded(vectors[group], stations)):
            yield group
            continue
        axis = int(np.argmax(np.ptp(vectors[group], axis=0)))
        middle = group.size // 2
        order = np.argpartition(vectors[group, axis], middle)
        waiting += [group[order[:middle]], group[order[middle:]]]


def distance_to_nearest(places: Places, stations: Places) -> Doubles:
    """Straight distance to the nearest station, m [place]; infinite where there is none."""
    if stations.size == 0:
        return np.full(places.size, np.inf)
    tree = cKDTree(unit_vectors(stations.longitude, stations.latitude))
    away, _ = tree.query(unit_vectors(places.longitude, places.latitude))
    return np.asarray(EARTH_RADIUS_M * away)


def _seen(tree: cKDTree, middle: Doubles) -> tuple[Doubles, Indices]:
    """Distances and numbers of the stations that a part sees."""
    away, near = tree.query(middle, k=min(STATIONS, tree.n))
    return np.atleast_1d(away), np.atleast_1d(np.asarray(near, dtype=np.intp))


def _surrounded(vectors: Doubles, stations: cKDTree) -> bool:
    """Whether a group sees all stations, or those around it far enough out."""
    if stations.n <= STATIONS or len(vectors) == 1:
        return True
    middle = vectors.mean(axis=0)
    reach = np.linalg.norm(vectors - middle, axis=1).max()
    return bool(2.0 * reach <= _seen(stations, middle)[0][-1])


def _with_errors(stations: Places, covariance: Covariance) -> Doubles:
    """C + R [station, station]."""
    matrix = covariance.between(stations, stations)
    matrix[np.diag_indices_from(matrix)] += covariance.ratio
    return matrix
