"""Hazards: levels over members, the day they count to, and what is not known or not apt."""

import numpy as np
import pytest
import xarray as xr

from forecast.advise.conditions import DIM, Levels, inputs, levels
from forecast.advise.hazards import NO_DATA, NONE, NOT_APPLICABLE, assess, by_day
from forecast.advise.profile import CropProfile, shipped_profile
from forecast.advise.profile.grammar import step_of
from forecast.advise.profile.rules import Rule
from forecast.agromet.truth import NO, UNKNOWN, YES
from forecast.times import DayBoundary

TEA = shipped_profile("tea.cuilan.yuexi")
RICE = shipped_profile("rice.xiaozhan.ninghe")
TWENTY = DayBoundary.parse("20:00")


def _rule(profile: CropProfile, name: str) -> Rule:
    return {rule.id: rule for rule in profile.rules}[name]


COLD_WIND = _rule(RICE, "nursery.cold_wind")
FROST = _rule(TEA, "frost.spring")


def _daily(tmin: list[float], gust: float = 5.0) -> dict[str, xr.DataArray]:
    """One value per member on one day."""
    values = np.array(tmin, np.float32)[:, np.newaxis]
    dims = ("realization", "day")
    return {
        "tmin": xr.DataArray(values, dims=dims),
        "gustmax": xr.DataArray(np.full_like(values, gust), dims=dims),
    }


def _applies(truth: int) -> xr.DataArray:
    return xr.DataArray(np.array([truth], np.int8), dims="day")


def test_the_chance_of_a_level_is_the_share_of_members_that_reach_it_or_a_higher_one() -> None:
    # below 5 degC at the screen is level 1 (8 degC in the tunnel), -3 degC and less level 3
    values = _daily([-3.0] * 2 + [4.9] * 3 + [5.0] * 15)
    found = assess(COLD_WIND, levels(COLD_WIND, values))
    assert found["probability"].squeeze().values.tolist() == pytest.approx([0.25, 0.1, 0.1])
    assert found["state"].item() == 1


def test_a_probability_at_the_ratio_of_cost_to_loss_is_enough() -> None:
    # 2 of 10 members at C/L 0.2
    found = assess(COLD_WIND, levels(COLD_WIND, _daily([4.0] * 2 + [9.0] * 8)))
    assert found["state"].item() == 1
    less = assess(COLD_WIND, levels(COLD_WIND, _daily([4.0] + [9.0] * 9)))
    assert (less["state"].item(), less["watched"].item()) == (NONE, 1)


def test_members_that_are_missing_are_counted_apart_and_too_few_are_no_data() -> None:
    some = assess(COLD_WIND, levels(COLD_WIND, _daily([9.0] * 10 + [np.nan] * 4)))
    assert some["known"].squeeze().values.tolist() == [10, 10, 10]
    assert some["unknown"].squeeze().values.tolist() == [4, 4, 4]
    assert some["state"].item() == NONE
    few = assess(COLD_WIND, levels(COLD_WIND, _daily([9.0] * 9 + [np.nan] * 5)))
    assert few["state"].item() == NO_DATA
    assert few["probability"].isnull().all()


@pytest.mark.parametrize("name", ["rice.xiaozhan.ninghe", "tea.cuilan.yuexi"])
def test_nothing_but_missing_values_is_no_data_for_every_rule(name: str) -> None:
    for rule in shipped_profile(name).rules:
        dim = DIM[step_of(rule.levels[0].condition)]
        asked = inputs(*(level.condition for level in rule.levels))
        empty = xr.DataArray(np.full((12, 48), np.nan, np.float32), dims=("realization", dim))
        found = assess(rule, levels(rule, dict.fromkeys(asked, empty)))
        assert (found["state"] == NO_DATA).all(), rule.id


def test_a_wrong_stage_is_not_applicable_and_an_unknown_one_no_data_whatever_the_weather() -> None:
    for tmin in (-5.0, 20.0):
        found = levels(COLD_WIND, _daily([tmin] * 12))
        wrong = assess(COLD_WIND, found, applies=_applies(NO))
        assert wrong["state"].item() == NOT_APPLICABLE
        assert wrong["watched"].item() == NOT_APPLICABLE
    freezing = levels(COLD_WIND, _daily([-5.0] * 12))
    assert assess(COLD_WIND, freezing, applies=_applies(UNKNOWN))["state"].item() == NO_DATA
    assert assess(COLD_WIND, freezing, applies=_applies(YES))["state"].item() == 3


def test_a_member_counts_only_where_it_is_in_the_stage() -> None:
    found = levels(COLD_WIND, _daily([-5.0] * 10))
    stage = xr.DataArray(np.array([[YES]] * 4 + [[NO]] * 6, np.int8), dims=("realization", "day"))
    told = assess(COLD_WIND, found, applies=stage)
    assert told["probability"].squeeze().values.tolist() == pytest.approx([0.4] * 3)


def test_days_as_many_as_members_are_not_taken_for_them() -> None:
    cold = np.full((10, 10), -5.0, np.float32)
    values = {
        "tmin": xr.DataArray(cold, dims=("realization", "day")),
        "gustmax": xr.DataArray(np.zeros_like(cold), dims=("realization", "day")),
    }
    stage = xr.DataArray(np.array([YES] * 4 + [NO] * 6, np.int8), dims="day")
    told = assess(COLD_WIND, levels(COLD_WIND, values), applies=stage)
    assert told["state"].values.tolist() == [3] * 4 + [NOT_APPLICABLE] * 6
    assert told["probability"].sel(level=1).values.tolist() == [1.0] * 4 + [0.0] * 6


def test_one_forecast_without_members_says_yes_or_no() -> None:
    values = {name: field.isel(realization=0) for name, field in _daily([-3.0]).items()}
    found = assess(COLD_WIND, levels(COLD_WIND, values))
    assert found["state"].item() == 3
    assert found["known"].max().item() == 1


def test_no_level_is_likelier_than_the_one_below_it() -> None:
    # level 2 known in ten members, all of them yes; level 1 besides known as no in five more
    sure = xr.DataArray(np.array([[2]] * 10 + [[0]] * 5, np.int8), dims=("realization", "day"))
    possible = xr.DataArray(np.array([[2]] * 10 + [[0]] * 5, np.int8), dims=("realization", "day"))
    odd = Levels(sure, possible)
    found = assess(COLD_WIND, odd)["probability"].squeeze().values
    assert (np.diff(found) <= 0).all()


def _hourly(cold_at: str) -> dict[str, xr.DataArray]:
    """Two days of 9 degC with one hour of 3 degC; hours end at the times."""
    times = (np.datetime64("2025-04-10T13", "h") + np.arange(48)).astype("datetime64[ns]")
    values = np.where(times == np.datetime64(cold_at, "ns"), 3.0, 9.0).astype(np.float32)
    return {"t2m": xr.DataArray(values, dims="time", coords={"time": times})}


@pytest.mark.parametrize(
    ("cold_at", "day"),
    [
        ("2025-04-11T12", "2025-04-11"),  # 20:00 at Beijing closes the day
        ("2025-04-11T14", "2025-04-12"),  # 22:00 at Beijing is the next agromet day
    ],
)
def test_a_frost_at_22_at_beijing_counts_to_the_next_day(cold_at: str, day: str) -> None:
    found = by_day(levels(FROST, _hourly(cold_at)), boundary=TEA.boundary, zone=TEA.zone)
    told = assess(FROST, found)
    frosty = told["day"].values[told["state"].values >= 1].astype("datetime64[D]")
    assert [str(each) for each in frosty] == [day]


def test_a_last_day_that_is_cut_off_is_no_data_unless_it_froze_already() -> None:
    times = (np.datetime64("2025-04-10T13", "h") + np.arange(30)).astype("datetime64[ns]")
    sure = xr.DataArray(np.zeros(30, np.int8), dims="time", coords={"time": times})
    quiet = by_day(Levels(sure, sure), boundary=TWENTY, zone="Asia/Shanghai")
    assert assess(FROST, quiet)["state"].values.tolist() == [NONE, NO_DATA]
    frozen = sure.copy()
    frozen[-1] = 4
    told = by_day(Levels(frozen, frozen), boundary=TWENTY, zone="Asia/Shanghai")
    assert assess(FROST, told)["state"].values.tolist() == [NONE, 4]


def test_a_first_day_that_is_partly_over_is_judged_by_the_rest_of_it() -> None:
    times = (np.datetime64("2025-04-11T06", "h") + np.arange(7)).astype("datetime64[ns]")
    sure = xr.DataArray(np.zeros(7, np.int8), dims="time", coords={"time": times})
    found = by_day(Levels(sure, sure), boundary=TWENTY, zone="Asia/Shanghai")
    assert assess(FROST, found)["state"].values.tolist() == [NONE]


def test_cells_ride_along_and_lazy_stays_lazy() -> None:
    data = xr.DataArray(
        np.random.default_rng(1).normal(3.0, 3.0, (12, 48, 3)).astype(np.float32),
        dims=("realization", "time", "y"),
        coords={"time": _hourly("2025-04-11T12")["t2m"]["time"]},
    )
    eager = assess(FROST, by_day(levels(FROST, {"t2m": data}), boundary=TWENTY, zone=TEA.zone))
    chunked = {"t2m": data.chunk(y=1)}
    lazy = assess(FROST, by_day(levels(FROST, chunked), boundary=TWENTY, zone=TEA.zone))
    assert lazy["state"].chunks is not None
    xr.testing.assert_allclose(lazy.compute(), eager)
    assert eager["state"].dims == ("day", "y")
