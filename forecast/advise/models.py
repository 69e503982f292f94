"""Answers of the models that a profile's conditions name, from the weather they are judged on."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import xarray as xr

from forecast.advise.balancing import FieldWater
from forecast.advise.calendar_days import month_day
from forecast.advise.chances import MEMBER
from forecast.advise.gathering import gather
from forecast.advise.ground import ASSUMED_SOIL, Ground
from forecast.advise.needing import conditions_of
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.grammar import ModelTest, leaves
from forecast.advise.situation import Situation
from forecast.advise.water_ahead import ahead
from forecast.advise.water_season import water_season
from forecast.advise.weather import Weather
from forecast.agromet.crop_coefficients import soil_named
from forecast.agromet.daylight import sunshine_hours
from forecast.agromet.degree_days import degree_days
from forecast.agromet.harvest_rain import harvest_rain_score
from forecast.agromet.late_blight import hutton, smith
from forecast.agromet.radiation import daylight_hours, extraterrestrial
from forecast.agromet.soil_moisture import relative_moisture
from forecast.agromet.timewise import along

_RAIN: Final = "precipitation_sum"
_SHORTWAVE: Final = "shortwave_down_sum"

Numbers = Mapping[str, Any]


def answers(
    profile: CropProfile,
    weather: Weather,
    *,
    situation: Situation | None = None,
    ground: Ground | None = None,
) -> dict[str, xr.DataArray]:
    """Answers by `ModelTest.key` on the days of the weather; left out where nothing tells them.

    Args:
        profile: whose conditions name the models.
        weather: with its season for models that sum.
        situation: what was seen, and
        ground: what the soil holds: for the moisture of the soil at one place.

    Returns:
        Three-valued int8 of models that answer yes or no, else float32 in the unit of the model,
        on (realization,) day, …
    """
    tests = {
        leaf.key: leaf
        for condition in conditions_of(profile)
        for leaf in leaves(condition)
        if isinstance(leaf, ModelTest)
    }
    asked = _Asked(profile, weather, situation or Situation(), ground)
    made = {key: _MADE[test.model](test.numbers, asked) for key, test in tests.items()}
    return {key: answer for key, answer in made.items() if answer is not None}


class _Asked(NamedTuple):
    """What models answer from."""

    profile: CropProfile
    weather: Weather
    situation: Situation
    ground: Ground | None


def _blight(kernel: Callable[..., xr.DataArray]) -> Callable[[Numbers, _Asked], Any]:
    def answer(numbers: Numbers, asked: _Asked) -> xr.DataArray | None:
        weather = asked.weather
        held = gather(
            ("tmin", "hours_rh90"),
            hourly=weather.hourly,
            daily=weather.daily,
            days=weather.days,
            zone=weather.zone,
        )
        if len(held) < 2:
            return None
        options = {}
        if "first_hours" in numbers:
            options["hours"] = (numbers["first_hours"], numbers["second_hours"])
        return kernel(held["tmin"], held["hours_rh90"], **options)

    return answer


def _degree_days(numbers: Numbers, asked: _Asked) -> xr.DataArray | None:
    """Sum from its day of the year on, up to each day of the forecast."""
    weather, season = asked.weather, asked.weather.season
    wanted = ("temperature_2m_max", "temperature_2m_min")
    if season is None or any(name not in season.days for name in wanted):
        return None
    begin = _begin(str(numbers["from"]), weather)
    dates = season.days["day"].values
    if dates[0] > begin:
        return None
    counts = dates >= begin
    limits = (float(numbers["base"]), None)

    def work(highest: Any, lowest: Any) -> Any:
        amounts = degree_days(highest, lowest, method=numbers["method"], limits=limits)
        return np.cumsum(np.where(counts, amounts, 0.0), axis=-1).astype(np.float32)

    total = along(work, *(season.days[name] for name in wanted), dim="day", dtype=np.float32)
    return total.reset_coords(drop=True).reindex(day=_dates(weather))


def _harvest_rain(numbers: Numbers, asked: _Asked) -> xr.DataArray | None:
    """The score of the year's harvest time from the days of the season."""
    weather, season = asked.weather, asked.weather.season
    if season is None or not {_RAIN, _SHORTWAVE, "latitude"} <= set(season.days.variables):
        return None
    days = season.days["day"]
    begin, end = (_begin(str(numbers[name]), weather) for name in ("from", "until"))
    if days.values[0] > begin:
        return None
    number, latitude = days.dt.dayofyear, season.days["latitude"]
    longest = daylight_hours(latitude, number)
    sunshine = sunshine_hours(
        season.days[_SHORTWAVE], above=extraterrestrial(latitude, number), daylight=longest
    )
    found = harvest_rain_score(
        season.days[_RAIN],
        sunshine,
        daylight=longest,
        within=(days >= begin) & (days <= end),
    )
    return found.drop_attrs().reindex(day=_dates(weather))


def _soil_moisture(numbers: Numbers, asked: _Asked) -> xr.DataArray | None:
    """Moisture of the root zone by the water balance, from what the soil is known to hold.

    None where that is only assumed, and over cells. The balance knows one root zone, so the layer
    that the profile names is not told apart.
    """
    del numbers
    profile, weather, situation, ground = asked
    water = profile.water
    if water is None or water.flooded or set(weather.daily.dims) - {MEMBER, "day", "variable"}:
        return None
    today = weather.days.dates[weather.ahead[0]].astype(date)
    season = water_season(profile, situation, today=today)
    if season is None:
        return None
    soil = soil_named(situation.soil or ASSUMED_SOIL)
    field = FieldWater(water=water, soil=soil, begins=season.begins)
    found = ahead(field, weather, situation=situation, ground=ground)
    if found is None or found.start.kind == "assumed":
        return None
    roots = np.array([field.roots(day) for day in field.season_days(found.dates).tolist()])
    moisture = relative_moisture(found.lacking, roots=roots, field_capacity=soil.field_capacity)
    days = found.dates.astype("datetime64[ns]")
    told = xr.DataArray(moisture, dims=(MEMBER, "day"), coords={"day": days})
    kept = told if told.sizes[MEMBER] > 1 else told.isel({MEMBER: 0})
    return kept.reindex(day=_dates(weather)).astype(np.float32)


def _begin(text: str, weather: Weather) -> np.datetime64:
    """A day of the year of today."""
    year = int(str(weather.days.dates[weather.ahead[0]])[:4])
    return np.datetime64(date(year, *month_day(text)), "ns")


def _dates(weather: Weather) -> Any:
    return weather.days.dates.astype("datetime64[ns]")


_MADE: Final[Mapping[str, Callable[[Numbers, _Asked], xr.DataArray | None]]] = {
    "hutton": _blight(hutton),
    "smith": _blight(smith),
    "degree_days": _degree_days,
    "harvest_rain_score": _harvest_rain,
    "relative_soil_moisture": _soil_moisture,
}
