"""Places and boxes on the earth, in degrees of WGS 84."""

import math
import re
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from grids.errors import InvalidLocation

EARTH_RADIUS_M = 6_371_008.8
"""Mean earth radius R1 = (2a + b) / 3 in metres (Moritz 2000, GRS 80)."""

_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_BOX = re.compile(rf"\s*({_NUMBER})\s*,\s*({_NUMBER})\s*,\s*({_NUMBER})\s*,\s*({_NUMBER})\s*")


def wrap_longitude(longitude: float) -> float:
    """Bring a longitude in degrees east into [-180, 180)."""
    return longitude if -180.0 <= longitude < 180.0 else (longitude + 180.0) % 360.0 - 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LonLat:
    """A place: longitude and latitude in degrees (WGS 84), by keyword only.

    Longitudes from -180 to 360 are accepted and kept in [-180, 180).

    Raises:
        InvalidLocation: a value is not finite or out of range.
    """

    longitude: float
    latitude: float

    def __post_init__(self) -> None:
        """Check the ranges and normalise the longitude."""
        if not (math.isfinite(self.longitude) and -180.0 <= self.longitude <= 360.0):
            raise InvalidLocation(
                f"longitude {self.longitude!r} was asked; allowed are -180 to 360 degrees east"
            )
        if not (math.isfinite(self.latitude) and -90.0 <= self.latitude <= 90.0):
            raise InvalidLocation(
                f"latitude {self.latitude!r} was asked; allowed are -90 to 90 degrees north"
            )
        object.__setattr__(self, "longitude", wrap_longitude(self.longitude))

    def distance_to(self, other: "LonLat") -> float:
        """Distance in metres on the sphere of mean radius; as `great_circle_distance`."""
        phi1, phi2 = math.radians(self.latitude), math.radians(other.latitude)
        half_phi = (phi2 - phi1) / 2
        half_lambda = math.radians(other.longitude - self.longitude) / 2
        chord = (
            math.sin(half_phi) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lambda) ** 2
        )
        return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundingBox:
    """A box in degrees; `east` exceeds 180 where the box crosses the dateline.

    Raises:
        InvalidLocation: an edge is out of range, or the box is empty.
    """

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        """Check the edges; a box written west > east crosses the dateline."""
        edges = (self.west, self.south, self.east, self.north)
        if not all(math.isfinite(edge) for edge in edges):
            raise InvalidLocation(f"box {edges} has an edge that is not a number of degrees")
        if not (-90.0 <= self.south < self.north <= 90.0):
            raise InvalidLocation(
                f"box has south {self.south} and north {self.north};"
                " allowed is -90 <= south < north <= 90 degrees"
            )
        if not -180.0 <= self.west <= 360.0:
            raise InvalidLocation(f"box has west {self.west}; allowed are -180 to 360 degrees east")
        if self.east < self.west:
            object.__setattr__(self, "east", self.east + 360.0)
        if not 0.0 < self.east - self.west <= 360.0:
            raise InvalidLocation(
                f"box has west {self.west} and east {self.east};"
                " allowed is a width above 0 and up to 360 degrees"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `W,S,E,N` in degrees.

        Raises:
            InvalidLocation: the text is not four numbers, or no box.
        """
        match = _BOX.fullmatch(text)
        if match is None:
            raise InvalidLocation(
                f"box {text!r} was asked; allowed is west,south,east,north in degrees,"
                " as in 116.7,38.55,118.05,40.25"
            )
        west, south, east, north = (float(group) for group in match.groups())
        return cls(west=west, south=south, east=east, north=north)

    def contains(self, place: LonLat) -> bool:
        """Tell whether a place lies in the box, edges included."""
        offset = (place.longitude - self.west) % 360.0
        return offset <= self.east - self.west and self.south <= place.latitude <= self.north

    def covers(self, other: "BoundingBox") -> bool:
        """Tell whether another box lies wholly in this one (1e-9 degrees tolerated)."""
        if self.east - self.west >= 360.0:
            return self.south <= other.south + 1e-9 and other.north <= self.north + 1e-9
        shift = 360.0 * round((self.west + self.east - other.west - other.east) / 720.0)
        return (
            self.west <= other.west + shift + 1e-9
            and other.east + shift <= self.east + 1e-9
            and self.south <= other.south + 1e-9
            and other.north <= self.north + 1e-9
        )

    def expand(self, degrees: float) -> Self:
        """Return the box grown by a margin in degrees on every side, kept on the earth."""
        width = self.east - self.west + 2 * degrees
        west = self.west - degrees
        if width >= 360.0:
            west, width = -180.0, 360.0
        elif west < -180.0:
            west += 360.0
        return type(self)(
            west=west,
            south=max(-90.0, self.south - degrees),
            east=west + width,
            north=min(90.0, self.north + degrees),
        )

    def union(self, other: "BoundingBox") -> Self:
        """Return the smallest box that holds both; boxes across the dateline keep east > 180."""
        shift = 360.0 * round((self.west + self.east - other.west - other.east) / 720.0)
        west = min(self.west, other.west + shift)
        return type(self)(
            west=west,
            south=min(self.south, other.south),
            east=min(max(self.east, other.east + shift), west + 360.0),
            north=max(self.north, other.north),
        )

    def __str__(self) -> str:
        """Write `W,S,E,N` in degrees, as `parse` reads it."""
        return f"{self.west:g},{self.south:g},{self.east:g},{self.north:g}"


def great_circle_distance(
    *,
    longitude: npt.ArrayLike,
    latitude: npt.ArrayLike,
    to_longitude: npt.ArrayLike,
    to_latitude: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    """Distance in metres on the sphere of mean radius, broadcast over all arguments.

    Haversine form (Sinnott 1984, "Virtues of the haversine", Sky & Telescope 68, 159).

    Args:
        longitude: degrees east of the first places.
        latitude: degrees north of the first places.
        to_longitude: degrees east of the second places.
        to_latitude: degrees north of the second places.
    """
    phi1, phi2 = np.radians(latitude), np.radians(to_latitude)
    half_phi = (phi2 - phi1) / 2
    half_lambda = np.radians(np.subtract(to_longitude, longitude)) / 2
    chord = np.sin(half_phi) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(half_lambda) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0))))
