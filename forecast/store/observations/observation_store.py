"""The store of station observations of one region, and of forecasts made for the stations."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

import pandas as pd

from forecast.store.lock import WriterLock
from forecast.store.observations import answers, taking
from forecast.store.observations.frames import (
    check_forecasts,
    check_observations,
    check_stations,
)
from forecast.store.observations.intake import Intake
from forecast.store.observations.schema import KIND
from forecast.store.sqlite_file import SqliteFile


class ObservationStore(SqliteFile):
    """Stations, their flagged observations, and forecasts for them; one file, any readers.

    Times are datetime64[ns] UTC without a zone, values in the unit of the vocabulary. Every
    change is made as a whole or not at all, and is on the disk when the call returns.
    """

    kind = KIND

    @classmethod
    def create(cls, path: Path) -> Self:
        """Open a store, making it (and its folder) first where there is none.

        Raises:
            StoreError: the file cannot be made, or is something else.
            StoreBusy: another process is writing it.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        with _lock(path):
            return super().create(path)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The same, by one process at a time.

        Raises:
            StoreBusy: another process is writing.
        """
        with _lock(self.path), super().writing() as database:
            yield database

    def add_stations(self, table: pd.DataFrame) -> Intake:
        """Take stations: columns station, longitude, latitude (degrees), elevation (m), kind.

        A column `name` may follow. A station that is known keeps its place: the same place
        (within `station_tolerance_distance` and `_height`) changes nothing, another is refused.

        Raises:
            DataError: a column is absent.
            StoreBusy: another process is writing.
        """
        checked = check_stations(table)
        with self.writing() as database:
            return taking.take_stations(database, checked, offered=len(table))

    def add_observations(self, table: pd.DataFrame) -> Intake:
        """Take observations: columns station, time (UTC), variable, value, and flag if checked.

        New rows are `unchecked` (see `Flag`) until `set_flags` says otherwise, and `range`
        where the vocabulary's limits forbid the value. A copy that agrees to half the last
        digit changes nothing; one that contradicts leaves the older value and marks it as a
        conflict; a bad row never replaces a good one, a good row replaces a bad one.

        Raises:
            DataError: a column is absent or times are no instants.
            StoreBusy: another process is writing.
        """
        checked = check_observations(table)
        with self.writing() as database:
            return taking.take_observations(database, checked, offered=len(table))

    def add_forecasts(self, table: pd.DataFrame) -> Intake:
        """Take forecasts for stations at their own heights.

        Columns: cycle_id, source, reference_time, station, time, variable, method, value.
        The same forecast again replaces what was there.

        Raises:
            DataError: a column is absent or times are no instants.
            StoreBusy: another process is writing.
        """
        checked = check_forecasts(table)
        with self.writing() as database:
            return taking.take_forecasts(database, checked, offered=len(table))

    def set_flags(self, table: pd.DataFrame) -> int:
        """Write verdicts: columns station, time, variable, flag; returns the rows that changed.

        A conflict stays a conflict, whatever the table says.

        Raises:
            DataError: a column is absent or times are no instants.
            StoreBusy: another process is writing.
        """
        with self.writing() as database:
            return taking.set_flags(database, table)

    def moved(self, table: pd.DataFrame) -> list[str]:
        """Identifiers of a table's stations that are known here at another place.

        Args:
            table: columns station, longitude, latitude (degrees), elevation (m), kind.
        """
        checked = check_stations(table)
        with self.reading() as database:
            return taking.moved_stations(database, checked.rows)

    def stations(self) -> pd.DataFrame:
        """Every station: station, longitude, latitude, elevation, name, kind; by name."""
        with self.reading() as database:
            return answers.stations(database)

    def observations(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        variables: Sequence[str] | None = None,
        good: bool = True,
    ) -> pd.DataFrame:
        """Observations: station, time, variable, value, flag; by variable, time and station.

        Args:
            start: first time, inclusive; None for all.
            end: last time, inclusive; None for all.
            variables: names, or None for all.
            good: only those that were checked and passed everything.
        """
        period = answers.Period.of(start, end)
        with self.reading() as database:
            return answers.observations(database, period, variables=variables, good=good)

    def pairs(
        self,
        *,
        variable: str,
        since: datetime | None = None,
        until: datetime | None = None,
        methods: Sequence[str] | None = None,
        source: str | None = None,
    ) -> pd.DataFrame:
        """Forecasts beside the good observations of the same station, time and variable.

        Args:
            variable: name.
            since: first valid time, inclusive; None for all.
            until: last valid time, inclusive; None for all.
            methods: names, or None for all that give one value.
            source: whose runs, or None for all; models err differently.

        Returns:
            station, time, reference_time, lead_h (hours), method, forecast, observed; of a run
            that was made twice the later one counts.
        """
        found = self.forecasts(
            variable=variable, since=since, until=until, methods=methods, source=source
        )
        return found.dropna(subset="observed", ignore_index=True)

    def forecasts(
        self,
        *,
        variable: str,
        since: datetime | None = None,
        until: datetime | None = None,
        methods: Sequence[str] | None = None,
        source: str | None = None,
    ) -> pd.DataFrame:
        """The same as `pairs` with the forecasts that no good observation stands beside.

        `observed` is missing there.
        """
        period = answers.Period.of(since, until)
        with self.reading() as database:
            return answers.pairs(database, variable, period=period, methods=methods, source=source)

    def member_pairs(
        self,
        *,
        variable: str,
        source: str,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> pd.DataFrame:
        """Mean and standard deviation of members beside good observations.

        Args:
            variable: name.
            source: whose runs; ensembles of different models err differently.
            since: first valid time, inclusive; None for all.
            until: last valid time, inclusive; None for all.

        Returns:
            station, time, reference_time, lead_h (hours), mean, spread, observed; of a run that
            was made twice the later one counts.
        """
        period = answers.Period.of(since, until)
        with self.reading() as database:
            return answers.member_pairs(database, variable, source=source, period=period)

    def counts(self) -> pd.DataFrame:
        """Observations by station, variable and flag: station, variable, flag, rows, first, last.

        `first` and `last` are times.
        """
        with self.reading() as database:
            return answers.counts(database)


def _lock(path: Path) -> WriterLock:
    return WriterLock(path.with_suffix(".lock"))
