"""Synoptic reports in BUFR files: found here, decoded in limited children, told as stations.

What comes back from a child is judged again: identifiers, places, times and numbers.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

import pandas as pd

from forecast.errors import UnreadableFile
from forecast.ingest.conversation import ChildEnded, Conversation
from forecast.ingest.filebytes import FileBytes
from forecast.ingest.forking import BUFR
from forecast.ingest.limits import DecodeLimits
from forecast.ingest.observed import Stations, no_reports
from forecast.ingest.station_elements import ELEMENTS, to_vocabulary
from forecast.stations.names import (
    HIGHEST_STATION_M,
    LOWEST_STATION_M,
    rain_sum,
)
from forecast.stations.places import to_points

Progress = Callable[[int, int], None]

Row: TypeAlias = tuple[str, datetime | None, float]
"""Station, time and value."""

MAGIC: Final = b"BUFR"
_END: Final = b"7777"
_EDITIONS: Final = range(2, 5)
_LEAST_BYTES: Final = 30
_MOST_REPLY: Final = 64 << 20
_WMO_LAND: Final = 20000
"""WIGOS issuer of identifiers made of the WMO block and station number."""
LIMITS: Final = DecodeLimits(
    file_bytes=2 << 30, memory_bytes=1 << 30, message_seconds=20.0, cpu_seconds=120
)
"""Reports are small: a child needs far less than one that decodes fields."""


@dataclass(frozen=True, slots=True)
class _Piece:
    offset: int
    length: int


def is_bufr(path: Path) -> bool:
    """Whether a file holds a BUFR message near its beginning, bulletin headings before it."""
    with FileBytes(path) as source:
        return MAGIC in source.read(0, 4096)


def read_bufr(
    path: Path, *, limits: DecodeLimits = LIMITS, report: Progress | None = None
) -> Stations:
    """Read the synoptic reports of a BUFR file; a damaged message costs only itself.

    Times are UTC, as the WMO reports them. Missing elements stay missing.

    Args:
        path: file of one or more messages, bulletin headings between them or not.
        limits: of the file, and of memory and time of the children.
        report: called with messages done and in all.

    Raises:
        UnreadableFile: no message of it can be read.
        SourceError: no decoding child can be started.
    """
    pieces, refused = _scan(path, limits)
    rows: list[dict[str, Any]] = []
    for done, (_, reply) in enumerate(_decode(path, pieces, limits=limits), start=1):
        if "refused" in reply:
            refused[str(reply["refused"])] += 1
        else:
            rows += reply["reports"]
        if report is not None:
            report(done, len(pieces))
    if not rows:
        words = "; ".join(refused) or "it holds no BUFR message"
        raise UnreadableFile(f"{path.name}: no synoptic report can be read ({words})")
    told = tuple(f"{count} messages: {reason}" for reason, count in refused.items())
    return _stations(rows, told)


def _scan(path: Path, limits: DecodeLimits) -> tuple[list[_Piece], Counter[str]]:
    """Where whole messages lie, and how many pieces are none."""
    pieces: list[_Piece] = []
    faults: Counter[str] = Counter()
    with FileBytes(path) as source:
        if source.size > limits.file_bytes:
            raise UnreadableFile(
                f"{path.name} has {source.size:,} bytes; allowed are {limits.file_bytes:,}"
            )
        start = source.find(MAGIC, 0)
        while start >= 0:
            head = source.read(start, 8)
            length = int.from_bytes(head[4:7], "big")
            fault = _fault(source, start, head=head, length=length)
            if fault:
                faults[fault] += 1
            else:
                pieces.append(_Piece(start, length))
            if len(pieces) + faults.total() > limits.messages:
                faults[f"more than {limits.messages:,}; the rest is left"] += 1
                break
            start = source.find(MAGIC, start + (len(MAGIC) if fault else length))
    return pieces, faults


def _fault(source: FileBytes, start: int, *, head: bytes, length: int) -> str:
    if len(head) < 8 or start + length > source.size:
        return "the file ends within the message"
    if head[7] not in _EDITIONS:
        return f"edition {head[7]}; read are 2 to 4"
    if length < _LEAST_BYTES or source.read(start + length - 4, 4) != _END:
        return "it does not end with 7777"
    return ""


def _decode(
    path: Path, pieces: list[_Piece], *, limits: DecodeLimits
) -> Iterator[tuple[_Piece, dict[str, Any]]]:
    """Each message and what a child answered; one that kills its child is refused."""
    left, crashes = list(pieces), 0
    while left:
        opening = {"path": str(path), "kind": "bufr"}
        with Conversation(path.name, opening, tables=BUFR, limits=limits) as child:
            for _ in range(min(limits.batch, len(left))):
                piece = left.pop(0)
                try:
                    child.send({"offset": piece.offset, "length": piece.length})
                    yield piece, child.receive(_MOST_REPLY)
                except ChildEnded as end:
                    crashes += 1
                    yield piece, {"refused": f"it brought the decoding child down ({end})"}
                    break
        if crashes >= limits.crashes:
            for piece in left:
                yield piece, {"refused": f"{crashes} children died over earlier messages"}
            return


def _stations(reports: list[dict[str, Any]], refused: tuple[str, ...]) -> Stations:
    places: dict[str, dict[str, Any]] = {}
    columns: dict[str, list[Row]] = {}
    left: Counter[str] = Counter()
    for report in reports:
        left.update(report["left"])
        station, fault = _station(report), _fault_of(report)
        if fault:
            left[f"reports {fault}"] += 1
            continue
        place, time = report["place"], _time(report["place"])
        places.setdefault(
            station,
            {
                "station": station,
                "name": report["texts"].get("name", ""),
                **{name: place[name] for name in ("latitude", "longitude", "elevation")},
            },
        )
        for name, value in report["values"].items():
            columns.setdefault(name, []).append((station, time, float(value)))
    table = pd.DataFrame(
        list(places.values()), columns=["station", "name", "latitude", "longitude", "elevation"]
    )
    dropped = (*refused, *(f"{count} {words}" for words, count in left.items()))
    return Stations(points=to_points(table), reports=_long(columns), dropped=dropped, kind="synop")


def _fault_of(report: dict[str, Any]) -> str:
    """What a report lacks to be told, as a clause; empty where nothing."""
    place = report["place"]
    latitude, longitude = place.get("latitude", 999.0), place.get("longitude", 999.0)
    if not _station(report):
        return "without an identifier of the station"
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 360):
        return "without a place on the earth"
    if not LOWEST_STATION_M <= place.get("elevation", -9999.0) <= HIGHEST_STATION_M:
        return "without a usable elevation"
    return "without a time" if _time(place) is None else ""


def _time(place: dict[str, float]) -> datetime | None:
    """The time of a report, aware UTC; None where it has none."""
    names = ("year", "month", "day", "hour")
    if any(name not in place for name in names):
        return None
    year, month, day, hour = (int(place[name]) for name in names)
    try:
        return datetime(year, month, day, hour, int(place.get("minute", 0.0)), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _station(report: dict[str, Any]) -> str:
    """WMO number as five digits, else the WIGOS identifier, else nothing."""
    place, texts = report["place"], report["texts"]
    if place.get("block") is not None and place.get("number") is not None:
        return f"{int(place['block']):02d}{int(place['number']):03d}"
    local = texts.get("wigos_local", "")
    if not local or place.get("wigos_issuer") is None:
        return ""
    issuer, series = int(place["wigos_issuer"]), int(place.get("wigos_series", 0))
    if issuer == _WMO_LAND and len(local) == 5 and local.isdigit():
        return local
    return f"{series}-{issuer}-{int(place.get('wigos_issue', 0))}-{local}"


def _long(columns: dict[str, list[Row]]) -> pd.DataFrame:
    """Values by element as one long table in the vocabulary's units."""
    parts = [no_reports()]
    for element, rows in columns.items():
        part = pd.DataFrame(rows, columns=["station", "time", "value"])
        name, unit = _meaning(element)
        part["value"] = to_vocabulary(part["value"], name=name, unit=unit, wmo=True)
        if name == "cloud_cover":
            # 113 says that fog or snow hides the sky
            part["value"] = part["value"].where(part["value"] <= 100.0)
        part["time"] = part["time"].dt.tz_localize(None).astype("datetime64[ns]")
        parts.append(part.assign(variable=name))
    reports = pd.concat(parts, ignore_index=True).dropna(subset="value", ignore_index=True)
    return reports[["station", "time", "variable", "value"]]


def _meaning(element: str) -> tuple[str, str]:
    if element.startswith("rain "):
        return rain_sum(int(element.removeprefix("rain "))), "kg m-2"
    if element == "maximumwindgustspeed":
        return "wind_gust_10m", "m s-1"
    return ELEMENTS[element]
