"""Scores of point forecasts against observations, with block-bootstrap intervals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BLOCK_DEGREES: Final = 2.0
RESAMPLES: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One method's score in one class of stations.

    Attributes:
        method: name of the method.
        group: class of stations.
        count: number of pairs.
        rmse: root of the mean squared error, unit of the variable.
        mae: mean absolute error.
        bias: mean of forecast minus observation.
        reduction: 1 - RMSE / RMSE of the reference, share.
        interval: 95 % interval of `reduction`, from resampled 2° x 2° blocks.
    """

    method: str
    group: str
    count: int
    rmse: float
    mae: float
    bias: float
    reduction: float
    interval: tuple[float, float]


def compare(
    errors: Mapping[str, Floats],
    *,
    groups: Mapping[str, npt.NDArray[np.bool_]],
    longitude: Floats,
    latitude: Floats,
    reference: str,
) -> list[ScoreRow]:
    """Score several methods on the same pairs, class by class.

    Args:
        errors: forecast minus observation for each method [pair], all finite.
        groups: class name to mask [pair].
        longitude: degrees east [pair], for the blocks of the bootstrap.
        latitude: degrees north [pair].
        reference: method that `reduction` is measured against.

    Returns:
        One row for each class and method, classes outermost; empty classes are left out.
    """
    blocks = np.unique(
        np.floor(np.stack([latitude, longitude]) / BLOCK_DEGREES), axis=1, return_inverse=True
    )[1].ravel()
    rows = []
    for group, mask in groups.items():
        if not mask.any():
            continue
        against = errors[reference][mask]
        for method, error in errors.items():
            chosen = error[mask]
            rows.append(
                ScoreRow(
                    method=method,
                    group=group,
                    count=int(mask.sum()),
                    rmse=_rmse(chosen),
                    mae=float(np.abs(chosen).mean()),
                    bias=float(chosen.mean()),
                    reduction=1.0 - _rmse(chosen) / _rmse(against),
                    interval=_interval(chosen, against, blocks[mask]),
                )
            )
    return rows


def _rmse(error: Floats) -> float:
    return float(np.sqrt(np.mean(error**2)))


def _interval(error: Floats, against: Floats, blocks: npt.NDArray[np.intp]) -> tuple[float, float]:
    """95 % interval of the RMSE reduction when whole blocks are drawn with replacement.

    Block bootstrap after Künsch (1989, Ann. Statist. 17, 1217-1241), fixed seed.
    """
    labels, index = np.unique(blocks, return_inverse=True)
    squares = np.bincount(index, weights=error**2)
    reference = np.bincount(index, weights=against**2)
    draws = np.random.default_rng(20181120).integers(0, labels.size, (RESAMPLES, labels.size))
    ours, theirs = squares[draws].sum(axis=1), reference[draws].sum(axis=1)
    ratio = np.sqrt(ours[theirs > 0] / theirs[theirs > 0])
    low, high = np.percentile(1.0 - ratio, [2.5, 97.5])
    return float(low), float(high)
