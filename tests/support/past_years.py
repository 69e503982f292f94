"""Files of past years whose every number follows from the date and the place."""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import xarray as xr

from tests.support.normals import HEIGHT, LATITUDES, LONGITUDES

NAMES = ("temperature_2m_min", "temperature_2m_max", "temperature_2m_mean", "precipitation_sum")


def dates(first: str, last: str) -> np.ndarray:
    """Days from one date to another, both included."""
    return np.arange(first, np.datetime64(last) + 1, dtype="datetime64[D]")


def told(day: np.datetime64) -> float:
    """A temperature that tells its date: a degree a year, a tenth a month, 0.001 a day."""
    year, month, number = (int(part) for part in str(day).split("-"))
    return round(year - 2020 + 0.1 * month + 0.001 * number, 3)


def grid_file(
    folder: Path, days: np.ndarray, *, temperature: Callable[[np.datetime64], float] = told
) -> Path:
    """NetCDF on 3 x 3 nodes: the lowest temperature rises by 2 K a degree north, falls by 1 K east.

    The highest is 10 K and the mean 5 K above it; rain is 1 mm everywhere.

    Args:
        folder: for the file.
        days: dates [time].
        temperature: of a day where 2 latitude equals longitude.
    """
    latitude, longitude = np.array(LATITUDES), np.array(LONGITUDES)
    day = np.array([temperature(one) for one in days])
    place = 2.0 * latitude[:, np.newaxis] - longitude
    lowest = (day[:, np.newaxis, np.newaxis] + place).astype(np.float32)
    dims = ("time", "latitude", "longitude")
    celsius = {"units": "degC"}
    table = xr.Dataset(
        {
            "temperature_2m_min": (dims, lowest, celsius),
            "temperature_2m_max": (dims, lowest + 10, celsius),
            "temperature_2m_mean": (dims, lowest + 5, celsius),
            "precipitation_sum": (dims, np.ones_like(lowest), {"units": "mm"}),
            "elevation": (dims[1:], np.full(lowest.shape[1:], HEIGHT), {"units": "m"}),
        },
        coords={
            "time": days.astype("datetime64[ns]"),
            "latitude": latitude,
            "longitude": longitude,
        },
        attrs={"title": "Past years"},
    )
    path = folder / "past.nc"
    table.to_netcdf(path, engine="netcdf4")
    return path


def station_file(
    folder: Path, rows: Iterable[tuple[np.datetime64, float | None]], *, name: str = "past.csv"
) -> Path:
    """CSV of one station at the small region, with the lowest temperature alone.

    Args:
        folder: for the file.
        rows: dates with the lowest temperature, None where it is missing.
        name: of the file.
    """
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(
            ["station", "latitude", "longitude", "elevation", "date", "temperature_2m_min"]
        )
        for day, value in rows:
            writer.writerow(["near", 39.4, 117.7, HEIGHT, day, "" if value is None else value])
    return path
