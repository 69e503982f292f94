"""All advice of a profile at one place, from weather made by hand."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from forecast.advise.advice import Advice, Timeline
from forecast.advise.advisory import Advisory
from forecast.advise.judging import Situation, advise, needs
from forecast.advise.profile import load_profile, shipped_profile
from forecast.advise.weather import Weather
from forecast.errors import DataError
from tests.unit.advise.weathers import at, season, weather
from tests.unit.advise.written import written

RICE = shipped_profile("rice.xiaozhan.ninghe")
COTTON = shipped_profile("cotton.spring.haihe")
TEA = shipped_profile("tea.cuilan.yuexi")

SPRING = np.interp(np.arange(366), [0, 100, 200, 365], [-4.0, 13.0, 27.0, -4.0])


def told(advice: Advice, rule: str) -> Advisory:
    return {one.rule: one for one in advice.advisories}[rule]


def line(advice: Advice, rule: str) -> Timeline:
    return {one.rule: one for one in advice.timelines}[rule]


def test_every_rule_window_and_sowing_is_told_once_and_has_its_timeline() -> None:
    advice = advise(RICE, weather(RICE, now="2025-04-10T00"))
    names = [part.id for part in (*RICE.rules, *RICE.windows, *RICE.sowing)]
    assert [one.rule for one in advice.advisories] == names
    assert [one.rule for one in advice.timelines] == names
    assert set(advice.decisions) == {rule.id for rule in RICE.rules}


def test_a_frost_at_22_beijing_counts_to_the_next_day() -> None:
    # 22:00 of 21 March at Beijing is 14:00 UTC
    plain = weather(TEA, now="2025-03-20T00")
    cold = at(plain, 12.0, {"2025-03-21T14": 3.0})
    year = season(2025, tmean=np.where(np.arange(365) < 60, 9.0, 11.0))
    advice = advise(
        TEA, weather(TEA, now="2025-03-20T00", hours={"temperature_2m": cold}, season=year)
    )
    frost = told(advice, "frost.spring")
    assert (frost.state, frost.status) == (1, "warn")
    assert frost.window is not None
    assert (frost.window.begins, frost.window.ends) == ("2025-03-22", "2025-03-22")
    days = line(advice, "frost.spring")
    assert days.states[days.times.index("2025-03-21")] == "none"
    assert days.states[days.times.index("2025-03-22")] == 1


def test_hours_that_are_over_are_no_frost_to_come() -> None:
    cold = at(weather(TEA, now="2025-03-20T00"), 12.0, {"2025-03-19T22": 1.0})
    year = season(2025, tmean=9.0)
    advice = advise(
        TEA, weather(TEA, now="2025-03-20T00", hours={"temperature_2m": cold}, season=year)
    )
    assert told(advice, "frost.spring").state == "none"


def test_without_a_season_and_a_calendar_no_stage_is_known_and_there_are_no_data(
    tmp_path: Path,
) -> None:
    small = load_profile(written(tmp_path))
    advice = advise(small, weather(small, now="2025-03-20T00", hours={"temperature_2m": 1.0}))
    assert {stage.reason for stage in advice.stages} == {"not known"}
    assert told(advice, "frost").state == "no-data"


def test_advice_is_given_at_one_place() -> None:
    given = weather(RICE, now="2025-04-20T00")
    cells = replace(given, hourly=given.hourly.expand_dims(y=2))
    with pytest.raises(DataError, match="one place"):
        advise(RICE, cells)


def test_nothing_is_advised_from_a_forecast_that_is_over() -> None:
    given = weather(RICE, now="2025-04-20T00")
    late = replace(given, now=given.now + timedelta(days=6))
    with pytest.raises(DataError, match="the forecast ends"):
        advise(RICE, late)


def test_a_quantity_that_the_forecast_does_not_hold_is_named_and_never_none() -> None:
    advice = advise(RICE, weather(RICE, now="2025-04-20T00", hours={"wind_gust_10m": None}))
    cold = told(advice, "nursery.cold_wind")
    assert (cold.state, cold.lacking) == ("no-data", ("gustmax",))
    # the weather that just does is told without the gust
    drone = told(advice, "spray_drone")
    assert (drone.state, drone.lacking) == ("amber", ("gust10m",))
    without = {"wind_gust_10m": None, "delta_t": None}
    bare = advise(RICE, weather(RICE, now="2025-04-20T00", hours=without))
    assert told(bare, "spray_drone").state == "no-data"
    rainy = {"delta_t": None, "precipitation": np.tile([0.0] * 9 + [2.0] * 3, 14)}
    wet = advise(RICE, weather(RICE, now="2025-04-20T00", hours=rainy))
    assert told(wet, "spray_drone").state == "no-data"


def test_a_frost_is_warned_of_though_the_gust_is_lacking() -> None:
    hours = {"wind_gust_10m": None, "temperature_2m": -4.0}
    cold = told(advise(RICE, weather(RICE, now="2025-04-20T00", hours=hours)), "nursery.cold_wind")
    assert (cold.state, cold.lacking) == (3, ("gustmax",))


def test_one_forecast_tells_states_and_no_chances() -> None:
    hours = {"temperature_2m": -4.0}
    given = weather(RICE, now="2025-04-20T00", hours=hours, size=(48, 120, 0))
    advice = advise(RICE, given)
    cold = told(advice, "nursery.cold_wind")
    assert (cold.state, cold.probability, cold.members) == (3, None, 1)
    assert line(advice, "nursery.cold_wind").probability == {}
    assert set(cold.chances.values()) <= {None}


def test_a_rule_of_another_stage_does_not_apply() -> None:
    advice = advise(RICE, weather(RICE, now="2025-04-20T00", hours={"temperature_2m": 40.0}))
    assert told(advice, "heading.heat").state == "not-applicable"


def test_what_the_farmer_saw_decides_on_the_stage() -> None:
    given = weather(RICE, now="2025-04-02T00")
    assert told(advise(RICE, given), "nursery.cold_wind").state == "none"
    sown = Situation(sown=np.datetime64("2025-04-01").item())
    stages = {stage.id: stage.reason for stage in advise(RICE, given, situation=sown).stages}
    assert stages == {"nursery": "reported"}


def test_sowing_takes_the_season_for_its_stable_passing() -> None:
    year, long = season(2025, tmean=SPRING[:365]), (48, 360, 12)
    given = weather(RICE, now="2025-04-20T00", season=year, size=long)
    nursery = told(advise(RICE, given), "nursery_sowing")
    assert (nursery.state, nursery.gate, nursery.probability) == ("green", None, 1.0)
    # 10 degC passes on day 82 of that spring at the earliest: 24 March is too early
    early = weather(
        RICE, now="2025-03-26T00", season=season(2025, tmean=SPRING[:365] - 4.0), size=long
    )
    cold = told(advise(RICE, early), "nursery_sowing")
    assert (cold.state, cold.gate) == ("red", "thermal.0")


def test_sowing_out_of_its_days_does_not_apply() -> None:
    advice = advise(RICE, weather(RICE, now="2025-07-20T00"))
    assert told(advice, "nursery_sowing").state == "not-applicable"


@pytest.mark.parametrize("name", ["rice.xiaozhan.ninghe", "tea.cuilan.yuexi"])
def test_needs_name_what_is_asked_and_how_far_back(name: str) -> None:
    asked = needs(shipped_profile(name))
    assert {"temperature_2m", "precipitation"} <= set(asked.hourly)
    assert asked.season
    # rice: a run of 8 days reaches 7 days back, and today's own hours; tea: 3 days
    assert asked.past_hours == {"rice.xiaozhan.ninghe": 192, "tea.cuilan.yuexi": 72}[name]


def test_a_warning_stands_while_it_is_still_watched_and_is_cleared_after() -> None:
    def cold(members: int) -> Weather:
        row = np.full((12, 168), 12.0)
        row[:members, 100] = -4.0
        return weather(RICE, now="2025-04-20T00", hours={"temperature_2m": row})

    first = advise(RICE, cold(6))
    assert told(first, "nursery.cold_wind").change == "raised"
    # 2 of 12 is below the ratio of 0.2, and above the half of it
    again = advise(RICE, cold(2), before=first.decisions)
    assert (told(again, "nursery.cold_wind").state, told(again, "nursery.cold_wind").change) == (
        3,
        "unchanged",
    )
    assert told(advise(RICE, cold(2)), "nursery.cold_wind").status == "watch"
    over = advise(RICE, cold(0), before=again.decisions)
    assert told(over, "nursery.cold_wind").change == "cleared"


def test_without_the_place_daylight_is_lacking_and_no_window_is_called_shut() -> None:
    given = weather(RICE, now="2025-04-20T00")
    nowhere = replace(given, hourly=given.hourly.drop_vars("latitude"))
    drone = told(advise(RICE, nowhere), "spray_drone")
    assert (drone.state, drone.lacking) == ("no-data", ("sun_elevation",))


@pytest.mark.parametrize(
    ("spread", "years", "state", "gate"),
    [
        (5.0, 5, "green", None),
        (16.0, 5, "red", "last_frost"),
        (5.0, 0, "no-data", "last_frost"),
    ],
)
def test_cotton_waits_until_past_years_tell_of_no_more_frost(
    spread: float, years: int, state: str, gate: str | None
) -> None:
    # means of past years are 16.5 degC on 6 May, behind the mild days of the forecast: nights
    # 16 K colder than that still freeze
    year = season(2025, tmean=SPRING[:365], spread=spread, years=years)
    given = weather(COTTON, now="2025-04-20T00", season=year, size=(240, 360, 12))
    sowing = told(advise(COTTON, given), COTTON.sowing[0].id)
    assert (sowing.state, sowing.gate) == (state, gate)
