"""Conditions read as sentences in both languages."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from forecast.advise.profile import shipped_profile
from forecast.advise.profile.explaining import explain
from forecast.advise.profile.grammar import AnyCondition, Condition
from forecast.advise.profile.phrases import phrase

READ: TypeAdapter[AnyCondition] = TypeAdapter(Condition)

COLD = {"var": "tmin", "op": "<=", "value": "-3 degC"}
WET = {"var": "rain_d", "op": ">=", "value": "25 mm"}

SENTENCES: list[tuple[dict[str, Any], str, str]] = [
    (COLD, "日最低气温不高于−3℃", "the lowest temperature of the day is at most −3 °C"),
    (
        {"all": [COLD, WET]},
        "日最低气温不高于−3℃，且日降水量不小于25毫米",
        (
            "the lowest temperature of the day is at most −3 °C and the rain of the day is at least"
            " 25 mm"
        ),
    ),
    (
        {"run": {"any": [COLD, WET]}, "at_least": "3 d"},
        "连续3天及以上（日最低气温不高于−3℃，或日降水量不小于25毫米）",
        (
            "for at least 3 days in a row (the lowest temperature of the day is at most −3 °C or"
            " the rain of the day is at least 25 mm)"
        ),
    ),
    (
        {
            "count": {"var": "t2m", "op": "<=", "value": "2 degC"},
            "within": "24 h",
            "at_least": "2 h",
        },
        "过去24小时内至少2小时气温不高于2℃",
        "in at least 2 hours out of the past 24 hours the air temperature is at most 2 °C",
    ),
    (
        {"var": "precip", "op": "<", "value": "0.1 mm", "agg": "sum", "window": "next 6 h"},
        "未来6小时累计降水量小于0.1毫米",
        "the rain summed over the next 6 hours is below 0.1 mm",
    ),
    (
        {"var": "tmin", "op": "<", "value": "2 degC", "agg": "min", "window": "next 5 d"},
        "未来5天内出现日最低气温低于2℃",
        "at some time within the next 5 days, the lowest temperature of the day is below 2 °C",
    ),
    (
        {"var": "tmin", "op": ">=", "value": "2 degC", "agg": "min", "window": "next 5 d"},
        "未来5天内日最低气温始终不低于2℃",
        "throughout the next 5 days, the lowest temperature of the day is at least 2 °C",
    ),
    (
        {
            "all": [
                {"var": "wind10m", "op": ">=", "value": "0.8 m/s"},
                {"var": "wind10m", "op": "<=", "value": "10.8 km/h"},
            ]
        },
        "10米高度风速为0.8至3米/秒",
        "the wind at 10 m is 0.8 to 3 m/s",
    ),
    (
        {"var": "tmin", "op": "<", "value": "8 degC", "at": "tunnel", "gain": "3 delta_degC"},
        "棚内日最低气温（换算到百叶箱为5℃）低于8℃",
        (
            "the lowest temperature of the day in the tunnel (this is 5 °C at the screen) is below"
            " 8 °C"
        ),
    ),
    (
        {
            "model": "degree_days",
            "with": {"base": "12.9 degC", "from": "03-01"},
            "op": ">=",
            "value": "238.3 degC d",
        },
        "有效积温（基点温度 12.9 degC、起算日 03-01、算法 simple）不小于238.3℃·日",
        "the sum of degree-days (base 12.9 degC, from 03-01, method simple) is at least 238.3 °C d",
    ),
]


@pytest.mark.parametrize(("written", "zh", "en"), SENTENCES)
def test_a_condition_is_one_sentence_in_each_language(
    written: dict[str, Any], zh: str, en: str
) -> None:
    condition = READ.validate_python(written)
    assert phrase(condition, "zh") == zh
    assert phrase(condition, "en") == en


def test_the_tea_frost_is_explained_with_threshold_place_source_and_evidence() -> None:
    text = explain(shipped_profile("tea.cuilan.yuexi"), "zh")
    assert "## 灾害：茶园春霜冻 · frost.spring" in text
    assert "- 2级（中度霜冻）：过去24小时内至少2小时气温不高于2℃。" in text
    assert "  措施：傍晚前覆盖茶蓬，有条件的开防霜扇或喷灌。" in text
    assert "  阈值：t2m <= 2 degC [2℃, 百叶箱]" in text
    assert "  依据〔经验，待证实〕：QX/T 410-2017 茶树霜冻害等级" in text
    assert "概率达到15%预警，达到8%关注。" in text


def test_an_english_explanation_holds_chinese_only_in_titles_and_places_of_sources() -> None:
    for line in explain(shipped_profile("rice.xiaozhan.ninghe"), "en").splitlines():
        if not line.strip().startswith("Source ["):
            assert not any("一" <= sign <= "鿿" for sign in line), line
