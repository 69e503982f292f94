"""What is at hand at a place or over cells: values by short name, stages, steps still ahead."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from forecast.advise.chances import MEMBER
from forecast.advise.conditions import DIM, inputs
from forecast.advise.gathering import gather
from forecast.advise.models import answers
from forecast.advise.needing import conditions_of
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.grammar import AnyCondition
from forecast.advise.profile.kernels import kernels
from forecast.advise.profile.names import measure
from forecast.advise.profile.sowing import Sowing
from forecast.advise.situation import Situation
from forecast.advise.staging import present
from forecast.advise.weather import Weather
from forecast.agromet.truth import UNKNOWN
from forecast.errors import DataError
from forecast.times import Days, iso, to_datetime64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Place:
    """All that the conditions of a profile are judged on, at one place or over cells.

    Attributes:
        profile: that is judged.
        weather: that it is judged on.
        values: by short name and by key of models; all missing where the forecast does not hold
            them.
        lacking: names of those that it does not hold.
        stages: from `staging.present`.
        hours: places of the hours that are ahead, and
        parted: how they part into the days ahead.
    """

    profile: CropProfile
    weather: Weather
    values: dict[str, xr.DataArray]
    lacking: frozenset[str]
    stages: xr.DataArray
    hours: Any
    parted: Days

    @property
    def days(self) -> Any:
        """Places of the days ahead."""
        return self.weather.ahead

    @property
    def members(self) -> bool:
        """Whether there are members, not one forecast."""
        return MEMBER in self.weather.hourly.dims or MEMBER in self.weather.daily.dims

    @property
    def year(self) -> dict[str, xr.DataArray]:
        """Daily values of the season by short name."""
        season = self.weather.season
        if season is None:
            return {}
        held = {name: season.days.get(measure(name).daily) for name in ("tmin", "tmax", "tmean")}
        return {name: field for name, field in held.items() if field is not None}

    def ahead(self, field: xr.DataArray) -> xr.DataArray:
        """The steps of a field that are ahead, hours or days."""
        return field.isel(time=self.hours) if "time" in field.dims else field.isel(day=self.days)

    def lacks(self, *conditions: AnyCondition) -> tuple[str, ...]:
        """Names that conditions ask for and the forecast does not hold, in their order."""
        return tuple(name for name in inputs(*conditions) if name in self.lacking)

    def lacks_of(self, sowing: Sowing) -> tuple[str, ...]:
        """Likewise of a sowing: of its gates of warmth, and of what it avoids."""
        warmth = [thermal.index for thermal in sowing.thermal]
        warmth += ["tmean"] if sowing.heat_sum is not None else []
        lacking = [name for name in warmth if name in self.lacking and name not in self.year]
        return tuple(dict.fromkeys([*lacking, *self.lacks(*sowing.avoid)]))


def place_of(profile: CropProfile, weather: Weather, *, situation: Situation) -> Place:
    """Put together what the conditions of a profile ask for.

    Args:
        profile: to be judged.
        weather: at one place.
        situation: what was seen.

    Raises:
        DataError: the weather is that of several places, or ends before now.
    """
    place = cells_of(profile, weather, situation=situation)
    check_dims(place.values.values())
    return place


def cells_of(profile: CropProfile, weather: Weather, *, situation: Situation) -> Place:
    """The same of many cells: all dims besides members and steps ride along.

    Args:
        profile: to be judged.
        weather: over cells.
        situation: what was seen, alike in all of them.

    Raises:
        DataError: the weather ends before now.
    """
    check_ahead(weather)
    held = gather(
        names_of(profile),
        hourly=weather.hourly,
        daily=weather.daily,
        days=weather.days,
        zone=weather.zone,
    )
    held.update(answers(profile, weather))
    lacking = [name for name in names_of(profile) if name not in held]
    held.update({name: _missing(name, weather) for name in lacking})
    hours = np.flatnonzero(weather.hourly["time"].values > to_datetime64(weather.now))
    return Place(
        profile=profile,
        weather=weather,
        values=held,
        lacking=frozenset(lacking),
        stages=present(profile, weather, situation=situation),
        hours=hours,
        parted=parted_ahead(weather.days, hours),
    )


def names_of(profile: CropProfile) -> tuple[str, ...]:
    """Short names and keys of models that a profile is judged on."""
    found = list(inputs(*conditions_of(profile)))
    found += [thermal.index for sowing in profile.sowing for thermal in sowing.thermal]
    found += ["tmean" for sowing in profile.sowing if sowing.heat_sum is not None]
    return tuple(dict.fromkeys(found))


def _missing(name: str, weather: Weather) -> xr.DataArray:
    """A row of nothing along the steps of a quantity or model."""
    kernel = kernels()[name.partition("(")[0]] if "(" in name else None
    dim = DIM[kernel.step if kernel is not None else measure(name).step]
    steps = weather.hourly["time"] if dim == "time" else _dates(weather)
    row = np.full(steps.size, np.nan, np.float32)
    if kernel is not None and not kernel.units:
        row = np.full(steps.size, UNKNOWN, np.int8)
    return xr.DataArray(row, dims=dim, coords={dim: np.asarray(steps)})


def parted_ahead(days: Days, hours: Any) -> Days:
    """The days of some of the hours, the last ones [places]."""
    number = days.number[hours]
    first = number[0]
    return replace(
        days,
        dates=days.dates[first:],
        starts=days.starts[first:],
        ends=days.ends[first:],
        number=number - first,
        expected=days.expected[first:],
        present=np.bincount(number - first).astype(np.int64),
    )


def _dates(weather: Weather) -> Any:
    return weather.days.dates.astype("datetime64[ns]")


def check_dims(fields: Iterable[xr.DataArray]) -> None:
    """Refuse fields of several places.

    Raises:
        DataError: one has dims besides members and steps.
    """
    dims = {str(dim) for field in fields for dim in field.dims} - {MEMBER, "time", "day"}
    if dims:
        raise DataError(f"advice was asked at one place; the weather has the dims {sorted(dims)}")


def check_ahead(weather: Weather) -> None:
    """Refuse a forecast that is over.

    Raises:
        DataError: no hour of it is ahead.
    """
    times = weather.hourly["time"].values
    if times[-1] <= to_datetime64(weather.now):
        raise DataError(
            f"advice was asked for {iso(weather.now)}; the forecast ends at {iso(times[-1])}"
        )
