"""Daily normals that an operator gives, at a place and at its height.

Two kinds of file, described in docs/conventions.md: netCDF on latitude, longitude and day of the
year, or CSV by station. Nothing is made up: a quantity or a day that the file lacks is missing.
"""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.errors import InvalidRequest, SettingsError
from forecast.parameters import chosen
from forecast.variables import catalogue
from grids import LonLat

DAYS: Final = 366
AXES: Final = ("dayofyear", "latitude", "longitude")
STATION_COLUMNS: Final = ("station", "latitude", "longitude", "elevation", "dayofyear")

_KM_PER_DEGREE: Final = 111.2
_GRADIENTS: Final = {
    "temperature_2m": "temperature_gradient_prior",
    "dew_point_2m": "dew_point_gradient_prior",
}

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LocalNormals:
    """Normals of one place at the height that was asked.

    Attributes:
        values: of each daily variable [dayofyear 1 to 366], its unit, NaN where missing.
        passport: where they come from and how they were brought to the height.
    """

    values: Mapping[str, Doubles]
    passport: Mapping[str, Any]

    def on(self, name: str, dates: Sequence[date]) -> list[float]:
        """Values of a variable on dates, NaN where the file has none."""
        if name not in self.values:
            return [math.nan] * len(dates)
        return [float(self.values[name][day.timetuple().tm_yday - 1]) for day in dates]


class Normals:
    """Daily normals from a file, kept in memory.

    Args:
        table: `dayofyear` and either `latitude` and `longitude` or `station`; daily variables of
            the vocabulary, and `elevation` (m) where the file gives it.
        origin: name of the file and what it says of itself.
    """

    def __init__(self, table: xr.Dataset, *, origin: str) -> None:
        self._table = table
        self._origin = origin
        self.names = tuple(str(name) for name in table.data_vars if name != "elevation")

    @classmethod
    def read(cls, path: Path) -> "Normals":
        """Read and check a file, CSV by its ending, else netCDF.

        Raises:
            SettingsError: it cannot be read, or is not of the form that is documented.
        """
        try:
            table = _stations(path) if path.suffix.lower() == ".csv" else _grid(path)
        except (OSError, ValueError, KeyError) as error:
            raise SettingsError(f"the normals {path} cannot be read: {error}") from error
        about = [path.name, *(str(table.attrs[k]) for k in ("title", "source") if k in table.attrs)]
        return cls(table, origin=", ".join(about))

    def at(self, place: LonLat, *, elevation: float) -> LocalNormals:
        """Normals at a place, brought to a height where the file says how high they are.

        Temperatures by the standard gradient of -6.5 K km-1 (ISO 2533:1975), dew points by the
        kernel's own prior; everything else as it is.

        Args:
            place: degrees.
            elevation: m above sea level.

        Raises:
            InvalidRequest: the normals do not reach the place.
        """
        if "station" in self._table.dims:
            found, told = self._nearest_station(place)
        else:
            found, told = self._between_nodes(place)
        height = float(found["elevation"]) if "elevation" in found else math.nan
        known = math.isfinite(height)
        values, adjusted = {}, {}
        for name in self.names:
            own = np.full(DAYS, np.nan)
            own[found["dayofyear"].values.astype(np.intp) - 1] = found[name].values
            shift = _gradient(name) * (elevation - height) / 1000.0 if known else 0.0
            values[name] = own + shift
            if shift:
                adjusted[name] = round(shift, 2)
        passport = {
            "origin": self._origin,
            **told,
            "elevation_m": round(height, 1) if known else None,
            "height_difference_m": round(elevation - height, 1) if known else None,
            "adjusted_k": adjusted,
        }
        return LocalNormals(values=values, passport=passport)

    def _nearest_station(self, place: LonLat) -> tuple[xr.Dataset, dict[str, Any]]:
        table = self._table
        east = (table["longitude"].values - place.longitude + 180.0) % 360.0 - 180.0
        north = table["latitude"].values - place.latitude
        scale = math.cos(math.radians(place.latitude))
        distances = _KM_PER_DEGREE * np.hypot(east * scale, north)
        nearest = int(distances.argmin())
        reach = chosen("normals_reach")
        if distances[nearest] > reach:
            raise InvalidRequest(
                f"normals were asked; the nearest station with normals is {distances[nearest]:.0f}"
                f" km away, allowed are {reach:g} km"
            )
        found = table.isel(station=nearest)
        distance = round(float(distances[nearest]), 1)
        return found, {"station": str(found["station"].values), "distance_km": distance}

    def _between_nodes(self, place: LonLat) -> tuple[xr.Dataset, dict[str, Any]]:
        """Bilinear between the nodes around a place; a node without a value has no weight."""
        table = self._table
        middle = float(table["longitude"][[0, -1]].mean())
        longitude = middle + (place.longitude - middle + 180.0) % 360.0 - 180.0
        rows, columns = (
            _around(table[axis].values, where, name=axis)
            for axis, where in (("latitude", place.latitude), ("longitude", longitude))
        )
        corners = [
            (table.isel(latitude=row, longitude=column), wide * high)
            for row, high in rows
            for column, wide in columns
            if wide * high > 0.0
        ]
        fields = {
            name: (
                () if name == "elevation" else ("dayofyear",),
                _weighted([(one[name].values, weight) for one, weight in corners]),
            )
            for name in map(str, table.data_vars)
        }
        found = xr.Dataset(fields, coords={"dayofyear": table["dayofyear"]})
        return found, {"method": "bilinear"}


def _weighted(parts: list[tuple[Doubles, float]]) -> Doubles:
    total = sum(np.where(np.isnan(values), 0.0, values * weight) for values, weight in parts)
    weights = sum(np.where(np.isnan(values), 0.0, weight) for values, weight in parts)
    known = np.asarray(weights) > 0.0
    return np.divide(total, weights, out=np.full(np.shape(weights), np.nan), where=known)


def _around(axis: Doubles, where: float, *, name: str) -> list[tuple[int, float]]:
    """The two nodes beside a coordinate with their weights; half a cell beyond the last one.

    Raises:
        InvalidRequest: further out.
    """
    half = float(np.diff(axis).max()) / 2.0 if axis.size > 1 else 0.0
    if not axis[0] - half <= where <= axis[-1] + half:
        raise InvalidRequest(
            f"normals were asked at {name} {where:g}; the operator's file covers {axis[0]:g} to"
            f" {axis[-1]:g} degrees"
        )
    if axis.size == 1:
        return [(0, 1.0)]
    inside = min(max(where, float(axis[0])), float(axis[-1]))
    upper = min(max(int(np.searchsorted(axis, inside)), 1), axis.size - 1)
    share = (inside - float(axis[upper - 1])) / float(axis[upper] - axis[upper - 1])
    return [(upper - 1, 1.0 - share), (upper, share)]


def _grid(path: Path) -> xr.Dataset:
    """Read netCDF: daily variables on dayofyear, latitude, longitude; elevation on the latter."""
    with xr.open_dataset(path, engine="netcdf4", decode_times=False) as opened:
        table = opened.load()
    lacking = [axis for axis in AXES if axis not in table.coords or table[axis].dims != (axis,)]
    if lacking:
        raise ValueError(f"it has no coordinate {lacking[0]} in one dimension")
    table = table[_checked(table)]
    for name in table.data_vars:
        wanted = AXES[1:] if name == "elevation" else AXES
        if set(table[name].dims) != set(wanted):
            raise ValueError(f"{name} has the dims {table[name].dims}; allowed are {wanted}")
    return table.sortby(list(AXES)).transpose(*AXES).astype(np.float64)


def _stations(path: Path) -> xr.Dataset:
    """Read CSV: one row a station and day of the year, long in both."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    lacking = [name for name in STATION_COLUMNS if not rows or name not in rows[0]]
    if lacking:
        raise ValueError(f"it has no rows, or no column {lacking[0]!r}")
    names = [name for name in rows[0] if name not in STATION_COLUMNS]
    stations = list(dict.fromkeys(row["station"] for row in rows))
    values = {name: np.full((len(stations), DAYS), np.nan) for name in names}
    where = {name: np.full(len(stations), np.nan) for name in STATION_COLUMNS[1:4]}
    for row in rows:
        station, day = stations.index(row["station"]), int(row["dayofyear"])
        if not 1 <= day <= DAYS:
            raise ValueError(f"dayofyear {day} stands in it; allowed are 1 to {DAYS}")
        for name, column in where.items():
            column[station] = float(row[name]) if row[name] else math.nan
        for name, table in values.items():
            table[station, day - 1] = float(row[name]) if row[name] else math.nan
    made = xr.Dataset(
        {name: (("station", "dayofyear"), table) for name, table in values.items()},
        coords={"station": stations, "dayofyear": np.arange(1, DAYS + 1)},
    )
    _checked(made, units=False)
    return made.assign({name: ("station", column) for name, column in where.items()}).set_coords(
        ["latitude", "longitude"]
    )


def _checked(table: xr.Dataset, *, units: bool = True) -> list[str]:
    """Names of a table that are daily variables, in the unit of the vocabulary, and elevation.

    Raises:
        ValueError: another name, unit or day of the year.
    """
    days = table["dayofyear"].values
    if days.size == 0 or days.min() < 1 or days.max() > DAYS or len(set(days.tolist())) < days.size:
        raise ValueError(f"dayofyear must hold each of some days from 1 to {DAYS} once")
    names = [str(name) for name in table.data_vars]
    for name in names:
        entry = catalogue().get(name)
        if name != "elevation" and (entry is None or entry.role != "daily"):
            raise ValueError(f"{name!r} is no daily variable of the vocabulary")
        if units and entry is not None and table[name].attrs.get("units") != entry.units:
            given = table[name].attrs.get("units")
            raise ValueError(f"{name} has the unit {given!r}; allowed is {entry.units!r}")
    if not [name for name in names if name != "elevation"]:
        raise ValueError("it holds no daily variable of the vocabulary")
    return names


def _gradient(name: str) -> float:
    """K km-1 by which a daily variable changes with height, 0 for what does not."""
    for source, parameter in _GRADIENTS.items():
        if name.startswith(f"{source}_"):
            return chosen(parameter)
    return 0.0
