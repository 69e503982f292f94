"""Every model cell keeps its amount, wherever the fine cells put it."""

import numpy as np
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.downscale import Target, at_points, downscale, prepare
from forecast.downscale.finish import orographic_factor
from forecast.downscale.rain import cell_means, closing_ratio, factors, increase_with_height
from grids.grid import Grid
from grids.regrid import Mesh, nearest
from tests.unit.downscale.reference import made_up_run, made_up_terrain

RAIN = ("precipitation",)


def terrain_of_whole_cells():
    """Fine cells that tile 4 x 4 model cells of the made-up run exactly: 30.125 to 31.125 N."""
    rng = np.random.default_rng(7)
    axis = 0.025 * (np.arange(40) + 0.5)
    return xr.Dataset(
        {
            "elevation": (
                ("latitude", "longitude"),
                rng.uniform(0.0, 2500.0, (40, 40)).astype(np.float32),
            )
        },
        coords={
            "latitude": np.round(29.625 + axis, 6),
            "longitude": np.round(115.625 + axis, 6),
        },
    )


def means_of_cells(fine, terrain):
    weight = np.cos(np.deg2rad(terrain.latitude.values))[:, None] * np.ones((1, 40))
    blocks = lambda a: a.reshape(*a.shape[:-2], 4, 10, 4, 10).sum(axis=(-1, -3))  # noqa: E731
    return blocks(fine.astype(np.float64) * weight) / blocks(weight)


def test_each_model_cell_keeps_its_amount() -> None:
    native, terrain = made_up_run(), terrain_of_whole_cells()
    fine = downscale(native, terrain, variables=RAIN).precipitation.values
    inside = {"latitude": slice(29.7, 30.55), "longitude": slice(115.7, 116.55)}
    wanted = native.precipitation.sel(**inside).values
    assert wanted.shape[1:] == (4, 4)
    np.testing.assert_allclose(means_of_cells(fine, terrain), wanted, rtol=2e-6, atol=1e-6)


def test_bilinear_alone_would_not_keep_it() -> None:
    native, terrain = made_up_run(), terrain_of_whole_cells()
    fine = downscale(native, terrain, method="bilinear", variables=RAIN).precipitation.values
    wanted = native.precipitation.sel(latitude=slice(29.7, 30.55), longitude=slice(115.7, 116.55))
    assert np.abs(means_of_cells(fine, terrain) - wanted.values).max() > 0.1


def test_the_operator_conserves_to_1e_9_in_double_precision() -> None:
    rng = np.random.default_rng(1)
    mesh = Mesh.regular(latitude=29.0 + 0.25 * np.arange(12), longitude=115 + 0.25 * np.arange(12))
    grid = Grid(
        west=115.625,
        south=29.625,
        longitude_spacing=0.025,
        latitude_spacing=0.025,
        rows=40,
        columns=40,
    )
    means = cell_means(
        mesh,
        grid,
        elevation=rng.uniform(0, 2000, (40, 40)).astype(np.float32),
        model_elevation=rng.uniform(0, 2000, 144).astype(np.float32),
        increase=0.3,
    )
    amounts = np.maximum(rng.normal(1.0, 2.0, (144, 30)), 0.0)
    ratio = closing_ratio(amounts, means)
    got = means @ amounts
    closing = np.divide(amounts, got, out=np.ones_like(got), where=got > 0)
    np.testing.assert_allclose(got * closing, amounts, rtol=1e-9)
    np.testing.assert_allclose(ratio, closing, rtol=1e-6)


def test_a_dry_model_cell_stays_dry_and_nothing_is_negative() -> None:
    native, terrain = made_up_run(), terrain_of_whole_cells()
    fine = downscale(native, terrain, variables=RAIN).precipitation.values
    cells = fine.reshape(24, 4, 10, 4, 10)
    wanted = native.precipitation.sel(latitude=slice(29.7, 30.55), longitude=slice(115.7, 116.55))
    dry = wanted.values == 0.0
    assert 0.05 < dry.mean() < 0.95
    assert np.all(cells.transpose(0, 1, 3, 2, 4)[dry] == 0.0)
    assert fine.min() >= 0.0


def test_twice_the_rain_gives_twice_the_rain() -> None:
    native, terrain = made_up_run(), made_up_terrain()
    once = downscale(native, terrain, variables=RAIN).precipitation.values
    native["precipitation"] = native.precipitation * 2
    twice = downscale(native, terrain, variables=RAIN).precipitation.values
    np.testing.assert_allclose(twice, 2 * once, rtol=2e-6)


def test_uniform_rain_over_flat_terrain_stays_uniform() -> None:
    native, terrain = made_up_run(steps=2), made_up_terrain()
    native["precipitation"] = native.precipitation * 0 + np.float32(3.5)
    native["model_elevation"] = native.model_elevation * 0 + np.float32(200.0)
    terrain["elevation"] = terrain.elevation * 0 + np.float32(200.0)
    fine = downscale(native, terrain, variables=RAIN).precipitation.values
    np.testing.assert_allclose(fine, 3.5, rtol=1e-6)


def test_more_falls_on_the_heights_of_a_cell() -> None:
    native, terrain = made_up_run(), terrain_of_whole_cells()
    fine = downscale(native, terrain, variables=RAIN).precipitation.values.sum(axis=0)
    height = terrain.elevation.values
    for row in range(4):
        for column in range(4):
            cell = np.s_[10 * row : 10 * row + 10, 10 * column : 10 * column + 10]
            high = fine[cell][height[cell] > 1800.0].mean()
            assert high > fine[cell][height[cell] < 700.0].mean()


def test_points_with_their_terrain_get_the_rain_of_their_cells() -> None:
    native, terrain = made_up_run(), made_up_terrain()
    fine = downscale(native, terrain, variables=RAIN)
    rows, columns = np.array([3, 17, 30]), np.array([4, 25, 44])
    points = xr.Dataset(
        {"elevation": ("point", terrain.elevation.values[rows, columns].astype(float))},
        coords={
            "latitude": ("point", terrain.latitude.values[rows]),
            "longitude": ("point", terrain.longitude.values[columns]),
        },
    )
    at = at_points(native, Target.points(points, terrain=terrain), variables=RAIN)
    expected = fine.precipitation.values[:, rows, columns]
    np.testing.assert_allclose(at.precipitation, expected, rtol=2e-6, atol=1e-7)


def test_missing_amounts_stay_missing_without_spoiling_their_neighbours() -> None:
    native, terrain = made_up_run(steps=2), terrain_of_whole_cells()
    holed = native.copy(deep=True)
    holed["precipitation"][0, 5, 5] = np.nan
    plan = prepare(holed, terrain, variables=RAIN)
    assert plan.patchy.sum() == 1
    fine = downscale(holed, terrain, variables=RAIN).precipitation.values
    assert 0.0 < np.isnan(fine[0]).mean() < 0.2
    assert not np.isnan(fine[1]).any()


def test_the_factor_is_limited_and_equal_in_kernel_and_operator() -> None:
    difference = np.linspace(-4000, 4000, 81).astype(np.float32)
    several = factors(difference, 0.35)
    one = [orographic_factor(d, np.float32(0.35)) for d in difference]
    np.testing.assert_allclose(several, one, rtol=1e-6)
    assert several.min() >= 0.5
    assert several.max() <= 2.1
    assert several[40] == 1.0


def test_the_increase_follows_the_season_of_the_hemisphere() -> None:
    assert increase_with_height(1, latitude=40.0) == increase_with_height(7, latitude=-40.0)
    assert increase_with_height(1, latitude=40.0) > increase_with_height(7, latitude=40.0)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["regular", "rows", "scattered"]))
def test_means_of_any_mesh_sum_to_one_without_relief(seed, kind) -> None:
    rng = np.random.default_rng(seed)
    latitude, longitude = 30.0 + 0.3 * np.arange(7), 100.0 + 0.3 * np.arange(7)
    if kind == "regular":
        mesh = Mesh.regular(latitude=latitude, longitude=longitude)
    else:
        lat, lon = (a.ravel() for a in np.meshgrid(latitude, longitude, indexing="ij"))
        shake = 0.05 * rng.normal(size=(2, 49)) if kind == "scattered" else np.zeros((2, 49))
        mesh = Mesh.at_nodes(latitude=lat + shake[0], longitude=lon + shake[1])
    grid = Grid(
        west=100.6, south=30.6, longitude_spacing=0.05, latitude_spacing=0.05, rows=12, columns=12
    )
    means = cell_means(
        mesh,
        grid,
        elevation=np.zeros((12, 12), np.float32),
        model_elevation=np.zeros(49, np.float32),
        increase=0.3,
    )
    np.testing.assert_allclose(means.sum(axis=1), 1.0, rtol=1e-6)
    lon, lat = np.meshgrid(grid.longitudes, grid.latitudes)
    touched = np.unique(nearest(mesh, longitude=lon, latitude=lat))
    assert (means.diagonal()[touched] < 1.0).all()
