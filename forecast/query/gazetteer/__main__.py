"""Build the gazetteer: `python -m forecast.query.gazetteer SOURCE_DIR [OUTPUT]`.

SOURCE_DIR holds the county table of Tianditu (names, codes and points) and the GeoNames extract
of China (CC BY 4.0). The same tables give the same bytes. It needs `pypinyin`.
"""

import sqlite3
import sys
from pathlib import Path
from typing import Final

from forecast.query.gazetteer.merging import merge
from forecast.query.gazetteer.reading import joined, syllables
from forecast.query.gazetteer.tables import (
    Entry,
    provinces,
    read_counties,
    read_towns,
    spelt,
)
from forecast.query.names import fold, is_han, short_han
from forecast.regions import available, data_path, load
from grids import BoundingBox, LonLat

SCHEMA: Final = """
PRAGMA page_size = 4096;
PRAGMA journal_mode = OFF;
CREATE TABLE areas (
  id INTEGER PRIMARY KEY, province_zh TEXT, province_en TEXT, city_zh TEXT, city_en TEXT,
  names TEXT);
CREATE TABLE places (
  id INTEGER PRIMARY KEY, code TEXT, kind TEXT, name_zh TEXT, name_en TEXT, pinyin TEXT,
  aliases TEXT, area INTEGER, longitude REAL, latitude REAL, population INTEGER, source TEXT,
  own TEXT);
CREATE INDEX places_by_latitude ON places (latitude);
CREATE VIRTUAL TABLE words USING fts5(own, area, content='', columnsize=0, detail=column);
"""

_KINDS: Final = ("city", "county", "town")


def build(source: Path, output: Path) -> int:
    """Write the gazetteer, most important places first, and return how many there are.

    Args:
        source: folder with the two tables.
        output: SQLite file; replaced as a whole.
    """
    counties = list(read_counties(source))
    cities = frozenset((county.province, county.city or _province(county)) for county in counties)
    entries = merge(counties, list(read_towns(source, cities=cities)))
    output.unlink(missing_ok=True)
    database = sqlite3.connect(output)
    try:
        database.executescript(SCHEMA)
        ours = [load(name).grid.bounds for name in available()]
        _write(database, sorted(entries, key=lambda entry: _importance(entry, ours)))
        database.execute("INSERT INTO words(words) VALUES ('optimize')")
        database.commit()
        database.execute("VACUUM")
    finally:
        database.close()
    return len(entries)


def _province(entry: Entry) -> str:
    return str(provinces()[entry.province]["zh"]) if entry.province else ""


def _importance(entry: Entry, ours: list[BoundingBox]) -> tuple[int, bool, int, str]:
    """Order among places that a text fits equally: cities, counties, towns; ours first."""
    place = LonLat(longitude=entry.longitude, latitude=entry.latitude)
    within = any(box.contains(place) for box in ours)
    return _KINDS.index(entry.kind), not within, -entry.population, entry.code


def _write(database: sqlite3.Connection, entries: list[Entry]) -> None:
    areas: dict[tuple[str, str, str], int] = {}
    for number, entry in enumerate(entries, start=1):
        key = (entry.province, entry.city, entry.near)
        if key not in areas:
            areas[key] = len(areas) + 1
            _write_area(database, areas[key], key)
        own = entry.own_names()
        database.execute(
            "INSERT INTO places VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                number, entry.code, entry.kind, entry.name_zh, entry.name_en, entry.pinyin,
                "|".join(entry.aliases), areas[key], round(entry.longitude, 5),
                round(entry.latitude, 5), entry.population, entry.source, "|".join(own),
            ),
        )  # fmt: skip
        database.execute(
            "INSERT INTO words(rowid, own, area) VALUES (?,?,?)",
            (
                number,
                _own_words(entry, own),
                " ".join(_words([*_area_names(*key), "province", "city"])),
            ),
        )


def _write_area(database: sqlite3.Connection, number: int, key: tuple[str, str, str]) -> None:
    code, city, _ = key
    province = provinces().get(code, {"zh": "", "en": ""})
    city_en = joined(short_han(city)).capitalize() if city else ""
    database.execute(
        "INSERT INTO areas VALUES (?,?,?,?,?,?)",
        (number, province["zh"], province["en"], city, city_en, "|".join(_area_names(*key))),
    )


def _area_names(code: str, city: str, near: str) -> list[str]:
    """Folded spellings of province, prefecture and county, and of the country."""
    names = ["中国", "china", "prc"]
    province = provinces().get(code)
    if province is not None:
        english = fold(province["en"])
        names += [province["zh"], province["short"], english, f"{english}province"]
        names += [*province["other"], *spelt(province["zh"]), *spelt(province["short"])]
    for name in filter(None, (city, near)):
        short = short_han(name)
        names += [name, short, *map(fold, spelt(name)), *map(fold, spelt(short))]
    if city:
        names.append(f"{fold(joined(short_han(city)))}city")
    return list(dict.fromkeys(names))


def _own_words(entry: Entry, own: list[str]) -> str:
    """Search words of a place: names, their characters and syllables, initials."""
    short = short_han(entry.name_zh)
    readings = [syllables(name) for name in (short, entry.name_zh) if name]
    initials = ["".join(part[0] for part in reading) for reading in readings if len(reading) > 1]
    apart = [fold(part) for reading in readings for part in reading]
    spaced = [fold(part) for name in (entry.name_en, *entry.aliases) for part in name.split()]
    names = [*own, *map(fold, entry.aliases), *map(short_han, filter(is_han, entry.aliases))]
    return " ".join(_words([*names, *initials, *apart, *spaced]))


def _words(names: list[str]) -> list[str]:
    """Names, and the characters of the Chinese ones, each once."""
    words = dict.fromkeys(name for name in names if name)
    for name in names:
        if is_han(name):
            words.update(dict.fromkeys(name))
    return list(words)


if __name__ == "__main__":
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else data_path("places", "places.sqlite")
    sys.stdout.write(f"{build(Path(sys.argv[1]), target)} places in {target}\n")
