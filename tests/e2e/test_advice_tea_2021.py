"""Anhui tea, 22-23 March 2021, from gridded members to the message: light to moderate frost.

Weekly of the Anhui tea association of 28 March 2021: 2-4 degC on 22-23 March, 1-3 degC in the
hills, light to moderate frost. The fields are made: on the model's ground around Yuexi, with 5.5
K/km between its heights; the terrain brings them to the gardens. Asked on 21 March at 14:00.
"""

from typing import Any

import pytest

from tests.support.advice_events import Garden, advisory, chances, states
from tests.support.tea_hills import garden_at

TEA = "tea.cuilan.yuexi"
FROST = "frost.spring"


def asked(hills: Garden, height: float) -> Any:
    latitude, longitude = garden_at(hills, height)
    return hills.ask("--crop", TEA, "--lat", latitude, "--lon", longitude, "--stage", "plucking")


@pytest.fixture(scope="module")
def low(tea_garden: Garden) -> Any:
    return asked(tea_garden, 300.0)


@pytest.fixture(scope="module")
def hill(tea_garden: Garden) -> Any:
    return asked(tea_garden, 560.0)


def test_the_low_garden_is_warned_of_light_frost_on_both_days(low: Any) -> None:
    frost = advisory(low, FROST)
    assert (frost["state"], frost["status"]) == (1, "warn")
    assert frost["name"]["zh"] == "轻度霜冻"
    days = states(low, FROST)
    assert (days["2021-03-22"], days["2021-03-23"]) == (1, 1)
    assert frost["chances"]["1"] >= 0.9
    assert frost["chances"]["2"] <= 0.1


def test_the_hill_is_warned_of_moderate_frost_on_both_days(hill: Any) -> None:
    frost = advisory(hill, FROST)
    assert (frost["state"], frost["status"]) == (2, "warn")
    assert frost["name"]["zh"] == "中度霜冻"
    days = states(hill, FROST)
    assert (days["2021-03-22"], days["2021-03-23"]) == (2, 2)
    assert frost["chances"]["2"] >= 0.9
    assert frost["chances"]["3"] <= 0.1


def test_temperatures_are_those_of_the_weekly(low: Any, hill: Any) -> None:
    """2-4 degC in the low gardens, 1-3 degC in the hills."""
    assert 2.0 <= advisory(low, FROST)["because"]["value"] <= 4.0
    assert 1.0 <= advisory(hill, FROST)["because"]["value"] <= 3.0


def test_covering_before_dusk_is_advised_on_the_hill_and_plucking_below(
    low: Any, hill: Any
) -> None:
    assert "抢采已达标鲜叶" in advisory(low, FROST)["text"]["zh"]["action"]
    assert "傍晚前覆盖茶蓬" in advisory(hill, FROST)["text"]["zh"]["action"]


@pytest.mark.parametrize(("garden", "words"), [("low", "轻度霜冻"), ("hill", "中度霜冻")])
def test_the_message_fits_a_phone_and_names_days_and_grade(
    garden: str, words: str, request: pytest.FixtureRequest
) -> None:
    message = request.getfixturevalue(garden)["messages"]["zh"]
    assert len(message) <= 70
    assert words in message
    assert "22-2" in message


def test_both_are_new_since_the_run_before(low: Any, hill: Any) -> None:
    for document in (low, hill):
        frost = advisory(document, FROST)
        assert (frost["change"], frost["notify"]) == ("raised", True)


def test_a_frost_at_22_beijing_counts_to_the_next_day(low: Any) -> None:
    """3.2 degC at 23:00 on the evening of the 23rd; the 24th itself stays above 4 degC."""
    assert states(low, FROST)["2021-03-24"] == 1
    assert chances(low, FROST, "1")["2021-03-24"] >= 0.9


def test_a_height_is_asked_where_the_cell_lies_lower(tea_garden: Garden) -> None:
    latitude, longitude = garden_at(tea_garden, 300.0)
    place = ("--lat", latitude, "--lon", longitude, "--elevation", 560)
    lifted = tea_garden.ask("--crop", TEA, *place, "--stage", "plucking")
    assert lifted["passport"]["elevation_used_m"] == 560.0
    assert advisory(lifted, FROST)["state"] == 2
