"""Station lists and station observations from CSV, under the names that services really use."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from forecast.errors import InvalidRequest
from forecast.units import converter
from forecast.variables import catalogue, variable

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "station": ("station", "station_id", "wmo_station_id", "id"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon"),
    "elevation": ("elevation", "heightofstation", "altitude", "alt_m", "height"),
    "time": ("time", "valid_time", "data_datetime", "datetime"),
}
"""Spellings read for each column, lower case."""

OBSERVED: Final[Mapping[str, tuple[str, str]]] = {
    "airtemperatureat2m": ("temperature_2m", "K"),
    "dewpointtemperatureat2m": ("dew_point_2m", "K"),
    "windspeedat10m": ("wind_speed_10m", "m s-1"),
    "winddirectionat10m": ("wind_direction_10m", "degree"),
    "cloudcovertotal": ("cloud_cover", "%"),
    "pressurereducedtomeansealevel": ("pressure_msl", "Pa"),
}
"""Element names of WMO BUFR table B as ecCodes writes them, with variable and unit."""

LOWEST_STATION_M, HIGHEST_STATION_M = -450.0, 9000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stations:
    """A list of stations and, where the file has them, what they observed.

    Attributes:
        points: Dataset on dim `point` with station, latitude, longitude (degrees) and
            elevation (m), one entry a station.
        observations: long table with the columns station, time (UTC) and one column per
            variable in the unit of the vocabulary; empty where the file holds none.
        dropped: sentences about rows that were left out and why.
    """

    points: xr.Dataset
    observations: pd.DataFrame
    dropped: tuple[str, ...]


def read_stations(path: Path) -> Stations:
    """Read a station CSV: `station,latitude,longitude,elevation`, observations optional.

    Heights of -9999 and coordinates off the earth are left out and told; observations are in
    the unit of the vocabulary under its names, or under WMO BUFR element names in SI units.

    Raises:
        InvalidRequest: the file cannot be read or lacks a column.
    """
    try:
        table = pd.read_csv(path, dtype={"station": str, "WMO_station_id": str})
    except (OSError, ValueError) as error:
        raise InvalidRequest(f"station file {path}: cannot be read as CSV ({error})") from error
    named = _rename(table, path)
    usable, dropped = _usable(named)
    if usable.empty:
        raise InvalidRequest(f"station file {path}: no row has a usable place and elevation")
    unique = usable.drop_duplicates("station")
    points = xr.Dataset(
        {
            "elevation": ("point", unique["elevation"].to_numpy(np.float32)),
        },
        coords={
            "station": ("point", unique["station"].astype(str).to_numpy(dtype=object)),
            "latitude": ("point", unique["latitude"].to_numpy(np.float64)),
            "longitude": ("point", unique["longitude"].to_numpy(np.float64)),
        },
    )
    return Stations(points=points, observations=_observations(usable), dropped=dropped)


def _rename(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    lower = {str(column).strip().lower(): column for column in table.columns}
    names: dict[object, str] = {}
    for target, spellings in COLUMNS.items():
        found = next((lower[name] for name in spellings if name in lower), None)
        if found is not None:
            names[found] = target
        elif target != "time":
            raise InvalidRequest(
                f"station file {path.name} has the columns {', '.join(map(str, table.columns))};"
                f" it needs {', '.join(list(COLUMNS)[:4])} (degrees, degrees, metres)"
            )
    renamed = table.rename(columns=names)
    for spelling, (name, unit) in OBSERVED.items():
        if spelling in lower and name not in renamed:
            renamed[name] = converter(unit, variable(name).units)(renamed[lower[spelling]])
    return renamed


def _usable(table: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    numbers = table[["latitude", "longitude", "elevation"]].apply(pd.to_numeric, errors="coerce")
    table = table.assign(**{name: numbers[name] for name in numbers})
    on_earth = numbers["latitude"].between(-90, 90) & numbers["longitude"].between(-180, 360)
    height = numbers["elevation"].between(LOWEST_STATION_M, HIGHEST_STATION_M)
    dropped = []
    if (~on_earth).any():
        dropped.append(f"{int((~on_earth).sum())} rows without a place on the earth")
    if (on_earth & ~height).any():
        dropped.append(f"{int((on_earth & ~height).sum())} rows without a usable elevation")
    return table[on_earth & height], tuple(dropped)


def _observations(table: pd.DataFrame) -> pd.DataFrame:
    names = [name for name in catalogue() if name in table.columns]
    if not names or "time" not in table.columns:
        return pd.DataFrame(columns=["station", "time"])
    observed = table[["station", "time", *names]].copy()
    observed["station"] = observed["station"].astype(str)
    observed["time"] = pd.to_datetime(observed["time"], utc=True, format="ISO8601").dt.tz_localize(
        None
    )
    for name in names:
        entry = variable(name)
        values = pd.to_numeric(observed[name], errors="coerce")
        observed[name] = values.where(values.between(entry.valid_min, entry.valid_max))
    return observed.drop_duplicates(["station", "time"])
