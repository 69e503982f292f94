"""Stages, their dates, irrigation and standing water as sentences of both languages."""

from dataclasses import replace
from typing import Any

import pytest

from forecast.advise.advice import StageNow
from forecast.advise.words import (
    irrigation_text,
    phenology_text,
    season_text,
    stage_text,
    standing_water_text,
)
from tests.unit.advise.words.made import BAOJIA
from tests.unit.advise.words.occasions import NURSERY, PONDING, RICE, STAGE, TEA, WATER, season

STAGES: list[tuple[Any, float | None, str]] = [
    ("reported", 1.0, "据上报，作物现处育秧期。"),
    ("calendar", None, "按常年日期，作物现处育秧期。"),
    ("degree-days", 1.0, "按有效积温推算，作物现处育秧期。"),
    ("degree-days", 0.6, "按有效积温推算，作物现处育秧期的可能性六成。"),
    ("not known", None, "资料不足，不能判断作物是否处于育秧期。"),
]


@pytest.mark.parametrize(("reason", "chance", "said"), STAGES)
def test_a_stage_says_what_tells_it(reason: Any, chance: float | None, said: str) -> None:
    stage = StageNow(id="nursery", name=NURSERY, reason=reason, probability=chance)
    assert stage_text(stage, about=BAOJIA)["zh"] == said


DATES: list[tuple[dict[str, Any], str]] = [
    (
        {},
        "育秧期预计在5月6日前后到来，八成可能在5月1日至5月12日之间。本次预报期内到来的可能性三成。",
    ),
    (
        {"years": 0, "chance_in_forecast": 0.0},
        "育秧期预计在5月6日前后到来，范围5月1日至5月12日（只用了常年平均值，实际范围更宽）。",
    ),
    (
        {"p90": None, "chance_in_forecast": None},
        "育秧期预计在5月6日前后到来，最早5月1日，也可能今年内不到。",
    ),
    (
        {"p90": None, "p50": None, "p10": None, "chance_in_forecast": 0.0},
        "育秧期今年内预计不会到来。",
    ),
    ({"reached": "2025-04-02"}, "育秧期已于4月2日到达。"),
]


@pytest.mark.parametrize(("changed", "said"), DATES)
def test_dates_of_a_stage_are_told_with_their_range(changed: dict[str, Any], said: str) -> None:
    assert phenology_text(STAGE.model_copy(update=changed), about=BAOJIA)["zh"] == said


def test_days_that_are_not_known_are_told_beside_the_normals() -> None:
    whole = season_text(season(past=100, forecast=15, normals=250), about=BAOJIA)
    assert whole["en"] == "The days of this year: 100 past, 15 forecast, 250 long-term means."
    holes = season_text(season(past=90, forecast=15, normals=250, missing=10), about=BAOJIA)
    assert holes["zh"].endswith("250天为常年平均值，10天缺测。")


def test_irrigation_tells_dates_amount_and_the_rain_that_would_do_instead() -> None:
    told = irrigation_text(WATER, TEA, about=BAOJIA)
    assert told["zh"] == (
        "预计16日前后需要灌溉（15日至18日）：根层现亏水22毫米，易利用的水共40毫米。"
        "灌水25毫米（每亩17立方米），已扣除较有把握的降水3毫米。"
        "若15日降水达到15毫米，可以推迟到20日之后再灌。降水达到这么多的可能性四成。"
        "起始墒情是假定的，上报土壤墒情后会更准。"
    )
    assert "If 15 mm of rain fall on 15 Apr, it can wait until after 20 Apr." in told["en"]


def test_a_flooded_field_is_told_by_its_layer() -> None:
    low = WATER.model_copy(update={"state": "red", "depletion_mm": 4.0, "postpone": None})
    assert irrigation_text(low, RICE, about=BAOJIA)["zh"].startswith(
        "现在需要补水：田面水层4毫米，下限40毫米。"
    )


NEEDS: list[tuple[dict[str, Any], str]] = [
    ({"state": "no-data"}, "资料不足，需水无法判断。"),
    ({"state": "not-applicable"}, "当前不在需要灌溉的时期。"),
    (
        {"state": "green", "start": "kept", "postpone": None},
        "预报期内不需要灌溉：根层今天亏水22毫米，易利用的水共40毫米。",
    ),
]


@pytest.mark.parametrize(("changed", "said"), NEEDS)
def test_no_need_and_not_known_are_told_apart(changed: dict[str, Any], said: str) -> None:
    assert irrigation_text(WATER.model_copy(update=changed), TEA, about=BAOJIA)["zh"] == said


def test_standing_water_tells_when_how_deep_how_long_and_when_the_field_carries() -> None:
    assert standing_water_text(PONDING, about=BAOJIA)["zh"] == (
        "12日11时起田间可能积水，可能性二成。最深20毫米左右，偏重时45毫米。"
        "从最深到排完约需8小时，偏慢时20小时。约60小时后可以下地，偏慢时90小时。"
        "这里地势低，请先清沟、备好排水泵。地形资料分辨不出平原上的低洼地，请以实地情况为准。"
    )


PONDS: list[tuple[dict[str, Any], str]] = [
    ({"state": "no-data"}, "资料不足，是否积水无法判断。"),
    (
        {"state": "green", "probability": 0.0, "caveat": False, "hours_until_entry_p50": None},
        "预报期内预计不会积水。",
    ),
    (
        {"state": "green", "probability": 0.05, "caveat": False, "hours_until_entry_p50": None},
        "预报期内田间积水的可能性不到一成。",
    ),
]


@pytest.mark.parametrize(("changed", "said"), PONDS)
def test_dry_and_not_known_are_told_apart(changed: dict[str, Any], said: str) -> None:
    assert standing_water_text(PONDING.model_copy(update=changed), about=BAOJIA)["zh"] == said


def test_simulated_water_and_stages_say_so() -> None:
    about = replace(BAOJIA, simulated=True)
    told = [
        irrigation_text(WATER, TEA, about=about),
        standing_water_text(PONDING, about=about),
        phenology_text(STAGE, about=about),
        season_text(season(past=1), about=about),
    ]
    assert all(text["zh"].startswith("（模拟）") for text in told)
    assert all(text["en"].startswith("(simulated) ") for text in told)
