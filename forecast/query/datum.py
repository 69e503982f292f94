"""Coordinates of Chinese maps: GCJ-02 is some 500 m away from WGS 84, half a grid cell.

Everything in Zhitian is WGS 84 (CGCS2000 agrees with it within decimetres). A coordinate that was
picked on a Chinese street map is usually GCJ-02 and finds the wrong kilometre cell more often
than not; whoever asks must say so, since a number does not show its datum.

The offset is a published approximation, not an official one: an operator must see to it that
converting is lawful where the service runs.
"""

import math
from typing import Final, Literal, get_args

from forecast.errors import InvalidRequest
from grids import LonLat

Datum = Literal["wgs84", "cgcs2000", "gcj02"]

SEMI_MAJOR_AXIS_M: Final = 6_378_245.0
ECCENTRICITY_SQUARED: Final = 0.006_693_421_622_965_943
"""Ellipsoid of Krasovsky 1940, on which the offset is defined."""

_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_ITERATIONS: Final = 4


def to_wgs84(place: LonLat, *, datum: str) -> LonLat:
    """Bring a place to WGS 84.

    GCJ-02 has no closed inverse: the offset at the last estimate is taken off four times, which
    leaves less than a millimetre (each pass shrinks the error about a thousandfold).

    Args:
        place: degrees in the datum named.
        datum: `wgs84`, `cgcs2000` or `gcj02`.

    Raises:
        InvalidRequest: another datum.
    """
    if datum not in get_args(Datum):
        raise InvalidRequest(f"datum {datum!r} was asked; allowed are {', '.join(get_args(Datum))}")
    if datum != "gcj02" or not _has_offset(place):
        return place
    estimate = place
    for _ in range(_ITERATIONS):
        east, north = _offset(estimate)
        estimate = LonLat(longitude=place.longitude - east, latitude=place.latitude - north)
    return estimate


def to_gcj02(place: LonLat) -> LonLat:
    """Where a Chinese street map draws a WGS 84 place; outside its box nothing is moved."""
    if not _has_offset(place):
        return place
    east, north = _offset(place)
    return LonLat(longitude=place.longitude + east, latitude=place.latitude + north)


def _has_offset(place: LonLat) -> bool:
    return _WEST <= place.longitude <= _EAST and _SOUTH <= place.latitude <= _NORTH


def _offset(place: LonLat) -> tuple[float, float]:
    """Offset of GCJ-02 from WGS 84 in degrees east and north.

    Polynomial and sine terms in metres about 105 E, 35 N, turned into degrees on the ellipsoid
    (the form published as `wgs2gcj` in the eviltransform project, 2013, and since confirmed
    against street maps to a metre or two).
    """
    x, y = place.longitude - 105.0, place.latitude - 35.0
    ripple = (20.0 * _sine(6.0 * x) + 20.0 * _sine(2.0 * x)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + ripple
    east_m += (20.0 * _sine(x) + 40.0 * _sine(x / 3.0)) * 2.0 / 3.0
    east_m += (150.0 * _sine(x / 12.0) + 300.0 * _sine(x / 30.0)) * 2.0 / 3.0
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north_m += ripple + (20.0 * _sine(y) + 40.0 * _sine(y / 3.0)) * 2.0 / 3.0
    north_m += (160.0 * _sine(y / 12.0) + 320.0 * _sine(y / 30.0)) * 2.0 / 3.0
    latitude = math.radians(place.latitude)
    w = 1.0 - ECCENTRICITY_SQUARED * math.sin(latitude) ** 2
    meridian = SEMI_MAJOR_AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / w**1.5
    parallel = SEMI_MAJOR_AXIS_M * math.cos(latitude) / math.sqrt(w)
    return math.degrees(east_m / parallel), math.degrees(north_m / meridian)


def _sine(turns: float) -> float:
    return math.sin(turns * math.pi)
