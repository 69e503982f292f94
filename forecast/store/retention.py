"""Removing what nobody needs: old cycles, orphans of killed writers, old quarantine.

Under the writer's lock only, so that everything in `staging/` belongs to a writer that is dead.
A folder is first renamed out of sight and then deleted: a kill leaves no half cycle.
"""

import shutil
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from forecast.store.failpoints import failpoint
from forecast.store.lock import is_leased
from forecast.store.paths import CyclePaths, StorePaths
from forecast.store.pointer import Pointer, read_pointer, swap_pointer
from forecast.times import parse_instant

SAFETY_AGE: Final = timedelta(hours=2)
ALWAYS_KEPT: Final = 3
"""The current cycle and two before it are never removed."""
KEPT_IN_QUARANTINE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What the garbage collector removed.

    Attributes:
        cycles: published cycles.
        orphans: folders that no pointer ever named, or that a killed writer left.
        leased: cycles that would have gone, but a reader has them open.
    """

    cycles: tuple[str, ...]
    orphans: tuple[str, ...]
    leased: tuple[str, ...]


def collect(paths: StorePaths, *, keep: int, min_age: timedelta, archive: timedelta) -> Collected:
    """Remove what is old; the caller holds the writer's lock.

    Args:
        paths: the store.
        keep: cycles to serve that stay, current included; never fewer than 3.
        min_age: younger cycles and orphans stay.
        archive: good cycles published no longer ago stay too, for the hours that are past.
    """
    pointer = read_pointer(paths.pointer)
    orphans = [*_clear_staging(paths), *_clear_orphans(paths, pointer, min_age)]
    _clear_quarantine(paths, min_age)
    served = {entry.cycle_id for entry in pointer.candidates()[: max(keep, ALWAYS_KEPT)]}
    now = datetime.now(UTC)
    limits = {"good": now - max(min_age, archive), "withdrawn": now - min_age}
    old = [
        entry.cycle_id
        for entry in pointer.entries
        if entry.cycle_id not in served and parse_instant(entry.published_at) <= limits[entry.state]
    ]
    leased = [name for name in old if is_leased(CyclePaths(paths.cycle(name)).manifest)]
    removed = [name for name in old if name not in leased]
    if removed:
        swap_pointer(paths.pointer, pointer.without(removed, reason="gc"), before_swap=lambda: None)
    for name in removed:
        _remove(paths, paths.cycle(name))
    return Collected(cycles=tuple(removed), orphans=tuple(orphans), leased=tuple(leased))


def _clear_staging(paths: StorePaths) -> list[str]:
    """Delete everything in staging: its writer is dead, for we hold the lock."""
    names: list[str] = []
    for folder in paths.staging.iterdir():
        shutil.rmtree(folder, ignore_errors=True)
        names.append(folder.name)
    return names


def _clear_orphans(paths: StorePaths, pointer: Pointer, min_age: timedelta) -> list[str]:
    """Delete cycles that were renamed into place but never named by the pointer."""
    known = {entry.cycle_id for entry in pointer.entries}
    names: list[str] = []
    for folder in paths.cycles.iterdir():
        if folder.name in known or _age_s(folder) < min_age.total_seconds():
            continue
        if not is_leased(CyclePaths(folder).manifest):
            _remove(paths, folder)
            names.append(folder.name)
    return names


def _clear_quarantine(paths: StorePaths, min_age: timedelta) -> None:
    """Keep the last two damaged cycles for inspection."""
    folders = sorted((f for f in paths.quarantine.iterdir() if f.is_dir()), key=_age_s)
    for folder in folders[KEPT_IN_QUARANTINE:]:
        if _age_s(folder) >= min_age.total_seconds():
            _remove(paths, folder)
            folder.with_name(f"{folder.name}.json").unlink(missing_ok=True)


def _remove(paths: StorePaths, folder: Path) -> None:
    trash = paths.staging / f"trash-{uuid.uuid4()}"
    if folder.exists():
        folder.rename(trash)
        failpoint("gc")
        shutil.rmtree(trash, ignore_errors=True)


def _age_s(folder: Path) -> float:
    return time.time() - folder.stat().st_mtime
