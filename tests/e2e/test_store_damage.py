"""No wrong number from a damaged cycle: every flip, cut, loss and swap is found by reading."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from forecast.errors import DamagedCycle
from forecast.store import Cycle, RegionStore, Window
from forecast.store.maps import map_field
from forecast.store.paths import StorePaths
from tests.support.cycles import (
    counts,
    description,
    native,
    new_store,
    publish_quickly,
    terrain,
    write_tiles,
)

CASES = 100
KINDS = ("flip", "truncate", "delete", "swap", "old")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> RegionStore:
    """Two cycles of different numbers, the newer with every group."""
    made = new_store(tmp_path_factory.mktemp("damage"))
    about = description()
    publish_quickly(made, seed=5)
    packed = counts(about)
    with made.stage(about) as staging:
        write_tiles(staging, packed)
        staging.write_group("native", native(about))
        staging.write_group("members", native(about, members=2))
        staging.write_group("terrain", terrain(about))
        staging.commit(staging.seal(quality={}))
    return made


def read_everything(path: Path, sha256: str, touched: str) -> None:
    """Read all that a service reads; groups only if one of their files was touched."""
    cycle = Cycle(path, sha256=sha256)
    for row in range(cycle.grid.rows):
        for column in range(cycle.grid.columns):
            cycle.point(row, column)
    whole = Window(slice(0, cycle.grid.rows), slice(0, cycle.grid.columns))
    for name in cycle.variables:
        field = map_field(
            path, name, manifest=cycle.manifest, window=whole, steps=range(len(cycle.times))
        )
        assert field[:, :, :].shape == field.shape
    group = touched.split("/", maxsplit=1)[0]
    if group in ("native", "members", "terrain"):
        getattr(cycle, group)().load()


def is_found(path: Path, sha256: str, touched: str) -> bool:
    """Whether reading the damaged copy raises."""
    try:
        read_everything(path, sha256, touched)
    except DamagedCycle:
        return True
    return False


def damage(kind: str, folder: Path, older: Path, random: np.random.Generator) -> str:
    """Do one kind of damage to a random file of a cycle; returns the file."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    if kind == "old":
        files = [p for p in files if "series/values/c/" in p.as_posix()]
    if kind == "swap":
        files = [p for p in files if "/c/" in p.as_posix()]
    path = files[random.integers(len(files))]
    content = bytearray(path.read_bytes())
    if kind == "flip":
        content[random.integers(len(content))] ^= 1 << int(random.integers(8))
        path.write_bytes(content)
    elif kind == "truncate":
        path.write_bytes(content[: random.integers(len(content))])
    elif kind == "delete":
        path.unlink()
    elif kind == "old":
        shutil.copyfile(older / path.relative_to(folder), path)
    else:
        same = [p for p in files if p.stat().st_size == len(content) and p != path]
        same = [p for p in same if p.read_bytes() != bytes(content)]
        if not same:
            content[0] ^= 1
            path.write_bytes(content)
        else:
            other = same[random.integers(len(same))]
            path.write_bytes(other.read_bytes())
            other.write_bytes(content)
    return path.relative_to(folder).as_posix()


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_always_found_on_read(store: RegionStore, tmp_path: Path, kind: str) -> None:
    paths = StorePaths(store.path)
    newer, older = (entry.cycle_id for entry in store.list_cycles())
    sha256 = store.current().manifest_sha256
    read_everything(paths.cycle(newer), sha256, "members/")
    copy = tmp_path / "copy"
    shutil.copytree(paths.cycle(newer), copy)
    whole = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    for seed in range(CASES):
        touched = damage(kind, copy, paths.cycle(older), np.random.default_rng(seed))
        assert is_found(copy, sha256, touched), f"seed {seed}: {kind} of {touched} was not found"
        for path, content in whole.items():
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)


def test_an_in_place_flip_under_an_open_reader_is_found(store: RegionStore, tmp_path: Path) -> None:
    newer = store.list_cycles()[0].cycle_id
    copy = tmp_path / "copy"
    shutil.copytree(StorePaths(store.path).cycle(newer), copy)
    cycle = Cycle(copy, sha256=None)
    expected = cycle.point(1, 1).copy()
    shard = copy / "series/values/c/0/0/0/0"
    content = bytearray(shard.read_bytes())
    content[(4 + 1) * 54 + 9] ^= 32
    shard.write_bytes(content)
    with pytest.raises(DamagedCycle, match=r"cell \(1, 1\) fails its CRC-32C"):
        cycle.point(1, 1)
    np.testing.assert_array_equal(cycle.point(0, 0), counts(description())[0, 0])
    assert expected.shape == (5, 5)
    shard.write_bytes(content[:20])
    with pytest.raises(DamagedCycle):
        cycle.point(0, 1)
