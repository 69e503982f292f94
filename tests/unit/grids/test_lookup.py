"""The cell that answers for a place."""

import numpy as np
import pytest
import xarray as xr

from grids.errors import InvalidGrid, OutsideGrid
from grids.geometry import LonLat
from grids.grid import Grid
from grids.lookup import choose_cell

GRID = Grid(west=117, south=39, longitude_spacing=0.01, latitude_spacing=0.01, rows=7, columns=8)


def terrain(elevation=0.0, land=1.0):
    shape = np.zeros(GRID.shape, np.float32)
    dims = ("latitude", "longitude")
    return xr.Dataset(
        {"elevation": (dims, shape + elevation), "land_fraction": (dims, shape + land)}
    )


def at(row, column):
    return LonLat(longitude=117.005 + 0.01 * column, latitude=39.005 + 0.01 * row)


def test_on_flat_land_the_nearest_cell_answers():
    choice = choose_cell(GRID, terrain(12.0), lonlat=at(3, 4), elevation=20.0)
    assert (choice.row, choice.column, choice.reason) == (3, 4, "nearest")
    assert choice.distance_m == pytest.approx(0, abs=0.01)
    assert choice.height_difference_m == pytest.approx(8.0)
    assert (choice.longitude, choice.latitude) == (117.045, 39.035)


def test_a_sea_cell_gives_way_to_the_nearest_land_cell():
    land = np.zeros(GRID.shape)
    land[3, 6] = land[5, 4] = 0.9
    choice = choose_cell(GRID, terrain(land=land), lonlat=at(3, 4))
    # two columns are 1.73 km here, two rows 2.22 km
    assert (choice.row, choice.column, choice.reason) == (3, 6, "moved_to_land")
    assert choice.distance_m == pytest.approx(1728, abs=2)
    assert choice.height_difference_m is None


def test_with_preference_nearest_the_sea_cell_stays():
    land = np.ones(GRID.shape)
    land[3, 4] = 0.2
    choice = choose_cell(GRID, terrain(land=land), lonlat=at(3, 4), preference="nearest")
    assert (choice.reason, choice.land_fraction) == ("nearest", pytest.approx(0.2))


def test_with_no_land_around_the_sea_cell_stays():
    assert choose_cell(GRID, terrain(land=0.1), lonlat=at(3, 4)).reason == "nearest"


def test_a_cell_of_the_right_height_is_worth_a_kilometre_for_30_metres():
    height = np.full(GRID.shape, 500.0)
    height[3, 5] = 380.0  # 0.87 km away, 20 m off: costs 1.5 against 4.7 of the nearest
    choice = choose_cell(GRID, terrain(height), lonlat=at(3, 4), elevation=360.0)
    assert (choice.row, choice.column, choice.reason) == (3, 5, "moved_to_height")
    assert choice.height_difference_m == pytest.approx(-20.0)


def test_below_100_metres_of_mismatch_the_nearest_cell_stays():
    height = np.full(GRID.shape, 459.0)
    height[3, 5] = 360.0
    assert choose_cell(GRID, terrain(height), lonlat=at(3, 4), elevation=360.0).reason == "nearest"


def test_sea_never_answers_for_a_height():
    height, land = np.full(GRID.shape, 300.0), np.ones(GRID.shape)
    height[3, 5], land[3, 5] = 0.0, 0.0
    choice = choose_cell(GRID, terrain(height, land), lonlat=at(3, 4), elevation=0.0)
    assert choice.reason == "nearest"


def test_the_corner_of_the_grid_has_a_smaller_window():
    land = np.ones(GRID.shape)
    land[0, 0] = 0.0
    choice = choose_cell(GRID, terrain(land=land), lonlat=at(0, 0))
    assert (choice.row, choice.column, choice.reason) == (0, 1, "moved_to_land")


def test_outside_the_grid_its_box_is_named():
    with pytest.raises(OutsideGrid, match=r"117,39,117.08,39.07"):
        choose_cell(GRID, terrain(), lonlat=LonLat(longitude=118, latitude=39))


def test_the_terrain_of_another_grid_is_refused():
    other = GRID.window(rows=slice(0, 3), columns=slice(0, 3))
    with pytest.raises(InvalidGrid, match="the grid"):
        choose_cell(other, terrain(), lonlat=at(1, 1))


CORNER = LonLat(longitude=117.04, latitude=39.03)
"""Between rows 2 and 3, columns 3 and 4."""


def test_two_decimals_on_any_corner_belong_to_the_cell_south_west_of_it():
    # divided as doubles, 30 of these 42 corners fall short of the whole number
    for row in range(GRID.rows - 1):
        for column in range(GRID.columns - 1):
            place = LonLat(
                longitude=float(f"{117 + (column + 1) / 100:.2f}"),
                latitude=float(f"{39 + (row + 1) / 100:.2f}"),
            )
            assert GRID.locate(place) == (row, column)
            assert GRID.touching(place) == [
                (row, column),
                (row, column + 1),
                (row + 1, column),
                (row + 1, column + 1),
            ]


def test_inside_a_cell_and_on_the_rim_of_the_grid_there_is_nothing_else_to_touch():
    assert GRID.touching(at(3, 4)) == [(3, 4)]
    assert GRID.touching(LonLat(longitude=117.04, latitude=39.035)) == [(3, 3), (3, 4)]
    assert GRID.touching(LonLat(longitude=117, latitude=39)) == [(0, 0)]
    assert GRID.touching(LonLat(longitude=117.08, latitude=39.07)) == [(6, 7)]


def test_on_a_corner_the_cell_nearest_to_the_mean_height_answers():
    height = np.zeros(GRID.shape)
    height[2:4, 3:5] = [[505.0, 358.0], [566.0, 474.0]]  # the mean is 475.75
    choice = choose_cell(GRID, terrain(height), lonlat=CORNER)
    assert (choice.row, choice.column, choice.reason) == (3, 4, "nearest")
    high = choose_cell(GRID, terrain(height), lonlat=CORNER, elevation=580.0)
    assert (high.row, high.column, high.reason) == (3, 3, "nearest")


@pytest.mark.parametrize("dry", [(2, 3), (2, 4), (3, 3), (3, 4)])
def test_on_a_corner_with_one_land_cell_no_water_answers(dry):
    land = np.zeros(GRID.shape)
    land[dry] = 0.6
    choice = choose_cell(GRID, terrain(land=land), lonlat=CORNER)
    assert (choice.row, choice.column, choice.reason) == (*dry, "nearest")
    nearest = choose_cell(GRID, terrain(land=land), lonlat=CORNER, preference="nearest")
    assert (nearest.row, nearest.column) == (2, 3)


def test_on_a_corner_of_flat_land_the_south_western_land_cell_answers():
    height = np.full(GRID.shape, 4.0)
    height[2:4, 3:5] = [[3.0, 9.0], [7.0, 5.0]]
    choice = choose_cell(GRID, terrain(height), lonlat=CORNER)
    assert (choice.row, choice.column) == (2, 3)
    land = np.ones(GRID.shape)
    land[2, 3] = 0.0
    choice = choose_cell(GRID, terrain(height, land), lonlat=CORNER)
    assert (choice.row, choice.column) == (2, 4)
