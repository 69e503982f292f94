"""What was written comes back bit-equal, by our reader, zarr-python and xarray alike."""

from pathlib import Path

import dask.array as da
import numpy as np
import pytest
import xarray as xr
import zarr

from forecast.errors import DataError, StoreError, StoreMissing, UnknownName
from forecast.store import RegionStore, Tile, write_tile
from forecast.store.paths import StorePaths
from forecast.variables import FILL
from grids.errors import OutsideGrid
from tests.support.cycles import (
    counts,
    description,
    native,
    new_store,
    publish_quickly,
    terrain,
    values_of,
    write_tiles,
)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[RegionStore, np.ndarray]:
    store = new_store(tmp_path_factory.mktemp("store"))
    about = description()
    packed = counts(about)
    packed[2, 3] = FILL
    packed[7, :, 1, 2:4] = FILL
    with store.stage(about) as staging:
        write_tiles(staging, packed)
        staging.write_group("native", native(about))
        staging.write_group("members", native(about, members=3))
        staging.write_group("terrain", terrain(about))
        staging.commit(staging.seal(quality={"temperature_2m": {"finite": 0.9}}))
    return store, packed


def folder_of(store: RegionStore) -> Path:
    return StorePaths(store.path).cycle(store.current().id)


def test_every_point_is_the_record_that_was_written(published) -> None:
    store, packed = published
    cycle = store.current()
    for row in range(11):
        for column in range(13):
            np.testing.assert_array_equal(cycle.point(row, column), packed[row, column])


def test_points_come_in_the_order_asked(published) -> None:
    store, packed = published
    rows, columns = np.array([10, 0, 5, 5]), np.array([12, 0, 3, 3])
    np.testing.assert_array_equal(store.current().points(rows, columns), packed[rows, columns])


def test_unpacked_values_have_the_unit_and_nan_where_missing(published) -> None:
    store, packed = published
    cycle = store.current()
    expected = values_of(packed[7, 3], description())
    np.testing.assert_allclose(cycle.unpack(cycle.point(7, 3)), expected, rtol=1e-6)
    assert np.isnan(cycle.unpack(cycle.point(2, 3))).all()
    assert cycle.unpack(cycle.point(0, 0)).dtype == np.float32


@pytest.mark.parametrize(("row", "column"), [(-1, 0), (11, 0), (0, 13), (0, -1)])
def test_a_cell_outside_the_grid_is_refused(published, row: int, column: int) -> None:
    with pytest.raises(OutsideGrid, match="11 x 13"):
        published[0].current().point(row, column)


def test_zarr_python_reads_the_series_bit_equal(published) -> None:
    store, packed = published
    group = zarr.open_group(folder_of(store) / "series", mode="r")
    np.testing.assert_array_equal(group["values"][:], packed)
    assert group["variable"][:].tolist() == list(description().variables)
    assert group["decimals"][:].tolist() == list(store.current().decimals)


def test_xarray_opens_the_maps_with_values_units_and_times(published) -> None:
    store, packed = published
    with xr.open_zarr(folder_of(store) / "maps") as maps:
        expected = values_of(packed, description())
        for place, name in enumerate(description().variables):
            found = maps[name].transpose("latitude", "longitude", "time")
            np.testing.assert_allclose(found, expected[:, :, place], rtol=1e-6)
        np.testing.assert_array_equal(maps["time"], description().times)
        np.testing.assert_array_equal(maps["latitude"], description().grid.latitudes)
        assert maps["temperature_2m"].attrs["units"] == "degC"
        assert maps["precipitation"].attrs["cell_methods"] == "time: sum"


def test_xarray_opens_every_group_without_a_warning(published) -> None:
    folder = folder_of(published[0])
    for name in ("series", "maps", "native", "members", "terrain"):
        with xr.open_zarr(folder / name, consolidated=name in ("series", "maps")) as group:
            group.load()


def test_a_large_window_is_lazy_and_equal(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    about = description(rows=20, columns=21, hours=6, tile=8)
    packed = counts(about)
    packed[3, 4, 0, 2] = FILL
    publish_quickly(store, about=about, packed=packed)
    found = store.current().window(["temperature_2m"], rows=slice(1, 19), times=slice(2, 3))
    assert isinstance(found["temperature_2m"].data, da.Array)
    expected = values_of(packed, about)[1:19, :, 0, 2:3]
    result = found["temperature_2m"].transpose("latitude", "longitude", "time")
    np.testing.assert_allclose(result, expected, rtol=1e-6)
    assert found["temperature_2m"].dtype == np.float32


def test_a_small_window_equals_the_points(published) -> None:
    store, packed = published
    found = store.current().window(
        rows=slice(2, 6), columns=slice(3, 9), times=slice(None, None, 2)
    )
    assert isinstance(found["temperature_2m"].data, np.ndarray)
    expected = values_of(packed, description())[2:6, 3:9, :, ::2]
    for place, name in enumerate(description().variables):
        assert found[name].dims == ("time", "latitude", "longitude")
        result = found[name].transpose("latitude", "longitude", "time")
        np.testing.assert_allclose(result, expected[:, :, place], rtol=1e-6)
    np.testing.assert_array_equal(found["latitude"], description().grid.latitudes[2:6])
    assert found["forecast_period"].values[0] == np.timedelta64(1, "h")
    assert found.attrs["simulated"] == "true"


def test_both_layouts_give_the_same_floats(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    about = description(rows=20, columns=21, hours=6, tile=8)
    publish_quickly(store, about=about)
    cycle = store.current()
    lazily = cycle.window(["wind_gust_10m"], times=slice(0, 1))["wind_gust_10m"]
    at_once = cycle.window(rows=slice(3, 7))["wind_gust_10m"][:1]
    assert isinstance(lazily.data, da.Array)
    assert isinstance(at_once.data, np.ndarray)
    np.testing.assert_array_equal(lazily[:, 3:7].values, at_once.values)


def test_an_unknown_variable_and_an_empty_window_are_refused(published) -> None:
    cycle = published[0].current()
    with pytest.raises(UnknownName, match="snow_depth"):
        cycle.window(["snow_depth"])
    with pytest.raises(OutsideGrid, match="11 x 13"):
        cycle.window(rows=slice(11, 20))


def test_native_members_and_terrain_come_back_equal(published) -> None:
    cycle = published[0].current()
    about = description()
    xr.testing.assert_equal(cycle.native(), native(about))
    members = cycle.members()
    assert members["temperature_2m"].chunks[0] == (1, 1, 1)
    xr.testing.assert_equal(members.load(), native(about, members=3))
    xr.testing.assert_equal(cycle.terrain(), terrain(about))


def test_a_cycle_without_members_says_so(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    publish_quickly(store)
    with pytest.raises(StoreMissing, match="members"):
        store.current().members()


def test_a_cycle_tells_its_origin(published) -> None:
    cycle = published[0].current()
    assert cycle.id.startswith("20250410T00Z-test-model-")
    assert cycle.simulated
    assert cycle.manifest.description.source_files[0].name == "a.grib2"
    assert cycle.manifest.description.report == {"messages": 60}
    assert cycle.grid == description().grid
    assert cycle.degraded is None


@pytest.mark.parametrize(
    "shape", [(4, 3, 5, 5), (3, 4, 5, 5), (8, 4, 5, 5), (4, 4, 5, 4), (4, 4, 4, 5)]
)
def test_a_block_that_is_not_one_whole_tile_is_refused(tmp_path: Path, shape) -> None:
    store = new_store(tmp_path)
    with store.stage(description()) as staging:
        with pytest.raises(DataError, match="one whole tile"):
            staging.write_tile(Tile(0, 0), np.zeros(shape, np.int16))
        with pytest.raises(DataError, match="float32"):
            staging.write_tile(Tile(0, 0), np.zeros((4, 4, 5, 5), np.float32))


def test_a_tile_is_written_by_path_alone_and_twice_alike(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    about = description()
    packed = counts(about)
    with store.stage(about) as staging:
        rows, columns = staging.layout.window(Tile(2, 3))
        first = write_tile(staging.path, Tile(2, 3), block=packed[rows, columns])
        again = write_tile(staging.path, Tile(2, 3), block=packed[rows, columns])
        assert first == again
        assert len(first) == 1 + len(about.variables)
        assert not list(staging.path.rglob("*.part"))


def test_opening_never_creates(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="no store"):
        RegionStore.open(tmp_path / "absent")
    assert not (tmp_path / "absent").exists()
    new_store(tmp_path)
    with pytest.raises(StoreError, match="already"):
        new_store(tmp_path)
    with pytest.raises(StoreMissing, match="nothing is published"):
        RegionStore.open(tmp_path / "testland").current()
