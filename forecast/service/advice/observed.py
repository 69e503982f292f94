"""What the rules of a profile say of the weather that a station observed: the truth of advice.

The same conditions are judged by the same code as for a forecast, on one member and days that are
over. An hour without an observation is unknown, and so is a day that the unknown hours could
change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from forecast import meteorology
from forecast.advise.conditions import Levels, levels
from forecast.advise.hazards import highest_by_day
from forecast.advise.judging import needs
from forecast.advise.place import Place, place_of
from forecast.advise.profile import CropProfile
from forecast.advise.situation import Situation
from forecast.advise.weather import Weather
from forecast.advise.windows import grades
from forecast.agromet.truth import NO, UNKNOWN, YES
from forecast.query.daily import daily
from forecast.query.derived import derivable, derive
from forecast.query.reduction import source_of
from forecast.times import days, to_datetime64
from forecast.variables import published

AHEAD: Final = timedelta(days=4)
"""So far behind the last day conditions may look ahead."""

_TOP: Final = np.int8(np.iinfo(np.int8).max)
"""Level that an hour without a judgement may have."""

_HOUR: Final = np.timedelta64(1, "h")
_DAY: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truth:
    """What really was, by the rules of one profile at one station.

    Attributes:
        rules: by rule, the highest level of each day: certainly, and at most [day].
        hours: the same of each hour [time], of rules that are judged by hours.
        windows: by window, three-valued weather of each step by grade.
    """

    rules: Mapping[str, Levels]
    hours: Mapping[str, Levels]
    windows: Mapping[str, Mapping[str, xr.DataArray]]

    def reached(self, rule: str, level: int, *, said: pd.DataFrame) -> Any:
        """Whether a level was reached on days, 1 or 0; NaN where that is not known.

        Of the day on which the advice was given only the hours after it count for a rule that is
        judged by hours: the others were over.

        Args:
            rule: of the profile.
            level: of it.
            said: `day`, `starts` and `ends` of it, and `issued_at` (UTC).
        """
        found = self.rules.get(rule)
        if found is None:
            return np.full(len(said), np.nan)
        wanted = said["day"].to_numpy()
        sure = found.sure.reindex(day=wanted, fill_value=np.int8(0)).values.copy()
        possible = found.possible.reindex(day=wanted, fill_value=_TOP).values.copy()
        begun = (said["issued_at"] > said["starts"]).to_numpy()
        for place in np.flatnonzero(begun) if rule in self.hours else ():
            row = said.iloc[place]
            sure[place], possible[place] = self._after(rule, row["issued_at"], row["ends"])
        return np.where(sure >= level, 1.0, np.where(possible < level, 0.0, np.nan))

    def _after(self, rule: str, instant: pd.Timestamp, ends: pd.Timestamp) -> tuple[int, int]:
        """Highest levels of the hours that end after an instant and up to another."""
        steps = pd.date_range(instant.floor("h"), ends, freq="h", inclusive="right").to_numpy()
        found = self.hours[rule]
        sure = found.sure.reindex(time=steps, fill_value=np.int8(0)).values
        possible = found.possible.reindex(time=steps, fill_value=_TOP).values
        return int(sure.max(initial=0)), int(possible.max(initial=0))

    def held(self, window: str, grade: str, *, said: Mapping[Any, Any]) -> float:
        """Whether a window held throughout, 1 or 0; NaN where that is not known.

        Args:
            window: of the profile.
            grade: `green` or `amber`.
            said: its `day`, `begins` and `ends` (UTC).
        """
        truth = self.windows.get(window, {}).get(grade)
        if truth is None:
            return np.nan
        if "day" in truth.dims:
            count = round((said["ends"] - said["begins"]) / pd.Timedelta(days=1))
            steps = pd.date_range(said["day"], periods=count, freq="D")
        else:
            steps = pd.date_range(said["begins"], said["ends"], freq="h", inclusive="right")
        dim = str(truth.dims[-1])
        inside = truth.reindex({dim: steps.to_numpy()}, fill_value=np.int8(UNKNOWN)).values
        if (inside == NO).any():
            return 0.0
        return 1.0 if inside.size and (inside == YES).all() else np.nan


def truth_of(profile: CropProfile, weather: Weather) -> Truth:
    """Judge all rules and windows of a profile on what was observed.

    Whether a rule applies in the stage of the crop is not asked here: a day is scored where the
    advice said that it does.

    Args:
        profile: of the crop.
        weather: from `observed_weather`.
    """
    place = place_of(profile, weather, situation=Situation())
    found = {rule.id: levels(rule, place.values) for rule in profile.rules}
    return Truth(
        rules={rule: _by_day(one, place) for rule, one in found.items()},
        hours={rule: one for rule, one in found.items() if "time" in one.sure.dims},
        windows={window.id: grades(window, place.values)._asdict() for window in profile.windows},
    )


def _by_day(found: Levels, place: Place) -> Levels:
    return highest_by_day(found, place.parted) if "time" in found.sure.dims else found


def observed_weather(
    rows: pd.DataFrame,
    profile: CropProfile,
    *,
    station: Mapping[Any, Any],
    first: date,
    last: date,
) -> Weather:
    """Hours that a station observed, on a whole axis, with what follows from them.

    Humidity and vapour pressure deficit follow from the dew point where they were not observed, the
    pressure from the height; sums of several hours are left out.

    Args:
        rows: good observations of the station: time (UTC), variable, value.
        profile: says when its days begin and how far back it looks.
        station: its `longitude`, `latitude` (degrees) and `elevation` (m).
        first: first day that is asked.
        last: last day.
    """
    back = timedelta(days=-(-needs(profile).past_hours // _DAY))
    begin = profile.boundary.begins(first - back, zone=profile.zone)
    end = profile.boundary.begins(last + timedelta(days=1) + AHEAD, zone=profile.zone)
    hourly = _hours(rows, begin=begin, end=end, station=station)
    names = [name for name in needs(profile).daily if source_of(name) in hourly]
    return Weather(
        hourly=hourly,
        daily=daily(hourly, boundary=profile.boundary, zone=profile.zone, names=names),
        days=days(hourly["time"].values, boundary=profile.boundary, zone=profile.zone),
        zone=profile.zone,
        issued=begin,
        now=begin,
    )


def _hours(
    rows: pd.DataFrame, *, begin: datetime, end: datetime, station: Mapping[Any, Any]
) -> xr.Dataset:
    times = np.arange(to_datetime64(begin) + _HOUR, to_datetime64(end) + _HOUR, _HOUR)
    known = rows[rows["variable"].isin(published())]
    wide = known.pivot_table(index="time", columns="variable", values="value", aggfunc="last")
    held = wide.reindex(times)
    fields = {str(name): ("time", column.to_numpy(np.float32)) for name, column in held.items()}
    coords = {name: float(station[name]) for name in ("latitude", "longitude", "elevation")}
    hours = xr.Dataset(fields, coords={"time": times, **coords})
    return _completed(hours)


def _completed(hours: xr.Dataset) -> xr.Dataset:
    """The hours with humidity, deficit and pressure where they follow, and derived quantities."""
    if {"temperature_2m", "dew_point_2m"} <= set(hours):
        air = hours["temperature_2m"], hours["dew_point_2m"]
        made = {
            "relative_humidity_2m": meteorology.relative_humidity(*air),
            "vapour_pressure_deficit": meteorology.vapour_pressure_deficit(*air),
            "surface_pressure": xr.full_like(
                air[0], meteorology.standard_pressure(float(hours["elevation"]))
            ),
        }
        for name, field in made.items():
            own = hours.get(name)
            hours[name] = field if own is None else own.fillna(field)
    for name in derivable([str(name) for name in hours]):
        hours[name] = derive(name, {str(one): hours[one] for one in hours})
    return hours.astype(np.float32)
