"""The catalogue of sentences: whole templates in Chinese and English, with named slots.

`data/words/*.toml` holds them, one table for each sentence with the keys `zh` and `en`. Slots are
filled with numbers, times and names; no sentence is put together from parts of sentences.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from forecast.advise.profile.parts import Text
from forecast.advise.profile.wording import Language

LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")

BOOKS: Final = ("advisory", "bulletin", "messages", "season", "water")
"""Files of the catalogue; their sentences share one set of keys."""


@cache
def templates() -> Mapping[str, Mapping[Language, str]]:
    """All sentences by key, as `state.green`."""
    found: dict[str, Mapping[Language, str]] = {}
    for book in BOOKS:
        found.update(_flat(table(book), ""))
    return MappingProxyType(found)


def table(book: str) -> dict[str, Any]:
    """A file of `data/words` as it stands."""
    text = files("forecast").joinpath(f"data/words/{book}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def sentence(key: str, language: Language, **slots: str) -> str:
    """Fill a sentence in; one in English begins with a capital.

    Args:
        key: of the catalogue.
        language: `zh` or `en`.
        slots: numbers, times and names as text.

    Raises:
        KeyError: the catalogue has no such sentence, or a slot was not filled; a fault of the
            program, not of its user.
    """
    text = templates()[key][language].format(**slots)
    return capital(text) if language == "en" else text


def phrase_of(key: str, language: Language, **slots: str) -> str:
    """Fill in what stands within a sentence, as a time does.

    Args:
        key: of the catalogue.
        language: `zh` or `en`.
        slots: as for `sentence`.

    Raises:
        KeyError: as for `sentence`.
    """
    return templates()[key][language].format(**slots)


def said(text: Text, language: Language) -> str:
    """A text of a profile in one of its languages."""
    return text.zh if language == "zh" else text.en


def simulated(text: str, language: Language) -> str:
    """The text with the remark that the weather is not real."""
    return phrase_of("simulated", language, text=text)


def capital(text: str) -> str:
    """The text with a capital first letter, behind a quotation mark too."""
    begins = 1 if text.startswith("“") else 0
    return text[:begins] + text[begins : begins + 1].upper() + text[begins + 1 :]


def _flat(tree: Mapping[str, Any], prefix: str) -> dict[str, Mapping[Language, str]]:
    if set(tree) == set(LANGUAGES) and all(isinstance(text, str) for text in tree.values()):
        return {prefix: MappingProxyType({"zh": tree["zh"], "en": tree["en"]})}
    found: dict[str, Mapping[Language, str]] = {}
    for key, part in tree.items():
        found.update(_flat(part, f"{prefix}.{key}" if prefix else key))
    return found
