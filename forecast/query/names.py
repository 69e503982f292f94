"""How names of places are compared: folded spelling, Chinese suffixes, one slip of the finger."""

import re
import unicodedata
from typing import Final

_NOT_LETTERS: Final = re.compile(r"[\s'’‘`´·.,，、()（）\-]+")
_HAN: Final = re.compile(r"[㐀-鿿]")
SUFFIXES: Final = (
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "街道",
    "地区",
    "林区",
    "特区",
    "新区",
    "省",
    "市",
    "区",
    "县",
    "盟",
    "旗",
    "镇",
    "乡",
)
LATIN_SUFFIXES: Final = ("xian", "shi", "qu", "zhen", "xiang", "county", "district", "city")


def fold(text: str) -> str:
    """Fold a name for comparison: lower case, no accents, spaces, apostrophes or hyphens."""
    decomposed = unicodedata.normalize("NFKD", text.strip().lower())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _NOT_LETTERS.sub("", bare)


def is_han(text: str) -> bool:
    """Whether a text holds a Chinese character."""
    return _HAN.search(text) is not None


def short_han(name: str) -> str:
    """A Chinese name without its administrative suffix, kept at two characters or more."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name.removesuffix(suffix)
    return name


def tokens(text: str) -> list[str]:
    """Search tokens: single Chinese characters and folded Latin words, in order."""
    spaced = _HAN.sub(lambda match: f" {match.group()} ", text)
    words = (fold(word) for word in re.split(r"[\s,，、]+", spaced))
    return [word for word in words if word]


def within_one_slip(first: str, second: str) -> bool:
    """Whether two words differ by one inserted, dropped, changed or swapped letter at most."""
    if first == second:
        return True
    if abs(len(first) - len(second)) > 1:
        return False
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    rest, other = first[start:], second[start:]
    if len(rest) == len(other):
        swapped = rest[:2] == other[1::-1] and rest[2:] == other[2:]
        return rest[1:] == other[1:] or (len(rest) > 1 and swapped)
    return rest[1:] == other or rest == other[1:]
