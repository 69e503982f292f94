"""Tiles and cells: numbers that everybody's web map has, and the cells that the grid has there."""

import numpy as np
import pytest

from forecast.errors import InvalidRequest
from forecast.service.maps.mercator import OUTSIDE, Tile, cells_under, parts_under
from grids import BoundingBox, Grid, LonLat, OutsideGrid

TOKYO = (139.7006793, 35.6590699)
"""A place whose tile at zoom 18 is 232798, 103246 in the wiki of OpenStreetMap."""


def grid(**fields: float) -> Grid:
    box = {"west": 116.7, "south": 38.55, "east": 118.05, "north": 40.25, **fields}
    return Grid.from_box(BoundingBox(**box))


def test_the_world_is_one_tile_up_to_85_degrees() -> None:
    box = Tile(0, 0, 0).bounds
    assert (box.west, box.east) == (-180.0, 180.0)
    assert box.north == pytest.approx(85.0511287798, abs=1e-9)
    assert box.south == pytest.approx(-85.0511287798, abs=1e-9)


def test_a_tile_of_a_known_number_holds_its_place() -> None:
    assert Tile(14, 232798 >> 4, 103246 >> 4).bounds.contains(
        LonLat(longitude=TOKYO[0], latitude=TOKYO[1])
    )
    assert not Tile(14, (232798 >> 4) + 1, 103246 >> 4).bounds.contains(
        LonLat(longitude=TOKYO[0], latitude=TOKYO[1])
    )


@pytest.mark.parametrize("numbers", [(15, 0, 0), (-1, 0, 0), (2, 4, 0), (2, 0, 4), (0, -1, 0)])
def test_a_tile_that_does_not_exist_is_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(InvalidRequest, match=r"was asked; allowed are 0 to"):
        Tile(*numbers)


@pytest.mark.parametrize("tile", [Tile(7, 105, 48), Tile(9, 423, 194), Tile(12, 3386, 1556)])
def test_the_cell_under_a_pixel_is_the_one_that_the_grid_finds(tile: Tile) -> None:
    cells = grid()
    rows, columns = cells_under(tile, cells)
    for down in range(0, 256, 15):
        for across in range(0, 256, 15):
            place = LonLat(longitude=tile.longitudes[across], latitude=tile.latitudes[down])
            try:
                assert (rows[down], columns[across]) == cells.locate(place)
            except OutsideGrid:
                assert OUTSIDE in {rows[down], columns[across]}


def test_cells_across_the_date_line_lie_under_tiles_on_both_sides() -> None:
    cells = grid(west=179.0, east=181.0, south=50.0, north=52.0)
    left, right = Tile(7, 127, 42), Tile(7, 0, 42)
    assert left.touches(cells.bounds)
    assert right.touches(cells.bounds)
    assert not Tile(7, 64, 42).touches(cells.bounds)
    # the last pixel before the line is in column 99, the first after it in column 100 or 101
    assert cells_under(left, cells)[1][-1] == 99
    assert cells_under(right, cells)[1][0] == 100


def test_a_tile_touches_what_its_pixels_lie_in() -> None:
    box = grid().bounds
    for x in range(100, 112):
        for y in range(44, 54):
            tile = Tile(7, x, y)
            inside = [(one != OUTSIDE).any() for one in cells_under(tile, grid())]
            assert tile.touches(box) == all(inside)


def test_parts_of_a_tile_are_those_within_a_box() -> None:
    box = grid().bounds
    assert list(parts_under(Tile(12, 3386, 1556), box, zoom=10)) == [Tile(10, 846, 389)]
    found = list(parts_under(Tile(7, 105, 48), box, zoom=10))
    wanted = {
        Tile(10, x, y)
        for x in range(105 * 8, 106 * 8)
        for y in range(48 * 8, 49 * 8)
        if Tile(10, x, y).touches(box)
    }
    assert set(found) == wanted
    assert len(found) == len(wanted) > 8


def test_pixels_go_south_and_east() -> None:
    tile = Tile(9, 423, 194)
    assert (np.diff(tile.longitudes) > 0).all()
    assert (np.diff(tile.latitudes) < 0).all()
