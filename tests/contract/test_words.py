"""The catalogue of sentences: two languages alike, nothing idle, and messages that fit a phone."""

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from forecast.advise.advice import Advice
from forecast.advise.advisory import Advisory, Span
from forecast.advise.profile import CropProfile, shipped_names, shipped_profile
from forecast.advise.profile.kernels import kernels
from forecast.advise.profile.names import measures
from forecast.advise.profile.rules import Rule
from forecast.advise.profile.sowing import Sowing
from forecast.advise.profile.wording import Language
from forecast.advise.words import About, AdviceText, WeatherSummary, bulletin, catalogue, texts
from forecast.advise.words.messages import LIMITS
from tests.support.data import ROOT
from tests.unit.advise.words.made import BAOJIA, FEW, days, numbers, on, parts
from tests.unit.advise.words.occasions import occasions

BOOKS = sorted(path.stem for path in (ROOT / "forecast" / "data" / "words").glob("*.toml"))
CHINESE = re.compile(r"[一-鿿]")
PROFILES = [shipped_profile(name) for name in shipped_names()]
ABOUTS = (
    BAOJIA,
    replace(BAOJIA, simulated=True, elevation_m=None),
)


def _pairs(tree: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any, Any]]:
    """All texts in two languages of a file: path, Chinese, English."""
    if {"zh", "en"} <= set(tree):
        yield path, tree["zh"], tree["en"]
        return
    for key, part in tree.items():
        if isinstance(part, dict):
            yield from _pairs(part, f"{path}.{key}")


def _slots(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


SENTENCES = [
    pair
    for book in BOOKS
    if book != "times"
    for pair in _pairs(catalogue.table(book), book)
    if isinstance(pair[1], str)
]


def test_both_languages_fill_in_the_same_and_neither_is_empty() -> None:
    assert len(SENTENCES) > 250
    for path, zh, en in SENTENCES:
        assert zh.strip(), path
        assert en.strip(), path
        assert _slots(zh) == _slots(en), path
        assert not CHINESE.search(en), path


def test_every_text_of_the_catalogue_stands_in_both_languages() -> None:
    for book in BOOKS:
        for key, part in catalogue.table(book).items():
            if isinstance(part, dict) and {"zh", "en"} & set(part):
                assert {"zh", "en"} <= set(part), f"{book}.{key}"
    formats = catalogue.table("times")
    assert set(formats["en"]) - set(formats["zh"]) == {"months"}
    assert set(formats["zh"]) <= set(formats["en"])


def test_sentences_of_chinese_end_as_those_of_english_do() -> None:
    for path, zh, en in SENTENCES:
        assert zh.endswith("。") == en.endswith("."), path


def test_every_quantity_and_model_has_a_short_label() -> None:
    labels = catalogue.table("labels")
    assert set(labels) == {*measures(), *kernels()}
    assert {entry["family"] for entry in labels.values()} == {"temperature", "speed", "amount"}


def test_every_sentence_of_the_catalogue_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    known = catalogue.templates()

    class Listening(dict[str, Mapping[Any, str]]):
        def __getitem__(self, key: str) -> Mapping[Any, str]:
            asked.add(key)
            return super().__getitem__(key)

    listening = Listening(known)
    monkeypatch.setattr(catalogue, "templates", lambda: listening)
    occasions()
    for profile in PROFILES:
        for advisory in _states(profile):
            for about in ABOUTS:
                texts(advisory, profile, about=about)
    _texts_of_nameless_rules()
    assert sorted(set(known) - asked) == []


def _texts_of_nameless_rules() -> None:
    """What is said of rules that a profile gives no name, as those written earlier do."""
    for profile in PROFILES:
        rules = tuple(rule.model_copy(update={"name": None}) for rule in profile.rules)
        nameless = profile.model_copy(update={"rules": rules})
        for rule in rules:
            texts(on(nameless, rule.id), nameless, about=BAOJIA)


@cache
def _told(name: str) -> tuple[tuple[Advisory, About, dict[Language, AdviceText]], ...]:
    """Texts of a profile in every state, for several issuers and places."""
    profile = shipped_profile(name)
    return tuple(
        (advisory, about, texts(advisory, profile, about=about))
        for advisory in _states(profile)
        for about in ABOUTS
    )


@pytest.mark.parametrize("name", shipped_names())
def test_every_message_fits_a_phone_and_ends_as_a_sentence(name: str) -> None:
    for _, _, told in _told(name):
        assert len(told["zh"].message) <= LIMITS["zh"] == 70
        assert len(told["en"].message) <= LIMITS["en"] == 160
        assert told["zh"].message.endswith("。")
        assert told["en"].message.endswith(".")


@pytest.mark.parametrize("name", shipped_names())
def test_every_message_of_a_level_says_what_to_do(name: str) -> None:
    levels = [row for row in _told(name) if isinstance(row[0].state, int)]
    assert levels
    for advisory, _, told in levels:
        assert advisory.action is not None
        assert advisory.action.zh in told["zh"].message
        assert advisory.action.en[1:] in told["en"].message


@pytest.mark.parametrize("name", shipped_names())
def test_every_text_says_so_where_the_weather_is_simulated(name: str) -> None:
    for _, about, told in _told(name):
        for language, word in (("zh", "模拟"), ("en", "simulated")):
            said = [text for text in told[language].model_dump().values() if text]  # type: ignore[index]
            assert all((word in text) == about.simulated for text in said)


def _states(profile: CropProfile) -> Iterator[Advisory]:
    for part in parts(profile):
        yield from _unsaid(profile, part.id)
        if isinstance(part, Rule):
            yield from _quiet(profile, part.id)
            yield from _levels(profile, part)
        else:
            yield from _lights(profile, part.id)
        if isinstance(part, Sowing):
            yield from _gates(profile, part)


def _quiet(profile: CropProfile, name: str) -> Iterator[Advisory]:
    for change in ("cleared", "unchanged", "first"):
        yield on(profile, name, change=change, missing=3)
    yield on(profile, name, probability=None, members=1)


def _unsaid(profile: CropProfile, name: str) -> Iterator[Advisory]:
    yield on(profile, name, state="not-applicable", status="not-applicable")
    yield on(profile, name, state="not-applicable", status="not-applicable", change="ended")
    moisture = "relative_soil_moisture(depth=200.0)"
    for lacking in ((), ("t2m",), (moisture,), ("precip", "rh2m", moisture)):
        yield on(profile, name, state="no-data", status="no-data", lacking=lacking, members=0)
    yield on(profile, name, **FEW)


def _levels(profile: CropProfile, rule: Rule) -> Iterator[Advisory]:
    across = days("2025-04-30", "2025-05-01")
    for level in rule.levels:
        number = level.level
        for because in numbers(level.condition):
            yield on(profile, rule.id, level=number, because=because, window=days("2025-04-12"))
        yield on(profile, rule.id, level=number, because=because, window=across)
        for chance, members in ((1.0, 51), (0.0, 20), (0.05, 21), (None, 1), (None, 5)):
            told = {"probability": chance, "members": members, "change": "raised"}
            yield on(profile, rule.id, level=number, because=because, window=across, **told)
        yield on(profile, rule.id, level=number)
        for window in (across, None):
            watched = {"state": "none", "status": "watch", "window": window}
            yield on(profile, rule.id, level=number, **watched)
        for lacking in ((), ("t2m",)):
            stands = {"state": "no-data", "status": "no-data", "lacking": lacking}
            yield on(profile, rule.id, level=number, **stands)
        yield on(profile, rule.id, level=number, **FEW)


def _lights(profile: CropProfile, name: str) -> Iterator[Advisory]:
    part = next(one for one in parts(profile) if one.id == name)
    conditions = part.avoid if isinstance(part, Sowing) else (part.green, part.amber)  # type: ignore[union-attr]
    daily = isinstance(part, Sowing) or part.step == "d"  # type: ignore[union-attr]
    hours = Span(begins="2025-04-30T12:30:00Z", ends="2025-04-30T22:30:00Z")
    window = days("2025-04-30", "2025-05-02") if daily else hours
    for light in ("green", "amber", "red"):
        for because in (None, *(one for each in conditions for one in numbers(each))):
            told = {"window": window, "next_window": window, "change": "shifted"}
            yield on(profile, name, state=light, because=because, **told)
        yield on(profile, name, state=light, because=because, missing=100)
        for chance, members in ((1.0, 51), (0.0, 20), (0.05, 21), (None, 1), (None, 5)):
            sure = {"probability": chance, "members": members, "window": window}
            yield on(profile, name, state=light, **sure)


def _gates(profile: CropProfile, sowing: Sowing) -> Iterator[Advisory]:
    gates = ["season", "heat_sum", "last_frost"]
    gates += [f"thermal.{place}" for place in range(len(sowing.thermal))]
    gates += [f"avoid.{place}" for place in range(len(sowing.avoid))]
    window = days("2025-04-30", "2025-05-02")
    if sowing.last_stage is not None:
        out = {"state": "not-applicable", "status": "not-applicable", "gate": "stage"}
        yield on(profile, sowing.id, **out)
    for gate in gates:
        for light in ("amber", "red"):
            yield on(profile, sowing.id, state=light, gate=gate, window=window)
            yield on(profile, sowing.id, state=light, gate=gate, missing=15)


def test_an_advice_without_days_still_makes_a_bulletin() -> None:
    profile = PROFILES[0]
    empty = Advice(profile=profile.label, stages=(), advisories=(), timelines=(), decisions={})
    about: About = replace(BAOJIA, today=date(2025, 4, 6))
    told = bulletin(empty, profile, about=about, summary=WeatherSummary(past=None, outlook=()))
    assert "未来天气资料暂缺" in told.written("text", "zh")
