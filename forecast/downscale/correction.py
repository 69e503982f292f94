"""Corrections from observations: terms of pattern times weight that the kernel adds.

A correction at a cell and a time is the sum over the terms of its variable of
`pattern(term, latitude, longitude) * weight(term, time)`, in K. It is added to temperature and dew
point before anything is derived from them.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypedDict

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.downscale.target import Target, cells_holding
from forecast.errors import DataError, InvalidRequest
from grids.errors import OutsideGrid
from grids.grid import Grid

CORRECTED: Final = ("temperature_2m", "dew_point_2m")
METHOD: Final = "zhitian"

_DIMS: Final = {"pattern": ("term", "latitude", "longitude"), "weight": ("term", "time")}
_SAME_PLACE: Final = 1e-6
Floats = npt.NDArray[np.float32]


class Given(TypedDict, total=False):
    """What may be given beside a run and a target."""

    orography: xr.DataArray | None
    correction: xr.Dataset | None


class Beside(NamedTuple):
    """The same with nothing left open."""

    orography: xr.DataArray | None = None
    correction: xr.Dataset | None = None


class Terms(NamedTuple):
    """The terms of a correction where they are needed.

    Attributes:
        patterns: K, float32 [row, column, term] or [point, term].
        weights: 1, float32 [term, time].
        ranges: first term and number of terms of each variable that has any.
        told: what a user must know, as attributes of the result.
    """

    patterns: Floats
    weights: Floats
    ranges: dict[str, tuple[int, int]]
    told: dict[str, str]

    @classmethod
    def none(cls, target: Target, steps: int) -> Terms:
        """No correction."""
        shape = (*target.elevation.shape, 0)
        return cls(np.zeros(shape, np.float32), np.zeros((0, steps), np.float32), {}, {})


def refuse_method(correction: xr.Dataset | None, method: str) -> None:
    """Only the whole method takes a correction: the others are what it is compared with.

    Raises:
        InvalidRequest: a correction was given for another method.
    """
    if correction is not None and method != METHOD:
        raise InvalidRequest(
            f"a correction was asked with the method {method}; allowed is {METHOD}"
        )


def terms(
    correction: xr.Dataset | None, target: Target, *, times: npt.NDArray[np.datetime64]
) -> Terms:
    """The terms on the cells of a target, or of the cells that hold its points.

    Args:
        correction: `pattern(term, latitude, longitude)` in K, `weight(term, time)`, and
            `variable(term)`; None for no correction.
        target: cells of the correction's grid, or points on it.
        times: valid times of the run, UTC; each may come more than once.

    Raises:
        DataError: it is no correction, is for another variable, grid or time, or has gaps.
        OutsideGrid: a point lies outside the correction's grid.
    """
    if correction is None or correction.sizes.get("term") == 0:
        return Terms.none(target, times.size)
    names = _variables(correction)
    order = [n for name in CORRECTED for n, own in enumerate(names) if own == name]
    grid, patterns = _patterns(correction, order)
    weights = _weights(correction, order, times=times)
    if not (np.isfinite(patterns).all() and np.isfinite(weights).all()):
        raise DataError(
            "a correction has missing patterns or weights; where nothing is known they are 0"
        )
    rows, columns = _cells(grid, target)
    ranges: dict[str, tuple[int, int]] = {}
    first = 0
    for name in CORRECTED:
        if name in names:
            ranges[name] = (first, names.count(name))
            first += names.count(name)
    here = patterns[:, rows, columns]
    return Terms(np.ascontiguousarray(np.moveaxis(here, 0, -1)), weights, ranges, said(correction))


def said(correction: xr.Dataset | None) -> dict[str, str]:
    """What a correction does, as attributes of the result; nothing without terms."""
    if correction is None or correction.sizes.get("term", 0) == 0:
        return {}
    told = {"correction": f"{correction.sizes['term']} terms from observations"}
    if "observed_until" in correction.attrs:
        told["observed_until"] = str(correction.attrs["observed_until"])
    return told


def _variables(correction: xr.Dataset) -> list[str]:
    for name, dims in _DIMS.items():
        if name not in correction or set(correction[name].dims) != set(dims):
            raise DataError(f"a correction needs {name} on {', '.join(dims)}; this one has none")
    if "variable" not in correction.variables or correction["variable"].dims != ("term",):
        raise DataError("a correction needs the coordinate variable on term; this one has none")
    names = [str(name) for name in correction["variable"].values]
    other = sorted(set(names) - set(CORRECTED))
    if other:
        raise DataError(
            f"a correction of {', '.join(other)} was given; allowed are {' and '.join(CORRECTED)}"
        )
    return names


def _patterns(correction: xr.Dataset, order: list[int]) -> tuple[Grid, Floats]:
    """The grid and the patterns [term, row, column], latitude and longitude ascending."""
    field = correction["pattern"].sortby(["latitude", "longitude"])
    grid = Grid.from_coordinates(
        latitude=field["latitude"].values, longitude=field["longitude"].values
    )
    values = field.transpose(*_DIMS["pattern"]).values[order]
    return grid, np.asarray(values, dtype=np.float32)


def _weights(
    correction: xr.Dataset, order: list[int], *, times: npt.NDArray[np.datetime64]
) -> Floats:
    """Weights [term, time] at the valid times."""
    known = correction["time"].values.astype("datetime64[ns]")
    ascending = np.argsort(known)
    asked = times.astype("datetime64[ns]")
    found = np.searchsorted(known[ascending], asked)
    place = ascending[np.minimum(found, known.size - 1)]
    missing = asked[known[place] != asked]
    if missing.size:
        first = np.datetime_as_string(missing[0], unit="m")
        raise DataError(
            f"a correction has no weight for {first} UTC; the run needs one for each of its times"
        )
    values = correction["weight"].transpose(*_DIMS["weight"]).values[order]
    return np.ascontiguousarray(values[:, place], dtype=np.float32)


def _cells(grid: Grid, target: Target) -> tuple[Any, Any]:
    """What picks the target's cells from [row, column] of the correction's grid."""
    if target.grid is None:
        rows, columns = cells_holding(grid, longitude=target.longitude, latitude=target.latitude)
        if (rows < 0).any():
            first = int(np.argmax(rows < 0))
            raise OutsideGrid(
                f"a correction was asked at longitude {target.longitude[first]:g}, latitude"
                f" {target.latitude[first]:g}; its grid covers {grid.bounds}"
                " (west,south,east,north in degrees)"
            )
        return rows, columns
    up = _matching(grid.latitudes, target.latitude)
    along = _matching(grid.longitudes, target.longitude)
    if up is None or along is None:
        raise DataError(
            f"a correction on the grid {grid.bounds} of {grid.rows} x {grid.columns} cells was"
            f" given for {target.grid.bounds} of {target.grid.rows} x {target.grid.columns};"
            " allowed is the grid of the target or one that holds its cells"
        )
    return up[:, np.newaxis], along


def _matching(
    axis: npt.NDArray[np.float64], wanted: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64] | None:
    """Positions in an axis of equal coordinates (longitudes 360 degrees apart are equal)."""
    step = axis[1] - axis[0]
    offset = (wanted - axis[0] + step / 2.0) % 360.0 - step / 2.0
    place = np.rint(offset / step).astype(np.int64)
    if place.min() < 0 or place.max() >= axis.size:
        return None
    apart = np.abs((axis[place] - wanted + 180.0) % 360.0 - 180.0)
    return place if apart.max() <= _SAME_PLACE else None
