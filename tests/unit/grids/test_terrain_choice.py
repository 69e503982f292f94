"""Which terrain a grid gets."""

import numpy as np
import pytest
import xarray as xr

from forecast import regions
from grids.errors import TerrainError
from grids.grid import Grid
from grids.terrain import for_grid
from tests.support.data import ROOT

DATA = ROOT / "forecast" / "data" / "terrain"
GRID = Grid(west=110, south=30, longitude_spacing=0.01, latitude_spacing=0.01, rows=20, columns=20)


def flat(path, height, *, west=109.5, width=2.0):
    axis = np.arange(0, width, 0.005) + 0.0025
    values = np.full((400, axis.size), height, np.float32)
    coords = {"latitude": 29.0025 + 0.005 * np.arange(400), "longitude": west + axis}
    field = xr.DataArray(values, dims=("latitude", "longitude"), coords=coords)
    field.to_dataset(name="elevation").to_netcdf(path, engine="h5netcdf")
    return path


def test_the_order_is_file_built_shipped_coarse(tmp_path):
    paths = {
        kind: flat(tmp_path / f"{kind}.nc", height)
        for kind, height in (("file", 1), ("built", 2), ("shipped", 3), ("coarse", 4))
    }
    for height, kind in enumerate(["file", "built", "shipped", "coarse"], start=1):
        terrain = for_grid(GRID, **paths)
        assert terrain.attrs["terrain_kind"] == kind
        np.testing.assert_allclose(terrain["elevation"], height)
        del paths[kind]
    with pytest.raises(TerrainError, match="no terrain file is at hand"):
        for_grid(GRID, **paths)


def test_a_named_file_that_does_not_cover_the_grid_is_an_error(tmp_path):
    far = flat(tmp_path / "far.nc", 1.0, west=50)
    good = flat(tmp_path / "good.nc", 1.0)
    with pytest.raises(TerrainError, match=r"110,30,110.2,30.2 .* covers only 50,29,52,31"):
        for_grid(GRID, file=far, shipped=good)
    assert for_grid(GRID, built=far, shipped=good).attrs["terrain_kind"] == "shipped"
    with pytest.raises(TerrainError, match="shipped: .*covers only"):
        for_grid(GRID, shipped=far)


def test_terrain_written_on_the_grid_is_taken_as_it_is(tmp_path):
    ready = for_grid(GRID, file=flat(tmp_path / "flat.nc", 9.0))
    ready["tpi_3km"] += 5.0
    ready.to_netcdf(tmp_path / "ready.nc", engine="h5netcdf")
    window = GRID.window(rows=slice(3, 9), columns=slice(4, 20))
    again = for_grid(window, built=tmp_path / "ready.nc")
    np.testing.assert_allclose(again["tpi_3km"], 5.0, atol=1e-3)
    assert again.attrs["terrain_kind"] == "built"
    assert np.array_equal(again["latitude"], window.latitudes)


@pytest.mark.parametrize(
    ("name", "place", "height", "tolerance"),
    [
        ("tianjin", (117.40, 40.05), 20, 60),  # Jizhou, at the foot of the hills
        ("tianjin", (117.72, 39.45), 2, 5),  # Ninghe, on the plain
        ("yuexi", (116.36, 30.85), 430, 150),  # Yuexi county town
        ("chongqing", (105.84, 30.19), 260, 60),  # Tongnan
        ("chongqing", (106.26, 29.29), 210, 60),  # Jiangjin
    ],
)
def test_shipped_regions_have_the_heights_of_their_towns(name, place, height, tolerance):
    region = regions.load(name)
    terrain = for_grid(region.grid, shipped=region.terrain, coarse=DATA / "global_5min.nc")
    assert terrain.attrs["terrain_kind"] == "shipped"
    assert "meteva 1.9.6.2" in terrain.attrs["terrain_source"]
    cell = terrain.sel(longitude=place[0], latitude=place[1], method="nearest")
    assert float(cell["elevation"]) == pytest.approx(height, abs=tolerance)
    assert float(cell["land_fraction"]) == pytest.approx(1.0)


def test_the_bohai_sea_is_sea_in_the_tianjin_region():
    region = regions.load("tianjin")
    terrain = for_grid(region.grid, shipped=region.terrain)
    cell = terrain.sel(longitude=118.0, latitude=38.75, method="nearest")
    assert (float(cell["elevation"]), float(cell["land_fraction"])) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("west", "south", "low", "high", "land"),
    [
        (-105.2, 39.6, 1500, 3000, 1.0),  # Denver
        (86.8, 27.9, 4500, 8800, 1.0),  # Everest
        (179.9, -17.0, 0, 600, None),  # Fiji, over the dateline
        (-40.0, 30.0, 0, 0, 0.0),  # Atlantic
        (24.0, 89.6, 0, 0, 0.0),  # near the pole
    ],
)
def test_the_coarse_world_serves_any_place(west, south, low, high, land):
    grid = Grid(
        west=west, south=south, longitude_spacing=0.01, latitude_spacing=0.01, rows=20, columns=20
    )
    terrain = for_grid(grid, coarse=DATA / "global_5min.nc")
    assert terrain.attrs["terrain_kind"] == "coarse"
    assert low <= float(terrain["elevation"].min()) <= float(terrain["elevation"].max()) <= high
    assert bool(np.isfinite(terrain.to_array()).all())
    if land is not None:
        np.testing.assert_allclose(terrain["land_fraction"], land, atol=1e-6)


def test_shipped_files_are_small():
    sizes = {path.name: path.stat().st_size for path in DATA.glob("*.nc")}
    assert sizes.pop("global_5min.nc") < 6_000_000
    assert sum(sizes.values()) < 1_500_000
