"""Where the operator's own places are kept: one SQLite file, replaced as a whole by each change."""

import json
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from forecast.errors import InvalidRequest, StoreError, UnknownName
from forecast.query.place_lists.entries import OwnPlace, PlaceList, Zone
from forecast.query.place_lists.naming import written
from forecast.query.place_writing import SCHEMA, write_places
from forecast.query.places import Gazetteer
from forecast.store.durable import replace_durably
from forecast.store.lock import WriterLock
from forecast.times import iso
from grids import BoundingBox

MOST_NAME: Final = re.compile(r"[\w\-.]{1,60}")
_LISTS: Final = """
CREATE TABLE lists (name TEXT PRIMARY KEY, file TEXT, added_at TEXT);
CREATE TABLE entries (list TEXT, number INTEGER, entry TEXT);
CREATE TABLE zones (
  list TEXT, number INTEGER, west REAL, south REAL, east REAL, north REAL, entry TEXT);
"""
_SUMMARY: Final = """
SELECT name, file, added_at, (SELECT count(*) FROM entries WHERE list = name),
  (SELECT count(*) FROM zones WHERE list = name) FROM lists ORDER BY name
"""
_IN_BOX: Final = """
SELECT list, entry FROM zones WHERE east >= ? AND west <= ? AND north >= ? AND south <= ?
ORDER BY list, number
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A list that is kept.

    Attributes:
        name: of the list.
        file: where it came from.
        added_at: when, ISO 8601 UTC.
        places: how many places it holds.
        zones: how many zones.
    """

    name: str
    file: str
    added_at: str
    places: int
    zones: int


@dataclass(frozen=True, slots=True)
class _State:
    """All that the file holds."""

    lists: dict[str, tuple[str, str]]
    places: dict[str, tuple[OwnPlace, ...]]
    zones: dict[str, tuple[Zone, ...]]


@dataclass(frozen=True, slots=True)
class OwnPlaces:
    """The operator's lists.

    Attributes:
        path: the SQLite file; need not be there yet.
    """

    path: Path

    def add(
        self, name: str, listed: PlaceList, *, file: str, now: datetime, replace: bool = False
    ) -> None:
        """Keep a list, all of it or, where anything fails, none.

        Args:
            name: of the list.
            listed: what it holds.
            file: where it came from.
            now: the time it is stamped with.
            replace: take the place of a list of that name.

        Raises:
            InvalidRequest: the name is not allowed, or there is such a list.
            StoreBusy: somebody else is changing the lists.
            StoreError: the file cannot be written.
        """
        if MOST_NAME.fullmatch(name) is None:
            raise InvalidRequest(
                f"list {name[:60]!r} was given; allowed are up to 60 letters, digits, and - _ ."
            )
        with self._changing() as state:
            if name in state.lists and not replace:
                raise InvalidRequest(
                    f"list {name!r} was given; it is kept already: --replace takes its place,"
                    " --name gives another name"
                )
            state.lists[name] = (file, iso(now))
            state.places[name], state.zones[name] = listed.places, listed.zones

    def remove(self, name: str) -> None:
        """Take a list away.

        Raises:
            UnknownName: there is none of that name.
            StoreBusy: somebody else is changing the lists.
        """
        with self._changing() as state:
            if name not in state.lists:
                kept = ", ".join(state.lists) or "none"
                raise UnknownName(f"list {name!r} was asked; kept are {kept}")
            del state.lists[name]
            del state.places[name]
            del state.zones[name]

    def lists(self) -> list[Kept]:
        """The lists that are kept, by name."""
        return [
            Kept(name=name, file=file, added_at=added_at, places=places, zones=zones)
            for name, file, added_at, places, zones in self._query(_SUMMARY)
        ]

    def zones(self, within: BoundingBox | None = None) -> list[tuple[str, Zone]]:
        """Zones with the name of their list, those whose box touches a box.

        Args:
            within: the box, or None for all zones.
        """
        box = (-180.0, 180.0, -90.0, 90.0)
        if within is not None:
            box = (within.west, within.east, within.south, within.north)
        return [(name, _zone(json.loads(text))) for name, text in self._query(_IN_BOX, box)]

    @contextmanager
    def _changing(self) -> Iterator[_State]:
        """Hold the lock, give what is kept, and write what it has become."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with WriterLock(self.path.with_suffix(".lock")):
            state = self._read()
            yield state
            with tempfile.TemporaryDirectory() as folder:
                made = Path(folder, "places.sqlite")
                _write(made, state)
                replace_durably(self.path, made.read_bytes())

    def _read(self) -> _State:
        lists = {name: (file, at) for name, file, at, *_ in self._query(_SUMMARY)}
        places: dict[str, list[OwnPlace]] = {name: [] for name in lists}
        zones: dict[str, list[Zone]] = {name: [] for name in lists}
        for name, text in self._query("SELECT list, entry FROM entries ORDER BY list, number"):
            places[name].append(_place(json.loads(text)))
        for name, text in self._query("SELECT list, entry FROM zones ORDER BY list, number"):
            zones[name].append(_zone(json.loads(text)))
        return _State(
            lists,
            {name: tuple(found) for name, found in places.items()},
            {name: tuple(found) for name, found in zones.items()},
        )

    def _query(self, statement: str, arguments: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        if not self.path.exists():
            return []
        address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            with closing(sqlite3.connect(address, uri=True)) as database:
                return database.execute(statement, tuple(arguments)).fetchall()
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"{self.path} is no file of places: {error}; remove it and add the lists again"
            ) from error


def _write(path: Path, state: _State) -> None:
    """Write a whole file: the lists as given, and the places in the form that is searched."""
    shipped = Gazetteer.shipped()
    places = [
        written(place, source=f"list {name}", shipped=shipped)
        for name in state.lists
        for place in state.places[name]
    ]
    with closing(sqlite3.connect(path)) as database:
        database.executescript(SCHEMA + _LISTS)
        write_places(database, places)
        for name, (file, added_at) in state.lists.items():
            database.execute("INSERT INTO lists VALUES (?,?,?)", (name, file, added_at))
            database.executemany(
                "INSERT INTO entries VALUES (?,?,?)",
                [(name, at, _text(place.to_dict())) for at, place in enumerate(state.places[name])],
            )
            database.executemany(
                "INSERT INTO zones VALUES (?,?,?,?,?,?,?)",
                [
                    (name, at, *zone.box, _text(zone.to_dict()))
                    for at, zone in enumerate(state.zones[name])
                ],
            )
        database.commit()


def _text(entry: dict[str, Any]) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


def _place(kept: dict[str, Any]) -> OwnPlace:
    return OwnPlace(**{**kept, "aliases": tuple(kept["aliases"])})


def _zone(kept: dict[str, Any]) -> Zone:
    polygons = tuple(
        tuple(tuple((corner[0], corner[1]) for corner in ring) for ring in polygon)
        for polygon in kept["polygons"]
    )
    return Zone(**{**kept, "polygons": polygons})
