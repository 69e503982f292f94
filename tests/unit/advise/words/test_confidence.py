"""Chances as words and tens: never nothing, never everything, from few members."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.advise.profile import shipped_profile
from forecast.advise.words import texts
from forecast.advise.words.confidence import scale, tens, word
from tests.unit.advise.words.made import BAOJIA, on

TEA = shipped_profile("tea.cuilan.yuexi")

WORDS = [
    (0.05, "可能性很小", "very unlikely", "不到一成", "under 10 %"),
    (0.10, "不大可能", "unlikely", "一成", "about 10 %"),
    (0.34, "不大可能", "unlikely", "三成", "about 30 %"),
    (0.35, "可能", "possible", "四成", "about 40 %"),
    (0.50, "可能", "possible", "五成", "about 50 %"),
    (0.72, "较可能", "likely", "七成", "about 70 %"),
    (0.75, "很可能", "very likely", "八成", "about 80 %"),
    (0.90, "很可能", "very likely", "九成", "about 90 %"),
    (0.96, "很可能", "very likely", "九成以上", "over 90 %"),
]


@pytest.mark.parametrize(("chance", "word_zh", "word_en", "tens_zh", "tens_en"), WORDS)
def test_a_chance_has_a_word_and_rounded_tens(
    chance: float, word_zh: str, word_en: str, tens_zh: str, tens_en: str
) -> None:
    assert (word(chance, "zh"), word(chance, "en")) == (word_zh, word_en)
    assert (tens(chance, "zh"), tens(chance, "en")) == (tens_zh, tens_en)


def test_the_words_cover_all_chances_without_gaps() -> None:
    begins = [each.begins for each in scale()]
    assert begins[0] == 0.0
    assert all(one < other for one, other in pairwise(begins))


@given(st.integers(1, 51).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size))))
def test_no_chance_of_up_to_51_members_is_told_as_none_or_all(pair: tuple[int, int]) -> None:
    share = pair[0] / pair[1]
    assert tens(share, "en") not in {"about 0 %", "about 100 %"}
    said = texts(on(TEA, "frost.spring", probability=share, members=pair[1]), TEA, about=BAOJIA)
    assert " 0 %" not in str(said["en"])
    assert "100 %" not in str(said["en"])


def test_all_and_no_members_are_told_by_their_number() -> None:
    pluck = {"state": "green", "members": 21}
    told = texts(on(TEA, "pluck", probability=1.0, **pluck), TEA, about=BAOJIA)
    assert told["en"].confidence == "The whole time is suitable in all 21 members."
    level = on(TEA, "frost.spring", level=1, probability=0.0, members=21)
    told = texts(level, TEA, about=BAOJIA)
    assert told["zh"].confidence == "21个成员均未达到“轻度霜冻”。"
    assert told["en"].confidence == "No member of 21 reaches “light frost”."


def test_a_share_of_members_is_told_with_their_number() -> None:
    told = texts(on(TEA, "frost.spring", level=2), TEA, about=BAOJIA)
    assert told["zh"].confidence == "出现“中度霜冻”及以上：较可能，可能性七成（21个成员）。"
    assert told["en"].confidence == "“Moderate frost” or worse: likely, about 70 % of 21 members."


def test_too_few_members_tell_no_chance() -> None:
    told = texts(on(TEA, "frost.spring", level=2, probability=None, members=5), TEA, about=BAOJIA)
    assert told["en"].confidence == "Too few members are known (5) to tell a chance."
