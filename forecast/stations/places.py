"""Lists of stations: where they are, and which rows have no usable place."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from forecast.errors import InvalidRequest
from forecast.stations.names import COLUMNS, HIGHEST_STATION_M, LOWEST_STATION_M
from forecast.stations.table import StationTable, read_table

NEEDED = ("station", "latitude", "longitude", "elevation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Stations of a table and the rows that belong to them.

    Attributes:
        points: dataset on dim `point`: station and name (text), latitude, longitude (degrees),
            elevation (m); one entry a station.
        station: identifier per row of the table; empty where the row cannot be used.
        dropped: clauses about rows that were left out.
    """

    points: xr.Dataset
    station: pd.Series
    dropped: tuple[str, ...]


def read_places(path: Path) -> Places:
    """Read a station list: columns station, latitude, longitude, elevation; name optional.

    Raises:
        InvalidRequest: a column is absent, or no row has a usable place.
        UnreadableFile: it is no table of text.
    """
    return find_places(read_table(path))


def find_places(table: StationTable) -> Places:
    """The stations of a table; heights of -9999 and places off the earth are left out and told.

    Raises:
        InvalidRequest: a column is absent, or no row has a usable place.
    """
    found = {name: table.find(COLUMNS[name]) for name in (*NEEDED, "name")}
    if any(found[name] is None for name in NEEDED):
        raise InvalidRequest(
            f"station file {table.path.name} has the columns {', '.join(table.rows.columns)};"
            f" it needs {', '.join(NEEDED)} (degrees, degrees, metres)"
        )
    columns = {name: heading.column for name, heading in found.items() if heading is not None}
    numbers = pd.DataFrame({name: table.numbers(columns[name])[0] for name in NEEDED[1:]})
    station = table.rows[columns["station"]].str.strip()
    usable, dropped = _usable(numbers, station)
    if not usable.any():
        raise InvalidRequest(
            f"station file {table.path.name}: no row has a usable place and elevation"
        )
    name = table.rows[columns["name"]].str.strip() if "name" in columns else ""
    unique = numbers.assign(station=station, name=name)[usable].drop_duplicates("station")
    moved = _moved(numbers.assign(station=station)[usable])
    clauses = (*dropped, *([moved] if moved else []))
    return Places(points=to_points(unique), station=station.where(usable, ""), dropped=clauses)


def to_points(table: pd.DataFrame) -> xr.Dataset:
    """A table of station, name, latitude, longitude, elevation as a dataset on dim `point`."""

    def text(name: str) -> tuple[str, np.ndarray]:
        return "point", table[name].astype(str).to_numpy(dtype=object)

    return xr.Dataset(
        {"elevation": ("point", table["elevation"].to_numpy(np.float32))},
        coords={
            "station": text("station"),
            "name": text("name"),
            "latitude": ("point", table["latitude"].to_numpy(np.float64)),
            "longitude": ("point", table["longitude"].to_numpy(np.float64)),
        },
    )


def _usable(numbers: pd.DataFrame, station: pd.Series) -> tuple[pd.Series, tuple[str, ...]]:
    named = station != ""
    on_earth = numbers["latitude"].between(-90, 90) & numbers["longitude"].between(-180, 360)
    height = numbers["elevation"].between(LOWEST_STATION_M, HIGHEST_STATION_M)
    counts = {
        "rows without a station's name": ~named,
        "rows without a place on the earth": named & ~on_earth,
        "rows without a usable elevation": named & on_earth & ~height,
    }
    dropped = tuple(f"{int(rows.sum())} {words}" for words, rows in counts.items() if rows.any())
    return named & on_earth & height, dropped


def _moved(rows: pd.DataFrame) -> str:
    """A clause about stations that stand at several places; the first is kept."""
    places = rows.drop_duplicates()
    several = places["station"][places["station"].duplicated()].unique()
    if not len(several):
        return ""
    return f"other places of {len(several)} stations, the first is kept ({', '.join(several[:3])})"
