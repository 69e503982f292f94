"""The tables of an observation store.

Names are kept once and stand as numbers in the large tables, whose keys begin with variable and
time: what a question asks for lies together.
"""

from typing import Final

from forecast.store import sqlite_file

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

KIND: Final = sqlite_file.Kind(
    name="an observation store",
    application=0x5A48544F,  # ZHTO
    version=1,
    tables=_TABLES,
    made_by="zhitian observations add",
)
