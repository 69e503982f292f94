"""Members kept node by node: what was written comes back, and damage is never served."""

import os
from pathlib import Path

import numpy as np
import pytest

from forecast.errors import DamagedCycle, DataError, StoreMissing
from forecast.store import Ensemble, RegionStore
from forecast.store.paths import StorePaths
from tests.support.cycles import counts, description, new_store, write_tiles

NODES, TIMES = 6, 7
MEMBERS = (0, 3, 9)
RECORD = len(MEMBERS) * (4 + 1) * TIMES * 4 + 4


def block(member: int) -> dict[str, np.ndarray]:
    """Values that say which member, node, row and hour they belong to."""
    node = np.arange(NODES)[:, np.newaxis, np.newaxis]
    row = np.arange(4)[:, np.newaxis]
    values = 1000.0 * member + 100.0 * node + 10.0 * row + np.arange(TIMES)
    values[:, 0, 2] = np.nan
    return {
        "values": values.astype(np.float32),
        "ratios": np.full((NODES, 1, TIMES), 0.5 + member, dtype=np.float32),
    }


def published(path: Path) -> RegionStore:
    store = new_store(path)
    about = description()
    packed = counts(about)
    with store.stage(about) as staging:
        write_tiles(staging, packed)
        with staging.ensemble(MEMBERS) as writer:
            for member in MEMBERS:
                writer.add(block(member))
            staging.record(writer.finish({"heights": np.arange(NODES)}))
        staging.commit(staging.seal(quality={}))
    return store


@pytest.fixture
def store(tmp_path: Path) -> RegionStore:
    return published(tmp_path)


def records(store: RegionStore) -> Path:
    return StorePaths(store.path).cycle(store.current().id) / "ensemble" / "records.bin"


def test_what_was_written_comes_back_in_the_order_of_nodes_and_members(store: RegionStore) -> None:
    ensemble = store.current().ensemble
    assert ensemble.layout.members == MEMBERS
    assert ensemble.static["heights"].tolist() == list(range(NODES))
    found = ensemble.read([4, 1])
    assert found["values"].shape == (2, 4, 3, TIMES)
    for place, member in enumerate(MEMBERS):
        for name, values in block(member).items():
            np.testing.assert_array_equal(found[name][:, :, place], values[[4, 1]])


def test_a_cycle_without_members_says_so(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    about = description()
    packed = counts(about)
    with store.stage(about) as staging:
        write_tiles(staging, packed)
        staging.commit(staging.seal(quality={}))
    with pytest.raises(StoreMissing, match="published without them"):
        _ = store.current().ensemble


@pytest.mark.parametrize("place", [0, RECORD // 2, RECORD - 1])
def test_a_changed_byte_is_damage_in_its_node_alone(store: RegionStore, place: int) -> None:
    ensemble = store.current().ensemble
    with records(store).open("r+b") as file:
        file.seek(2 * RECORD + place)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(DamagedCycle, match="node 2"):
        ensemble.read([1, 2])
    ensemble.read([1, 3])


def test_records_that_changed_places_are_damage(store: RegionStore) -> None:
    ensemble = store.current().ensemble
    path = records(store)
    raw = path.read_bytes()
    swapped = raw[RECORD : 2 * RECORD] + raw[:RECORD] + raw[2 * RECORD :]
    path.write_bytes(swapped)
    with pytest.raises(DamagedCycle, match="node 0"):
        ensemble.read([0])


def test_records_of_another_cycle_are_damage(tmp_path: Path) -> None:
    ours, theirs = published(tmp_path / "a"), published(tmp_path / "b")
    ensemble = ours.current().ensemble
    records(ours).write_bytes(records(theirs).read_bytes())
    with pytest.raises(DamagedCycle, match="CRC-32C"):
        ensemble.read([0])


def test_a_short_file_is_damage(store: RegionStore) -> None:
    ensemble = store.current().ensemble
    os.truncate(records(store), 3 * RECORD - 8)
    ensemble.read([1])
    with pytest.raises(DamagedCycle, match="node 2"):
        ensemble.read([2])


@pytest.mark.parametrize("name", ["about.json", "static.npz"])
def test_changed_descriptions_are_damage(store: RegionStore, name: str) -> None:
    cycle = store.current()
    path = records(store).with_name(name)
    raw = path.read_bytes()
    path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    with pytest.raises(DamagedCycle, match=name):
        _ = cycle.ensemble.static


def test_the_scrub_sees_a_changed_member(store: RegionStore) -> None:
    assert store.scrub().whole
    raw = bytearray(records(store).read_bytes())
    raw[5] ^= 1
    records(store).write_bytes(raw)
    assert not store.scrub().whole


def test_a_node_that_is_not_held_is_no_damage(store: RegionStore) -> None:
    with pytest.raises(DataError, match="holds 6 nodes"):
        store.current().ensemble.read([6])


def test_an_ensemble_that_lacks_members_is_not_finished(store: RegionStore) -> None:
    with store.stage(description()) as staging:
        with pytest.raises(DataError, match="each must stand once"):
            staging.ensemble([1, 1])
        with staging.ensemble(MEMBERS) as writer:
            writer.add(block(0))
            with pytest.raises(DataError, match="1 of 3 members"):
                writer.finish({})
            other = {name: values[:, :, 1:] for name, values in block(3).items()}
            with pytest.raises(DataError, match="member 2 of 3"):
                writer.add(other)


def test_many_threads_read_at_once(store: RegionStore) -> None:
    from concurrent.futures import ThreadPoolExecutor

    ensemble = store.current().ensemble

    def right(node: int) -> bool:
        found = ensemble.read([node])["values"]
        return bool((found[0, 1, 0] == block(0)["values"][node, 1]).all())

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(right, [n % NODES for n in range(600)]))


def test_a_layout_knows_its_sizes(store: RegionStore) -> None:
    ensemble: Ensemble = store.current().ensemble
    assert ensemble.layout.record_bytes == RECORD
    assert records(store).stat().st_size == NODES * RECORD
