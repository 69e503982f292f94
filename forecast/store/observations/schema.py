"""The tables of an observation store, and how a connection to them is opened.

Time is whole seconds since 1970 UTC. Names are kept once and stand as numbers in the large
tables, whose keys begin with variable and time: what a question asks for lies together.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from forecast.errors import StoreError, StoreMissing

APPLICATION: Final = 0x5A48544F
"""Marks the file as an observation store (`ZHTO`)."""
VERSION: Final = 1
_WAIT_S: Final = 10.0

_TABLES: Final = """
CREATE TABLE stations (
  number INTEGER PRIMARY KEY,
  station TEXT NOT NULL UNIQUE,
  longitude REAL NOT NULL,
  latitude REAL NOT NULL,
  elevation REAL NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('synop', 'csv', 'thermometer'))
) STRICT;
CREATE TABLE names (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  cycle_id TEXT NOT NULL,
  source TEXT NOT NULL,
  reference_time INTEGER NOT NULL,
  UNIQUE (cycle_id, source, reference_time)
) STRICT;
CREATE TABLE observations (
  variable INTEGER NOT NULL REFERENCES names,
  time INTEGER NOT NULL,
  station INTEGER NOT NULL REFERENCES stations,
  value REAL NOT NULL,
  flag INTEGER NOT NULL,
  PRIMARY KEY (variable, time, station)
) STRICT, WITHOUT ROWID;
CREATE TABLE forecasts (
  variable INTEGER NOT NULL REFERENCES names,
  time INTEGER NOT NULL,
  station INTEGER NOT NULL REFERENCES stations,
  method INTEGER NOT NULL REFERENCES names,
  run INTEGER NOT NULL REFERENCES runs,
  value REAL NOT NULL,
  PRIMARY KEY (variable, time, station, method, run)
) STRICT, WITHOUT ROWID;
"""


def make(path: Path) -> None:
    """Make an empty store file; harmless where it is there already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _known_errors(path), contextlib.closing(_connect(path, mode="rwc")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("BEGIN IMMEDIATE")
        if database.execute("PRAGMA user_version").fetchone()[0] == 0:
            for statement in _TABLES.split(";\n"):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {APPLICATION}")
            database.execute(f"PRAGMA user_version = {VERSION}")
        database.execute("COMMIT")


def require(path: Path) -> None:
    """Do nothing where the file is an observation store of this version.

    Raises:
        StoreMissing: there is no such file.
        StoreError: it is another kind of file, of another version, or damaged.
    """
    with reading(path) as database:
        kind = database.execute("PRAGMA application_id").fetchone()[0]
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if kind != APPLICATION:
            raise StoreError(f"the file {path} is no observation store")
        if version != VERSION:
            raise StoreError(
                f"the observation store {path} has version {version}; allowed is {VERSION}"
            )


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that sees one state of the store, whatever a writer does meanwhile."""
    if not path.is_file():
        raise StoreMissing(
            f"there is no observation store {path}; `zhitian observations add` makes one"
        )
    with _known_errors(path), contextlib.closing(_connect(path, mode="ro")) as database:
        database.execute("BEGIN")
        yield database


@contextlib.contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection whose changes are all made, and on the disk, or not at all."""
    with _known_errors(path), contextlib.closing(_connect(path, mode="rw")) as database:
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("BEGIN IMMEDIATE")
        try:
            yield database
        except BaseException:
            database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")


def _connect(path: Path, *, mode: str) -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?mode={mode}"
    database = sqlite3.connect(address, uri=True, timeout=_WAIT_S, isolation_level=None)
    database.execute("PRAGMA temp_store = MEMORY")
    return database


@contextlib.contextmanager
def _known_errors(path: Path) -> Iterator[None]:
    """Turn what the database library raises into one sentence.

    Raises:
        StoreError: the file cannot be used; the sentence says why.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"the observation store {path} cannot be used: {error}") from error
