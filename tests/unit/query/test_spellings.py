"""Coordinates and names as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.query.coordinates import parse_coordinates
from forecast.query.names import covered, fold, one_slip_away, pieces, short_han
from grids import InvalidLocation, LonLat


@pytest.mark.parametrize(
    "text",
    [
        "117.72,39.45",
        "117.72 39.45",
        "117.72，39.45",
        "39.45,117.72",
        "39.45N 117.72E",
        "39.45°N, 117.72°E",
        "117.72E39.45N",
        "N39.45 E117.72",
        "e117.72 n39.45",
        "117°43′12″E 39°27′N",
        "117°43'12\"E 39°27'00\"N",
        "39°27′00″N, 117°43′12″E",
        "北纬39.45 东经117.72",
        "东经117.72度，北纬39.45度",
        "东经117度43分12秒 北纬39度27分",
        "(117.72, 39.45)",
        "１１７.７２，３９.４５",
    ],
)
def test_every_way_to_write_ninghe_s_coordinates_is_read(text: str) -> None:
    found = parse_coordinates(text)
    assert found is not None
    assert (found.longitude, found.latitude) == pytest.approx((117.72, 39.45), abs=1e-9)


def test_south_and_west_are_negative() -> None:
    assert parse_coordinates("33.9S 18.4W") == LonLat(longitude=-18.4, latitude=-33.9)
    assert parse_coordinates("-18.4,-33.9") == LonLat(longitude=-18.4, latitude=-33.9)


@pytest.mark.parametrize(
    "text", ["宁河", "ninghe", "12", "1,2,3", "1990年", "N E", "3.5", "K12+300", "东风农场3.5队"]
)
def test_what_is_no_pair_of_coordinates_is_left_to_the_names(text: str) -> None:
    assert parse_coordinates(text) is None


@pytest.mark.parametrize("text", ["200N 117E", "117.72,139.45", "500,20"])
def test_coordinates_off_the_earth_are_refused(text: str) -> None:
    with pytest.raises(InvalidLocation):
        parse_coordinates(text)


@given(st.floats(-179.99, 179.99), st.floats(-89.99, 89.99))
def test_what_is_written_is_what_is_read(longitude: float, latitude: float) -> None:
    sides = f"{'S' if latitude < 0 else 'N'} {abs(longitude):.6f}{'W' if longitude < 0 else 'E'}"
    found = parse_coordinates(f"{abs(latitude):.6f}{sides}")
    assert found is not None
    assert found.longitude == pytest.approx(longitude, abs=1e-6)
    assert found.latitude == pytest.approx(latitude, abs=1e-6)


def test_folding_drops_case_accents_and_signs() -> None:
    assert fold("Ürümqi") == "urumqi"
    assert fold("Lu’an Shi") == "luanshi"
    assert fold("宁河 区") == "宁河区"


def test_a_text_falls_into_chinese_and_latin() -> None:
    assert pieces("宁河, Tianjin 天津") == ("宁河天津", ("tianjin",))
    assert pieces("Xi'an") == ("", ("xian",))


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("宁河区", "宁河"),
        ("单县", "单县"),
        ("大理白族自治州", "大理"),
        ("石柱土家族自治县", "石柱"),
        ("滨海新区", "滨海"),
        ("天津市", "天津"),
        ("新疆维吾尔自治区", "新疆"),
    ],
)
def test_units_and_peoples_are_left_out_of_the_short_name(name: str, short: str) -> None:
    assert short_han(name) == short


@given(st.text("abcxyz", min_size=2, max_size=8), st.data())
def test_one_slip_reaches_every_word_with_one_letter_less(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    less = word[:at] + word[at + 1 :]
    assert less in one_slip_away(word)
    assert word in one_slip_away(less)


def test_a_rest_is_covered_by_names_used_once() -> None:
    assert covered("安徽安庆", ["安徽", "安庆", "安徽省"])
    assert not covered("安徽安徽", ["安徽", "安庆"])
    assert covered("", [])


def test_a_hyphen_does_not_join_latin_letters_to_chinese_ones() -> None:
    """`A-㐀` once reached the index as a phrase, which it cannot look up."""
    assert pieces("A-㐀宁河") == ("㐀宁河", ("a",))
    assert pieces("Ning-he") == ("", ("ninghe",))
