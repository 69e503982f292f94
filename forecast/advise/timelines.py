"""The traffic lights: the state of a rule, a window or a sowing at every step."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.advise import windows
from forecast.advise.advice import Timeline
from forecast.advise.advisory import State
from forecast.advise.chances import MEMBER
from forecast.advise.conditions import DIM
from forecast.advise.hazards import NO_DATA, NONE, NOT_APPLICABLE
from forecast.advise.profile.rules import Rule, Window
from forecast.advise.profile.sowing import Sowing
from forecast.advise.sowing import LIGHTS
from forecast.advise.windows import Grades, lights
from forecast.times import iso

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
    windows.NOT_APPLICABLE: "not-applicable",
    windows.NO_DATA: "no-data",
    windows.RED: "red",
    windows.AMBER: "amber",
    windows.GREEN: "green",
}


def of_rule(rule: Rule, days: xr.Dataset, *, members: bool) -> Timeline:
    """Level of each day, and the chance of each level or a higher one.

    Args:
        rule: of a profile.
        days: from `hazards.assess`, at one place.
        members: whether shares are those of members, not of one forecast.
    """
    highest = max((state for state in days["state"].values.tolist() if state > 0), default=0)
    name = next((level.name for level in rule.levels if level.level == highest), None)
    rows = zip(days["level"].values.tolist(), days["probability"].values, strict=True)
    return Timeline(
        rule=rule.id,
        kind=rule.kind,
        name=name,
        step="d",
        times=_dates(days["day"].values),
        states=tuple(_STATES[state] for state in days["state"].values.tolist()),
        probability={str(level): _shares(row) for level, row in rows} if members else {},
    )


def of_window(
    window: Window, found: Grades, chances: xr.Dataset, *, least: int, at_least: float
) -> Timeline:
    """Light of each step: whether it lies in a window that holds, and how likely that is.

    Args:
        window: of a profile.
        found: from `windows.grades`, at one place.
        chances: from `windows.opened` of it.
        least: members that must be known.
        at_least: chance from which a window is called one.
    """
    told = lights(window, found, chances, least=least, at_least=at_least)
    steps = chances[DIM[window.step]].values
    shares = {str(row["grade"].values): _shares(row.values) for row in told["probability"]}
    return Timeline(
        rule=window.id,
        kind="window",
        name=window.name,
        step=window.step,
        times=tuple(map(iso, steps)) if window.step == "h" else _dates(steps),
        states=tuple(_LIGHTS[light] for light in told["light"].values.tolist()),
        probability=shares if MEMBER in found.green.dims else {},
    )


def of_sowing(sowing: Sowing, days: xr.Dataset, *, members: bool) -> Timeline:
    """Light of each day, and the chance that all gates are passed.

    Args:
        sowing: of a profile.
        days: from `sowing.sowing_days`, at one place.
        members: whether shares are those of members, not of one forecast.
    """
    return Timeline(
        rule=sowing.id,
        kind="sowing",
        name=sowing.name,
        step="d",
        times=_dates(days["day"].values),
        states=tuple(LIGHTS[light] for light in days["light"].values.tolist()),
        probability={JOINT: _shares(days["probability"].values)} if members else {},
    )


def _shares(row: Any) -> tuple[float | None, ...]:
    rounded = np.round(row.astype(np.float64), 4).tolist()
    return tuple(None if math.isnan(share) else share for share in rounded)


def _dates(days: Any) -> tuple[str, ...]:
    return tuple(np.datetime_as_string(days, unit="D").tolist())
