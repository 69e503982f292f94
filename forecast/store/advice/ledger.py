"""The ledger of a region's advice: what was issued from each cycle, and what then stood."""

import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import astuple, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
import pandas as pd

from forecast.errors import StoreError, UnknownName
from forecast.store.advice import rows
from forecast.store.advice.issue import Issue, Spot
from forecast.store.advice.schema import KIND
from forecast.store.failpoints import failpoint
from forecast.store.sqlite_file import SqliteFile

_SPOT: Final = tuple(one.name for one in fields(Spot))
_WHERE: Final = " AND ".join(f"{name} IS ?" for name in _SPOT)
_FIND: Final = f"SELECT number FROM spots WHERE {_WHERE}"  # noqa: S608 - names of fields

_NEWEST: Final = """
SELECT number FROM issues WHERE spot = ? AND profile = ? AND simulated = ? AND reference_time < ?
ORDER BY reference_time DESC, number DESC LIMIT 1
"""
_ISSUE: Final = """
SELECT cycle_id, source, simulated, reference_time, issued_at, profile, version
FROM issues WHERE number = ?
"""
_STANDING: Final = """
SELECT rule, status, level, warned, begins, ends, first, last, step, change, notify
FROM standing WHERE issue = ?
"""
_DAYS: Final = """
SELECT i.number, i.source, i.reference_time, i.issued_at, i.profile, i.version,
  s.number, s.zone, s.place, s.longitude, s.latitude, s.elevation, s.station,
  d.rule, d.kind, d.day, d.begins, d.ends,
  d.state, d.status, d.warned, d.members,
  d.level_1, d.level_2, d.level_3, d.level_4, d.amber, d.green
FROM days d CROSS JOIN issues i ON i.number = d.issue JOIN spots s ON s.number = i.spot
WHERE i.simulated = ?
"""


class AdviceLedger(SqliteFile):
    """Issued advice of one region; one file, any readers."""

    kind = KIND

    def add(self, issue: Issue) -> bool:
        """Keep an issue, on the disk when the call returns; one that is there stays as it is.

        Returns:
            Whether it was new.
        """
        document = zlib.compress(orjson.dumps(dict(issue.document)))
        with self.writing() as database:
            spot = _spot_number(database, issue.spot)
            if _number(database, issue, spot) is not None:
                return False
            cursor = database.execute(
                "INSERT INTO issues (cycle_id, source, simulated, reference_time, issued_at, spot,"
                " profile, version, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    issue.cycle_id,
                    issue.source,
                    int(issue.simulated),
                    rows.seconds(issue.reference_time),
                    rows.seconds(issue.issued_at),
                    spot,
                    issue.profile,
                    issue.version,
                    document,
                ),
            )
            number = int(cursor.lastrowid or 0)
            _put(database, "days", (rows.of_day(number, day) for day in issue.days))
            failpoint("advice")
            _put(database, "standing", (rows.of_standing(number, one) for one in issue.standing))
        return True

    def issued(self, cycle_id: str) -> frozenset[tuple[Spot, str, str]]:
        """Spot, profile and version of what was issued from a cycle."""
        names = ", ".join(f"s.{name}" for name in _SPOT)
        with self.reading() as database:
            found = database.execute(
                f"SELECT {names}, i.profile, i.version FROM issues i"  # noqa: S608 - field names
                " JOIN spots s ON s.number = i.spot WHERE i.cycle_id = ?",
                (cycle_id,),
            ).fetchall()
        size = len(_SPOT)
        return frozenset(
            (Spot(**dict(zip(_SPOT, row[:size], strict=True))), row[size], row[size + 1])
            for row in found
        )

    def before(
        self, spot: Spot, profile: str, *, before: datetime, simulated: bool
    ) -> Issue | None:
        """What the newest cycle that began before an instant said, without its days.

        Args:
            spot: where.
            profile: id of the crop profile, of any version.
            before: reference time of the cycle that goes on from it, aware.
            simulated: of which kind of cycles; they never follow each other.

        Raises:
            StoreError: the record is damaged.
        """
        with self.reading() as database:
            number = _before(database, spot, profile, before=before, simulated=simulated)
            if number is None:
                return None
            row = database.execute(_ISSUE, (number,)).fetchone()
            held = database.execute(_STANDING, (number,)).fetchall()
            return Issue(
                cycle_id=row[0],
                source=row[1],
                simulated=bool(row[2]),
                reference_time=rows.at(row[3]),
                issued_at=rows.at(row[4]),
                spot=spot,
                profile=row[5],
                version=row[6],
                standing=tuple(rows.standing(one) for one in held),
                document=_document(database, number, self.path),
            )

    def document(self, cycle_id: str, spot: Spot, *, profile: str) -> dict[str, Any]:
        """The whole answer as it was given.

        Raises:
            UnknownName: nothing was issued there from the cycle.
            StoreError: the record is damaged.
        """
        with self.reading() as database:
            held = database.execute(_FIND, astuple(spot)).fetchone() or (None,)
            row = database.execute(
                "SELECT max(number) FROM issues WHERE cycle_id = ? AND profile = ? AND spot = ?",
                (cycle_id, profile, held[0]),
            ).fetchone()
            if row[0] is None:
                raise UnknownName(
                    f"advice on {profile} at {spot.place} from cycle {cycle_id} was asked;"
                    " none was issued"
                )
            return _document(database, int(row[0]), self.path)

    def days(self, *, simulated: bool = False, profile: str | None = None) -> pd.DataFrame:
        """All that was said of days, one row an issue, rule and day.

        Of a cycle of one reference time that was made more than once the later issue counts.

        Args:
            simulated: of which kind of cycles; they are never put together.
            profile: id of a crop profile, or None for all.

        Returns:
            source, reference_time, issued_at (UTC), profile, version, spot, zone, place, longitude,
            latitude, elevation, station, rule, kind, day (date), begins, ends (UTC), state,
            status, warned, members, and a column for each of `CHANCES`.
        """
        statement: str = _DAYS
        arguments: list[int | str] = [int(simulated)]
        if profile is not None:
            statement += " AND i.profile = ?"
            arguments.append(profile)
        with self.reading() as database:
            found = database.execute(statement, arguments).fetchall()
        return rows.table(found)

    def counts(self) -> dict[str, int]:
        """Issues and cycles, real and simulated."""
        with self.reading() as database:
            counted = database.execute(
                "SELECT simulated, count(*), count(DISTINCT cycle_id) FROM issues"
                " GROUP BY simulated"
            ).fetchall()
        found = {bool(row[0]): (int(row[1]), int(row[2])) for row in counted}
        real, scenario = found.get(False, (0, 0)), found.get(True, (0, 0))
        names = ("issues", "cycles", "simulated_issues", "simulated_cycles")
        return dict(zip(names, (*real, *scenario), strict=True))


def _put(database: sqlite3.Connection, table: str, values: Iterable[tuple[Any, ...]]) -> None:
    held = list(values)
    if held:
        places = ", ".join("?" * len(held[0]))
        database.executemany(f"INSERT INTO {table} VALUES ({places})", held)  # noqa: S608


def _spot_number(database: sqlite3.Connection, spot: Spot) -> int:
    names, places = ", ".join(_SPOT), ", ".join("?" * len(_SPOT))
    database.execute(
        f"INSERT OR IGNORE INTO spots ({names}) VALUES ({places})",  # noqa: S608 - field names
        astuple(spot),
    )
    return int(database.execute(_FIND, astuple(spot)).fetchone()[0])


def _number(database: sqlite3.Connection, issue: Issue, spot: int) -> int | None:
    row = database.execute(
        "SELECT number FROM issues WHERE cycle_id = ? AND spot = ? AND profile = ? AND version = ?",
        (issue.cycle_id, spot, issue.profile, issue.version),
    ).fetchone()
    return None if row is None else int(row[0])


def _before(
    database: sqlite3.Connection, spot: Spot, profile: str, *, before: datetime, simulated: bool
) -> int | None:
    found = database.execute(_FIND, astuple(spot)).fetchone()
    if found is None:
        return None
    row = database.execute(_NEWEST, (found[0], profile, int(simulated), rows.seconds(before)))
    newest = row.fetchone()
    return None if newest is None else int(newest[0])


def _document(database: sqlite3.Connection, number: int, path: Path) -> dict[str, Any]:
    (blob,) = database.execute("SELECT document FROM issues WHERE number = ?", (number,)).fetchone()
    try:
        return dict(orjson.loads(zlib.decompress(blob)))
    except (zlib.error, ValueError) as error:
        raise StoreError(
            f"the advice ledger {path} holds a damaged document: {error}; restore a copy of it"
        ) from error
