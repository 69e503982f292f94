"""Windows of neighbours and area means."""

import numpy as np
import pytest
import xarray as xr

from grids.geometry import great_circle_distance
from grids.grid import Grid
from grids.regrid import Mesh, axis_mean, cell_mean, neighbours


def test_the_window_is_five_by_five_around_the_node():
    mesh = Mesh.regular(latitude=np.arange(10.0), longitude=np.arange(100.0, 112.0))
    around = neighbours(mesh)
    centre = 5 * 12 + 6
    expected = (np.arange(3, 8)[:, None] * 12 + np.arange(4, 9)).ravel()
    assert np.array_equal(np.sort(around.nodes[centre]), expected)
    assert around.nodes.shape == around.east.shape == around.north.shape == (120, 25)


def test_at_an_edge_the_window_moves_inwards():
    mesh = Mesh.regular(latitude=np.arange(10.0), longitude=np.arange(100.0, 112.0))
    corner = neighbours(mesh).nodes[0]
    assert np.array_equal(np.sort(corner), (np.arange(5)[:, None] * 12 + np.arange(5)).ravel())


def test_on_a_closed_row_the_window_crosses_the_dateline():
    mesh = Mesh.regular(latitude=np.arange(-10.0, 10.0), longitude=np.arange(-180.0, 180.0))
    around = neighbours(mesh, window=3, nodes=[10 * 360])
    assert set(np.unique(mesh.longitude[around.nodes])) == {-180.0, -179.0, 179.0}
    assert np.abs(around.east).max() == pytest.approx(111.195, abs=0.01)


@pytest.mark.parametrize("kind", ["regular", "scattered"])
def test_distances_are_those_of_the_sphere(kind):
    latitude, longitude = np.arange(30, 33, 0.25), np.arange(110, 113, 0.25)
    mesh = Mesh.regular(latitude=latitude, longitude=longitude)
    if kind == "scattered":
        jitter = np.random.default_rng(0).uniform(-0.05, 0.05, (2, mesh.size))
        mesh = Mesh.at_nodes(
            latitude=mesh.latitude + jitter[0], longitude=mesh.longitude + jitter[1]
        )
    around = neighbours(mesh)
    far = great_circle_distance(
        longitude=mesh.longitude[:, None],
        latitude=mesh.latitude[:, None],
        to_longitude=mesh.longitude[around.nodes],
        to_latitude=mesh.latitude[around.nodes],
    )
    np.testing.assert_allclose(np.hypot(around.east, around.north), far / 1000, rtol=0.02, atol=0.1)


def test_a_field_linear_in_longitude_and_latitude_is_a_plane():
    mesh = Mesh.regular(latitude=np.arange(30, 33, 0.25), longitude=np.arange(110, 113, 0.25))
    around = neighbours(mesh, nodes=[70])
    field = 3 * mesh.longitude - 2 * mesh.latitude
    design = np.stack([np.ones(25), around.east[0], around.north[0]], axis=-1)
    residual = np.linalg.lstsq(design, field[around.nodes[0]], rcond=None)[1]
    assert residual.sum() < 1e-9


def test_an_even_window_is_refused():
    mesh = Mesh.regular(latitude=[0.0, 1.0], longitude=[0.0, 1.0])
    with pytest.raises(ValueError, match="odd"):
        neighbours(mesh, window=4)


def fine(values, south=0.0, west=0.0, spacing=0.5):
    rows, columns = values.shape
    return xr.DataArray(
        values,
        dims=("latitude", "longitude"),
        coords={
            "latitude": south + spacing * (np.arange(rows) + 0.5),
            "longitude": west + spacing * (np.arange(columns) + 0.5),
        },
    )


def test_area_means_weigh_by_overlap_and_leave_out_what_is_missing():
    field = fine(np.array([[1.0, 2, 3, 4], [5, np.nan, 7, 8]]))
    mean, share = axis_mean(field, latitude_edges=[0, 0.5], longitude_edges=[0, 0.75, 2.0])
    np.testing.assert_allclose(mean, [[(1 * 0.5 + 2 * 0.25) / 0.75, (0.5 + 1.5 + 2) / 1.25]])
    np.testing.assert_allclose(share, 1.0)
    mean, share = axis_mean(field, latitude_edges=[0.5, 1.0], longitude_edges=[0, 1.0])
    np.testing.assert_allclose(mean, 5.0)
    np.testing.assert_allclose(share, 0.5)


def test_area_means_weigh_by_true_area():
    field = fine(np.array([[0.0, 0.0], [1.0, 1.0]]), south=60.0, spacing=10.0)
    mean, _ = axis_mean(field, latitude_edges=[60, 80], longitude_edges=[0, 10])
    north, middle, south = np.sin(np.deg2rad([80.0, 70.0, 60.0]))
    np.testing.assert_allclose(mean, (north - middle) / (north - south), rtol=1e-6)


def test_area_mean_agrees_with_brute_force():
    random = np.random.default_rng(4)
    values = random.normal(size=(60, 80))
    values[random.random(values.shape) < 0.3] = np.nan
    field = fine(values, spacing=0.01)
    target = Grid(
        west=0.1, south=0.1, longitude_spacing=0.1, latitude_spacing=0.1, rows=4, columns=6
    )
    mean, _ = cell_mean(field, target)
    blocks = values[10:50, 10:70].reshape(4, 10, 6, 10)
    np.testing.assert_allclose(mean, np.nanmean(blocks, axis=(1, 3)), rtol=1e-4)


def test_what_the_field_does_not_cover_is_missing():
    mean, share = axis_mean(fine(np.ones((2, 2))), latitude_edges=[0, 1], longitude_edges=[3, 4, 5])
    assert np.isnan(mean).all()
    assert not share.any()


def test_longitudes_may_differ_by_a_turn():
    field = fine(np.arange(8.0).reshape(2, 4), west=178.0)
    mean, share = axis_mean(field, latitude_edges=[0, 1], longitude_edges=[-181, -180])
    np.testing.assert_allclose(mean, (2 + 3 + 6 + 7) / 4, rtol=1e-4)
    np.testing.assert_allclose(share, 1.0)


def test_cells_of_a_mesh_are_in_the_order_of_its_nodes():
    field = fine(np.arange(64.0).reshape(8, 8), spacing=0.25)
    latitude, longitude = [1.5, 0.5], [0.5, 1.5]
    regular = cell_mean(field, Mesh.regular(latitude=latitude, longitude=longitude))
    np.testing.assert_allclose(
        regular.mean, field.values.reshape(2, 4, 2, 4).mean(axis=(1, 3))[::-1].ravel(), rtol=1e-4
    )
    jitter = [[1.5, 1.5, 0.5, 0.5], [0.5, 1.5, 0.5, 1.5]]
    scattered = cell_mean(field, Mesh.at_nodes(latitude=jitter[0], longitude=jitter[1]))
    np.testing.assert_allclose(scattered.mean, regular.mean, rtol=1e-3)
    np.testing.assert_allclose(scattered.share, 1.0)
