"""Tiles of whole chunks; CF attributes of the axes."""

import numpy as np
import pytest
import xarray as xr

from grids.cf import describe_axes, with_bounds, with_grid_mapping
from grids.chunks import tiles
from grids.errors import InvalidGrid
from grids.grid import Grid


@pytest.mark.parametrize(("shape", "tile"), [((7, 9), (3, 4)), ((5,), (8,)), ((4, 4), (2, 2))])
def test_tiles_cover_every_cell_once(shape, tile):
    seen = np.zeros(shape, int)
    for window in tiles(shape, tile):
        seen[window] += 1
    assert (seen == 1).all()


def test_tiles_start_at_whole_chunks():
    windows = list(tiles((100, 50), (32, 64), chunk=(16, 64)))
    assert [window[0].start for window in windows] == [0, 32, 64, 96]
    assert all(window[1] == slice(0, 50) for window in windows)


@pytest.mark.parametrize("tile", [(24, 16), (0, 16), (16,)])
def test_a_tile_that_cuts_a_chunk_is_refused(tile):
    with pytest.raises(InvalidGrid):
        list(tiles((100, 100), tile, chunk=(16, 16)))


def dataset(grid):
    coords = {"latitude": grid.latitudes, "longitude": grid.longitudes}
    field = xr.DataArray(np.zeros(grid.shape), dims=("latitude", "longitude"), coords=coords)
    return field.to_dataset(name="elevation")


GRID = Grid(
    west=116.7, south=38.5, longitude_spacing=0.01, latitude_spacing=0.01, rows=5, columns=9
)


def test_axes_and_coordinate_system_follow_cf():
    described = with_grid_mapping(with_bounds(describe_axes(dataset(GRID)), GRID))
    assert described["latitude"].attrs["units"] == "degrees_north"
    assert described["longitude"].attrs["axis"] == "X"
    assert described["elevation"].attrs["grid_mapping"] == "crs"
    assert described["crs"].attrs["grid_mapping_name"] == "latitude_longitude"
    assert described["latitude"].attrs["bounds"] == "latitude_bounds"
    edges = described["longitude_bounds"].values
    assert np.array_equal(edges[1:, 0], edges[:-1, 1])
    assert edges[0, 0] == 116.7
    assert edges[-1, 1] == pytest.approx(116.79, abs=1e-9)
    assert described["elevation"].dtype == np.float64


def test_the_input_is_untouched():
    plain = dataset(GRID)
    with_grid_mapping(with_bounds(describe_axes(plain), GRID))
    assert plain.identical(dataset(GRID))


def test_wkt_is_that_of_epsg_4326():
    pyproj = pytest.importorskip("pyproj")
    described = with_grid_mapping(dataset(GRID))
    assert pyproj.CRS(described["crs"].attrs["crs_wkt"]).to_epsg() == 4326
