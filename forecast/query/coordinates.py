"""Coordinates as people write them: decimal pairs, degrees and minutes, Chinese words."""

import re
import unicodedata
from typing import Final

from grids import LonLat

_NUMBER: Final = r"\d{1,3}(?:\.\d+)?"
_ANGLE: Final = rf"({_NUMBER})\s*(?:°\s*)?(?:({_NUMBER})\s*'\s*(?:({_NUMBER})\s*\"\s*)?)?"
_PAIR: Final = re.compile(rf"([+-]?{_NUMBER})\s*[,;\s]\s*([+-]?{_NUMBER})")
_BEFORE: Final = re.compile(rf"([NSEW])\s*{_ANGLE}[,;\s]*([NSEW])\s*{_ANGLE}")
_AFTER: Final = re.compile(rf"{_ANGLE}([NSEW])[,;\s]*{_ANGLE}([NSEW])")
_SPELLINGS: Final = str.maketrans(
    {"′": "'", "’": "'", "‘": "'", "分": "'", "″": '"', "”": '"', "“": '"', "秒": '"'}
    | {"度": "°", "º": "°", "˚": "°", "，": ",", "、": ",", "；": ";", "−": "-"}
)
_SIDES: Final = (("北纬", "N"), ("南纬", "S"), ("东经", "E"), ("西经", "W"))
_LATITUDE_LIMIT: Final = 90.0


def parse_coordinates(text: str) -> LonLat | None:
    """Read a place from coordinates, or None where the text is something else.

    Degrees may be decimal or have minutes and seconds, and their side may stand before or
    behind them: `39.45N 117.72E`, `117°43′E 39°27′N`, `北纬39.45 东经117.72`. A bare pair is
    `longitude,latitude`; where the second number is above 90 degrees it can only be the
    longitude, and the pair is read as `latitude,longitude`.

    Raises:
        InvalidLocation: the text is coordinates, but not on the earth.
    """
    plain = _plain(text)
    pair = _PAIR.fullmatch(plain)
    if pair is not None:
        first, second = float(pair[1]), float(pair[2])
        if abs(second) > _LATITUDE_LIMIT >= abs(first):
            first, second = second, first
        return LonLat(longitude=first, latitude=second)
    before, after = _BEFORE.fullmatch(plain), _AFTER.fullmatch(plain)
    if before is not None:
        parts = before.groups()
        angles = {parts[0]: _degrees(parts[1:4]), parts[4]: _degrees(parts[5:8])}
    elif after is not None:
        parts = after.groups()
        angles = {parts[3]: _degrees(parts[0:3]), parts[7]: _degrees(parts[4:7])}
    else:
        return None
    longitude = angles.get("E", -angles["W"] if "W" in angles else None)
    latitude = angles.get("N", -angles["S"] if "S" in angles else None)
    if longitude is None or latitude is None:
        return None
    return LonLat(longitude=longitude, latitude=latitude)


def _plain(text: str) -> str:
    """The text in one spelling: ASCII digits, letters for sides, signs for units."""
    spelt = text.translate(_SPELLINGS)
    for words, letter in _SIDES:
        spelt = spelt.replace(words, letter)
    spelt = unicodedata.normalize("NFKC", spelt).upper().replace("''", '"')
    return spelt.replace(":", " ").strip().strip("()[]").strip()


def _degrees(parts: tuple[str | None, ...]) -> float:
    whole, minutes, seconds = (float(part) if part else 0.0 for part in parts)
    return whole + minutes / 60.0 + seconds / 3600.0
