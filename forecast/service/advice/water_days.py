"""What past days took and gave in every cell: reference evapotranspiration and rain of a region.

Each hour comes from the newest good cycle of the same kind and grid that had begun before it: the
shortest lead, as everywhere in this service. A day of which rain is missing in an hour, or too
many hours of the rest, is missing in that cell.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.advise.balancing import DayWater
from forecast.advise.evaporating import DAILY_NAMES, DEW_POINT, RAIN, SUN, WARMTH, WIND
from forecast.advise.profile import CropProfile
from forecast.agromet import humidity, radiation
from forecast.agromet.evapotranspiration import DayWeather, daily_terms
from forecast.errors import DamagedCycle
from forecast.meteorology import wind_speed_at_2m
from forecast.query.daily import daily
from forecast.query.reduction import source_of
from forecast.service.archive import unlike
from forecast.service.served import CycleFacts, ServedRegion
from forecast.store import Cycle
from forecast.times import to_datetime64

SOURCES: Final = tuple(dict.fromkeys(map(source_of, DAILY_NAMES)))
"""Hourly names behind the days."""

_HOUR: Final = np.timedelta64(1, "h")

Doubles = npt.NDArray[np.float64]
Times = npt.NDArray[np.datetime64]


class RegionDays:
    """Days of a region as its cycles tell them, each worked out once.

    Args:
        served: the region.
        facts: of its current cycle.
    """

    def __init__(self, served: ServedRegion, facts: CycleFacts) -> None:
        self._served = served
        self._facts = facts
        self._held: dict[tuple[str, str, date], tuple[Doubles, Doubles]] = {}

    def water(self, profile: CropProfile, dates: Times) -> DayWater:
        """Reference evapotranspiration and rain of days, mm [cell, day]; NaN where missing.

        Args:
            profile: says when a day begins.
            dates: days [day].
        """
        columns = [self._day(profile, day.astype(object)) for day in dates]
        et0, rain = (np.stack(each, axis=1) for each in zip(*columns, strict=True))
        return DayWater(dates=dates, et0=et0, rain=rain)

    def _day(self, profile: CropProfile, day: date) -> tuple[Doubles, Doubles]:
        key = (profile.day_boundary, profile.zone, day)
        if key not in self._held:
            begin, end = (
                profile.boundary.begins(day + timedelta(days=more), zone=profile.zone)
                for more in (0, 1)
            )
            hours = self._hours(begin, end)
            names = [name for name in DAILY_NAMES if source_of(name) in hours]
            found = daily(hours, boundary=profile.boundary, zone=profile.zone, names=names)
            self._held[key] = self._terms(found.isel(day=0), day)
        return self._held[key]

    def _terms(self, found: xr.Dataset, day: date) -> tuple[Doubles, Doubles]:
        """Evapotranspiration and rain of one day [cell] (FAO-56, eq. 6)."""
        size = self._facts.cycle.grid.rows * self._facts.cycle.grid.columns
        missing = np.full(size, np.nan)
        held = {str(name): found[name].values.astype(np.float64).ravel() for name in found}
        values = {name: held.get(name, missing) for name in DAILY_NAMES}
        elevation = self._facts.surface["elevation"].astype(np.float64).ravel()
        latitude = np.repeat(self._facts.cycle.grid.latitudes, self._facts.cycle.grid.columns)
        weather = DayWeather(
            temperature_max=values[WARMTH[0]],
            temperature_min=values[WARMTH[1]],
            vapour_pressure=humidity.vapour_pressure_from_dew_point(values[DEW_POINT]),
            wind_2m=wind_speed_at_2m(values[WIND]),
            shortwave=values[SUN],
        )
        above = radiation.extraterrestrial(latitude, day.timetuple().tm_yday)
        terms = daily_terms(weather, above, elevation=elevation)
        return np.maximum(terms.evapotranspiration, 0.0), values[RAIN]

    def _hours(self, begin: datetime, end: datetime) -> xr.Dataset:
        """Hourly fields of a day on (time, latitude, longitude), NaN where no cycle has them."""
        times = np.arange(to_datetime64(begin) + _HOUR, to_datetime64(end) + _HOUR, _HOUR)
        grid = self._facts.cycle.grid
        axes = {"time": times, "latitude": grid.latitudes, "longitude": grid.longitudes}
        shape = (times.size, *grid.shape)
        open_hours = np.full(times.size, True)
        fields: dict[str, npt.NDArray[np.float32]] = {}
        for cycle in self._cycles(begin, end):
            wanted = open_hours & np.isin(times, cycle.times[1:])
            if wanted.any():
                part = _fields(cycle, times[wanted])
                for name, values in part.items():
                    whole = fields.setdefault(name, np.full(shape, np.nan, np.float32))
                    whole[wanted] = values
                open_hours &= ~wanted
        return xr.Dataset(
            {name: (("time", "latitude", "longitude"), field) for name, field in fields.items()},
            coords=axes,
        )

    def _cycles(self, begin: datetime, end: datetime) -> Sequence[Cycle]:
        """Cycles that may hold hours of a day, the newest first."""
        newest = self._facts.cycle
        archive = self._served.archive
        found = [newest] if newest.reference_time < end else []
        for entry in archive.entries(newest, begin=begin, as_of=None):
            try:
                cycle = archive.cycle(entry)
            except DamagedCycle:
                continue
            if not unlike(cycle, newest) and cycle.reference_time < end:
                found.append(cycle)
        return found


def _fields(cycle: Cycle, times: Times) -> dict[str, npt.NDArray[np.float32]]:
    """Hourly fields of a cycle at some of its own times [time, row, column]."""
    names = [name for name in SOURCES if name in cycle.variables]
    steps = np.searchsorted(cycle.times, times)
    whole = slice(int(steps[0]), int(steps[-1]) + 1)
    window = cycle.window(names, times=whole)
    own = steps - steps[0]
    return {
        name: window[name].transpose("time", "latitude", "longitude").values[own] for name in names
    }
