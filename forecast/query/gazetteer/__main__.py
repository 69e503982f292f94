"""Build the gazetteer: `python -m forecast.query.gazetteer SOURCE_DIR [OUTPUT]`.

SOURCE_DIR holds the county table of Tianditu (names, codes and points) and the GeoNames extract
of China (CC BY 4.0). The same tables give the same bytes. It needs `pypinyin`.
"""

import sqlite3
import sys
from pathlib import Path
from typing import Final

from forecast.query.gazetteer.merging import merge
from forecast.query.gazetteer.reading import joined, simplified, sounds
from forecast.query.gazetteer.tables import (
    Entry,
    old_codes,
    provinces,
    read_counties,
    read_prefectures,
    read_towns,
    spelt,
)
from forecast.query.names import fold, short_han
from forecast.query.place_writing import SCHEMA, TRADITIONAL, Area, Written, write_places
from forecast.regions import available, data_path, load
from grids import BoundingBox, LonLat

_KINDS: Final = ("city", "county", "town")
_UNIT_WORDS: Final = {"市": "city", "县": "county", "区": "district", "旗": "banner"}


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
        entries.sort(key=lambda entry: _importance(entry, ours))
        prefectures = read_prefectures(source)
        write_places(database, [_written(entry, prefectures) for entry in entries])
        database.executemany("INSERT INTO sounds VALUES (?,?)", sounds())
        database.execute(TRADITIONAL)
        database.executemany("INSERT INTO traditional VALUES (?,?)", simplified())
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


def _written(entry: Entry, prefectures: dict[tuple[str, str], int]) -> Written:
    province = provinces().get(entry.province, {"zh": "", "en": ""})
    city_en = joined(short_han(entry.city)).capitalize() if entry.city else ""
    return Written(
        code=int(entry.code),
        kind=entry.kind,
        name_zh=entry.name_zh,
        name_en=entry.name_en,
        readings=entry.readings,
        aliases=tuple(entry.aliases),
        province=Area(
            zh=province["zh"], en=province["en"], names=tuple(_province_names(entry.province))
        ),
        city=Area(zh=entry.city, en=city_en, names=tuple(_area_names(entry.city))),
        county=Area(zh=entry.near, names=tuple(_area_names(entry.near))),
        longitude=entry.longitude,
        latitude=entry.latitude,
        source=entry.source,
        population=entry.population,
        other_codes=_other_codes(entry, prefectures),
    )


def _other_codes(entry: Entry, prefectures: dict[tuple[str, str], int]) -> tuple[int, ...]:
    """The code of a city's prefecture; those that a county had before."""
    if entry.kind == "city":
        code = prefectures.get((entry.province, entry.city or _province(entry)))
        # the counties of a municipality lie in 120100 where statistics need a prefecture
        return () if code is None else (code, code + 100) if code % 10_000 == 0 else (code,)
    return old_codes(entry.code) if entry.kind == "county" else ()


def _province_names(code: str) -> list[str]:
    """Folded spellings of a province."""
    province = provinces().get(code)
    if province is None:
        return []
    english = fold(province["en"])
    names = [province["zh"], province["short"], english, f"{english}province"]
    names += [*province["other"], *spelt(province["zh"]), *spelt(province["short"])]
    return list(dict.fromkeys(names))


def _area_names(name: str) -> list[str]:
    """Folded spellings of a prefecture or county, full and short."""
    if not name:
        return []
    short = short_han(name)
    latin = fold(joined(short))
    names = [name, short, *map(fold, spelt(name)), *map(fold, spelt(short))]
    return list(dict.fromkeys([*names, f"{latin}{_UNIT_WORDS.get(name[-1], '')}"]))


if __name__ == "__main__":
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else data_path("places", "places.sqlite")
    sys.stdout.write(f"{build(Path(sys.argv[1]), target)} places in {target}\n")
