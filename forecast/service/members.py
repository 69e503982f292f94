"""The members of a cycle at a place, opened when somebody first asks for them."""

import threading
from typing import TYPE_CHECKING

from forecast.errors import InvalidRequest
from forecast.store import Cycle

if TYPE_CHECKING:
    from forecast.downscale.members import Members

GROUP = "ensemble"


class CycleMembers:
    """The members of one cycle; safe to use from many threads.

    Args:
        cycle: with or without members.
    """

    def __init__(self, cycle: Cycle) -> None:
        self._cycle = cycle
        self._members: Members | None = None
        self._opening = threading.Lock()

    @property
    def count(self) -> int:
        """How many members the cycle holds; 1 where it is a single forecast."""
        cycle = self._cycle
        return len(cycle.ensemble.layout.members) if cycle.has(GROUP) else 1

    def get(self) -> "Members":
        """The members at the region's cells.

        Raises:
            InvalidRequest: the cycle is a single forecast.
            DamagedCycle: what the members share is gone or changed.
        """
        if not self._cycle.has(GROUP):
            raise InvalidRequest(
                f"several members were asked; cycle {self._cycle.id} of {self._cycle.source} is"
                " one forecast, a run of an ensemble as ecmwf-ifs-ens has members"
            )
        # numba is loaded by the first question for members, not by every reader
        from forecast.downscale.members import Members  # noqa: PLC0415

        with self._opening:
            if self._members is None:
                self._members = Members(self._cycle.ensemble)
            return self._members
