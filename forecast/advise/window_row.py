"""A window for work on the row of steps at one place, on bare arrays: the best opening, the lights.

What is counted is what `forecast.advise.windows` counts over cells.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

import numpy as np

from forecast.advise.chances import ROUNDING, shares
from forecast.advise.profile.grammar import Comparison
from forecast.advise.profile.parts import steps_of
from forecast.advise.profile.rules import Window
from forecast.agromet.timewise import padded, windows
from forecast.agromet.truth import NO, UNKNOWN, YES

Grade = Literal["green", "amber"]

GRADES: Final[tuple[Grade, ...]] = ("green", "amber")

NOT_APPLICABLE: Final = -2
NO_DATA: Final = -1
RED: Final = 0
AMBER: Final = 1
GREEN: Final = 2
"""Lights of steps, int8."""

DAYLIGHT: Final = Comparison(var="sun_elevation", op=">", value="0 degree")
"""Of work by daylight only."""

_HOUR: Final = np.timedelta64(1, "h")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A window at one place.

    Attributes:
        grade: `green` or `amber`.
        step: place of its first step.
        begins: beginning, datetime64[ns] UTC; the date where steps are days.
        probability: chance that the shortest window holds throughout from there.
        members: members for which that is known.
        expected: mean over them of the steps in a row from there.
        length: steps that are told: that mean, at least the shortest window.
        worst: fewest of them.
        worst_member: place of that member; the lowest of equals.
    """

    grade: Grade
    step: int
    begins: np.datetime64
    probability: float
    members: int
    expected: float
    length: int
    worst: int
    worst_member: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WindowRow:
    """The weather of each step for a window's work, and how sure a whole window is.

    Attributes:
        window: of a profile.
        steps: ends of the hours, or dates [step].
        truth: by grade, three-valued [member, step].
        applicable: whether any member can be in the stage [step].
        probability: by grade, chance that the shortest window holds from each step on [step]; NaN
            where too few members are known.
        known: by grade, members [step].
        least: members that must be known.
        members: how many forecasts there are.
    """

    window: Window
    steps: Any
    truth: Mapping[Grade, Any]
    applicable: Any
    probability: Mapping[Grade, Any]
    known: Mapping[Grade, Any]
    least: int
    members: int

    @classmethod
    def of(
        cls, window: Window, steps: Any, *, truth: Mapping[Grade, Any], stage: Any, least: int
    ) -> Self:
        """Count members.

        Args:
            window: of a profile.
            steps: ends of the hours, or dates [step].
            truth: by grade, three-valued [member, step]; amber where it suits or just does.
            stage: three-valued, whether the crop is in a stage for it [member, step].
            least: members that must be known.
        """
        length = steps_of(window.min_length, window.step)
        members = max(rows.shape[0] for rows in truth.values())
        needed = 1 if members == 1 else least
        begun = {grade: _begun(rows, length) for grade, rows in truth.items()}
        counted = {grade: shares(rows.T, least=needed) for grade, rows in begun.items()}
        return cls(
            window=window,
            steps=steps,
            truth=truth,
            applicable=~(stage == NO).all(axis=0),
            probability={grade: told[0] for grade, told in counted.items()},
            known={grade: told[1] for grade, told in counted.items()},
            least=needed,
            members=members,
        )

    @property
    def alone(self) -> bool:
        """Whether it is one forecast, whose shares are no chances."""
        return self.members == 1

    @property
    def begins(self) -> Any:
        """Beginnings of the steps: an hour before its time, or the date of a day."""
        return self.steps - _HOUR if self.window.step == "h" else self.steps

    def best(self, *, at_least: float, after: np.datetime64 | None = None) -> Opening | None:
        """The likeliest green opening, else the likeliest amber one; the earliest of equals.

        Args:
            at_least: chance below which nothing is called a window.
            after: earliest beginning; the first step when None.
        """
        allowed = np.ones(self.steps.size, bool) if after is None else self.begins >= after
        for grade in GRADES:
            probability = self.probability[grade]
            ranked = np.where(allowed & np.isfinite(probability), probability, -1.0)
            step = int(np.argmax(ranked))
            if ranked[step] >= at_least - ROUNDING:
                return self._opening(grade, step)
        return None

    def following(self, opening: Opening, *, at_least: float) -> Opening | None:
        """The next window: the best one that begins after a step in which this one is over.

        It begins when the time that is told for this one has ended, so that the two never overlap.

        Args:
            opening: this one, from `best`.
            at_least: chance below which nothing is called a window.
        """
        held = self.probability[opening.grade] >= at_least - ROUNDING
        ended = np.arange(self.steps.size) >= opening.step + opening.length
        over = np.flatnonzero(ended & ~held)
        if not over.size:
            return None
        return self.best(at_least=at_least, after=self.begins[over[0]])

    def lights(self, *, at_least: float) -> tuple[Any, dict[Grade, Any]]:
        """Light of each step, int8: whether it lies in a window that holds; and the chances.

        Args:
            at_least: chance from which a window is called one.
        """
        length = steps_of(self.window.min_length, self.window.step)
        chances = {
            grade: shares(_within(rows, length).T, least=self.least)[0]
            for grade, rows in self.truth.items()
        }
        green, amber = (chances[grade] >= at_least - ROUNDING for grade in GRADES)
        light = np.where(green, GREEN, np.where(amber, AMBER, RED))
        light = np.where(np.isnan(chances["amber"]) & ~green, NO_DATA, light)
        return np.where(self.applicable, light, NOT_APPLICABLE).astype(np.int8), chances

    def _opening(self, grade: Grade, step: int) -> Opening:
        lengths = lasts(self.truth[grade][:, step:])[:, 0]
        ranked = np.where(np.isnan(lengths), np.inf, lengths)
        worst = int(np.argmin(ranked))
        expected = float(np.nanmean(lengths))
        return Opening(
            grade=grade,
            step=step,
            begins=self.begins[step],
            probability=float(self.probability[grade][step]),
            members=int(self.known[grade][step]),
            expected=expected,
            length=max(round(expected), steps_of(self.window.min_length, self.window.step)),
            worst=int(ranked[worst]),
            worst_member=worst,
        )


def lasts(truth: Any) -> Any:
    """Steps in a row from each step in which a condition holds, float32 [..., step].

    A spell ends with the first step that does not hold or is not known, or with the forecast;
    missing where the step itself is not known.
    """
    steps = np.arange(truth.shape[-1], dtype=np.int32)
    ends = np.where(truth == YES, truth.shape[-1], steps)
    end = np.minimum.accumulate(ends[..., ::-1], axis=-1)[..., ::-1]
    return np.where(truth == UNKNOWN, np.nan, end - steps).astype(np.float32)


def _begun(truth: Any, length: int) -> Any:
    """Whether the condition holds for so many steps from each on; unknown beyond the data."""
    row = padded(truth, before=0, after=length - 1, fill=UNKNOWN)
    return windows(row, length=length, join=np.minimum)


def _within(truth: Any, length: int) -> Any:
    """Whether each step lies in so many steps in a row for which the condition holds."""
    row = padded(truth, before=length - 1, after=length - 1, fill=UNKNOWN)
    return windows(windows(row, length=length, join=np.minimum), length=length, join=np.maximum)
