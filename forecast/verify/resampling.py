"""Intervals of a reduction of error when whole blocks of pairs are drawn again."""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]

BLOCK_DEGREES: Final = 2.0
RESAMPLES: Final = 1000
CONFIDENCE: Final = 0.95
FEWEST_BLOCKS: Final = 5
"""With fewer blocks or days than this there is no interval."""
FEWEST_DAYS: Final = 10
SEED: Final = 20181120


def blocks_of_place(
    longitude: Floats, latitude: Floats, *, degrees: float = BLOCK_DEGREES
) -> Labels:
    """Number of the square of latitude and longitude that each pair lies in [pair].

    Args:
        longitude: degrees east [pair].
        latitude: degrees north [pair].
        degrees: side of the squares, aligned to 0° N 0° E.
    """
    corner = np.floor(np.stack([latitude, longitude % 360.0]) / degrees)
    return _labels(np.unique(corner, axis=1, return_inverse=True)[1])


def blocks_of_day(times: npt.NDArray[np.datetime64]) -> Labels:
    """Number of the UTC day of each pair [pair]."""
    return _labels(np.unique(times.astype("datetime64[D]"), return_inverse=True)[1])


def reduction_interval(
    loss: Floats, against: Floats, *, blocks: Labels, root: bool = False
) -> tuple[float, float]:
    """95 % interval of 1 - mean(loss) / mean(against), whole blocks drawn with replacement.

    Block bootstrap after Künsch (1989, Ann. Statist. 17, 1217-1241), fixed seed. Errors of
    stations near each other, or of hours of one day, are not independent; blocks keep them
    together.

    Args:
        loss: absolute or squared errors of one method [pair].
        against: the same of the reference.
        blocks: number of the block of each pair.
        root: take the root of the ratio of means, for a reduction of RMSE from squares.

    Returns:
        lower and upper end, share; NaN with fewer than 5 blocks.
    """
    labels, index = np.unique(blocks, return_inverse=True)
    if labels.size < FEWEST_BLOCKS:
        return np.nan, np.nan
    ours = np.bincount(index, weights=loss)
    theirs = np.bincount(index, weights=against)
    draws = np.random.default_rng(SEED).integers(0, labels.size, (RESAMPLES, labels.size))
    drawn, reference = ours[draws].sum(axis=1), theirs[draws].sum(axis=1)
    ratio = drawn[reference > 0] / reference[reference > 0]
    if not ratio.size:
        return np.nan, np.nan
    outside = 50.0 * (1.0 - CONFIDENCE)
    reduction = 1.0 - (np.sqrt(ratio) if root else ratio)
    low, high = np.percentile(reduction, [outside, 100.0 - outside])
    return float(low), float(high)


def _labels(inverse: npt.NDArray[np.intp]) -> Labels:
    return inverse.ravel()
