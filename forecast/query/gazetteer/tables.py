"""The two source tables as entries: counties of Tianditu, populated places of GeoNames."""

import csv
import gzip
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from forecast.query.gazetteer.reading import english_county, joined, other_names, syllables
from forecast.query.names import fold, is_han, short_han
from forecast.query.place_writing import as_words, own_names
from forecast.regions import data_path

COUNTIES: Final = "cn_district_tianditu.csv"
TOWNS: Final = "geonames_cities500_CN.csv.gz"
LARGE: Final = 100_000
"""People from which a place has names in many languages and may be a prefecture's city."""

Kind = Literal["city", "county", "town"]


@dataclass(slots=True, kw_only=True)
class Entry:
    """One place while the file is built.

    Attributes:
        code: county code or GeoNames number.
        kind: city (seat of a prefecture), county, or town for all smaller places.
        name_zh: Chinese name, may be empty.
        name_en: English name.
        province: first two digits of the county code.
        city: Chinese name of the prefecture, empty where unknown or the province itself.
        near: for a town, Chinese name of the county with the nearest point.
        aliases: all other names.
    """

    code: str
    kind: Kind
    name_zh: str
    name_en: str
    province: str
    city: str
    longitude: float
    latitude: float
    population: int
    source: str
    near: str = ""
    aliases: list[str] = field(default_factory=list)

    @property
    def readings(self) -> tuple[tuple[str, ...], ...]:
        """Pinyin of the short and of the full Chinese name, none where it has other letters."""
        return readings(self.name_zh)

    def own_names(self) -> list[str]:
        """Folded spellings of its name: Chinese, English, pinyin, each full and short."""
        return own_names(self.name_zh, self.name_en, readings=self.readings)


def readings(name: str) -> tuple[tuple[str, ...], ...]:
    """Pinyin of the short and of the full form of a Chinese name, syllable by syllable."""
    if not name or not all(is_han(character) for character in name):
        return ()
    return tuple(syllables(form) for form in dict.fromkeys((short_han(name), name)))


def spelt(name: str) -> list[str]:
    """Pinyin of a Chinese name as one word, in the spellings that people type."""
    return [form for reading in readings(name)[-1:] for form in as_words(reading)]


@cache
def provinces() -> dict[str, dict[str, Any]]:
    """Provinces by the first two digits of their county codes."""
    text = data_path("places", "provinces.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _old_codes() -> dict[str, list[int]]:
    text = data_path("places", "old_codes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def old_codes(code: str) -> tuple[int, ...]:
    """Codes that a county had before, by the code of today."""
    return tuple(_old_codes().get(code, ()))


def read_counties(folder: Path) -> Iterator[Entry]:
    """Counties: code, name and point; boundaries are not read."""
    with (folder / COUNTIES).open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            short = row["short_name"]
            others = [] if short == row["district_name"] else [short]
            yield Entry(
                code=row["district_adcode"],
                kind="county",
                name_zh=row["district_name"],
                name_en=english_county(short),
                province=row["district_adcode"][:2],
                city="" if row["city_name"] == row["province_name"] else row["city_name"],
                longitude=float(row["lon"]),
                latitude=float(row["lat"]),
                population=0,
                source="tianditu",
                aliases=[*others, *other_names(row["district_adcode"])],
            )


def read_prefectures(folder: Path) -> dict[tuple[str, str], int]:
    """Codes of prefectures, and of provinces that are one, by province and Chinese name."""
    with (folder / COUNTIES).open(encoding="utf-8-sig", newline="") as handle:
        return {
            (row["district_adcode"][:2], row["city_name"]): int(row["city_adcode"])
            for row in csv.DictReader(handle)
            if row["city_adcode"].isdecimal()
        }


def read_towns(folder: Path, *, cities: frozenset[tuple[str, str]]) -> Iterator[Entry]:
    """Populated places of GeoNames with their alternate names.

    Args:
        folder: where the table lies.
        cities: (province, Chinese name) of all prefectures.
    """
    codes = {entry["geonames"]: code for code, entry in provinces().items()}
    with gzip.open(folder / TOWNS, "rt", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            province = codes.get(row["admin1"], "")
            others = [name for name in row["alternatenames"].split("|") if name]
            chinese = [name for name in others if all(map(is_han, name))]
            population = int(row["population"] or 0)
            city = _prefecture(province, chinese, cities=cities, population=population)
            name_zh = city or chinese_name(row["name"], chinese)
            yield Entry(
                code=row["geonameid"],
                kind="city" if city else "town",
                name_zh=name_zh,
                name_en=row["name"].translate(_APOSTROPHES),
                province=province,
                city=city,
                longitude=float(row["lon"]),
                latitude=float(row["lat"]),
                population=population,
                source="geonames",
                aliases=[*others, *other_names(row["geonameid"])],
            )


def _prefecture(
    province: str, chinese: list[str], *, cities: frozenset[tuple[str, str]], population: int
) -> str:
    """Full name of the prefecture that a place is the city of, by its Chinese names; else empty.

    A large place may bear it without its unit, as 郴州.
    """
    named = [*chinese, *(f"{name}市" for name in chinese if population >= LARGE)]
    return next((name for name in named if (province, name) in cities), "")


_APOSTROPHES: Final = str.maketrans("’‘`ʻ", "''''")


def chinese_name(name: str, chinese: list[str]) -> str:
    """The Chinese one of some names that reads like the Latin one; else the first simplified one.

    Args:
        name: in Latin letters.
        chinese: Chinese names.
    """
    alike = [other for other in chinese if fold(joined(short_han(other))) == fold(name)]
    simplified = [other for other in chinese if _is_simplified(other)]
    candidates = [other for other in alike if _is_simplified(other)] or alike or simplified
    return min(candidates or chinese, key=lambda other: (len(other), other), default="")


def _is_simplified(name: str) -> bool:
    try:
        name.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
