"""From a probability to a warning, and from one cycle to the next: on, off, and what changed.

A level is warned of once its probability reaches the ratio of cost to loss, and watched from a
share of that; a warning stands until its level is not even watched any more, so that a probability
that wavers about the ratio makes one message and not one for every run. Messages go out on
transitions only, the all-clear among them. Missing data end no warning: it stands as it was.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from forecast.advise.chances import ROUNDING
from forecast.advise.profile.names import Step
from forecast.advise.profile.rules import Decide

Status = Literal["not-applicable", "no-data", "none", "watch", "warn"]
Change = Literal[
    "first", "unchanged", "raised", "lowered", "shifted", "cleared", "ended", "not known"
]
SHIFT: Final[Mapping[Step, np.timedelta64]] = {
    "h": np.timedelta64(3, "h"),
    "d": np.timedelta64(1, "D"),
}
"""Shift of a window that is worth a message (issue 4: 3 h of hourly work, 1 d of sowing)."""


@dataclass(frozen=True, slots=True)
class Period:
    """When a hazard is expected, and which steps were looked at.

    Attributes:
        begins: its first step.
        ends: its last step.
        first: first step that was looked at.
        last: last step that was looked at.
        step: `h` or `d`.
    """

    begins: np.datetime64
    ends: np.datetime64
    first: np.datetime64
    last: np.datetime64
    step: Step = "d"

    def moved_from(self, old: "Period") -> bool:
        """Whether it differs from an older one by more than time has passed and sight reaches.

        Args:
            old: of the cycle before.
        """
        least = SHIFT[self.step]
        begins = abs(self.begins - max(old.begins, self.first)) >= least
        return bool(begins or abs(min(self.ends, old.last) - old.ends) >= least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is said of a rule, and whether to send it.

    Attributes:
        status: `warn`, `watch`, `none`, or why nothing can be said.
        level: level that is warned of or watched; of a warning that stands while data are missing
            too; 0 for none.
        warned: level of the warning that stands, 0 for none.
        window: when; None where there is none.
        change: against the last decision.
        notify: whether it is a transition that is sent.
    """

    status: Status
    level: int
    warned: int
    window: Period | None
    change: Change
    notify: bool


def decide(
    chances: Mapping[int, float],
    policy: Decide,
    *,
    window: Period | None = None,
    before: Decision | None = None,
) -> Decision:
    """Decide on a rule that applies.

    Args:
        chances: probability of each level or a higher one, NaN where not known.
        policy: of the rule.
        window: when the hazard is expected, if it is.
        before: decision of the cycle before.
    """
    stood = before.warned if before is not None else 0
    if math.isnan(chances[min(chances)]) and not _highest(chances, policy.cost_loss):
        return _stands(before, "no-data")
    least = policy.cost_loss * policy.watch_ratio
    watched = _highest(chances, least)
    warned = max(_highest(chances, policy.cost_loss), min(stood, watched))
    level = warned or watched
    status: Status = "warn" if warned else "watch" if watched else "none"
    change = _change(before, warned=warned, window=window if warned else None)
    return Decision(
        status=status,
        level=level,
        warned=warned,
        window=window if level else None,
        change=change,
        notify=change in {"raised", "lowered", "shifted", "cleared"},
    )


def out_of_season(before: Decision | None = None) -> Decision:
    """The rule does not apply in the stage of the crop; a warning that stood is ended and sent."""
    ended = before is not None and before.warned > 0
    change: Change = "first" if before is None else "ended" if ended else "unchanged"
    return Decision(
        status="not-applicable", level=0, warned=0, window=None, change=change, notify=ended
    )


def _stands(before: Decision | None, status: Status) -> Decision:
    if before is None or not before.warned:
        return Decision(
            status=status, level=0, warned=0, window=None, change="not known", notify=False
        )
    return Decision(
        status=status,
        level=before.warned,
        warned=before.warned,
        window=before.window,
        change="not known",
        notify=False,
    )


def _highest(chances: Mapping[int, float], limit: float) -> int:
    reached = (level for level, chance in chances.items() if chance >= limit - ROUNDING)
    return max(reached, default=0)


def _change(before: Decision | None, *, warned: int, window: Period | None) -> Change:
    if before is None:
        return "raised" if warned else "first"
    if warned != before.warned:
        if warned == 0:
            return "cleared"
        return "raised" if warned > before.warned else "lowered"
    if window is None or before.window is None:
        return "unchanged"
    return "shifted" if window.moved_from(before.window) else "unchanged"
