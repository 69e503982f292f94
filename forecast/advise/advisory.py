"""One piece of advice as a value: what, when, how sure, why, and what changed; ready for JSON.

No sentences are built here: texts are those of the profile, all else is numbers and names.
"""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from forecast.advise.decision import Change, Status
from forecast.advise.profile.parts import Citation, Text
from forecast.advise.reasons import Reason
from forecast.times import iso

Kind = Literal["hazard", "pest", "disease", "operation", "window", "sowing"]
State = Literal["not-applicable", "no-data", "none", 1, 2, 3, 4, "red", "amber", "green"]
"""Levels are those of rules; windows and sowing have lights."""


class Value(BaseModel):
    """What does not change, and knows no other keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Value):
    """A time of hours (instants, UTC) or of days (dates).

    Attributes:
        begins: beginning, or first day.
        ends: end, or last day.
    """

    begins: str
    ends: str

    @classmethod
    def of(cls, begins: np.datetime64, ends: np.datetime64, *, daily: bool) -> "Span":
        """A time as text."""
        return cls(begins=_when(begins, daily=daily), ends=_when(ends, daily=daily))


class Because(Value):
    """The number that decides.

    Attributes:
        subject: short name of the quantity, or key of a model.
        op: comparison.
        value: forecast.
        threshold: of the profile, where the quantity is measured.
        unit: of all numbers here.
        at: time or date of the value.
        margin: how far the value speaks for what is said, negative where it speaks against it: of
            a rule for its level, of a window or sowing for the work.
        margin_in_spread: likewise, in standard deviations of the members.
        flip: smallest change of the quantity that would turn the answer.
        holds: whether the median of the members reaches the level, or lets the work be done.
    """

    subject: str
    op: str
    value: float
    threshold: float
    unit: str
    at: str
    margin: float
    margin_in_spread: float | None
    flip: float | None
    holds: bool | None = None

    @classmethod
    def of(cls, reason: Reason, *, daily: bool) -> "Because":
        """A reason as text and numbers."""
        return cls(
            subject=reason.subject,
            op=reason.op,
            value=reason.value,
            threshold=reason.threshold,
            unit=reason.unit,
            at=_when(reason.at, daily=daily),
            margin=reason.margin,
            margin_in_spread=reason.margin_in_spread,
            flip=reason.flip,
            holds=reason.holds,
        )


class Duration(Value):
    """How long a window lasts.

    Attributes:
        expected: mean over the members of the steps in a row from its beginning.
        worst: fewest of them in any member.
        unit: hours or days.
    """

    expected: float
    worst: int
    unit: Literal["h", "d"]


class Advisory(Value):
    """Advice on one rule, window or sowing at one place.

    Attributes:
        profile: name and version of the profile.
        rule: name of the rule, window or sowing in it.
        rule_name: what the rule, window or sowing is called; None where the profile does not say.
        kind: what it is.
        issued: reference time of the forecast that it rests on.
        state: not-applicable, no-data, none, or the level; of windows and sowing the light.
        status: whether it is warned of, watched, or neither; of windows and sowing none, unless
            nothing can be said.
        probability: chance of the level or a higher one on its likeliest day, or that the whole
            window holds; None where it is not known, or where there is but one forecast.
        members: members that are known on that day.
        missing: days or hours of the forecast for which nothing is known.
        window: when.
        because: the number that decides; None where there is none. Of an amber window what keeps
            it from green, of a red one what keeps its best hours from amber, of sowing what fails
            first today.
        name: of the level, in both languages; None without a level.
        action: what to do, likewise.
        citations: sources of the level, by key.
        next_window: when the work is possible next; None where that is not asked or not seen.
        duration: how long the window lasts; None where it is no window, or there is none.
        chances: of a rule the chance of each level or a higher one on its likeliest day, by level;
            of a window or sowing empty.
        gate: of sowing the first gate that keeps today from green, `stage` where the crop is sown
            already or past the stage of it; None where none does.
        no_data: why nothing can be said: a quantity is `lacking`, the run has so `few-members` that
            it tells no chance, or values are `missing`; None where something is said.
        members_needed: members without which no chance is given, where they are too few; `members`
            are then those of the run.
        lacking: short names of quantities, or keys of models, that it asks for and the forecast
            does not hold.
        change: against the cycle before.
        notify: whether the change is worth a message.
    """

    profile: str
    rule: str
    rule_name: Text | None = None
    kind: Kind
    issued: str
    state: State
    status: Status
    probability: float | None = Field(None, ge=0, le=1)
    members: int
    missing: int
    window: Span | None
    because: Because | None = None
    name: Text | None
    action: Text | None
    citations: Mapping[str, Citation]
    next_window: Span | None = None
    duration: Duration | None = None
    chances: Mapping[str, float | None] = {}
    gate: str | None = None
    no_data: Literal["lacking", "few-members", "missing"] | None = None
    members_needed: int | None = None
    lacking: tuple[str, ...] = ()
    change: Change
    notify: bool

    def because_of(self, reason: Reason, *, daily: bool) -> "Advisory":
        """The same advice with the number that decides, from `reasons.deciding`."""
        return self.model_copy(update={"because": Because.of(reason, daily=daily)})


def _when(instant: np.datetime64, *, daily: bool) -> str:
    return str(np.datetime_as_string(instant, unit="D")) if daily else iso(instant)
