"""Scores of point forecasts against observations, with block-bootstrap intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.verify.resampling import blocks_of_place, reduction_interval

Floats = npt.NDArray[np.float64]


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
        interval: 95 % interval of `reduction`, from resampled 2° x 2° blocks;
            NaN with fewer than 5 blocks.
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
    blocks = blocks_of_place(longitude, latitude)
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
                    interval=reduction_interval(
                        chosen**2, against**2, blocks=blocks[mask], root=True
                    ),
                )
            )
    return rows


def _rmse(error: Floats) -> float:
    return float(np.sqrt(np.mean(error**2)))
