"""Which cycle a reading process answers from, and how it changes to a better one."""

import threading
import time
from pathlib import Path
from typing import Final

from forecast.errors import DamagedCycle, StoreMissing
from forecast.store.cycle import Cycle
from forecast.store.paths import StorePaths
from forecast.store.pointer import Pointer, read_pointer

POLL_S: Final = 1.0


class ServedCycle:
    """The open cycle of one store in this process; safe to use from many threads.

    Args:
        paths: the store.
    """

    def __init__(self, paths: StorePaths) -> None:
        self._paths = paths
        self._switching = threading.Lock()
        self._open: Cycle | None = None
        self._seen = Pointer()
        self._stamp: tuple[int, ...] = ()
        self._looked = float("-inf")
        self._distrusted: dict[str, str] = {}

    def get(self) -> Cycle:
        """The cycle to answer from; looks at the pointer at most once a second.

        Raises:
            StoreMissing: nothing is published.
            DamagedCycle: no published cycle is whole.
            StoreError: the pointer cannot be read.
        """
        with self._switching:
            now = time.monotonic()
            if self._open is None or now - self._looked >= POLL_S:
                self._refresh()
                self._looked = now
            if self._open is None:
                raise StoreMissing(f"nothing is published in the store {self._paths.root}")
            return self._open

    def distrust(self, cycle_id: str, reason: str) -> None:
        """Never serve this cycle again in this process."""
        with self._switching:
            self._distrusted[cycle_id] = reason
            self._open = None

    def look_again(self) -> None:
        """Look at the pointer before the next answer."""
        with self._switching:
            self._looked = float("-inf")

    def _refresh(self) -> None:
        """Look at the pointer; if it changed, open the best cycle that is whole."""
        stamp = _stamp_of(self._paths.pointer)
        if self._open is not None and stamp and stamp == self._stamp:
            return
        pointer = read_pointer(self._paths.pointer)
        if pointer.fence < self._seen.fence and self._open is not None:
            self._open.degraded = (
                f"the pointer went back from {self._seen.fence} to {pointer.fence}; the cycle"
                " that was read before is still served"
            )
            return
        self._open = self._best(pointer)
        self._seen, self._stamp = pointer, stamp

    def _best(self, pointer: Pointer) -> Cycle | None:
        """The first candidate that is whole; None when nothing was ever published."""
        why = pointer.degraded
        for entry in pointer.candidates():
            reason = self._distrusted.get(entry.cycle_id)
            if reason is None:
                try:
                    return self._reopen(entry.cycle_id, entry.manifest_sha256, degraded=why)
                except DamagedCycle as error:
                    reason = str(error)
                    self._distrusted[entry.cycle_id] = reason
            why = why or f"cycle {entry.cycle_id} is damaged: {reason}"
        if why is not None:
            raise DamagedCycle(f"no whole cycle is left in the store {self._paths.root}: {why}")
        return None

    def _reopen(self, cycle_id: str, sha256: str, *, degraded: str | None) -> Cycle:
        held = self._open
        if held is not None and held.id == cycle_id and held.manifest_sha256 == sha256:
            held.degraded = degraded
            return held
        return Cycle(self._paths.cycle(cycle_id), sha256=sha256, degraded=degraded)


def _stamp_of(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_ino, status.st_mtime_ns, status.st_size
