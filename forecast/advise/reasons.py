"""Why a condition holds or does not: the comparison that decides, its margin, what would flip it.

Each comparison has a margin, made comparable across units by the spread of the members. All
conditions of a list hold as well as the worst of them, any of them as well as the best, a run as
its worst step, a count as the last step that it still needs: the robustness of temporal logic
(Donze & Maler 2010, FORMATS, LNCS 6246, 92-106). The comparison from which that number comes is
the one that decides. Its sign is the answer of `forecast.advise.conditions`.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import xarray as xr

from forecast.advise.chances import MEMBER
from forecast.advise.conditions import DIM, judged
from forecast.advise.packed import DIGITS
from forecast.advise.profile.grammar import (
    AllOf,
    AnyCondition,
    AnyOf,
    Comparison,
    Count,
    ModelTest,
    Not,
    Run,
    leaves,
    step_of,
)
from forecast.advise.profile.parts import steps_of
from forecast.agromet.truth import UNKNOWN
from forecast.errors import DataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """The comparison that decides whether a condition holds.

    Attributes:
        subject: short name of the quantity, or key of a model.
        op: `<`, `<=`, `>` or `>=`; empty for a model that answers yes or no.
        value: what is forecast: median of the members, or the one forecast.
        threshold: where the quantity is measured.
        unit: of value, threshold, margin and flip.
        at: time or date of the value.
        holds: whether the condition holds at the step that was asked.
        margin: value beyond the threshold, negative where the comparison is not met.
        margin_in_spread: the margin over the standard deviation of the members; None without.
        flip: smallest change of the quantity that turns the answer of the whole condition; None
            where no change of it alone does.
    """

    subject: str
    op: str
    value: float
    threshold: float
    unit: str
    at: np.datetime64
    holds: bool
    margin: float
    margin_in_spread: float | None
    flip: float | None


class _Row(NamedTuple):
    """Numbers of one comparison along its steps: packed counts, and how far they are beyond."""

    subject: str
    unit: str
    counts: Any
    bound: float
    above: bool
    scale: int
    spread: Any

    def score(self, step: int) -> float:
        """Distance from where the answer turns, in spreads; positive where it is yes."""
        beyond = float(self.counts[step]) - self.bound + 0.5
        width = float(self.spread[step]) * self.scale
        return (beyond if self.above else -beyond) / max(width, 1e-6)


class _Score(NamedTuple):
    value: float
    leaf: Comparison | ModelTest | None
    step: int


_UNKNOWN: Final = _Score(math.nan, None, 0)


def deciding(
    condition: AnyCondition, values: Mapping[str, xr.DataArray], *, among: Iterable[int]
) -> Reason | None:
    """The comparison that decides at the step, of those asked, at which most speaks for a yes.

    Args:
        condition: of a profile.
        values: as for `conditions.evaluate`, at one place, with `realization` or one forecast.
        among: places of the steps that are asked.

    Returns:
        None where the answer is not known at any of the steps.

    Raises:
        DataError: a value is not at hand, or there are more dims.
    """
    dim = DIM[step_of(condition)]
    rows = {id(leaf): _row(leaf, values, dim) for leaf in leaves(condition)}
    scores = [_at(condition, rows, step) for step in among]
    known = [score for score in scores if score.leaf is not None]
    if not known:
        return None
    found = max(known, key=lambda score: score.value)
    place = next(step for step, score in zip(among, scores, strict=True) if score is found)
    return _told(condition, rows, place=place, times=_steps(values, dim))


def _told(
    condition: AnyCondition, rows: Mapping[int, _Row], *, place: int, times: Any
) -> Reason | None:
    found = _at(condition, rows, place)
    leaf = found.leaf
    if leaf is None:
        return None
    row, step = rows[id(leaf)], found.step
    value = float(row.counts[step]) / row.scale
    threshold = _threshold(leaf)
    margin = value - threshold if row.above else threshold - value
    spread = float(row.spread[step])
    return Reason(
        subject=row.subject,
        op=leaf.op or "",
        value=round(value, DIGITS),
        threshold=threshold,
        unit=row.unit,
        at=times[step],
        holds=found.value > 0,
        margin=round(margin, DIGITS),
        margin_in_spread=None if spread >= _NO_SPREAD else round(margin / max(spread, 1e-6), 2),
        flip=_flip(condition, rows, found=found, place=place) if leaf.op else None,
    )


_NO_SPREAD: Final = 1e3
"""Stands for the spread where there are no members, so that such margins are still ordered."""


def _flip(
    condition: AnyCondition, rows: Mapping[int, _Row], *, found: _Score, place: int
) -> float | None:
    """Change of the deciding quantity by which the whole condition turns, in its unit.

    The quantity is changed in all comparisons: wind of 4 m/s less is also too little of it.
    """
    row = rows[id(found.leaf)]
    count = float(row.counts[found.step])
    change = (row.bound - 1 if count >= row.bound else row.bound) - count
    moved = {
        key: other._replace(counts=other.counts + change) if other.subject == row.subject else other
        for key, other in rows.items()
    }
    after = _at(condition, moved, place)
    if after.leaf is None or (after.value > 0) == (found.value > 0):
        return None
    return round(change / row.scale, DIGITS)


def _row(leaf: Comparison | ModelTest, values: Mapping[str, xr.DataArray], dim: str) -> _Row:
    if isinstance(leaf, Comparison):
        numbers, known_as = judged(leaf, values), (leaf.var, leaf.measure.units)
        scale = leaf.measure.scale
    else:
        numbers, known_as = _answers(leaf, values), (leaf.key, leaf.kernel.units)
        scale = leaf.kernel.scale
    if set(numbers.dims) - {MEMBER} != {dim}:
        raise DataError(f"a reason was asked at one place; the data have the dims {numbers.dims}")
    array = numbers.transpose(..., dim).values.astype(np.float64)
    members = array if array.ndim == 2 else array[np.newaxis]
    known = ~np.isnan(members).any(axis=0)
    filled = np.where(known, members, 0.0)
    spread = np.full(known.shape, _NO_SPREAD)
    if members.shape[0] > 1:
        spread = filled.std(axis=0, ddof=1)
    counts = np.where(known, np.rint(np.median(filled, axis=0) * scale), np.nan)
    limit = round(_threshold(leaf) * scale, DIGITS)
    op = leaf.op or ">="
    bound = math.ceil(limit) if op in {">=", "<"} else math.floor(limit) + 1
    return _Row(*known_as, counts, bound, op[0] == ">", scale, np.maximum(spread, 1.0 / scale))


def _answers(test: ModelTest, values: Mapping[str, xr.DataArray]) -> xr.DataArray:
    """Numbers of a model; a yes is 1 and a no 0."""
    if test.key not in values:
        raise DataError(f"a reason on {test.key} was asked; at hand is {', '.join(sorted(values))}")
    found = values[test.key]
    if test.number is not None:
        return found
    return (found / 2.0).where(found != UNKNOWN)


def _threshold(leaf: Comparison | ModelTest) -> float:
    if isinstance(leaf, Comparison):
        return leaf.limit
    return 1.0 if leaf.number is None else leaf.number


def _steps(values: Mapping[str, xr.DataArray], dim: str) -> Any:
    held = next(field for field in values.values() if dim in field.dims)
    return held[dim].values


def _at(condition: AnyCondition, rows: Mapping[int, _Row], step: int) -> _Score:
    """Score of a condition at a step within the data."""
    match condition:
        case Comparison() | ModelTest():
            return _leaf(condition, rows[id(condition)], step)
        case AllOf():
            return _least([_at(part, rows, step) for part in condition.all])
        case AnyOf():
            return _most([_at(part, rows, step) for part in condition.any])
        case Not():
            return _negative(_at(condition.negated, rows, step))
        case Run():
            return _run(condition, rows, step)
        case Count():
            return _count(condition, rows, step)


def _leaf(leaf: Comparison | ModelTest, row: _Row, step: int) -> _Score:
    if np.isnan(row.counts[step]):
        return _UNKNOWN
    return _Score(row.score(step), leaf, step)


def _inside(condition: AnyCondition, rows: Mapping[int, _Row], step: int) -> _Score:
    """Score at a neighbouring step, which may lie outside of the data."""
    size = next(iter(rows.values())).counts.size
    return _at(condition, rows, step) if 0 <= step < size else _UNKNOWN


def _run(condition: Run, rows: Mapping[int, _Row], step: int) -> _Score:
    length = steps_of(condition.at_least, step_of(condition))
    around = [_inside(condition.run, rows, step + i) for i in range(1 - length, length)]
    return _most([_least(around[first : first + length]) for first in range(length)])


def _count(condition: Count, rows: Mapping[int, _Row], step: int) -> _Score:
    unit = step_of(condition)
    within, needed = (steps_of(text, unit) for text in (condition.within, condition.at_least))
    scores = [_inside(condition.count, rows, step - i) for i in range(within)]
    known = sorted((one for one in scores if one.leaf), key=lambda one: -one.value)
    if len(known) >= needed and (len(known) == within or known[needed - 1].value > 0):
        return known[needed - 1]
    hopeful = len(scores) - len(known) + sum(one.value > 0 for one in known)
    return known[0] if known and hopeful < needed else _UNKNOWN


def _least(scores: list[_Score]) -> _Score:
    return _negative(_most([_negative(score) for score in scores]))


def _most(scores: list[_Score]) -> _Score:
    """The best; unknown where what is not known could be better and the best is no yes."""
    known = [score for score in scores if score.leaf is not None]
    if not known:
        return _UNKNOWN
    best = max(known, key=lambda score: score.value)
    return best if best.value > 0 or len(known) == len(scores) else _UNKNOWN


def _negative(score: _Score) -> _Score:
    return _Score(-score.value, score.leaf, score.step)
