"""The published cycles that came before: opened when an hour needs them, kept while in use."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.errors import DamagedCycle
from forecast.query.seamless import Run
from forecast.store import Cycle, PointerEntry, RegionStore, started
from forecast.times import parse_instant
from forecast.variables import FILL

KEPT_OPEN: Final = 128
"""Cycles that stay open: one for each of the 92 days of a season, and every 6 hours of 9 days."""

IDLE_S: Final = 600.0
"""A cycle that nobody asked for so long is closed, so that it may be collected."""

LONGEST_LEAD: Final = timedelta(hours=384)

Counts = npt.NDArray[np.int16]
Reader = Callable[[Cycle], Counts]


class Archive:
    """Earlier cycles of one region; safe to use from many threads.

    Args:
        store: the region's store.
    """

    def __init__(self, store: RegionStore) -> None:
        self._store = store
        self._open: dict[str, tuple[Cycle, float]] = {}
        self._opening = threading.Lock()

    def entries(
        self, newest: Cycle, *, begin: datetime, as_of: datetime | None
    ) -> list[PointerEntry]:
        """Good cycles that may hold an hour before a cycle begins, newest start first.

        Args:
            newest: the cycle that goes on into the future.
            begin: the first instant asked.
            as_of: only cycles that were published by then; None for all that are.
        """
        found = [
            entry
            for entry in self._store.published()
            if entry.state == "good"
            and entry.cycle_id != newest.id
            and (as_of is None or parse_instant(entry.published_at) <= as_of)
            and begin - LONGEST_LEAD <= started(entry) <= newest.reference_time
        ]
        return sorted(found, key=started, reverse=True)

    def cycle(self, entry: PointerEntry) -> Cycle:
        """Open a cycle, or give it as it is open.

        Raises:
            DamagedCycle: it is not whole, or was removed meanwhile.
        """
        now = time.monotonic()
        with self._opening:
            held = self._open.pop(entry.cycle_id, None)
            cycle = self._store.opened(entry) if held is None else held[0]
            self._open[entry.cycle_id] = cycle, now
            while len(self._open) > KEPT_OPEN:
                self._open.pop(next(iter(self._open)))
        return cycle

    def close_idle(self) -> None:
        """Let go of cycles that nobody asked for a while."""
        limit = time.monotonic() - IDLE_S
        with self._opening:
            for name in [name for name, (_, used) in self._open.items() if used < limit]:
                del self._open[name]

    def distrust(self, entry: PointerEntry, reason: str) -> None:
        """Put a damaged cycle aside; it is asked no more."""
        with self._opening:
            self._open.pop(entry.cycle_id, None)
        self._store.distrust(entry.cycle_id, reason)


class Past:
    """What the archive gives to one answer: runs, lazily, and why some are left out.

    Args:
        archive: of the region.
        newest: the cycle that goes on into the future.
        entries: cycles to ask, newest start first.

    Attributes:
        newest: that cycle.
        entries: those to ask, newest start first.
        cycles: those that were opened for the answer, by name, the newest among them.
        published: when each was published, ISO 8601 UTC, by name.
        left_out: sentences by name of cycle.
    """

    def __init__(self, archive: Archive, newest: Cycle, entries: list[PointerEntry]) -> None:
        self._archive = archive
        self.entries = tuple(entries)
        self.newest = newest
        self.cycles: dict[str, Cycle] = {newest.id: newest}
        self.published = {entry.cycle_id: entry.published_at for entry in entries}
        self.left_out: dict[str, str] = {}

    def runs(self, read: Reader) -> Iterator[Run]:
        """Runs that agree with the newest one, newest start first.

        Args:
            read: gives the packed counts [variable, time] of a place in a cycle's own order.
        """
        for entry in self.entries:
            run = self.run(entry, read)
            if run is not None:
                yield run

    def run(self, entry: PointerEntry, read: Reader) -> Run | None:
        """One of the cycles as a run; None where it is damaged or does not agree with the newest.

        Args:
            entry: of the cycle.
            read: as for `runs`.
        """
        if entry.cycle_id in self.left_out:
            return None
        try:
            cycle = self._archive.cycle(entry)
        except DamagedCycle as error:
            self._leave(entry, error)
            return None
        reason = unlike(cycle, self.newest)
        if reason:
            self.left_out[entry.cycle_id] = reason
            return None
        self.cycles[cycle.id] = cycle
        return run_of(cycle, like=self.newest, read=self._careful(read, entry))

    def _careful(self, read: Reader, entry: PointerEntry) -> Reader:
        """The same reader; a cycle that proves damaged meanwhile has no value."""

        def careful(cycle: Cycle) -> Counts:
            try:
                return read(cycle)
            except DamagedCycle as error:
                self._leave(entry, error)
                return np.full((len(cycle.variables), len(cycle.times)), FILL, dtype=np.int16)

        return careful

    def _leave(self, entry: PointerEntry, error: DamagedCycle) -> None:
        self.left_out[entry.cycle_id] = f"damaged: {error}"
        self._archive.distrust(entry, str(error))


def run_of(cycle: Cycle, *, like: Cycle, read: Reader) -> Run:
    """A cycle as a run of the variables of another, packed as that one packs them.

    Args:
        cycle: to read from.
        like: gives the variables, their order and their decimals.
        read: gives the packed counts [..., variable, time] in the cycle's own order.
    """
    if (cycle.variables, cycle.decimals) == (like.variables, like.decimals):
        return Run(
            name=cycle.id, times=cycle.times, flags=cycle.step_flag, read=lambda: read(cycle)
        )
    held = [name for name in like.variables if name in cycle.variables]
    places = [like.variables.index(name) for name in held]
    own = [cycle.variables.index(name) for name in held]
    shape = (len(like.variables), len(cycle.times))

    def aligned() -> Counts:
        values = cycle.unpack(read(cycle))
        counts = np.full((*values.shape[:-2], *shape), FILL, dtype=np.int16)
        for place, source in zip(places, own, strict=True):
            scaled = np.rint(values[..., source, :] * 10.0 ** like.decimals[place])
            counts[..., place, :] = np.where(np.isnan(scaled), FILL, scaled).astype(np.int16)
        return counts

    flags = np.full(shape, 2, dtype=np.uint8)
    flags[places] = cycle.step_flag[own]
    return Run(name=cycle.id, times=cycle.times, flags=flags, read=aligned)


def unlike(cycle: Cycle, newest: Cycle) -> str:
    """Why a cycle may not complete another, or be compared with it; empty where it may.

    Args:
        cycle: the earlier one.
        newest: the later one.
    """
    if cycle.simulated != newest.simulated:
        return "simulated and real cycles are not mixed"
    if cycle.grid != newest.grid:
        return "it has another grid"
    return ""
