"""A published cycle in one line, for the lists of operators and of the interface."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from forecast.errors import DamagedCycle
from forecast.store.manifest import read_manifest
from forecast.store.pointer import PointerEntry
from forecast.times import parse_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleSummary:
    """A published cycle in one line.

    Attributes:
        cycle_id: its name.
        reference_time: start of the model run, aware UTC.
        source: name of the source.
        simulated: whether it is a bundled scenario.
        published_at: ISO 8601 UTC.
        size: bytes on the disk.
        current: whether it is the one served.
        withdrawn: whether an operator rolled back from it.
        damaged: whether its manifest cannot be read; then source and size are not known.
    """

    cycle_id: str
    reference_time: datetime
    source: str
    simulated: bool
    published_at: str
    size: int
    current: bool
    withdrawn: bool
    damaged: bool = False


def started(entry: PointerEntry) -> datetime:
    """Start of a cycle's model run by its name alone, aware UTC."""
    return _start(entry.cycle_id)


@lru_cache(maxsize=4096)
def _start(cycle_id: str) -> datetime:
    return parse_instant(cycle_id.partition("-")[0])


def summarise(entry: PointerEntry, path: Path, *, current: bool) -> CycleSummary:
    """Describe a published cycle; one whose manifest cannot be read is called damaged.

    Args:
        entry: of the pointer.
        path: folder of the cycle.
        current: whether it is the one served.
    """
    about: dict[str, Any] = {
        "cycle_id": entry.cycle_id,
        "published_at": entry.published_at,
        "current": current,
        "withdrawn": entry.state == "withdrawn",
    }
    try:
        manifest, _ = read_manifest(path, sha256=entry.manifest_sha256)
    except DamagedCycle:
        return CycleSummary(
            **about,
            reference_time=started(entry),
            source="",
            simulated=False,
            size=0,
            damaged=True,
        )
    described = manifest.description
    return CycleSummary(
        **about,
        reference_time=described.reference_time,
        source=described.source,
        simulated=described.simulated,
        size=manifest.size,
    )
