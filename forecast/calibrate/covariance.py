"""How alike the errors of a forecast are at two places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.calibrate.evidence import Places
from forecast.errors import DataError
from forecast.parameters import chosen
from grids.geometry import EARTH_RADIUS_M
from grids.regrid.mesh import unit_vectors

Doubles = npt.NDArray[np.float64]

SHAPES: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "barnes": lambda scaled: np.exp(-0.5 * scaled**2),
        "exponential": lambda scaled: np.exp(-scaled),
    }
)
"""Correlation over distance / length: the Gaussian of Barnes (1964, J. Appl. Meteor. 3, 396), and
the exponential (first-order autoregression; Thiébaux & Pedder 1987, Spatial Objective Analysis,
ch. 5), which falls at once and has a long tail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariance:
    """Correlation of forecast errors, positive definite: horizontal times vertical.

    Attributes:
        shape: one of `SHAPES`, over the straight line between two places through the earth.
        length: its length, m.
        depth: length of the Gaussian over the height difference, m.
        ratio: error variance of an observation over that of the forecast, 1.

    Raises:
        DataError: an unknown shape, or a number that is not above 0.
    """

    shape: str
    length: float
    depth: float
    ratio: float

    def __post_init__(self) -> None:
        """Check the shape and the numbers."""
        if self.shape not in SHAPES:
            raise DataError(f"covariance {self.shape!r} was asked; allowed are {', '.join(SHAPES)}")
        if not min(self.length, self.depth, self.ratio) > 0.0:
            raise DataError(
                f"a covariance of length {self.length:g} m, depth {self.depth:g} m and ratio"
                f" {self.ratio:g} was asked; allowed is above 0"
            )

    def between(self, places: Places, others: Places) -> Doubles:
        """Correlation of the errors at two sets of places, 1, float64 [place, other]."""
        away = chords(places, others)
        np.divide(away, self.length, out=away)
        climb = np.subtract.outer(places.elevation, others.elevation) / self.depth
        return np.asarray(SHAPES[self.shape](away) * np.exp(-0.5 * climb**2))

    def words(self) -> str:
        """Say it for people."""
        return (
            f"{self.shape}, {self.length / 1000.0:.0f} km, {self.depth:.0f} m, ratio {self.ratio:g}"
        )


def typical() -> Covariance:
    """The middle of what is tried: where nothing can be chosen, or nothing should be."""
    return Covariance(
        shape="exponential",
        length=1000.0 * chosen("covariance_length"),
        depth=chosen("covariance_depth"),
        ratio=chosen("covariance_ratio"),
    )


def chords(places: Places, others: Places) -> Doubles:
    """Straight distance through the earth, m, float64 [place, other].

    The chord, not the arc: a function that is positive definite in space is so on the sphere.
    """
    one = unit_vectors(places.longitude, places.latitude)
    two = unit_vectors(others.longitude, others.latitude)
    # |a - b|² summed by axis: 2 - 2 a.b would lose the metres
    squares = np.zeros((places.size, others.size))
    for axis in range(3):
        squares += np.subtract.outer(one[:, axis], two[:, axis]) ** 2
    return np.asarray(EARTH_RADIUS_M * np.sqrt(squares))
