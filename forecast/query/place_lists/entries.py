"""What a list holds: places with a point, zones with an outline; each checked where it is made."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from forecast.query.names import fold, is_han, short_han

MOST_NAME: Final = 100
MOST_ALIASES: Final = 20
MOST_VERTICES: Final = 20_000
"""Corners of one zone; a map of 1 km cells shows no more."""

LOWEST_M, HIGHEST_M = -500.0, 9000.0

_SYLLABLES: Final = re.compile(r"[a-zü]{1,6}(?: [a-zü]{1,6})*")
_CODE: Final = re.compile(r"[0-9A-Za-z_.:\-]{1,40}")
_AS_NUMBER: Final = re.compile(r"\d+\.\d+|\d+(?:\.\d+)?[Ee]\+?\d+")
_NUMBER: Final = re.compile(r"[+-]?\d{1,5}(?:\.\d{1,15})?")

Ring = tuple[tuple[float, float], ...]
Polygon = tuple[Ring, ...]


class WrongEntry(ValueError):
    """A place or zone that cannot be taken: what was given, and what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPlace:
    """A place of an operator's list.

    Attributes:
        name_zh: Chinese name, may be empty where there is an English one.
        name_en: name in Latin letters, may be empty.
        pinyin: syllables by blanks, one for each character of the full or the short name, or empty.
        aliases: other names.
        code: the operator's code, or empty.
        longitude: degrees east, WGS 84.
        latitude: degrees north.
        elevation: m above sea level, or None.
    """

    name_zh: str
    name_en: str
    pinyin: str
    aliases: tuple[str, ...]
    code: str
    longitude: float
    latitude: float
    elevation: float | None

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """Check the texts of one row.

        Args:
            given: texts by field; `aliases` parted by `|` or `;`.

        Raises:
            WrongEntry: a text is missing or not allowed.
        """
        name_zh, name_en = _names(given)
        aliases = [_name(part, field="aliases") for part in re.split(r"[|;；、]", given["aliases"])]
        others = tuple(dict.fromkeys(name for name in aliases if name))
        if len(others) > MOST_ALIASES:
            raise WrongEntry(f"{len(others)} aliases were given; allowed are {MOST_ALIASES}")
        elevation = given["elevation"].strip()
        _not_swapped(given)
        return cls(
            name_zh=name_zh,
            name_en=name_en,
            pinyin=_pinyin(given["pinyin"], name_zh),
            aliases=others,
            code=_code(given["code"]),
            longitude=number(given["longitude"], field="longitude", allowed=(-180.0, 180.0)),
            latitude=number(given["latitude"], field="latitude", allowed=(-90.0, 90.0)),
            elevation=number(elevation, field="elevation", allowed=(LOWEST_M, HIGHEST_M))
            if elevation
            else None,
        )

    def same(self) -> tuple[object, ...]:
        """What two places of one list must not share: the code, else name and point."""
        if self.code:
            return (self.code,)
        return (self.name_zh or fold(self.name_en), self.longitude, self.latitude)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """An area of an operator's list, WGS 84.

    Attributes:
        name_zh: Chinese name, may be empty where there is an English one.
        name_en: name in Latin letters, may be empty.
        code: the operator's code, or empty.
        polygons: each an outer ring and its holes, corners as (longitude, latitude).
    """

    name_zh: str
    name_en: str
    code: str
    polygons: tuple[Polygon, ...]

    @classmethod
    def of(cls, given: Mapping[str, str], *, polygons: Iterable[Any]) -> Self:
        """Check the texts and the outline of one zone.

        Args:
            given: texts by field.
            polygons: coordinates as in a GeoJSON MultiPolygon.

        Raises:
            WrongEntry: a text or the outline is not allowed.
        """
        name_zh, name_en = _names(given)
        read = tuple(_polygon(polygon) for polygon in polygons)
        count = sum(len(ring) for polygon in read for ring in polygon)
        if not read or count > MOST_VERTICES:
            raise WrongEntry(
                f"an outline of {count} corners was given; allowed are 4 to {MOST_VERTICES}"
            )
        return cls(name_zh=name_zh, name_en=name_en, code=_code(given["code"]), polygons=read)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north edge, degrees."""
        corners = [corner for polygon in self.polygons for corner in polygon[0]]
        longitudes, latitudes = zip(*corners, strict=True)
        return min(longitudes), min(latitudes), max(longitudes), max(latitudes)

    def same(self) -> tuple[object, ...]:
        """What two zones of one list must not share: the code, else the name."""
        return (self.code,) if self.code else (self.name_zh or fold(self.name_en),)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceList:
    """What a file holds.

    Attributes:
        places: places with a point.
        zones: areas with an outline.
    """

    places: tuple[OwnPlace, ...]
    zones: tuple[Zone, ...]


def number(text: str, *, field: str, allowed: tuple[float, float]) -> float:
    """Read a decimal number within bounds.

    Args:
        text: as written.
        field: what it is.
        allowed: lowest and highest.

    Raises:
        WrongEntry: it is none, or outside.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    unit = "m above sea level" if field == "elevation" else "degrees"
    if _NUMBER.fullmatch(plain) is None or not allowed[0] <= float(plain) <= allowed[1]:
        given = f"{field} {text.strip()[:40]!r}" if plain else f"no {field}"
        raise WrongEntry(
            f"{given} was given; allowed are decimal numbers from {allowed[0]:g} to"
            f" {allowed[1]:g}, {unit}"
        )
    return float(plain)


def _not_swapped(given: Mapping[str, str]) -> None:
    """Say where longitude and latitude stand in each other's column, as far as numbers tell.

    Raises:
        WrongEntry: the latitude can only be a longitude.
    """
    longitude, latitude = (
        _NUMBER.fullmatch(given[name].strip()) for name in ("longitude", "latitude")
    )
    if longitude is None or latitude is None:
        return
    if abs(float(longitude[0])) <= 90.0 < abs(float(latitude[0])) <= 180.0:
        raise WrongEntry(
            f"longitude {longitude[0]} and latitude {latitude[0]} were given; they stand in each"
            " other's column"
        )


def _names(given: Mapping[str, str]) -> tuple[str, str]:
    name_zh = _name(given["name_zh"], field="name_zh")
    name_en = _name(given["name_en"], field="name_en")
    if name_zh and not is_han(name_zh):
        raise WrongEntry(
            f"name_zh {name_zh!r} was given; allowed are names with Chinese characters"
        )
    if name_en and (is_han(name_en) or not fold(name_en)):
        raise WrongEntry(f"name_en {name_en!r} was given; allowed are names in Latin letters")
    if not name_zh and not name_en:
        raise WrongEntry("no name was given; name_zh or name_en is needed")
    return name_zh, name_en


def _name(text: str, *, field: str) -> str:
    name = " ".join(text.split())
    if len(name) > MOST_NAME or "|" in name or not name.isprintable():
        raise WrongEntry(
            f"{field} {name[:40]!r} was given; allowed are up to {MOST_NAME} printable characters"
            " without |"
        )
    return name


def _pinyin(text: str, name_zh: str) -> str:
    syllables = " ".join(text.lower().replace("v", "ü").split())
    if not syllables:
        return ""
    counts = sorted({len(short_han(name_zh)), len(name_zh)})
    if _SYLLABLES.fullmatch(syllables) is None or len(syllables.split()) not in counts:
        raise WrongEntry(
            f"pinyin {text.strip()[:40]!r} was given; allowed are syllables without tones, parted"
            f" by blanks, {' or '.join(map(str, counts))} of them for {name_zh or 'no name_zh'!r}"
        )
    return syllables


def _code(text: str) -> str:
    code = unicodedata.normalize("NFKC", text).strip()
    if _AS_NUMBER.fullmatch(code):
        raise WrongEntry(
            f"code {code[:40]!r} was given; a sheet has made a number of it: keep the column as"
            " text, with all its digits"
        )
    if code and _CODE.fullmatch(code) is None:
        raise WrongEntry(
            f"code {code[:40]!r} was given; allowed are up to 40 letters, digits, and - _ . :"
        )
    return code


def _polygon(rings: Any) -> Polygon:
    if not isinstance(rings, list) or not rings:
        raise WrongEntry("an outline without rings was given; allowed are GeoJSON polygons")
    return tuple(_ring(ring) for ring in rings)


def _ring(corners: Any) -> Ring:
    if not isinstance(corners, list) or len(corners) < 4:
        raise WrongEntry("a ring of fewer than 4 corners was given; the last repeats the first")
    ring = tuple(_corner(corner) for corner in corners)
    if ring[0] != ring[-1]:
        raise WrongEntry(
            f"a ring from {_shown(ring[0])} to {_shown(ring[-1])} was given;"
            " a ring ends where it begins"
        )
    if len(set(ring)) < 3:
        raise WrongEntry("a ring of fewer than 3 different corners was given; it has no area")
    return ring


def _corner(given: Any) -> tuple[float, float]:
    pair = given[:2] if isinstance(given, list) else []
    real = [value for value in pair if isinstance(value, int | float) and value is not True]
    if len(real) != 2 or not (abs(real[0]) <= 180.0 and abs(real[1]) <= 90.0):
        raise WrongEntry(
            f"corner {str(given)[:40]} was given; allowed are longitude -180 to 180 and latitude"
            " -90 to 90, degrees, in this order"
        )
    return float(real[0]), float(real[1])


def _shown(corner: tuple[float, float]) -> str:
    return f"{corner[0]:g},{corner[1]:g}"
