"""Chances as words and rounded tens; the table of the words is `data/words/confidence.toml`."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from forecast.advise.profile.wording import Language
from forecast.advise.words.catalogue import table

TENTHS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word for chances.

    Attributes:
        begins: lowest chance that it stands for; it ends where the next one begins.
        zh: in Chinese.
        en: in English.
    """

    begins: float
    zh: str
    en: str


@cache
def scale() -> tuple[Word, ...]:
    """The words from the least likely to the most."""
    return tuple(
        Word(begins=entry["from"], zh=entry["zh"], en=entry["en"])
        for entry in table("confidence")["words"]
    )


def word(probability: float, language: Language) -> str:
    """The word for a chance: 较可能, likely."""
    found = [each for each in scale() if probability >= each.begins][-1]
    return found.zh if language == "zh" else found.en


def tens(probability: float, language: Language) -> str:
    """A chance in rounded tens: 七成, about 70 %; neither none nor all of it."""
    place = min(max(math.floor(probability * TENTHS + 0.5), 1), TENTHS - 1)
    if probability < 1 / TENTHS:
        place = 0
    elif probability > 1 - 1 / TENTHS:
        place = TENTHS
    return str(_tenths()[language][place])


@cache
def _tenths() -> dict[str, Any]:
    return dict(table("confidence")["tenths"])
