"""Answers of the models that a profile's conditions name, from the weather they are judged on."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.advise.calendar_days import month_day
from forecast.advise.gathering import gather
from forecast.advise.needing import conditions_of
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.grammar import ModelTest, leaves
from forecast.advise.weather import Weather
from forecast.agromet.degree_days import accumulate, degree_days
from forecast.agromet.late_blight import hutton, smith

Numbers = Mapping[str, Any]


def answers(profile: CropProfile, weather: Weather) -> dict[str, xr.DataArray]:
    """Answers by `ModelTest.key` on the days of the weather; left out where nothing tells them.

    Args:
        profile: whose conditions name the models.
        weather: with its season for models that sum.

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
    made = {key: _MADE[test.model](test.numbers, weather) for key, test in tests.items()}
    return {key: answer for key, answer in made.items() if answer is not None}


def _blight(kernel: Callable[..., xr.DataArray]) -> Callable[[Numbers, Weather], Any]:
    def answer(numbers: Numbers, weather: Weather) -> xr.DataArray | None:
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


def _degree_days(numbers: Numbers, weather: Weather) -> xr.DataArray | None:
    """Sum from its day of the year on, up to each day of the forecast."""
    season = weather.season
    wanted = ("temperature_2m_max", "temperature_2m_min")
    if season is None or any(name not in season.days for name in wanted):
        return None
    amounts = degree_days(
        *(season.days[name] for name in wanted),
        method=numbers["method"],
        limits=(numbers["base"], None),
    )
    begin = _begin(numbers["from"], weather)
    if season.days["day"].values[0] > begin:
        return None
    total = accumulate(amounts, biofix=begin)
    return total.reindex(day=_dates(weather)).astype(np.float32)


def _begin(text: str, weather: Weather) -> np.datetime64:
    """A day of the year of today."""
    year = int(str(weather.days.dates[weather.ahead[0]])[:4])
    return np.datetime64(date(year, *month_day(text)), "ns")


def _dates(weather: Weather) -> Any:
    return weather.days.dates.astype("datetime64[ns]")


def _unknown(numbers: Numbers, weather: Weather) -> None:
    del numbers, weather


_MADE: Final[Mapping[str, Callable[[Numbers, Weather], xr.DataArray | None]]] = {
    "hutton": _blight(hutton),
    "smith": _blight(smith),
    "degree_days": _degree_days,
    "harvest_rain_score": _unknown,
    "relative_soil_moisture": _unknown,
}
