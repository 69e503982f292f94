"""A file of places, read only: rows by search words, by code and by number; points; areas."""

import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.errors import StoreError
from forecast.query.place import KINDS, Place
from forecast.query.place_writing import PER_DEGREE, Area
from grids import LonLat
from grids.geometry import great_circle_distance

COUNTRY: Final = ("中国", "china", "prc", "province", "city")
"""Words that stand beside any place."""

COUNTY_M: Final = 80_000.0
"""A place belongs to the county of the nearest point up to here."""

_IDS: Final = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?"
_ROWS: Final = """
SELECT p.id, p.code, p.kind, p.name_zh, p.name_en, p.pinyin, p.aliases, p.province, p.city,
  p.county, p.longitude, p.latitude, p.population, s.name, p.elevation, p.own
FROM places p JOIN sources s ON s.id = p.source WHERE p.id IN ({}) ORDER BY p.id
"""
_CODES: Final = """
SELECT id FROM places WHERE code IN (?1, ?2) UNION SELECT place FROM codes WHERE code = ?2
"""
_SOUNDS: Final = "SELECT character, syllable FROM sounds"
_AREAS: Final = "SELECT id, zh, en, names FROM areas"
_POINTS: Final = """
SELECT id, longitude, latitude, ifnull(province, 0), ifnull(city, 0), ifnull(county, 0), kind
FROM places ORDER BY id
"""

Row = tuple[Any, ...]
_NOWHERE: Final = Area(zh="")


@dataclass(frozen=True, slots=True)
class _Version:
    """A state of the file: another inode or time is another content."""

    inode: int
    modified: int
    size: int

    @classmethod
    def of(cls, path: Path) -> "_Version | None":
        """The state of a file now, None where there is none."""
        try:
            now = path.stat()
        except OSError:
            return None
        return cls(now.st_ino, now.st_mtime_ns, now.st_size)


class Contents:
    """What is kept in memory of one state of a file.

    Args:
        database: open on that state.

    Attributes:
        points: number, longitude, latitude, province, prefecture, county and kind of all places
            [place, 7]; coordinates in hundred-thousandths of a degree.
        counties: those of the points that are counties.
        areas: provinces, prefectures and counties by number.
        sounds: pinyin of characters, empty where the file has none.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        rows = database.execute(_POINTS).fetchall()
        self.points: npt.NDArray[np.int64] = np.array(rows, dtype=np.int64).reshape(-1, 7)
        self.counties = self.points[self.are_of(("county",))]
        self.areas = {
            number: Area(zh=zh, en=en, names=tuple(names.split("|")))
            for number, zh, en, names in database.execute(_AREAS)
        }
        self.sounds: dict[str, str] = dict(database.execute(_SOUNDS).fetchall())
        self._simplified = _simplified(database)
        self._within: dict[tuple[int, int, int], tuple[str, ...]] = {}

    @cached_property
    def named_areas(self) -> dict[str, frozenset[int]]:
        """Numbers of the areas by each of their folded names."""
        found: dict[str, set[int]] = {}
        for number, area in self.areas.items():
            for name in area.names:
                found.setdefault(name, set()).add(number)
        return {name: frozenset(numbers) for name, numbers in found.items()}

    def simplified(self, text: str) -> str:
        """A text with its traditional characters in their simplified form."""
        return text.translate(self._simplified)

    def warm(self) -> None:
        """Make what is else made at the first question."""
        len(self.named_areas)

    def are_of(self, kinds: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Whether places are of some kinds [place]."""
        return np.isin(self.points[:, 6], [KINDS.index(kind) for kind in kinds])

    def within(self, row: Row) -> tuple[str, ...]:
        """Folded names of all that the place of a row lies in, longest first."""
        key = row[7:10]
        if key not in self._within:
            names = {name for number in key if number for name in self.areas[number].names}
            self._within[key] = tuple(sorted(names.union(COUNTRY), key=len, reverse=True))
        return self._within[key]


@dataclass(frozen=True, slots=True)
class Reader:
    """One state of a file, for one thread.

    Attributes:
        database: open on that state.
        contents: what is kept in memory of it.
    """

    database: sqlite3.Connection
    contents: Contents

    def ids(self, match: str, *, most: int) -> list[int]:
        """Numbers of the places that a full-text expression finds, most important first."""
        return [row[0] for row in self.database.execute(_IDS, (match, most))]

    def rows(self, ids: Iterable[int]) -> list[Row]:
        """Rows of places by their numbers, most important first."""
        numbers = tuple(ids)
        return self.database.execute(_ROWS.format(",".join("?" * len(numbers))), numbers).fetchall()

    def coded(self, code: str) -> list[Row]:
        """Rows of the places that carry a code."""
        number = int(code) if code.isascii() and code.isdigit() and len(code) < 19 else code
        return self.rows(row[0] for row in self.database.execute(_CODES, (code, number)))

    def is_county(self, row: Row) -> bool:
        """Whether the place of a row is a county."""
        return KINDS[row[2]] == "county"

    def nearest_county(self, lonlat: LonLat) -> Row | None:
        """Row of the county whose point is nearest, None where none is within 80 km."""
        counties = self.contents.counties
        distances = distances_to(counties, lonlat)
        if not distances.size or distances.min() > COUNTY_M:
            return None
        return self.rows([int(counties[distances.argmin(), 0])])[0]

    def areas_of(self, county: Row) -> tuple[Area, Area, Area]:
        """Province, prefecture and the county itself, as what a place in it lies in."""
        province, city = (self.contents.areas.get(number, _NOWHERE) for number in county[7:9])
        names = tuple(dict.fromkeys(county[15].split("|")))
        return province, city, Area(zh=county[3], names=names)

    def place(self, row: Row) -> Place:
        """A row as a place."""
        province, city, county = (self.contents.areas.get(number, _NOWHERE) for number in row[7:10])
        return Place(
            code=str(row[1]),
            kind=KINDS[row[2]],
            name_zh=row[3],
            name_en=row[4],
            pinyin=row[5],
            aliases=tuple(row[6].split("|")) if row[6] else (),
            province=province.zh,
            province_en=province.en,
            city=city.zh,
            city_en=city.en,
            county=county.zh,
            longitude=row[10] / PER_DEGREE,
            latitude=row[11] / PER_DEGREE,
            population=row[12],
            source=row[13],
            elevation=row[14],
        )


@dataclass(slots=True)
class PlaceFile:
    """A file of places that any number of threads may read while it is replaced.

    Attributes:
        path: SQLite file; need not be there yet.
        fixed: the file never changes while the program runs.
    """

    path: Path
    fixed: bool
    _contents: tuple[_Version, Contents] | None = None
    _local: threading.local = field(default_factory=threading.local)

    @property
    def is_read(self) -> bool:
        """Whether a state of the file is in memory."""
        return self._contents is not None

    def reader(self) -> Reader | None:
        """The file as it is now, or None where there is none."""
        held: tuple[_Version, Reader] | None = getattr(self._local, "held", None)
        if held is not None and self.fixed:
            return held[1]
        while (version := _Version.of(self.path)) is not None:
            if held is not None and held[0] == version:
                return held[1]
            if held is not None:
                held[1].database.close()
            self._local.held = held = None
            database = self._opened()
            # a connection opens whatever lies at the path: it must be what was looked at
            if database is not None and _Version.of(self.path) == version:
                reader = Reader(database, self._read(version, database))
                self._local.held = (version, reader)
                return reader
            if database is not None:
                database.close()
        return None

    def _opened(self) -> sqlite3.Connection | None:
        address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            database = sqlite3.connect(address, uri=True)
            database.execute("SELECT count(*) FROM sqlite_schema")
        except sqlite3.OperationalError:
            return None
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"{self.path} is no file of places: {error}; remove it and add the lists again"
            ) from error
        return database

    def _read(self, version: _Version, database: sqlite3.Connection) -> Contents:
        kept = self._contents
        if kept is not None and kept[0] == version:
            return kept[1]
        contents = Contents(database)
        self._contents = (version, contents)
        return contents


def _simplified(database: sqlite3.Connection) -> dict[int, str]:
    """Simplified characters by the numbers of the traditional ones; empty of an operator's file."""
    try:
        rows = database.execute("SELECT character, simplified FROM traditional").fetchall()
    except sqlite3.OperationalError:
        return {}
    return {ord(character): simple for character, simple in rows}


def distances_to(points: npt.NDArray[np.int64], lonlat: LonLat) -> npt.NDArray[np.float64]:
    """How far places are from a point, m [place].

    Args:
        points: rows of `Contents.points`.
        lonlat: the point.
    """
    return great_circle_distance(
        longitude=lonlat.longitude,
        latitude=lonlat.latitude,
        to_longitude=points[:, 1] / PER_DEGREE,
        to_latitude=points[:, 2] / PER_DEGREE,
    )
