"""What changed since the last cycle, and by how much where that is known."""

from typing import Any

import pytest

from forecast.advise.advisory import Span
from forecast.advise.profile import shipped_profile
from forecast.advise.words import texts
from tests.unit.advise.words.made import BAOJIA, days, on

TEA = shipped_profile("tea.cuilan.yuexi")
NIGHT = on(TEA, "frost.spring", level=2, window=days("2025-04-07"))
PLUCK = on(
    TEA,
    "pluck",
    state="amber",
    window=Span(begins="2025-04-07T01:00:00Z", ends="2025-04-07T05:00:00Z"),
)
LATER = Span(begins="2025-04-07T04:00:00Z", ends="2025-04-07T08:00:00Z")
YESTERDAY = {"issued": "2025-04-05T00:00:00Z"}
BEFORE = {"issued": "2025-04-05T18:00:00Z"}

CHANGES: list[tuple[Any, str, dict[str, Any] | None, str | None]] = [
    (NIGHT, "first", None, "首次发布。"),
    (on(TEA, "frost.spring"), "first", None, None),
    (NIGHT, "raised", None, "较上次：等级提高。"),
    (NIGHT, "raised", {**YESTERDAY, "state": "none", "name": None}, "较昨日：新增。"),
    (
        NIGHT,
        "raised",
        {**YESTERDAY, "state": 1, "name": {"zh": "轻度霜冻", "en": "light frost"}},
        "较昨日：由“轻度霜冻”升级。",
    ),
    (
        NIGHT,
        "lowered",
        {**BEFORE, "state": 3, "name": {"zh": "重度霜冻", "en": "severe frost"}},
        "较上次：由“重度霜冻”降级。",
    ),
    (NIGHT, "shifted", {**YESTERDAY, "window": days("2025-04-09")}, "较昨日：提前2天。"),
    (NIGHT, "shifted", {**YESTERDAY, "window": days("2025-04-06")}, "较昨日：推迟1天。"),
    (NIGHT, "shifted", {**YESTERDAY, "window": days("2025-04-07")}, "较昨日：时段有变。"),
    (NIGHT, "unchanged", None, "与上次相同。"),
    (on(TEA, "frost.spring"), "cleared", YESTERDAY, "较昨日：预警解除。"),
    (NIGHT, "ended", YESTERDAY, "较昨日：生育期已过，不再提示。"),
    (NIGHT, "not known", None, "无法与上次比较。"),
    (PLUCK, "raised", {**YESTERDAY, "state": "red"}, "较昨日：转好。"),
    (PLUCK, "lowered", {**YESTERDAY, "state": "green"}, "较昨日：转差。"),
    (PLUCK, "shifted", {**YESTERDAY, "window": LATER}, "较昨日：提前3小时。"),
]


@pytest.mark.parametrize(("now", "change", "before", "said"), CHANGES)
def test_a_change_is_told_against_the_cycle_before(
    now: Any, change: str, before: dict[str, Any] | None, said: str | None
) -> None:
    earlier = None if before is None else type(now).model_validate({**now.model_dump(), **before})
    told = texts(now.model_copy(update={"change": change}), TEA, about=BAOJIA, before=earlier)
    assert told["zh"].change == said


def test_english_tells_by_how_much_too() -> None:
    earlier = PLUCK.model_copy(update={**YESTERDAY, "window": LATER})
    told = texts(PLUCK.model_copy(update={"change": "shifted"}), TEA, about=BAOJIA, before=earlier)
    assert told["en"].change == "Since yesterday: 3 hours earlier."


def test_the_all_clear_names_what_is_over() -> None:
    clear = on(TEA, "frost.spring", change="cleared")
    told = texts(clear, TEA, about=BAOJIA, before=NIGHT)
    assert "岳西翠兰：中度霜冻预警解除。" in told["zh"].message
