"""Lists of variables as askers write them."""

import pytest

from forecast.errors import UnknownName
from forecast.query.selection import allowed_names, parse_names


def test_lists_are_read_once_each_in_order() -> None:
    assert parse_names(" precipitation, temperature_2m,,precipitation", kind="hourly") == (
        "precipitation",
        "temperature_2m",
    )
    assert parse_names(["precipitation", "cloud_cover"], kind="hourly") == (
        "precipitation",
        "cloud_cover",
    )
    assert parse_names("", kind="daily") == ()


def test_all_stands_for_what_the_forecast_holds() -> None:
    assert parse_names("all", kind="daily") == allowed_names("daily")
    assert parse_names("all", kind="hourly", held=["precipitation"]) == ("precipitation",)


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("temperature_2", "temperature_2m"),
        ("Precipitation", "precipitation"),
        ("rainfall_precipitation", "precipitation"),
        ("wind", "wind_speed_10m"),
        ("windspeed_10m", "wind_speed_10m"),
    ],
)
def test_an_unknown_name_is_refused_with_the_closest(asked: str, near: str) -> None:
    with pytest.raises(UnknownName, match=near):
        parse_names(asked, kind="hourly")


def test_a_name_of_the_other_kind_is_sent_to_its_list() -> None:
    with pytest.raises(UnknownName, match="ask for it in daily="):
        parse_names("temperature_2m_max", kind="hourly")
    with pytest.raises(UnknownName, match="ask for it in hourly="):
        parse_names("temperature_2m", kind="daily")


def test_a_known_name_that_is_not_held_is_refused_with_what_is() -> None:
    with pytest.raises(UnknownName, match="this forecast holds precipitation"):
        parse_names("cloud_cover", kind="hourly", held=["precipitation"])


def test_a_long_nonsense_is_cut_in_the_refusal() -> None:
    with pytest.raises(UnknownName) as caught:
        parse_names("x" * 5000, kind="hourly")
    assert len(str(caught.value)) < 600
