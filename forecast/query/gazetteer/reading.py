"""Chinese names in Latin letters: local readings first, the dictionary for the rest."""

import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from forecast.query.names import short_han
from forecast.regions import data_path

_UNITS_EN: Final = {"区": "District", "县": "County", "市": "City", "旗": "Banner"}


@cache
def syllables(name: str) -> tuple[str, ...]:
    """Pinyin of a Chinese name, one syllable a character, without tones and with ü.

    Args:
        name: Chinese characters only.
    """
    # the dictionary is a development dependency, wanted only where the file is built
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    found: list[str] = lazy_pinyin(name, v_to_u=True)
    if len(found) != len(name):
        return tuple(found)
    table = _table()
    if name in table["whole"]:
        return tuple(table["whole"][name].split())
    for at, character in enumerate(name):
        found[at] = table["characters"].get(character, found[at])
    for part, reading in table["names"].items():
        at = name.find(part)
        if at >= 0:
            found[at : at + len(part)] = reading.split()
    return tuple(found)


def english_county(name: str) -> str:
    """English name of a county as maps write it: 宁河区 is Ninghe District."""
    unit = _UNITS_EN.get(name[-1], "")
    stem = short_han(name)
    latin = joined(stem).capitalize()
    if stem == name or not unit:
        return f"{latin} {unit}".strip() if stem != name else joined(name).capitalize()
    return f"{latin} {unit}"


def joined(name: str) -> str:
    """Pinyin of a name as one word, with the apostrophe that 六安 (lu'an) needs."""
    word = ""
    for syllable in syllables(name):
        word += f"'{syllable}" if word and syllable[0] in "aoe" else syllable
    return word


def other_names(code: str) -> list[str]:
    """Other names of a county by its code, of a place of GeoNames by its number."""
    return list(_table()["aliases"].get(code, []))


def simplified() -> Iterator[tuple[str, str]]:
    """Every traditional character with the simplified one that it is written as."""
    text = data_path("places", "simplified.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        for group in () if line.startswith("#") else line.split():
            yield from ((traditional, group[0]) for traditional in group[1:])


def sounds() -> Iterator[tuple[str, str]]:
    """The commonest reading of every character of GB 2312 in names of places."""
    for row in range(0xB0, 0xF8):
        for column in range(0xA1, 0xFF):
            try:
                character = bytes((row, column)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            yield character, syllables(character)[0]


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(data_path("places", "readings.toml").read_text(encoding="utf-8"))
