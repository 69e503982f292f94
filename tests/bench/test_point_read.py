"""A warm point read, all variables and times, beside a raw copy and beside zarr-python."""

import mmap
from collections.abc import Iterator
from itertools import cycle as around
from pathlib import Path

import numpy as np
import pytest
import zarr
from zarr.codecs import ZstdCodec

from forecast.store import Cycle
from forecast.variables import published
from tests.support.benchmark import Measurements, cpu_seconds
from tests.support.cycles import description, new_store, publish_quickly

EDGE, HOURS, VARIABLES = 256, 169, published()[:12]
POINTS = 5000


@pytest.fixture(scope="module")
def cube() -> np.ndarray:
    """Smooth hourly fields with a little noise, int16 [y, x, variable, time]."""
    random = np.random.default_rng(11)
    y, x = np.meshgrid(np.linspace(0, 3, EDGE), np.linspace(0, 4, EDGE), indexing="ij")
    hours = np.arange(HOURS)
    values = np.empty((EDGE, EDGE, len(VARIABLES), HOURS), dtype=np.int16)
    for place in range(len(VARIABLES)):
        terrain = 60 * np.sin(2 * x + place) + 40 * np.cos(3 * y)
        daily = 80 * np.sin(hours / 24 * 2 * np.pi + place)
        noise = random.integers(-2, 3, (EDGE, EDGE, HOURS))
        values[:, :, place] = 200 + terrain[..., np.newaxis] + daily + noise
    return values


@pytest.fixture(scope="module")
def published_cycle(cube: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Cycle:
    store = new_store(tmp_path_factory.mktemp("store"))
    about = description(rows=EDGE, columns=EDGE, hours=HOURS, tile=128, variables=tuple(VARIABLES))
    publish_quickly(store, about=about, packed=cube)
    return store.current()


@pytest.fixture
def places() -> Iterator[tuple[int, int]]:
    random = np.random.default_rng(5)
    return around([tuple(pair) for pair in random.integers(0, EDGE, (POINTS, 2)).tolist()])


def per_variable_arrays(folder: Path, cube: np.ndarray) -> list[zarr.Array]:
    """What a careful zarr-python user stores: per variable, small chunks, one shard."""
    arrays = []
    for place, name in enumerate(VARIABLES):
        array = zarr.create_array(
            folder / name,
            shape=(HOURS, EDGE, EDGE),
            chunks=(HOURS, 16, 16),
            shards=(HOURS, EDGE, EDGE),
            dtype="int16",
            compressors=ZstdCodec(level=1),
        )
        array[:] = np.moveaxis(cube[:, :, place], 2, 0)
        arrays.append(zarr.open_array(folder / name, mode="r"))
    return arrays


def test_a_warm_point_is_near_a_raw_copy_and_far_from_zarr_python(
    cube: np.ndarray,
    published_cycle: Cycle,
    places: Iterator[tuple[int, int]],
    tmp_path: Path,
    measurements: Measurements,
) -> None:
    cube.tofile(tmp_path / "cube.bin")
    with (tmp_path / "cube.bin").open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    raw = np.frombuffer(mapped, np.int16).reshape(cube.shape)

    def copy_one() -> np.ndarray:
        return raw[next(places)].copy()

    copy_s = cpu_seconds(copy_one, calls=POINTS, repeats=20)
    ours_s = cpu_seconds(lambda: published_cycle.point(*next(places)), calls=POINTS, repeats=20)
    arrays = per_variable_arrays(tmp_path / "zarr", cube)

    def by_zarr() -> np.ndarray:
        y, x = next(places)
        return np.stack([array[:, y, x] for array in arrays])

    zarr_s = cpu_seconds(by_zarr, calls=10, repeats=3)
    y, x = next(places)
    np.testing.assert_array_equal(published_cycle.point(y, x), raw[y, x])
    np.testing.assert_array_equal(np.stack([array[:, y, x] for array in arrays]), raw[y, x])
    how = f"{len(VARIABLES)} variables x {HOURS} hours, {EDGE} x {EDGE} cells, page cache warm"
    measurements.add("point read", f"{ours_s * 1e6:.1f} µs", wanted="≤ 15 µs", how=how)
    measurements.add(
        "point read beside a raw memory-map copy",
        f"{ours_s / copy_s:.1f} x ({copy_s * 1e6:.2f} µs)",
        wanted="≤ 5 x",
        how="ndarray on the map, copied, no checksum",
    )
    measurements.add(
        "point read beside zarr-python",
        f"{zarr_s / ours_s:.0f} x faster ({zarr_s * 1e3:.1f} ms)",
        wanted="≥ 500 x",
        how="per-variable arrays, chunks (169, 16, 16), shard 256, Zstd 1",
    )
    assert ours_s <= 15e-6
    assert ours_s / copy_s <= 5
    assert zarr_s / ours_s >= 500


def test_a_tile_in_both_layouts_is_written_faster_than_one_by_zarr_python(
    cube: np.ndarray, tmp_path: Path, measurements: Measurements
) -> None:
    store = new_store(tmp_path)
    about = description(rows=128, columns=128, hours=HOURS, tile=128, variables=tuple(VARIABLES))
    block = cube[:128, :128].copy()
    with store.stage(about) as staging:
        (tile,) = staging.tiles()
        ours_s = cpu_seconds(lambda: staging.write_tile(tile, block), repeats=3)
    array = zarr.create_array(
        tmp_path / "zarr",
        shape=block.shape,
        chunks=(1, 1, *block.shape[2:]),
        shards=block.shape,
        dtype="int16",
        compressors=zarr.codecs.Crc32cCodec(),
    )

    def by_zarr() -> None:
        array[:] = block

    zarr_s = cpu_seconds(by_zarr, repeats=1)
    measurements.add(
        "tile written, both layouts, hashed",
        f"{block.nbytes / ours_s / 1e6:.0f} MB/s; {zarr_s / ours_s:.1f} x zarr-python",
        wanted="> 2 x",
        how="128 x 128 cells; zarr-python writes the series layout alone",
    )
    assert zarr_s / ours_s > 2
