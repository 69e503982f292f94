"""Made-up stations with residuals that are alike over a known distance."""

import numpy as np

from forecast.calibrate.covariance import Covariance
from forecast.calibrate.evidence import Places


def scattered(count: int, *, seed: int, degrees: float = 4.0) -> Places:
    """Places at random in a square of central China, 0 to 1500 m high."""
    draw = np.random.default_rng(seed)
    return Places(
        longitude=draw.uniform(104.0, 104.0 + degrees, count),
        latitude=draw.uniform(29.0, 29.0 + degrees, count),
        elevation=draw.uniform(0.0, 1500.0, count),
    )


def alike(places: Places, covariance: Covariance, *, seed: int, deviation: float = 2.0):
    """One draw of residuals (K) with a covariance, errors of observation included."""
    matrix = covariance.between(places, places) + covariance.ratio * np.eye(places.size)
    root = np.linalg.cholesky(matrix)
    return deviation * (root @ np.random.default_rng(seed).normal(size=places.size))
