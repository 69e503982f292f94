"""Running the kernel over tiles and points of a plan."""

from __future__ import annotations

import threading
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.downscale.kernel import run
from forecast.downscale.layout import Model, Place, Work, fits, workspace
from forecast.downscale.placing import by_land_and_sea, place_points, place_tile
from forecast.downscale.plan import Plan
from forecast.downscale.soil import without_sea
from forecast.downscale.sun import Sun, tables
from forecast.errors import InvalidRequest
from forecast.variables import FILL

_POINTS_AT_ONCE: Final = 4096
_LIGHT: Final = "shortwave_down"
_NO_FLOATS: Final = np.zeros((0, 0, 0), dtype=np.float32)
_NO_COUNTS: Final = np.zeros((0, 0, 0), dtype=np.int16)


class _Pool(threading.local):
    """The buffers of each thread, kept for the next tile of the same size."""

    work: Work | None = None

    def buffers(self, model: Model, columns: int) -> Work:
        if self.work is None or not fits(self.work, model, columns=columns):
            self.work = workspace(model, columns)
        return self.work


_POOL = _Pool()


def compute_tile(
    plan: Plan, *, rows: slice, columns: slice, out: npt.NDArray[np.int16] | None = None
) -> npt.NDArray[np.int16]:
    """Downscale a tile to packed counts.

    Args:
        plan: of a grid.
        rows: of the target grid, step 1.
        columns: likewise.
        out: int16 [row, column, variable, time], contiguous, to write into; made when None.

    Returns:
        int16 [row, column, variable, time]: value times `Variable.scale`, rounded half to even,
        clipped to the valid range; missing is `variables.FILL`.

    Raises:
        InvalidRequest: the plan is one of points, or `out` does not fit.
    """
    place = _tile(plan, rows, columns)
    shape = (*place.elevation.shape, len(plan.variables), plan.steps)
    if out is not None and (
        out.shape != shape or out.dtype != np.int16 or not out.flags.c_contiguous
    ):
        raise InvalidRequest(
            f"a tile of shape {shape} was asked into an array of shape {out.shape} and type"
            f" {out.dtype}; allowed is a contiguous int16 array of that shape"
        )
    result = np.empty(shape, dtype=np.int16) if out is None else out
    padded = plan.model.steps
    counts = result if padded == plan.steps else np.empty((*shape[:3], padded), dtype=np.int16)
    cells = counts.reshape(-1, shape[2], padded)
    _run(plan, place, (_NO_FLOATS, cells))
    fraction = plan.land[rows, columns].ravel()
    without_sea(cells, names=plan.variables, fraction=fraction, missing=FILL)
    if counts is not result:
        result[...] = counts[..., : plan.steps]
    return result


def compute_tile_values(plan: Plan, *, rows: slice, columns: slice) -> npt.NDArray[np.float32]:
    """Downscale a tile to float32 [row, column, variable, time], NaN where missing."""
    place = _tile(plan, rows, columns)
    values = _values(plan, place)
    fraction = plan.land[rows, columns].ravel()
    without_sea(values, names=plan.variables, fraction=fraction, missing=np.nan)
    return values.reshape(*place.elevation.shape, len(plan.variables), -1)


def compute_points(plan: Plan) -> npt.NDArray[np.float32]:
    """Downscale to the points of a plan: float32 [point, variable, time], NaN where missing.

    Raises:
        InvalidRequest: the plan is one of a grid.
    """
    if plan.grid is not None:
        raise InvalidRequest("points were asked of a plan for a grid; prepare it with points")
    result = np.empty((plan.elevation.size, len(plan.variables), plan.steps), dtype=np.float32)
    for first in range(0, plan.elevation.size, _POINTS_AT_ONCE):
        some = slice(first, first + _POINTS_AT_ONCE)
        place = place_points(
            plan.mesh,
            latitude=plan.latitude[some],
            longitude=plan.longitude[some],
            elevation=plan.elevation[some, np.newaxis],
            nearest=plan.method == "nearest",
        )
        result[some] = _values(plan, _completed(plan, place, some))
    without_sea(result, names=plan.variables, fraction=plan.land, missing=np.nan)
    return result


def model_height(plan: Plan) -> npt.NDArray[np.float32]:
    """Model orography at the target of a plan, m [row, column] or [point].

    Interpolated as the temperature is: on a coast by land and sea.
    """
    longitude, latitude = plan.longitude, plan.latitude
    if plan.grid is not None:
        longitude, latitude = np.meshgrid(longitude, latitude)
    place = place_points(
        plan.mesh,
        latitude=latitude.ravel(),
        longitude=longitude.ravel(),
        elevation=plan.elevation.reshape(-1, 1),
        nearest=plan.method == "nearest",
    )
    place = by_land_and_sea(place, land=plan.model_land, fraction=plan.land)
    height = (place.weights * plan.model_elevation[place.nodes]).sum(axis=1)
    ashore = np.flatnonzero(place.shore >= 0)
    nodes, weights = (
        place.shore_nodes[place.shore[ashore]],
        place.shore_weights[place.shore[ashore]],
    )
    height[ashore] = (weights * plan.model_elevation[nodes]).sum(axis=1)
    return np.asarray(height, dtype=np.float32).reshape(plan.shape)


def _tile(plan: Plan, rows: slice, columns: slice) -> Place:
    if plan.grid is None:
        raise InvalidRequest("a tile was asked of a plan for points; prepare it with a terrain")
    place = place_tile(
        plan.mesh,
        latitude=plan.latitude[rows],
        longitude=plan.longitude[columns],
        elevation=plan.elevation[rows, columns],
        nearest=plan.method == "nearest",
    )
    if place.separable and plan.patchy.any():
        place = _one_by_one(plan, place)
    return _completed(plan, place, (rows, columns))


def _completed(plan: Plan, place: Place, cells: Any) -> Place:
    """The place with what is the cells' own: coastal weights and patterns of a correction."""
    shape = place.elevation.size, plan.patterns.shape[-1]
    patterns = plan.patterns[cells].reshape(shape)
    place = place._replace(patterns=np.ascontiguousarray(patterns))
    return by_land_and_sea(place, land=plan.model_land, fraction=plan.land[cells])


def _values(plan: Plan, place: Place) -> npt.NDArray[np.float32]:
    steps = plan.model.steps
    values = np.empty((place.elevation.size, len(plan.variables), steps), dtype=np.float32)
    _run(plan, place, (values, _NO_COUNTS))
    return values if steps == plan.steps else values[..., : plan.steps].copy()


def _run(plan: Plan, place: Place, out: tuple[Any, Any]) -> None:
    # the last column is for a cell that is interpolated by land and sea
    work = _POOL.buffers(plan.model, max(place.column_nodes.size, 1) + 1)
    run(plan.model, place, sun=_sun(plan, place), work=work, out=out)


def _one_by_one(plan: Plan, place: Place) -> Place:
    """The same cells with their own weights: needed where single nodes are missing."""
    columns = place.longitude.shape[1]
    return place_points(
        plan.mesh,
        latitude=np.repeat(place.latitude, columns),
        longitude=place.longitude.ravel(),
        elevation=place.elevation,
        nearest=plan.method == "nearest",
    )


def _sun(plan: Plan, place: Place) -> Sun:
    """The sun over the place: from its corners on a grid, from all places among points."""
    steps = plan.model.steps
    if _LIGHT not in plan.variables:
        return Sun(
            np.zeros((3, steps), dtype=np.float32),
            np.zeros(0, dtype=np.int64),
            plan.sun_angles,
            np.zeros((steps, 4)),
        )
    rows, columns = place.longitude.shape
    down = slice(None, None, max(rows - 1, 1) if plan.grid is not None else 1)
    across = slice(None, None, max(columns - 1, 1))
    longitude = place.longitude[down, across]
    latitude = np.repeat(place.latitude[down], longitude.shape[1])
    return tables(latitude, longitude.ravel(), table=plan.sun_angles)
