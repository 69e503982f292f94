"""Files of daily values that an operator gives: netCDF on nodes, or CSV by station.

The form stands in docs/conventions.md. The steps of a file are days of the year (normals) or
dates (past years); names and units are those of the vocabulary, and nothing else may stand in it.
"""

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.errors import SettingsError
from forecast.query.placed import PlacedTable
from forecast.variables import catalogue

NODES: Final = ("latitude", "longitude")
WHERE: Final = ("latitude", "longitude", "elevation")
ELEVATION: Final = "elevation"

Steps = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the steps of a file are.

    Attributes:
        what: how sentences call the values, as `normals`.
        steps: how they call the steps, as `days of the year`.
        axes: names that the coordinate of the steps may have in netCDF; the first in CSV too.
        decode: whether the coordinate holds times.
        parse: a cell of CSV as a step, raising ValueError.
        check: steps of a file as they are kept, raising ValueError.
    """

    what: str
    steps: str
    axes: tuple[str, ...]
    decode: bool
    parse: Callable[[str], Any]
    check: Callable[[Steps], Steps]


class DailyValues:
    """Daily values of such a file, kept in memory.

    Args:
        table: as the form of the class has it.

    Attributes:
        form: what the steps of its files are.
        names: of the daily variables.
        simulated: whether the numbers are made up and say so.
    """

    form: ClassVar[Form]

    def __init__(self, table: PlacedTable) -> None:
        self._table = table
        self.names = tuple(table.values)
        self.simulated = table.simulated

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read and check a file, CSV by its ending, else netCDF.

        Steps and nodes ascend; values of netCDF are float32, because files of years are large.

        Raises:
            SettingsError: it cannot be read, or is not of the form that is documented.
        """
        read = _stations if path.suffix.lower() == ".csv" else _grid
        try:
            table = read(path, cls.form)
        except (OSError, ValueError, KeyError) as error:
            raise SettingsError(f"the {cls.form.what} {path} cannot be read: {error}") from error
        return cls(table)


def _grid(path: Path, form: Form) -> PlacedTable:
    """Read netCDF: daily variables on the steps, latitude, longitude; elevation on the latter."""
    with xr.open_dataset(path, engine="netcdf4", decode_times=form.decode) as opened:
        table = opened.load()
    axis = next((name for name in form.axes if name in table.coords), form.axes[0])
    axes = (axis, *NODES)
    lacking = [name for name in axes if name not in table.coords or table[name].dims != (name,)]
    if lacking:
        raise ValueError(f"it has no coordinate {lacking[0]} in one dimension")
    names = _checked({str(name): field.attrs.get("units") for name, field in table.items()})
    for name in table.data_vars:
        wanted = NODES if name == ELEVATION else axes
        if set(table[name].dims) != set(wanted):
            raise ValueError(f"{name} has the dims {table[name].dims}; allowed are {wanted}")
    steps = form.check(table[axis].values)
    if steps.size == 0 or np.unique(steps).size < steps.size:
        raise ValueError(f"its {axis} must hold some {form.steps}, each once")
    table = table.assign_coords({axis: (axis, steps)})
    table = table.sortby(list(axes)).transpose(*NODES, axis)
    return PlacedTable(
        what=form.what,
        steps=table[axis].values,
        latitude=table["latitude"].values.astype(np.float64),
        longitude=table["longitude"].values.astype(np.float64),
        values={name: np.ascontiguousarray(table[name], dtype=np.float32) for name in names},
        elevation=table[ELEVATION].values.astype(np.float64) if ELEVATION in table else None,
        about={**table.attrs, "name": path.name},
    )


def _stations(path: Path, form: Form) -> PlacedTable:
    """Read CSV: one row a station and step, long in both."""
    axis = form.axes[0]
    known = ("station", *WHERE, axis)
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    lacking = [name for name in known if not rows or name not in rows[0]]
    if lacking:
        raise ValueError(f"it has no rows, or no column {lacking[0]!r}")
    names = _checked({name: None for name in rows[0] if name not in known}, units_given=False)
    stations = {name: place for place, name in enumerate(dict.fromkeys(_of(rows, "station")))}
    given = form.check(np.array([form.parse(text) for text in _of(rows, axis)]))
    steps, column = np.unique(given, return_inverse=True)
    line = np.array([stations[name] for name in _of(rows, "station")])
    if np.unique(line * steps.size + column).size < line.size:
        raise ValueError(f"a station has more than one row for one of the {form.steps}")
    where = {name: np.full(len(stations), np.nan) for name in WHERE}
    for name, column_of in where.items():
        column_of[line] = _numbers(rows, name)
    values = {name: np.full((len(stations), steps.size), np.nan) for name in names}
    for name, table in values.items():
        table[line, column] = _numbers(rows, name)
    return PlacedTable(
        what=form.what,
        steps=steps,
        latitude=where["latitude"],
        longitude=where["longitude"],
        values=values,
        elevation=where[ELEVATION],
        stations=tuple(stations),
        about={"name": path.name},
    )


def _of(rows: Sequence[Mapping[str, str]], name: str) -> list[str]:
    return [row[name] or "" for row in rows]


def _numbers(rows: Sequence[Mapping[str, str]], name: str) -> npt.NDArray[np.float64]:
    return np.array([float(text) if text else math.nan for text in _of(rows, name)])


def _checked(units: Mapping[str, Any], *, units_given: bool = True) -> list[str]:
    """Daily names of a table, without elevation; each in the unit of the vocabulary.

    Raises:
        ValueError: another name or unit.
    """
    names = [name for name in units if name != ELEVATION]
    for name in names:
        entry = catalogue().get(name)
        if entry is None or entry.role != "daily":
            raise ValueError(f"{name!r} is no daily variable of the vocabulary")
        if units_given and units[name] != entry.units:
            raise ValueError(f"{name} has the unit {units[name]!r}; allowed is {entry.units!r}")
    if not names:
        raise ValueError("it holds no daily variable of the vocabulary")
    return names
