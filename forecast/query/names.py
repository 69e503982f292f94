"""How names of places are compared: folded spelling, suffixes, one slip of the finger."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_LATIN: Final = r"[^\W\d_\u3400-\u9fff]+"
_PIECES: Final = re.compile(rf"[\u3400-\u9fff]+|{_LATIN}(?:['’‘`´ʻ·\-]{_LATIN})*|\d+")
_NOT_LETTERS: Final = re.compile(r"[^a-z0-9\u3400-\u9fff]+")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"

_UNITS: Final = (
    "特别行政区", "行政区", "自治区", "自治州", "自治县", "自治旗", "民族乡", "地区", "林区",
    "特区", "新区", "街道", "苏木", "省", "市", "区", "县", "盟", "旗", "镇", "乡",
)  # fmt: skip
_FOREST: Final = "神农架林区"
_PEOPLES: Final = re.compile(
    "(?:壮|藏|回|苗|彝|侗|瑶|白|傣|羌|黎|畲|水|满|土|佤|怒|蒙古|土家|布依|朝鲜|哈尼|傈僳|景颇|拉祜|纳西|"
    "仡佬|仫佬|毛南|布朗|撒拉|保安|裕固|东乡|普米|阿昌|独龙|达斡尔|鄂温克|鄂伦春|塔吉克|锡伯|各)族|"
    "维吾尔|哈萨克|柯尔克孜|蒙古$"
)


def fold(text: str) -> str:
    """Fold a name for comparison: lower case, no accents, spaces, apostrophes or hyphens."""
    lowered = text.lower()
    if not lowered.isascii():
        decomposed = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _NOT_LETTERS.sub("", lowered)


def is_han(text: str) -> bool:
    """Whether a text holds a Chinese character."""
    return _HAN.search(text) is not None


def short_han(name: str) -> str:
    """A Chinese name without unit and peoples, kept at two characters or more.

    宁河区 is 宁河, 大理白族自治州 is 大理, 单县 stays.
    """
    for unit in _UNITS:
        if unit == "林区" and name != _FOREST:  # 万柏林区 is a district
            continue
        if name.endswith(unit) and len(name) - len(unit) >= 2:
            name = name.removesuffix(unit)
            break
    bare = _PEOPLES.sub("", name)
    return bare if len(bare) >= 2 else name


def pieces(text: str) -> tuple[str, tuple[str, ...]]:
    """Split what was typed into its Chinese characters, joined, and its folded Latin words."""
    found = _PIECES.findall(unicodedata.normalize("NFKC", text))
    han = "".join(piece for piece in found if is_han(piece))
    words = (fold(piece) for piece in found if not is_han(piece))
    return han, tuple(word for word in words if word)


def one_slip_away(word: str) -> set[str]:
    """Every Latin word that one dropped, swapped, changed or added letter makes of a word."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    dropped = {head + tail[1:] for head, tail in cuts if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    changed = {head + letter + tail[1:] for head, tail in cuts if tail for letter in _LETTERS}
    added = {head + letter + tail for head, tail in cuts for letter in _LETTERS}
    return (dropped | swapped | changed | added) - {word}


def covered(text: str, names: Iterable[str]) -> bool:
    """Whether a text is made of names alone, each used once, longest first."""
    rest = text
    for name in sorted(set(names), key=len, reverse=True):
        rest = rest.replace(name, "", 1) if name else rest
    return not rest


def splits(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every run of neighbouring words as one, with the other words as one."""
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            yield "".join(words[start:end]), "".join(words[:start] + words[end:])
