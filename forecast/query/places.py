"""The offline gazetteer: places by Chinese name, pinyin, English name or coordinates."""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from forecast.errors import AmbiguousPlace, InvalidRequest, UnknownPlace
from forecast.query.coordinates import parse_coordinates
from forecast.query.matching import Fit, Query, Spellings, fit, is_slip, matches, slips
from forecast.regions import data_path
from grids import LonLat
from grids.geometry import great_circle_distance

MAX_TEXT: Final = 200
LISTED: Final = 5
_CANDIDATES: Final = 80
_METRES_PER_DEGREE: Final = 111_000.0

_FIND: Final = """
SELECT p.id, p.code, p.kind, p.name_zh, p.name_en, p.pinyin, p.aliases, a.province_zh,
  a.province_en, a.city_zh, a.city_en, p.longitude, p.latitude, p.population, p.source, p.own,
  a.names
FROM words w JOIN places p ON p.id = w.rowid JOIN areas a ON a.id = p.area
WHERE w.words MATCH ? ORDER BY w.rowid LIMIT ?
"""
_TAKE: Final = """
SELECT p.id, p.code, p.kind, p.name_zh, p.name_en, p.pinyin, p.aliases, a.province_zh,
  a.province_en, a.city_zh, a.city_en, p.longitude, p.latitude, p.population, p.source
FROM places p JOIN areas a ON a.id = p.area WHERE p.id = ?
"""
_BAND: Final = "SELECT id, longitude, latitude FROM places WHERE latitude BETWEEN ? AND ?"

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of the gazetteer, WGS 84.

    Attributes:
        code: county code, GeoNames number, or empty for coordinates.
        kind: `city`, `county`, `town` (any smaller place) or `coordinates`.
        name_zh: Chinese name, may be empty.
        name_en: name in Latin letters.
        pinyin: syllables of the short Chinese name, may be empty.
        aliases: other names.
        province: Chinese name of the province, may be empty.
        province_en: its English name.
        city: Chinese name of the prefecture, empty where it is the province; for a town that
            of the nearest county point.
        city_en: its name in Latin letters.
        longitude: degrees east.
        latitude: degrees north.
        population: people, 0 where not known.
        source: `tianditu`, `geonames` or `request`.
    """

    code: str
    kind: str
    name_zh: str
    name_en: str
    pinyin: str
    aliases: tuple[str, ...]
    province: str
    province_en: str
    city: str
    city_en: str
    longitude: float
    latitude: float
    population: int
    source: str

    @property
    def lonlat(self) -> LonLat:
        """The point that stands for the place."""
        return LonLat(longitude=self.longitude, latitude=self.latitude)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "aliases": list(self.aliases)}

    def __str__(self) -> str:
        """Name with prefecture and province, as a list of candidates shows it."""
        if self.name_zh:
            above = [self.province, self.city if self.city != self.name_zh else ""]
            return "".join([*above, self.name_zh if self.name_zh != self.province else ""])
        return ", ".join(part for part in (self.name_en, self.city_en, self.province_en) if part)


class Gazetteer:
    """Search in a gazetteer file; read-only and safe to use from any number of threads.

    Args:
        path: file that `python -m forecast.query.gazetteer` built.

    Raises:
        InvalidRequest: there is no such file.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise InvalidRequest(f"there is no gazetteer at {path}")
        self._path = path.resolve()
        self._local = threading.local()

    @classmethod
    @cache
    def shipped(cls) -> Self:
        """The gazetteer that comes with the product."""
        return cls(data_path("places", "places.sqlite"))

    def search(self, text: str, *, limit: int = 10, near: LonLat | None = None) -> list[Place]:
        """Places that a text may mean, best first; empty where there is none.

        A text may hold province and prefecture in any order (`天津宁河`, `Yuexi Anhui`),
        initials (`nh`), the beginning of a name, or one slip of the finger (`ninghee`).

        Args:
            text: name, several words, or coordinates.
            limit: most places to return.
            near: of places that fit equally, the nearer come first; else the more important.

        Raises:
            InvalidRequest: the text is empty or too long.
            InvalidLocation: the text is coordinates that are not on the earth.
        """
        ranked = self._ranked(text)
        if near is not None:
            ranked.sort(key=lambda found: (found[0], _distance(found[1], near)))
        return [place for _, place in ranked[:limit]]

    def resolve(self, text: str, *, preferred: Callable[[Place], bool] | None = None) -> Place:
        """The one place that a text means.

        Of places that fit equally, `preferred` ones go before others, a city before a county
        and a county before a town; if then two are left, nobody guesses.

        Args:
            text: name, several words, or coordinates.
            preferred: tells which places are meant rather than others, as by their region.

        Raises:
            UnknownPlace: there is none; the closest are listed.
            AmbiguousPlace: several are equally good; the sentence lists them.
            InvalidRequest: the text is empty or too long.
            InvalidLocation: the text is coordinates that are not on the earth.
        """
        ranked = self._ranked(text)
        if not ranked:
            raise UnknownPlace(f"place {text!r} was asked; the gazetteer has no such name")
        best = [place for rank, place in ranked if rank is ranked[0][0]]
        if ranked[0][0] is Fit.WORDS:
            raise UnknownPlace(
                f"place {text!r} was asked; the gazetteer has no such name,"
                f" the closest are {_listing(best)}"
            )
        if preferred is not None:
            best = [place for place in best if preferred(place)] or best
        best = [place for place in best if place.kind == best[0].kind]
        if len(best) > 1:
            raise AmbiguousPlace(
                f"place {text!r} was asked; {len(best)} places fit: {_listing(best)}."
                " Add the province or prefecture, or give lat and lon"
            )
        return best[0]

    def nearest(self, lonlat: LonLat) -> Place:
        """The place of the gazetteer that lies nearest to a point."""
        margin = 0.25
        while True:
            band = (lonlat.latitude - margin, lonlat.latitude + margin)
            rows = np.array(self._query(_BAND, band), dtype=np.float64).reshape(-1, 3)
            distances = great_circle_distance(
                longitude=lonlat.longitude,
                latitude=lonlat.latitude,
                to_longitude=rows[:, 1],
                to_latitude=rows[:, 2],
            )
            if rows.size and (distances.min() < margin * _METRES_PER_DEGREE or margin > 180):
                return _place(self._query(_TAKE, (int(rows[distances.argmin(), 0]),))[0])
            margin *= 2

    def _ranked(self, text: str) -> list[tuple[Fit, Place]]:
        """Places with how they fit, best first."""
        if not text.strip() or len(text) > MAX_TEXT:
            raise InvalidRequest(
                f"a place of {len(text.strip())} characters was asked; allowed are 1 to {MAX_TEXT}"
            )
        point = parse_coordinates(text)
        if point is not None:
            return [(Fit.NAME, _from_request(point))]
        query = Query.read(text)
        if not query.han and not query.words:
            return []
        rows = {row[0]: row for match in matches(query) for row in self._find(match)}
        fits = {number: fit(query, _spellings(row)) for number, row in rows.items()}
        if min(fits.values(), default=Fit.WORDS) is Fit.WORDS and (wrong := slips(query)):
            meant = {row[0]: row for row in self._find(wrong)}
            own = {number for number, row in meant.items() if is_slip(query, row[15].split("|"))}
            rows |= meant
            fits |= dict.fromkeys(own or meant, Fit.SLIP)
            fits |= {number: Fit.WORDS for number in meant if own and number not in own}
        order = sorted(rows, key=lambda number: (fits[number], number))
        return [(fits[number], _place(rows[number])) for number in order]

    def _find(self, match: str) -> list[Row]:
        return self._query(_FIND, (match, _CANDIDATES))

    def _query(self, statement: str, arguments: tuple[Any, ...]) -> list[Row]:
        database: sqlite3.Connection | None = getattr(self._local, "database", None)
        if database is None:
            database = sqlite3.connect(f"{self._path.as_uri()}?mode=ro&immutable=1", uri=True)
            self._local.database = database
        return database.execute(statement, arguments).fetchall()


def _place(row: Row) -> Place:
    return Place(
        code=row[1],
        kind=row[2],
        name_zh=row[3],
        name_en=row[4],
        pinyin=row[5],
        aliases=tuple(row[6].split("|")) if row[6] else (),
        province=row[7],
        province_en=row[8],
        city=row[9],
        city_en=row[10],
        longitude=row[11],
        latitude=row[12],
        population=row[13],
        source=row[14],
    )


def _spellings(row: Row) -> Spellings:
    return Spellings.of(row[15], aliases=row[6], pinyin=row[5], area=row[16])


def _from_request(point: LonLat) -> Place:
    north, east = "NS"[point.latitude < 0], "EW"[point.longitude < 0]
    return Place(
        code="",
        kind="coordinates",
        name_zh="",
        name_en=f"{abs(point.latitude):.4f} {north} {abs(point.longitude):.4f} {east}",
        pinyin="",
        aliases=(),
        province="",
        province_en="",
        city="",
        city_en="",
        longitude=point.longitude,
        latitude=point.latitude,
        population=0,
        source="request",
    )


def _listing(places: list[Place]) -> str:
    named = "; ".join(f"{place} ({place.code})" for place in places[:LISTED])
    return named + (f" and {len(places) - LISTED} more" if len(places) > LISTED else "")


def _distance(place: Place, near: LonLat) -> float:
    return float(
        great_circle_distance(
            longitude=place.longitude,
            latitude=place.latitude,
            to_longitude=near.longitude,
            to_latitude=near.latitude,
        )
    )
