"""Interpolation from meshes in map projections."""

import numpy as np
import pytest
import xarray as xr
from pyproj import Proj

from grids.errors import InvalidGrid, OutsideGrid
from grids.regrid import Mesh, apply, interpolation
from grids.regrid.mesh import unit_vectors
from grids.regrid.scattered import triangulation

LAMBERT = Proj(proj="lcc", lat_1=38.5, lat_2=38.5, lat_0=38.5, lon_0=-97.5, R=6371229)
POLAR = Proj(proj="stere", lat_0=90, lat_ts=60, lon_0=-105, R=6371229)


def projected(projection, x, y):
    columns, rows = np.meshgrid(x, y)
    longitude, latitude = projection(columns.ravel(), rows.ravel(), inverse=True)
    return Mesh.at_nodes(latitude=latitude, longitude=longitude)


def lambert():
    return projected(LAMBERT, np.arange(-60, 61) * 24e3, np.arange(-40, 41) * 24e3)


def smooth(longitude, latitude):
    return np.sin(np.deg2rad(3 * longitude)) * np.cos(np.deg2rad(4 * latitude)) + latitude / 10


@pytest.mark.parametrize(
    ("projection", "reach"), [(LAMBERT, 60), (POLAR, 50)], ids=["lambert", "over the pole"]
)
def test_smooth_fields_are_met_to_second_order(projection, reach):
    axis = np.arange(-reach, reach + 1) * 24e3
    mesh = projected(projection, axis, axis)
    assert mesh.kind == "scattered"
    random = np.random.default_rng(0)
    x, y = random.uniform(axis[0], axis[-1], (2, 2000))
    lon, lat = projection(x, y, inverse=True)
    if projection is POLAR:
        field, truth = (np.cos(np.deg2rad(v)) ** 2 for v in (mesh.latitude, lat))
    else:
        field, truth = smooth(mesh.longitude, mesh.latitude), smooth(lon, lat)
    values = apply(interpolation(mesh, longitude=lon, latitude=lat), field)
    assert np.abs(values - truth).max() < 1e-3


def test_nodes_give_back_their_own_value():
    mesh = lambert()
    weights = interpolation(mesh, longitude=mesh.longitude + 360, latitude=mesh.latitude)
    assert np.array_equal(weights.nearest, np.arange(mesh.size))
    field = np.random.default_rng(0).normal(size=mesh.size)
    np.testing.assert_allclose(apply(weights, field), field, atol=1e-5)
    np.testing.assert_allclose(weights.weights.sum(axis=1), 1, atol=3e-7)


def test_the_bent_edge_of_a_projected_area_has_no_slivers():
    # the southern edge of a Lambert grid is bent: midway between its corners lies outside
    mesh = lambert()
    weights = interpolation(mesh, longitude=mesh.longitude, latitude=mesh.latitude)
    x, y = np.array([0.0]), np.array([-40.4 * 24e3])
    lon, lat = LAMBERT(x, y, inverse=True)
    held = interpolation(mesh, longitude=lon, latitude=lat)
    assert held.nearest.size == 1
    np.testing.assert_allclose(held.weights.sum(), 1)
    lon, lat = LAMBERT(x, np.array([-41.0 * 24e3]), inverse=True)
    with pytest.raises(OutsideGrid, match="model mesh covers"):
        interpolation(mesh, longitude=lon, latitude=lat)
    assert weights.size == mesh.size


def test_the_triangles_are_those_that_scipy_finds():
    random = np.random.default_rng(2)
    mesh = Mesh.at_nodes(latitude=random.uniform(30, 40, 900), longitude=random.uniform(0, 10, 900))
    lon, lat = random.uniform(1, 9, 500), random.uniform(31, 39, 500)
    ours = interpolation(mesh, longitude=lon, latitude=lat)
    drawn = triangulation(mesh)
    simplex = drawn._delaunay.find_simplex(drawn._project(unit_vectors(lon, lat)))
    expected = np.sort(drawn._delaunay.simplices[simplex], axis=1)
    assert np.array_equal(np.sort(ours.nodes[:, :3], axis=1), expected)


def test_a_node_given_twice_does_no_harm():
    random = np.random.default_rng(2)
    lat, lon = random.uniform(30, 40, 300), random.uniform(0, 10, 300)
    once = Mesh.at_nodes(latitude=lat, longitude=lon)
    twice = Mesh.at_nodes(latitude=np.append(lat, lat[:9]), longitude=np.append(lon, lon[:9]))
    place = {"longitude": random.uniform(2, 8, 50), "latitude": random.uniform(32, 38, 50)}
    np.testing.assert_allclose(
        apply(interpolation(twice, **place), np.append(lat, lat[:9])),
        apply(interpolation(once, **place), lat),
        rtol=1e-6,
    )


def test_from_dataset_knows_the_kind():
    mesh = lambert()
    coords = {"latitude": ("node", mesh.latitude), "longitude": ("node", mesh.longitude)}
    nodes = xr.Dataset(coords=coords)
    assert Mesh.from_dataset(nodes).kind == "scattered"
    axes = xr.Dataset(coords={"latitude": [1.0, 2.0], "longitude": [3.0, 4.0, 5.0]})
    regular = Mesh.from_dataset(axes)
    assert (regular.kind, regular.shape) == ("regular", (2, 3))
    with pytest.raises(InvalidGrid, match="latitude and longitude"):
        Mesh.from_dataset(xr.Dataset(coords={"x": [1.0]}))


def test_too_few_nodes_are_refused():
    mesh = Mesh.at_nodes(latitude=[1.0, 2.0], longitude=[1.0, 2.5])
    with pytest.raises(InvalidGrid, match="three"):
        interpolation(mesh, longitude=[1.0], latitude=[1.0])
