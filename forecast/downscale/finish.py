"""Second half of the kernel: one function per kind of operation on a cell.

All functions are inlined into the kernel's loop; see `forecast.downscale.frame` for what they see.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from forecast.downscale import rows
from forecast.downscale.frame import (
    CLIMB,
    EVERY,
    INVERTED,
    NEAREST,
    PATTERNS,
    SHORE,
    SHORE_CLIMB,
    field,
    limit,
    limits,
    scratch,
    slot,
    values,
    weights,
)
from forecast.downscale.lanes import float_at, integer_at
from forecast.downscale.layout import (
    CAPPED,
    DIRECTION,
    GUST,
    HUMIDITY,
    LIFTED,
    PLAIN,
    PRESSURE,
    SNOW,
    WET_BULB,
    WIND,
)
from forecast.meteorology import GAS_CONSTANT_DRY, PSYCHROMETER_COEFFICIENT
from forecast.parameters import chosen
from forecast.units import STANDARD_GRAVITY

NEAR_SURFACE_M: Final = chosen("inversion_depth")
"""An inversion is followed over so much height difference (Sheridan et al. 2018, Meteorol. Appl.
25, 653: 50 to 70 m); beyond it the temperature stays as it is, see docs/adr/0018-night.md."""

LOWEST_FACTOR: Final = 0.5
HIGHEST_FACTOR: Final = 2.0

_NEAR: Final = np.float32(NEAR_SURFACE_M)
_KM: Final = np.float32(0.001)
_LOWEST: Final = np.float32(LOWEST_FACTOR)
_ONE: Final = np.float32(1.0)
_HIGHEST: Final = np.float32(HIGHEST_FACTOR)
_HYPSOMETRIC: Final = np.float32(STANDARD_GRAVITY / GAS_CONSTANT_DRY)
_VENTILATED: Final = np.float32(PSYCHROMETER_COEFFICIENT)


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
def near_surface(climb):  # type: ignore[no-untyped-def]
    """The part of a height difference (m, float32) over which an inversion is followed."""
    return min(max(climb, -_NEAR), _NEAR)


@njit(nogil=True, forceinline=True)
def plain(frame, number, side):  # type: ignore[no-untyped-def]
    """Interpolate a row."""
    rows.plain(
        frame.steps,
        (*_values(frame, number, 0, side), *slot(frame, number, 2)),
        (*weights(frame, side), *limits(frame, number, 0)),
    )


@njit(nogil=True, forceinline=True)
def lift(frame, number):  # type: ignore[no-untyped-def]
    """Interpolate, lift and correct; a dew point is then held at or below the temperature."""
    capped = field(frame, number, 0) == CAPPED
    terms = np.int64(limit(frame, number, 4))
    target = slot(frame, number, 2)
    raw = target
    if capped or terms > 0:
        raw = (scratch(frame, 2), frame.spare)
    west, east = weights(frame, SHORE)
    climb = float_at(frame.shares, SHORE_CLIMB)
    near = near_surface(climb)
    valid = limits(frame, number, 0)
    level, gradients = _values(frame, number, 0, SHORE), _values(frame, number, 2, SHORE)
    split = near != climb and integer_at(frame.places, INVERTED) != 0
    if split:
        far = climb - near
        rows.lifted_in_two(
            frame.steps,
            (*level, *_values(frame, number, 1, SHORE), *gradients, *raw),
            (west, east, west * far, east * far, west * near, east * near, *valid),
        )
    elif abs(climb) <= limit(frame, number, 3):
        rows.lifted_inside(
            frame.steps,
            (*level, *gradients, *raw),
            (west, east, west * climb, east * climb, valid[2]),
        )
    else:
        rows.lifted(
            frame.steps,
            (*level, *gradients, *raw),
            (west, east, west * climb, east * climb, *valid),
        )
    source = _corrected(frame, number, terms)
    if capped:
        bound = slot(frame, number, 4)
        rows.not_above(frame.steps, (source, bound[0], *target), valid)
    elif terms > 0:
        rows.seal(frame.steps, (source, *target), valid)


@njit(nogil=True, forceinline=True)
def _corrected(frame, number, terms):  # type: ignore[no-untyped-def]
    """Add pattern times weight of each term to the raw row; where the sum stands.

    The terms follow one another from the number in the operation's second input.
    """
    source, other = scratch(frame, 2), scratch(frame, 3)
    first = field(frame, number, 5)
    for term in range(first, first + terms):
        pattern = float_at(integer_at(frame.places, PATTERNS), term)
        weight = frame.term_weights + term * frame.steps * 4
        rows.added(frame.steps, (source, weight, other), (pattern,))
        source, other = other, source
    return source


@njit(nogil=True, forceinline=True)
def humidity(frame, number):  # type: ignore[no-untyped-def]
    """Relative humidity and vapour pressure deficit of finished temperature and dew point."""
    warm, dew = slot(frame, number, 4), slot(frame, number, 5)
    rows.humidity(
        frame.steps,
        (warm[0], dew[0], *slot(frame, number, 2), *slot(frame, number, 3)),
        (*limits(frame, number, 0), *limits(frame, number, 3)),
    )


@njit(nogil=True, forceinline=True)
def pressure(frame, number):  # type: ignore[no-untyped-def]
    """Hypsometric pressure; the model's temperature stands in the row behind ln p."""
    warm, dew = slot(frame, number, 4), slot(frame, number, 5)
    rows.pressure(
        frame.steps,
        (
            *_values(frame, number, 0, EVERY),
            *_values(frame, number, 1, EVERY),
            warm[0],
            dew[0],
            *slot(frame, number, 2),
        ),
        (
            *weights(frame, EVERY),
            float_at(frame.shares, CLIMB) * _HYPSOMETRIC,
            frame.moist,
            *limits(frame, number, 0),
        ),
    )


@njit(nogil=True, forceinline=True)
def direction(frame, number):  # type: ignore[no-untyped-def]
    """Wind direction of the interpolated components."""
    rows.direction(
        frame.steps,
        (
            *_values(frame, number, 0, SHORE),
            *_values(frame, number, 1, SHORE),
            *slot(frame, number, 2),
        ),
        (*weights(frame, SHORE), *limits(frame, number, 0)),
    )


@njit(nogil=True, forceinline=True)
def gust(frame, number):  # type: ignore[no-untyped-def]
    """Gust, not below the mean wind."""
    mean = slot(frame, number, 4)
    rows.not_below(
        frame.steps,
        (*_values(frame, number, 0, SHORE), mean[0], *slot(frame, number, 2)),
        (*weights(frame, SHORE), *limits(frame, number, 0)),
    )


@njit(nogil=True, forceinline=True)
def share(frame, number):  # type: ignore[no-untyped-def]
    """Precipitation: interpolated, by height, and times what keeps the model cell's amount."""
    west, east = weights(frame, EVERY)
    increase = limit(frame, number, 3)
    factor = orographic_factor(float_at(frame.shares, CLIMB), increase)
    line = field(frame, number, 5) * frame.steps * 4
    ratio = frame.ratios + integer_at(frame.places, NEAREST) * frame.ratio_bytes + line
    rows.shared(
        frame.steps,
        (*_values(frame, number, 0, EVERY), ratio, *slot(frame, number, 2)),
        (west * factor, east * factor, *limits(frame, number, 0)),
    )


@njit(nogil=True, forceinline=True)
def light(frame, number, normal):  # type: ignore[no-untyped-def]
    """Clear-sky index and the light of wholly lit intervals, into the last scratch rows."""
    width = frame.steps * 4
    x, y, z = normal
    rows.sunlit(
        frame.steps,
        (
            *_values(frame, number, 0, EVERY),
            frame.sun,
            frame.sun + width,
            frame.sun + 2 * width,
            scratch(frame, 1),
            scratch(frame, 0),
        ),
        (*weights(frame, EVERY), np.float32(x), np.float32(y), np.float32(z)),
    )


@njit(nogil=True, forceinline=True)
def seal_light(frame, number):  # type: ignore[no-untyped-def]
    """Write the finished light."""
    places = (scratch(frame, 0), *slot(frame, number, 2))
    rows.seal(frame.steps, places, limits(frame, number, 0))


@njit(nogil=True, forceinline=True)
def wet_bulb(frame, number):  # type: ignore[no-untyped-def]
    """Wet bulb of finished temperature and dew point at the finished pressure."""
    air = slot(frame, number, 3)
    warm, dew = slot(frame, number, 4), slot(frame, number, 5)
    target = slot(frame, number, 2)
    rows.wet_bulb(frame.steps, (warm[0], dew[0], air[0], target[0]), (_VENTILATED,))


@njit(nogil=True, forceinline=True)
def snow(frame, number):  # type: ignore[no-untyped-def]
    """Snow: the finished precipitation times its share; the row is the model's departure."""
    total, wet = slot(frame, number, 4), slot(frame, number, 5)
    rows.snow(
        frame.steps,
        (*_values(frame, number, 0, EVERY), wet[0], total[0], *slot(frame, number, 2)),
        (*weights(frame, EVERY), *limits(frame, number, 0)),
    )


@njit(nogil=True, forceinline=True)
def operate(frame, number, kind):  # type: ignore[no-untyped-def]
    """Do an operation of any kind but light and longwave."""
    if kind == PLAIN:
        plain(frame, number, EVERY)
    elif kind == WIND:
        plain(frame, number, SHORE)
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
    elif kind == WET_BULB:
        wet_bulb(frame, number)
    elif kind == SNOW:
        snow(frame, number)
    else:
        share(frame, number)


@njit(nogil=True, forceinline=True)
def _values(frame, number, further, side):  # type: ignore[no-untyped-def]
    """Addresses in the western and eastern column of an operation's row or one behind it."""
    return values(frame, field(frame, number, 1) + further, side)
