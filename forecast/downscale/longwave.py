"""Longwave radiation by height, where the air near the ground stands for the column above it.

In the free air a higher place has less of the warm, moist air above it that radiates. Under an
inversion the temperature at 2 m says little about that air, and correcting by it is worse than
leaving the radiation alone. So a gate opens by day, and by night where temperature falls with
height.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

from forecast.downscale import rows
from forecast.downscale.finish import near_surface
from forecast.downscale.frame import CLIMB, EVERY, field, limits, slot, values, weights
from forecast.downscale.lanes import float_at
from forecast.parameters import chosen

OPENS_BELOW: Final = chosen("longwave_gate_gradient")
"""K km-1: by night the gate is closed at this gradient of temperature and above."""

OPENS_OVER: Final = chosen("longwave_gate_width")
"""K km-1 further down it is open."""

OPEN_BY_DAY: Final = chosen("longwave_gate_sun")
"""Cosine of the zenith angle, mean of the interval, at which it is open whatever the gradient."""

Floats = npt.NDArray[np.float32]


def gate(gradient: Floats, height_of_sun: npt.NDArray[np.float64]) -> Floats:
    """How far the correction by height counts, 0 to 1, float32 (node, time).

    1 - (1 - day) (1 - lapse), each a smooth step (3 x² - 2 x³), so that the result has no jump in
    time or place.

    Args:
        gradient: of temperature near the surface, K m-1 (node, time); NaN where missing.
        height_of_sun: mean cosine of the zenith angle, 0 by night (node, time).
    """
    day = _smooth_step(height_of_sun / OPEN_BY_DAY)
    lapse = _smooth_step((OPENS_BELOW - 1000.0 * np.nan_to_num(gradient)) / OPENS_OVER)
    return (1.0 - (1.0 - day) * (1.0 - lapse)).astype(np.float32)


def _smooth_step(part: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    inside = np.clip(np.asarray(part, dtype=np.float64), 0.0, 1.0)
    return inside * inside * (3.0 - 2.0 * inside)


@njit(nogil=True, forceinline=True)
def longwave(frame, number):  # type: ignore[no-untyped-def]
    """Interpolate radiation and bring it to the height of the cell.

    The operation's row is the radiation, the gate stands behind it; its inputs are the first rows
    of temperature and dew point. All by the weights of all nodes: what land and sea or a
    correction add to the temperature at 2 m says nothing about the column.
    """
    warm, dew = field(frame, number, 4), field(frame, number, 5)
    line = field(frame, number, 1)
    climb = float_at(frame.shares, CLIMB)
    near = near_surface(climb)
    rows.longwave(
        frame.steps,
        (
            *values(frame, line, EVERY),
            *values(frame, line + 1, EVERY),
            *values(frame, warm, EVERY),
            *values(frame, warm + 1, EVERY),
            *values(frame, warm + 2, EVERY),
            *values(frame, dew, EVERY),
            *values(frame, dew + 1, EVERY),
            *values(frame, dew + 2, EVERY),
            *slot(frame, number, 2),
        ),
        (*weights(frame, EVERY), climb - near, near, *limits(frame, number, 0)),
    )
