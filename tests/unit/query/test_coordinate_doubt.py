"""How far coordinates may be from the field: digits, datums, and shares of cells by hand."""

import math

import pytest

from forecast.errors import InvalidRequest
from forecast.query.coordinate_doubt import (
    Box,
    Coordinates,
    boxes_of,
    read_precision,
    rounding_of,
    standing,
)
from forecast.query.coordinates import Rounding, read_typed
from forecast.query.datum import meant, offset, read_datum
from grids import BoundingBox, Grid, LonLat
from grids.lookup import CellChoice

GRID = Grid.from_box(BoundingBox(west=117.6, south=39.35, east=117.84, north=39.55))
MINUTE, SECOND = 1 / 60, 1 / 3600

NINGHE = LonLat(longitude=117.72, latitude=39.45)
YUEXI = LonLat(longitude=116.36, latitude=30.85)
CHONGQING = LonLat(longitude=106.55, latitude=29.56)


def choice(row: int, column: int) -> CellChoice:
    longitude, latitude = GRID.centre(row, column)
    return CellChoice(
        row=row,
        column=column,
        longitude=longitude,
        latitude=latitude,
        elevation=0.0,
        distance_m=0.0,
        height_difference_m=None,
        land_fraction=1.0,
        reason="nearest",
    )


def shares(longitude: str, latitude: str, *, datum: str = "wgs84") -> dict:
    """Shares of the cells for coordinates as typed, of the only datum."""
    typed = read_typed(f"{longitude},{latitude}")
    stands = standing(GRID, choice(*GRID.locate(typed.lonlat)), lonlat=typed.lonlat)
    given = Coordinates(datum=datum, rounding=typed.rounding)
    (box,) = boxes_of(stands, given, grid=GRID, lonlat=typed.lonlat).values()
    return box.cells(GRID)


@pytest.mark.parametrize(
    ("text", "longitude", "latitude"),
    [
        ("39.45,117.72", 0.005, 0.005),
        ("39.450,117.7", 0.05, 0.0005),
        ("117,39.45", 0.5, 0.005),
        ("lat 39.4500 lon 117.720", 0.0005, 0.00005),
        ("117°43′E 39°27′N", MINUTE / 2, MINUTE / 2),
        ("117°43′12″E 39°27.0′N", SECOND / 2, MINUTE / 20),
        ("东经117度43分12.5秒 北纬39度", SECOND / 20, 0.5),
        ("N39 27 00 E117 43 12", SECOND / 2, SECOND / 2),
    ],
)
def test_the_last_digit_that_was_typed_counts(text: str, longitude: float, latitude: float) -> None:
    assert read_typed(text).rounding == pytest.approx((longitude, latitude))


def test_a_bare_number_has_lost_its_zeros() -> None:
    places = {
        (117.72, 39.45): (0.005, 0.005),
        (117.0, 39.5): (0.5, 0.05),
        (1e-05, 30.0): (5e-6, 0.5),
    }
    for (longitude, latitude), halves in places.items():
        found = rounding_of(LonLat(longitude=longitude, latitude=latitude))
        assert found == pytest.approx(halves)


def test_two_decimals_stand_on_the_corner_of_four_cells() -> None:
    # 39.45 is 10 cells from 39.35 and 117.72 is 12 from 117.60: half a cell to each side
    quarter = pytest.approx(0.25)
    assert shares("117.72", "39.45") == {
        (9, 11): quarter,
        (9, 12): quarter,
        (10, 11): quarter,
        (10, 12): quarter,
    }


def test_the_middle_of_a_cell_is_in_no_doubt_down_to_three_decimals() -> None:
    assert shares("117.725", "39.455") == {(10, 12): pytest.approx(1.0)}


def test_an_edge_halves_the_box() -> None:
    half = pytest.approx(0.5)
    assert shares("117.725", "39.450") == {(9, 12): half, (10, 12): half}


def test_a_box_parts_by_its_area() -> None:
    # 0.8 cells to each side of the middle: 1.6 wide, so 1/1.6 of it in the middle each way
    box = Box(4.7, 4.7, 6.3, 6.3)
    assert box.share(5, 5) == pytest.approx((1 / 1.6) ** 2)
    assert box.share(5, 4) == pytest.approx((0.3 / 1.6) * (1 / 1.6))
    assert box.share(4, 4) == pytest.approx((0.3 / 1.6) ** 2)
    assert sum(box.cells(GRID).values()) == pytest.approx(1.0)


def test_a_box_over_the_edge_of_the_region_is_partly_in_no_cell() -> None:
    assert shares("117.60", "39.455") == {(10, 0): pytest.approx(0.5)}


def test_the_nearest_edge_is_told_in_metres() -> None:
    place = LonLat(longitude=117.722, latitude=39.455)
    stands = standing(GRID, choice(*GRID.locate(place)), lonlat=place)
    # 0.002 degrees of longitude at 39.455 N on a sphere of 6371 km
    assert stands.edge_m == pytest.approx(0.002 * 111195 * math.cos(math.radians(39.455)), abs=0.1)


# computed with an independent program: where a point of that name lies in GCJ-02 beside WGS 84
@pytest.mark.parametrize(
    ("place", "east", "north"),
    [(NINGHE, 545.0, 128.0), (YUEXI, 501.0, -240.0), (CHONGQING, 360.0, -316.5)],
)
def test_the_offset_of_street_maps_is_hundreds_of_metres_at_the_seed_places(
    place: LonLat, east: float, north: float
) -> None:
    found = offset(place, "gcj02")
    assert (found.east, found.north) == pytest.approx((east, north), abs=3.0)


# pairs that are published with other programs: WGS 84 and GCJ-02 as latitude, longitude
@pytest.mark.parametrize(
    ("true", "shown"),
    [
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ],
)
def test_the_offset_agrees_with_published_pairs(
    true: tuple[float, float], shown: tuple[float, float]
) -> None:
    north = (shown[0] - true[0]) * 111195
    east = (shown[1] - true[1]) * 111195 * math.cos(math.radians(true[0]))
    found = offset(LonLat(longitude=shown[1], latitude=shown[0]), "gcj02")
    assert (found.east, found.north) == pytest.approx((east, north), abs=5.0)


def test_baidu_adds_some_900_m_within_what_is_told() -> None:
    # a published pair of GCJ-02 and BD-09: 116.404, 39.915 is shown at 116.410369, 39.921337
    here = LonLat(longitude=116.410369, latitude=39.921337)
    street, baidu = offset(here, "gcj02"), offset(here, "bd09")
    east = 0.006369 * 111195 * math.cos(math.radians(39.92))
    assert abs(baidu.east - street.east - east) < baidu.within
    assert abs(baidu.north - street.north - 0.006337 * 111195) < baidu.within


def test_nothing_is_shifted_in_wgs84_and_far_from_china() -> None:
    paris = LonLat(longitude=2.35, latitude=48.85)
    for place, datum in ((NINGHE, "wgs84"), (NINGHE, "cgcs2000"), (paris, "gcj02")):
        assert offset(place, datum) == (0.0, 0.0, 0.0)


def test_street_map_coordinates_lie_in_the_cell_to_the_west() -> None:
    # the field lies 545 m west and 128 m south of the middle of the cell: 0.635 and 0.115 cells
    assert shares("117.725000", "39.455000", datum="gcj02") == {(10, 11): pytest.approx(1.0)}


def test_baidu_coordinates_lie_in_the_cell_to_the_southwest() -> None:
    # 1103 m west and 795 m south: 1.285 and 0.715 cells from the middle
    found = shares("117.725000", "39.455000", datum="bd09")
    assert set(found) == {(9, 11)}


def test_an_unknown_datum_may_be_any() -> None:
    assert meant("unknown") == ("wgs84", "gcj02", "bd09")


@pytest.mark.parametrize(
    ("text", "datum"),
    [("gcj02", "gcj02"), ("GCJ-02", "gcj02"), ("WGS 84", "wgs84"), ("bd_09", "bd09")],
)
def test_a_datum_is_read_as_people_write_it(text: str, datum: str) -> None:
    assert read_datum(text) == datum


def test_another_datum_is_refused_with_those_that_are_allowed() -> None:
    with pytest.raises(InvalidRequest, match="'beijing54' was asked; allowed are wgs84, cgcs2000"):
        read_datum("beijing54")


def test_a_precision_is_degrees_or_a_length() -> None:
    assert read_precision("0.005", latitude=39.0) == Rounding(0.005, 0.005)
    assert read_precision(0.005, latitude=39.0) == Rounding(0.005, 0.005)
    # at 60 degrees a degree of longitude is half as long
    length = read_precision("2km", latitude=60.0)
    assert length == pytest.approx((2 * 2 / 111.195, 2 / 111.195), rel=1e-4)
    assert read_precision("30m", latitude=0.0).latitude == pytest.approx(30 / 111195, rel=1e-4)


@pytest.mark.parametrize("given", ["", "0", "0m", "-1", "1e3", "30 m", "2", "500km", 2.0, -0.1])
def test_what_is_no_precision_is_refused(given: str | float) -> None:
    with pytest.raises(InvalidRequest, match="allowed are degrees above 0 up to 1"):
        read_precision(given, latitude=39.0)
