"""What the cycles before said of the same field, so that a change is told, and only a change.

A warning stands by hysteresis until it is not even watched any more, so that what is said now
depends on what was said before. The cycles that are kept are judged by the same code, each at the
start of its own run and with what had been published by then; what they said is remembered.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from forecast.advise.advice import Advice
from forecast.advise.advising import compared
from forecast.advise.advisory import Advisory
from forecast.advise.decision import Decision
from forecast.errors import DamagedCycle, StoreMissing
from forecast.service.archive import unlike
from forecast.service.served import CycleFacts, ServedRegion
from forecast.store import PointerEntry, started
from forecast.times import iso, parse_instant
from grids.lookup import CellChoice

LONGEST_CHAIN: Final = 4
"""Cycles back for which a warning that wavers is followed: a day of runs every 6 hours."""

LONGEST_SINCE: Final = timedelta(hours=72)
"""A cycle that is older than this one by more is no longer the one before it."""

REMEMBERED: Final = 4096
"""Answers of earlier cycles that are kept, some kilobytes each."""

LIGHTS: Final = ("window", "sowing")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Before:
    """What an earlier cycle said of a field.

    Attributes:
        cycle: its name.
        run_time: start of its model run.
        decisions: by rule.
        advisories: by rule, window or sowing.
    """

    cycle: str
    run_time: datetime
    decisions: Mapping[str, Decision]
    advisories: Mapping[str, Advisory]

    def document(self) -> dict[str, str]:
        """What an answer says of the cycle that it is compared with."""
        return {"cycle": self.cycle, "run_time": iso(self.run_time)}


Judge = Callable[[CycleFacts, Before | None], Advice]
"""Judges an earlier cycle at the start of its run, with what the one before it said."""


class Memory:
    """What earlier cycles said, the last asked ones; safe to use from any number of threads."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[object, ...], Before] = OrderedDict()
        self._writing = threading.Lock()

    def get(self, key: tuple[object, ...]) -> Before | None:
        """What is remembered, or None."""
        with self._writing:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: tuple[object, ...], said: Before) -> None:
        """Remember, and forget what was not asked for longest."""
        with self._writing:
            self._held[key] = said
            while len(self._held) > REMEMBERED:
                self._held.popitem(last=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chain:
    """The cycles before one, and what they said of one field.

    Attributes:
        served: the region.
        judge: judges one of them.
        memory: of what they said.
        field: what tells this field and question from others, beside its cell.
        until: only cycles that were published by then; None for all.
        named: whether the cycle was asked by name, so that only those published before it count.
    """

    served: ServedRegion
    judge: Judge
    memory: Memory
    field: tuple[object, ...]
    until: datetime | None = None
    named: bool = False

    def before(
        self, facts: CycleFacts, *, cell: CellChoice, length: int = LONGEST_CHAIN
    ) -> Before | None:
        """What the cycle before said; None where there is none that can be compared.

        Args:
            facts: of the cycle.
            cell: that answers.
            length: cycles to go back at most.
        """
        if length == 0:
            return None
        for entry in self._earlier(facts):
            found = self.memory.get(self._key(entry, facts, cell))
            found = found or self._judged(entry, facts, cell=cell, length=length)
            if found is not None:
                return found
        return None

    def _key(self, entry: PointerEntry, facts: CycleFacts, cell: CellChoice) -> tuple[object, ...]:
        """What tells an answer of an earlier cycle from all others."""
        alike = (facts.cycle.simulated, facts.cycle.grid, cell.row, cell.column)
        return (entry.cycle_id, entry.manifest_sha256, *alike, *self.field)

    def _judged(
        self, entry: PointerEntry, facts: CycleFacts, *, cell: CellChoice, length: int
    ) -> Before | None:
        """What a cycle said; None where it is damaged, or unlike this one."""
        try:
            older = self.served.answer(lambda held: held, cycle=entry.cycle_id)
            if unlike(older.cycle, facts.cycle):
                return None
            advice = self.judge(older, self.before(older, cell=cell, length=length - 1))
        except (DamagedCycle, StoreMissing):
            return None
        said = Before(
            cycle=older.cycle.id,
            run_time=older.cycle.reference_time,
            decisions=advice.decisions,
            advisories={one.rule: one for one in advice.advisories},
        )
        self.memory.put(self._key(entry, facts, cell), said)
        return said

    def _earlier(self, facts: CycleFacts) -> Iterator[PointerEntry]:
        """Good cycles of earlier runs, the newest first."""
        run, held = facts.cycle.reference_time, list(self.served.store.published())
        names = [entry.cycle_id for entry in held]
        if self.named and facts.cycle.id in names:
            held = held[names.index(facts.cycle.id) + 1 :]
        for entry in sorted(held, key=started, reverse=True):
            known = self.until is None or parse_instant(entry.published_at) <= self.until
            if entry.state == "good" and known and run - LONGEST_SINCE <= started(entry) < run:
                yield entry


def with_changes(advice: Advice, before: Before | None) -> tuple[Advisory, ...]:
    """All advice, that on windows and sowing with what changed against the cycle before.

    Without one nothing has changed; what is warned of is still worth a message.

    Args:
        advice: of this cycle, whose rules were judged with the decisions before.
        before: what the cycle before said.
    """
    if before is None:
        return tuple(one.model_copy(update={"change": "first"}) for one in advice.advisories)
    return tuple(
        compared(one, before.advisories.get(one.rule)) if one.kind in LIGHTS else one
        for one in advice.advisories
    )
