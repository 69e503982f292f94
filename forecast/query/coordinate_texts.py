"""Coordinates in links of maps and in words of programs, and what only looks like coordinates."""

import re
from typing import Final

from grids import InvalidLocation

_DECIMAL: Final = r"[+-]?\d{1,3}(?:\.\d+)?"
_TWO: Final = rf"({_DECIMAL})(?:,|%2C)\s*({_DECIMAL})"
_LINKS: Final = (
    re.compile(rf"^geo:{_TWO}", re.IGNORECASE),
    re.compile(rf"[?&]mlat=({_DECIMAL})&mlon=({_DECIMAL})"),
    re.compile(rf"#map=\d+(?:\.\d+)?/({_DECIMAL})/({_DECIMAL})"),
    re.compile(rf"[?&](?:q|ll|query|center)=(?:loc:)?{_TWO}"),
    re.compile(rf"/@{_TWO}"),
)
"""Where links hold latitude and longitude, in this order; a marker goes before what is in view."""

_STREET_MAPS: Final = {
    "baidu.com": "bd09",
    "amap.com": "gcj02",
    "autonavi.com": "gcj02",
    "map.qq.com": "gcj02",
    "maps.apple.com.cn": "gcj02",
}
_IS_LINK: Final = re.compile(r"^(?:https?://|geo:)", re.IGNORECASE)
_BEFORE: Final = re.compile(
    r"^(?:坐标|位置|经纬度|定位|GPS|WGS-?84|CGCS-?2000|COORDINATES?|LOCATION|POSITION)\s*[:=]?\s*"
)
_QUOTED: Final = re.compile(r'"([A-Z]+)"\s*:')
_LETTERS: Final = re.compile(r"(\d)\s*D\s*(\d+(?:\.\d+)?)\s*M\s*(?:(\d+(?:\.\d+)?)\s*S)?")
_HYPHENS: Final = re.compile(r"(\d{1,3})-(\d{1,2})-(\d{1,2}(?:\.\d+)?)(?=\s*[NSEW])")
_SIDED: Final = re.compile(r"\d\s*['\"]?\s*[NSEW]|[NSEW]\s*\d")
_WORDS: Final = re.compile(
    r"LATITUDE|LONGITUDE|LAT|LONG?|LNG|DEGREES?|DEG|NORTH|SOUTH|EAST|WEST|[NSEWDMXYZ](?![A-Z])|[北南]纬|[东西]经"
)
_LETTER: Final = re.compile(r"[^\W\d_]")
_NUMBERS: Final = re.compile(r"\d+(?:\.\d+)?")
ALLOWED: Final = "allowed are pairs like 39.45 N 117.72 E, 39°27′N 117°43′E or 117.72,39.45"


def unlinked(text: str) -> str:
    """The coordinates that a link holds, as `lat,lon`; any other text as it is.

    Raises:
        InvalidLocation: the link holds none, or is of a street map with another datum.
    """
    link = text.strip()
    if _IS_LINK.match(link) is None:
        return text
    host = link.partition("//")[2].partition("/")[0].lower()
    for name, datum in _STREET_MAPS.items():
        if host == name or host.endswith(f".{name}"):
            raise InvalidLocation(
                f"a link of {host} was asked; its coordinates are {datum.upper()}, not WGS 84: give"
                f" its numbers as lat and lon with datum={datum}"
            )
    for form in _LINKS:
        found = form.search(link)
        if found is not None:
            return f"lat {found[1]} lon {found[2]}"
    raise InvalidLocation(f"a link was asked in which no coordinates were found; {ALLOWED}")


def unworded(plain: str) -> str:
    """Capitals and ASCII digits in one spelling, without words before them.

    Args:
        plain: as `forecast.query.coordinates` spells it.
    """
    bare = _QUOTED.sub(r"\1:", _BEFORE.sub("", plain))
    bare = _LETTERS.sub(lambda found: f"{found[1]}°{found[2]}'" + _seconds(found[3]), bare)
    return _HYPHENS.sub(r"\1°\2'\3" + '"', bare)


def _seconds(number: str | None) -> str:
    return f'{number}"' if number else ""


def seems(plain: str) -> bool:
    """Whether a text that could not be read can be nothing but coordinates.

    It has no letters but those of coordinates, and a degree, a side, or two numbers of which one
    has decimals.

    Args:
        plain: as `unworded` gives it.
    """
    if _LETTER.search(_WORDS.sub("", plain)) is not None:
        return False
    numbers = _NUMBERS.findall(plain)
    several = len(numbers) > 1 and any("." in number for number in numbers)
    return bool(numbers) and (several or "°" in plain or _SIDED.search(plain) is not None)
