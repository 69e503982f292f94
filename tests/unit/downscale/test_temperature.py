"""Temperature and dew point: what the local gradient must and must not do."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.downscale import at_points
from forecast.downscale.gradient import gradient_operator, window_width
from grids.regrid import Mesh, apply, interpolation
from tests.unit.downscale.reference import START, made_up_run

LATITUDE = 29.0 + 0.25 * np.arange(12)
LONGITUDE = 115.0 + 0.25 * np.arange(12)


def run(warm, height, *, name="temperature_2m", **more):
    """A one-hour run on a regular mesh of 0.25°."""
    dims = ("latitude", "longitude")
    data = {name: (("time", *dims), np.asarray(warm, np.float32)[None])}
    data["model_elevation"] = (dims, np.asarray(height, np.float32))
    data |= {key: (dims, np.asarray(field, np.float32)) for key, field in more.items()}
    return xr.Dataset(
        data,
        coords={
            "time": [START],
            "latitude": LATITUDE,
            "longitude": LONGITUDE,
            "forecast_reference_time": START,
            "forecast_period": ("time", [np.timedelta64(0, "ns")]),
        },
    )


def places(elevation, *, count=30, seed=0):
    rng = np.random.default_rng(seed)
    heights = np.broadcast_to(np.asarray(elevation, float), (count,))
    return xr.Dataset(
        {"elevation": ("point", heights.copy())},
        coords={
            "latitude": ("point", rng.uniform(29.3, 31.4, count)),
            "longitude": ("point", rng.uniform(115.3, 117.4, count)),
        },
    )


def interpolated(field, points):
    mesh = Mesh.regular(latitude=LATITUDE, longitude=LONGITUDE)
    weights = interpolation(
        mesh, longitude=points.longitude.values, latitude=points.latitude.values
    )
    return apply(weights, np.asarray(field).ravel())


def relief(seed=1):
    return np.random.default_rng(seed).uniform(100.0, 1500.0, (12, 12))


def planes(points=None):
    if points is not None:
        return points.longitude.values, points.latitude.values
    return np.meshgrid(LONGITUDE, LATITUDE)


def test_no_height_difference_gives_the_bilinear_value() -> None:
    height, warm = relief(), np.random.default_rng(2).normal(10.0, 4.0, (12, 12))
    points = places(0.0)
    points["elevation"] = ("point", interpolated(height, points).astype(float))
    result = at_points(run(warm, height), points).temperature_2m.values[0]
    bilinear = at_points(run(warm, height), points, method="bilinear").temperature_2m.values[0]
    np.testing.assert_allclose(result, bilinear, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(bilinear, interpolated(warm, points), rtol=1e-6)


def test_a_temperature_linear_in_x_y_and_z_is_reproduced() -> None:
    height = relief()
    east, north = planes()
    rate = -0.0065
    warm = 20.0 + 0.8 * (east - 116.0) - 1.1 * (north - 30.0) + rate * height
    points = places(np.linspace(0.0, 2500.0, 30))
    east, north = planes(points)
    truth = 20.0 + 0.8 * (east - 116.0) - 1.1 * (north - 30.0) + rate * points.elevation.values
    result = at_points(run(warm, height), points).temperature_2m.values[0]
    np.testing.assert_allclose(result, truth, atol=2e-4)


def test_another_rate_is_found_up_to_the_pull_of_the_prior() -> None:
    height = relief()
    result = gradient_operator(
        Mesh.regular(latitude=LATITUDE, longitude=LONGITUDE),
        height.ravel(),
        usable=np.ones(144, bool),
    ).gradient((10.0 - 0.0045 * height.reshape(-1, 1)).astype(np.float32), prior=-6.5)
    assert np.abs(result * 1000 + 4.5).max() < 0.65


def test_flat_terrain_gives_the_prior_gradient() -> None:
    warm = np.random.default_rng(2).normal(10.0, 4.0, (12, 12))
    points = places(700.0)
    result = at_points(run(warm, np.full((12, 12), 200.0)), points).temperature_2m.values[0]
    np.testing.assert_allclose(result, interpolated(warm, points) - 3.25, atol=2e-5)


def test_dew_point_falls_by_3_k_per_km_over_flat_terrain() -> None:
    warm = np.full((12, 12), 8.0)
    native = run(warm, np.full((12, 12), 200.0), name="dew_point_2m")
    result = at_points(native, places(1200.0)).dew_point_2m.values[0]
    np.testing.assert_allclose(result, 5.0, atol=2e-5)


def test_the_gradient_is_bounded_by_dry_adiabat_and_inversion() -> None:
    mesh = Mesh.regular(latitude=LATITUDE, longitude=LONGITUDE)
    operator = gradient_operator(mesh, relief().ravel(), usable=np.ones(144, bool))
    wild = np.random.default_rng(4).normal(0.0, 80.0, (144, 5)).astype(np.float32)
    gradient = operator.gradient(wild, prior=-6.5)
    assert gradient.min() >= -0.0098 - 1e-9
    assert gradient.max() <= 0.005 + 1e-9


def test_an_inversion_is_followed_over_60_m_only() -> None:
    height = relief()
    native = run(5.0 + 0.004 * height, height)
    at = places(0.0, count=1)
    base = float(interpolated(height, at)[0])
    heights = np.array([0.0, 60.0, 1060.0])
    points = xr.concat([at] * 3, "point").assign(elevation=("point", base + heights))
    value = at_points(native, points).temperature_2m.values[0].astype(float)
    assert 0.0025 < (value[1] - value[0]) / 60.0 < 0.0042
    np.testing.assert_allclose(value[2], value[1], atol=1e-5)


def test_raising_model_and_place_alike_changes_nothing() -> None:
    height, warm = relief(), np.random.default_rng(2).normal(10.0, 4.0, (12, 12))
    low = at_points(run(warm, height), places(800.0)).temperature_2m.values
    high = at_points(run(warm, height + 100.0), places(900.0)).temperature_2m.values
    np.testing.assert_allclose(low, high, atol=5e-5)


def test_order_of_latitudes_and_convention_of_longitudes_do_not_matter() -> None:
    native = made_up_run(steps=3)
    points = places(500.0)
    expected = at_points(native, points)
    turned = native.assign_coords(longitude=native.longitude - 360.0)
    np.testing.assert_array_equal(at_points(turned, points).temperature_2m, expected.temperature_2m)
    northern_first = native.isel(latitude=slice(None, None, -1))
    for name in expected.data_vars:
        np.testing.assert_allclose(
            at_points(northern_first, points)[name], expected[name], rtol=2e-6, atol=2e-5
        )


def test_a_list_of_nodes_gives_what_the_regular_mesh_gives() -> None:
    native = made_up_run(steps=3)
    nodes = native.stack(node=("latitude", "longitude")).reset_index("node")
    nodes = nodes.transpose("time", "node").isel(node=slice(None, None, -1))
    points = places(500.0)
    for method in ("bilinear", "fixed-lapse"):
        expected = at_points(native, points, method=method)
        result = at_points(nodes, points, method=method)
        for name in ("temperature_2m", "surface_pressure", "wind_speed_10m"):
            np.testing.assert_allclose(result[name], expected[name], rtol=2e-6, atol=2e-5)


def test_a_missing_node_gives_its_weight_to_the_others() -> None:
    height, warm = relief(), np.full((12, 12), 12.0)
    warm = warm - 0.0065 * height
    holed = warm.copy()
    holed[5, 5] = np.nan
    points = places(600.0, count=200)
    result = at_points(run(holed, height), points).temperature_2m.values[0]
    known = np.isfinite(result)
    assert 0.9 < known.mean() <= 1.0
    np.testing.assert_allclose(result[known], 12.0 - 3.9, atol=2e-3)


def test_sea_nodes_are_left_out_of_the_gradient() -> None:
    height, land = relief(), np.ones((12, 12))
    land[:, :6] = 0.0
    height[:, :6] = 0.0
    warm = 20.0 - 0.0075 * height
    warm[:, :6] = 14.0
    mesh = Mesh.regular(latitude=LATITUDE, longitude=LONGITUDE)
    operator = gradient_operator(mesh, height.ravel(), usable=land.ravel() > 0.5)
    rate = operator.gradient(warm.reshape(-1, 1).astype(np.float32), prior=-6.5) * 1000.0
    assert np.abs(rate.reshape(12, 12)[:, 6] + 7.5).max() < 0.6


@settings(max_examples=30, deadline=None)
@given(st.floats(-400.0, 6000.0), st.floats(-60.0, 40.0), st.integers(0, 10_000))
def test_dew_point_never_exceeds_temperature_and_humidity_stays_in_range(
    elevation, level, seed
) -> None:
    rng = np.random.default_rng(seed)
    height = rng.uniform(0.0, 3000.0, (12, 12))
    warm = level + rng.normal(0.0, 6.0, (12, 12))
    native = run(warm, height)
    dew = (warm - np.abs(rng.normal(0.0, 8.0, (12, 12)))).astype(np.float32)
    native["dew_point_2m"] = (("time", "latitude", "longitude"), dew[None])
    result = at_points(native, places(elevation, count=8))
    assert (result.dew_point_2m <= result.temperature_2m).all()
    assert ((result.relative_humidity_2m >= 0) & (result.relative_humidity_2m <= 100)).all()
    assert (result.vapour_pressure_deficit >= 0).all()


def test_saturated_air_has_full_humidity_and_no_deficit() -> None:
    native = run(np.full((12, 12), 9.0), np.full((12, 12), 300.0))
    native["dew_point_2m"] = native.temperature_2m
    points = places(300.0)
    result = at_points(native, points)
    np.testing.assert_allclose(result.relative_humidity_2m, 100.0, atol=1e-4)
    np.testing.assert_allclose(result.vapour_pressure_deficit, 0.0, atol=1e-6)


@pytest.mark.parametrize(("spacing", "width"), [(0.1, 9), (0.25, 5), (0.5, 5), (0.0625, 9)])
def test_the_window_spans_about_a_degree(spacing, width) -> None:
    mesh = Mesh.regular(
        latitude=30.0 + spacing * np.arange(20), longitude=115.0 + spacing * np.arange(20)
    )
    assert window_width(mesh) == width
