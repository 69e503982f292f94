"""The store of one region: what is current, what came before, and who may write."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Self, TypeVar

import orjson

from forecast.errors import DamagedCycle, StoreBusy, StoreError, StoreMissing
from forecast.store.cycle import Cycle
from forecast.store.description import CycleDescription
from forecast.store.durable import replace_durably
from forecast.store.failpoints import failpoint
from forecast.store.lock import WriterLock
from forecast.store.paths import FORMAT, StorePaths
from forecast.store.pointer import PointerEntry, read_pointer, swap_pointer
from forecast.store.retention import SAFETY_AGE, Collected, collect
from forecast.store.scrub import ScrubReport, scrub
from forecast.store.served import ServedCycle
from forecast.store.staging import Staging
from forecast.store.summary import CycleSummary, summarise

Answer = TypeVar("Answer")


class RegionStore:
    """One region's cycles, for one writer and any number of readers.

    Made by `create` (once, by an operator or the demo) or `open`; opening never creates.

    Attributes:
        region: name of the region.
        path: folder of the store.
    """

    def __init__(self, path: Path, *, region: str) -> None:
        self.path = path
        self.region = region
        self._paths = StorePaths(path)
        self._served = ServedCycle(self._paths)

    @classmethod
    def create(cls, path: Path, *, region: str) -> Self:
        """Make an empty store in a folder that has none.

        Raises:
            StoreError: there is a store already.
        """
        paths = StorePaths(path)
        if paths.marker.exists():
            raise StoreError(f"there is a store in {path} already; open it")
        for folder in (paths.cycles, paths.staging, paths.quarantine):
            folder.mkdir(parents=True, exist_ok=True)
        replace_durably(paths.marker, orjson.dumps({"format": FORMAT, "region": region}))
        return cls(path, region=region)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a store.

        Raises:
            StoreMissing: there is none; an operator makes one with `create`.
            StoreError: it cannot be read or is of another format.
        """
        marker = StorePaths(path).marker
        try:
            content = orjson.loads(marker.read_bytes())
            if content["format"] != FORMAT:
                raise StoreError(
                    f"the store {path} has format {content['format']}; allowed is {FORMAT}"
                )
            return cls(path, region=content["region"])
        except FileNotFoundError:
            raise StoreMissing(f"there is no store in {path}; `zhitian run` makes one") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"the store {path} cannot be opened: {error}") from error

    def current(self) -> Cycle:
        """The cycle to answer from; looks at the pointer at most once a second.

        A damaged cycle is put into quarantine and the one before it is served, `degraded`.

        Raises:
            StoreMissing: nothing is published.
            DamagedCycle: no published cycle is whole.
            StoreError: the pointer cannot be read.
        """
        return self._served.get()

    def answer(self, question: Callable[[Cycle], Answer]) -> Answer:
        """Ask the current cycle; if it proves damaged meanwhile, ask the one before it.

        Args:
            question: reads what it needs from exactly the cycle it is given.

        Raises:
            DamagedCycle: no published cycle is whole.
        """
        while True:
            cycle = self.current()
            try:
                return question(cycle)
            except DamagedCycle as error:
                self.distrust(cycle.id, str(error))

    def cycle(self, cycle_id: str) -> Cycle:
        """Open any published cycle by its name.

        Raises:
            UnknownName: the store does not have it.
            DamagedCycle: it is not whole.
        """
        return self.opened(read_pointer(self._paths.pointer).entry(cycle_id))

    def opened(self, entry: PointerEntry) -> Cycle:
        """Open a published cycle by its entry, without looking at the pointer again.

        Raises:
            DamagedCycle: it is not whole, or was removed meanwhile.
        """
        return Cycle(self._paths.cycle(entry.cycle_id), sha256=entry.manifest_sha256)

    def previous(self) -> Cycle | None:
        """The cycle that would be served if the current one were damaged, or None."""
        name = read_pointer(self._paths.pointer).previous
        return None if name is None else self.cycle(name)

    def list_cycles(self) -> list[CycleSummary]:
        """Every published cycle, last published first."""
        pointer = read_pointer(self._paths.pointer)
        return [
            summarise(
                entry, self._paths.cycle(entry.cycle_id), current=entry.cycle_id == pointer.current
            )
            for entry in pointer.entries
        ]

    def published(self) -> tuple[PointerEntry, ...]:
        """Names and times of every published cycle, last published first, by the pointer alone."""
        return read_pointer(self._paths.pointer).entries

    def stage(self, description: CycleDescription) -> Staging:
        """Begin a cycle: take the writer's lock and make the staging folder.

        Use it as a context manager: the lock is held until it ends.

        Raises:
            StoreBusy: another writer holds the lock.
            StoreError: the description is for another region.
        """
        if description.region != self.region:
            raise StoreError(
                f"a cycle of region {description.region!r} was given to the store of"
                f" {self.region!r}"
            )
        lock = WriterLock(self._paths.lock)
        lock.acquire()
        try:
            staging = Staging(self._paths, description, lock=lock)
        except BaseException:
            lock.release()
            raise
        try:
            staging.prepare()
        except BaseException:
            staging.discard()
            raise
        return staging

    def distrust(self, cycle_id: str, reason: str) -> None:
        """Stop serving a cycle at once; put it into quarantine if the lock is free."""
        self._served.distrust(cycle_id, reason)
        try:
            self.quarantine(cycle_id, reason)
        except (StoreBusy, OSError):
            # a writer is at work or the disk is read-only: this process goes round the cycle
            return

    def quarantine(self, cycle_id: str, reason: str) -> None:
        """Move a damaged cycle aside with its bytes; the pointer goes back first.

        Raises:
            StoreBusy: a writer holds the lock.
        """
        with WriterLock(self._paths.lock):
            pointer = read_pointer(self._paths.pointer)
            if cycle_id not in {entry.cycle_id for entry in pointer.entries}:
                return
            swap_pointer(
                self._paths.pointer,
                pointer.quarantining(cycle_id, why=f"cycle {cycle_id} is damaged: {reason}"),
                before_swap=lambda: None,
            )
            note = self._paths.quarantine / f"{cycle_id}.json"
            replace_durably(note, orjson.dumps({"cycle_id": cycle_id, "reason": reason}))
            source = self._paths.cycle(cycle_id)
            if source.exists():
                source.rename(self._paths.quarantine / cycle_id)

    def rollback(self, to: str | None = None) -> str:
        """Serve an earlier cycle (or, by name, a withdrawn one again); returns its name.

        Args:
            to: a published cycle, or None for the good one before the current.

        Raises:
            StoreBusy: a writer holds the lock.
            StoreMissing: there is no earlier good cycle.
            UnknownName: the store does not have the cycle.
            DamagedCycle: it is not whole; the pointer stays.
        """
        with WriterLock(self._paths.lock):
            pointer = read_pointer(self._paths.pointer)
            chosen = to or pointer.previous
            if chosen is None:
                raise StoreMissing(f"the store {self.path} has no earlier good cycle")
            entry = pointer.entry(chosen)
            Cycle(self._paths.cycle(chosen), sha256=entry.manifest_sha256)
            swap_pointer(
                self._paths.pointer,
                pointer.rolling_back(chosen),
                before_swap=lambda: failpoint("pointer-temporary"),
            )
        self._served.look_again()
        return chosen

    def gc(
        self,
        keep: int = 3,
        *,
        min_age: timedelta = SAFETY_AGE,
        archive: timedelta = timedelta(0),
    ) -> Collected:
        """Remove old cycles, orphans, stale staging folders and old quarantine.

        Args:
            keep: cycles to serve that stay, current included; never fewer than 3.
            min_age: younger cycles stay, so that readers of a moment ago can finish.
            archive: good cycles published since then stay too, for the hours that are past.

        Raises:
            StoreBusy: a writer holds the lock.
        """
        with WriterLock(self._paths.lock):
            return collect(self._paths, keep=keep, min_age=min_age, archive=archive)

    def scrub(self, cycle_id: str | None = None) -> ScrubReport:
        """Hash every file of a cycle again and compare with its manifest.

        Args:
            cycle_id: a published cycle, or None for the current one.

        Raises:
            StoreMissing: nothing is published.
            UnknownName: the store does not have the cycle.
        """
        pointer = read_pointer(self._paths.pointer)
        chosen = cycle_id or pointer.current
        if chosen is None:
            raise StoreMissing(f"nothing is published in the store {self.path}")
        entry = pointer.entry(chosen)
        return scrub(self._paths.cycle(chosen), cycle_id=chosen, sha256=entry.manifest_sha256)
