"""Relief: Lambert's light on planes whose slope is known."""

import math

import numpy as np
import pytest

from forecast.service.maps import relief
from forecast.service.maps.mercator import Tile
from forecast.service.maps.scales import rgb, settings
from grids import BoundingBox, Grid
from grids.geometry import EARTH_RADIUS_M
from tests.support.tile_pixels import tile_at

GRID = Grid.from_box(BoundingBox(west=117.0, south=39.0, east=117.2, north=39.2))
METRES_NORTH = math.radians(0.01) * EARTH_RADIUS_M
STEEPER = settings()["hillshade"]["exaggeration"]
FLAT = math.sin(math.radians(45.0))


def plane(*, east: float, north: float) -> np.ndarray:
    """Heights that rise by so many metres in a metre, before they are drawn steeper."""
    across = METRES_NORTH * np.cos(np.radians(GRID.latitudes))[:, np.newaxis]
    rows, columns = np.indices(GRID.shape)
    return (columns * across * east + rows * METRES_NORTH * north).astype(np.float32) / STEEPER


def light(heights: np.ndarray) -> float:
    """Light in the middle, away from the edges."""
    return float(relief.hillshade(heights, GRID)[10, 10])


def test_flat_land_has_the_light_of_the_suns_height() -> None:
    shades = relief.hillshade(plane(east=0.0, north=0.0), GRID)
    np.testing.assert_allclose(shades, FLAT, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "east", "north"),
    [("north-west", 1.0, -1.0), ("south-east", -1.0, 1.0), ("south-west", 1.0, 1.0)],
)
def test_slopes_have_the_light_that_lambert_gives(name: str, east: float, north: float) -> None:
    # a slope of 30 degrees that looks to `name`; the sun stands in the north-west at 45 degrees
    gradient = math.tan(math.radians(30.0)) / math.sqrt(2.0)
    away = {"north-west": 0.0, "south-east": 180.0, "south-west": 90.0}[name]
    zenith, slope = math.radians(45.0), math.radians(30.0)
    lambert = math.cos(zenith) * math.cos(slope) + math.sin(zenith) * math.sin(slope) * math.cos(
        math.radians(away)
    )
    # rows stand apart by the cosine of their latitude, so a plane is one only nearly
    assert light(plane(east=east * gradient, north=north * gradient)) == pytest.approx(
        lambert, abs=0.03
    )


def test_a_slope_away_from_the_sun_is_never_darker_than_black() -> None:
    shades = relief.hillshade(plane(east=-5.0, north=5.0), GRID)
    assert shades.min() == 0.0


def test_shade_at_the_middle_of_a_cell_is_the_cells_and_between_them_between() -> None:
    shades = np.zeros(GRID.shape, np.float32)
    shades[:, 10:] = 1.0
    tile = Tile(*tile_at(117.1, 39.1, 13))
    box = tile.bounds
    drawn = relief.shades_of(tile, shades, grid=GRID)
    assert GRID.bounds.covers(box)
    assert drawn.shape == (256, 256)
    # columns 9 and 10 have their middles at 117.095 and 117.105
    for column in range(0, 256, 5):
        share = min(max((tile.longitudes[column] - 117.095) / 0.01, 0.0), 1.0)
        assert drawn[100, column] == pytest.approx(1 + 253 * share, abs=1)


def test_an_unknown_height_is_transparent() -> None:
    heights = plane(east=0.0, north=0.0)
    heights[5, 5] = np.nan
    shades = relief.hillshade(heights, GRID)
    assert np.isnan(shades[4:7, 4:7]).all()
    assert np.isfinite(shades[10, 10])


def test_the_palettes_have_the_colours_of_the_style() -> None:
    shades, water = relief.shade_palette(), relief.water_palette()
    assert tuple(shades[0]) == tuple(water[0]) == (0, 0, 0, 0)
    assert tuple(shades[1]) == (*rgb(settings()["hillshade"]["darkest"]), 255)
    assert tuple(shades[-1]) == (*rgb(settings()["hillshade"]["lightest"]), 255)
    assert tuple(water[1]) == (*rgb(settings()["water"]["colour"]), 255)


def test_half_land_is_land_and_what_is_unknown_is_not_water() -> None:
    found = relief.water_cells(np.array([[0.0, 0.49, 0.5, 1.0, np.nan]], np.float32))
    assert found.tolist() == [[1, 1, 0, 0, 0]]
