"""Station tables: lists of stations and what they observed, long or wide, as CSV."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from pathlib import Path

import numpy as np
import pandas as pd

from forecast.errors import InvalidRequest
from forecast.ingest.observed import Stations, no_reports
from forecast.ingest.station_elements import (
    ELEMENTS,
    Element,
    element,
    meaning,
    require_convertible,
    to_vocabulary,
)
from forecast.ingest.station_times import join_parts, read_times, read_zone
from forecast.stations.names import COLUMNS, observable
from forecast.stations.places import find_places, to_points
from forecast.stations.table import Heading, StationTable, read_table

__all__ = ["Stations", "has_places", "read_elements", "read_known_stations", "read_stations"]

_PARTS = {
    "year": ("year", "年", "年份"),
    "month": ("month", "mon", "月", "月份"),
    "day": ("day", "日"),
    "hour": ("hour", "hr", "时", "小时"),
    "minute": ("minute", "min", "分"),
}
_DATE = ("date", "日期", "观测日期")
_LONG = {
    "variable": ("variable", "element", "parameter", "要素"),
    "value": ("value", "数值", "值"),
    "unit": ("unit", "units", "单位"),
}
_KEY = ["station", "time", "variable", "value"]


def read_stations(path: Path, *, timezone: str | None = None) -> Stations:
    """Read a station list, with observations where it has any.

    Columns are station, latitude, longitude and elevation; then `time` and one column per
    variable, or `time`, `variable` and `value`, or one column per variable and time headed
    `temperature_2m@2026-04-10T00:00Z`. Names are those of the vocabulary, its Chinese labels or
    elements of WMO BUFR table B; a unit may follow in brackets. Under the WMO's names alone,
    times without a zone are UTC, as the WMO reports them; this is told.

    Args:
        path: the file.
        timezone: zone of times that do not say theirs, such as `Asia/Shanghai`.

    Raises:
        InvalidRequest: a column, a unit or a zone is absent or contradicts.
        UnreadableFile: it is no table of text.
    """
    table = read_table(path)
    places = find_places(table)
    reports, words = read_reports(table, places.station, timezone=timezone)
    return Stations(
        points=places.points, reports=reports, dropped=places.dropped + words[0], notes=words[1]
    )


def read_known_stations(path: Path, *, timezone: str | None = None) -> Stations:
    """Read observations of stations whose places are known already: no columns of the place.

    Raises:
        InvalidRequest: no column names the station, or as `read_stations`.
        UnreadableFile: it is no table of text.
    """
    table = read_table(path)
    heading = table.find(COLUMNS["station"])
    if heading is None:
        raise InvalidRequest(
            f"{path.name} has the columns {', '.join(table.rows.columns)}; it needs station"
        )
    station = table.rows[heading.column].str.strip()
    reports, words = read_reports(table, station, timezone=timezone)
    none = pd.DataFrame(columns=["station", "name", "latitude", "longitude", "elevation"])
    return Stations(points=to_points(none), reports=reports, dropped=words[0], notes=words[1])


def has_places(table: StationTable) -> bool:
    """Whether a table says where its stations are."""
    return all(table.find(COLUMNS[name]) for name in ("latitude", "longitude"))


def read_reports(
    table: StationTable, station: pd.Series, *, timezone: str | None
) -> tuple[pd.DataFrame, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Observations of a table in long form; clauses about what was dropped, and notes.

    Args:
        table: the file.
        station: identifier per row, empty where the row cannot be used.
        timezone: zone of times that do not say theirs, or None.

    Raises:
        InvalidRequest: a unit or a zone is absent or contradicts.
    """
    elements = [found for heading in table.headings.values() if (found := element(heading))]
    long = {name: table.find(spellings) for name, spellings in _LONG.items()}
    if not elements and not (long["variable"] and long["value"]):
        return no_reports(), ((), ())
    zone, notes = _zone(table, elements, timezone)
    times, undated = _times(table, elements, zone)
    if elements:
        parts, odd = _from_columns(table, elements, station, times=times, zone=zone)
    else:
        parts, odd = _from_rows(table, long, station, times=times)
    reports, dropped = _joined(parts, odd, undated=undated)
    return reports, (dropped, (*notes, *_doubts(reports)))


def read_elements(
    table: StationTable,
    columns: Mapping[str, tuple[str, str]],
    *,
    station: pd.Series,
    timezone: str | None,
) -> tuple[pd.DataFrame, tuple[str, ...], tuple[str, ...]]:
    """Observations of named columns in long form, clauses about what was dropped, and notes.

    Args:
        table: the file.
        columns: column and its unit by variable.
        station: identifier per row.
        timezone: zone of times that do not say theirs, or None.

    Raises:
        InvalidRequest: there is no column of times, or no zone.
    """
    elements = [Element(column, name, unit, False) for name, (column, unit) in columns.items()]
    zone, notes = _zone(table, elements, timezone)
    times, undated = _times(table, elements, zone)
    parts, odd = _from_columns(table, elements, station, times=times, zone=zone)
    reports, dropped = _joined(parts, odd, undated=undated)
    return reports, dropped, (*notes, *_doubts(reports))


def _joined(
    parts: list[pd.DataFrame], odd: Mapping[str, int], *, undated: int
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """All parts as one table without rows that lack something, and clauses about those."""
    reports = pd.concat(parts, ignore_index=True) if parts else no_reports()
    whole = (reports["station"] != "") & reports["value"].notna() & reports["time"].notna()
    dropped = [f"{undated} times that are no instants"] if undated else []
    dropped += [f"{count} cells of {name} that are no numbers" for name, count in odd.items()]
    return reports.loc[whole, _KEY].reset_index(drop=True), tuple(dropped)


def _zone(
    table: StationTable, elements: list[Element], timezone: str | None
) -> tuple[tzinfo | None, list[str]]:
    """The zone of times that do not say theirs: of the heading, the caller, or the WMO."""
    heading = table.find(COLUMNS["time"])
    declared = heading.unit if heading is not None else None
    if declared:
        if timezone is not None and read_zone(timezone) != read_zone(declared):
            raise InvalidRequest(
                f"{table.path.name} heads its times {heading.column if heading else ''!r}, but"
                f" --timezone {timezone} was asked; leave one of them out"
            )
        return read_zone(declared), []
    if timezone is not None:
        return read_zone(timezone), []
    if elements and all(entry.wmo for entry in elements):
        return UTC, ["times without a zone are UTC, as under all names of WMO elements"]
    return None, []


def _times(
    table: StationTable, elements: list[Element], zone: tzinfo | None
) -> tuple[pd.Series, int]:
    """The instant of each row, NaT where there is none."""
    heading, date = table.find(COLUMNS["time"]), table.find(_DATE)
    if heading is not None:
        cells = table.rows[heading.column]
        if date is not None:
            cells = table.rows[date.column].str.strip() + " " + cells.str.strip()
        where = f"{table.path.name}, column {heading.column!r}"
        return read_times(cells, zone=zone, where=where)
    parts = {name: table.find(spellings) for name, spellings in _PARTS.items()}
    if all(parts[name] for name in ("year", "month", "day", "hour")):
        columns = {name: table.rows[part.column] for name, part in parts.items() if part}
        return read_times(join_parts(columns), zone=zone, where=f"{table.path.name}, its times")
    if elements and all(entry.time is not None for entry in elements):
        return pd.Series(pd.NaT, index=table.rows.index, dtype="datetime64[ns]"), 0
    raise InvalidRequest(
        f"{table.path.name} has observations but no column of times; it needs one named time"
    )


def _from_columns(
    table: StationTable,
    elements: list[Element],
    station: pd.Series,
    *,
    times: pd.Series,
    zone: tzinfo | None,
) -> tuple[list[pd.DataFrame], dict[str, int]]:
    parts, odd = [], {}
    for entry in elements:
        numbers, wrong = table.numbers(entry.column)
        if wrong:
            odd[entry.column] = wrong
        when = times
        if entry.time is not None:
            cells = pd.Series(entry.time, index=table.rows.index)
            when, _ = read_times(cells, zone=zone, where=f"{table.path.name}, {entry.column!r}")
        values = to_vocabulary(numbers, name=entry.name, unit=entry.unit, wmo=entry.wmo)
        parts.append(_part(station, when, entry.name, values))
    return parts, odd


def _from_rows(
    table: StationTable,
    long: dict[str, Heading | None],
    station: pd.Series,
    *,
    times: pd.Series,
) -> tuple[list[pd.DataFrame], dict[str, int]]:
    columns = {name: heading.column for name, heading in long.items() if heading}
    name = table.rows[columns["variable"]].str.strip().str.lower()
    unit = table.rows[columns["unit"]].str.strip() if "unit" in columns else name.map(lambda _: "")
    numbers, wrong = table.numbers(columns["value"])
    odd = {columns["value"]: wrong} if wrong else {}
    parts = []
    for key, rows in numbers.groupby([name, unit]):
        text, given = map(str, key)
        found = meaning(text)
        if found is None:
            odd[f"{text!r}, a quantity that is not known, or"] = len(rows)
            continue
        if given:
            require_convertible(given, found[0], column=columns["value"])
        values = to_vocabulary(rows, name=found[0], unit=given or found[1], wmo=text in ELEMENTS)
        parts.append(_part(station[rows.index], times[rows.index], found[0], values))
    return parts, odd


def _part(station: pd.Series, times: pd.Series, name: str, values: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"station": station, "time": times, "variable": name, "value": values})


def _doubts(reports: pd.DataFrame) -> list[str]:
    """Sentences about quantities that look as if their unit were another one."""
    said = []
    for name, rows in reports.groupby("variable"):
        entry = observable(str(name))
        outside = ~rows["value"].between(entry.valid_min, entry.valid_max)
        if np.mean(outside) > 0.5:
            said.append(
                f"most values of {name} cannot be {entry.units}: if the file has another unit,"
                f" say it in the heading, as in `{name} [K]`"
            )
    return said
