"""The number that decides each rule, window and sowing at a place."""

from typing import Any

import numpy as np

from forecast.advise.advisory import Because
from forecast.advise.decision import Decision
from forecast.advise.needing import conditions_in
from forecast.advise.point import Point
from forecast.advise.profile.grammar import AnyCondition, AnyOf, Not, step_of
from forecast.advise.profile.names import Step, measure
from forecast.advise.profile.parts import steps_of
from forecast.advise.profile.sowing import Thermal
from forecast.advise.reasons import Asked, reason_at
from forecast.advise.rule_row import RuleRow
from forecast.advise.sowing_gates import looks_ahead
from forecast.advise.sowing_row import SowingRow
from forecast.advise.window_row import DAYLIGHT, Opening, WindowRow
from forecast.agromet.stable_passing import DAYS
from forecast.agromet.timewise import windows
from forecast.agromet.truth import YES


def of_rule(point: Point, row: RuleRow, *, decision: Decision) -> Because | None:
    """What decides on the level that is told, the lowest where none is, when most speaks for it.

    Args:
        point: what it is judged on.
        row: the rule on the days ahead.
        decision: on it.
    """
    apt = row.applying()
    if decision.status == "not-applicable" or not apt.dates.size:
        return None
    rank = row.levels.index(decision.level) if decision.level else 0
    condition = conditions_in(row.rule)[rank]
    dates = apt.dates
    if decision.window is not None:
        inside = (dates >= decision.window.begins) & (dates <= decision.window.ends)
        dates = dates[inside] if inside.any() else dates
    step = step_of(condition)
    among = np.flatnonzero(np.isin(_dates_of(point, step), dates))
    return _told(point, condition, Asked(among=among[among >= point.ahead(step).start]))


def of_window(point: Point, row: WindowRow, *, opening: Opening | None) -> Because | None:
    """What limits the opening: a green one as it is, an amber one against green; else the best.

    Args:
        point: what it is judged on.
        row: the window on the steps ahead.
        opening: the best one, if any.
    """
    window = row.window
    step = window.step
    length = steps_of(window.min_length, step)
    begin = point.ahead(step).start
    if opening is not None:
        return _told(point, window.green, Asked(among=[begin + opening.step], length=length))
    fits = row.applicable
    if window.daylight_only and step == "h":
        light = point.truths.of(DAYLIGHT)[0, point.hours]
        fits = fits & (light == YES)
    if fits.size < length:
        return None
    starts = begin + np.flatnonzero(windows(fits, length=length, join=np.logical_and))
    either = AnyOf.model_construct(any=(window.green, window.amber))
    return _told(point, either, Asked(among=starts, length=length))


def of_sowing(point: Point, row: SowingRow) -> Because | None:
    """The number behind the gate that fails on the day told; None for season, heat sum and frost.

    Args:
        point: what it is judged on.
        row: the sowing on the days ahead.
    """
    failing = int(row.failing[row.told])
    if failing < 0 or not row.in_season:
        return None
    name, _, number = row.gates[failing].partition(".")
    today = point.days.start + row.told
    if name == "avoid":
        condition = row.sowing.avoid[int(number)]
        horizon = 1 if looks_ahead(condition) else steps_of(row.sowing.horizon, "d")
        among = np.arange(today, min(today + horizon, point.dates.size))
        spared = Not.model_construct(negated=condition)
        return _told(point, spared, Asked(among=among, worst=True))
    if name == "thermal":
        return _warmth(point, row.sowing.thermal[int(number)], begins=point.dates[today])
    return None


def _told(point: Point, condition: AnyCondition, asked: Asked) -> Because | None:
    step = step_of(condition)
    reason = reason_at(condition, point.numbers, steps=point.steps(step), asked=asked)
    return None if reason is None else Because.of(reason, daily=step == "d")


def _dates_of(point: Point, step: Step) -> Any:
    """The day of each step."""
    return point.dates[point.weather.days.number] if step == "h" else point.dates


def _warmth(point: Point, thermal: Thermal, *, begins: np.datetime64) -> Because | None:
    """Mean of the five days from a day on beside the threshold of a gate of warmth."""
    rows, days = point.warmth(thermal.index)
    first = int(np.searchsorted(days, begins))
    means = rows[:, first : first + DAYS].mean(axis=1)
    if means.size == 0 or np.isnan(means).any():
        return None
    known = measure(thermal.index)
    value = round(float(np.median(means)), known.decimals)
    threshold = thermal.threshold_celsius
    rising = thermal.direction == "rising"
    margin = round(value - threshold if rising else threshold - value, known.decimals) + 0.0
    spread = float(means.std(ddof=1)) if means.size > 1 else 0.0
    return Because(
        subject=thermal.index,
        op=">=" if rising else "<=",
        value=value,
        threshold=threshold,
        unit=known.units,
        at=str(begins)[:10],
        margin=margin,
        margin_in_spread=round(margin / spread, 2) if spread > 0 else None,
        flip=None,
        holds=False,
    )
