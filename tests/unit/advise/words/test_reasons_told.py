"""Reasons in words: the number, its threshold, its unit, its time and its place."""

from typing import Any

import pytest

from forecast.advise.profile import shipped_profile
from forecast.advise.words import texts
from tests.unit.advise.words.made import BAOJIA, FROST, GUSTS, days, on

TEA = shipped_profile("tea.cuilan.yuexi")
RICE = shipped_profile("rice.xiaozhan.ninghe")
WHEAT = shipped_profile("wheat.winter.haihe")
POTATO = shipped_profile("potato.spring.north")
VEGETABLES = shipped_profile("vegetables.open.tianjin")


def test_a_frost_is_told_with_hour_value_and_threshold_and_what_would_turn_it() -> None:
    told = texts(on(TEA, "frost.spring", level=2, because=FROST), TEA, about=BAOJIA)
    assert told["zh"].reason == "预计7日凌晨5时气温为1.2℃，低于“中度霜冻”的界限2℃。"
    assert told["en"].reason == (
        "The air temperature at 05:00 on 7 Apr is expected to be 1.2 °C,"
        " below the limit of 2 °C for “moderate frost”."
    )
    assert told["zh"].margin == "若气温比预报高0.9℃，就不再达到“中度霜冻”。"
    assert told["en"].margin == (
        "If the air temperature were 0.9 °C higher, “moderate frost” would not be reached."
    )


def test_wind_is_told_with_its_force() -> None:
    told = texts(on(RICE, "nursery.cold_wind", level=2, because=GUSTS), RICE, about=BAOJIA)
    assert told["zh"].reason == (
        "预计12日最大阵风为26米/秒（10级），大于“低温大风”的界限17.2米/秒（8级）。"
    )
    assert told["zh"].margin == "若最大阵风比预报小8.9米/秒，就不再达到“低温大风”。"


def test_a_threshold_in_the_tunnel_is_told_there_beside_what_is_forecast() -> None:
    cold = GUSTS.model_copy(
        update={"subject": "tmin", "op": "<", "value": 3.2, "threshold": 5.0, "unit": "degC"}
    )
    told = texts(on(RICE, "nursery.cold_wind", level=1, because=cold), RICE, about=BAOJIA)
    assert told["zh"].reason == (
        "预计12日棚内最低气温为6.2℃左右（百叶箱3.2℃），低于“轻度低温”的界限8℃。"
    )
    assert told["en"].reason is not None
    assert "in the tunnel on 12 Apr is expected to be about 6.2 °C (3.2 °C at" in told["en"].reason
    assert "limit of 8 °C" in told["en"].reason


def test_a_level_that_only_some_members_reach_says_so() -> None:
    mild = FROST.model_copy(update={"value": 2.6, "margin": -0.6, "holds": False, "flip": -0.6})
    told = texts(on(TEA, "frost.spring", level=2, because=mild), TEA, about=BAOJIA)
    assert told["zh"].reason == (
        "居中的预报7日凌晨5时气温为2.6℃，未到“中度霜冻”的界限2℃，但有一部分成员达到。"
    )
    assert told["zh"].margin == "若气温比预报低0.6℃，结论就会改变。"


SUMS = [
    (50.0, "截至7日凌晨5时的24小时累计降水量为62毫米，多于“低洼田积水”的界限50毫米"),
    (100.0, "截至7日凌晨5时的24小时累计降水量为62毫米，少于“低洼田积水”的界限100毫米"),
]


@pytest.mark.parametrize(("threshold", "said"), SUMS)
def test_rain_over_a_window_is_told_as_its_sum(threshold: float, said: str) -> None:
    update = {"subject": "precip", "op": ">=", "value": 62.0, "unit": "mm", "threshold": threshold}
    rain = FROST.model_copy(update=update)
    told = texts(on(RICE, "field.waterlogging", level=1, because=rain), RICE, about=BAOJIA)
    assert told["zh"].reason == f"预计{said}。"


def test_rain_to_come_is_told_from_the_beginning_of_its_first_hour() -> None:
    update = {"subject": "precip", "op": "<", "value": 2.0, "threshold": 0.1, "unit": "mm"}
    rain = FROST.model_copy(update={**update, "holds": False, "margin": -1.9, "flip": -2.0})
    told = texts(on(RICE, "spray_drone", state="red", because=rain), RICE, about=BAOJIA)
    assert told["zh"].reason == (
        "主要限制因素：7日凌晨4时起6小时累计降水量为2毫米，多于界限0.1毫米。"
    )
    assert told["zh"].margin == "若降水量比预报少2毫米，结论就会改变。"


def test_a_window_that_suits_tells_what_is_nearest_to_its_limit() -> None:
    update = {"subject": "rh2m", "op": "<=", "value": 88.0, "threshold": 90.0, "unit": "%"}
    damp = FROST.model_copy(update={**update, "margin": 2.0, "flip": 3.0})
    told = texts(on(TEA, "pluck", state="green", because=damp), TEA, about=BAOJIA)
    assert told["zh"].reason == (
        "各项条件都满足，最接近界限的是7日凌晨5时相对湿度，88%（界限90%）。"
    )
    assert told["en"].margin == (
        "If the relative humidity were 3 % higher, this answer would change."
    )


YES_NO = [(1.0, "预计12日达到晚疫病哈顿准则"), (0.0, "预计12日不会达到晚疫病哈顿准则")]


@pytest.mark.parametrize(("value", "begins"), YES_NO)
def test_a_model_that_answers_yes_or_no_is_told_as_its_sentence(value: float, begins: str) -> None:
    update = {"subject": "hutton()", "op": "", "value": value, "threshold": 1.0, "unit": ""}
    model = GUSTS.model_copy(update={**update, "flip": None})
    told = texts(on(POTATO, "disease.late_blight", level=1, because=model), POTATO, about=BAOJIA)
    assert told["zh"].reason is not None
    assert told["zh"].reason.startswith(begins)
    assert told["zh"].margin is None


MEAN = GUSTS.model_copy(
    update={"subject": "tmean", "value": 9.1, "threshold": 10.0, "unit": "degC", "flip": None}
)
GATES: list[tuple[Any, str, str, dict[str, Any], str]] = [
    (RICE, "nursery_sowing", "season", {}, "今天不在播期内，播期为3月25日至4月30日。"),
    (
        RICE,
        "nursery_sowing",
        "thermal.0",
        {"because": MEAN},
        "日平均气温尚未稳定通过10℃（覆膜的为8℃）。今天起5天的平均值为9.1℃。",
    ),
    (RICE, "transplanting", "thermal.0", {}, "日平均气温尚未稳定通过15℃。"),
    (WHEAT, "sowing", "heat_sum", {}, "播种到越冬的积温不在350℃·日至650℃·日之间。"),
    (
        RICE,
        "nursery_sowing",
        "avoid.1",
        {},
        "此后5天内应避开的天气：未来5天内出现日最低气温低于2℃。",
    ),
]


@pytest.mark.parametrize(("profile", "name", "gate", "changed", "said"), GATES)
def test_the_gate_that_fails_is_the_reason_against_sowing(
    profile: Any, name: str, gate: str, changed: dict[str, Any], said: str
) -> None:
    advisory = on(profile, name, state="red", gate=gate, **changed)
    assert texts(advisory, profile, about=BAOJIA)["zh"].reason == said


def test_a_chance_of_frost_afterwards_is_told_with_its_limit() -> None:
    advisory = on(VEGETABLES, "transplant_tender", state="red", gate="last_frost")
    told = texts(advisory, VEGETABLES, about=BAOJIA)
    assert told["zh"].reason == "此后最低气温仍可能降到2℃及以下，可能性高于20%。"


def test_what_is_to_be_avoided_is_told_with_its_number_where_that_is_at_hand() -> None:
    windy = GUSTS.model_copy(update={"op": ">=", "holds": False, "margin": -8.8})
    advisory = on(RICE, "nursery_sowing", state="red", gate="avoid.2", because=windy)
    told = texts(advisory, RICE, about=BAOJIA)["zh"]
    assert told.reason is not None
    assert told.reason.startswith("主要限制因素：12日起2天内最大阵风为26米/秒（10级）")


def test_the_window_of_days_is_none_where_no_day_suits() -> None:
    told = texts(on(RICE, "transplanting", state="red"), RICE, about=BAOJIA)
    assert told["zh"].window == "预报期内没有合适时段"
    assert texts(on(TEA, "frost.spring"), TEA, about=BAOJIA)["zh"].window is None
    shown = on(RICE, "transplanting", state="green", window=days("2025-05-12", "2025-05-13"))
    assert texts(shown, RICE, about=BAOJIA)["zh"].window == "12-13日"
