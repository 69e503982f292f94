"""A sowing window is shut by what was reported of the field, and by nothing else but its season."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from forecast.advise.advisory import Advisory
from forecast.advise.grading import grade_maps
from forecast.advise.judging import Situation, advise
from forecast.advise.profile import CropProfile, load_profile, shipped_profile
from forecast.advise.sown import done
from forecast.advise.stages import Report
from forecast.advise.words import texts
from forecast.errors import InvalidProfile
from tests.unit.advise.weathers import season, weather
from tests.unit.advise.words.made import BAOJIA
from tests.unit.advise.written import written

RICE = shipped_profile("rice.xiaozhan.ninghe")
MAIZE = shipped_profile("maize.spring.north")
WHEAT = shipped_profile("wheat.winter.haihe")
TODAY = date(2025, 4, 12)
YEAR = np.interp(np.arange(365), [0, 100, 200, 364], [-4.0, 13.0, 27.0, -4.0])


def seen(stage: str, on: date = TODAY) -> Situation:
    return Situation(report=Report(stage, on))


def told(
    situation: Situation, rule: str = "nursery_sowing", now: str = "2025-04-12T00"
) -> Advisory:
    given = weather(RICE, now=now, season=season(2025, tmean=YEAR))
    advice = advise(RICE, given, situation=situation)
    return {one.rule: one for one in advice.advisories}[rule]


@pytest.mark.parametrize("stage", ["nursery", "transplant", "harvest"])
def test_a_later_stage_that_was_seen_shuts_the_sowing(stage: str) -> None:
    shut = told(seen(stage))
    assert (shut.state, shut.status, shut.gate) == ("not-applicable", "not-applicable", "stage")
    assert (shut.window, shut.next_window) == (None, None)
    said = texts(shut, RICE, about=BAOJIA)
    assert said["zh"].state == "已播（栽），不再判断"
    assert said["zh"].reason == "据上报，作物已经播（栽）或已过“备播期”。"
    assert said["en"].state == "Sown or planted already"
    assert "sown or planted already" in said["en"].message


def test_an_earlier_stage_leaves_it_to_the_weather() -> None:
    plain, earlier = told(Situation()), told(seen("pre_sowing"))
    assert earlier.state in {"red", "amber", "green"}
    assert (earlier.state, earlier.window, earlier.gate) == (plain.state, plain.window, plain.gate)


def test_the_calendar_alone_shuts_nothing_within_the_season() -> None:
    # on 20 April the nursery is usual, and many a field is not sown yet
    assert told(Situation(), now="2025-04-20T00").state != "not-applicable"


def test_a_seedling_in_the_nursery_may_still_be_planted_and_a_planted_one_not() -> None:
    now = "2025-05-20T00"
    nursery, tillering = seen("nursery", date(2025, 5, 10)), seen("tillering", date(2025, 5, 18))
    assert told(nursery, "transplanting", now).state in {"red", "amber", "green"}
    assert told(tillering, "transplanting", now).state == "not-applicable"
    assert told(nursery, "nursery_sowing", now).state == "not-applicable"


def days(profile: CropProfile, place: int, first: date, situation: Situation) -> list[bool]:
    """Whether the sowing is done on ten days from the first on."""
    dates = np.datetime64(first, "ns") + np.arange(10) * np.timedelta64(1, "D")
    found = done(profile.phenology, profile.sowing[place], dates=dates, situation=situation)
    return list(found.tolist())


def test_a_day_of_sowing_shuts_the_sowing_from_that_day_on_and_not_the_planting() -> None:
    sown = Situation(sown=date(2025, 5, 4))
    assert days(MAIZE, 0, date(2025, 5, 1), sown) == [False] * 3 + [True] * 7
    assert days(RICE, 0, date(2025, 5, 1), sown) == [False] * 3 + [True] * 7
    assert not any(days(RICE, 1, date(2025, 5, 8), sown))


def test_the_harvest_of_one_crop_leaves_the_sowing_of_the_next_open() -> None:
    harvest = seen("harvest", date(2025, 6, 10))
    assert not any(days(WHEAT, 0, date(2025, 9, 28), harvest))
    assert not any(days(WHEAT, 0, date(2025, 9, 28), Situation(sown=date(2024, 10, 6))))
    assert all(days(WHEAT, 0, date(2025, 10, 12), seen("tillering", date(2025, 10, 10))))


def test_cells_of_a_map_say_what_the_place_says() -> None:
    given = weather(RICE, now="2025-04-12T00")
    shut = grade_maps(RICE, given, situation=seen("nursery"), rules=["nursery_sowing"])
    assert set(shut["sowing_nursery_sowing"].values.ravel().tolist()) == {-2}
    assert "not_applicable" in shut["sowing_nursery_sowing"].attrs["flag_meanings"]


def test_a_last_stage_that_the_profile_does_not_have_is_refused(tmp_path: Path) -> None:
    bad = ('    latest: "04-30"\n', '    latest: "04-30"\n    last_stage: bud\n')
    with pytest.raises(InvalidProfile, match="there is no stage 'bud' under phenology; did you"):
        load_profile(written(tmp_path, bad))


def test_a_sowing_that_names_no_last_stage_is_shut_by_its_season_alone() -> None:
    plain = RICE.sowing[0].model_copy(update={"last_stage": None})
    dates = np.array(["2025-04-12"], "datetime64[ns]")
    assert not done(RICE.phenology, plain, dates=dates, situation=seen("harvest")).any()
