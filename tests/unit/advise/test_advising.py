"""Advice as a value: what is said of a rule, a window and a sowing, and what changed."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
import xarray as xr

from forecast.advise.advising import Judged, compared, on_rule, on_sowing, on_window
from forecast.advise.advisory import Advisory
from forecast.advise.conditions import levels
from forecast.advise.decision import Decision
from forecast.advise.profile import CropProfile, shipped_profile
from forecast.advise.profile.rules import Rule
from forecast.advise.reasons import deciding
from forecast.advise.rule_row import RuleRow
from forecast.advise.sowing import gates
from forecast.advise.sowing_row import SowingRow
from forecast.advise.window_row import WindowRow
from forecast.agromet.truth import NO, YES

RICE = shipped_profile("rice.xiaozhan.ninghe")
TEA = shipped_profile("tea.cuilan.yuexi")
ISSUED = datetime(2025, 4, 10, tzinfo=UTC)


def _rule(profile: CropProfile, name: str) -> Rule:
    return {rule.id: rule for rule in profile.rules}[name]


COLD_WIND = _rule(RICE, "nursery.cold_wind")


def _daily(rows: dict[str, list[float]], *, members: int = 20) -> dict[str, xr.DataArray]:
    told = {}
    for name, row in rows.items():
        dates = (np.datetime64("2025-04-10") + np.arange(len(row))).astype("datetime64[ns]")
        data = np.tile(np.array(row, np.float32), (members, 1))
        told[name] = xr.DataArray(data, dims=("realization", "day"), coords={"day": dates})
    return told


def _storm() -> dict[str, xr.DataArray]:
    """10 to 15 April 2025 of the notice: gusts of force 10 to 11 and 6 degC on the 12th, 13th."""
    found = _daily(
        {
            "tmin": [10.0, 9.0, 6.0, 6.0, 9.0, 10.0],
            "gustmax": [8.0, 9.0, 26.0, 26.0, 8.0, 8.0],
        }
    )
    found["gustmax"][:2, 2:4] = 12.0
    return found


def _row(values: dict[str, xr.DataArray], *, stage: int = YES) -> RuleRow:
    found = levels(COLD_WIND, values)
    dates = values["tmin"]["day"].values
    return RuleRow.of(
        COLD_WIND,
        dates,
        levels=(np.atleast_2d(found.sure.values), np.atleast_2d(found.possible.values)),
        stage=np.full((1, dates.size), stage, np.int8),
    )


def _told(
    values: dict[str, xr.DataArray], *, stage: int = YES, before: Decision | None = None
) -> Judged:
    return on_rule(RICE, _row(values, stage=stage), issued=ISSUED, before=before)


def test_the_storm_of_12_and_13_april_2025_is_told_as_level_2_with_the_advice_of_the_notice() -> (
    None
):
    told = _told(_storm()).advisory
    assert (told.state, told.status, told.probability, told.members) == (2, "warn", 0.9, 20)
    assert told.window is not None
    assert (told.window.begins, told.window.ends) == ("2025-04-12", "2025-04-13")
    assert told.action is not None
    assert "加固棚膜" in told.action.zh
    assert list(told.citations) == ["tianjin_20250410"]
    assert told.profile == RICE.label
    assert (told.change, told.notify) == ("raised", True)


def test_advice_is_ready_for_json_and_comes_back_as_it_was() -> None:
    values = _storm()
    condition = COLD_WIND.levels[1].condition
    reason = deciding(condition, values, among=[2, 3])
    assert reason is not None
    told = _told(values).advisory.because_of(reason, daily=True)
    text = json.loads(told.model_dump_json())
    assert text["because"]["at"] == "2025-04-12"
    # the gusts differ among members, the temperature does not: they decide
    assert text["because"]["unit"] == "m s-1"
    assert text["because"]["margin"] == pytest.approx(26.0 - 17.2)
    assert Advisory.model_validate(text) == told


def test_the_same_storm_in_the_next_cycle_is_not_sent_again_and_its_end_is() -> None:
    first = _told(_storm())
    again = _told(_storm(), before=first.decision)
    assert (again.advisory.change, again.advisory.notify) == ("unchanged", False)
    calm = _told(_daily({"tmin": [10.0] * 6, "gustmax": [5.0] * 6}), before=again.decision)
    assert (calm.advisory.state, calm.advisory.change, calm.advisory.notify) == (
        "none",
        "cleared",
        True,
    )


def test_a_wrong_stage_and_missing_data_are_told_as_such_and_not_as_no_risk() -> None:
    wrong = _told(_storm(), stage=NO).advisory
    assert (wrong.state, wrong.status, wrong.probability) == ("not-applicable",) * 2 + (None,)
    empty = _daily({"tmin": [np.nan] * 6, "gustmax": [np.nan] * 6})
    lost = _told(empty).advisory
    assert (lost.state, lost.probability, lost.members, lost.missing) == ("no-data", None, 0, 6)
    held = _told(empty, before=_told(_storm()).decision)
    assert (held.advisory.state, held.decision.warned, held.advisory.notify) == (
        "no-data",
        2,
        False,
    )


def test_what_is_watched_is_no_warning_and_keeps_its_name() -> None:
    values = _daily({"tmin": [9.0] * 6, "gustmax": [5.0] * 6})
    values["tmin"][:3, 1] = 4.0  # 3 of 20 members, at a ratio of 0.2
    told = _told(values).advisory
    assert (told.state, told.status, told.probability) == ("none", "watch", 0.15)
    assert told.name is not None


def test_one_forecast_tells_no_chance() -> None:
    one = {name: field.isel(realization=5) for name, field in _storm().items()}
    told = on_rule(RICE, _row(one), issued=ISSUED).advisory
    assert (told.state, told.probability, told.members) == (2, None, 1)


def _pluck(rows: list[list[int]], *, applies: int = YES) -> Advisory:
    window = TEA.windows[0]
    times = (np.datetime64("2025-04-10T01") + np.arange(len(rows[0]))).astype("datetime64[ns]")
    green = np.array(rows, np.int8)
    row = WindowRow.of(
        window,
        times,
        truth={"green": green, "amber": green},
        stage=np.full((1, times.size), applies, np.int8),
        least=2,
    )
    first = row.best(at_least=0.5)
    after = row.following(first, at_least=0.5) if first else None
    openings = [each for each in (first, after) if each]
    return on_window(TEA, row, openings=openings, issued=ISSUED)


def test_a_window_is_told_with_the_next_one() -> None:
    told = _pluck([[0, 2, 2, 2, 2, 0, 0, 2, 2, 2]] * 2)
    assert (told.state, told.probability, told.members) == ("green", 1.0, 2)
    assert told.window is not None
    assert told.window.begins == "2025-04-10T01:00:00Z"
    assert told.window.ends == "2025-04-10T05:00:00Z"
    assert told.next_window is not None
    assert told.next_window.begins == "2025-04-10T07:00:00Z"


def test_no_window_no_data_and_a_wrong_stage_are_three_things() -> None:
    assert _pluck([[0] * 6] * 2).state == "red"
    assert _pluck([[1] * 6] * 2).state == "no-data"
    assert _pluck([[0] * 6] * 2, applies=NO).state == "not-applicable"


def test_a_window_that_moves_by_three_hours_or_closes_is_sent() -> None:
    old = _pluck([[0, 2, 2, 2] + [0] * 6] * 2)
    same = compared(_pluck([[0, 0, 0, 2, 2, 2] + [0] * 4] * 2), old)
    later = compared(_pluck([[0, 0, 0, 0, 2, 2, 2] + [0] * 3] * 2), old)
    closed = compared(_pluck([[0] * 10] * 2), old)
    assert (same.change, same.notify) == ("unchanged", False)
    assert (later.change, later.notify) == ("shifted", True)
    assert (closed.change, closed.notify) == ("lowered", True)
    assert compared(old, None).change == "first"


@pytest.mark.parametrize("today", [9.0, float("nan")], ids=["known", "cut off"])
def test_sowing_is_told_by_the_first_known_day_and_its_windows(today: float) -> None:
    sowing = RICE.sowing[0]
    values = _daily(
        {
            "tmean": [14.0] * 16,
            "tmin": [9.0, today] + [9.0] * 14,
            "gustmax": [8.0, 9.0, 26.0, 26.0] + [8.0] * 12,
        }
    )
    passed = {name: gate.values[:, 1:] for name, gate in gates(sowing, values).items()}
    dates = values["tmean"]["day"].values[1:]
    row = SowingRow.of(sowing, dates, passed=passed, frost=None, least=10)
    told = on_sowing(RICE, row, issued=ISSUED)
    # the 11th is too near to the storm, from the 14th on all is well
    assert told.state == "red"
    assert told.window is not None
    assert told.window.begins == "2025-04-14"
    assert set(told.citations) == set(sowing.cite)
