"""The traffic lights: the state of a rule, a window or a sowing at every step."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from forecast.advise import window_row
from forecast.advise.advice import Timeline
from forecast.advise.advisory import State
from forecast.advise.profile.parts import Text
from forecast.advise.profile.rules import Rule
from forecast.advise.rule_row import NO_DATA, NONE, NOT_APPLICABLE, RuleRow
from forecast.advise.sowing_row import LIGHTS, SowingRow
from forecast.advise.window_row import GRADES, WindowRow

JOINT: Final = "all"
"""Key of the chance that all gates of a sowing are passed."""

_STATES: Final[Mapping[int, State]] = {
    NOT_APPLICABLE: "not-applicable",
    NO_DATA: "no-data",
    NONE: "none",
    1: 1,
    2: 2,
    3: 3,
    4: 4,
}

_LIGHTS: Final[Mapping[int, State]] = {
    window_row.NOT_APPLICABLE: "not-applicable",
    window_row.NO_DATA: "no-data",
    window_row.RED: "red",
    window_row.AMBER: "amber",
    window_row.GREEN: "green",
}


def of_rule(row: RuleRow) -> Timeline:
    """Level of each day, and the chance of each level or a higher one.

    Args:
        row: the rule on the days ahead.
    """
    states = row.state.tolist()
    highest = max((state for state in states if state > 0), default=0)
    rule = row.rule
    shares = zip(row.levels, row.probability, strict=True)
    return Timeline(
        rule=rule.id,
        kind=rule.kind,
        name=rule.name or _name_of(rule, highest),
        step="d",
        times=_dates(row.dates),
        states=tuple(_STATES[state] for state in states),
        probability={} if row.alone else {str(level): _shares(share) for level, share in shares},
    )


def of_window(row: WindowRow, *, at_least: float) -> Timeline:
    """Light of each step: whether it lies in a window that holds, and how likely that is.

    Args:
        row: the window on the steps ahead.
        at_least: chance from which a window is called one.
    """
    window = row.window
    light, chances = row.lights(at_least=at_least)
    return Timeline(
        rule=window.id,
        kind="window",
        name=window.name,
        step=window.step,
        times=_instants(row.steps) if window.step == "h" else _dates(row.steps),
        states=tuple(_LIGHTS[code] for code in light.tolist()),
        probability={} if row.alone else {grade: _shares(chances[grade]) for grade in GRADES},
    )


def of_sowing(row: SowingRow) -> Timeline:
    """Light of each day, and the chance that all gates are passed.

    Args:
        row: the sowing on the days ahead.
    """
    return Timeline(
        rule=row.sowing.id,
        kind="sowing",
        name=row.sowing.name,
        step="d",
        times=_dates(row.dates),
        states=tuple(LIGHTS[light] for light in row.light.tolist()),
        probability={} if row.alone else {JOINT: _shares(row.probability)},
    )


def _name_of(rule: Rule, level: int) -> Text | None:
    return next((each.name for each in rule.levels if each.level == level), None)


def _instants(times: Any) -> tuple[str, ...]:
    return tuple(f"{text}Z" for text in np.datetime_as_string(times, unit="s").tolist())


def _shares(row: Any) -> tuple[float | None, ...]:
    rounded = np.round(row.astype(np.float64), 4).tolist()
    return tuple(None if math.isnan(share) else share for share in rounded)


def _dates(days: Any) -> tuple[str, ...]:
    return tuple(np.datetime_as_string(days, unit="D").tolist())
