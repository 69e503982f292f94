"""Putting checked rows into the tables, by one rule: a bad row never replaces a good one."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.parameters import chosen
from forecast.store.failpoints import failpoint
from forecast.store.observations.flags import ALL, BAD, Flag
from forecast.store.observations.frames import (
    STATION,
    Checked,
    outside_limits,
    require_columns,
    seconds,
    tolerances,
)
from forecast.store.observations.intake import Intake, tally
from grids.geometry import great_circle_distance

_UNKNOWN_STATION = "of a station that the store does not know"
_INCOMING = """
CREATE TEMP TABLE incoming (
  variable INTEGER, time INTEGER, station INTEGER, value REAL, flag INTEGER, tolerance REAL,
  PRIMARY KEY (variable, time, station)
) WITHOUT ROWID
"""
_BESIDE = """
CREATE TEMP VIEW beside AS
SELECT abs(i.value - o.value) <= i.tolerance AS same,
  i.flag & 15 <> 0 AS bad, o.flag & 15 <> 0 AS stored_bad
FROM incoming i JOIN observations o USING (variable, time, station)
"""
_KNOWN = "SELECT count(*) FROM beside WHERE same"
_WORSE = "SELECT count(*) FROM beside WHERE NOT same AND bad AND NOT stored_bad"
_NEW = """
SELECT i.flag, count(*) FROM incoming i LEFT JOIN observations o USING (variable, time, station)
WHERE o.value IS NULL GROUP BY i.flag
"""
_BETTER = """
UPDATE observations AS o SET value = i.value, flag = i.flag FROM incoming i
WHERE i.variable = o.variable AND i.time = o.time AND i.station = o.station
  AND abs(i.value - o.value) > i.tolerance AND o.flag & 15 <> 0 AND i.flag & 15 = 0
"""
_CONFLICT = """
UPDATE observations AS o SET flag = o.flag | 16 FROM incoming i
WHERE i.variable = o.variable AND i.time = o.time AND i.station = o.station
  AND abs(i.value - o.value) > i.tolerance AND (i.flag & 15 = 0 OR o.flag & 15 <> 0)
"""
_INSERT = """
INSERT OR IGNORE INTO observations SELECT variable, time, station, value, flag FROM incoming
"""
_VERDICT = """
UPDATE observations SET flag = ?1 | (flag & 16)
WHERE variable = ?2 AND time = ?3 AND station = ?4 AND flag <> ?1 | (flag & 16)
"""


def take_stations(database: sqlite3.Connection, checked: Checked, *, offered: int) -> Intake:
    """Add stations that are new; refuse those that are known at another place."""
    rows = checked.rows
    known = rows["station"].isin(
        [name for (name,) in database.execute("SELECT station FROM stations")]
    )
    moved = rows["station"].isin(moved_stations(database, rows))
    refused = Counter(checked.refused)
    if moved.any():
        refused[f"known at another place ({_some(rows['station'][moved])})"] += int(moved.sum())
    database.executemany(
        "INSERT INTO stations (station, longitude, latitude, elevation, name, kind)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        _tuples(rows[~known], list(STATION)),
    )
    return Intake(
        offered=offered,
        taken=int((~known).sum()),
        known=int((known & ~moved).sum()),
        refused=dict(refused),
    )


def moved_stations(database: sqlite3.Connection, rows: pd.DataFrame) -> list[str]:
    """Stations whose place in a table is not the one that the store has.

    Args:
        database: of the store.
        rows: station, longitude, latitude (degrees), elevation (m).
    """
    stored = pd.DataFrame(
        database.execute("SELECT station, longitude, latitude, elevation FROM stations").fetchall(),
        columns=["station", "longitude", "latitude", "elevation"],
    ).astype({"station": "str"})
    both = rows.merge(stored, on="station", suffixes=("", "_known"))
    distance = great_circle_distance(
        longitude=both["longitude"].to_numpy(float),
        latitude=both["latitude"].to_numpy(float),
        to_longitude=both["longitude_known"].to_numpy(float),
        to_latitude=both["latitude_known"].to_numpy(float),
    )
    height = np.abs(both["elevation"].to_numpy(float) - both["elevation_known"].to_numpy(float))
    far = distance > 1000.0 * chosen("station_tolerance_distance")
    far |= height > chosen("station_tolerance_height")
    return both["station"][far].tolist()


def take_observations(database: sqlite3.Connection, checked: Checked, *, offered: int) -> Intake:
    """Add, replace or refuse observations as `ObservationStore.add_observations` says."""
    refused = Counter(checked.refused)
    rows = _numbered(database, checked.rows, refused)
    rows = rows.assign(tolerance=tolerances(rows["variable"]), flag=_first_flags(rows))
    rows, copies = _without_copies(rows)
    rows["variable"] = _name_numbers(database, rows["variable"])
    database.execute(_INCOMING)
    database.execute(_BESIDE)
    columns = ["variable", "time", "station", "value", "flag", "tolerance"]
    database.executemany("INSERT INTO incoming VALUES (?, ?, ?, ?, ?, ?)", _tuples(rows, columns))
    failpoint("observations")
    known = database.execute(_KNOWN).fetchone()[0]
    fresh = dict(database.execute(_NEW).fetchall())
    worse = database.execute(_WORSE).fetchone()[0]
    better = database.execute(_BETTER).rowcount
    conflicts = database.execute(_CONFLICT).rowcount
    database.execute(_INSERT)
    failpoint("observations-written")
    reasons = {
        "bad, where the store has a good value": worse,
        "that contradict what the store has": conflicts,
    }
    refused.update({reason: count for reason, count in reasons.items() if count})
    return Intake(
        offered=offered,
        taken=sum(fresh.values()) + better,
        known=known + copies,
        replaced=better,
        flagged=tally(fresh),
        refused=dict(refused),
    )


def take_forecasts(database: sqlite3.Connection, checked: Checked, *, offered: int) -> Intake:
    """Add forecasts; the same forecast again replaces what was there."""
    refused = Counter(checked.refused)
    rows = _numbered(database, checked.rows, refused)
    run_columns = ["cycle_id", "source", "reference_time"]
    runs = rows[run_columns].drop_duplicates()
    database.executemany(
        "INSERT OR IGNORE INTO runs (cycle_id, source, reference_time) VALUES (?, ?, ?)",
        _tuples(runs, run_columns),
    )
    stored = pd.DataFrame(
        database.execute("SELECT cycle_id, source, reference_time, number FROM runs").fetchall(),
        columns=[*run_columns, "run"],
    )
    stored = stored.astype({"cycle_id": "str", "source": "str", "reference_time": np.int64})
    rows = rows.astype({"cycle_id": "str", "source": "str"}).merge(stored, on=run_columns)
    for name in ("variable", "method"):
        rows[name] = _name_numbers(database, rows[name])
    columns = ["variable", "time", "station", "method", "run", "value"]
    database.executemany(
        "INSERT OR REPLACE INTO forecasts VALUES (?, ?, ?, ?, ?, ?)", _tuples(rows, columns)
    )
    return Intake(offered=offered, taken=len(rows), refused=dict(refused))


def set_flags(database: sqlite3.Connection, table: pd.DataFrame) -> int:
    """Write flags onto known observations; returns how many changed."""
    rows = require_columns(table, ("station", "time", "variable", "flag"))
    rows["time"] = seconds(rows["time"])
    rows = _numbered(database, rows, Counter())
    numbers = {name: number for number, name in database.execute("SELECT * FROM names")}
    rows["variable"] = rows["variable"].map(numbers)
    rows = rows.dropna(subset=["variable"]).astype({"variable": np.int64})
    rows["flag"] = rows["flag"].to_numpy(dtype=np.int64) & int(ALL)
    before = database.total_changes
    database.executemany(
        _VERDICT,
        _tuples(rows, ["flag", "variable", "time", "station"]),
    )
    return database.total_changes - before


def _numbered(
    database: sqlite3.Connection, rows: pd.DataFrame, refused: Counter[str]
) -> pd.DataFrame:
    """Put numbers in place of station names; rows of unknown stations are counted as refused."""
    numbers = dict(database.execute("SELECT station, number FROM stations"))
    station = rows["station"].astype("str").map(numbers)
    unknown = station.isna()
    if unknown.any():
        words = f"{_UNKNOWN_STATION} ({_some(rows['station'][unknown].unique())})"
        refused[words] += int(unknown.sum())
    return rows.assign(station=station)[~unknown].astype({"station": np.int64})


def _first_flags(rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    given = (
        rows["flag"].to_numpy(dtype=np.int64) & int(ALL)
        if "flag" in rows
        else np.full(len(rows), int(Flag.UNCHECKED))
    )
    return np.where(outside_limits(rows), given | int(Flag.RANGE), given).astype(np.int64)


def _without_copies(rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """One row a key: of copies the first good one, in conflict where another good one differs."""
    key = ["variable", "time", "station"]
    twice = rows.duplicated(key, keep=False)
    if not twice.any():
        return rows.copy(), 0
    ordered = rows.assign(bad=(rows["flag"] & int(BAD)) != 0).sort_values(
        "bad", kind="stable", ignore_index=True
    )
    first = ordered.drop_duplicates(key)
    beside = ordered.merge(first[[*key, "value", "bad"]], on=key, suffixes=("", "_first"))
    differs = (beside["value"] - beside["value_first"]).abs() > beside["tolerance"]
    contradicted = beside[differs & (beside["bad"] == beside["bad_first"])][key].drop_duplicates()
    marked = first.merge(contradicted, on=key, how="left", indicator="seen")
    conflict = np.where(marked["seen"] == "both", int(Flag.CONFLICT), 0)
    single = marked.assign(flag=marked["flag"] | conflict).drop(columns=["seen", "bad"])
    return single, len(rows) - len(single)


def _name_numbers(database: sqlite3.Connection, names: pd.Series) -> npt.NDArray[np.int64]:
    """Numbers of names, which are added where they are new."""
    unique: list[str] = sorted(names.unique())
    database.executemany("INSERT OR IGNORE INTO names (name) VALUES (?)", ((n,) for n in unique))
    numbers: Mapping[str, int] = {
        name: number for number, name in database.execute("SELECT * FROM names")
    }
    return np.asarray(names.map(numbers), dtype=np.int64)


def _tuples(rows: pd.DataFrame, columns: list[str]) -> Iterable[tuple[object, ...]]:
    return zip(*(rows[name].tolist() for name in columns), strict=True)


def _some(names: Iterable[object]) -> str:
    listed = [str(name) for name in names]
    more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
    return ", ".join(listed[:3]) + more
