"""Dates of stages by hand: members, years, thresholds and reports; height and warmth move them."""

from datetime import date, timedelta

import numpy as np
import pytest

from forecast.advise.phenology_dates import stage_dates
from forecast.advise.profile import shipped_profile
from forecast.advise.stages import Report
from forecast.errors import DataError, InvalidRequest
from tests.unit.advise.watered import season

TEA = shipped_profile("tea.cuilan.yuexi")
TODAY = date(2025, 3, 10)
# the thresholds as they are, without their spread
SURE = TEA.model_copy(
    update={
        "phenology": TEA.phenology.model_copy(
            update={
                "stages": tuple(
                    stage.model_copy(update={"gdd_sd": 0.0}) for stage in TEA.phenology.stages
                )
            }
        )
    }
)


def _steady(mean: float, *shape: int) -> np.ndarray:
    return np.full((*shape, 365), mean)


def _year(**named):
    return {"first": "2025-01-01", "forecast_from": "2025-03-10", **named}


def _found(profile, given, **more):
    return {one.id: one for one in stage_dates(profile, given, today=TODAY, **more)}


def test_tea_is_plucked_when_153_point_6_degree_days_above_7_have_passed_since_20_february() -> (
    None
):
    """Sun et al. in Shaanxi Meteorology 2022: at 13 degC, 6 a day, the 26th day has 156."""
    found = _found(SURE, season(_steady(13.0), **_year()))
    plucking = found["plucking"]
    day = str(date(2025, 2, 20) + timedelta(days=25))
    assert (plucking.p10, plucking.p50, plucking.p90) == (day, day, day)
    assert (plucking.reached, plucking.chance_in_forecast) == (None, 1.0)
    assert (plucking.threshold, plucking.futures, plucking.years) == (153.6, 1, 0)
    # 60 degC d, the tenth day: bud swell is the newest that was reached
    assert list(found) == ["bud_swell", "plucking", "late_spring", "summer"]
    assert found["bud_swell"].reached == "2025-03-01"
    assert found["summer"].p50 == str(date(2025, 2, 20) + timedelta(days=149))


def test_the_threshold_is_drawn_from_its_distribution_in_strata() -> None:
    """153.6 ± 20 at 6 a day: strata at 0.5/9, 1.5/9 … of it give 122 to 185 degC d."""
    plucking = _found(TEA, season(_steady(13.0), **_year()))["plucking"]
    assert (plucking.futures, plucking.threshold_sd) == (9, 20.0)
    # P10 is the first of nine, 153.6 - 1.593 x 20 = 121.7; P50 the fifth; P90 the last, 185.5
    passed = [int(np.ceil(total / 6.0)) - 1 for total in (121.74, 153.6, 185.46)]
    days = [str(date(2025, 2, 20) + timedelta(days=each)) for each in passed]
    assert [plucking.p10, plucking.p50, plucking.p90] == days
    # within the forecast, to 24 March, 33 days: 198 degC d
    assert plucking.chance_in_forecast == 1.0


def test_futures_are_members_times_years_and_rank_by_date() -> None:
    """Two members of 3 and 9 degC d a day, three years of 2, 4 and 8 behind them."""
    members = _steady(9.0, 2)  # 2 degC d a day: 36 to 9 March
    members[0, 68:83], members[1, 68:83] = 10.0, 16.0
    years = _steady(0.0, 3) + np.array([[9.0], [11.0], [15.0]])
    found = _found(SURE, season(members, years=years, **_year()))["plucking"]
    # to 24 March 36 + 15 x 3 = 81 or 36 + 15 x 9 = 171: the second has 153.6 on the 14th day
    assert (found.futures, found.members, found.years) == (6, 2, 3)
    assert found.chance_in_forecast == pytest.approx(0.5)
    assert found.p10 == "2025-03-23"
    assert found.p50 == "2025-03-23"
    # 72.6 more at 2, 4 and 8 a day take 37, 19 and 10 days from 25 March on
    assert found.p90 == "2025-04-30"


def test_what_is_not_reached_within_the_year_has_no_date() -> None:
    found = _found(TEA, season(_steady(7.2), **_year()))
    assert found["plucking"].p10 is None
    assert found["plucking"].chance_in_forecast == 0.0
    assert found["dormant"].reached == "2025-02-20"


def _slope(metres: float, *, warmer: float = 0.0) -> np.ndarray:
    """A year of the Dabie mountains by height, 6.5 K km-1: 3.5 degC in January, 27.5 in July."""
    days = np.arange(365)
    return 15.5 - 12.0 * np.cos(2 * np.pi * (days - 20) / 365) + warmer - 0.0065 * (metres - 100.0)


def test_heights_of_300_and_900_m_open_their_windows_weeks_apart() -> None:
    low, high = (
        _found(TEA, season(_slope(metres), **_year()))["plucking"] for metres in (300.0, 900.0)
    )
    assert low.p90 < high.p10
    apart = date.fromisoformat(high.p50) - date.fromisoformat(low.p50)
    assert 15 <= apart.days <= 27  # 3.9 K at 4 to 7 days each


def test_a_kelvin_of_warmth_brings_the_first_plucking_forward_by_four_to_seven_days() -> None:
    cool, warm = (
        _found(TEA, season(_slope(600.0, warmer=more), **_year()))["plucking"]
        for more in (0.0, 1.0)
    )
    earlier = date.fromisoformat(cool.p50) - date.fromisoformat(warm.p50)
    assert 4 <= earlier.days <= 7


def test_a_report_of_another_stage_than_the_sum_begins_it_and_moves_the_next_along() -> None:
    """At 13 degC plucking was seen on 5 March, at 84 degC d; 176.4 more take 30 days."""
    given = season(_steady(13.0), **_year())
    found = _found(SURE, given, report=Report("plucking", date(2025, 3, 5)))
    assert found["plucking"].reached == "2025-03-05"
    assert found["late_spring"].p50 == str(date(2025, 3, 5) + timedelta(days=30))
    agreeing = _found(SURE, given, report=Report("bud_swell", date(2025, 3, 5)))
    assert agreeing == _found(SURE, given)
    late = _found(SURE, given, report=Report("dormant", date(2025, 3, 9)))
    # dormant still: the sum is 0 on the 9th, and 60 degC d take ten more days
    assert late["bud_swell"].p50 == "2025-03-19"


def test_crops_that_count_from_their_sowing_need_that_day_or_a_report() -> None:
    sown = TEA.phenology.model_copy(update={"biofix": "sowing", "fixed_date": None})
    profile = SURE.model_copy(update={"phenology": sown})
    given = season(_steady(13.0), **_year())
    assert stage_dates(profile, given, today=TODAY) == ()
    found = _found(profile, given, sown=date(2025, 3, 1))
    assert found["dormant"].reached == "2025-03-01"
    seen = _found(profile, given, report=Report("plucking", date(2025, 3, 5)))
    assert seen["plucking"].reached == "2025-03-05"
    assert stage_dates(shipped_profile("rice.xiaozhan.ninghe"), given, today=TODAY) == ()


def test_a_day_that_is_not_known_since_the_biofix_leaves_no_dates() -> None:
    means = _steady(13.0)
    means[60] = np.nan  # 2 March
    assert stage_dates(TEA, season(means, **_year()), today=TODAY) == ()
    before = _steady(13.0)
    before[20] = np.nan  # 21 January, before the biofix
    assert stage_dates(TEA, season(before, **_year()), today=TODAY) != ()


def test_without_normals_only_the_forecast_tells_dates() -> None:
    means = _steady(13.0)
    means[83:] = np.nan
    found = _found(SURE, season(means, **_year()))
    assert found["plucking"].p50 == "2025-03-17"
    assert (found["late_spring"].p50, found["late_spring"].chance_in_forecast) == (None, 0.0)


def test_before_the_biofix_of_the_year_all_days_are_those_of_years() -> None:
    given = season(_steady(13.0), first="2025-01-01", forecast_from="2025-01-10")
    found = {one.id: one for one in stage_dates(SURE, given, today=date(2025, 1, 10))}
    assert (found["dormant"].p50, found["dormant"].reached) == ("2025-02-20", None)
    assert found["plucking"].p50 == "2025-03-17"


def test_reports_that_cannot_be_placed_are_refused() -> None:
    given = season(_steady(13.0), **_year())
    with pytest.raises(InvalidRequest, match="bud_swell"):
        stage_dates(TEA, given, today=TODAY, report=Report("flowering", TODAY))
    with pytest.raises(DataError, match="2025-01-01"):
        stage_dates(TEA, given, today=TODAY, report=Report("dormant", date(2024, 12, 1)))
