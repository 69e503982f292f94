"""Yuexi: at 300 m and at 900 m within one cell of the model, frost and first plucking differ.

The weather is that of the tea hills of March 2021. Ten past years at 300 m pass the 153.6 degC d of
first plucking about the end of March; 600 m higher, at 6.5 K/km, it is 3.9 K colder.
"""

import re
from datetime import date
from typing import Any

import pytest

from tests.support.advice_events import Garden, advisory, states
from tests.support.tea_hills import garden_at

TEA = "tea.cuilan.yuexi"
FROST = "frost.spring"
HEIGHTS = (300.0, 900.0)

Pair = tuple[Any, Any]


def _both(hills: Garden, *options: object) -> Pair:
    low, high = (garden_at(hills, height) for height in HEIGHTS)
    return (
        hills.ask("--crop", TEA, "--lat", low[0], "--lon", low[1], *options),
        hills.ask("--crop", TEA, "--lat", high[0], "--lon", high[1], *options),
    )


@pytest.fixture(scope="module")
def reported(tea_garden: Garden) -> Pair:
    """Both gardens with plucking seen today."""
    return _both(tea_garden, "--stage", "plucking")


@pytest.fixture(scope="module")
def plain(tea_garden: Garden) -> Pair:
    """Both gardens with stages by degree-days."""
    return _both(tea_garden)


def test_the_frost_is_light_at_300_m_and_severe_at_900_m(reported: Pair) -> None:
    low, high = (advisory(document, FROST) for document in reported)
    assert (low["state"], high["state"]) == (1, 3)
    assert states(reported[0], FROST)["2021-03-23"] == 1
    assert states(reported[1], FROST)["2021-03-23"] == 3
    assert low["because"]["value"] - high["because"]["value"] > 2.0


def test_first_plucking_is_days_later_at_900_m(plain: Pair) -> None:
    windows = []
    for document in plain:
        (stage,) = [one for one in document["phenology"] if one["id"] == "plucking"]
        windows.append([date.fromisoformat(stage[name]) for name in ("p10", "p50", "p90")])
    low, high = windows
    assert date(2021, 3, 22) <= low[1] <= date(2021, 4, 8)
    assert (high[1] - low[1]).days >= 7
    assert low[2] < high[2]
    assert low[0] < low[1] < low[2]


def test_the_stage_differs_and_is_told_by_degree_days(plain: Pair) -> None:
    low, high = ({stage["id"] for stage in document["stages"]} for document in plain)
    assert "bud_swell" in low
    assert high == {"dormant"}
    assert {stage["reason"] for stage in plain[0]["stages"]} == {"degree-days"}
    assert advisory(plain[1], FROST)["state"] == "not-applicable"


def test_the_answer_says_why_by_height_and_kelvin(reported: Pair) -> None:
    for document, height in zip(reported, HEIGHTS, strict=True):
        heights = document["heights"]
        assert heights["used_m"] == pytest.approx(height, abs=10.0)
        kelvin = heights["mean_temperature_correction_k"]
        for language in ("zh", "en"):
            text = heights[language]
            assert f"{heights['used_m']:.0f}" in text
            assert f"{heights['model_m']:.0f}" in text
            assert re.search(rf"[+−-]{abs(kelvin):.1f}", text), text
    low, high = (document["heights"]["mean_temperature_correction_k"] for document in reported)
    assert low > 0 > high


def test_people_read_the_height_and_the_correction(tea_garden: Garden) -> None:
    latitude, longitude = garden_at(tea_garden, 900.0)
    place = ("--lat", latitude, "--lon", longitude)
    told = tea_garden.told("--crop", TEA, *place, "--stage", "plucking")
    assert "重度霜冻" in told
    assert "900" in told
    assert "平均订正" in told
