"""Why a condition holds or does not: the comparison that decides, its margin, what would flip it.

The comparison from which the score of the condition comes (`forecast.advise.scores`) is the one
that decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.advise.chances import MEMBER
from forecast.advise.conditions import DIM, inputs
from forecast.advise.folding import fold
from forecast.advise.packed import DIGITS
from forecast.advise.profile.grammar import AnyCondition, step_of
from forecast.advise.scores import NO_SPREAD, Numbers, Row, Scores, least_of
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
        margin: how far the value speaks for the condition, negative where it speaks against it: by
            how much the comparison is met, or under a `not` missed.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Steps at which a reason is asked.

    Attributes:
        among: places of the steps.
        length: steps in a row from each of them for which the condition must hold.
        worst: whether the step is told at which least speaks for a yes, not most.
    """

    among: Sequence[int] | npt.NDArray[np.intp]
    length: int = 1
    worst: bool = False


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
    arrays = {name: _members(name, values, dim) for name in inputs(condition)}
    steps = next(values[name] for name in arrays)[dim].values
    asked = Asked(among=list(among))
    return reason_at(condition, Numbers(arrays), steps=steps, asked=asked)


def reason_at(
    condition: AnyCondition, numbers: Numbers, *, steps: Any, asked: Asked
) -> Reason | None:
    """As `deciding`, of numbers that are counted already.

    Args:
        condition: of a profile.
        numbers: of its comparisons.
        steps: times or dates [step].
        asked: steps that are asked.
    """
    scores = Scores(numbers)
    score = least_of(fold(condition, scores), length=asked.length)
    wanted = np.asarray(asked.among, np.int64)
    wanted = wanted[wanted < score.value.size]
    known = wanted[~np.isnan(score.value[wanted])]
    if not known.size:
        return None
    pick = np.argmin if asked.worst else np.argmax
    place = int(known[pick(score.value[known])])
    row, at = scores.rows[int(score.leaf[place])], int(score.at[place])
    holds = bool(score.value[place] > 0)
    flip = None
    if row.leaf.op:
        change = _change(row, at)
        moved = Scores(numbers, moved=(row.subject, change))
        after = least_of(fold(condition, moved), length=asked.length).value[place]
        turns = not np.isnan(after) and bool(after > 0) != holds
        flip = round(change / row.scale, DIGITS) if turns else None
    return _told(row, at=at, when=steps[at], holds=holds, flip=flip)


def _change(row: Row, at: int) -> float:
    """Counts by which the deciding quantity must change so that its comparison turns.

    The quantity is changed in all comparisons: wind of 4 m/s less is also too little of it.
    """
    count = float(row.counts[at])
    return (row.bound - 1 if count >= row.bound else row.bound) - count


def _told(row: Row, *, at: int, when: Any, holds: bool, flip: float | None) -> Reason:
    value = float(row.counts[at]) / row.scale
    turned = holds != bool(row.distance[at] > 0)
    beyond = value - row.threshold
    margin = round(beyond if row.above != turned else -beyond, DIGITS) + 0.0
    spread = float(row.spread[at])
    return Reason(
        subject=row.subject,
        op=row.leaf.op or "",
        value=round(value, DIGITS),
        threshold=row.threshold,
        unit=row.unit,
        at=when,
        holds=holds,
        margin=margin,
        margin_in_spread=None if spread >= NO_SPREAD else round(margin / max(spread, 1e-6), 2),
        flip=flip,
    )


def _members(name: str, values: Mapping[str, xr.DataArray], dim: str) -> Any:
    """Values [member, step] at one place."""
    if name not in values:
        raise DataError(f"a reason on {name} was asked; at hand is {', '.join(sorted(values))}")
    field = values[name]
    if set(field.dims) - {MEMBER} != {dim}:
        raise DataError(f"a reason was asked at one place; the data have the dims {field.dims}")
    array = field.transpose(..., dim).values
    return array if array.ndim == 2 else array[np.newaxis]
