"""A cycle is published only if the disk gives back numbers that can be right."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forecast.errors import DamagedCycle, DataError, QualityGate, StoreBusy, StoreMissing
from forecast.publish import Gates, publish
from forecast.store import CycleDescription, Manifest, RegionStore
from forecast.store.pointer import Pointer, read_pointer, swap_pointer
from forecast.variables import FILL
from tests.support.cycles import (
    counts,
    description,
    native,
    new_store,
    publish_quickly,
    write_tiles,
)


def publish_block(
    store: RegionStore, about: CycleDescription, packed: np.ndarray, **options
) -> Manifest:
    with store.stage(about) as staging:
        write_tiles(staging, packed)
        staging.write_group("native", native(about))
        return publish(staging, **options)


def test_a_good_cycle_is_published_with_its_figures(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    about = description()
    packed = counts(about)
    packed[0, 0, 0, 0] = FILL
    manifest = publish_block(store, about, packed)
    assert store.current().id == manifest.cycle_id
    figures = store.current().manifest.quality["variables"]["temperature_2m"]
    held = packed[:, :, 0][packed[:, :, 0] != FILL]
    assert figures["minimum"] == held.min() / 10
    assert figures["maximum"] == held.max() / 10
    assert figures["finite"] == round(1 - 1 / (11 * 13 * 5), 6)
    assert not list((store.path / "staging").iterdir())


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        (0, 601, "temperature_2m runs from .* to 60.1 degC; allowed is -90 to 60"),
        (4, -1, r"precipitation runs from -0.01 to"),
        (1, 305, "dew_point_2m is above temperature_2m in 1 values"),
        (2, 900, "wind_speed_10m is above wind_gust_10m in 1 values"),
    ],
)
def test_an_impossible_value_stops_the_cycle(
    tmp_path: Path, variable: int, value: int, sentence: str
) -> None:
    store = new_store(tmp_path)
    packed = counts(description())
    packed[5, 6, variable, 2] = value
    with pytest.raises(QualityGate, match=sentence):
        publish_block(store, description(), packed)
    with pytest.raises(StoreMissing):
        store.current()
    assert not list((store.path / "staging").iterdir())


def test_holes_stop_the_cycle_unless_the_step_is_flagged(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    packed = counts(description())
    packed[:, :, 4, 3] = FILL
    with pytest.raises(QualityGate, match=r"precipitation has values in 0.0% of the cells"):
        publish_block(store, description(), packed)
    flags = np.zeros((5, 5), np.uint8)
    flags[4, 3] = 2
    about = replace(description(), step_flag=flags)
    publish_block(store, about, packed)
    assert store.current().manifest.quality["variables"]["precipitation"]["missing_steps"] == 1
    with pytest.raises(QualityGate, match="1 of 5 steps missing"):
        publish_block(store, about, packed, gates=Gates(max_missing_steps=0.1))


def test_a_leap_from_the_cycle_before_stops_it(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    packed = counts(description())
    publish_block(store, description(), packed)
    shifted = packed.copy()
    shifted[:, :, :2] -= 273
    with pytest.raises(QualityGate, match=r"temperature_2m differs .* by 27.3 in the median"):
        publish_block(store, description(), shifted, previous=store.current())
    assert len(store.list_cycles()) == 1


def test_a_missing_tile_stops_the_cycle(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    about = description()
    packed = counts(about)
    with store.stage(about) as staging:
        for tile in list(staging.tiles())[:-1]:
            rows, columns = staging.layout.window(tile)
            staging.write_tile(tile, packed[rows, columns])
        with pytest.raises(DataError, match="incomplete: 6 of"):
            publish(staging)


def test_bytes_that_changed_on_the_disk_stop_the_cycle(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    about = description()
    packed = counts(about)
    with store.stage(about) as staging:
        write_tiles(staging, packed)
        path = staging.path / "maps/precipitation/c/0/1/1"
        content = bytearray(path.read_bytes())
        content[17] ^= 4
        path.write_bytes(content)
        with pytest.raises(DamagedCycle, match="maps/precipitation/c/0/1/1"):
            publish(staging)


def test_a_foreign_file_stops_the_cycle(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    about = description()
    packed = counts(about)
    with store.stage(about) as staging:
        write_tiles(staging, packed)
        (staging.path / "notes.txt").write_text("x", encoding="utf-8")
        with pytest.raises(DataError, match=r"notes.txt"):
            publish(staging)


def test_a_second_writer_is_refused_and_told_who_writes(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    with (
        store.stage(description()),
        pytest.raises(StoreBusy, match=r"process \d+ on .* since 20"),
    ):
        RegionStore.open(store.path).stage(description())
    with store.stage(description()):
        pass


def test_a_writer_that_was_overtaken_cannot_publish(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    about = description()
    packed = counts(about)
    with store.stage(about) as staging:
        write_tiles(staging, packed)
        # somebody removed the lock file by hand, and another writer published
        (store.path / "writer.lock").unlink()
        winner = publish_quickly(RegionStore.open(store.path))
        with pytest.raises(StoreBusy, match="fence 1, expected 0"):
            publish(staging)
    assert store.current().id == winner


def test_a_lost_answer_of_the_swap_is_looked_up(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "CURRENT"
    wanted = Pointer(fence=4, reason="publish")

    def done_but_unanswered(target: Path, content: bytes, **_) -> None:
        target.write_bytes(content)
        raise OSError("the answer was lost")

    monkeypatch.setattr("forecast.store.pointer.replace_durably", done_but_unanswered)
    swap_pointer(path, wanted, before_swap=lambda: None)
    assert read_pointer(path) == wanted


def test_a_refused_swap_is_raised(tmp_path: Path, monkeypatch) -> None:
    def full(target: Path, content: bytes, **_) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("forecast.store.pointer.replace_durably", full)
    with pytest.raises(OSError, match="No space"):
        swap_pointer(tmp_path / "CURRENT", Pointer(fence=1), before_swap=lambda: None)
