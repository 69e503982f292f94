"""Build the offline gazetteer: `python -m forecast.query.gazetteer SOURCE_DIR OUTPUT`.

A maintainer's command; it needs `pypinyin`. Sources: GeoNames (CC BY 4.0) for towns, and names
and points of counties as published by Tianditu. Polygons are never read.
"""

import csv
import gzip
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from forecast.query.names import fold, is_han, short_han, tokens

PINYIN_OVERRIDES: Final = {
    "六安": "lu an",
    "涡阳": "guo yang",
    "单县": "shan xian",
    "浚县": "xun xian",
    "洪洞": "hong tong",
    "莘县": "shen xian",
    "大埔": "da bu",
    "番禺": "pan yu",
    "重庆": "chong qing",
    "朝阳": "chao yang",
    "歙县": "she xian",
    "黟县": "yi xian",
    "枞阳": "zong yang",
    "亳州": "bo zhou",
    "蚌埠": "beng bu",
    "砀山": "dang shan",
    "蓟州": "ji zhou",
    "长寿": "chang shou",
    "綦江": "qi jiang",
    "北碚": "bei bei",
    "潼南": "tong nan",
    "监利": "jian li",
    "乐清": "yue qing",
    "台州": "tai zhou",
    "丽水": "li shui",
    "东阿": "dong e",
    "铅山": "yan shan",
    "尉氏": "wei shi",
    "蔚县": "yu xian",
    "井陉": "jing xing",
    "乐亭": "lao ting",
    "大城": "dai cheng",
}
"""Readings that the dictionary gets wrong; local readings as the counties write them."""

PROVINCES: Final = {
    "01": "安徽省", "02": "浙江省", "03": "江西省", "04": "江苏省", "05": "吉林省",
    "06": "青海省", "07": "福建省", "08": "黑龙江省", "09": "河南省", "10": "河北省",
    "11": "湖南省", "12": "湖北省", "13": "新疆维吾尔自治区", "14": "西藏自治区",
    "15": "甘肃省", "16": "广西壮族自治区", "18": "贵州省", "19": "辽宁省",
    "20": "内蒙古自治区", "21": "宁夏回族自治区", "22": "北京市", "23": "上海市",
    "24": "山西省", "25": "山东省", "26": "陕西省", "28": "天津市", "29": "云南省",
    "30": "广东省", "31": "海南省", "32": "四川省", "33": "重庆市",
}  # fmt: skip
"""GeoNames admin1 codes of China."""

MERGE_DEGREES: Final = 0.4


@dataclass(slots=True, kw_only=True)
class Entry:
    """One place while the file is built."""

    name_zh: str
    name_en: str
    kind: str
    province: str
    city: str
    longitude: float
    latitude: float
    population: int
    code: str
    source: str
    aliases: set[str] = field(default_factory=set)


def build(source: Path, output: Path) -> int:
    """Write the gazetteer and return the number of places.

    Args:
        source: folder with `cn_district_tianditu.csv` and `geonames_cities500_CN.csv.gz`.
        output: SQLite file; replaced as a whole.
    """
    counties = list(_counties(source / "cn_district_tianditu.csv"))
    towns = _merge(counties, list(_towns(source / "geonames_cities500_CN.csv.gz")))
    output.unlink(missing_ok=True)
    with sqlite3.connect(output) as database:
        database.executescript(_SCHEMA)
        for number, entry in enumerate([*counties, *towns], start=1):
            _insert(database, number, entry)
        database.commit()
        database.execute("INSERT INTO documents(documents) VALUES ('optimize')")
        database.execute("INSERT INTO trigrams(trigrams) VALUES ('optimize')")
    with sqlite3.connect(output) as database:
        database.execute("VACUUM")
    return len(counties) + len(towns)


_SCHEMA: Final = """
CREATE TABLE places (
  id INTEGER PRIMARY KEY, name_zh TEXT, name_en TEXT, kind TEXT, province TEXT, city TEXT,
  longitude REAL, latitude REAL, population INTEGER, code TEXT, source TEXT);
CREATE TABLE keys (key TEXT, place INTEGER, rank INTEGER, PRIMARY KEY (key, place)) WITHOUT ROWID;
CREATE VIRTUAL TABLE documents USING fts5(text, content='', columnsize=0, detail=none);
CREATE VIRTUAL TABLE trigrams USING fts5(
  text, content='', columnsize=0, detail=none, tokenize='trigram');
"""


def reading(name: str) -> str:
    """Pinyin of a Chinese name, syllables apart, local readings first."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    short = short_han(name)
    if short in PINYIN_OVERRIDES or name in PINYIN_OVERRIDES:
        return PINYIN_OVERRIDES.get(short) or PINYIN_OVERRIDES[name]
    return " ".join(lazy_pinyin(short))


def _counties(path: Path) -> Iterator[Entry]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            name = row["district_name"] or row["city_name"]
            yield Entry(
                name_zh=name,
                name_en=_title(reading(name)),
                kind="county",
                province=row["province_name"],
                city=row["city_name"],
                longitude=float(row["lon"]),
                latitude=float(row["lat"]),
                population=0,
                code=row["district_adcode"] or row["city_adcode"],
                source="tianditu",
            )


def _towns(path: Path) -> Iterator[Entry]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            aliases = {alias for alias in row["alternatenames"].split("|") if alias}
            chinese = sorted((alias for alias in aliases if is_han(alias)), key=len)
            yield Entry(
                name_zh=chinese[0] if chinese else "",
                name_en=row["name"],
                kind="town",
                province=PROVINCES.get(row["admin1"], ""),
                city="",
                longitude=float(row["lon"]),
                latitude=float(row["lat"]),
                population=int(row["population"] or 0),
                code=row["geonameid"],
                source="geonames",
                aliases=aliases,
            )


def _merge(counties: list[Entry], towns: list[Entry]) -> list[Entry]:
    """Give a town that is the county of the same name near by to the county, as aliases."""
    by_name: dict[str, list[Entry]] = {}
    for county in counties:
        for key in (county.name_zh, fold(county.name_en)):
            by_name.setdefault(key, []).append(county)
    kept = []
    for town in towns:
        same = {fold(town.name_en), *(alias for alias in town.aliases if is_han(alias))}
        found = [
            county
            for key in same
            for county in by_name.get(key, [])
            if abs(county.longitude - town.longitude) < MERGE_DEGREES
            and abs(county.latitude - town.latitude) < MERGE_DEGREES
        ]
        if found:
            found[0].population = max(found[0].population, town.population)
        else:
            kept.append(town)
    return kept


def _insert(database: sqlite3.Connection, number: int, entry: Entry) -> None:
    database.execute(
        "INSERT INTO places VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (
            number, entry.name_zh, entry.name_en, entry.kind, entry.province, entry.city,
            round(entry.longitude, 4), round(entry.latitude, 4), entry.population, entry.code,
            entry.source,
        ),
    )  # fmt: skip
    keys = _keys(entry)
    database.executemany(
        "INSERT OR IGNORE INTO keys VALUES (?,?,?)",
        [(key, number, rank) for key, rank in keys.items()],
    )
    words = [*keys, *_admin(entry.province), *_admin(entry.city)]
    text = " ".join(dict.fromkeys(token for word in words for token in tokens(word)))
    database.execute("INSERT INTO documents(rowid, text) VALUES (?,?)", (number, text))
    latin = fold(entry.name_en)
    database.execute("INSERT INTO trigrams(rowid, text) VALUES (?,?)", (number, latin))


def _keys(entry: Entry) -> dict[str, int]:
    """Spellings that find a place, with 0 for its name, 1 for an alias, 2 for initials."""
    keys: dict[str, int] = {}
    chinese = [entry.name_zh, *(alias for alias in entry.aliases if is_han(alias))]
    for index, name in enumerate(filter(None, chinese)):
        rank = 0 if index == 0 else 1
        keys.setdefault(name, rank)
        keys.setdefault(short_han(name), rank)
    latin = reading(entry.name_zh) if entry.name_zh else entry.name_en
    keys.setdefault(fold(latin), 0)
    keys.setdefault(fold(entry.name_en), 0)
    if entry.kind == "county":
        keys.setdefault("".join(syllable[0] for syllable in latin.split()), 2)
    for alias in entry.aliases:
        if not is_han(alias) and entry.population > 0:
            keys.setdefault(fold(alias), 1)
    keys.pop("", None)
    return keys


def _admin(name: str) -> list[str]:
    """Spellings of the unit above: full, short, and read in pinyin."""
    return [name, short_han(name), fold(reading(name))] if name else []


def _title(text: str) -> str:
    return "".join(text.split()).capitalize()


if __name__ == "__main__":
    sys.stdout.write(f"{build(Path(sys.argv[1]), Path(sys.argv[2]))} places\n")
