"""One entry for one place: where both tables know it, the county's point and code stay."""

import re
from collections import defaultdict
from typing import Final

import numpy as np

from forecast.query.gazetteer.tables import LARGE, Entry, chinese_name
from forecast.query.names import fold, is_han, short_han
from grids.geometry import great_circle_distance

SAME_PLACE_M: Final = 30_000.0
"""A town and a county of one name nearer than this are one place to whoever asks."""

SEAT_M: Final = 100_000.0
"""A town that carries the full name of a county nearer than this is its seat."""

CITY_M: Final = 80_000.0
"""A town belongs to the prefecture of the nearest county point up to here."""

MOST_LATIN: Final = 6
MOST_LATIN_LARGE: Final = 30
_LATIN: Final = re.compile(r"[A-Za-z][A-Za-z '\-]{2,24}")
_UNIT_WORDS: Final = re.compile(
    r"(?: |-)(?:zhen|xiang|jiedao|shi|xian|qu|zhan|chu|qi|hsien)$", re.IGNORECASE
)


def merge(counties: list[Entry], towns: list[Entry]) -> list[Entry]:
    """Join both tables; counties take the names and population of towns that are they.

    Args:
        counties: entries of the county table; those that are matched are added to.
        towns: entries of GeoNames.

    Returns:
        All counties, and the towns that are places of their own, in the order given.
    """
    _keep_one_city_each(towns)
    named = _by_name(counties)
    kept: list[Entry] = []
    for town in towns:
        county = None if town.kind == "city" else _same(town, named)
        if county is None:
            kept.append(town)
        else:
            county.population = max(county.population, town.population)
            county.aliases += [town.name_zh, town.name_en, *town.aliases]
    _place_in_prefectures(counties, kept)
    _keep_county_names(named, kept)
    entries = [*counties, *kept]
    for entry in entries:
        entry.aliases = _useful(entry)
    return entries


def _keep_one_city_each(towns: list[Entry]) -> None:
    """Leave a prefecture one city, the largest of its name; the others are towns in it."""
    largest: dict[tuple[str, str], Entry] = {}
    for town in sorted(towns, key=lambda town: (-town.population, town.code)):
        if town.kind == "city" and largest.setdefault((town.province, town.city), town) is not town:
            others = [name for name in town.aliases if is_han(name) and name != town.city]
            town.kind, town.name_zh = "town", chinese_name(town.name_en, others)


def _by_name(counties: list[Entry]) -> dict[str, list[Entry]]:
    named: dict[str, list[Entry]] = defaultdict(list)
    for county in counties:
        for name in {*county.own_names(), *map(fold, county.aliases)}:
            named[name].append(county)
    return named


def _same(town: Entry, named: dict[str, list[Entry]]) -> Entry | None:
    """The county that a town of the same name is, if one is near enough."""
    names = {fold(town.name_en), town.name_zh, short_han(town.name_zh)} - {""}
    return _nearest(
        town, [county for name in names for county in named.get(name, [])], SAME_PLACE_M
    )


def _nearest(town: Entry, counties: list[Entry], limit_m: float) -> Entry | None:
    near = [
        (distance, county.code, county)
        for county in counties
        if county.province == town.province and (distance := _distance(town, county)) <= limit_m
    ]
    return min(near)[2] if near else None


def _distance(first: Entry, second: Entry) -> float:
    return float(
        great_circle_distance(
            longitude=first.longitude,
            latitude=first.latitude,
            to_longitude=second.longitude,
            to_latitude=second.latitude,
        )
    )


def _keep_county_names(named: dict[str, list[Entry]], towns: list[Entry]) -> None:
    """Take the name of a county off its seat: 岳西县 means the county, not the town 天堂."""
    for town in towns:
        own = {fold(town.name_en), town.name_zh, short_han(town.name_zh)}
        if town.kind != "city":
            town.aliases = [
                name
                for name in town.aliases
                if fold(name) in own or _nearest(town, named.get(fold(name), []), SEAT_M) is None
            ]


def _place_in_prefectures(counties: list[Entry], towns: list[Entry]) -> None:
    """Give towns the county and prefecture of the nearest county point in their province.

    The prefecture is right for 95 % of the 565 towns of Hebei and Anhui that boundaries place.
    """
    for province in sorted({town.province for town in towns}):
        inside = [county for county in counties if county.province == province]
        if not inside:
            continue
        longitude = np.array([county.longitude for county in inside])
        latitude = np.array([county.latitude for county in inside])
        for town in towns:
            if town.province != province or town.kind == "city":
                continue
            distances = great_circle_distance(
                longitude=town.longitude,
                latitude=town.latitude,
                to_longitude=longitude,
                to_latitude=latitude,
            )
            if distances.min() <= CITY_M:
                nearest = inside[int(distances.argmin())]
                town.city, town.near = nearest.city, nearest.name_zh


def _useful(entry: Entry) -> list[str]:
    """Aliases that find a place by another spelling: all Chinese ones, some Latin ones."""
    known = set(entry.own_names())
    known |= {f"{name}{unit}" for name in known for unit in ("zhen", "xiang", "jiedao", "shi")}
    chinese: list[str] = []
    latin: list[str] = []
    for name in dict.fromkeys(entry.aliases):
        key = fold(name)
        if not key or key in known:
            continue
        if all(map(is_han, name)):
            known |= {key, short_han(name)}
            chinese.append(name)
        elif _LATIN.fullmatch(name) and not name.isupper() and not _UNIT_WORDS.search(name):
            known.add(key)
            latin.append(name)
    most = MOST_LATIN if entry.population < LARGE else MOST_LATIN_LARGE
    return [*chinese, *latin[:most]]
