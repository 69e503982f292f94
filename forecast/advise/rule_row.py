"""A rule on the row of days at one place, on bare arrays: chances of its levels, and the state."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np

from forecast.advise.chances import ROUNDING
from forecast.advise.profile.rules import Decide, Rule
from forecast.agromet.truth import NO, YES
from forecast.times import Days

NOT_APPLICABLE: Final = -2
NO_DATA: Final = -1
NONE: Final = 0
"""States below the levels 1 to 4, int8."""

_TOP: Final = np.int8(np.iinfo(np.int8).max)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RuleRow:
    """What members say of a rule on each day, as `hazards.assess` tells it over cells.

    Attributes:
        rule: of a profile.
        dates: days [day], datetime64[ns].
        probability: chance that each level or a higher one is reached [level, day], NaN where too
            few members are known.
        known: members that are known [level, day].
        state: highest level that is warned of, or why there is none [day].
        members: how many forecasts there are.
    """

    rule: Rule
    dates: Any
    probability: Any
    known: Any
    state: Any
    members: int

    @classmethod
    def of(cls, rule: Rule, dates: Any, *, levels: tuple[Any, Any], stage: Any) -> Self:
        """Count members.

        Args:
            rule: of a profile.
            dates: days.
            levels: highest level that is certainly reached, and that may be [member, day].
            stage: three-valued, whether the rule applies [member, day].
        """
        sure, possible, apt = np.broadcast_arrays(*levels, stage)
        members = sure.shape[0]
        single = rule.decide.model_copy(update={"min_members": 1})
        policy = single if members == 1 else rule.decide
        numbers = [level.level for level in rule.levels]
        told = counted(sure.T, possible.T, stage=apt.T, numbers=numbers, policy=policy)
        return cls(
            rule=rule,
            dates=dates,
            probability=told[0].T,
            known=told[1].T,
            state=told[3],
            members=members,
        )

    @property
    def alone(self) -> bool:
        """Whether it is one forecast, whose shares are no chances."""
        return self.members == 1

    @property
    def levels(self) -> tuple[int, ...]:
        """Levels of the rule, rising."""
        return tuple(level.level for level in self.rule.levels)

    def opened(self) -> Self:
        """The same of a rule that lacks a quantity: what is not even watched is not known."""
        least = self.rule.decide.cost_loss * self.rule.decide.watch_ratio
        reached = self.probability >= least - ROUNDING
        return replace(
            self,
            probability=np.where(reached, self.probability, np.nan),
            state=np.where(self.state == NONE, np.int8(NO_DATA), self.state),
        )

    def applying(self) -> Self:
        """The days on which the rule applies."""
        return self.on(np.flatnonzero(self.state != NOT_APPLICABLE))

    def on(self, places: Any) -> Self:
        """Some of the days."""
        return replace(
            self,
            dates=self.dates[places],
            probability=self.probability[:, places],
            known=self.known[:, places],
            state=self.state[places],
        )


def open_days(parted: Days) -> Any:
    """How much higher a level may be on each day for the hours that it lacks, int8 [day].

    The first day is judged by those of its hours that are at hand: the others are over.
    """
    short = ~parted.complete
    short[0] = False
    return np.where(short, _TOP, np.int8(0))


def highest_of_days(levels: Any, *, parted: Days) -> Any:
    """Highest level of the hours of each day [..., day]."""
    begins = np.searchsorted(parted.number, np.arange(parted.dates.size))
    return np.maximum.reduceat(levels, begins, axis=-1)


def counted(
    sure: Any, possible: Any, *, stage: Any, numbers: Sequence[int], policy: Decide
) -> tuple[Any, ...]:
    """Chances, members and states from levels whose last axis is that of the members.

    Args:
        sure: highest level that is certainly reached, int8 [..., member].
        possible: highest level that may be.
        stage: three-valued, whether the rule applies.
        numbers: levels of the rule, rising.
        policy: when to warn.

    Returns:
        Chances [..., level], NaN where too few members are known; known and unknown members
        [..., level]; state, and what is watched [...].
    """
    total = np.broadcast_shapes(sure.shape, stage.shape)[-1]
    shares, counts = [], []
    below: Any = np.float32(np.inf)
    for number in numbers:
        yes = (sure >= number) & (stage == YES)
        maybe = (possible >= number) & (stage != NO)
        known = total - np.count_nonzero(maybe & ~yes, axis=-1)
        share = np.count_nonzero(yes, axis=-1) / np.maximum(known, 1)
        enough = known >= policy.min_members
        below = np.fmin(below, np.where(enough, share, np.nan))
        shares.append(np.where(enough, below, np.nan))
        counts.append(known)
    chances = np.stack(shares, axis=-1).astype(np.float32)
    members = np.stack(counts, axis=-1).astype(np.int16)
    outside = np.broadcast_to(stage == NO, np.broadcast_shapes(sure.shape, stage.shape)).all(-1)
    ratio = policy.cost_loss
    states = (
        _state(chances, numbers, limit=limit, outside=outside)
        for limit in (ratio, ratio * policy.watch_ratio)
    )
    return (chances, members, np.int16(total) - members, *states)


def _state(chances: Any, numbers: Sequence[int], *, limit: float, outside: Any) -> Any:
    levels = np.array(numbers, np.int8)
    state = np.where(chances >= limit - ROUNDING, levels, np.int8(NONE)).max(axis=-1)
    unknown = (state == NONE) & np.isnan(chances[..., 0])
    state = np.where(unknown, np.int8(NO_DATA), state)
    return np.where(outside, np.int8(NOT_APPLICABLE), state).astype(np.int8)
