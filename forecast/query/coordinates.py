"""Coordinates as people write them: decimal pairs, degrees and minutes, Chinese words."""

import re
from typing import Final

from grids import LonLat

_ANGLE: Final = (
    r"(\d{1,3}(?:\.\d+)?)\s*(?:°|度)?\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:′|'|分))?"
    r"\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:″|\"|秒))?"
)
_PAIR: Final = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*[,，\s]\s*([+-]?\d+(?:\.\d+)?)\s*")
_AFTER: Final = re.compile(rf"{_ANGLE}\s*([NSEW])", re.IGNORECASE)
_BEFORE: Final = re.compile(rf"(北纬|南纬|东经|西经)\s*{_ANGLE}")
_SIDES: Final = {"北纬": "N", "南纬": "S", "东经": "E", "西经": "W"}
_LONGITUDES_ONLY: Final = 90.0


def parse_coordinates(text: str) -> LonLat | None:
    """Read a place from coordinates, or None where the text is something else.

    A bare pair is `longitude,latitude`; where the second number is above 90 degrees it can only
    be the longitude and the pair is read as `latitude,longitude`.

    Raises:
        InvalidLocation: the text is coordinates, but not on the earth.
    """
    marked = [_angle(found[:3], found[3].upper()) for found in _AFTER.findall(text)]
    if not marked:
        marked = [_angle(found[1:], _SIDES[found[0]]) for found in _BEFORE.findall(text)]
    sides = dict(marked)
    if len(sides) == 2:
        return LonLat(longitude=sides["longitude"], latitude=sides["latitude"])
    pair = _PAIR.fullmatch(text)
    if pair is None:
        return None
    first, second = float(pair.group(1)), float(pair.group(2))
    if abs(second) > _LONGITUDES_ONLY:
        first, second = second, first
    return LonLat(longitude=first, latitude=second)


def _angle(parts: tuple[str, ...], side: str) -> tuple[str, float]:
    degrees, minutes, seconds = (float(part) if part else 0.0 for part in parts)
    value = degrees + minutes / 60.0 + seconds / 3600.0
    axis = "latitude" if side in "NS" else "longitude"
    return axis, -value if side in "SW" else value
