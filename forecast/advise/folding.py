"""One walk over a condition for all that is asked of it: truth, the reason, how far it looks."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from forecast.advise.profile.grammar import (
    AllOf,
    AnyCondition,
    AnyOf,
    Comparison,
    Count,
    ModelTest,
    Not,
    Run,
    step_of,
)
from forecast.advise.profile.names import Step
from forecast.advise.profile.parts import steps_of

T = TypeVar("T")


class Meaning(Protocol[T]):
    """What each form of a condition means, for one question; lengths are steps."""

    def leaf(self, leaf: Comparison | ModelTest) -> T:
        """Of a comparison, or of a model."""

    def all_of(self, parts: Sequence[T]) -> T:
        """That all parts hold."""

    def any_of(self, parts: Sequence[T]) -> T:
        """That any part holds."""

    def negated(self, part: T) -> T:
        """That the part does not hold."""

    def run(self, part: T, *, length: int) -> T:
        """That the step lies in so many steps in a row for which the part holds."""

    def count(self, part: T, *, within: int, at_least: int) -> T:
        """That the part holds at enough of the steps that end with this one."""


def fold(condition: AnyCondition, meaning: Meaning[T]) -> T:
    """What a condition that was checked means as a whole.

    Args:
        condition: all of one step.
        meaning: of its forms.
    """
    return _folded(condition, meaning, step_of(condition))


def _folded(condition: AnyCondition, meaning: Meaning[T], step: Step) -> T:
    match condition:
        case Comparison() | ModelTest():
            return meaning.leaf(condition)
        case AllOf():
            return meaning.all_of([_folded(part, meaning, step) for part in condition.all])
        case AnyOf():
            return meaning.any_of([_folded(part, meaning, step) for part in condition.any])
        case Not():
            return meaning.negated(_folded(condition.negated, meaning, step))
        case Run():
            length = steps_of(condition.at_least, step)
            return meaning.run(_folded(condition.run, meaning, step), length=length)
        case Count():
            return meaning.count(
                _folded(condition.count, meaning, step),
                within=steps_of(condition.within, step),
                at_least=steps_of(condition.at_least, step),
            )
