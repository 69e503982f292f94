"""kill -9 of a writer at any moment: readers see the old cycle or the new one, whole."""

import time
from pathlib import Path

import numpy as np
import pytest

from forecast.store import RegionStore
from forecast.store.failpoints import STAGES
from tests.support.cycles import LONG_AGO, new_store
from tests.support.publisher import (
    BUSY,
    collect_garbage,
    processes,
    publish_numbered,
    publish_on_and_on,
    whole_number,
)

PUBLISHED_AT = {"pointer", "committed"}
RANDOM_KILLS = 15


def read(path: Path) -> int:
    """Ask as a newly started service would; the number of the cycle that answered."""
    return RegionStore.open(path).answer(whole_number)


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "gc"])
def test_a_kill_at_a_stage_leaves_a_whole_cycle(tmp_path: Path, stage: str) -> None:
    path = new_store(tmp_path).path
    publish_numbered(path, 0)
    child = processes().Process(target=publish_numbered, args=(path, 1, f"{stage}:kill"))
    child.start()
    seen = [read(path)]
    while child.is_alive():
        seen.append(read(path))
    child.join()
    assert child.exitcode == -9
    assert read(path) == (1 if stage in PUBLISHED_AT else 0)
    assert seen == sorted(seen)
    # no repair: the next writer just works, and its collector clears what was left
    publish_numbered(path, 2)
    assert read(path) == 2
    store = RegionStore.open(path)
    store.gc(min_age=LONG_AGO)
    assert not list((path / "staging").iterdir())
    assert len(list((path / "cycles").iterdir())) == len(store.list_cycles())


def test_a_kill_of_the_collector_leaves_whole_cycles(tmp_path: Path) -> None:
    path = new_store(tmp_path).path
    for number in range(5):
        publish_numbered(path, number)
    child = processes().Process(target=collect_garbage, args=(path, "gc:kill"))
    child.start()
    child.join()
    assert child.exitcode == -9
    store = RegionStore.open(path)
    numbers = [whole_number(store.cycle(entry.cycle_id)) for entry in store.list_cycles()]
    assert numbers == [4, 3, 2]
    store.gc(min_age=LONG_AGO)
    assert len(list((path / "cycles").iterdir())) == 3
    assert not list((path / "staging").iterdir())


def test_kills_at_random_moments_never_show_a_torn_cycle(tmp_path: Path) -> None:
    path = new_store(tmp_path).path
    publish_numbered(path, 0)
    random = np.random.default_rng(20250410)
    steady = RegionStore.open(path)
    seen = [0]
    for _ in range(RANDOM_KILLS):
        child = processes().Process(target=publish_on_and_on, args=(path, seen[-1]))
        child.start()
        end = time.monotonic() + random.uniform(0.05, 0.7)
        while time.monotonic() < end:
            before = steady.answer(whole_number)
            seen.append(read(path))
            assert before <= seen[-1]
        child.kill()
        child.join()
        seen.append(read(path))
    assert seen == sorted(seen)
    assert seen[-1] > RANDOM_KILLS / 4
    assert len(seen) > 2 * RANDOM_KILLS


@pytest.mark.parametrize("round_", range(3))
def test_of_racing_publishers_exactly_one_wins(tmp_path: Path, round_: int) -> None:
    path = new_store(tmp_path).path
    publish_numbered(path, 0)
    children = [
        processes().Process(target=publish_numbered, args=(path, number, "begin:sleep"))
        for number in (1, 2, 3, 4)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
    exits = [child.exitcode for child in children]
    assert sorted(exits) == [0, BUSY, BUSY, BUSY]
    assert read(path) == 1 + exits.index(0)
    assert len(RegionStore.open(path).list_cycles()) == 2
