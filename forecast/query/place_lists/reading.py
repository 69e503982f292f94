"""Files of places and zones: CSV, or GeoJSON with points and polygons; all or nothing."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from forecast.errors import UnreadableFile
from forecast.query.place_lists.entries import OwnPlace, PlaceList, WrongEntry, Zone

FIELDS: Final = (
    *("name_zh", "name_en", "pinyin", "aliases", "code"),
    *("longitude", "latitude", "elevation"),
)
CHINESE: Final = {
    "名称": "name_zh",
    "中文名": "name_zh",
    "地名": "name_zh",
    "英文名": "name_en",
    "拼音": "pinyin",
    "别名": "aliases",
    "代码": "code",
    "编码": "code",
    "经度": "longitude",
    "纬度": "latitude",
    "海拔": "elevation",
    "高程": "elevation",
}
"""Headings in Chinese that are read as those above."""

MOST_BYTES: Final = 50_000_000
MOST_ENTRIES: Final = 100_000
TOLD: Final = 20
"""Faults that one refusal lists."""

_FEATURES: Final = re.compile(r'"features"\s*:\s*\[')
_GAP: Final = re.compile(r"[\s,]*")


@dataclass(slots=True)
class _Draft:
    """What has been read of a file, and what was wrong with it.

    Attributes:
        path: the file.
        places: places so far.
        zones: zones so far.
        faults: a sentence for each wrong entry.
        seen: where it stands by what no other entry may share.
    """

    path: Path
    places: list[OwnPlace] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seen: dict[tuple[object, ...], str] = field(default_factory=dict)

    def take(self, make: Callable[[], OwnPlace | Zone], *, where: str) -> None:
        """Make an entry and keep it, or keep why it cannot be made."""
        try:
            entry = make()
        except WrongEntry as error:
            self.faults.append(f"{self.path} {where}: {error}")
            return
        key = (type(entry).__name__, *entry.same())
        if key in self.seen:
            code = f"code {entry.code}" if entry.code else ""
            name = code or entry.name_zh or entry.name_en
            self.faults.append(
                f"{self.path} {where}: {name} was given again; it stands in {self.seen[key]}"
            )
            return
        self.seen[key] = where
        if isinstance(entry, Zone):
            self.zones.append(entry)
        else:
            self.places.append(entry)


def read_list(path: Path) -> PlaceList:
    """Read a list; every wrong entry is told with its line, and then nothing is taken.

    Args:
        path: `.csv`, `.geojson` or `.json`, UTF-8.

    Raises:
        UnreadableFile: the file or one of its entries cannot be taken.
    """
    readers = {".csv": _read_csv, ".geojson": _read_geojson, ".json": _read_geojson}
    read = readers.get(path.suffix.lower())
    if read is None:
        raise UnreadableFile(f"{path} was given; allowed are files ending in .csv or .geojson")
    draft = _Draft(path)
    read(_text(path), draft)
    count = len(draft.places) + len(draft.zones) + len(draft.faults)
    if not count:
        raise UnreadableFile(f"{path} was given; it holds no place and no zone")
    if draft.faults:
        shown = draft.faults[:TOLD]
        more = len(draft.faults) - len(shown)
        rest = [f"and {more} more wrong entries"] if more else []
        raise UnreadableFile("\n".join([*shown, *rest]))
    return PlaceList(places=tuple(draft.places), zones=tuple(draft.zones))


def _text(path: Path) -> str:
    """The text of a file within the limits.

    Raises:
        UnreadableFile: it is not there, too large or not UTF-8.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise UnreadableFile(f"{path} of {size} bytes was given; allowed are {MOST_BYTES}")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile(
            f"{path} is not UTF-8; save it as UTF-8, in a spreadsheet as `CSV UTF-8`"
        ) from None
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}") from error


def _read_csv(text: str, draft: _Draft) -> None:
    rows = csv.reader(io.StringIO(text), strict=True)
    try:
        headings = _headings(next(rows, []), draft.path)
        begin = rows.line_num + 1
        for row in rows:
            _check_count(draft)
            if any(cell.strip() for cell in row):
                _take_row(row, headings, draft=draft, line=begin)
            begin = rows.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(f"{draft.path} line {rows.line_num}: {error}") from error


def _headings(row: list[str], path: Path) -> list[str]:
    names = [CHINESE.get(cell.strip(), cell.strip().lower()) for cell in row]
    for name in names:
        if name not in FIELDS:
            raise UnreadableFile(
                f"{path} line 1: column {name[:40]!r} was given; allowed are {', '.join(FIELDS)}"
            )
    if len(set(names)) < len(names):
        raise UnreadableFile(f"{path} line 1: a column was given twice; allowed is once")
    if not {"longitude", "latitude"} <= set(names) or not {"name_zh", "name_en"} & set(names):
        raise UnreadableFile(
            f"{path} line 1: needed are the columns longitude, latitude, and name_zh or name_en"
        )
    return names


def _take_row(row: list[str], headings: list[str], *, draft: _Draft, line: int) -> None:
    def make() -> OwnPlace:
        if len(row) != len(headings):
            raise WrongEntry(f"{len(row)} cells were given; the heading has {len(headings)}")
        return OwnPlace.of({**dict.fromkeys(FIELDS, ""), **dict(zip(headings, row, strict=True))})

    draft.take(make, where=f"line {line}")


def _read_geojson(text: str, draft: _Draft) -> None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise UnreadableFile(f"{draft.path} line {line}: it is no JSON: {error}") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        raise UnreadableFile(f"{draft.path} line 1: allowed is a GeoJSON FeatureCollection")
    if "crs" in document and "CRS84" not in str(document["crs"]):
        raise UnreadableFile(
            f"{draft.path} line 1: crs {str(document['crs'])[:60]} was given; allowed is WGS 84,"
            " longitude before latitude"
        )
    lines = _lines(text, len(features))
    for number, (feature, line) in enumerate(zip(features, lines, strict=True), start=1):
        _check_count(draft)
        draft.take(partial(_feature, feature), where=f"line {line}, feature {number}")


def _lines(text: str, count: int) -> Iterator[int]:
    """The line on which each feature begins."""
    decoder = json.JSONDecoder()
    for found in _FEATURES.finditer(text):
        starts, at = [], found.end()
        try:
            for _ in range(count):
                gap = _GAP.match(text, at)
                at = gap.end() if gap else at
                starts.append(at)
                at = decoder.raw_decode(text, at)[1]
        except ValueError:
            continue
        line, last = 1, 0
        for start in starts:
            line += text.count("\n", last, start)
            last = start
            yield line
        return
    yield from [1] * count


def _feature(feature: Any) -> OwnPlace | Zone:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict) or not isinstance(properties, dict):
        raise WrongEntry("a feature without geometry or properties was given; both are needed")
    given = {**dict.fromkeys(FIELDS, ""), **_texts(properties)}
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Point" and isinstance(coordinates, list) and len(coordinates) >= 2:
        given["longitude"], given["latitude"] = map(str, coordinates[:2])
        return OwnPlace.of(given)
    if kind == "Polygon":
        return Zone.of(given, polygons=[coordinates])
    if kind == "MultiPolygon" and isinstance(coordinates, list):
        return Zone.of(given, polygons=coordinates)
    raise WrongEntry(
        f"geometry {str(kind)[:40]!r} was given; allowed are Point for places, Polygon and"
        " MultiPolygon for zones"
    )


def _texts(properties: Mapping[str, Any]) -> dict[str, str]:
    """Properties that a list has a field for, as texts; others are left out."""
    texts: dict[str, str] = {}
    for name, value in properties.items():
        known = CHINESE.get(name, name)
        if known in FIELDS and value is not None:
            texts[known] = "|".join(map(str, value)) if isinstance(value, list) else str(value)
    return texts


def _check_count(draft: _Draft) -> None:
    if len(draft.places) + len(draft.zones) >= MOST_ENTRIES:
        raise UnreadableFile(
            f"{draft.path} holds more than {MOST_ENTRIES} entries; allowed are as many in one file"
        )
