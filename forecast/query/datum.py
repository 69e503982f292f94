"""The datum of coordinates, and how far one that is not WGS 84 puts them from their place.

Chinese street maps show places in GCJ-02, some 300 to 700 m from where they are, and Baidu's in
BD-09, another 900 m off. The size and the side of that offset are told here by the approximate
formula that is publicly known, so that an answer can say how doubtful it is. Nothing is moved: a
transform is the operator's, see `forecast.service.datum_transform`.
"""

import math
import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from forecast.errors import InvalidRequest
from grids import LonLat
from grids.geometry import EARTH_RADIUS_M

WGS84: Final = "wgs84"
DATUMS: Final = (WGS84, "cgcs2000", "gcj02", "bd09", "unknown")
TRUE: Final = frozenset({WGS84, "cgcs2000"})
"""Of these a place is where its coordinates say: CGCS2000 keeps to WGS 84 within a metre."""

SHIFTED: Final = frozenset({"gcj02", "bd09"})
METRES_PER_DEGREE: Final = EARTH_RADIUS_M * math.pi / 180.0

_SPELLING: Final = re.compile(r"[\s_-]")
_FIRST: Final = LonLat(longitude=72.004, latitude=0.8293)
_LAST: Final = LonLat(longitude=137.8347, latitude=55.8271)
"""Corners of the box outside of which GCJ-02 is WGS 84."""

_ORIGIN: Final = LonLat(longitude=105.0, latitude=35.0)
_FAST: Final = ((20.0, 6.0), (20.0, 2.0))
"""Metres of a sine, and half-turns in a degree of longitude; in both directions alike."""

_EAST: Final = ((20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30))
"""The same of the eastward offset alone."""

_NORTH: Final = ((20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30))
"""Of the northward offset alone, by latitude."""

_BAIDU: Final = (0.0065, 0.006)
"""Degrees eastward and northward of BD-09 beside GCJ-02, without what swings about them."""

_BAIDU_SWING_M: Final = 50.0
"""At most 3e-6 rad about the origin of the degrees (145 of them in China) and 0.00002 degrees."""


class Offset(NamedTuple):
    """How far coordinates lie from their place.

    Attributes:
        east: m, towards the east.
        north: m, towards the north.
        within: m; how exactly that is known.
    """

    east: float
    north: float
    within: float


_NONE: Final = Offset(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What an operator's transform did to coordinates.

    Attributes:
        by: name of the transform, `module:function`.
        given: the coordinates as they came.
        to: the same place in WGS 84, as the transform says.
    """

    by: str
    given: LonLat
    to: LonLat


def read_datum(text: str) -> str:
    """Read the name of a datum, as `gcj02` or `GCJ-02`.

    Raises:
        InvalidRequest: it is another word.
    """
    name = _SPELLING.sub("", text).casefold()
    if name not in DATUMS:
        raise InvalidRequest(
            f"datum {text[:60]!r} was asked; allowed are {', '.join(DATUMS[:-1])} and unknown"
        )
    return name


def meant(datum: str) -> tuple[str, ...]:
    """The datums that coordinates may be in: the declared one, or any where it is not known."""
    return (WGS84, "gcj02", "bd09") if datum == "unknown" else (datum,)


def offset(lonlat: LonLat, datum: str) -> Offset:
    """How far coordinates of a datum lie from their place, by the public approximate formula.

    Args:
        lonlat: the coordinates as given.
        datum: one of `DATUMS` but unknown.
    """
    if datum in TRUE or not _is_shifted(lonlat):
        return _NONE
    east, north = _gcj02(lonlat)
    if datum == "gcj02":
        return Offset(east, north, 0.0)
    width = METRES_PER_DEGREE * math.cos(math.radians(lonlat.latitude))
    return Offset(east + _BAIDU[0] * width, north + _BAIDU[1] * METRES_PER_DEGREE, _BAIDU_SWING_M)


def _is_shifted(lonlat: LonLat) -> bool:
    return (
        _FIRST.longitude <= lonlat.longitude <= _LAST.longitude
        and _FIRST.latitude <= lonlat.latitude <= _LAST.latitude
    )


def _gcj02(lonlat: LonLat) -> tuple[float, float]:
    """Metres eastward and northward: a polynomial of second order and sines."""
    x, y = lonlat.longitude - _ORIGIN.longitude, lonlat.latitude - _ORIGIN.latitude
    root, fast = math.sqrt(abs(x)), _sines(_FAST, x)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    return east + fast + _sines(_EAST, x), north + fast + _sines(_NORTH, y)


def _sines(terms: tuple[tuple[float, float], ...], degrees: float) -> float:
    """Two thirds of the sum of sines, m."""
    return sum(size * math.sin(turns * degrees * math.pi) for size, turns in terms) * 2.0 / 3.0
