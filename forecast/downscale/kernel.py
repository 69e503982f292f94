"""The fused kernel: interpolate, correct, derive, clip and pack every cell of a tile.

Time runs innermost. On a regular mesh the two rows of nodes around a row of cells are blended
first, once for all its cells, so that a cell is a blend of two columns; on any other mesh the
four nodes of each cell are blended into one column. What follows is the same for both. All
buffers are the caller's: fresh memory would cost more than the arithmetic.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from numba import njit

from forecast.downscale import finish
from forecast.downscale.columns import blend_cell, blend_columns
from forecast.downscale.frame import (
    CLIMB,
    EAST,
    EAST_WEIGHT,
    FLOATS,
    INVERTED,
    NEAREST,
    PACKS,
    PATTERNS,
    SHORE_CLIMB,
    SHORE_EAST,
    SHORE_EAST_WEIGHT,
    SHORE_WEST,
    SHORE_WEST_WEIGHT,
    WEST,
    WEST_WEIGHT,
    Frame,
    field,
)
from forecast.downscale.lanes import float_at, integer_at
from forecast.downscale.layout import LONGWAVE, SUNLIT, Model, Place, Work
from forecast.downscale.longwave import longwave
from forecast.downscale.sun import Sun, light_low_sun, set_horizon

_SOURCES: Final = (
    *("columns.py", "finish.py", "formulas.py", "frame.py", "kernel.py", "lanes.py", "layout.py"),
    *("longwave.py", "rows.py", "sun.py", "../meteorology.py", "../parameters.py", "../units.py"),
    "../data/parameters.toml",
)
"""The files whose code and numbers become part of the compiled kernel."""

_ONE: Final = np.float32(1.0)
_HALF: Final = np.float32(0.5)


@njit(nogil=True)
def _frame(model: Model, place: Place, sun: Sun, work: Work, out: tuple) -> Frame:
    floats, packs = out
    row_bytes = model.steps * 4
    float_base, float_step = _address(floats), model.outputs * row_bytes
    pack_base, pack_step, pack_row = _address(work.spare), 0, 0
    if packs.size > 0:
        float_base, float_step = _address(work.scratch), 0
        pack_base, pack_row = _address(packs), model.steps * 2
        pack_step = model.outputs * pack_row
    return Frame(
        model.steps,
        model.outputs,
        model.values.shape[1] * 4,
        model.ratios.shape[1] * 4,
        place.patterns.shape[1] * 4,
        model.operations.shape[0],
        _address(model.operations),
        _address(model.limits),
        _address(model.ratios),
        _address(place.patterns),
        _address(model.term_weights),
        _address(work.columns),
        _address(work.heights),
        _address(work.nearest),
        _address(work.inverted),
        _address(work.scratch),
        work.scratch.shape[0] - 1,
        _address(work.spare),
        _address(sun.vectors),
        float_base,
        float_step,
        pack_base,
        pack_step,
        pack_row,
        _address(work.places),
        _address(work.shares),
        np.float32(model.lift),
        np.float32(model.moist),
    )


@njit(nogil=True, forceinline=True)
def _address(array):  # type: ignore[no-untyped-def]
    return np.int64(array.ctypes.data)


@njit(nogil=True, forceinline=True)
def _set_cell(frame, cell, sides, elevation):  # type: ignore[no-untyped-def]
    """Write where a cell lies: see `forecast.downscale.frame`."""
    places, shares, number = cell
    west, east, share = sides
    other = _ONE - share
    height = other * float_at(frame.heights, west) + share * float_at(frame.heights, east)
    shares[WEST_WEIGHT], shares[EAST_WEIGHT] = other, share
    shares[SHORE_WEST_WEIGHT], shares[SHORE_EAST_WEIGHT] = other, share
    shares[CLIMB] = frame.lift * (elevation - height)
    shares[SHORE_CLIMB] = shares[CLIMB]
    places[WEST] = frame.columns + west * frame.row_bytes
    places[EAST] = frame.columns + east * frame.row_bytes
    places[SHORE_WEST], places[SHORE_EAST] = places[WEST], places[EAST]
    places[INVERTED] = integer_at(frame.inverted, west) | integer_at(frame.inverted, east)
    places[NEAREST] = integer_at(frame.nearest, east if share > _HALF else west)
    places[FLOATS] = frame.floats + number * frame.float_step
    places[PACKS] = frame.packs + number * frame.pack_step
    places[PATTERNS] = frame.patterns + number * frame.pattern_bytes


@njit(nogil=True, forceinline=True)
def _set_shore(frame, cell, column, elevation):  # type: ignore[no-untyped-def]
    """Write the column of a cell that is interpolated by land and sea."""
    places, shares = cell
    shares[SHORE_WEST_WEIGHT], shares[SHORE_EAST_WEIGHT] = _ONE, _ONE - _ONE
    shares[SHORE_CLIMB] = frame.lift * (elevation - float_at(frame.heights, column))
    places[SHORE_WEST] = frame.columns + column * frame.row_bytes
    places[SHORE_EAST] = places[SHORE_WEST]
    places[INVERTED] |= integer_at(frame.inverted, column)


@njit(nogil=True, forceinline=True)
def _normal(latitude, longitude):  # type: ignore[no-untyped-def]
    north, east = np.deg2rad(latitude), np.deg2rad(longitude)
    return np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)


@njit(nogil=True)
def _run(model, place, sun, work, out):  # type: ignore[no-untyped-def]
    """Compute all cells of a tile: see `run`.

    Arrays are taken out of their tuples before the loops: each access would count references.
    """
    frame = _frame(model, place, sun, work, out)
    separable, elevation = place.separable, place.elevation
    west, east, column_share = place.west, place.east, place.column_share
    places, shares = work.places, work.shares
    shore, last = place.shore, work.columns.shape[0] - 1
    latitude, longitude, low_sun = place.latitude, place.longitude, sun.low.size
    for j in range(elevation.shape[0]):
        if low_sun > 0:
            set_horizon(sun, latitude[j], work.horizon)
        if separable:
            blend_columns(model, place, work, j)
        for i in range(elevation.shape[1]):
            number = j * elevation.shape[1] + i
            if separable:
                sides = (west[i], east[i], column_share[i])
            else:
                around = place.nodes[number], place.weights[number], place.nearest[number]
                blend_cell(model, work, around, 0)
                sides = (0, 0, np.float32(0.0))
            _set_cell(frame, (places, shares, number), sides, elevation[j, i])
            if shore.size > 0 and shore[number] >= 0:
                one = shore[number]
                around = place.shore_nodes[one], place.shore_weights[one], np.int32(0)
                blend_cell(model, work, around, last)
                _set_shore(frame, (places, shares), last, elevation[j, i])
            for operation in range(frame.operation_count):
                kind = field(frame, operation, 0)
                if kind == SUNLIT:
                    _light(frame, operation, sun, work, (latitude[j], longitude[j, i]))
                elif kind == LONGWAVE:
                    longwave(frame, operation)
                else:
                    finish.operate(frame, operation, kind)


@njit(nogil=True, forceinline=True)
def _light(frame, operation, sun, work, where):  # type: ignore[no-untyped-def]
    """Light of a cell at a latitude and longitude, degrees."""
    latitude, longitude = where
    normal = _normal(latitude, longitude)
    finish.light(frame, operation, normal)
    if sun.low.size > 0:
        light_low_sun(sun, normal, np.deg2rad(longitude), work.horizon, work.scratch[-2:])
    finish.seal_light(frame, operation)


def _compiled(sources: str) -> Any:
    """The kernel, compiled once for each state of its sources and kept on disk.

    numba keeps compiled code by the file of the outermost function alone; as a variable of that
    function, the digest of all the files makes a change in any of them count.
    """

    @njit(nogil=True, cache=True)
    def tile(model, place, sun, work, out):  # type: ignore[no-untyped-def]
        if len(sources) > 0:
            _run(model, place, sun, work, out)

    return tile


def _digest() -> str:
    folder = Path(__file__).parent
    text = b"".join(folder.joinpath(name).read_bytes() for name in _SOURCES)
    return hashlib.sha256(text).hexdigest()


_TILE: Final = _compiled(_digest())


def run(model: Model, place: Place, *, sun: Sun, work: Work, out: tuple[Any, Any]) -> None:
    """Compute all cells of a tile; the interpreter is free meanwhile.

    Args:
        model: predictors.
        place: where the cells lie.
        sun: the sun over this tile.
        work: buffers; `columns` has room for all the columns of nodes of the tile.
        out: float32 and int16 arrays [cell, output, time], one of them empty: it is not wanted.
    """
    _TILE(model, place, sun, work, out)
