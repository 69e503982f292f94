"""Terrain fields on a grid."""

import numpy as np
import pytest
import xarray as xr

from grids.errors import TerrainError
from grids.grid import Grid
from grids.terrain import load, on_grid, slope, topographic_position
from tests.support.data import shared_data

METRES_PER_DEGREE = 111_195.08


def small(rows=30, columns=40, spacing=0.01, south=30.0):
    return Grid(
        west=110, south=south, longitude_spacing=spacing, latitude_spacing=spacing,
        rows=rows, columns=columns,
    )  # fmt: skip


def fine(function, *, west, south, spacing, shape):
    latitude = south + spacing * (np.arange(shape[0]) + 0.5)
    longitude = west + spacing * (np.arange(shape[1]) + 0.5)
    values = function(longitude[None, :], latitude[:, None]).astype(np.float32)
    return xr.DataArray(
        values,
        dims=("latitude", "longitude"),
        coords={"latitude": latitude, "longitude": longitude},
        attrs={"terrain_source": "made up"},
    )


def test_heights_are_averaged_without_the_sea():
    def coast(lon, lat):
        return np.where(lon + 0 * lat < 110.205, np.nan, 100.0)

    field = fine(coast, west=109.8, south=29.8, spacing=0.001, shape=(800, 900))
    terrain = on_grid(field, small())
    row = terrain.isel(latitude=10)
    np.testing.assert_allclose(row["land_fraction"][[0, 19, 20, 21]], [0, 0, 0.5, 1], atol=1e-3)
    np.testing.assert_allclose(row["elevation"][[0, 19, 20, 21]], [0, 0, 100, 100], atol=1e-3)
    assert all(values.dtype == np.float32 for values in terrain.data_vars.values())
    assert terrain.attrs == {"terrain_source": "made up", "terrain_kind": "file"}


def test_thirty_seconds_to_a_hundredth_of_a_degree_keeps_a_plane():
    # 0.00833 degrees against 0.01: each target cell overlaps two or three fine ones per axis
    field = fine(
        lambda lon, lat: 1000 * (lon - 110) + 500 * (lat - 30),
        west=109.5, south=29.5, spacing=1 / 120, shape=(240, 240),
    )  # fmt: skip
    grid = small()
    terrain = on_grid(field, grid)
    plane = 1000 * (grid.longitudes[None] - 110) + 500 * (grid.latitudes[:, None] - 30)
    assert np.abs(terrain["elevation"].values - plane).max() < 2.5


def test_a_coarse_source_is_interpolated_without_steps():
    field = fine(
        lambda lon, lat: 1000 * (lon - 110) + 500 * (lat - 30),
        west=109, south=29, spacing=1 / 12, shape=(24, 24),
    )  # fmt: skip
    grid = small()
    terrain = on_grid(field, grid, kind="coarse")
    plane = 1000 * (grid.longitudes[None] - 110) + 500 * (grid.latitudes[:, None] - 30)
    np.testing.assert_allclose(terrain["elevation"], plane, atol=0.01)
    assert terrain.attrs["terrain_kind"] == "coarse"


def test_a_plane_has_one_slope_everywhere():
    grid = small(south=0.0, rows=11, columns=12)
    # 10 m per 0.01 degree eastwards and northwards, at the equator
    heights = 1000 * grid.longitudes[None] + 1000 * grid.latitudes[:, None]
    expected = np.rad2deg(np.arctan(np.sqrt(2) * 1000 / METRES_PER_DEGREE))
    np.testing.assert_allclose(slope(heights, grid), expected, rtol=1e-4)


def test_slope_is_that_of_horn_by_hand():
    grid = Grid(west=0, south=-1.5, longitude_spacing=1, latitude_spacing=1, rows=3, columns=3)
    window = np.array([[0.0, 0, 8e3], [0, 0, 4e3], [0, 0, 8e3]])
    # east: ((8 + 2*4 + 8) - 0) km / 8 over one degree = 3 km / 111.195 km; north: 0
    expected = np.rad2deg(np.arctan(3e3 / METRES_PER_DEGREE))
    assert slope(window, grid)[1, 1] == pytest.approx(expected, rel=1e-6)


def test_position_is_height_above_the_mean_of_a_true_circle():
    grid = small(rows=31, columns=41, south=60.0)
    heights = np.random.default_rng(0).uniform(0, 1000, grid.shape)
    ours = topographic_position(heights, grid, radius=3000.0)
    row, column = 15, 20
    north = METRES_PER_DEGREE * (grid.latitudes - grid.latitudes[row])[:, None]
    east = (
        METRES_PER_DEGREE
        * np.cos(np.deg2rad(grid.latitudes[row]))
        * (grid.longitudes - grid.longitudes[column])
    )
    inside = np.hypot(north, east[None]) <= 3000.0
    assert inside.sum() == pytest.approx(np.pi * 9 / (1.112**2 * 0.5), rel=0.15)
    expected = heights[row, column] - heights[inside].mean()
    assert ours[row, column] == pytest.approx(expected, abs=1e-6)


def test_a_flat_country_has_no_relief():
    field = fine(lambda lon, lat: 7.0 + 0 * lon * lat, west=109, south=29, spacing=0.005,
                 shape=(400, 400))  # fmt: skip
    terrain = on_grid(field, small())
    for name in ("slope", "tpi_3km", "tpi_10km"):
        np.testing.assert_allclose(terrain[name], 0.0, atol=1e-4)


def test_a_window_of_the_grid_gets_the_same_terrain():
    field = fine(
        lambda lon, lat: 500 * np.sin(20 * lon) * np.cos(30 * lat),
        west=109.7, south=29.7, spacing=0.004, shape=(250, 300),
    )  # fmt: skip
    grid = small()
    window = grid.window(rows=slice(5, 20), columns=slice(10, 30))
    whole = on_grid(field, grid).isel(latitude=slice(5, 20), longitude=slice(10, 30))
    part = on_grid(field, window)
    for name in whole.data_vars:
        np.testing.assert_allclose(part[name], whole[name], atol=1e-3)


def test_a_source_that_does_not_cover_the_grid_is_refused_with_both_boxes():
    field = fine(lambda lon, lat: lon + lat, west=110, south=30, spacing=0.01, shape=(20, 20))
    with pytest.raises(TerrainError, match=r"110,30,110.4,30.3 .* 110,30,110.2,30.2"):
        on_grid(field, small())


@pytest.mark.parametrize("crop", ["north_china", "chongqing", "dabie_yuexi_anqing"])
def test_heights_agree_with_national_stations(crop):
    pandas = pytest.importorskip("pandas")
    stations = pandas.read_csv(shared_data("terrain_china_30s/cma_national_stations_2411.csv"))
    field = load(shared_data(f"terrain_china_30s/dem30s_{crop}.nc"))
    west, south = float(field["longitude"][0]) + 0.05, float(field["latitude"][0]) + 0.05
    rows, columns = field.sizes["latitude"] - 14, field.sizes["longitude"] - 14
    grid = Grid(
        west=round(west, 2), south=round(south, 2), longitude_spacing=0.01, latitude_spacing=0.01,
        rows=int(rows / 1.2), columns=int(columns / 1.2),
    )  # fmt: skip
    terrain = on_grid(field, grid)
    box = grid.bounds
    inside = stations.lon.between(box.west, box.east, inclusive="left")
    inside &= stations.lat.between(box.south, box.north, inclusive="left")
    chosen = stations[inside]
    assert len(chosen) >= 10
    row = ((chosen.lat - box.south) / 0.01).astype(int).to_numpy()
    column = ((chosen.lon - box.west) / 0.01).astype(int).to_numpy()
    error = terrain["elevation"].values[row, column] - chosen.alt_m.to_numpy()
    assert abs(np.median(error)) < 15
    # stations lie in valleys and have coordinates in whole hundredths of a degree
    assert np.median(np.abs(error)) < 35
