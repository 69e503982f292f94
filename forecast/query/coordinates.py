"""Coordinates as people write them: decimal pairs, degrees and minutes, Chinese words."""

import re
import unicodedata
from typing import Final, NamedTuple

from forecast.query.coordinate_texts import ALLOWED, seems, unlinked, unworded
from grids import InvalidLocation, LonLat

_NUMBER: Final = r"\d{1,3}(?:\.\d+)?"
_ANGLE: Final = (
    rf"([+-]?)\s*({_NUMBER})(?:(?:\s*°\s*|\s+)({_NUMBER})"
    rf"(?:(?:\s*'\s*|\s+)({_NUMBER})\s*\"?)?\s*'?)?\s*°?"
)
_BARE: Final = rf"([+-]?)\s*({_NUMBER})(?:\s*°(?:\s*({_NUMBER})\s*'?(?:\s*({_NUMBER})\s*\"?)?)?)?"
_APART: Final = r"\s*[,;/\s]\s*"
_PAIR: Final = re.compile(rf"{_BARE}{_APART}{_BARE}")
_BEFORE: Final = re.compile(rf"([NSEW])\s*{_ANGLE}[,;/\s]*([NSEW])\s*{_ANGLE}")
_AFTER: Final = re.compile(rf"{_ANGLE}\s*([NSEW])[,;/\s]*{_ANGLE}\s*([NSEW])")
_SPELLINGS: Final = str.maketrans(
    {"′": "'", "’": "'", "‘": "'", "`": "'", "´": "'", "＇": "'", "分": "'", "″": '"'}
    | {"”": '"', "“": '"', "〃": '"', "＂": '"', "秒": '"', "度": "°", "º": "°", "˚": "°"}
    | {"，": ",", "、": ",", "；": ";", "。": ".", "−": "-", "–": "-", "．": "."}
)
_UNIT: Final = re.compile(r"\b(?:DEGREES?|DEG)\b")
_AXES: Final = re.compile(r"\b(?:LATITUDE|LONGITUDE|LONG|LAT|LON|LNG)\b\s*[:=]?")
_SIDES: Final = (
    *(("北纬", "N"), ("南纬", "S"), ("东经", "E"), ("西经", "W")),
    *(("NORTH", "N"), ("SOUTH", "S"), ("EAST", "E"), ("WEST", "W")),
    *(("北", "N"), ("南", "S"), ("东", "E"), ("西", "W")),
)
_NAMED: Final = re.compile(
    rf"(LATITUDE|LAT|LONGITUDE|LONG|LON|LNG)\s*[:=]?\s*([+-]?{_NUMBER})\s*°?"
)
_LATITUDE_LIMIT: Final = 90.0
_SIDE: Final = re.compile("[NSEW]")


class Rounding(NamedTuple):
    """By how much coordinates may be off because they were rounded, to each side.

    Attributes:
        longitude: degrees.
        latitude: degrees.
    """

    longitude: float
    latitude: float


class Typed(NamedTuple):
    """Coordinates as they were typed: where, and to which digit."""

    lonlat: LonLat
    rounding: Rounding


class _Angle(NamedTuple):
    """Degrees, and half of the unit in which the last digit counts."""

    degrees: float
    half: float


def parse_coordinates(text: str) -> LonLat | None:
    """Read a place from coordinates, or None where the text is something else; see `read_typed`.

    Raises:
        InvalidLocation: the text is coordinates, but not on the earth.
    """
    typed = read_typed(text)
    return None if typed is None else typed.lonlat


def read_typed(text: str) -> Typed | None:
    """Read a place from coordinates and how exact they are, or None where the text is no such.

    Degrees may be decimal or have minutes and seconds, their signs may be left out where a side
    is given, and the side may stand before or behind them: `39.45N 117.72E`, `117°43′E 39°27′N`,
    `E117 43 12 N39 27`, `北纬39.45 东经117.72`, `lat 39.45 lon 117.72`. A bare pair is
    `longitude,latitude`; where the second number is above 90 degrees it can only be the
    longitude, and the pair is read as `latitude,longitude`.

    Links of maps and `geo:` are read where they hold WGS 84.

    The last digit counts: `39.45` is exact to 0.005 degrees, `39.450` to 0.0005, and `39°27′` to
    half a minute.

    Raises:
        InvalidLocation: the text is coordinates, but not on the earth, or in no known form; a link
            without them, or of a street map with another datum.
    """
    plain = unworded(_plain(unlinked(text)))
    found = _named(plain) or _unnamed(_sided(plain))
    if found is None and seems(plain):
        raise InvalidLocation(f"coordinates {text.strip()!r} were asked; {ALLOWED}")
    return found


def _unnamed(plain: str) -> Typed | None:
    """Coordinates with letters for the sides, or a bare pair."""
    half = _half_sided(plain)
    if half is not None:
        return half
    pair = _PAIR.fullmatch(plain)
    if pair is not None:
        parts = pair.groups()
        first, second = _degrees(parts[:4]), _degrees(parts[4:])
        if first is None or second is None:
            return None
        if abs(second.degrees) > _LATITUDE_LIMIT >= abs(first.degrees):
            first, second = second, first
        return _typed(first, second)
    before, after = _BEFORE.fullmatch(plain), _AFTER.fullmatch(plain)
    if before is not None:
        parts = before.groups()
        return _from_sides({parts[0]: parts[1:5], parts[5]: parts[6:10]})
    if after is not None:
        parts = after.groups()
        return _from_sides({parts[4]: parts[:4], parts[9]: parts[5:9]})
    return None


def _half_sided(plain: str) -> Typed | None:
    """A pair of which one number alone has its side: `117.72E 39.45`."""
    sides = _SIDE.findall(plain)
    pair = _PAIR.fullmatch(_SIDE.sub(" ", plain).strip()) if len(sides) == 1 else None
    if pair is None:
        return None
    before, _, behind = plain.partition(sides[0])
    of_first = not before.strip() or (behind.strip() != "" and before[-1:].strip() != "")
    parts = pair.groups()
    of_side, other = (parts[:4], parts[4:]) if of_first else (parts[4:], parts[:4])
    return _from_sides({sides[0]: of_side, "N" if sides[0] in "EW" else "E": other})


def _plain(text: str) -> str:
    """The text in one spelling: ASCII digits and capitals, signs for units."""
    worded = text.replace("纬度", "LAT").replace("经度", "LON")
    spelt = unicodedata.normalize("NFKC", worded.translate(_SPELLINGS)).translate(_SPELLINGS)
    return spelt.upper().replace("''", '"').strip().strip("()[]{}<>").strip()


def _sided(plain: str) -> str:
    """The same with letters for the sides and without other words."""
    for words, letter in _SIDES:
        plain = plain.replace(words, letter)
    plain = _UNIT.sub("°", plain)
    bare = _AXES.sub(" ", plain)
    # without a letter for the side, the word alone says which is which
    return (bare if re.search("[NSEW]", bare) else plain).replace(":", " ").strip()


def half_unit(number: str) -> float:
    """Half of the unit of a plain number's last digit: 0.005 of `39.45`."""
    return 0.5 * 10.0 ** -len(number.partition(".")[2])


def _typed(longitude: _Angle, latitude: _Angle) -> Typed:
    return Typed(
        LonLat(longitude=longitude.degrees, latitude=latitude.degrees),
        Rounding(longitude=longitude.half, latitude=latitude.half),
    )


def _named(plain: str) -> Typed | None:
    """Decimal degrees that are called latitude and longitude, in either order."""
    found = _NAMED.findall(plain)
    rest = _NAMED.sub("", plain).strip(" ,;/&")
    if len(found) != 2 or rest:
        return None
    angles = {
        name.startswith("LAT"): _Angle(float(number), half_unit(number)) for name, number in found
    }
    return _typed(angles[False], angles[True]) if len(angles) == 2 else None


def _from_sides(given: dict[str | None, tuple[str | None, ...]]) -> Typed | None:
    """A place from the parts of its two angles by their sides; None where one is missing."""
    angles: dict[str, _Angle] = {}
    for side, parts in given.items():
        angle = _degrees(parts)
        if side is None or angle is None:
            return None
        sign = -1.0 if side in "SW" else 1.0
        angles["E" if side in "EW" else "N"] = _Angle(sign * angle.degrees, angle.half)
    if len(angles) != 2:
        return None
    return _typed(angles["E"], angles["N"])


def _degrees(parts: tuple[str | None, ...]) -> _Angle | None:
    """Sign, degrees, minutes and seconds as degrees; None where minutes or seconds reach 60."""
    sign = -1.0 if parts[0] == "-" else 1.0
    whole, minutes, seconds = (float(part) if part else 0.0 for part in parts[1:])
    if minutes >= 60.0 or seconds >= 60.0:
        return None
    degrees = sign * (whole + minutes / 60.0 + seconds / 3600.0)
    last = next(place for place in (3, 2, 1) if parts[place])
    return _Angle(degrees, half_unit(parts[last] or "") / 60.0 ** (last - 1))
