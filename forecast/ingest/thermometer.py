"""A person's own thermometer: a table of times and temperatures at one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from forecast.errors import InvalidRequest
from forecast.ingest.observed import Stations
from forecast.ingest.station_elements import require_convertible
from forecast.ingest.stations import read_elements
from forecast.stations.names import COLUMNS, observable
from forecast.stations.places import to_points
from forecast.stations.table import StationTable, read_table

READINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "temperature_2m": (
        *("temperature_2m", "temperature", "temp", "air temperature", "t", "气温", "温度"),
        *("空气温度", "环境温度"),
    ),
    "relative_humidity_2m": (
        *("relative_humidity_2m", "relative humidity", "humidity", "rh", "hum"),
        *("相对湿度", "湿度", "空气湿度", "环境湿度"),
    ),
}
"""Headings that clearly mean a quantity, lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """Where somebody's instrument stands, as its owner says.

    Attributes:
        station: identifier in the store.
        name: in words, may be empty.
        longitude: degrees east.
        latitude: degrees north.
        elevation: m above sea level.
    """

    station: str
    name: str
    longitude: float
    latitude: float
    elevation: float


def read_thermometer(
    path: Path, instrument: Instrument, *, timezone: str | None = None
) -> Stations:
    """Read the table of an instrument: a column of times, temperature, and humidity if any.

    Args:
        path: the file.
        instrument: where it stands.
        timezone: zone of times that do not say theirs, such as `Asia/Shanghai`.

    Raises:
        InvalidRequest: no column is clearly the time or the temperature, a unit is unknown, or
            a time says no zone and none was named.
        UnreadableFile: it is no table of text.
    """
    table = read_table(path)
    found = {name: table.find(spellings) for name, spellings in READINGS.items()}
    if found["temperature_2m"] is None:
        raise InvalidRequest(
            f"{path.name} has the columns {', '.join(table.rows.columns)}; it needs a time and a"
            " temperature, headed time or 时间 and temperature or 气温"
        )
    columns = {}
    for name, heading in found.items():
        if heading is not None:
            unit = heading.unit or observable(name).units
            require_convertible(unit, name, column=heading.column)
            columns[name] = (heading.column, unit)
    _require_one(table, instrument)
    station = pd.Series(instrument.station, index=table.rows.index, dtype="str")
    reports, dropped, notes = read_elements(table, columns, station=station, timezone=timezone)
    place = pd.DataFrame({
        "station": [instrument.station],
        "name": [instrument.name],
        "latitude": [instrument.latitude],
        "longitude": [instrument.longitude],
        "elevation": [instrument.elevation],
    })  # fmt: skip
    return Stations(
        points=to_points(place), reports=reports, dropped=dropped, notes=notes, kind="thermometer"
    )


def _require_one(table: StationTable, instrument: Instrument) -> None:
    """A table of several stations is not one instrument's.

    Raises:
        InvalidRequest: it names more than one station.
    """
    heading = table.find(COLUMNS["station"])
    if heading is not None and table.rows[heading.column].nunique() > 1:
        raise InvalidRequest(
            f"{table.path.name} names several stations, but was given as the one instrument"
            f" {instrument.station!r}; read it with --kind csv"
        )
