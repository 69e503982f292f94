"""A publication stopped before any of its calls that change the disk leaves a whole cycle."""

import os
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from forecast.store import RegionStore
from forecast.store.paths import StorePaths
from tests.support.cycles import LONG_AGO, new_store
from tests.support.publisher import (
    StopAt,
    processes,
    publish_numbered,
    publish_until,
    whole_number,
)

SAMPLES = 24


def read(path: Path) -> int:
    return RegionStore.open(path).answer(whole_number)


def calls_of_one_publication(path: Path) -> int:
    with StopAt(0) as counter:
        publish_numbered(path, 0)
    return counter.count


def test_a_kill_before_any_call_leaves_the_old_cycle_or_the_new_one(tmp_path: Path) -> None:
    path = new_store(tmp_path).path
    total = calls_of_one_publication(path)
    # the last calls, around the swap of the pointer, one by one; the many before them in strides
    stops = {*range(total - 12, total + 1), *np.linspace(1, total, SAMPLES).astype(int).tolist()}
    seen = [0]
    for seed, number in enumerate(sorted(stops), start=1):
        child = processes().Process(target=publish_until, args=(path, seed, number))
        child.start()
        child.join()
        assert child.exitcode == -9, f"call {number} of {total}"
        assert read(path) in (seen[-1], seed), f"call {number} of {total}"
        seen.append(read(path))
    assert seen[-1] != 0
    publish_numbered(path, 1000)
    assert read(path) == 1000
    RegionStore.open(path).gc(min_age=LONG_AGO)
    assert not list((path / "staging").iterdir())


def test_a_disk_that_fills_up_keeps_the_old_cycle_and_heals(tmp_path: Path) -> None:
    path = new_store(tmp_path).path
    total = calls_of_one_publication(path)
    for number in np.linspace(1, total - 12, 15).astype(int).tolist():
        with StopAt(number, "full"), pytest.raises(OSError, match="No space left"):
            publish_numbered(path, 1)
        assert read(path) == 0, f"call {number} of {total}"
        assert not list((path / "staging").iterdir())
    publish_numbered(path, 2)
    assert read(path) == 2


def test_everything_is_on_the_disk_before_the_pointer_names_it(tmp_path: Path) -> None:
    path = new_store(tmp_path).path
    synced: set[tuple[int, int]] = set()
    unsafe: list[str] = []
    real_fsync, real_replace = os.fsync, Path.replace

    def identity(status: os.stat_result) -> tuple[int, int]:
        return status.st_ino, status.st_size if status.st_mode & 0o100000 else 0

    def fsync(descriptor: int) -> None:
        synced.add(identity(os.fstat(descriptor)))
        real_fsync(descriptor)

    def replace(source: Path, target: Path) -> Path:
        if target == StorePaths(path).pointer:
            held = [source, path / "cycles", *(path / "cycles").rglob("*")]
            unsafe.extend(str(one) for one in held if identity(one.stat()) not in synced)
        return real_replace(source, target)

    with patch.object(os, "fsync", fsync), patch.object(Path, "replace", replace):
        publish_numbered(path, 1)
    assert read(path) == 1
    assert len(synced) > 20
    assert unsafe == []
