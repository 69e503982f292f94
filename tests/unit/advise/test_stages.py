"""Stages: the report wins, then degree-days, then the calendar; unknown is not wrong."""

from datetime import date

import numpy as np
import pytest
import xarray as xr

from forecast.advise.calendar_days import within
from forecast.advise.profile import shipped_profile
from forecast.advise.stages import Report, applies, by_hour, stages, warmth
from forecast.agromet.truth import NO, UNKNOWN, YES
from forecast.errors import DataError, InvalidRequest
from forecast.times import DayBoundary

RICE = shipped_profile("rice.xiaozhan.ninghe").phenology
TEA = shipped_profile("tea.cuilan.yuexi").phenology
SUMMED = TEA.model_copy(
    update={"stages": [stage.model_copy(update={"calendar": None}) for stage in TEA.stages]}
)
"""Tea without its calendar."""


def _days(first: str, count: int) -> np.ndarray:
    return (np.datetime64(first, "D") + np.arange(count)).astype("datetime64[ns]")


def _sums(values: list[float], first: str = "2025-03-20") -> xr.DataArray:
    return xr.DataArray(values, dims="day", coords={"day": _days(first, len(values))})


def test_the_calendar_puts_rice_in_each_stage_between_its_days_and_they_overlap() -> None:
    found = stages(RICE, _days("2025-05-24", 3))
    assert found.sel(stage="nursery").values.tolist() == [YES, YES, NO]
    assert found.sel(stage="transplant").values.tolist() == [YES, YES, YES]
    assert set(found["reason"].values.ravel().tolist()) == {"calendar"}


def test_degree_days_tell_tea_its_stages_at_60_and_153_point_6() -> None:
    sums = _sums([59.9, 60.0, 153.5, 153.6, np.nan])
    found = stages(SUMMED, sums["day"].values, sums=sums)
    assert found.sel(stage="dormant").values.tolist() == [YES, NO, NO, NO, UNKNOWN]
    assert found.sel(stage="bud_swell").values.tolist() == [NO, YES, YES, NO, UNKNOWN]
    assert found.sel(stage="plucking").values.tolist() == [NO, NO, NO, YES, UNKNOWN]
    assert set(found["reason"].values[:, :-1].ravel().tolist()) == {"degree-days"}
    assert set(found["reason"].values[:, -1].tolist()) == {"not known"}


def test_without_degree_days_and_calendar_a_stage_is_unknown_and_not_wrong() -> None:
    found = stages(SUMMED, _days("2025-03-20", 2))
    assert (found == UNKNOWN).all()
    assert set(found["reason"].values.ravel().tolist()) == {"not known"}


def test_without_degree_days_the_calendar_of_tea_stands_in() -> None:
    found = stages(TEA, _days("2025-03-25", 2))
    assert found.sel(stage="bud_swell").values.tolist() == [YES, NO]
    assert found.sel(stage="plucking").values.tolist() == [YES, YES]
    assert set(found["reason"].values.ravel().tolist()) == {"calendar"}


def test_a_report_wins_over_degree_days_and_moves_the_next_stage_along() -> None:
    # 330 - 153.6 = 176.4 degC d after the report late spring begins
    sums = _sums([100.0, 110.0, 286.3, 286.4])
    seen = Report(stage="plucking", on=date(2025, 3, 21))
    found = stages(TEA, sums["day"].values, sums=sums, report=seen)
    assert found.sel(stage="bud_swell").values.tolist() == [YES, NO, NO, NO]
    assert found.sel(stage="plucking").values.tolist() == [NO, YES, YES, NO]
    assert found.sel(stage="late_spring").values.tolist() == [NO, NO, NO, YES]
    assert found["reason"].sel(stage="plucking").values.tolist() == [
        "degree-days",
        "reported",
        "reported",
        "reported",
    ]


def test_a_report_that_agrees_with_the_degree_days_moves_nothing() -> None:
    sums = _sums([160.0, 329.0, 330.0])
    seen = Report(stage="plucking", on=date(2025, 3, 20))
    told = stages(TEA, sums["day"].values, sums=sums, report=seen)
    plain = stages(TEA, sums["day"].values, sums=sums)
    assert (told.values == plain.values).all()


def test_an_early_report_moves_the_calendar_by_as_many_days() -> None:
    # nursery 04-05 to 05-25, seen on 1 April: four days early, so it ends on 21 May
    seen = Report(stage="nursery", on=date(2025, 4, 1))
    dates = _days("2025-03-31", 60)
    found = stages(RICE, dates, report=seen).sel(stage="nursery")
    held = dates[found.values == YES].astype("datetime64[D]")
    assert (str(held[0]), str(held[-1])) == ("2025-04-01", "2025-05-21")
    before = stages(RICE, dates, report=seen).sel(stage="pre_sowing")
    assert before.values[:2].tolist() == [YES, NO]


def test_degree_days_that_do_not_reach_back_to_the_report_are_refused() -> None:
    sums = _sums([160.0, 170.0])
    with pytest.raises(DataError, match="reach back"):
        stages(TEA, sums["day"].values, sums=sums, report=Report("plucking", date(2025, 3, 1)))


def test_a_report_of_a_stage_that_the_profile_lacks_is_refused_with_those_it_has() -> None:
    with pytest.raises(InvalidRequest, match="bud_swell"):
        stages(TEA, _days("2025-03-20", 1), report=Report("flowering", date(2025, 3, 20)))


def test_members_and_cells_ride_along_and_lazy_stays_lazy() -> None:
    sums = (_sums([59.0, 61.0]) + xr.DataArray([0.0, 2.0], dims="realization")).chunk()
    seen = Report(stage="bud_swell", on=date(2025, 3, 20))
    found = stages(TEA, sums["day"].values, sums=sums, report=seen)
    assert found.chunks is not None
    assert found.sizes["realization"] == 2
    assert (found.sel(stage="bud_swell") == YES).all()


def test_warmth_counts_tea_above_7_degrees_from_the_biofix_on() -> None:
    # means of 9, 6 and 10 degC above 7: 2, 0 and 3 degC d; the day before the biofix is left out
    warm, cold = _sums([20.0, 14.0, 9.0, 15.0]), _sums([15.0, 4.0, 3.0, 5.0])
    found = warmth(TEA, highest=warm, lowest=cold, biofix=date(2025, 3, 21))
    assert found.values.tolist() == pytest.approx([0.0, 2.0, 2.0, 5.0])
    assert found.attrs["biofix"] == "2025-03-21"


def test_warmth_of_a_series_that_begins_after_the_biofix_is_refused() -> None:
    with pytest.raises(DataError, match="2025-02-20"):
        warmth(TEA, highest=_sums([20.0]), lowest=_sums([10.0]), biofix=date(2025, 2, 20))


def test_a_rule_applies_in_any_of_its_stages_and_within_its_season() -> None:
    sums = _sums([61.0, 160.0, 1000.0, np.nan], first="2025-04-29")
    present = stages(TEA, sums["day"].values, sums=sums)
    spring = applies(present, ("bud_swell", "plucking"), season=("02-20", "04-30"))
    assert spring.values.tolist() == [YES, YES, NO, NO]
    assert applies(present, ("any",)).values.tolist() == [YES] * 4


def test_a_season_may_run_over_the_turn_of_the_year() -> None:
    dates = np.array(["2025-11-24", "2025-11-25", "2026-03-05", "2026-03-06"], "datetime64[ns]")
    assert within(dates, ("11-25", "03-05")).tolist() == [False, True, True, False]


def test_the_hours_after_20_at_beijing_belong_to_the_stage_of_the_next_day() -> None:
    truth = xr.DataArray(
        np.array([NO, YES], np.int8), dims="day", coords={"day": _days("2025-04-10", 2)}
    )
    # 12 UTC is 20:00 at Beijing and closes the day
    times = np.array(["2025-04-10T12", "2025-04-10T13", "2025-04-11T13"], "datetime64[ns]")
    found = by_hour(truth, times, boundary=DayBoundary.parse("20:00"), zone="Asia/Shanghai")
    assert found.values.tolist() == [NO, YES, UNKNOWN]
