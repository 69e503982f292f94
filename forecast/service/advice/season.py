"""The year around a forecast at a place: past days, the forecast, and normals where nothing is.

With it stand past years at the same height, laid onto the days of this one.
"""

from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.advise.weather import SEASON_NAMES, Season, Weather
from forecast.errors import InvalidRequest
from forecast.query.history import day_of_year
from forecast.service.advice.past_days import past_days
from forecast.service.answering import Beside
from forecast.service.calendar import Case
from forecast.service.question import LONGEST_PAST_DAYS
from forecast.service.records import past_of
from forecast.service.served import CycleFacts
from forecast.times import DayBoundary
from forecast.variables import variable

PAST, FORECAST, NORMALS, MISSING = "past", "forecast", "normals", "missing"
METHOD: Final = "each day from the newest run that had started when it began"
NO_HISTORY: Final = "the operator names no file of past years in ZHITIAN_HISTORY"
NO_NORMALS: Final = "the operator names no file in ZHITIAN_NORMALS or ZHITIAN_HISTORY"
NO_WHOLE_YEAR: Final = "the file holds no whole year of the season"
MADE_UP: Final = "the file is simulated and the cycle is real; the two are not mixed"

PLACE: Final = ("realization", "latitude", "longitude", "elevation")
"""Coordinates of hours, days and seasons at a place."""

_DAY: Final = np.timedelta64(1, "D")

Dates = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]


def season_of(
    facts: CycleFacts, case: Case, *, weather: Weather, beside: Beside, since: date | None = None
) -> Season:
    """Put the days of a year together, each from the best that is known of it.

    Days that the hours of the weather make are theirs, a day partly past included. Days before
    them come from earlier cycles, 92 days back; all others are the normals.

    Args:
        facts: of the cycle.
        case: the place with its cell and height.
        weather: its hours and days.
        beside: the clock, earlier cycles, normals and past years.
        since: day from which the crop counts; the season begins no later.
    """
    table = _Table(calendar(weather, since=since), weather)
    table.put_own(first=facts.cycle.times[0])
    past = _put_past(table, facts, case, weather=weather, beside=beside)
    normals = _put_normals(table, case, beside=beside)
    years, laid = _years(table.dates, case, beside=beside)
    origins = [(table.origin == one).sum() for one in (PAST, FORECAST, NORMALS, MISSING)]
    about = {
        "begins": str(table.dates[0]),
        "ends": str(table.dates[-1]),
        "days": {
            one: int(count)
            for one, count in zip((PAST, FORECAST, NORMALS, MISSING), origins, strict=True)
        },
        "past": past,
        "normals": normals,
        "years": laid,
    }
    return Season(days=table.dataset(), years=years, about=about)


def calendar(weather: Weather, *, since: date | None = None) -> Dates:
    """The days of a season: from 1 January, or earlier, to 31 December of this year.

    Args:
        weather: tells which day today is, by the day boundary of its profile.
        since: day from which the crop counts, or None.
    """
    year = _today(weather).astype("datetime64[Y]")
    first = year.astype("datetime64[D]")
    begin = first if since is None else min(first, np.datetime64(since, "D"))
    return np.arange(begin, (year + 1).astype("datetime64[D]"), _DAY)


def past_dates(dates: Dates, weather: Weather) -> Dates:
    """The days of a season that earlier cycles are asked for: those before the weather's hours.

    Args:
        dates: days of the season.
        weather: its hours and days.
    """
    begin = max(dates[0], _today(weather) - LONGEST_PAST_DAYS)
    until = weather.days.dates[0].astype("datetime64[D]")
    return np.arange(begin, max(begin, until), _DAY)


class _Table:
    """The days of a season on their way, each with its origin."""

    def __init__(self, dates: Dates, weather: Weather) -> None:
        self.dates = dates
        self.origin = np.full(dates.size, MISSING, dtype=object)
        self._weather = weather
        self._values: dict[str, Floats] = {}

    def at(self, dates: Dates) -> Places:
        """Places of dates, which may lie outside."""
        return np.asarray((dates.astype("datetime64[D]") - self.dates[0]) // _DAY, dtype=np.intp)

    def put(self, name: str, places: Places, values: npt.NDArray[np.floating]) -> None:
        """Put values [day] or [member, day] where they belong."""
        if name not in self._values:
            field = self._weather.daily.get(name)
            lead = () if field is None else field.shape[:-1]
            self._values[name] = np.full((*lead, self.dates.size), np.nan, dtype=np.float32)
        self._values[name][..., places] = values

    def put_own(self, *, first: np.datetime64) -> None:
        """Put the days that the hours of the weather make; what ends before `first` is past."""
        daily, days = self._weather.daily, self._weather.days
        places = self.at(days.dates)
        known = np.zeros(places.size, dtype=bool)
        for name in SEASON_NAMES:
            if name in daily:
                values = daily[name].values
                known |= np.isfinite(values).reshape(-1, places.size).any(axis=0)
        known &= (places >= 0) & (places < self.dates.size)
        for name in SEASON_NAMES:
            if name in daily:
                self.put(name, places[known], daily[name].values[..., known])
        past = days.ends[known] <= first
        self.origin[places[known]] = np.where(past, PAST, FORECAST)

    def missing(self) -> Places:
        """Places of the days of which nothing is known yet."""
        return np.flatnonzero(self.origin == MISSING)

    def dataset(self) -> xr.Dataset:
        """The days as a season holds them."""
        dims = ("realization", "day")
        fields = {
            name: xr.Variable(dims[2 - values.ndim :], values, variable(name).attributes())
            for name, values in self._values.items()
        }
        hourly = self._weather.hourly
        coords = {name: hourly[name].variable for name in PLACE if name in hourly.coords}
        coords["day"] = xr.Variable(("day",), self.dates.astype("datetime64[ns]"))
        coords["origin"] = xr.Variable(("day",), self.origin.astype(str))
        return xr.Dataset(fields, coords=coords)


def _put_past(
    table: _Table, facts: CycleFacts, case: Case, *, weather: Weather, beside: Beside
) -> dict[str, Any] | None:
    """Put the days before the hours of the weather; says where they come from."""
    dates = past_dates(table.dates, weather)
    if not dates.size:
        return None
    boundary = DayBoundary.parse(case.question.day)
    start = boundary.begins(dates[0].item(), zone=case.zone)
    past = past_of(beside.archive, facts, questions=[case.question], starts=[start])
    if past is None or not past.entries:
        return None
    found = past_days(past, case, dates=dates, boundary=boundary)
    known = np.any([np.isfinite(values) for values in found.values.values()], axis=0)
    places = table.at(dates[known])
    for name, values in found.values.items():
        table.put(name, places, values[known])
    table.origin[places] = PAST
    return {
        "method": METHOD,
        "cycles": len(found.cycles),
        "adjusted_k": found.adjusted_k,
        "left_out": [{"cycle": name, "reason": reason} for name, reason in past.left_out.items()],
    }


def _put_normals(table: _Table, case: Case, *, beside: Beside) -> dict[str, Any]:
    """Put the normals on the days of which nothing else is known; says where they come from."""
    normals, places = beside.normals, table.missing()
    if normals is None:
        return {"reason": NO_NORMALS}
    if normals.simulated and not case.record.cycle.simulated:
        return {"reason": MADE_UP}
    try:
        local = normals.at(case.question.lonlat, elevation=case.elevation)
    except InvalidRequest as error:
        return {"reason": str(error)}
    numbers = day_of_year(table.dates[places]) - 1
    known = np.zeros(places.size, dtype=bool)
    for name in SEASON_NAMES:
        if name in local.values:
            values = local.values[name][numbers]
            table.put(name, places, values)
            known |= np.isfinite(values)
    table.origin[places[known]] = NORMALS
    return dict(local.passport)


def _years(dates: Dates, case: Case, *, beside: Beside) -> tuple[xr.Dataset | None, dict[str, Any]]:
    """Past years on the days of the season and what they are; None and why where there are none."""
    history = beside.history
    if history is None:
        return None, {"reason": NO_HISTORY}
    if history.simulated and not case.record.cycle.simulated:
        return None, {"reason": MADE_UP}
    try:
        local = history.at(case.question.lonlat, elevation=case.elevation)
    except InvalidRequest as error:
        return None, {"reason": str(error)}
    laid = local.laid_on(dates)
    about = {**local.passport, "used": list(laid.years), "filled_days": dict(laid.filled)}
    if not laid.years:
        return None, {**about, "reason": NO_WHOLE_YEAR}
    names = [name for name in SEASON_NAMES if name in laid.values]
    fields = {
        name: (("year", "day"), laid.values[name].astype(np.float32), variable(name).attributes())
        for name in names
    }
    coords = {"year": list(laid.years), "day": dates.astype("datetime64[ns]")}
    return xr.Dataset(fields, coords=coords), about


def _today(weather: Weather) -> np.datetime64:
    """The day of now by the boundary of the profile; the last one where all are over."""
    ahead = weather.ahead
    return weather.days.dates[ahead[0] if ahead.size else -1].astype("datetime64[D]")
