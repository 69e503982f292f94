"""Questions to an observation store, answered as tables."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.store.observations.flags import ALL
from forecast.store.observations.frames import MEAN, SINGLE, SPREAD
from forecast.times import to_datetime64

_FIRST, _LAST = -(1 << 62), 1 << 62
_PAIR = ["station", "time", "reference_time"]

_STATIONS = """
SELECT station, longitude, latitude, elevation, name, kind FROM stations ORDER BY station
"""
_OBSERVATIONS = """
SELECT variable, time, station, value, flag FROM observations
WHERE variable = ? AND time BETWEEN ? AND ? AND flag <= ?
"""
_PAIRS = """
SELECT f.run, f.station, f.time, r.reference_time, f.method, f.value,
  (SELECT o.value FROM observations o WHERE o.variable = f.variable AND o.time = f.time
    AND o.station = f.station AND o.flag = 0)
FROM forecasts f CROSS JOIN runs r ON r.number = f.run
WHERE f.variable = ? AND f.time BETWEEN ? AND ?
"""
"""The observation is looked up row by row: joined, the planner would scan the period for each."""

_MEMBERS = """
SELECT f.run, f.station, f.time, r.reference_time, f.value,
  (SELECT s.value FROM forecasts s WHERE s.variable = f.variable AND s.time = f.time
    AND s.station = f.station AND s.run = f.run
    AND s.method = (SELECT number FROM names WHERE name = ?)),
  (SELECT o.value FROM observations o WHERE o.variable = f.variable AND o.time = f.time
    AND o.station = f.station AND o.flag = 0)
FROM forecasts f CROSS JOIN runs r ON r.number = f.run
WHERE f.variable = (SELECT number FROM names WHERE name = ?) AND f.time BETWEEN ? AND ?
  AND f.method = (SELECT number FROM names WHERE name = ?) AND r.source = ?
"""
"""CROSS JOIN keeps the order: runs first, the planner would scan the period for each."""


@dataclass(frozen=True, slots=True)
class Period:
    """Seconds since 1970 UTC, both inclusive."""

    start: int
    end: int

    @classmethod
    def of(cls, start: datetime | None, end: datetime | None) -> Self:
        """The period between two instants; None for an open end."""
        return cls(
            _FIRST if start is None else _seconds(start), _LAST if end is None else _seconds(end)
        )


def stations(database: sqlite3.Connection) -> pd.DataFrame:
    """Every station, by identifier."""
    rows = database.execute(_STATIONS).fetchall()
    columns = ["station", "longitude", "latitude", "elevation", "name", "kind"]
    table = pd.DataFrame(rows, columns=columns)
    places = dict.fromkeys(("longitude", "latitude", "elevation"), np.float64)
    return table.astype({**dict.fromkeys(("station", "name", "kind"), "str"), **places})


def observations(
    database: sqlite3.Connection, period: Period, *, variables: Sequence[str] | None, good: bool
) -> pd.DataFrame:
    """Observations of a period, by variable, time and station."""
    numbers = names(database)
    wanted = _wanted(numbers, variables)
    worst = 0 if good else int(ALL)
    rows: list[tuple[Any, ...]] = []
    for number in wanted:
        rows += database.execute(
            _OBSERVATIONS, (number, period.start, period.end, worst)
        ).fetchall()
    variable, time, station, value, flag = _columns(rows, 5)
    return pd.DataFrame({
        "station": _texts(station, _station_names(database)),
        "time": _instants(time),
        "variable": _texts(variable, numbers),
        "value": value,
        "flag": flag.astype(np.int64),
    })  # fmt: skip


def pairs(
    database: sqlite3.Connection,
    variable: str,
    *,
    period: Period,
    methods: Sequence[str] | None,
    source: str | None,
) -> pd.DataFrame:
    """Forecasts of one variable beside good observations; missing where there is none."""
    numbers = names(database)
    wanted = _wanted(numbers, [variable])
    statement: str = _PAIRS
    arguments: list[int | str] = [*wanted, period.start, period.end]
    kept = _wanted(numbers, SINGLE if methods is None else methods)
    statement += f" AND f.method IN ({', '.join('?' * len(kept))})"
    arguments += kept
    if source is not None:
        statement += " AND r.source = ?"
        arguments.append(source)
    rows = database.execute(statement, arguments).fetchall() if wanted else []
    run, station, time, reference, method, forecast, observed = _columns(rows, 7)
    table = pd.DataFrame({
        "run": run,
        "source": pd.Series(run).map(_sources(database)),
        "station": _texts(station, _station_names(database)),
        "time": _instants(time),
        "reference_time": _instants(reference),
        "lead_h": (time - reference) / 3600.0,
        "method": _texts(method, numbers),
        "forecast": forecast,
        "observed": observed,
    })  # fmt: skip
    newest = _newest(table.astype({"observed": np.float64}), [*_PAIR, "source", "method"])
    ordered = newest.sort_values(["time", "station"], kind="stable", ignore_index=True)
    return ordered.drop(columns="source")


def member_pairs(
    database: sqlite3.Connection, variable: str, *, source: str, period: Period
) -> pd.DataFrame:
    """Mean and spread of the members of a source's runs beside good observations."""
    arguments = (SPREAD, variable, period.start, period.end, MEAN, source)
    rows = database.execute(_MEMBERS, arguments).fetchall()
    run, station, time, reference, mean, spread, observed = _columns(rows, 7)
    table = pd.DataFrame({
        "run": run,
        "station": _texts(station, _station_names(database)),
        "time": _instants(time),
        "reference_time": _instants(reference),
        "lead_h": (time - reference) / 3600.0,
        "mean": mean,
        "spread": spread,
        "observed": observed,
    })  # fmt: skip
    return _newest(table.dropna(subset=["mean", "spread", "observed"]), _PAIR)


def _newest(table: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Of a run that was made more than once the rows of the last time."""
    ordered = table.sort_values("run", kind="stable")
    newest = ordered.drop_duplicates(key, keep="last")
    return newest.drop(columns="run").reset_index(drop=True)


def counts(database: sqlite3.Connection) -> pd.DataFrame:
    """Rows by station, variable and flag, with the first and the last time."""
    rows = database.execute(
        "SELECT station, variable, flag, count(*), min(time), max(time) FROM observations"
        " GROUP BY station, variable, flag ORDER BY station, variable, flag"
    ).fetchall()
    station, variable, flag, number, first, last = _columns(rows, 6)
    return pd.DataFrame({
        "station": _texts(station, _station_names(database)),
        "variable": _texts(variable, names(database)),
        "flag": flag.astype(np.int64),
        "rows": number.astype(np.int64),
        "first": _instants(first),
        "last": _instants(last),
    })  # fmt: skip


def names(database: sqlite3.Connection) -> dict[int, str]:
    """Names of variables and methods by their numbers."""
    return dict(database.execute("SELECT number, name FROM names"))


def _station_names(database: sqlite3.Connection) -> dict[int, str]:
    return dict(database.execute("SELECT number, station FROM stations"))


def _sources(database: sqlite3.Connection) -> dict[int, str]:
    return dict(database.execute("SELECT number, source FROM runs"))


def _wanted(numbers: dict[int, str], chosen: Sequence[str] | None) -> list[int]:
    return [number for number, name in numbers.items() if chosen is None or name in chosen]


def _columns(rows: list[tuple[Any, ...]], count: int) -> list[npt.NDArray[np.float64]]:
    """Columns of rows as float64; seconds since 1970 stay exact in it."""
    if not rows:
        return [np.empty(0)] * count
    return list(np.array(rows, dtype=np.float64).T)


def _texts(numbers: npt.NDArray[np.float64], texts: dict[int, str]) -> pd.Series:
    whole, places = np.unique(numbers.astype(np.int64), return_inverse=True)
    known = np.array([texts[int(number)] for number in whole], dtype=object)
    return pd.Series(known[places] if len(known) else known, dtype="str")


def _instants(times: npt.NDArray[np.float64]) -> npt.NDArray[np.datetime64]:
    return times.astype(np.int64).astype("datetime64[s]").astype("datetime64[ns]")


def _seconds(instant: datetime) -> int:
    return int(to_datetime64(instant).astype("datetime64[s]").astype(np.int64))
