"""Whole sentences one after another, in both languages."""

from collections.abc import Callable, Iterable
from typing import Final

from forecast.advise.profile.wording import Language
from forecast.advise.words.about import About
from forecast.advise.words.catalogue import LANGUAGES, simulated

JOINT: Final[dict[Language, str]] = {"zh": "", "en": " "}
"""What stands between two sentences."""


def paragraph(sentences: Iterable[str], language: Language) -> str:
    """Sentences as one text; empty ones are left out."""
    return JOINT[language].join(text for text in sentences if text)


def in_both(about: About, told: Callable[[Language], Iterable[str]]) -> dict[Language, str]:
    """The sentences of each language as one text, which says so where the weather is not real.

    Args:
        about: whether it is simulated.
        told: sentences of a language.
    """
    found = {language: paragraph(told(language), language) for language in LANGUAGES}
    if not about.simulated:
        return found
    return {language: simulated(text, language) for language, text in found.items()}
