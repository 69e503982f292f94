"""The tables of an advice ledger.

Time is whole seconds since 1970 UTC, a day whole days since 1970. A spot is what a watch is: the
same place at another height is another spot. Chances stand in a column each, empty where they were
not known; `members` says of how many forecasts.
"""

from typing import Final

from forecast.store import sqlite_file

_TABLES: Final = """
CREATE TABLE spots (
  number INTEGER PRIMARY KEY,
  zone TEXT NOT NULL,
  place TEXT NOT NULL,
  longitude REAL NOT NULL,
  latitude REAL NOT NULL,
  elevation REAL,
  station TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX spot ON spots (
  zone, place, longitude, latitude, ifnull(elevation, 'cell'), station
);
CREATE TABLE issues (
  number INTEGER PRIMARY KEY,
  cycle_id TEXT NOT NULL,
  source TEXT NOT NULL,
  simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
  reference_time INTEGER NOT NULL,
  issued_at INTEGER NOT NULL,
  spot INTEGER NOT NULL REFERENCES spots,
  profile TEXT NOT NULL,
  version TEXT NOT NULL,
  document BLOB NOT NULL,
  UNIQUE (cycle_id, spot, profile, version)
) STRICT;
CREATE INDEX newest ON issues (spot, profile, simulated, reference_time);
CREATE TABLE days (
  issue INTEGER NOT NULL REFERENCES issues,
  rule TEXT NOT NULL,
  day INTEGER NOT NULL,
  kind TEXT NOT NULL,
  begins INTEGER,
  ends INTEGER NOT NULL,
  state TEXT NOT NULL,
  status TEXT NOT NULL,
  warned INTEGER NOT NULL,
  members INTEGER NOT NULL,
  level_1 REAL,
  level_2 REAL,
  level_3 REAL,
  level_4 REAL,
  amber REAL,
  green REAL,
  PRIMARY KEY (issue, rule, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE standing (
  issue INTEGER NOT NULL REFERENCES issues,
  rule TEXT NOT NULL,
  status TEXT NOT NULL,
  level INTEGER NOT NULL,
  warned INTEGER NOT NULL,
  begins INTEGER,
  ends INTEGER,
  first INTEGER,
  last INTEGER,
  step TEXT NOT NULL,
  change TEXT NOT NULL,
  notify INTEGER NOT NULL,
  PRIMARY KEY (issue, rule)
) STRICT, WITHOUT ROWID;
"""

KIND: Final = sqlite_file.Kind(
    name="an advice ledger",
    application=0x5A485441,  # ZHTA
    version=1,
    tables=_TABLES,
    made_by="zhitian run",
)
