"""Models that conditions name, answered from weather made by hand."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import xarray as xr

from forecast.advise.ground import Ground
from forecast.advise.judging import Situation, advise
from forecast.advise.models import answers
from forecast.advise.profile import shipped_profile
from forecast.advise.weather import Season, Weather
from forecast.agromet.truth import NO, UNKNOWN, YES
from tests.unit.advise.weathers import season, weather

RICE = shipped_profile("rice.xiaozhan.ninghe")
POTATO = shipped_profile("potato.spring.north")
WHEAT = shipped_profile("wheat.winter.haihe")
MAIZE = shipped_profile("maize.summer.haihe")
STEM_BORER = "degree_days(base=12.9, from=03-01, method=simple)"
SCORE = "harvest_rain_score(from=05-20, until=06-10)"
MOISTURE = "relative_soil_moisture(depth=200.0)"


def _day(told: xr.DataArray, day: str) -> float:
    return float(told.sel(day=day).isel(realization=0).values)


def test_degree_days_are_summed_from_their_day_over_past_members_and_normals() -> None:
    given = weather(RICE, now="2025-04-20T00", season=season(2025, tmean=15.0))
    told = answers(RICE, given)[STEM_BORER]
    # 2.1 K d on each day from 1 March on: 51 days up to 20 April
    assert _day(told, "2025-04-20") == pytest.approx(51 * 2.1, rel=1e-5)
    assert told.sizes["day"] == given.days.dates.size


def test_degree_days_without_a_season_are_left_out_and_named_as_lacking() -> None:
    given = weather(RICE, now="2025-05-01T00")
    assert STEM_BORER not in answers(RICE, given)
    borer = {one.rule: one for one in advise(RICE, given).advisories}["pest.stem_borer"]
    assert (borer.state, borer.lacking) == ("no-data", (STEM_BORER,))


@pytest.mark.parametrize(
    ("hours", "hutton", "smith"), [(5, NO, NO), (6, YES, NO), (10, YES, NO), (11, YES, YES)]
)
def test_late_blight_asks_two_warm_nights_with_humid_hours(
    hours: int, hutton: int, smith: int
) -> None:
    """Hutton: 10 degC and 6 h of 90 % on two days; Smith as the profile words it: 10 h, 11 h."""
    humid = np.tile([95.0] * hours + [60.0] * (24 - hours), 7)
    given = weather(
        POTATO, now="2025-06-10T00", hours={"relative_humidity_2m": humid}, size=(48, 120, 0)
    )
    told = answers(POTATO, given)
    day = np.datetime64("2025-06-12", "ns")
    assert told["hutton()"].sel(day=day) == hutton
    assert told["smith(first_hours=10.0, second_hours=11.0)"].sel(day=day) == smith
    assert told["hutton()"].values[-1] == (UNKNOWN if hours > 5 else NO)


def _spring(rain: float, *, shortwave: float) -> Season:
    """So many mm, and MJ m-2, on each day of the year."""
    year = season(2025, tmean=20.0)
    wet = xr.full_like(year.days["precipitation_sum"], rain)
    days = year.days.assign(precipitation_sum=wet, shortwave_down_sum=xr.full_like(wet, shortwave))
    return replace(year, days=days.assign_coords(latitude=39.3))


def test_the_score_of_rain_at_harvest_is_that_of_the_days_of_the_season() -> None:
    given = weather(WHEAT, now="2025-06-06T00", season=_spring(10.0, shortwave=5.0))
    told = answers(WHEAT, given)[SCORE]
    # 10 mm from 20 May on: 110 mm and 11 wet days by the 30th, 130 mm and 13 by 1 June
    assert _day(told, "2025-06-10") == 9.0
    harvest = {one.rule: one for one in advise(WHEAT, given).advisories}["harvest.rain"]
    assert harvest.state == 3
    dry = weather(WHEAT, now="2025-06-06T00", season=_spring(0.0, shortwave=25.0))
    assert _day(answers(WHEAT, dry)[SCORE], "2025-06-06") == 0.0


def _drying(**about: float) -> Weather:
    return weather(MAIZE, now="2025-07-20T00", hours=dict(about), size=(48, 240, 12))


def test_soil_moisture_is_carried_on_from_what_was_reported() -> None:
    told = answers(MAIZE, _drying(), situation=Situation(soil_moisture=70.0))[MOISTURE]
    held = told.isel(realization=0).dropna("day").values
    assert 60.0 < held[0] < 70.0
    assert np.all(np.diff(held) < 0)


def test_soil_moisture_of_the_weather_model_counts_where_nothing_was_reported() -> None:
    ground = Ground(model_soil_moisture=50.0)
    told = answers(MAIZE, _drying(), ground=ground)[MOISTURE]
    assert 40.0 < _day(told, "2025-07-20") < 50.0
    advice = advise(MAIZE, _drying(), ground=ground)
    drought = {one.rule: one for one in advice.advisories}["drought"]
    assert drought.status == "warn"


def test_soil_moisture_that_is_only_assumed_is_unknown_and_no_drought_is_ruled_out() -> None:
    assert MOISTURE not in answers(MAIZE, _drying())
    drought = {one.rule: one for one in advise(MAIZE, _drying()).advisories}["drought"]
    assert (drought.state, drought.lacking) == ("no-data", (MOISTURE,))


def test_a_kept_state_from_before_the_hours_at_hand_is_not_used() -> None:
    state = xr.Dataset({"root_zone_depletion": 40.0, "root_depth": 0.8})
    kept = Ground(water_state=state, water_state_day=date(2025, 7, 18))
    assert MOISTURE in answers(MAIZE, _drying(), ground=kept)
    old = Ground(water_state=state, water_state_day=date(2025, 6, 1))
    assert MOISTURE not in answers(MAIZE, _drying(), ground=old)
