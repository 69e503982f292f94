"""Coordinates in the forms that maps, phones, papers and people write them in."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.query.coordinates import parse_coordinates
from grids import InvalidLocation


@pytest.mark.parametrize(
    "text",
    [
        "39 27 00 N 117 43 12 E",
        "N39 27 00 E117 43 12",
        "39:27:00N 117:43:12E",
        "N39°27.0' E117°43.2'",
        "39°27′ 117°43′12″",
        "39度27分，117度43分12秒",
        "东经117.72° 北纬39.45°",
        "Ｅ１１７°４３′１２″　Ｎ３９°２７′",
        "39.45/117.72",
        "117.72E / 39.45N",
        "39.45° 117.72°",
        "+39.45, +117.72",
        "lat 39.45, lon 117.72",
        "Lat N39.45 Lon E117.72",
        "lon=117.72 lat=39.45",
        "latitude=39.45&longitude=117.72",
        "纬度39.45，经度117.72",
        "经度：117.72；纬度：39.45",
        "39.45 north, 117.72 east",
        "东117.72 北39.45",
        "39.45 degrees N, 117.72 degrees E",
        "117º43’12”E 39º27’N",
        "<39.45, 117.72>",
    ],
)
def test_one_place_is_read_from_every_form(text: str) -> None:
    found = parse_coordinates(text)
    assert found is not None
    assert (found.longitude, found.latitude) == pytest.approx((117.72, 39.45), abs=1e-9)


def test_whole_minutes_are_sixtieths() -> None:
    found = parse_coordinates("东经117度43分 北纬39度27分")
    assert found is not None
    assert found.longitude == pytest.approx(117 + 43 / 60)
    assert found.latitude == pytest.approx(39 + 27 / 60)


def test_the_side_or_the_sign_says_south_and_west() -> None:
    for text in ("南纬34度36分 西经58度24分", "-58.4,-34.6", "lat -34.6 lon -58.4", "58.4W34.6S"):
        found = parse_coordinates(text)
        assert found is not None, text
        assert (found.longitude, found.latitude) == pytest.approx((-58.4, -34.6)), text


@pytest.mark.parametrize(
    "text",
    [
        "lat 39.45",
        "东1",
        "宁河 12",
        "120117",
        "120117100000",
        "北京 3",
        "39 27 117 43",
    ],
)
def test_what_could_be_read_in_two_ways_is_not_read_as_coordinates(text: str) -> None:
    assert parse_coordinates(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "39°70'N 117°E",
        "39°27'61\"N 117°E",
        "3927N 11743E",
        "1174312E 392700N",
        "39-27N",
        "lat 39.45 lat 117.72",
        "N39.45 N117.72",
        "39.45N",
        "39°27′N",
        "北纬39度27分",
        "E 117",
        "E117 N",
        "117.72E 118.0E",
        "39.45,117.72,12",
        "39,45 117.72",
        "X:117.72 Y:39.45",
    ],
)
def test_what_can_only_be_coordinates_is_refused_with_forms_that_are_read(text: str) -> None:
    with pytest.raises(InvalidLocation, match="allowed are pairs like 39.45 N 117.72 E"):
        parse_coordinates(text)


@pytest.mark.parametrize(
    "text",
    [
        "39d27m0sN 117d43m12sE",
        "39-27-00N 117-43-12E",
        "117.72E 39.45",
        "39.45N 117.72",
        "39.45 117.72 E",
        "N39.45, 117.72",
        '{"lat": 39.45, "lon": 117.72}',
        '{"longitude":117.72,"latitude":39.45}',
        "坐标：39.45，117.72",
        "位置：北纬39.45°，东经117.72°",
        "WGS84 39.45 117.72",
        "geo:39.45,117.72",
        "geo:39.45,117.72?z=12",
        "https://www.google.com/maps/@39.45,117.72,15z",
        "https://www.google.com/maps/place/x/@39.45,117.72,12z/data=!3m1",
        "https://maps.google.com/?q=39.45,117.72",
        "https://www.openstreetmap.org/#map=12/39.45/117.72",
        "https://www.openstreetmap.org/?mlat=39.45&mlon=117.72#map=5/30.1/110.2",
    ],
)
def test_programs_links_and_half_the_sides_say_the_same_place(text: str) -> None:
    found = parse_coordinates(text)
    assert found is not None
    assert (found.longitude, found.latitude) == pytest.approx((117.72, 39.45), abs=1e-9)


@pytest.mark.parametrize(
    ("link", "datum"),
    [
        ("https://uri.amap.com/marker?position=117.72,39.45", "gcj02"),
        ("https://api.map.baidu.com/marker?location=39.45,117.72", "bd09"),
        ("https://map.qq.com/?latlng=39.45,117.72", "gcj02"),
    ],
)
def test_a_link_of_a_street_map_is_not_read_as_wgs_84(link: str, datum: str) -> None:
    with pytest.raises(InvalidLocation, match=f"not WGS 84.*datum={datum}"):
        parse_coordinates(link)


def test_a_link_without_coordinates_says_so() -> None:
    with pytest.raises(InvalidLocation, match="no coordinates were found"):
        parse_coordinates("https://example.org/ninghe")


@given(
    st.integers(0, 179),
    st.integers(0, 59),
    st.integers(0, 89),
    st.integers(0, 59),
    st.integers(0, 59),
)
def test_minutes_and_seconds_add_up(
    degrees: int, minutes: int, north: int, north_minutes: int, seconds: int
) -> None:
    text = f"东经{degrees}度{minutes}分 北纬{north}度{north_minutes}分{seconds}秒"
    found = parse_coordinates(text)
    assert found is not None
    assert found.longitude == pytest.approx(degrees + minutes / 60)
    assert found.latitude == pytest.approx(north + north_minutes / 60 + seconds / 3600)


@given(st.text("0123456789.,;°′″'\"NSEW东西南北经纬度分秒+-/ ", max_size=30))
def test_no_text_breaks_the_reading(text: str) -> None:
    with suppress(InvalidLocation):
        parse_coordinates(text)
