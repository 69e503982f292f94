"""Caveats are whole sentences in both languages, and each of them is told when it is due."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from forecast.advise.advisory import Advisory
from forecast.advise.words.catalogue import table
from forecast.service import AdviceAnswer, ForecastService, ask_advice
from forecast.service.advice import caveats
from forecast.service.advice.caveats import height_words, source_words
from forecast.service.advice.told import ranked
from tests.support.advice import own_crops
from tests.support.small_members import members_of, published_with
from tests.support.small_region import CYCLE, NOW, SmallRegion

BOOK = table("answer")


def sentences(tree: Mapping[str, Any], name: str = "") -> dict[str, Mapping[str, str]]:
    if set(tree) == {"zh", "en"}:
        return {name: tree}
    return {
        key: told
        for part, inner in tree.items()
        for key, told in sentences(inner, f"{name}.{part}".strip(".")).items()
    }


@pytest.mark.parametrize("name", sorted(sentences(BOOK)))
def test_both_languages_say_the_same_numbers(name: str) -> None:
    told = sentences(BOOK)[name]
    slots = [set(re.findall(r"{(\w+)}", told[language])) for language in ("zh", "en")]
    assert slots[0] == slots[1]
    assert re.search("[一-鿿]", told["zh"])
    assert not re.search("[一-鿿]", told["en"])


def test_every_caveat_is_told_somewhere() -> None:
    source = Path(caveats.__file__).read_text(encoding="utf-8")
    assert [name for name in BOOK["caveat"] if f'"{name}"' not in source] == []


def test_two_heights_are_told_with_what_was_added() -> None:
    told = height_words(model_m=578.2, used_m=900.0, added_k=-2.06)
    assert told["zh"].startswith("所在模式格点的地形高578米，预报按900米计算；气温平均订正−2.1℃")
    assert "with −2.1 °C added" in told["en"]
    assert "没有高度订正" in height_words(model_m=4.1, used_m=3.5, added_k=0.04)["zh"]
    assert "not known" in height_words(model_m=4.1, used_m=3.5, added_k=None)["en"]


def test_a_source_is_named_with_the_words_of_its_licence() -> None:
    told = source_words(label="ECMWF IFS", members=51, attribution="Contains ECMWF data.")
    assert told["en"] == "Forecast: ECMWF IFS, members: 51. Contains ECMWF data."
    assert source_words(label="X", members=1, attribution="")["zh"] == "预报资料：X，1个成员。"


@pytest.fixture
def advised(
    region: SmallRegion, serve: Callable[..., ForecastService], tmp_path: Path
) -> Callable[..., AdviceAnswer]:
    """Ask the small profile, changed, at 宁河, of a cycle with or without its being simulated."""

    def ask(
        *changes: tuple[str, str], simulated: bool = True, age: timedelta = NOW - CYCLE, **said: Any
    ) -> AdviceAnswer:
        region.publish(simulated=simulated)
        service = serve(region, crops=own_crops(tmp_path / "crops", *changes), now=CYCLE + age)
        return service.advise(ask_advice(service, place="宁河", crop="small", **said))

    return ask


def ids(answer: AdviceAnswer) -> set[str]:
    return {one["id"] for one in answer.caveats()}


def test_a_real_forecast_is_not_called_simulated(advised: Callable[..., AdviceAnswer]) -> None:
    assert "simulated" not in ids(advised(simulated=False))


def test_a_signed_profile_is_not_called_unsigned(advised: Callable[..., AdviceAnswer]) -> None:
    signed = (
        "maintainer: example agency",
        "maintainer: {name: 某县农技站, signed: {by: 张三, on: 2025-01-01, version: 0.1.0}}",
    )
    answer = advised(signed)
    assert "unsigned" not in ids(answer)
    assert answer.about.issuer_zh == "某县农技站"


def test_an_unsigned_profile_issues_nothing_in_anybodys_name(
    advised: Callable[..., AdviceAnswer],
) -> None:
    answer = advised()
    assert "unsigned" in ids(answer)
    assert (answer.about.issuer_zh, answer.about.issuer_en) == ("", "")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (("review_by: 2026-01-15", "review_by: 2025-04-09"), "overdue"),
        (("valid_from: 2025-01-01", "valid_from: 2025-04-11"), "not_valid_yet"),
    ],
)
def test_a_profile_out_of_its_time_says_so(
    advised: Callable[..., AdviceAnswer], change: tuple[str, str], name: str
) -> None:
    assert name in ids(advised(change))


def test_what_the_forecast_does_not_hold_is_named(advised: Callable[..., AdviceAnswer]) -> None:
    lacking = ('{var: t2m, op: ">=", value: 6 degC}', '{var: tsoil5, op: ">=", value: 6 degC}')
    (told,) = (one for one in advised(lacking).caveats() if one["id"] == "lacking")
    assert "5厘米地温" in told["zh"]


def test_the_most_urgent_advice_stands_first(advised: Callable[..., AdviceAnswer]) -> None:
    advisories = advised().advice.advisories
    assert ranked(advisories)[0].rule == "frost"
    first = advisories[0]
    states: list[Any] = ["not-applicable", "red", "green", "none", 1, 3]
    made = [_with(first, state) for state in states]
    assert [one.state for one in ranked(made)] == [3, 1, "green", "red", "none", "not-applicable"]


def _with(advisory: Advisory, state: Any) -> Advisory:
    status = "warn" if isinstance(state, int) else "none"
    return advisory.model_copy(update={"state": state, "status": status, "notify": False})


def test_a_run_of_few_members_says_that_they_are_too_few(
    region: SmallRegion, serve: Callable[..., ForecastService], tmp_path: Path
) -> None:
    published_with(region, members_of(region, count=4))
    service = serve(region, crops=own_crops(tmp_path / "crops"), now=NOW)
    answer = service.advise(ask_advice(service, place="宁河", crop="small"))
    told = {one["id"]: one for one in answer.caveats()}
    assert "single" not in told
    assert "至少要10个成员，本次预报只有4个" in told["few_members"]["zh"]
    assert "at least 10 members and this run has 4" in told["few_members"]["en"]
