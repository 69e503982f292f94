"""The soil takes up the correction with height late, damped by depth, and never across the sea."""

import numpy as np
import pytest
import xarray as xr

from forecast.downscale import at_points, downscale
from forecast.downscale.soil import (
    damping_depth,
    land_filled,
    middle_m,
    nearest_land,
    slow_gradient,
)
from grids.regrid import Mesh

HOURS = np.arange(0.0, 121.0)


@pytest.mark.parametrize(
    ("name", "depth"),
    [("soil_temperature_0_7cm", 0.035), ("soil_moisture_28_100cm", 0.64)],
)
def test_middle_of_a_layer_is_between_its_bounds(name, depth):
    assert middle_m(name) == pytest.approx(depth)


def test_daily_wave_is_damped_over_twelve_centimetres():
    """sqrt(2 x 5e-7 m2/s / 7.272e-5 s-1) = 0.117 m."""
    assert damping_depth() == pytest.approx(0.117, abs=5e-4)


@pytest.mark.parametrize("depth", [0.035, 0.175, 0.64])
def test_constant_gradient_is_felt_whole_at_every_depth(depth):
    gradient = np.full((2, HOURS.size), -0.0065, dtype=np.float32)
    felt = slow_gradient(gradient, hours=HOURS, depth=depth)
    np.testing.assert_allclose(felt, -0.0065, rtol=1e-6)


def test_daily_swing_is_damped_by_e_at_the_damping_depth():
    """A wave of 2 K/km: at d = D its swing is 2/e = 0.736 K/km, later by 1 radian = 3.8 h."""
    wave = -0.006 + 0.002 * np.cos(2 * np.pi * HOURS / 24.0)
    felt = slow_gradient(wave[np.newaxis].astype(np.float32), hours=HOURS, depth=damping_depth())
    later = felt[0, 24:96]
    assert (later.max() - later.min()) / 2 == pytest.approx(0.002 / np.e, rel=0.05)
    peak = HOURS[24:48][np.argmax(felt[0, 24:48])] - 24.0
    assert peak == pytest.approx(24.0 / (2 * np.pi), abs=1.0)


def test_deep_layer_hardly_swings():
    wave = -0.006 + 0.002 * np.cos(2 * np.pi * HOURS / 24.0)
    felt = slow_gradient(wave[np.newaxis].astype(np.float32), hours=HOURS, depth=0.64)
    assert np.ptp(felt[0, 24:96]) < 1.5e-4


def test_missing_gradient_is_left_out_of_the_mean():
    gradient = np.full((1, 25), -0.005, dtype=np.float32)
    gradient[0, 3:9] = np.nan
    felt = slow_gradient(gradient, hours=np.arange(25.0), depth=0.035)
    np.testing.assert_allclose(felt, -0.005, rtol=1e-6)


def test_three_hourly_steps_give_the_same_mean_as_hours():
    gradient = np.full((1, 41), -0.004, dtype=np.float32)
    felt = slow_gradient(gradient, hours=np.arange(0.0, 121.0, 3.0), depth=0.175)
    np.testing.assert_allclose(felt, -0.004, rtol=1e-6)


def test_sea_nodes_take_the_soil_of_the_nearest_land():
    mesh = Mesh.regular(latitude=[38.0], longitude=[117.0, 117.25, 117.5, 117.75])
    soil = np.array([[0.20], [0.30], [0.0], [0.0]], dtype=np.float32)
    land = np.array([True, True, False, False])
    filled = land_filled(soil, mesh, land=land)
    np.testing.assert_array_equal(filled[:, 0], np.float32([0.20, 0.30, 0.30, 0.30]))


def test_without_land_there_is_no_soil():
    mesh = Mesh.regular(latitude=[0.0], longitude=[10.0, 10.25])
    assert nearest_land(mesh, land=np.zeros(2, dtype=bool)) is None
    assert np.isnan(land_filled(np.zeros((2, 3), np.float32), mesh, land=np.zeros(2, bool))).all()


def coast(height=0.0):
    """Nine by nine nodes, the eastern four columns at sea; temperature falls by 6.5 K/km."""
    latitude, longitude = 38.0 + 0.25 * np.arange(9), 117.0 + 0.25 * np.arange(9)
    shape = (49, 9, 9)
    hill = 200.0 * np.sin(np.arange(81.0)).reshape(9, 9) + height
    land = np.broadcast_to(np.arange(9) < 5, (9, 9)).astype(np.float32)
    fields = {
        "temperature_2m": np.broadcast_to(15.0 - 0.0065 * hill, shape),
        "soil_temperature_0_7cm": np.broadcast_to(12.0 - 0.0065 * hill, shape),
        "soil_moisture_0_7cm": np.broadcast_to(
            np.where(land > 0, 0.20 + 0.01 * np.arange(9), 0.0), shape
        ),
    }
    times = np.datetime64("2025-04-10T00", "ns") + np.arange(49) * np.timedelta64(1, "h")
    dims = ("time", "latitude", "longitude")
    return xr.Dataset(
        {name: (dims, values.astype(np.float32)) for name, values in fields.items()}
        | {
            "model_elevation": (dims[1:], hill.astype(np.float32)),
            "model_land_fraction": (dims[1:], land),
        },
        coords={
            "time": times,
            "latitude": latitude,
            "longitude": longitude,
            "forecast_reference_time": times[0],
            "forecast_period": ("time", times - times[0]),
        },
    )


def places(longitude, elevation, latitude=39.0):
    """Points at a latitude."""
    return xr.Dataset(
        coords={
            "longitude": ("point", np.atleast_1d(longitude).astype(float)),
            "latitude": ("point", np.full(np.size(longitude), latitude)),
            "elevation": ("point", np.broadcast_to(elevation, np.size(longitude)).astype(float)),
        }
    )


def test_soil_is_colder_higher_up_by_the_gradient_of_the_air():
    """12 degC less 6.5 K/km over 1 km: 5.5 degC."""
    made = at_points(coast(), places(117.5, 1000.0), variables=("soil_temperature_0_7cm",))
    np.testing.assert_allclose(made["soil_temperature_0_7cm"], 5.5, atol=0.02)


def test_soil_moisture_is_that_of_one_model_cell_and_never_a_mixture():
    longitude = 117.0 + 0.01 * np.arange(120)
    made = at_points(coast(), places(longitude, 0.0), variables=("soil_moisture_0_7cm",))
    values = np.unique(made["soil_moisture_0_7cm"].values.round(4))
    np.testing.assert_allclose(values, [0.20, 0.21, 0.22, 0.23, 0.24], atol=1e-4)


def test_cells_at_sea_hold_no_soil_and_land_beside_them_that_of_land():
    latitude = np.round(38.505 + 0.01 * np.arange(20), 3)
    longitude = np.round(118.005 + 0.01 * np.arange(20), 3)
    land = np.broadcast_to(longitude < 118.1, (20, 20)).astype(np.float32)
    dims = ("latitude", "longitude")
    terrain = xr.Dataset(
        {"elevation": (dims, np.zeros((20, 20), np.float32)), "land_fraction": (dims, land)},
        coords={"latitude": latitude, "longitude": longitude},
    )
    names = ("soil_temperature_0_7cm", "soil_moisture_0_7cm")
    made = downscale(coast(), terrain, variables=names).compute()
    for name in names:
        assert np.isnan(made[name].values[:, land == 0]).all()
        assert np.isfinite(made[name].values[:, land == 1]).all()
    np.testing.assert_allclose(made["soil_moisture_0_7cm"].values[:, land == 1], 0.24, atol=1e-4)


def test_temperature_of_the_soil_needs_no_air():
    native = coast().drop_vars("temperature_2m")
    made = at_points(native, places(117.5, 1000.0), variables=("soil_temperature_0_7cm",))
    flat = at_points(coast(), places(117.5, 1000.0), method="bilinear")
    np.testing.assert_allclose(
        made["soil_temperature_0_7cm"], flat["soil_temperature_0_7cm"], atol=1e-5
    )
