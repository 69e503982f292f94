"""Decisions: warn at cost over loss, clear late, send transitions only."""

import math

import numpy as np
import pytest

from forecast.advise.decision import Decision, Period, decide, out_of_season
from forecast.advise.profile.names import Step
from forecast.advise.profile.rules import Decide

POLICY = Decide(cost_loss=0.2)


def _period(begins: str, ends: str, *, first: str = "2025-04-10", step: Step = "d") -> Period:
    sight = np.datetime64(first) + np.timedelta64(14, "D")
    start, end, now = (np.datetime64(day, "ns") for day in (begins, ends, first))
    return Period(start, end, now, sight, step)


SPAN = _period("2025-04-12", "2025-04-13")


def _run(series: list[float]) -> list[Decision]:
    told: list[Decision] = []
    for chance in series:
        told.append(decide({1: chance}, POLICY, window=SPAN, before=told[-1] if told else None))
    return told


def test_it_is_warned_of_at_cost_over_loss_and_watched_from_half_of_it() -> None:
    assert [decide({1: p}, POLICY).status for p in (0.2, 0.19, 0.1, 0.09)] == [
        "warn",
        "watch",
        "watch",
        "none",
    ]


def test_the_highest_level_that_is_likely_enough_is_warned_of() -> None:
    found = decide({1: 0.9, 2: 0.25, 3: 0.15}, POLICY)
    assert (found.status, found.level) == ("warn", 2)


def test_a_probability_that_wavers_about_the_ratio_makes_one_message_and_an_all_clear() -> None:
    told = _run([0.05, 0.25, 0.15, 0.25, 0.12, 0.22, 0.18, 0.21, 0.05, 0.15, 0.05])
    assert [one.change for one in told if one.notify] == ["raised", "cleared"]
    assert [one.status for one in told[1:8]] == ["warn"] * 7


def test_a_first_cycle_without_risk_sends_nothing_and_one_with_risk_does() -> None:
    assert not decide({1: 0.0}, POLICY).notify
    assert decide({1: 0.5}, POLICY).notify


def test_a_lower_level_is_told_once_the_higher_one_is_not_even_watched() -> None:
    before = decide({1: 0.9, 3: 0.3}, POLICY, window=SPAN)
    held = decide({1: 0.9, 3: 0.1}, POLICY, window=SPAN, before=before)
    assert (held.level, held.change) == (3, "unchanged")
    lower = decide({1: 0.9, 3: 0.09}, POLICY, window=SPAN, before=held)
    assert (lower.level, lower.change, lower.notify) == (1, "lowered", True)


@pytest.mark.parametrize(("hour", "change"), [("02", "unchanged"), ("03", "shifted")])
def test_a_shift_of_three_hours_is_worth_a_message(hour: str, change: str) -> None:
    old = _period("2025-04-12T00", "2025-04-12T06", step="h")
    before = decide({1: 0.9}, POLICY, window=old)
    moved = _period(f"2025-04-12T{hour}", "2025-04-12T06", step="h")
    assert decide({1: 0.9}, POLICY, window=moved, before=before).change == change


def test_a_day_that_comes_one_later_is_worth_a_message() -> None:
    before = decide({1: 0.9}, POLICY, window=SPAN)
    moved = _period("2025-04-13", "2025-04-14")
    assert decide({1: 0.9}, POLICY, window=moved, before=before).notify


def test_a_hazard_that_is_under_way_does_not_shift_because_time_passes() -> None:
    before = decide({1: 0.9}, POLICY, window=SPAN)
    rest = _period("2025-04-13", "2025-04-13", first="2025-04-13")
    assert not decide({1: 0.9}, POLICY, window=rest, before=before).notify


def test_a_hazard_that_lasts_as_far_as_one_sees_does_not_shift_because_one_sees_further() -> None:
    before = decide({1: 0.9}, POLICY, window=_period("2025-04-12", "2025-04-24"))
    longer = _period("2025-04-12", "2025-04-25", first="2025-04-11")
    assert not decide({1: 0.9}, POLICY, window=longer, before=before).notify


def test_missing_data_are_no_all_clear_and_the_warning_stands() -> None:
    before = decide({1: 0.9, 2: 0.5}, POLICY, window=SPAN)
    lost = decide({1: math.nan, 2: math.nan}, POLICY, before=before)
    assert (lost.status, lost.level, lost.window, lost.notify) == ("no-data", 2, SPAN, False)
    again = decide({1: 0.9, 2: 0.5}, POLICY, window=SPAN, before=lost)
    assert (again.change, again.notify) == ("unchanged", False)
    assert decide({1: math.nan}, POLICY).status == "no-data"


def test_a_warning_ends_with_the_stage_and_that_is_sent() -> None:
    before = decide({1: 0.9}, POLICY, window=SPAN)
    over = out_of_season(before)
    assert (over.status, over.change, over.notify) == ("not-applicable", "ended", True)
    assert not out_of_season(over).notify
    assert not out_of_season().notify
