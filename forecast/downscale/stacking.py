"""Laying the plans of an ensemble's members one behind the other: see `downscale.members`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.downscale.block import Block, MeshAxes
from forecast.downscale.plan import NODAL, Plan
from forecast.errors import DataError, InvalidRequest
from forecast.fields import STEP_FLAG

STREAMS: Final = ("values", "ratios")
"""Arrays of a plan that are the member's own: [node, row, time]."""

DESCRIBED: Final = "described"
"""Name under which a plan's text stands among its arrays."""

Floats = npt.NDArray[np.float32]


class MemberStack:
    """Takes the plans of the members one after the other; keeps what they share.

    With `forecast.store`:

        with staging.ensemble(numbers) as writer:
            for member in members:
                writer.add(stack.add(prepare(member, terrain)))
            flags = step_flags(members, stack.variables)
            staging.record(writer.finish(stack.static(flags)))
    """

    def __init__(self) -> None:
        self._shared: Plan | None = None
        self._block: Block | None = None

    def add(self, plan: Plan) -> dict[str, Floats]:
        """The member's own predictors at the nodes that its target needs, [node, row, time].

        Args:
            plan: of one member, on the region's grid; all members alike but for the weather.

        Raises:
            InvalidRequest: a plan of points, or of a mesh without rows and columns.
            DataError: the plan makes other variables or hours than those before it.
        """
        if plan.grid is None or not plan.regular:
            raise InvalidRequest(
                "members were given on a mesh without rows and columns, or for points; they are"
                " kept for reads from a regular mesh on a region's grid"
            )
        if self._block is None:
            self._block = MeshAxes.of(plan).block(slice(None), slice(None))
        block, shape = self._block, plan.mesh.shape
        own: dict[str, Any] = {name: block.of(getattr(plan, name), shape) for name in NODAL}
        streams = {name: own.pop(name)[..., : plan.steps] for name in STREAMS}
        self._shared = self._together(plan, own)
        return streams

    def static(self, step_flag: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[Any]]:
        """What all members share, as arrays for the store.

        Args:
            step_flag: origin of each step [variable, time], from `step_flags`.

        Raises:
            DataError: no member was added.
        """
        if self._shared is None:
            raise DataError("an ensemble without members was to be kept")
        described = np.frombuffer(self._shared.described().encode(), dtype=np.uint8)
        return {DESCRIBED: described, STEP_FLAG: step_flag, **self._shared.arrays()}

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of what the members give, in order; empty before the first one."""
        return () if self._shared is None else self._shared.variables

    def _together(self, plan: Plan, own: dict[str, Any]) -> Plan:
        """The shared plan with one more member: its weather left out, its doubts added."""
        block, before = self._block, self._shared
        assert block is not None  # noqa: S101 - set by `add`
        empty: dict[str, Any] = {name: np.zeros((0, 0, 0), dtype=np.float32) for name in STREAMS}
        shared = replace(
            plan,
            **own,
            **empty,
            sun_angles=plan.sun_angles[: plan.steps],
            mesh_longitude=plan.mesh_longitude[block.columns],
            mesh_latitude=plan.mesh_latitude[block.rows],
        )
        if before is None:
            return shared
        same = (
            before.variables == shared.variables
            and np.array_equal(before.operations, shared.operations)
            and np.array_equal(before.times, shared.times)
        )
        if not same:
            raise DataError(
                f"a member that makes {', '.join(shared.variables)} was given after members that"
                f" make {', '.join(before.variables)}; variables and hours must be alike"
            )
        return replace(
            before,
            patchy=before.patchy | shared.patchy,
            inverted=before.inverted | shared.inverted,
            limits=np.minimum(before.limits, shared.limits),
        )
