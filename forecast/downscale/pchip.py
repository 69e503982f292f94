"""Shape-preserving cubic interpolation in time that steps over missing values."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


def pchip(values: Doubles, *, knots: Doubles, at: Doubles) -> Doubles:
    """Interpolate with monotone cubic Hermite pieces; nothing overshoots the data.

    Slopes are the weighted harmonic means of Fritsch & Butland (1984, SIAM J. Sci. Stat. Comput.
    5, 300), one-sided and kept in shape at the ends (Moler 2004, Numerical Computing with MATLAB,
    3.6). A missing value makes the two pieces beside it missing and ends the series on either
    side.

    Args:
        values: float64 [..., knot].
        knots: ascending, hours.
        at: hours within the knots.

    Returns:
        float64 [..., at].
    """
    if knots.size == 1:
        return np.repeat(values, at.size, axis=-1)
    width = np.diff(knots)
    secant = np.diff(values, axis=-1) / width
    slope = _slopes(secant, width)
    piece = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, width.size - 1)
    length = width[piece]
    part = (at - knots[piece]) / length
    low, high = values[..., piece], values[..., piece + 1]
    rise, fall = slope[..., piece] * length, slope[..., piece + 1] * length
    cube, square = part**3, part**2
    result = (
        low * (2 * cube - 3 * square + 1)
        + rise * (cube - 2 * square + part)
        + high * (3 * square - 2 * cube)
        + fall * (cube - square)
    )
    result = np.where(part == 0.0, low, result)
    return np.where(part == 1.0, high, result)


def _slopes(secant: Doubles, width: Doubles) -> Doubles:
    """Slope at every knot, missing secants counted as absent."""
    absent = np.full((*secant.shape[:-1], 1), np.nan)
    before = np.concatenate([absent, secant], axis=-1)
    after = np.concatenate([secant, absent], axis=-1)
    left, right = np.append(np.nan, width), np.append(width, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight_left, weight_right = 2.0 * right + left, right + 2.0 * left
        mean = (weight_left + weight_right) / (weight_left / before + weight_right / after)
        inner = np.where(before * after > 0.0, mean, 0.0)
    from_right = _end_slope(after, np.roll(after, -1, axis=-1), width=(right, np.roll(right, -1)))
    from_left = _end_slope(before, np.roll(before, 1, axis=-1), width=(left, np.roll(left, 1)))
    slope = np.where(np.isnan(before), from_right, inner)
    slope = np.where(np.isnan(after) & ~np.isnan(before), from_left, slope)
    return np.asarray(slope)


def _end_slope(nearest: Doubles, further: Doubles, *, width: tuple[Doubles, Doubles]) -> Doubles:
    """One-sided three-point slope, kept to the shape of the data; a lone secant is its slope."""
    near, far = width
    with np.errstate(invalid="ignore"):
        slope = ((2.0 * near + far) * nearest - near * further) / (near + far)
        slope = np.where(slope * nearest <= 0.0, 0.0, slope)
        turning = (nearest * further < 0.0) & (np.abs(slope) > 3.0 * np.abs(nearest))
        slope = np.where(turning, 3.0 * nearest, slope)
    return np.where(np.isnan(further) | np.isnan(far), nearest, slope)
