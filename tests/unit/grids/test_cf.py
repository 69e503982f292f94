"""CF attributes of the axes and edges of the cells."""

import numpy as np
import pytest

from grids.cf import WGS84, cell_bounds
from grids.grid import Grid


def test_cells_touch_and_reach_to_the_edges_of_the_grid() -> None:
    grid = Grid(
        west=116.7, south=38.5, longitude_spacing=0.01, latitude_spacing=0.01, rows=5, columns=9
    )
    edges = cell_bounds(grid.longitudes, spacing=grid.longitude_spacing)
    assert np.array_equal(edges[1:, 0], edges[:-1, 1])
    assert edges[0, 0] == 116.7
    assert edges[-1, 1] == pytest.approx(116.79, abs=1e-9)


def test_a_single_cell_has_edges() -> None:
    assert cell_bounds([39.01], spacing=0.02).tolist() == [[39.0, 39.02]]


def test_wkt_is_that_of_epsg_4326() -> None:
    pyproj = pytest.importorskip("pyproj")
    assert pyproj.CRS(WGS84["crs_wkt"]).to_epsg() == 4326
