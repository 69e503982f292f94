"""Fields of one hour over a region, packed as answers are: a cell says the same in both."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.errors import UnknownName
from forecast.query.derived import derivable, derive, needs
from forecast.query.ensemble import least_members
from forecast.service.maps.held import Held
from forecast.service.maps.quantiles import LEVELS, OFFERED, quantile_counts
from forecast.service.served import CycleFacts
from forecast.store import Cycle
from forecast.variables import pack

MOST_BYTES: Final = 128 << 20
"""Of fields that stay in memory: 2,800 hours of a variable over 170 x 135 cells."""

Counts = npt.NDArray[np.int16]


class Planes:
    """Fields of the cycles that were asked last; safe to use from many threads."""

    def __init__(self) -> None:
        self._held = Held(most_bytes=MOST_BYTES)

    def values(self, facts: CycleFacts, name: str, *, step: int) -> Counts:
        """Packed counts [row from the south, column] of a variable.

        Args:
            facts: of the cycle.
            name: published by the cycle, or made from what it holds.
            step: of the cycle.

        Raises:
            UnknownName: the cycle cannot give it.
            DamagedCycle: a shard fails a checksum.
        """
        cycle = facts.cycle
        refuse_unknown(cycle, name)
        key = cycle.manifest_sha256, name, step
        return self._held.get(key, lambda: _counts(cycle, name, step)).view(np.int16)

    def quantile(self, facts: CycleFacts, name: str, *, step: int, level: int) -> Counts:
        """Packed counts [row from the south, column] of a quantile over the members.

        All variables and levels that are offered are worked out at once.

        Args:
            facts: of the cycle.
            name: one of `OFFERED`.
            step: of the cycle.
            level: one of `LEVELS`, percent.

        Raises:
            InvalidRequest: the cycle is a single forecast, or has too few members.
            UnknownName: its members do not hold the variable.
            DamagedCycle: a record of a member fails its checksum.
        """
        names = offered(facts)
        if name not in names:
            refuse_unknown(facts.cycle, name)
            facts.members.get()
            raise UnknownName(
                f"quantiles of {name!r} on a map were asked; cycle {facts.cycle.id} has those of"
                f" {', '.join(names) or 'none'}"
            )
        key = facts.cycle.manifest_sha256, "quantiles", step

        made = self._held.get(key, lambda: quantile_counts(facts, names, step=step))
        counts = made.view(np.int16)
        return counts[names.index(name), LEVELS.index(level)]


def offered(facts: CycleFacts) -> tuple[str, ...]:
    """Variables of which a map has quantiles; none where there are too few members.

    Args:
        facts: of the cycle.
    """
    if facts.members.count < max(least_members(), 2):
        return ()
    held = facts.members.get().variables
    return tuple(name for name in OFFERED if name in held and name in facts.cycle.variables)


def drawable(cycle: Cycle) -> tuple[str, ...]:
    """Variables that a map of a cycle can show: published ones, and those made from them."""
    return (*cycle.variables, *derivable(cycle.variables))


def refuse_unknown(cycle: Cycle, name: str) -> None:
    """Refuse a variable that a cycle cannot give.

    Raises:
        UnknownName: it is none of the cycle's.
    """
    if name not in drawable(cycle):
        raise UnknownName(
            f"variable {name!r} was asked; cycle {cycle.id} has {', '.join(drawable(cycle))}"
        )


def _counts(cycle: Cycle, name: str, step: int) -> Counts:
    sources: Sequence[str] = (name,) if name in cycle.variables else needs(name, cycle.variables)
    window = cycle.window(sources, times=slice(step, step + 1))
    values = {source: window[source].values[0] for source in sources}
    return pack(values[name] if name in values else derive(name, values), name)
