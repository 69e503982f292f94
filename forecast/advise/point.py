"""One place on bare arrays: what a profile's conditions are judged on, each comparison made once.

The values are those of `forecast.advise.place`, which cells use; at a place the work lies in small
arrays, for which labels would cost more than the work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from forecast.advise.conditions import inputs
from forecast.advise.gathering import row_of, rows
from forecast.advise.ground import Ground
from forecast.advise.models import answers
from forecast.advise.place import check_ahead, check_dims, names_of, parted_ahead
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.grammar import AnyCondition
from forecast.advise.profile.kernels import kernels
from forecast.advise.profile.names import Step, measure
from forecast.advise.profile.sowing import Sowing
from forecast.advise.scores import Numbers
from forecast.advise.situation import Situation
from forecast.advise.staging import Staged, present_at
from forecast.advise.truths import Truths
from forecast.advise.weather import Weather
from forecast.agromet.truth import UNKNOWN
from forecast.times import Days, to_datetime64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Point:
    """All that the conditions of a profile are judged on at one place.

    Attributes:
        profile: that is judged.
        weather: that it is judged on.
        values: [member, step] by short name and by key of models; all missing where the forecast
            does not hold them; one row where all members are alike.
        lacking: names of those that it does not hold.
        truths: answers of conditions on them.
        numbers: numbers of comparisons on them.
        staged: stages of the crop.
        year: daily values of the season [member, day] by short name, and
        year_days: its dates.
        hours: the hours that are ahead, as a slice, and
        days: the days that are.
        parted: how the hours ahead part into the days ahead.
    """

    profile: CropProfile
    weather: Weather
    values: Mapping[str, Any]
    lacking: frozenset[str]
    truths: Truths
    numbers: Numbers
    staged: Staged
    year: Mapping[str, Any]
    year_days: Any
    hours: slice
    days: slice
    parted: Days

    @property
    def dates(self) -> Any:
        """All days, datetime64[ns]."""
        return self.staged.dates

    def steps(self, step: Step) -> Any:
        """Ends of all hours, or all days."""
        return self.weather.hourly["time"].values if step == "h" else self.dates

    def ahead(self, step: Step) -> slice:
        """The hours or days that are ahead."""
        return self.hours if step == "h" else self.days

    def warmth(self, index: str) -> tuple[Any, Any]:
        """A daily temperature of the season where it holds it, else of the forecast; its days."""
        if index in self.year:
            return self.year[index], self.year_days
        return self.values[index], self.dates

    def on_days(self, truth: Any, *, days: Any) -> Any:
        """What holds on some days on those of the weather; unknown where they lack."""
        places = np.searchsorted(days, self.dates)
        held = np.isin(self.dates, days)
        told = truth[:, np.minimum(places, days.size - 1)]
        return np.where(held, told, np.int8(UNKNOWN))

    def lacks(self, *conditions: AnyCondition) -> tuple[str, ...]:
        """Names that conditions ask for and the forecast does not hold, in their order."""
        if not self.lacking:
            return ()
        return tuple(name for name in inputs(*conditions) if name in self.lacking)

    def lacks_of(self, sowing: Sowing) -> tuple[str, ...]:
        """Likewise of a sowing: of its gates of warmth, and of what it avoids."""
        warmth = [thermal.index for thermal in sowing.thermal]
        warmth += ["tmean"] if sowing.heat_sum is not None else []
        lacking = [name for name in warmth if name in self.lacking and name not in self.year]
        return tuple(dict.fromkeys([*lacking, *self.lacks(*sowing.avoid)]))


def point_of(
    profile: CropProfile,
    weather: Weather,
    *,
    situation: Situation,
    ground: Ground | None = None,
) -> Point:
    """Put together what the conditions of a profile ask for.

    Args:
        profile: to be judged.
        weather: at one place.
        situation: what was seen.
        ground: what its soil holds, for models of it.

    Raises:
        DataError: the weather is that of several places, or ends before now.
    """
    check_ahead(weather)
    names = names_of(profile)
    made = answers(profile, weather, situation=situation, ground=ground)
    check_dims((*weather.hourly.data_vars.values(), *made.values()))
    held = rows(
        names,
        hourly=weather.hourly,
        daily=weather.daily,
        days=weather.days,
        zone=weather.zone,
    )
    held.update({key: answer.transpose(..., "day").values for key, answer in made.items()})
    lacking = frozenset(name for name in names if name not in held)
    values = {name: np.atleast_2d(held[name]) for name in names if name in held}
    values.update({name: _missing(name, weather) for name in lacking})
    ahead = weather.hourly["time"].values > to_datetime64(weather.now)
    first = int(np.argmax(ahead))
    season = None if weather.season is None else weather.season.days
    return Point(
        profile=profile,
        weather=weather,
        values=values,
        lacking=lacking,
        truths=Truths(values),
        numbers=Numbers(values),
        staged=present_at(profile, weather, situation=situation),
        year={} if season is None else _year(season),
        year_days=None if season is None else season["day"].values,
        hours=slice(first, None),
        days=slice(int(weather.ahead[0]), None),
        parted=parted_ahead(weather.days, np.flatnonzero(ahead)),
    )


def _year(season: Any) -> dict[str, Any]:
    held = {
        name: row_of(season, measure(name).daily, dim="day") for name in ("tmin", "tmax", "tmean")
    }
    return {name: np.atleast_2d(row) for name, row in held.items() if row is not None}


def _missing(name: str, weather: Weather) -> Any:
    """A row of nothing along the steps of a quantity or model."""
    kernel = kernels()[name.partition("(")[0]] if "(" in name else None
    step = kernel.step if kernel is not None else measure(name).step
    size = weather.hourly.sizes["time"] if step == "h" else weather.days.dates.size
    if kernel is not None and not kernel.units:
        return np.full((1, size), UNKNOWN, np.int8)
    return np.full((1, size), np.nan, np.float32)
