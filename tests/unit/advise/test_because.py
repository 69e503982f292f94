"""The number beside every state: what reaches a level, limits a window, keeps from sowing."""

from dataclasses import replace

import numpy as np

from forecast.advise.advice import Advice
from forecast.advise.advisory import Advisory, Because
from forecast.advise.judging import advise
from forecast.advise.profile import shipped_profile
from tests.unit.advise.weathers import at, season, weather

RICE = shipped_profile("rice.xiaozhan.ninghe")
TEA = shipped_profile("tea.cuilan.yuexi")
SPRING = np.interp(np.arange(365), [0, 90, 200, 364], [-4.0, 14.0, 27.0, -4.0])


def _told(advice: Advice, rule: str) -> Advisory:
    return {one.rule: one for one in advice.advisories}[rule]


def _because(advice: Advice, rule: str) -> Because:
    found = _told(advice, rule).because
    assert found is not None
    return found


def test_a_frost_is_told_with_its_value_threshold_hour_and_margin() -> None:
    plain = weather(TEA, now="2025-03-20T00")
    cold = at(plain, 12.0, {"2025-03-21T20": 1.4, "2025-03-21T21": 1.0})
    hours = {"temperature_2m": cold + np.linspace(-0.4, 0.4, 12)[:, np.newaxis]}
    year = season(2025, tmean=9.0)
    frost = advise(TEA, weather(TEA, now="2025-03-20T00", hours=hours, season=year))
    told = _because(frost, "frost.spring")
    assert _told(frost, "frost.spring").state == 2
    # two hours at 2 degC or less: the warmer of the two decides
    assert (told.subject, told.value, told.threshold, told.unit) == ("t2m", 1.4, 2.0, "degC")
    assert told.at == "2025-03-21T20:00:00Z"
    assert (told.margin, told.holds) == (0.6, True)
    # the standard deviation of twelve members from -0.4 to 0.4 is 0.262
    assert told.margin_in_spread == 2.29
    assert told.flip == 0.7


def test_where_there_is_no_hazard_the_coldest_day_to_come_is_told() -> None:
    plain = weather(RICE, now="2025-04-20T00")
    cold = at(plain, 15.0, {"2025-04-22T20": 6.1})
    told = advise(RICE, weather(RICE, now="2025-04-20T00", hours={"temperature_2m": cold}))
    # level 1 lies at 8 degC in the tunnel, 5 degC at the screen
    because = _because(told, "nursery.cold_wind")
    assert (because.value, because.threshold, because.at) == (6.1, 5.0, "2025-04-23")
    assert (because.margin, because.holds) == (-1.1, False)


def test_a_rule_that_does_not_apply_or_is_not_known_has_no_number() -> None:
    empty = {"temperature_2m": np.nan, "wind_gust_10m": np.nan}
    told = advise(RICE, weather(RICE, now="2025-04-20T00", hours=empty))
    assert _told(told, "heading.heat").because is None
    assert _told(told, "nursery.cold_wind").because is None


def test_a_red_window_tells_what_keeps_its_best_hours_closed() -> None:
    told = advise(RICE, weather(RICE, now="2025-04-20T00", hours={"wind_speed_10m": 6.5}))
    assert _told(told, "spray_drone").state == "red"
    because = _because(told, "spray_drone")
    assert (because.subject, because.value, because.threshold) == ("wind10m", 6.5, 4.0)
    assert (because.margin, because.holds, because.flip) == (-2.5, False, -2.5)


def test_an_amber_window_tells_what_keeps_it_from_green() -> None:
    told = advise(RICE, weather(RICE, now="2025-04-20T00", hours={"wind_speed_10m": 3.6}))
    assert _told(told, "spray_drone").state == "amber"
    because = _because(told, "spray_drone")
    assert (because.subject, because.threshold, because.holds) == ("wind10m", 3.0, False)
    assert because.margin == -0.6


def test_a_green_window_tells_what_limits_it() -> None:
    told = advise(RICE, weather(RICE, now="2025-04-20T00", hours={"wind_gust_10m": 4.7}))
    assert _told(told, "spray_drone").state == "green"
    because = _because(told, "spray_drone")
    assert (because.subject, because.value, because.threshold) == ("gust10m", 4.7, 5.0)
    assert (because.margin, because.holds) == (0.3, True)


def test_sowing_that_must_wait_for_the_wind_tells_the_gust_and_speaks_against_it() -> None:
    plain = weather(RICE, now="2025-04-20T00", size=(48, 360, 12))
    gusts = at(plain, 5.0, {"2025-04-21T06": 26.0})
    given = weather(
        RICE,
        now="2025-04-20T00",
        hours={"wind_gust_10m": gusts},
        size=(48, 360, 12),
        season=season(2025, tmean=SPRING),
    )
    told = advise(RICE, given)
    assert (_told(told, "nursery_sowing").state, _told(told, "nursery_sowing").gate) == (
        "red",
        "avoid.2",
    )
    because = _because(told, "nursery_sowing")
    assert (because.subject, because.value, because.threshold) == ("gustmax", 26.0, 17.2)
    assert (because.margin, because.holds, because.op) == (-8.8, False, ">=")


def test_sowing_that_waits_for_warmth_tells_the_mean_of_the_days_to_come() -> None:
    given = weather(RICE, now="2025-03-26T00", season=season(2025, tmean=SPRING - 6.0))
    told = advise(RICE, given)
    assert _told(told, "nursery_sowing").gate == "thermal.0"
    because = _because(told, "nursery_sowing")
    # 0.2 degC a day: 10.8, 11.0 … 11.6 less 6 on 26 to 30 March
    assert (because.subject, because.threshold, because.at) == ("tmean", 10.0, "2025-03-26")
    assert because.value == 7.2
    assert (because.margin, because.holds) == (-2.8, False)


def test_quantities_that_are_alike_in_all_members_are_told_without_chances() -> None:
    given = weather(RICE, now="2025-04-20T00", hours={"temperature_2m": -4.0})
    alike = given.daily.map(lambda field: field.isel(realization=0), keep_attrs=True)
    told = advise(RICE, replace(given, daily=alike))
    cold = _told(told, "nursery.cold_wind")
    assert (cold.state, cold.probability, cold.members) == (3, None, 1)
