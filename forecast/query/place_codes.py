"""Codes of GB/T 2260: a county has six digits, a township of it nine, a village twelve."""

import re
import unicodedata
from typing import Final

_COUNTY: Final = 6
_STEP: Final = 3
_LONGEST: Final = 12
_NAMED: Final = re.compile(
    r"(?:CN|adcode|code|GB|(?:行政)?区划代码|(?:地区|统计)?代码|编码)\s*[:=#]?\s*(\d{6}|\d{9}|\d{12})",
    re.IGNORECASE,
)


def code_in(text: str) -> str:
    """A code as it was typed, without a word for what it is: `adcode 120117`, `代码：120117`.

    Args:
        text: as typed; what holds no code of places comes back without blanks around it.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    named = _NAMED.fullmatch(plain)
    return named[1] if named else plain


def same_codes(code: str) -> list[str]:
    """Every way to write a code: 120117, 120117000 and 120117000000 are one county.

    Args:
        code: as asked; what is no code of places comes back alone.
    """
    if not _is_code(code):
        return [code]
    short = code
    while len(short) > _COUNTY and short.endswith("000"):
        short = short[:-_STEP]
    ways = [short.ljust(digits, "0") for digits in range(len(short), _LONGEST + 1, _STEP)]
    return [code, *(way for way in ways if way != code)]


def wider_codes(code: str) -> list[str]:
    """Codes of what the place of a code lies in, the nearest first: township, county.

    Args:
        code: as asked; empty for a county's, and for what is no code of places.
    """
    if not _is_code(code):
        return []
    return [code[:digits] for digits in range(len(code) - _STEP, _COUNTY - 1, -_STEP)]


def _is_code(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) in range(_COUNTY, _LONGEST + 1, _STEP)
