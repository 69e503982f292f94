"""What the kernel's operations see of the model and of the cell at work: counts and addresses.

The frame is plain numbers and addresses, so that nothing here counts references. The cell stands
in memory (`places`, `shares`), so that the compiler cannot prepare every kind of operation for
every cell beforehand.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from forecast.downscale.lanes import float_at, integer_at


class Frame(NamedTuple):
    """What all cells share: counts, addresses of tables and buffers, switches."""

    steps: int
    outputs: int
    row_bytes: int
    ratio_bytes: int
    pattern_bytes: int
    operation_count: int
    operations: int
    limits: int
    ratios: int
    patterns: int
    term_weights: int
    columns: int
    heights: int
    nearest: int
    inverted: int
    scratch: int
    last_scratch: int
    spare: int
    sun: int
    floats: int
    float_step: int
    packs: int
    pack_step: int
    pack_row: int
    places: int
    shares: int
    lift: np.float32
    moist: np.float32


WEST, EAST, INVERTED, NEAREST, FLOATS, PACKS, PATTERNS, SHORE_WEST, SHORE_EAST = range(9)
"""Places in the cell's whole numbers: addresses of the columns beside it, whether an inversion
may need the split gradient, the nearest node, addresses of its output and of its patterns of
correction; then the columns of what is interpolated by land and sea."""

WEST_WEIGHT, EAST_WEIGHT, CLIMB, SHORE_WEST_WEIGHT, SHORE_EAST_WEIGHT, SHORE_CLIMB = range(6)
"""Places in the cell's float32 numbers: weights of the columns, height above the model's; then
those of what is interpolated by land and sea."""

EVERY: int = 0
"""Interpolation from all nodes around, for `values` and `weights`."""

SHORE: int = 1
"""Interpolation with more weight for nodes of the cell's own kind, land or sea."""

_FIELDS: int = 6


@njit(nogil=True, forceinline=True)
def field(frame, number, place):  # type: ignore[no-untyped-def]
    """A whole number of an operation: kind, row, slot, second slot, two inputs."""
    return integer_at(frame.operations, number * _FIELDS + place)


@njit(nogil=True, forceinline=True)
def limit(frame, number, place):  # type: ignore[no-untyped-def]
    """One of an operation's six float32 numbers."""
    return float_at(frame.limits, number * _FIELDS + place)


@njit(nogil=True, forceinline=True)
def values(frame, line, side):  # type: ignore[no-untyped-def]
    """Addresses of predictor row `line` in the western and the eastern column."""
    shift = line * frame.steps * 4
    west = integer_at(frame.places, WEST if side == EVERY else SHORE_WEST)
    east = integer_at(frame.places, EAST if side == EVERY else SHORE_EAST)
    return west + shift, east + shift


@njit(nogil=True, forceinline=True)
def weights(frame, side):  # type: ignore[no-untyped-def]
    """Weights of the western and the eastern column."""
    west = float_at(frame.shares, WEST_WEIGHT if side == EVERY else SHORE_WEST_WEIGHT)
    east = float_at(frame.shares, EAST_WEIGHT if side == EVERY else SHORE_EAST_WEIGHT)
    return west, east


@njit(nogil=True, forceinline=True)
def slot(frame, number, place):  # type: ignore[no-untyped-def]
    """Addresses of the float32 and the int16 row of a slot; scratch behind the outputs."""
    which = field(frame, number, place)
    line = which * frame.steps
    if which < frame.outputs:
        floats, packs = integer_at(frame.places, FLOATS), integer_at(frame.places, PACKS)
        return floats + line * 4, packs + which * frame.pack_row
    return frame.scratch + line * 4, frame.spare


@njit(nogil=True, forceinline=True)
def scratch(frame, back):  # type: ignore[no-untyped-def]
    """Address of a scratch row counted from the last: 0 light, 1 index, 2 and 3 raw values."""
    return frame.scratch + (frame.last_scratch - back) * frame.steps * 4


@njit(nogil=True, forceinline=True)
def limits(frame, number, first):  # type: ignore[no-untyped-def]
    """Low, high and scale of an operation's first (0) or second (3) output."""
    return (
        limit(frame, number, first),
        limit(frame, number, first + 1),
        limit(frame, number, first + 2),
    )
