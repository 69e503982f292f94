"""Night features: what they say of made-up ground, and that they stay what they are."""

import dask.array as da
import numpy as np
import pytest
import xarray as xr

from forecast.calibrate.terrain_features import (
    sky_emissivity,
    stillness,
    sun_elevation,
    terrain_features,
)
from forecast.errors import DataError

STEP = 0.01
NORTH = 40.0 + STEP * np.arange(90)
EAST = 117.0 + STEP * np.arange(110)


def ground(height) -> xr.Dataset:
    return xr.Dataset(
        {"elevation": (("latitude", "longitude"), np.asarray(height, np.float32))},
        coords={"latitude": NORTH, "longitude": EAST},
    )


def rough() -> np.ndarray:
    return np.random.default_rng(5).uniform(0.0, 900.0, (NORTH.size, EAST.size))


def hours(values) -> xr.DataArray:
    times = np.datetime64("2025-01-10T12", "ns") + np.arange(len(values)) * np.timedelta64(1, "h")
    return xr.DataArray(np.asarray(values, float), dims="time", coords={"time": times})


def test_flat_ground_and_an_even_slope_have_no_features_inside() -> None:
    assert np.abs(terrain_features(ground(np.full((90, 110), 300.0)))).max() < 1e-4
    slope = terrain_features(ground(np.broadcast_to(np.arange(110) * 20.0, (90, 110))))
    assert np.abs(slope[:, :, 54:56]).max() < 1e-3


def test_position_is_the_height_above_the_mean_within_3_km_as_counted_by_hand() -> None:
    height = np.zeros((90, 110))
    height[45, 55] = 490.0
    # 7 rows of 1.11 km and 9 columns of 0.85 km lie within 3 km: the mean is 490 / 63 m
    inside = terrain_features(ground(height)).sel(feature="tpi_3km").values
    spread = inside[45, 55] - inside[45, 20]
    assert spread == pytest.approx((490.0 - 490.0 / 63.0) / 100.0, abs=1e-3)


def test_a_plain_beside_hills_is_less_rough_than_the_hills() -> None:
    height = rough()
    height[:, :55] = 50.0
    feature = terrain_features(ground(height)).sel(feature="roughness")
    assert float(feature[:, 40:45].max()) < 0.0 < float(feature[:, 65:72].min())


def test_no_feature_changes_the_mean_of_a_model_cell_by_much() -> None:
    features = terrain_features(ground(rough()))
    cell = features[:, 30:60, 40:70].mean(("latitude", "longitude"))
    assert np.abs(cell).max() < 0.05


def test_sea_is_left_out_and_has_no_feature() -> None:
    height = rough()
    land = height.copy()
    land[:, :30] = np.nan
    features = terrain_features(ground(land))
    assert np.isfinite(features).all()
    assert (features[:, :, :30] == 0.0).all()
    np.testing.assert_array_equal(
        features.values[:, :, 100:], terrain_features(ground(height)).values[:, :, 100:]
    )


def test_a_lazy_terrain_stays_lazy_and_gives_the_same() -> None:
    height = np.tile(rough(), (2, 2))
    axes = {"latitude": 40.0 + STEP * np.arange(180), "longitude": 117.0 + STEP * np.arange(220)}
    whole = xr.Dataset({"elevation": (tuple(axes), height.astype(np.float32))}, coords=axes)
    lazy = terrain_features(whole.chunk({"latitude": 60, "longitude": 70}))
    assert isinstance(lazy.data, da.Array)
    np.testing.assert_allclose(lazy.compute(), terrain_features(whole), atol=2e-5)


def test_latitudes_may_run_either_way() -> None:
    terrain = ground(rough())
    turned = terrain_features(terrain.isel(latitude=slice(None, None, -1)))
    np.testing.assert_allclose(turned.sel(latitude=NORTH), terrain_features(terrain), atol=1e-5)


def test_day_wind_and_cloud_end_the_weight() -> None:
    still = stillness(hours([0.0] * 30), hours([-20.0] * 30))
    assert still.values.max() == pytest.approx(1.0)
    assert float(stillness(hours([0.0] * 3), hours([30.0] * 3)).max()) == 0.0
    windy = stillness(hours([5.0] * 3), hours([-20.0] * 3))
    np.testing.assert_allclose(windy, 0.5, atol=1e-6)
    covered = stillness(hours([0.0] * 3), hours([-20.0] * 3), cloud_cover=hours([100.0] * 3))
    np.testing.assert_allclose(covered, (1 - 0.7 * 1.22) / 0.3, atol=1e-6)
    grey = stillness(hours([0.0] * 3), hours([-20.0] * 3), sky_emissivity=hours([1.0] * 3))
    assert float(grey.max()) == 0.0


def test_a_pool_forms_with_a_lag_of_two_hours() -> None:
    sun = hours([40.0] + [-20.0] * 6)
    np.testing.assert_allclose(
        stillness(hours([0.0] * 7), sun), 1.0 - np.exp(-np.arange(7) / 2.0), atol=1e-6
    )


def test_the_sun_stands_where_the_almanac_says() -> None:
    # Greenwich, 2020-06-20 12:02 UTC (true noon, solstice): 90 - 51.48 + 23.44 degrees
    noon = xr.DataArray(np.array(["2020-06-20T12:01:40"], "datetime64[ns]"), dims="time")
    noon = noon.assign_coords(time=noon)
    assert float(sun_elevation(noon, latitude=51.48, longitude=0.0)[0]) == pytest.approx(
        61.96, abs=0.05
    )


def test_a_black_body_has_the_emissivity_one() -> None:
    # 5.670374e-8 x 288.15^4 = 390.91 W m-2
    got = sky_emissivity(xr.DataArray(390.91), xr.DataArray(15.0))
    assert float(got) == pytest.approx(1.0, abs=1e-4)


def test_a_terrain_without_elevation_is_refused() -> None:
    with pytest.raises(DataError, match="need elevation"):
        terrain_features(xr.Dataset())
