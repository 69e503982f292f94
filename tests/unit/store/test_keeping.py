"""Going back, clearing away and setting aside leave readers with a whole cycle."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from forecast.errors import DamagedCycle, StoreMissing, UnknownName
from forecast.store import RegionStore
from forecast.store.paths import StorePaths
from forecast.store.pointer import read_pointer
from tests.support.cycles import LONG_AGO, description, new_store, publish_quickly


def fresh(store: RegionStore) -> RegionStore:
    """The same store as another process would open it."""
    return RegionStore.open(store.path)


def spoil(store: RegionStore, cycle_id: str) -> None:
    shard = StorePaths(store.path).cycle(cycle_id) / "series/values/c/0/0/0/0"
    content = bytearray(shard.read_bytes())
    content[3] ^= 1
    shard.write_bytes(content)


def test_rollback_serves_the_cycle_before_and_withdraws_the_newer(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    names = [publish_quickly(store, seed=seed) for seed in range(3)]
    assert store.current().id == names[2]
    assert store.rollback() == names[1]
    assert store.current().id == names[1]
    assert store.rollback() == names[0]
    assert [c.withdrawn for c in store.list_cycles()] == [True, True, False]
    with pytest.raises(StoreMissing, match="no earlier good cycle"):
        store.rollback()
    assert store.rollback(to=names[2]) == names[2]
    assert fresh(store).current().degraded is None
    with pytest.raises(UnknownName, match="nothing-such"):
        store.rollback(to="nothing-such")


def test_every_change_of_the_pointer_has_a_higher_fence(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    pointer = StorePaths(store.path).pointer
    fences = [read_pointer(pointer).fence]
    for seed in range(3):
        publish_quickly(store, seed=seed)
        fences.append(read_pointer(pointer).fence)
    store.rollback()
    fences.append(read_pointer(pointer).fence)
    assert fences == [0, 1, 2, 3, 4]


def test_a_running_reader_changes_by_itself(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    first = publish_quickly(store)
    reader = fresh(store)
    assert reader.current().id == first
    second = publish_quickly(store, seed=1)
    end = time.monotonic() + 20
    while reader.current().id != second and time.monotonic() < end:
        time.sleep(0.05)
    assert reader.current().id == second


def test_gc_keeps_three_cycles_and_whatever_is_young(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    names = [publish_quickly(store, seed=seed) for seed in range(5)]
    assert store.gc(keep=1, min_age=timedelta(hours=2)).cycles == ()
    assert set(store.gc(keep=1, min_age=LONG_AGO).cycles) == {names[0], names[1]}
    assert [c.cycle_id for c in fresh(store).list_cycles()] == names[:1:-1]
    assert not list((store.path / "staging").iterdir())
    assert {p.name for p in (store.path / "cycles").iterdir()} == set(names[2:])


def test_gc_leaves_a_cycle_that_a_reader_has_open(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    names = [publish_quickly(store, seed=seed) for seed in range(4)]
    held = fresh(store).cycle(names[0])
    assert store.gc(min_age=LONG_AGO).leased == (names[0],)
    assert held.point(3, 3).shape == (5, 5)
    del held
    assert store.gc(min_age=LONG_AGO).cycles == (names[0],)


def test_gc_removes_orphans_but_not_young_ones(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    publish_quickly(store)
    paths = StorePaths(store.path)
    orphan = paths.cycle("20250410T00Z-test-model-deadbeef")
    orphan.mkdir()
    (paths.staging / "left-by-a-kill").mkdir()
    assert store.gc().orphans == ("left-by-a-kill",)
    os.utime(orphan, (0, 0))
    assert store.gc().orphans == (orphan.name,)


def test_damage_found_while_reading_falls_back_at_once(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    good = publish_quickly(store)
    bad = publish_quickly(store, seed=1)
    spoil(store, bad)
    reader = fresh(store)
    assert reader.answer(lambda cycle: (cycle.id, cycle.point(0, 0).shape)) == (good, (5, 5))
    assert bad in str(reader.current().degraded)
    assert (store.path / "quarantine" / bad).is_dir()
    # another reader learns it from the pointer, and the next cycle ends it
    assert bad in str(fresh(store).current().degraded)
    publish_quickly(store, seed=2)
    assert fresh(store).current().degraded is None


def test_a_reader_goes_round_a_damaged_cycle_while_a_writer_holds_the_lock(
    tmp_path: Path,
) -> None:
    store = new_store(tmp_path)
    good = publish_quickly(store)
    bad = publish_quickly(store, seed=1)
    spoil(store, bad)
    reader = fresh(store)
    with store.stage(description()):
        assert reader.answer(lambda cycle: cycle.point(0, 0).shape) == (5, 5)
        assert reader.current().id == good
        assert bad in str(reader.current().degraded)
    assert (store.path / "cycles" / bad).is_dir()


def test_nothing_whole_is_an_error_not_an_empty_answer(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    only = publish_quickly(store)
    spoil(store, only)
    reader = fresh(store)
    with pytest.raises(DamagedCycle, match="no whole cycle"):
        reader.answer(lambda cycle: cycle.point(0, 0))
    with pytest.raises(DamagedCycle):
        fresh(store).current()


def test_scrub_names_the_file(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    name = publish_quickly(store)
    assert store.scrub().whole
    spoil(store, name)
    report = store.scrub()
    assert not report.whole
    assert "series/values/c/0/0/0/0" in report.damaged[0]


def test_a_damaged_or_lost_pointer_is_replaced_by_its_copy(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    name = publish_quickly(store)
    pointer = StorePaths(store.path).pointer
    content = pointer.read_bytes()
    for damage in (content[:100], content.replace(b'"fence": 1', b'"fence": 7'), b"", b"[]"):
        pointer.write_bytes(damage)
        cycle = fresh(store).current()
        assert cycle.id == name
        assert "copy is used" in str(cycle.degraded)
    pointer.unlink()
    assert fresh(store).current().id == name
    assert publish_quickly(store, seed=1) == fresh(store).current().id
    assert fresh(store).current().degraded is None


def test_a_pointer_that_goes_back_does_not_take_the_reader_with_it(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    publish_quickly(store)
    pointer = StorePaths(store.path).pointer
    old = pointer.read_bytes()
    newer = publish_quickly(store, seed=1)
    reader = fresh(store)
    assert reader.current().id == newer
    pointer.write_bytes(old)
    time.sleep(1.05)
    assert reader.current().id == newer
    assert "went back" in str(reader.current().degraded)


def test_gc_keeps_good_cycles_of_the_archive_and_no_withdrawn_ones(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    names = [publish_quickly(store, seed=seed) for seed in range(6)]
    store.rollback(to=names[4])
    week = timedelta(days=7)
    assert store.gc(keep=3, min_age=LONG_AGO, archive=week).cycles == (names[5],)
    assert [c.cycle_id for c in fresh(store).list_cycles()] == names[4::-1]
    # published just now: an archive of no days keeps none of them
    assert set(store.gc(keep=3, min_age=LONG_AGO).cycles) == {names[0], names[1]}
