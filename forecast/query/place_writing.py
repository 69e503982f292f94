"""The file that places are searched in: its tables, and how places are written into it."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from forecast.query.names import fold, is_han, short_han
from forecast.query.place import KINDS

SCHEMA: Final = """
PRAGMA page_size = 4096;
PRAGMA journal_mode = OFF;
CREATE TABLE areas (id INTEGER PRIMARY KEY, zh TEXT, en TEXT, names TEXT);
CREATE TABLE sources (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE codes (code INTEGER PRIMARY KEY, place INTEGER);
CREATE TABLE sounds (character TEXT PRIMARY KEY, syllable TEXT) WITHOUT ROWID;
CREATE TABLE places (
  id INTEGER PRIMARY KEY, code, kind INTEGER, name_zh TEXT, name_en TEXT, pinyin TEXT,
  aliases TEXT, province INTEGER, city INTEGER, county INTEGER, longitude INTEGER,
  latitude INTEGER, population INTEGER, source INTEGER, elevation REAL, own TEXT);
CREATE VIRTUAL TABLE words USING fts5(own, content='', columnsize=0, detail=none);
"""

TRADITIONAL: Final = """
CREATE TABLE traditional (character TEXT PRIMARY KEY, simplified TEXT) WITHOUT ROWID
"""
"""Only the shipped file has this table."""

PER_DEGREE: Final = 100_000
"""Coordinates are kept as whole hundred-thousandths of a degree, 1 m."""

Reading = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A province, prefecture or county that a place lies in.

    Attributes:
        zh: Chinese name, may be empty.
        en: name in Latin letters.
        names: its folded spellings.
    """

    zh: str
    en: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A place as it is written.

    Attributes:
        code: as `Place.code`; a number where it is one.
        kind: as `Place.kind`.
        name_zh: Chinese name, may be empty.
        name_en: name in Latin letters, may be empty.
        readings: pinyin of the short and of the full Chinese name, syllable by syllable; empty
            where not known.
        aliases: other names.
        province: what it lies in.
        city: likewise.
        county: likewise.
        longitude: degrees east.
        latitude: degrees north.
        source: as `Place.source`.
        population: people.
        elevation: m above sea level, or None.
        other_codes: further codes that find it.
    """

    code: str | int
    kind: str
    name_zh: str
    name_en: str
    readings: tuple[Reading, ...]
    aliases: tuple[str, ...]
    province: Area
    city: Area
    county: Area
    longitude: float
    latitude: float
    source: str
    population: int = 0
    elevation: float | None = None
    other_codes: tuple[int, ...] = ()

    def own_names(self) -> list[str]:
        """Folded spellings of its name: Chinese, English, pinyin, each full and short."""
        return own_names(self.name_zh, self.name_en, readings=self.readings)


def own_names(name_zh: str, name_en: str, *, readings: Iterable[Reading]) -> list[str]:
    """Folded spellings of a name: Chinese full and short, English, pinyin.

    Args:
        name_zh: Chinese name, may be empty.
        name_en: name in Latin letters.
        readings: pinyin of the forms of the Chinese name.
    """
    names = [name_zh, short_han(name_zh), fold(name_en)]
    for reading in reversed(tuple(readings)):
        names += [fold(form) for form in as_words(reading)]
    return list(dict.fromkeys(name for name in names if name))


def as_words(reading: Reading) -> list[str]:
    """Pinyin as one word, ü also as v and yu as people type it."""
    word = "".join(reading)
    forms = [word, word.replace("ü", "v"), word.replace("ü", "yu")]
    return forms if "ü" in word else forms[:1]


def write_places(database: sqlite3.Connection, places: Iterable[Written]) -> None:
    """Fill an empty file; the first place comes first wherever several fit equally.

    Args:
        database: made with `SCHEMA`.
        places: most important first.
    """
    areas: dict[Area, int] = {}
    sources: dict[str, int] = {}
    for number, place in enumerate(places, start=1):
        own = place.own_names()
        within = [
            areas.setdefault(area, len(areas) + 1) if area.zh or area.en else None
            for area in (place.province, place.city, place.county)
        ]
        database.execute(
            "INSERT INTO places VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                number, place.code, KINDS.index(place.kind), place.name_zh, place.name_en,
                " ".join(place.readings[0]) if place.readings else "", "|".join(place.aliases),
                *within, round(place.longitude * PER_DEGREE), round(place.latitude * PER_DEGREE),
                place.population, sources.setdefault(place.source, len(sources) + 1),
                place.elevation, "|".join(own),
            ),
        )  # fmt: skip
        database.execute(
            "INSERT INTO words(rowid, own) VALUES (?,?)", (number, _search_words(place, own))
        )
        database.executemany(
            "INSERT OR IGNORE INTO codes VALUES (?,?)",
            [(code, number) for code in place.other_codes],
        )
    database.executemany(
        "INSERT INTO areas VALUES (?,?,?,?)",
        [(number, area.zh, area.en, "|".join(area.names)) for area, number in areas.items()],
    )
    database.executemany(
        "INSERT INTO sources VALUES (?,?)", [(number, name) for name, number in sources.items()]
    )
    database.execute("INSERT INTO words(words) VALUES ('optimize')")


def _search_words(place: Written, own: list[str]) -> str:
    """Search words of a place: names, their characters and syllables, initials."""
    initials = [
        "".join(part[0] for part in reading) for reading in place.readings if len(reading) > 1
    ]
    apart = [fold(part) for reading in place.readings for part in reading]
    spaced = [fold(part) for name in (place.name_en, *place.aliases) for part in name.split()]
    others = [*map(fold, place.aliases), *map(short_han, filter(is_han, place.aliases))]
    names = [*own, *others, *initials, *apart, *spaced]
    words = dict.fromkeys(name for name in names if name)
    for name in names:
        if is_han(name):
            words.update(dict.fromkeys(name))
    return " ".join(words)
