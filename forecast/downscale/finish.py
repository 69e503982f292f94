"""Second half of the kernel: one function per kind of operation on a cell.

The frame is plain numbers and addresses, so that nothing here counts references. The cell stands
in memory (`places`, `shares`), so that the compiler cannot prepare every kind of operation for
every cell beforehand. All functions are inlined into the kernel's loop.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from forecast.downscale import rows
from forecast.downscale.lanes import float_at, integer_at
from forecast.downscale.layout import CAPPED, DIRECTION, GUST, HUMIDITY, LIFTED, PLAIN, PRESSURE
from forecast.meteorology import GAS_CONSTANT_DRY
from forecast.units import STANDARD_GRAVITY

NEAR_SURFACE_M: Final = 60.0
"""An inversion is followed over so much height difference, the prior gradient beyond (Sheridan
et al. 2018, Meteorol. Appl. 25, 653: 50 to 70 m)."""

LOWEST_FACTOR: Final = 0.5
HIGHEST_FACTOR: Final = 2.0

_NEAR: Final = np.float32(NEAR_SURFACE_M)
_KM: Final = np.float32(0.001)
_LOWEST: Final = np.float32(LOWEST_FACTOR)
_ONE: Final = np.float32(1.0)
_HIGHEST: Final = np.float32(HIGHEST_FACTOR)
_HYPSOMETRIC: Final = np.float32(STANDARD_GRAVITY / GAS_CONSTANT_DRY)


class Frame(NamedTuple):
    """What all cells share: counts, addresses of tables and buffers, switches."""

    steps: int
    outputs: int
    row_bytes: int
    ratio_bytes: int
    operation_count: int
    operations: int
    limits: int
    ratios: int
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


WEST, EAST, INVERTED, NEAREST, FLOATS, PACKS = range(6)
"""Places in the cell's whole numbers: addresses of the columns beside it, whether an inversion
may need the split gradient, the nearest node, addresses of its output."""

WEST_WEIGHT, EAST_WEIGHT, CLIMB = range(3)
"""Places in the cell's float32 numbers: weights of the columns, height above the model's."""


@njit(nogil=True, forceinline=True)
def orographic_factor(difference, increase):  # type: ignore[no-untyped-def]
    """Precipitation at a height over that at the model's height.

    (1 + c dz) / (1 - c dz) (Liston & Elder 2006, J. Hydrometeor. 7, 217, eq. 33), with dz within
    1 km and the factor within 0.5 to 2, as it has a pole at c dz = 1.

    Args:
        difference: height above the model's, m, float32.
        increase: c, km-1, float32.
    """
    climb = min(max(difference * _KM, -_ONE), _ONE) * increase
    return min(max((_ONE + climb) / (_ONE - climb), _LOWEST), _HIGHEST)


@njit(nogil=True, forceinline=True)
def plain(frame, number):  # type: ignore[no-untyped-def]
    """Interpolate a row."""
    values = _values(frame, number, 0)
    rows.plain(
        frame.steps,
        (*values, *_slot(frame, number, 2)),
        (*_weights(frame), *_limits(frame, number, 0)),
    )


@njit(nogil=True, forceinline=True)
def lift(frame, number):  # type: ignore[no-untyped-def]
    """Interpolate and lift; a dew point is then held at or below the temperature."""
    capped = integer_at(frame.operations, number * 6) == CAPPED
    target = _slot(frame, number, 2)
    raw = target
    if capped:
        raw = (_scratch(frame, 2), frame.spare)
    west, east = _weights(frame)
    climb = float_at(frame.shares, CLIMB)
    near = min(max(climb, -_NEAR), _NEAR)
    limits = _limits(frame, number, 0)
    values, gradients = _values(frame, number, 0), _values(frame, number, 2)
    split = near != climb and integer_at(frame.places, INVERTED) != 0
    if split:
        far = climb - near
        rows.lifted_in_two(
            frame.steps,
            (*values, *_values(frame, number, 1), *gradients, *raw),
            (west, east, west * far, east * far, west * near, east * near, *limits),
        )
    elif abs(climb) <= float_at(frame.limits, number * 6 + 3):
        rows.lifted_inside(
            frame.steps,
            (*values, *gradients, *raw),
            (west, east, west * climb, east * climb, limits[2]),
        )
    else:
        rows.lifted(
            frame.steps,
            (*values, *gradients, *raw),
            (west, east, west * climb, east * climb, *limits),
        )
    if capped:
        bound = _slot(frame, number, 4)
        rows.not_above(frame.steps, (raw[0], bound[0], *target), limits)


@njit(nogil=True, forceinline=True)
def humidity(frame, number):  # type: ignore[no-untyped-def]
    """Relative humidity and vapour pressure deficit of finished temperature and dew point."""
    warm, dew = _slot(frame, number, 4), _slot(frame, number, 5)
    rows.humidity(
        frame.steps,
        (warm[0], dew[0], *_slot(frame, number, 2), *_slot(frame, number, 3)),
        (*_limits(frame, number, 0), *_limits(frame, number, 3)),
    )


@njit(nogil=True, forceinline=True)
def pressure(frame, number):  # type: ignore[no-untyped-def]
    """Hypsometric pressure; the model's temperature stands in the row behind ln p."""
    warm, dew = _slot(frame, number, 4), _slot(frame, number, 5)
    rows.pressure(
        frame.steps,
        (
            *_values(frame, number, 0),
            *_values(frame, number, 1),
            warm[0],
            dew[0],
            *_slot(frame, number, 2),
        ),
        (
            *_weights(frame),
            float_at(frame.shares, CLIMB) * _HYPSOMETRIC,
            frame.moist,
            *_limits(frame, number, 0),
        ),
    )


@njit(nogil=True, forceinline=True)
def direction(frame, number):  # type: ignore[no-untyped-def]
    """Wind direction of the interpolated components."""
    rows.direction(
        frame.steps,
        (
            *_values(frame, number, 0),
            *_values(frame, number, 1),
            *_slot(frame, number, 2),
        ),
        (*_weights(frame), *_limits(frame, number, 0)),
    )


@njit(nogil=True, forceinline=True)
def gust(frame, number):  # type: ignore[no-untyped-def]
    """Gust, not below the mean wind."""
    mean = _slot(frame, number, 4)
    rows.not_below(
        frame.steps,
        (*_values(frame, number, 0), mean[0], *_slot(frame, number, 2)),
        (*_weights(frame), *_limits(frame, number, 0)),
    )


@njit(nogil=True, forceinline=True)
def share(frame, number):  # type: ignore[no-untyped-def]
    """Precipitation: interpolated, by height, and times what keeps the model cell's amount."""
    west, east = _weights(frame)
    increase = float_at(frame.limits, number * 6 + 3)
    factor = orographic_factor(float_at(frame.shares, CLIMB), increase)
    line = integer_at(frame.operations, number * 6 + 5) * frame.steps * 4
    ratio = frame.ratios + integer_at(frame.places, NEAREST) * frame.ratio_bytes + line
    rows.shared(
        frame.steps,
        (*_values(frame, number, 0), ratio, *_slot(frame, number, 2)),
        (west * factor, east * factor, *_limits(frame, number, 0)),
    )


@njit(nogil=True, forceinline=True)
def light(frame, number, normal):  # type: ignore[no-untyped-def]
    """Clear-sky index and the light of wholly lit intervals, into the last scratch rows."""
    width = frame.steps * 4
    x, y, z = normal
    rows.sunlit(
        frame.steps,
        (
            *_values(frame, number, 0),
            frame.sun,
            frame.sun + width,
            frame.sun + 2 * width,
            _scratch(frame, 1),
            _scratch(frame, 0),
        ),
        (*_weights(frame), np.float32(x), np.float32(y), np.float32(z)),
    )


@njit(nogil=True, forceinline=True)
def seal_light(frame, number):  # type: ignore[no-untyped-def]
    """Write the finished light."""
    places = (_scratch(frame, 0), *_slot(frame, number, 2))
    rows.seal(frame.steps, places, _limits(frame, number, 0))


@njit(nogil=True, forceinline=True)
def operate(frame, number, kind):  # type: ignore[no-untyped-def]
    """Do an operation of any kind but light."""
    if kind == PLAIN:
        plain(frame, number)
    elif kind in (LIFTED, CAPPED):
        lift(frame, number)
    elif kind == HUMIDITY:
        humidity(frame, number)
    elif kind == PRESSURE:
        pressure(frame, number)
    elif kind == DIRECTION:
        direction(frame, number)
    elif kind == GUST:
        gust(frame, number)
    else:
        share(frame, number)


@njit(nogil=True, forceinline=True)
def _values(frame, number, further):  # type: ignore[no-untyped-def]
    """Addresses in the western and eastern column of an operation's row or one behind it."""
    line = (integer_at(frame.operations, number * 6 + 1) + further) * frame.steps * 4
    return integer_at(frame.places, WEST) + line, integer_at(frame.places, EAST) + line


@njit(nogil=True, forceinline=True)
def _weights(frame):  # type: ignore[no-untyped-def]
    return float_at(frame.shares, WEST_WEIGHT), float_at(frame.shares, EAST_WEIGHT)


@njit(nogil=True, forceinline=True)
def _slot(frame, number, field):  # type: ignore[no-untyped-def]
    """Addresses of the float32 and the int16 row of a slot; scratch behind the outputs."""
    slot = integer_at(frame.operations, number * 6 + field)
    line = slot * frame.steps
    if slot < frame.outputs:
        floats, packs = integer_at(frame.places, FLOATS), integer_at(frame.places, PACKS)
        return floats + line * 4, packs + slot * frame.pack_row
    return frame.scratch + line * 4, frame.spare


@njit(nogil=True, forceinline=True)
def _scratch(frame, back):  # type: ignore[no-untyped-def]
    """Address of a scratch row counted from the last: 0 light, 1 index, 2 raw values."""
    return frame.scratch + (frame.last_scratch - back) * frame.steps * 4


@njit(nogil=True, forceinline=True)
def _limits(frame, number, first):  # type: ignore[no-untyped-def]
    """Low, high and scale of an operation's first (0) or second (3) output."""
    place = number * 6 + first
    return (
        float_at(frame.limits, place),
        float_at(frame.limits, place + 1),
        float_at(frame.limits, place + 2),
    )
