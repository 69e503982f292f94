"""Hashing a published cycle again: the one check that sees every kind of damage."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from forecast.errors import DamagedCycle
from forecast.store.durable import FileEntry, sha256_of
from forecast.store.manifest import read_manifest

_THREADS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrubReport:
    """What a full reading of a cycle found.

    Attributes:
        cycle_id: the cycle.
        files: files read.
        size: bytes read.
        damaged: a sentence for each file that is not what the manifest names.
    """

    cycle_id: str
    files: int
    size: int
    damaged: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether every byte is the one that was published."""
        return not self.damaged


def scrub(cycle: Path, *, cycle_id: str, sha256: str | None) -> ScrubReport:
    """Compare every file of a cycle with its manifest by size and sha256.

    Args:
        cycle: folder of the cycle.
        cycle_id: its name.
        sha256: the manifest's hash by the pointer.
    """
    try:
        manifest, _ = read_manifest(cycle, sha256=sha256)
    except DamagedCycle as error:
        return ScrubReport(cycle_id=cycle_id, files=1, size=0, damaged=(str(error),))
    with ThreadPoolExecutor(_THREADS) as threads:
        found = threads.map(lambda entry: _fault(cycle, entry), manifest.files)
        damaged = tuple(fault for fault in found if fault is not None)
    return ScrubReport(
        cycle_id=cycle_id, files=len(manifest.files), size=manifest.size, damaged=damaged
    )


def _fault(cycle: Path, entry: FileEntry) -> str | None:
    try:
        found = sha256_of(cycle / entry.path)
    except DamagedCycle as error:
        return str(error)
    if found != entry.sha256:
        return f"the file {entry.path} does not have the hash that the manifest names"
    return None
