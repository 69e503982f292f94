"""Interpolation from regular and reduced Gaussian meshes."""

import gridpp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import RegularGridInterpolator

from grids.errors import InvalidGrid, OutsideGrid
from grids.regrid import Mesh, apply, covers, interpolation, nearest

LATITUDE = np.arange(30.0, 40.1, 0.25)
LONGITUDE = np.arange(110.0, 120.1, 0.25)


def regional():
    return Mesh.regular(latitude=LATITUDE, longitude=LONGITUDE)


def global_mesh():
    return Mesh.regular(latitude=np.arange(-90.0, 90.1, 2.5), longitude=np.arange(0.0, 360.0, 2.5))


def octahedral(number=16):
    """Rows of 20, 24, 28 ... nodes towards the equator, as in ECMWF's octahedral grids."""
    latitudes = np.rad2deg(np.arcsin(np.polynomial.legendre.leggauss(2 * number)[0]))
    counts = [20 + 4 * min(row, 2 * number - 1 - row) for row in range(2 * number)]
    longitude = np.concatenate([np.arange(count) * 360.0 / count for count in counts])
    return Mesh.at_nodes(latitude=np.repeat(latitudes, counts), longitude=longitude)


@settings(max_examples=40, deadline=None)
@given(
    a=st.floats(-5, 5),
    b=st.floats(-5, 5),
    seed=st.integers(0, 2**31),
    descending=st.booleans(),
    turn=st.sampled_from([-360.0, 0.0, 360.0]),
)
def test_fields_linear_in_longitude_and_latitude_are_exact(a, b, seed, descending, turn):
    latitude = LATITUDE[::-1] if descending else LATITUDE
    mesh = Mesh.regular(latitude=latitude, longitude=LONGITUDE + turn)
    random = np.random.default_rng(seed)
    lon, lat = random.uniform(110, 120, 50), random.uniform(30, 40, 50)
    weights = interpolation(mesh, longitude=lon, latitude=lat)
    values = a * (mesh.longitude - 115) + b * (mesh.latitude - 35)
    np.testing.assert_allclose(apply(weights, values), a * (lon - 115) + b * (lat - 35), atol=2e-5)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    descending=st.booleans(),
    shift=st.sampled_from(["0..360", "-180..180", "rolled"]),
    turn=st.sampled_from([-360.0, 0.0, 360.0]),
)
def test_order_and_longitude_convention_do_not_change_a_bit(seed, descending, shift, turn):
    random = np.random.default_rng(seed)
    latitude, longitude = np.arange(-90, 90.01, 7.5), np.round(np.arange(0, 360, 0.9), 1)[::5]
    field = random.normal(size=(latitude.size, longitude.size))
    lon, lat = random.uniform(-180, 180, 200), random.uniform(-90, 90, 200)
    base = Mesh.regular(latitude=latitude, longitude=longitude)
    expected = interpolation(base, longitude=lon, latitude=lat)
    if shift == "-180..180":
        order = np.argsort((longitude + 180.0) % 360.0)
        axis = (longitude[order] + 180.0) % 360.0 - 180.0
    else:
        order = np.roll(np.arange(longitude.size), 13 if shift == "rolled" else 0)
        axis = longitude[order]
    rows = np.arange(latitude.size)[:: -1 if descending else 1]
    mesh = Mesh.regular(latitude=latitude[rows], longitude=axis)
    got = interpolation(mesh, longitude=lon + turn, latitude=lat)
    # the targets themselves lose the last bits by ± 360, so use what is exact
    got_same = interpolation(mesh, longitude=lon, latitude=lat)
    assert np.array_equal(got_same.weights, expected.weights)
    changed = field[rows][:, order].ravel()
    assert np.array_equal(changed[got_same.nearest], field.ravel()[expected.nearest])
    result = apply(expected, field.ravel())
    assert np.array_equal(apply(got_same, changed), result)
    np.testing.assert_allclose(apply(got, changed), result, atol=1e-6)


def test_whole_hundredths_of_a_degree_are_bit_equal_in_every_convention():
    lon, lat = np.meshgrid(np.arange(-17999, 18000, 1013) / 100, np.arange(-8999, 9000, 777) / 100)
    results = [
        interpolation(global_mesh(), longitude=lon + turn, latitude=lat) for turn in (-360, 0, 360)
    ]
    for other in results[1:]:
        assert np.array_equal(results[0].nodes, other.nodes)
        assert np.array_equal(results[0].weights, other.weights)


def test_agrees_with_scipy_and_gridpp():
    random = np.random.default_rng(3)
    field = random.normal(280, 10, (LATITUDE.size, LONGITUDE.size)).astype(np.float32)
    lon, lat = random.uniform(110, 120, 500), random.uniform(30, 40, 500)
    ours = apply(interpolation(regional(), longitude=lon, latitude=lat), field.ravel())
    scipy_value = RegularGridInterpolator((LATITUDE, LONGITUDE), field)(np.stack([lat, lon], -1))
    np.testing.assert_allclose(ours, scipy_value, atol=1e-4)
    lons, lats = np.meshgrid(LONGITUDE, LATITUDE)
    gridpp_value = gridpp.bilinear(gridpp.Grid(lats, lons), gridpp.Points(lat, lon), field)
    np.testing.assert_allclose(ours, gridpp_value, atol=5e-3)


@pytest.mark.parametrize("mesh", [global_mesh(), octahedral()], ids=["regular", "octahedral"])
def test_weights_are_a_partition_of_unity_all_over_the_globe(mesh):
    random = np.random.default_rng(1)
    lon = np.concatenate([random.uniform(-180, 180, 3000), [0, 180, -180, 360, 77]])
    lat = np.concatenate([random.uniform(-90, 90, 3000), [90, -90, 0, 89.9, -89.9]])
    weights = interpolation(mesh, longitude=lon, latitude=lat)
    assert weights.weights.min() >= 0
    np.testing.assert_allclose(weights.weights.sum(axis=1), 1, atol=3e-7)
    np.testing.assert_allclose(apply(weights, np.full(mesh.size, 7.5)), 7.5)


def test_values_are_continuous_over_the_dateline():
    mesh = global_mesh()
    field = np.cos(np.deg2rad(mesh.longitude)) + 0.01 * mesh.latitude
    lon = np.array([179.999999, -179.999999, 180.0, -180.0])
    values = apply(interpolation(mesh, longitude=lon, latitude=np.full(4, 10.0)), field)
    np.testing.assert_allclose(values, values[0], atol=1e-6)


def test_halfway_over_the_dateline_is_the_mean_of_both_sides():
    mesh = Mesh.regular(latitude=[0.0, 1.0], longitude=[178.0, 179.0, -180.0, -179.0])
    field = np.array([1.0, 2, 3, 5] * 2)
    weights = interpolation(mesh, longitude=[179.5, 180.5, -179.5], latitude=[0.5] * 3)
    np.testing.assert_allclose(apply(weights, field), [2.5, 4.0, 4.0])


@pytest.mark.parametrize("latitude", [90.0, -90.0])
def test_at_the_pole_every_longitude_gives_the_same_value(latitude):
    lon = np.array([-180.0, -90, 0, 33.3, 180, 270, 360])
    for mesh in (global_mesh(), octahedral()):
        field = np.random.default_rng(0).normal(size=mesh.size)
        weights = interpolation(mesh, longitude=lon, latitude=np.full(7, latitude))
        assert np.unique(apply(weights, field)).size == 1


def test_across_the_pole_the_opposite_meridian_takes_part():
    mesh = Mesh.regular(latitude=[87.5, 88.5, 89.5], longitude=np.arange(0, 360, 90.0))
    field = np.array([0.0] * 8 + [1, 2, 3, 4])
    weights = interpolation(mesh, longitude=[0.0, 0.0], latitude=[89.75, 90.0])
    # 0.25 of the 1 degree between 89.5 N 0 E (1.0) and 89.5 N 180 E (3.0), then half
    np.testing.assert_allclose(apply(weights, field), [1.5, 2.0])


def test_rows_are_linear_in_longitude_then_in_latitude():
    rows = [(10.0, [0, 1, 2, 3]), (11.0, [0, 1.5, 3.0, 4.5])]
    latitude = np.concatenate([[lat] * len(lons) for lat, lons in rows])
    mesh = Mesh.at_nodes(latitude=latitude, longitude=np.concatenate([lons for _, lons in rows]))
    assert mesh.kind == "rows"
    field = np.array([0.0, 10, 20, 30, 0, 15, 30, 45])
    weights = interpolation(mesh, longitude=[0.75, 2.5], latitude=[10.25, 10.5])
    np.testing.assert_allclose(apply(weights, field), [7.5, 25.0], rtol=1e-6)


def test_octahedral_nodes_are_detected_and_found_again():
    mesh = octahedral()
    assert mesh.kind == "rows"
    weights = interpolation(mesh, longitude=mesh.longitude, latitude=mesh.latitude)
    assert np.array_equal(weights.nearest, np.arange(mesh.size))
    field = np.random.default_rng(0).normal(size=mesh.size)
    np.testing.assert_allclose(apply(weights, field), field, atol=1e-6)


def test_order_of_nodes_is_free():
    mesh = octahedral()
    order = np.random.default_rng(5).permutation(mesh.size)
    shuffled = Mesh.at_nodes(latitude=mesh.latitude[order], longitude=mesh.longitude[order] + 360)
    field = np.sin(np.deg2rad(mesh.latitude)) + np.cos(np.deg2rad(mesh.longitude))
    lon, lat = np.linspace(-179, 179, 99), np.linspace(-80, 80, 99)
    assert np.array_equal(
        apply(interpolation(mesh, longitude=lon, latitude=lat), field),
        apply(interpolation(shuffled, longitude=lon, latitude=lat), field[order]),
    )


def test_nearest_is_the_nearest_on_the_sphere():
    mesh = octahedral()
    random = np.random.default_rng(9)
    lon, lat = random.uniform(-180, 180, 400), random.uniform(-75, 75, 400)
    found = nearest(mesh, longitude=lon, latitude=lat)
    spread = np.deg2rad(mesh.longitude[np.newaxis] - lon[:, np.newaxis])
    cosine = np.sin(np.deg2rad(lat))[:, None] * np.sin(np.deg2rad(mesh.latitude))
    cosine += np.cos(np.deg2rad(lat))[:, None] * np.cos(np.deg2rad(mesh.latitude)) * np.cos(spread)
    assert (found == cosine.argmax(axis=1)).mean() > 0.99


def test_a_missing_corner_gives_its_weight_to_the_others():
    mesh = Mesh.regular(latitude=[0.0, 1.0], longitude=[0.0, 1.0])
    field = np.array([np.nan, 2.0, 4.0, 6.0])
    weights = interpolation(mesh, longitude=[0.5, 0.1], latitude=[0.5, 0.1])
    values = apply(weights, field)
    assert values[0] == pytest.approx(4.0)
    assert np.isnan(values[1])  # 81 % of the weight is missing


def test_leading_dimensions_ride_along():
    weights = interpolation(regional(), longitude=[115.0], latitude=[35.0])
    field = np.arange(regional().size, dtype=np.float32) * np.ones((2, 3, 1), np.float32)
    assert apply(weights, field).shape == (2, 3, 1)
    with pytest.raises(InvalidGrid, match="1681 nodes"):
        apply(weights, np.zeros((2, 5)))


def test_within_half_a_cell_of_the_edge_the_edge_is_held():
    weights = interpolation(regional(), longitude=[109.88, 120.12], latitude=[29.88, 40.12])
    values = apply(weights, regional().longitude)
    np.testing.assert_allclose(values, [110.0, 120.0])


def test_beyond_half_a_cell_the_first_place_is_named():
    with pytest.raises(OutsideGrid, match=r"longitude 105.5, latitude 35 .* 110 to 120"):
        interpolation(regional(), longitude=[115, 105.5, 104], latitude=[35, 35, 35])
    with pytest.raises(OutsideGrid, match="latitude 41"):
        interpolation(regional(), longitude=[115], latitude=[41])
    with pytest.raises(OutsideGrid, match="finite"):
        interpolation(regional(), longitude=[np.nan], latitude=[35])


def test_a_target_opposite_an_open_mesh_is_outside():
    with pytest.raises(OutsideGrid):
        interpolation(regional(), longitude=[-65.0], latitude=[35.0])


def test_axes_that_are_no_axes_are_refused():
    with pytest.raises(InvalidGrid, match="longitude"):
        Mesh.regular(latitude=[1.0, 2.0], longitude=[0.0, 360.0])
    with pytest.raises(InvalidGrid, match="latitude"):
        Mesh.regular(latitude=[1.0, 1.0], longitude=[0.0, 1.0])
    with pytest.raises(InvalidGrid, match="finite"):
        Mesh.regular(latitude=[1.0, np.nan], longitude=[0.0, 1.0])


def test_a_mesh_covers_half_a_node_distance_beyond_its_nodes():
    reached = covers(
        regional(), longitude=[110.0, 120.12, 120.13, 115.0], latitude=[30.0, 35.0, 35.0, 29.8]
    )
    assert reached.tolist() == [True, True, False, False]
