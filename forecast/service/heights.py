"""The same downscaling applied to heights that somebody asks for."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from forecast.store import Cycle
from forecast.variables import pack
from grids.lookup import CellChoice

if TYPE_CHECKING:
    from forecast.downscale.plan import Plan

KEPT_BYTES: Final = 200_000_000
"""Of cycles that stay prepared: 28 of a region and 120 hours, or ten with 360."""

Counts = npt.NDArray[np.int16]


def counts_at_heights(cycle: Cycle, asked: Sequence[tuple[CellChoice, float]]) -> list[Counts]:
    """Packed counts [variable, time] of cells, as if their surface stood at other heights.

    The cycle's own model fields are downscaled once more, with the heights asked for in place
    of the cells', and what observations corrected is corrected alike; at a cell's own height the
    published numbers come out.

    Args:
        cycle: with its model fields, its terrain and, where it was corrected, its correction.
        asked: cells and heights, m above sea level.

    Raises:
        StoreMissing: the cycle was published without its model fields.
    """
    plan = _PLANS.of(cycle)
    return [_at_height(plan, choice, height) for choice, height in asked]


def _at_height(plan: Plan, choice: CellChoice, height: float) -> Counts:
    # numba is loaded by the first question for a height, not by every reader
    from forecast.downscale.tiles import compute_tile_values  # noqa: PLC0415

    row, column = choice.row, choice.column
    heights = plan.elevation.copy()
    heights[row, column] = np.float32(height)
    values = compute_tile_values(
        replace(plan, elevation=heights),
        rows=slice(row, row + 1),
        columns=slice(column, column + 1),
    )[0, 0]
    return np.stack([pack(values[place], name) for place, name in enumerate(plan.variables)])


class _Plans:
    """What the kernel needs of the cycles that were asked last; safe to use from many threads."""

    def __init__(self) -> None:
        self._held: dict[str, Plan] = {}
        self._preparing = threading.Lock()

    def of(self, cycle: Cycle) -> Plan:
        """The plan of a cycle on the cells of its region."""
        with self._preparing:
            plan = self._held.pop(cycle.manifest_sha256, None) or _prepared(cycle)
            self._held[cycle.manifest_sha256] = plan
            while len(self._held) > 1 and sum(map(_size, self._held.values())) > KEPT_BYTES:
                self._held.pop(next(iter(self._held)))
            return plan


def _size(plan: Plan) -> int:
    return int(plan.values.nbytes + plan.ratios.nbytes)


def _prepared(cycle: Cycle) -> Plan:
    from forecast import downscale  # noqa: PLC0415

    return downscale.prepare(
        cycle.native(),
        cycle.terrain(),
        variables=cycle.variables,
        correction=cycle.calibration() if cycle.has("calibration") else None,
    )


_PLANS: Final = _Plans()
