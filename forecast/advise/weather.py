"""What a profile is judged on: the hours and days of a forecast, and the year around them.

At a place or over cells: all dims besides time, day and realization ride along. Nothing is fetched
here; the service and the exports put it together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

import numpy as np
import xarray as xr

from forecast.times import Days

Origin = Literal["past", "forecast", "normals", "missing"]
"""Where a day is from: earlier cycles, this one, the long-term mean, or nowhere."""

SEASON_NAMES: Final = (
    "temperature_2m_min",
    "temperature_2m_max",
    "temperature_2m_mean",
    "precipitation_sum",
    "shortwave_down_sum",
)
"""Daily names of the vocabulary that a season holds, as far as they are known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Season:
    """The days of a year around a forecast, by the day boundary of a profile.

    Attributes:
        days: daily names of the vocabulary (`SEASON_NAMES`) on (realization,) day, …, from 1
            January, or an earlier biofix, to 31 December; NaN where nothing is known. What is past
            is alike in all members, and so are the normals behind the forecast. The coord
            `origin` (day) says where each day is from (`Origin`).
        years: the same names on (year, day, …): past years laid onto the days of this one; None
            where none are known.
        about: where past days, normals and years are from, as an answer says it.
    """

    days: xr.Dataset
    years: xr.Dataset | None = None
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weather:
    """The weather that a profile is judged on.

    Attributes:
        hourly: in the words of the vocabulary on (realization,) time, …: hours that are past,
            alike in all members, then those of the forecast; with the coords `latitude`,
            `longitude` and `elevation` (m). Times are UTC and end their hours.
        daily: daily names of the vocabulary on (realization,) day, …: the days of `days`.
        days: how the hours part into the days of the profile.
        zone: IANA zone of the profile's days.
        issued: reference time of the forecast, aware.
        now: what counts as now, aware.
        season: the year around the forecast; None where nothing counts from so far back.
    """

    hourly: xr.Dataset
    daily: xr.Dataset
    days: Days
    zone: str
    issued: datetime
    now: datetime
    season: Season | None = None

    @property
    def ahead(self) -> np.ndarray:
        """Places of the days that are not over [day]: that of now, and those after it."""
        moment = np.datetime64(self.now.replace(tzinfo=None), "ns")
        return np.flatnonzero(self.days.ends > moment)
