"""The short message: what it says in each situation, and what it leaves out first."""

from dataclasses import replace
from typing import Any

import pytest

from forecast.advise.profile import shipped_profile
from forecast.advise.words import texts
from tests.unit.advise.words.made import BAOJIA, FROST, GUSTS, days, on

TEA = shipped_profile("tea.cuilan.yuexi")
RICE = shipped_profile("rice.xiaozhan.ninghe")
NINGHE = replace(
    BAOJIA,
    place_zh="宁河",
    place_en="Ninghe",
    elevation_m=None,
    issuer_zh="宁河气象",
    issuer_en="Ninghe Met",
    next_update=None,
)
FROST_NIGHT = on(TEA, "frost.spring", level=2, window=days("2025-04-07"), because=FROST)
STORM = on(
    RICE,
    "nursery.cold_wind",
    level=2,
    window=days("2025-04-12", "2025-04-13"),
    because=GUSTS,
    probability=0.9,
)


def test_a_frost_night_is_told_with_hour_height_level_chance_and_what_to_do() -> None:
    told = texts(FROST_NIGHT, TEA, about=BAOJIA)
    assert told["zh"].message == (
        "岳西翠兰：7日凌晨5时气温1℃左右（包家乡，海拔600米），中度霜冻可能性七成。"
        "建议傍晚前覆盖茶蓬，有条件的开防霜扇或喷灌。"
    )
    assert told["en"].message == (
        "Yuexi Cuilan spring tea: 7 Apr 05:00 temperature about 1 C (600 m), moderate frost"
        " (chance about 70 %). Cover before dusk; fans or sprinklers where available."
    )


def test_the_storm_of_12_and_13_april_2025_is_told_with_its_days_and_force() -> None:
    told = texts(STORM, RICE, about=NINGHE)
    assert told["zh"].message == (
        "【宁河气象】小站稻：12-13日低温大风可能性九成，12日阵风10级左右（宁河）。"
        "建议加固棚膜压膜线，平铺秧田压实四周；未播种的推迟到风后。"
    )
    assert told["en"].message == (
        "Xiaozhan rice: 12-13 Apr cold and windy (chance about 90 %)."
        " Fasten film and ropes, seal edges; if not sown, wait until after the wind."
    )


LEFT_OUT = [
    ({}, "【岳西气象】{core}{update}{change}"),
    ({"issuer_zh": "安徽省安庆市岳西县气象局农业气象中心"}, "{core}{update}{change}"),
]


@pytest.mark.parametrize(("changed", "said"), LEFT_OUT)
def test_the_issuer_is_left_out_first(changed: dict[str, Any], said: str) -> None:
    heat = on(TEA, "heat.summer", level=1, window=days("2025-07-07"), change="raised")
    assert texts(heat, TEA, about=replace(BAOJIA, **changed))["zh"].message == said.format(
        core="岳西翠兰：7日高温热害可能性七成。建议早晚浇灌，铺草遮阴，停止修剪采摘。",
        update="下次更新6日18时。",
        change="较上次：等级提高。",
    )


PLACES = [
    ("包家乡", "（包家乡，海拔600米）", "下次更新6日18时。"),
    ("岳西县包家乡石佛寺茶园", "（岳西县包家乡石佛寺茶园，海拔600米）", ""),
    ("安徽省安庆市岳西县包家乡石佛村大别山区茶园基地", "（海拔600米）", ""),
]


@pytest.mark.parametrize(("place", "where", "update"), PLACES)
def test_after_the_change_the_update_is_left_out_and_then_the_place(
    place: str, where: str, update: str
) -> None:
    level = on(TEA, "frost.spring", level=4, window=days("2025-04-07"), because=FROST)
    raised = level.model_copy(update={"change": "raised"})
    assert texts(raised, TEA, about=replace(BAOJIA, place_zh=place))["zh"].message == (
        f"岳西翠兰：7日凌晨5时气温1℃左右{where}，特重霜冻可能性七成。"
        f"建议联系保险查勘，按防灾预案处置。{update}"
    )


def test_a_bracket_behind_the_name_of_the_crop_is_left_out() -> None:
    assert "（春茶）" in texts(FROST_NIGHT, TEA, about=BAOJIA)["zh"].title
    assert "（春茶）" not in texts(FROST_NIGHT, TEA, about=BAOJIA)["zh"].message


def test_a_threshold_in_the_tunnel_tells_of_the_tunnel() -> None:
    cold = GUSTS.model_copy(
        update={"subject": "tmin", "op": "<", "value": 3.2, "threshold": 5.0, "unit": "degC"}
    )
    level = on(RICE, "nursery.cold_wind", level=1, window=days("2025-04-12"), because=cold)
    told = texts(level, RICE, about=replace(NINGHE, place_zh="", place_en=""))
    assert "12日棚内最低6℃左右，轻度低温" in told["zh"].message
    assert "low in the tunnel about 6 C, cool" in told["en"].message


def test_rain_over_a_day_is_not_told_as_rain_of_an_hour() -> None:
    rain = FROST.model_copy(
        update={"subject": "precip", "op": ">=", "value": 62.0, "threshold": 50.0, "unit": "mm"}
    )
    level = on(RICE, "field.waterlogging", level=1, window=days("2025-04-07"), because=rain)
    assert "24小时雨量62毫米左右" in texts(level, RICE, about=NINGHE)["zh"].message


def test_frost_below_zero_is_told_in_words_in_chinese_and_by_a_sign_in_english() -> None:
    cold = FROST.model_copy(update={"value": -3.4, "threshold": 0.0})
    level = on(TEA, "frost.spring", level=3, window=days("2025-04-07"), because=cold)
    told = texts(level, TEA, about=BAOJIA)
    assert "气温零下3℃左右" in told["zh"].message
    assert "about -3 C" in told["en"].message


SAID = [
    (
        {"missing": 3},
        "预报期内茶园春霜冻可能性七成，未达预警标准。另有3天缺资料，未作判断。",
    ),
    ({"probability": None, "members": 1}, "预报期内预计无茶园春霜冻。"),
    ({"change": "cleared"}, "茶园春霜冻预警解除。"),
    ({"state": "not-applicable"}, "当前不在茶园春霜冻的季节或生育期。"),
    (
        {"state": "not-applicable", "change": "ended"},
        "易发生育期已过，茶园春霜冻预警结束。",
    ),
    ({"state": "no-data", "lacking": ("t2m",)}, "缺少气温资料，茶园春霜冻无法判断。"),
    ({"state": "no-data"}, "资料不足，茶园春霜冻无法判断。"),
]


@pytest.mark.parametrize(("changed", "said"), SAID)
def test_nothing_and_not_known_are_told_apart(changed: dict[str, Any], said: str) -> None:
    advisory = on(TEA, "frost.spring", **changed)
    about = replace(BAOJIA, issuer_zh="", next_update=None)
    assert texts(advisory, TEA, about=about)["zh"].message == f"岳西翠兰：{said}"


def test_a_warning_that_stands_while_data_are_missing_keeps_its_action() -> None:
    stands = on(TEA, "frost.spring", level=2, state="no-data", status="no-data", members=0)
    told = texts(stands, TEA, about=BAOJIA)["zh"]
    assert "此前发布的中度霜冻预警继续有效。建议傍晚前覆盖茶蓬" in told.message
    assert told.state == "资料不足，无法判断；此前发布的“中度霜冻”继续有效"
    assert told.confidence is None


def test_what_is_watched_is_told_with_its_chance_and_without_alarm() -> None:
    watched = {"state": "none", "status": "watch", "window": days("2025-04-30", "2025-05-01")}
    advisory = on(TEA, "frost.spring", level=1, probability=0.1, **watched)
    told = texts(advisory, TEA, about=replace(BAOJIA, next_update=None))["zh"]
    assert told.message == (
        "【岳西气象】岳西翠兰：4月30日-5月1日需关注轻度霜冻，可能性一成，请留意更新。"
    )
    assert told.state == "关注：可能出现轻度霜冻"


def test_one_forecast_says_that_it_tells_no_chance() -> None:
    told = texts(
        FROST_NIGHT.model_copy(update={"probability": None, "members": 1}), TEA, about=NINGHE
    )
    assert "中度霜冻（单一预报，可能性不明）。" in told["zh"].message
    assert told["zh"].confidence == "这一项只有单一预报，给不出可能性。"
    assert (
        told["en"].confidence == "This rests on a single forecast, so no probability can be told."
    )
