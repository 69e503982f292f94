"""The year around a forecast in a block of cells, put together as at a place.

Days of the forecast, past days out of earlier cycles, and normals brought to each cell's height;
past years beside them where a last frost is asked for.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.advise.weather import SEASON_NAMES, Season, Weather
from forecast.errors import InvalidRequest
from forecast.query.history import Laid, day_of_year
from forecast.service.advice.block import Cells, Wanted
from forecast.service.advice.past_days import past_days_of_cells
from forecast.service.advice.season import (
    MADE_UP,
    METHOD,
    NO_HISTORY,
    NO_NORMALS,
    NO_WHOLE_YEAR,
    calendar,
    past_dates,
)
from forecast.service.records import past_of
from forecast.times import DayBoundary
from forecast.variables import variable
from grids import LonLat

NOT_ASKED: Final = "no rule asks for past years"

_DAY: Final = np.timedelta64(1, "D")

Dates = npt.NDArray[np.datetime64]
Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]


def season_of_cells(cells: Cells, wanted: Wanted, *, weather: Weather) -> Season:
    """Put the days of a year together in every cell.

    Args:
        cells: the block.
        wanted: what is needed.
        weather: its hours and days.
    """
    year = _Year(cells, weather, dates=calendar(weather, since=wanted.since))
    past = _put_past(year, cells, wanted)
    normals = _put_normals(year, cells, wanted)
    years, laid = _years(year.dates, cells, wanted)
    about = {
        "begins": str(year.dates[0]),
        "ends": str(year.dates[-1]),
        "past": past,
        "normals": normals,
        "years": laid,
    }
    return Season(days=year.dataset(), years=years, about=about)


class _Year:
    """Days of a season on their way: values [row, column, (member,) day] by name."""

    def __init__(self, cells: Cells, weather: Weather, *, dates: Dates) -> None:
        self.dates = dates
        self.weather = weather
        self.known = np.zeros((*cells.shape, dates.size), dtype=bool)
        self._values: dict[str, Floats] = {}
        places = (weather.days.dates.astype("datetime64[D]") - dates[0]) // _DAY
        inside = (places >= 0) & (places < dates.size)
        for name in SEASON_NAMES:
            if name in weather.daily:
                values = weather.daily[name].values[..., inside]
                row = self._row(name, cells)
                row[..., places[inside]] = values
                told = np.isfinite(values)
                told = told.any(axis=2) if values.ndim > self.known.ndim else told
                self.known[..., places[inside]] |= told

    def put(self, given: Mapping[str, Any], cells: Cells, *, places: slice) -> None:
        """Put values [cell, day] on days of which nothing is known yet.

        Args:
            given: by daily name.
            cells: the block.
            places: of the days.
        """
        wide = {name: cells.spread(given[name]) for name in SEASON_NAMES if name in given}
        still = ~self.known[..., places]
        found = np.zeros_like(still)
        for name, values in wide.items():
            row = self._row(name, cells)[..., places]
            lead = (slice(None), slice(None), np.newaxis) if row.ndim > still.ndim else ()
            row[...] = np.where(still[lead], values[lead], row)
            found |= still & np.isfinite(values)
        self.known[..., places] |= found

    def dataset(self) -> xr.Dataset:
        """The days as a season holds them."""
        hourly = self.weather.hourly
        dims = ("latitude", "longitude", "realization", "day")
        fields = {
            name: xr.Variable(
                dims if values.ndim == len(dims) else (*dims[:2], "day"),
                values,
                variable(name).attributes(),
            )
            for name, values in self._values.items()
        }
        coords = {
            name: hourly[name].variable for name in (*dims[:3], "elevation") if name in hourly
        }
        coords["day"] = xr.Variable(("day",), self.dates.astype("datetime64[ns]"))
        return xr.Dataset(fields, coords=coords)

    def _row(self, name: str, cells: Cells) -> Floats:
        if name not in self._values:
            field = self.weather.daily.get(name)
            lead = cells.shape if field is None else field.shape[:-1]
            self._values[name] = np.full((*lead, self.dates.size), np.nan, dtype=np.float32)
        return self._values[name]


def _put_past(year: _Year, cells: Cells, wanted: Wanted) -> dict[str, Any] | None:
    dates = past_dates(year.dates, year.weather)
    boundary = DayBoundary.parse(wanted.profile.boundary.text)
    if not dates.size:
        return None
    zone = wanted.profile.zone
    start = boundary.begins(dates[0].item(), zone=zone)
    asked = [wanted.asked]
    past = past_of(wanted.beside.archive, cells.facts, questions=asked, starts=[start])
    if past is None or not past.entries:
        return None
    found = past_days_of_cells(past, cells.places, dates=dates, boundary=boundary, zone=zone)
    first = int((dates[0] - year.dates[0]) // _DAY)
    year.put(found.values, cells, places=slice(first, first + dates.size))
    left = [{"cycle": name, "reason": reason} for name, reason in past.left_out.items()]
    return {"method": METHOD, "cycles": len(found.cycles), "left_out": left}


def _put_normals(year: _Year, cells: Cells, wanted: Wanted) -> dict[str, Any]:
    normals = wanted.beside.normals
    if normals is None:
        return {"reason": NO_NORMALS}
    if normals.simulated and not cells.facts.cycle.simulated:
        return {"reason": MADE_UP}
    numbers = day_of_year(year.dates) - 1
    rows: dict[str, Doubles] = {}
    about: dict[str, Any] = {}
    count = cells.places[0].size
    for cell in range(count):
        lonlat, elevation = _place(cells, cell)
        try:
            local = normals.at(lonlat, elevation=elevation)
        except InvalidRequest as error:
            about = about or {"reason": str(error)}
            continue
        about = {"origin": local.passport["origin"]}
        for name, values in local.values.items():
            held = rows.setdefault(name, np.full((count, numbers.size), np.nan))
            held[cell] = values[numbers]
    year.put(rows, cells, places=slice(0, year.dates.size))
    return about


def _years(dates: Dates, cells: Cells, wanted: Wanted) -> tuple[xr.Dataset | None, dict[str, Any]]:
    """Past years of all cells; a year that is not whole in a cell is missing there."""
    history = wanted.beside.history
    if not wanted.frosts:
        return None, {"reason": NOT_ASKED}
    if history is None:
        return None, {"reason": NO_HISTORY}
    if history.simulated and not cells.facts.cycle.simulated:
        return None, {"reason": MADE_UP}
    found: dict[int, Laid] = {}
    about: dict[str, Any] = {"reason": NO_WHOLE_YEAR}
    for cell in range(cells.places[0].size):
        lonlat, elevation = _place(cells, cell)
        try:
            found[cell] = history.at(lonlat, elevation=elevation).laid_on(dates)
        except InvalidRequest as error:
            about = {"reason": str(error)}
    used = sorted({year for laid in found.values() for year in laid.years})
    if not used:
        return None, about
    return _joined(found, cells, dates=dates, used=used), {"used": used}


def _joined(
    found: Mapping[int, Laid], cells: Cells, *, dates: Dates, used: list[int]
) -> xr.Dataset:
    fields: dict[str, Floats] = {}
    shape = (cells.places[0].size, len(used), dates.size)
    for cell, laid in found.items():
        at = [used.index(year) for year in laid.years]
        for name in SEASON_NAMES:
            if name in laid.values:
                held = fields.setdefault(name, np.full(shape, np.nan, dtype=np.float32))
                held[cell, at] = laid.values[name]
    dims = ("latitude", "longitude", "year", "day")
    made = {
        name: xr.Variable(dims, cells.spread(values), variable(name).attributes())
        for name, values in fields.items()
    }
    coords = {"year": used, "day": dates.astype("datetime64[ns]")}
    axes = {name: cells.coordinates[name] for name in dims[:2]}
    return xr.Dataset(made, coords={**axes, **coords})


def _place(cells: Cells, cell: int) -> tuple[LonLat, float]:
    """Centre and height of a cell, m."""
    grid = cells.facts.cycle.grid
    row, column = (int(places[cell]) for places in cells.places)
    longitude, latitude = grid.centre(row, column)
    height = float(cells.facts.surface["elevation"][row, column])
    return LonLat(longitude=longitude, latitude=latitude), height
