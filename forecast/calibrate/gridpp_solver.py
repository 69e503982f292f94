"""Optimal interpolation by gridpp (MET Norway, LGPL-3), an optional second solver.

The only module that loads it; install it with `zhitian[gridpp]`. It works in float32 and gives no
error of the increment, so the standard error is our own solver's.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.calibrate.covariance import Covariance
from forecast.calibrate.evidence import Places
from forecast.errors import InvalidRequest

Doubles = npt.NDArray[np.float64]

MOST_STATIONS: Final = 100
"""Nearest stations that gridpp looks at for one place."""

REACH_LENGTHS: Final = 5.0
"""Distance beyond which gridpp takes the correlation as 0, in lengths; its own choice of 3.6 cuts
off what both solvers should see."""


def interpolate_by_gridpp(
    residual: Doubles, stations: Places, *, to: Places, covariance: Covariance
) -> Doubles:
    """Increment at places by `gridpp.optimal_interpolation`, K [place].

    Args:
        residual: observation minus forecast, K [station].
        stations: where they were observed.
        to: where they are wanted.
        covariance: of the shape `barnes`, the one that both solvers know.

    Raises:
        InvalidRequest: gridpp is not installed, or the shape is another.
    """
    gridpp = _gridpp()
    if covariance.shape != "barnes":
        raise InvalidRequest(
            f"the solver gridpp was asked with the covariance {covariance.shape}; allowed is barnes"
        )
    if residual.size == 0:
        return np.zeros(to.size)
    structure = gridpp.BarnesStructure(
        covariance.length, covariance.depth, 0.0, REACH_LENGTHS * covariance.length
    )
    increment = gridpp.optimal_interpolation(
        _points(gridpp, to),
        np.zeros(to.size),
        _points(gridpp, stations),
        residual,
        np.full(residual.size, covariance.ratio),
        np.zeros(residual.size),
        structure,
        MOST_STATIONS,
    )
    return np.asarray(increment, dtype=np.float64)


def _points(gridpp: Any, places: Places) -> Any:
    return gridpp.Points(places.latitude, places.longitude, places.elevation)


def _gridpp() -> Any:
    try:
        return import_module("gridpp")
    except ImportError:
        raise InvalidRequest(
            "the solver gridpp was asked and is not installed; install zhitian[gridpp] or use"
            " the solver own"
        ) from None
