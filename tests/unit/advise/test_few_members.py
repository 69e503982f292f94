"""Too few members tell no chance, and say so; one forecast is judged and tells no chance either."""

import numpy as np
import pytest

from forecast.advise.advice import Advice
from forecast.advise.advisory import Advisory
from forecast.advise.grading import grade_maps
from forecast.advise.judging import advise
from forecast.advise.profile import shipped_profile
from forecast.advise.words import texts
from tests.unit.advise.weathers import weather
from tests.unit.advise.words.made import BAOJIA

MAIZE = shipped_profile("maize.spring.north")
RICE = shipped_profile("rice.xiaozhan.ninghe")

GALE = {"temperature_2m": 5.0, "wind_gust_10m": 20.0}
"""In the nursery: below 7 degC with gusts above 17.2 m/s, level 2."""


def of(members: int, hours: dict[str, float]) -> Advice:
    """Advice for rice on 12 April from so many members, 0 for one forecast."""
    return advise(RICE, weather(RICE, now="2025-04-12T00", hours=hours, size=(48, 120, members)))


def on(advice: Advice, rule: str) -> Advisory:
    return {one.rule: one for one in advice.advisories}[rule]


@pytest.mark.parametrize("rule", ["nursery.cold_wind", "spray_drone"])
@pytest.mark.parametrize("members", [2, 9])
def test_too_few_members_are_no_data_with_how_many_are_needed(rule: str, members: int) -> None:
    told = on(of(members, GALE), rule)
    assert (told.state, told.no_data) == ("no-data", "few-members")
    assert (told.members, told.members_needed, told.probability) == (members, 10, None)
    said = texts(told, RICE, about=BAOJIA)
    assert said["zh"].state == f"给出可能性至少要10个成员，本次预报只有{members}个，无法判断"
    wanted = f"a chance needs at least 10 members, and this run has {members}"
    assert said["en"].state == f"Cannot be said: {wanted}"
    assert f"无法判断，至少要10个成员，本次只有{members}个。" in said["zh"].message


@pytest.mark.parametrize("members", [0, 1])
def test_one_forecast_is_judged_and_says_that_it_tells_no_chance(members: int) -> None:
    told = on(of(members, GALE), "nursery.cold_wind")
    assert (told.state, told.status, told.no_data) == (2, "warn", None)
    assert (told.members, told.probability) == (1, None)
    said = texts(told, RICE, about=BAOJIA)
    assert said["zh"].confidence == "这一项只有单一预报，给不出可能性。"
    assert "（单一预报，可能性不明）" in said["zh"].message
    assert "(single forecast, no probability)" in said["en"].message


def test_ten_members_are_enough() -> None:
    told = on(of(10, GALE), "nursery.cold_wind")
    assert (told.state, told.no_data, told.members_needed) == (2, None, None)
    assert told.probability == 1.0


def test_what_the_forecast_lacks_is_told_before_its_few_members() -> None:
    advice = advise(
        RICE, weather(RICE, now="2025-04-12T00", hours={"wind_gust_10m": None}, size=(48, 120, 5))
    )
    told = on(advice, "nursery.cold_wind")
    assert (told.no_data, told.members_needed, told.lacking) == ("lacking", None, ("gustmax",))


def test_drought_without_a_known_soil_moisture_says_what_to_report() -> None:
    advice = advise(MAIZE, weather(MAIZE, now="2025-07-01T00", size=(48, 120, 12)))
    told = on(advice, "drought")
    assert (told.state, told.no_data) == ("no-data", "lacking")
    said = texts(told, MAIZE, about=BAOJIA)
    assert said["zh"].state == "没有土壤墒情资料，无法判断；上报墒情后就能判断"
    assert "干旱无法判断，请上报墒情。" in said["zh"].message
    assert "report it to have this judged" in said["en"].state


def test_missing_values_of_enough_members_are_neither() -> None:
    told = on(of(12, {"temperature_2m": np.nan, "wind_gust_10m": np.nan}), "nursery.cold_wind")
    assert (told.state, told.no_data) == ("no-data", "missing")


@pytest.mark.parametrize(("members", "state"), [(1, 2), (5, -1), (10, 2)])
def test_a_cell_of_the_map_says_the_same(members: int, state: int) -> None:
    given = weather(RICE, now="2025-04-12T00", hours=GALE, size=(48, 120, members))
    field = grade_maps(RICE, given, rules=["nursery.cold_wind"])["state_nursery_cold_wind"]
    assert field.sel(day="2025-04-13").item() == state
