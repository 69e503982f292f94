"""Grid as a value: expected numbers are hand arithmetic or published geodesy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grids import BoundingBox, Grid, InvalidGrid, InvalidLocation, LonLat, OutsideGrid
from grids.geometry import great_circle_distance

TIANJIN = BoundingBox(west=116.70, south=38.55, east=118.05, north=40.25)


def test_a_box_holds_the_cells_whose_centres_lie_in_it() -> None:
    grid = Grid.from_box(BoundingBox(west=179.9, south=0.0, east=180.1, north=0.1))
    rows, columns = grid.within(BoundingBox(west=-180.0, south=0.03, east=-179.95, north=0.05))
    assert (rows, columns) == (slice(3, 5), slice(10, 15))
    with pytest.raises(OutsideGrid, match="this grid covers"):
        grid.within(BoundingBox(west=10.0, south=0.0, east=11.0, north=1.0))


def test_tianjin_at_a_hundredth_of_a_degree_has_170_by_135_cells() -> None:
    grid = Grid.from_box(TIANJIN)
    assert grid.shape == (170, 135)
    assert grid.latitudes[0] == 38.555
    assert grid.longitudes[-1] == 118.045


def test_centres_of_a_window_are_bit_equal_to_its_parent() -> None:
    grid = Grid.from_box(TIANJIN)
    window = grid.window(rows=slice(7, 90), columns=slice(3, 50))
    assert np.array_equal(window.latitudes, grid.latitudes[7:90])
    assert np.array_equal(window.longitudes, grid.longitudes[3:50])
    nested = window.window(rows=slice(10, 20), columns=slice(1, 2))
    assert np.array_equal(nested.latitudes, grid.latitudes[17:27])


def test_neighbouring_regions_tile_without_gap_or_overlap() -> None:
    west = Grid.from_box(BoundingBox(west=116.7, south=38.5, east=117.3, north=39.0))
    east = Grid.from_box(BoundingBox(west=117.3, south=38.5, east=118.0, north=39.0))
    both = Grid.from_box(BoundingBox(west=116.7, south=38.5, east=118.0, north=39.0))
    assert np.array_equal(np.concatenate([west.longitudes, east.longitudes]), both.longitudes)


def test_a_place_in_ninghe_is_found_in_the_cell_that_holds_it() -> None:
    grid = Grid.from_box(TIANJIN)
    row, column = grid.locate(LonLat(longitude=117.724, latitude=39.456))
    assert abs(grid.latitudes[row] - 39.456) <= 0.005
    assert abs(grid.longitudes[column] - 117.724) <= 0.005


def test_a_place_outside_is_refused_with_the_box_in_the_sentence() -> None:
    with pytest.raises(OutsideGrid, match=r"116\.7,38\.55,118\.05,40\.25"):
        Grid.from_box(TIANJIN).locate(LonLat(longitude=121.5, latitude=31.2))


def test_a_grid_across_the_dateline_finds_both_sides() -> None:
    grid = Grid.from_box(BoundingBox(west=177.0, south=-19.0, east=-178.0, north=-16.0))
    assert grid.locate(LonLat(longitude=-179.995, latitude=-18.0))[1] == 300
    assert grid.locate(LonLat(longitude=178.005, latitude=-18.0))[1] == 100


def test_areas_of_a_one_degree_world_sum_to_the_sphere() -> None:
    world = Grid(
        west=-180, south=-90, longitude_spacing=1, latitude_spacing=1, rows=180, columns=360
    )
    # the ellipsoid of GRS 80 has 510 065 622 km2 (Moritz 2000); R1 differs from R2 by 1.6 m
    assert world.cell_areas().sum() * 360 == pytest.approx(510_065_622, rel=1e-6)


def test_coordinates_of_thirty_arc_seconds_are_recovered_exactly() -> None:
    latitude = 38.4 + (np.arange(240) + 0.5) / 120
    longitude = 116.6 + (np.arange(192) + 0.5) / 120
    grid = Grid.from_coordinates(latitude=latitude, longitude=longitude)
    assert grid.shape == (240, 192)
    np.testing.assert_allclose(grid.latitudes, latitude, atol=1e-6)


@pytest.mark.parametrize("axis", [[1.0], [2.0, 1.0], [1.0, 2.0, 4.0]])
def test_uneven_or_descending_axes_are_refused(axis: list[float]) -> None:
    with pytest.raises(InvalidGrid):
        Grid.from_coordinates(latitude=axis, longitude=[1.0, 2.0])


def test_a_grid_survives_the_way_through_json() -> None:
    grid = Grid.from_box(TIANJIN).window(rows=slice(3, 9), columns=slice(0, 4))
    assert Grid.from_dict(grid.to_dict()) == grid


@given(
    west=st.integers(-17999, 17000),
    south=st.integers(-8900, 8800),
    rows=st.integers(1, 90),
    columns=st.integers(1, 90),
)
def test_every_centre_lies_in_its_own_cell(west: int, south: int, rows: int, columns: int) -> None:
    grid = Grid(
        west=west / 100,
        south=south / 100,
        longitude_spacing=0.01,
        latitude_spacing=0.01,
        rows=rows,
        columns=columns,
    )
    place = LonLat(longitude=float(grid.longitudes[-1]), latitude=float(grid.latitudes[rows // 2]))
    assert grid.locate(place) == (rows // 2, columns - 1)


def test_beijing_to_tianjin_is_about_114_kilometres() -> None:
    # Beijing 39.9042 N 116.4074 E, Tianjin 39.0842 N 117.2009 E: 113.7 km by the great circle
    distance = great_circle_distance(
        longitude=116.4074, latitude=39.9042, to_longitude=117.2009, to_latitude=39.0842
    )
    assert 112_000 < float(distance) < 115_000


def test_one_degree_of_the_equator_is_111_195_metres() -> None:
    distance = great_circle_distance(longitude=0, latitude=0, to_longitude=1, to_latitude=0)
    assert float(distance) == pytest.approx(111_195.08, abs=0.1)


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,x", "10,50,9,40"])
def test_a_box_that_is_no_box_is_refused(text: str) -> None:
    with pytest.raises(InvalidLocation):
        BoundingBox.parse(text)


@pytest.mark.parametrize(("longitude", "latitude"), [(float("nan"), 0), (0, 91), (400, 0)])
def test_a_place_off_the_earth_is_refused(longitude: float, latitude: float) -> None:
    with pytest.raises(InvalidLocation, match="allowed"):
        LonLat(longitude=longitude, latitude=latitude)


def test_the_union_of_two_boxes_holds_both_across_the_dateline_too() -> None:
    fiji = BoundingBox(west=177.0, south=-19.0, east=-178.0, north=-16.0)
    east = BoundingBox(west=-179.0, south=-20.0, east=-177.0, north=-18.0)
    both = fiji.union(east)
    assert (both.west, both.south, both.east, both.north) == (177.0, -20.0, 183.0, -16.0)
    assert both.covers(fiji)
    assert both.covers(east)
