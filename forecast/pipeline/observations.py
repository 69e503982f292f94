"""From files of observations to checked rows in a region's store, and what became of each."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd

from forecast.calibrate.quality import check_observations
from forecast.errors import InvalidRequest, ZhitianError
from forecast.ingest.bufr import is_bufr, read_bufr
from forecast.ingest.observed import Stations
from forecast.ingest.stations import has_places, read_known_stations, read_stations
from forecast.ingest.thermometer import Instrument, read_thermometer
from forecast.regions import Region
from forecast.stations import COLUMNS, read_table
from forecast.store.observations import Flag, Intake, ObservationStore
from forecast.store.paths import StorePaths
from forecast.times import to_datetime64
from grids import BoundingBox

Report = Callable[[str, int, int], None]
Kind = Literal["auto", "csv", "bufr", "thermometer"]

KINDS: Final = ("auto", "csv", "bufr", "thermometer")
MARGIN_DEGREES: Final = 0.5
"""Stations so far outside the region still tell something about its edge."""
_ROWS_AT_ONCE: Final = 100_000
_FUTURE: Final = timedelta(hours=1)
_BESIDE: Final = timedelta(days=1)
"""So long before and after new observations the verdicts on others may change."""
_AROUND: Final = timedelta(days=20)
"""Observations around those that the checks look at."""
KEY: Final = ["station", "time", "variable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeOrder:
    """What to take.

    Attributes:
        region: whose store.
        files: tables or BUFR files.
        kind: of the files, or `auto`.
        timezone: zone of times that do not say theirs, or None.
        instrument: where somebody's own instrument stands, or None.
        store: folder of the stores.
        now: observations of later times are refused.
    """

    region: Region
    files: tuple[Path, ...]
    kind: Kind
    timezone: str | None
    instrument: Instrument | None
    store: Path
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeOutcome:
    """What became of it.

    Attributes:
        intake: rows of all files that could be read.
        flagged: rows of these files by check.
        words: sentences for people, by file.
        errors: what was wrong with files that could not be taken; the others were.
    """

    intake: Intake = field(default_factory=Intake)
    flagged: dict[str, int] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    errors: tuple[ZhitianError, ...] = ()


def add_observations(order: IntakeOrder, *, report: Report) -> IntakeOutcome:
    """Read files, put what they hold into the region's store, and check it.

    The same file again changes nothing. A file that cannot be read does not keep others out.

    Raises:
        StoreBusy: another process is writing the store.
        StoreError: the store cannot be used.
    """
    store = ObservationStore.create(StorePaths(order.store / order.region.name).observations)
    outcome = IntakeOutcome()
    reports: list[pd.DataFrame] = []
    for number, path in enumerate(order.files):
        report("reading files", number, len(order.files))
        try:
            found = _read(path, order, report=report)
        except ZhitianError as error:
            outcome = replace(outcome, errors=(*outcome.errors, error))
            continue
        taken, words = _take(store, found, order, report=report)
        if taken.taken or taken.known:
            # known rows too: an intake that was killed has left them unchecked
            reports.append(found.reports[KEY])
        said = tuple(f"{path.name}: {text}" for text in (*words, *taken.words()))
        outcome = replace(outcome, intake=outcome.intake + taken, words=(*outcome.words, *said))
    report("reading files", len(order.files), len(order.files))
    if not reports:
        return outcome
    rows = pd.concat(reports, ignore_index=True).drop_duplicates()
    flags, doubts = _check(store, rows["time"].min(), rows["time"].max())
    own = flags.merge(rows, on=KEY)
    return replace(outcome, flagged=_by_check(own["flag"]), words=(*outcome.words, *doubts))


def recheck(region: Region, *, store: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Check everything in a region's store again and write the verdicts.

    Returns:
        Rows by station, kind, variable and flag, and sentences about doubtful clocks.

    Raises:
        StoreMissing: the region has no observations.
        StoreBusy: another process is writing the store.
    """
    opened = ObservationStore.open(StorePaths(store / region.name).observations)
    opened.check_integrity()
    _, doubts = _check(opened, None, None)
    return counts(opened), doubts


def counts(store: ObservationStore) -> pd.DataFrame:
    """Rows by station, variable and flag, with the station's name, kind and place."""
    places = store.stations()
    return store.counts().merge(places, on="station", how="left")


def _read(path: Path, order: IntakeOrder, *, report: Report) -> Stations:
    if not path.is_file():
        raise InvalidRequest(f"{path}: there is no such file")
    kind = _kind(path, order)
    if kind == "bufr":
        return read_bufr(
            path, report=lambda done, total: report(f"decoding {path.name}", done, total)
        )
    if kind == "thermometer":
        if order.instrument is None:
            raise InvalidRequest(
                f"{path.name} was given as a thermometer's; say where it stands with --place, or"
                " --lat and --lon"
            )
        return read_thermometer(path, order.instrument, timezone=order.timezone)
    if has_places(read_table(path)):
        return read_stations(path, timezone=order.timezone)
    return read_known_stations(path, timezone=order.timezone)


def _kind(path: Path, order: IntakeOrder) -> str:
    """What a file is: as asked, else by what it holds."""
    if order.kind != "auto":
        return order.kind
    if is_bufr(path):
        return "bufr"
    table = read_table(path)
    if has_places(table) or table.find(COLUMNS["station"]) is not None:
        return "csv"
    if order.instrument is not None:
        return "thermometer"
    raise InvalidRequest(
        f"{path.name} has the columns {', '.join(table.rows.columns)} and names no station; if it"
        " is the table of one instrument, say where that stands with --place, or --lat and --lon"
    )


def _take(
    store: ObservationStore, found: Stations, order: IntakeOrder, *, report: Report
) -> tuple[Intake, list[str]]:
    """Put stations and their observations into the store; leave out what lies elsewhere."""
    words = [f"{clause} left out" for clause in found.dropped] + list(found.notes)
    places = found.points.to_dataframe().reset_index(drop=True).assign(kind=found.kind)
    inside = _inside(places, order.region.grid.bounds.expand(MARGIN_DEGREES))
    outside = set(places["station"][~inside])
    if outside:
        words.append(
            f"{len(outside)} stations outside the region and {MARGIN_DEGREES:g} degrees around"
            " left out"
        )
    added = store.add_stations(places[inside])
    words += [f"{count} stations refused: {why}" for why, count in added.refused.items()]
    known = set(store.stations()["station"]) - outside
    moved = set(store.moved(places[inside]))
    rows = found.reports[found.reports["station"].isin(known - moved)]
    late = rows["time"] > pd.Timestamp(to_datetime64(order.now + _FUTURE))
    if late.any():
        words.append(
            f"{int(late.sum())} rows of times to come left out, the last of"
            f" {rows['time'].max():%Y-%m-%dT%H:%MZ}: is the zone right?"
        )
    strangers = set(found.reports["station"]) - known - outside
    if strangers:
        words.append(f"{len(strangers)} stations that are not known left out: {_some(strangers)}")
    return _store_rows(store, rows[~late], report=report), words


def _store_rows(store: ObservationStore, rows: pd.DataFrame, *, report: Report) -> Intake:
    intake = Intake()
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        report("taking rows", start, len(rows))
        intake += store.add_observations(rows.iloc[start : start + _ROWS_AT_ONCE])
    report("taking rows", len(rows), len(rows))
    return intake


def _check(
    store: ObservationStore, first: np.datetime64 | None, last: np.datetime64 | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Check observations of a period (None: all) beside their surroundings; write the verdicts.

    Returns:
        What was written (station, time, variable, flag), and sentences about doubtful clocks.
    """
    start = None if first is None else _instant(first) - _BESIDE
    end = None if last is None else _instant(last) + _BESIDE
    rows = store.observations(
        start=start - _AROUND if start else None, end=end + _AROUND if end else None, good=False
    )
    verdicts = check_observations(rows, store.stations())
    flags = verdicts.flags
    if start is not None and end is not None:
        first, last = to_datetime64(start), to_datetime64(end)
        flags = flags[(flags["time"] >= first) & (flags["time"] <= last)]
    store.set_flags(flags)
    doubts = tuple(
        f"the clock of station {name} is in doubt: its day is warmest {abs(off):.0f} h"
        f" {'late' if off > 0 else 'early'}; its rows stay unchecked until the zone is set right"
        for name, off in verdicts.clocks.items()
    )
    return flags, doubts


def _instant(time: np.datetime64) -> datetime:
    return pd.Timestamp(time).tz_localize("UTC").to_pydatetime()


def _by_check(flags: pd.Series) -> dict[str, int]:
    parts = (part for part in Flag if part)
    found = {str(part.name).lower(): int(((flags & int(part)) != 0).sum()) for part in parts}
    return {name: count for name, count in found.items() if count}


def _inside(places: pd.DataFrame, box: BoundingBox) -> pd.Series:
    east = (places["longitude"] - box.west) % 360.0 <= box.east - box.west
    return east & places["latitude"].between(box.south, box.north)


def _some(names: set[str]) -> str:
    listed = sorted(names)
    more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
    return ", ".join(listed[:3]) + more
