"""How clearly a condition holds at every step, and which comparison that hangs on.

Each comparison has a distance from where its answer turns, in packed counts over the spread of the
members. All conditions of a list hold as well as the worst of them, any of them as well as the
best, a run as its worst step, a count as the last step that it still needs: the robustness of
temporal logic (Donze & Maler 2010, FORMATS, LNCS 6246, 92-106). Its sign is the answer of
`forecast.advise.truths`; where that is unknown there is no distance.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from forecast.advise.packed import DIGITS
from forecast.advise.profile.grammar import Comparison, ModelTest
from forecast.advise.truths import name_of, statistic
from forecast.agromet.truth import UNKNOWN

NO_SPREAD: Final = 1e3
"""Stands for the spread where there are no members, so that such margins are still ordered."""


class Score(NamedTuple):
    """Of a condition [..., step].

    Attributes:
        value: distance in spreads, positive where it holds; NaN where that is not known.
        leaf: number of the comparison that it hangs on, and
        at: step of it.
    """

    value: Any
    leaf: Any
    at: Any


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Row:
    """Numbers of one comparison along its steps.

    Attributes:
        leaf: the comparison or model.
        subject: name of the quantity or model.
        unit: of it.
        counts: packed counts of the median of the members [step], NaN where any is missing.
        spread: standard deviation of the members [step], in the unit.
        scale: packed counts per unit.
    """

    leaf: Comparison | ModelTest
    subject: str
    unit: str
    counts: Any
    spread: Any
    scale: int

    @property
    def threshold(self) -> float:
        """Where the quantity is measured; a model that says yes gives 1."""
        if isinstance(self.leaf, Comparison):
            return self.leaf.limit
        return 1.0 if self.leaf.number is None else self.leaf.number

    @property
    def above(self) -> bool:
        """Whether more speaks for it."""
        return (self.leaf.op or ">=")[0] == ">"

    @property
    def bound(self) -> float:
        """First count on the upper side of the threshold."""
        limit = round(self.threshold * self.scale, DIGITS)
        upward = (self.leaf.op or ">=") in {">=", "<"}
        return math.ceil(limit) if upward else math.floor(limit) + 1

    @property
    def distance(self) -> Any:
        """From where the answer turns, in spreads; positive where it is yes [step]."""
        beyond = self.counts - self.bound + 0.5
        width = np.maximum(self.spread * self.scale, 1e-6)
        return (beyond if self.above else -beyond) / width


class Numbers:
    """Rows of comparisons; the members of each quantity are counted once.

    Args:
        arrays: [member, step] by short name, and answers of models by key.
    """

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self._arrays = arrays
        self._known: dict[tuple[Any, ...], tuple[Any, Any]] = {}

    def row(self, leaf: Comparison | ModelTest) -> Row:
        """Of a comparison or model."""
        if isinstance(leaf, Comparison):
            key: tuple[Any, ...] = (leaf.var, leaf.agg, leaf.window)
            told, scale = (leaf.var, leaf.measure.units), leaf.measure.scale
        else:
            key = (leaf.key,)
            told, scale = (leaf.key, leaf.kernel.units), leaf.kernel.scale
        if key not in self._known:
            self._known[key] = _middle(self._members(leaf), scale)
        counts, spread = self._known[key]
        return Row(
            leaf=leaf, subject=told[0], unit=told[1], counts=counts, spread=spread, scale=scale
        )

    def _members(self, leaf: Comparison | ModelTest) -> Any:
        data = self._arrays[name_of(leaf)]
        if isinstance(leaf, Comparison):
            return statistic(leaf, data, outside=np.nan)
        return data if leaf.number is not None else np.where(data == UNKNOWN, np.nan, data / 2.0)


class Scores:
    """Distances as a meaning for `folding.fold`.

    Args:
        numbers: of the comparisons.
        moved: short name of a quantity that is changed everywhere, and by how many counts.
    """

    def __init__(self, numbers: Numbers, *, moved: tuple[str, float] | None = None) -> None:
        self._numbers = numbers
        self._moved = moved
        self.rows: list[Row] = []

    def leaf(self, leaf: Comparison | ModelTest) -> Score:
        """Of a comparison or model."""
        row = self._numbers.row(leaf)
        if self._moved is not None and row.subject == self._moved[0]:
            row = replace(row, counts=row.counts + self._moved[1])
        self.rows.append(row)
        distance = row.distance
        number = np.full(distance.shape, len(self.rows) - 1, np.int32)
        return Score(distance, number, np.arange(distance.size, dtype=np.int32))

    def all_of(self, parts: Sequence[Score]) -> Score:
        """The least."""
        return self.negated(self.any_of([self.negated(part) for part in parts]))

    def any_of(self, parts: Sequence[Score]) -> Score:
        """The greatest."""
        if len(parts) == 1:
            return parts[0]
        return _most(Score(*(np.stack(rows, axis=-1) for rows in zip(*parts, strict=True))))

    def negated(self, part: Score) -> Score:
        """The mirror image."""
        return part._replace(value=-part.value)

    def run(self, part: Score, *, length: int) -> Score:
        """The best run of the length that holds the step, as good as its worst step."""
        begun = least_of(_outside(part, before=length - 1, after=length - 1), length=length)
        return _most(_neighbours(begun, length))

    def count(self, part: Score, *, within: int, at_least: int) -> Score:
        """The last step that is still needed, of those that end with this one."""
        newest_first = _neighbours(_outside(part, before=within - 1, after=0), within)
        around = Score(*(rows[..., ::-1] for rows in newest_first))
        known = ~np.isnan(around.value)
        order = np.argsort(np.where(known, -around.value, np.inf), axis=-1, kind="stable")
        ranked = Score(*(np.take_along_axis(rows, order, axis=-1) for rows in around))
        total = known.sum(axis=-1)
        needed = Score(*(rows[..., min(at_least, within) - 1] for rows in ranked))
        enough = (total >= at_least) & ((total == within) | (needed.value > 0))
        hopeful = within - total + (known & (around.value > 0)).sum(axis=-1)
        best = Score(*(rows[..., 0] for rows in ranked))
        value = np.where(enough, needed.value, np.where(hopeful < at_least, best.value, np.nan))
        leaf, at = (
            np.where(enough, one, two) for one, two in zip(needed[1:], best[1:], strict=True)
        )
        return Score(value, leaf, at)


def least_of(score: Score, *, length: int) -> Score:
    """The worst of as many steps in a row from each step on [..., step - length + 1]."""
    if length == 1:
        return score
    turned = score._replace(value=-score.value)
    found = _most(_neighbours(turned, length))
    return found._replace(value=-found.value)


def _most(score: Score) -> Score:
    """The best along the last axis; unknown where the unknown could be better and it is no yes."""
    known = ~np.isnan(score.value)
    place = np.argmax(np.where(known, score.value, -np.inf), axis=-1)[..., np.newaxis]
    value, leaf, at = (np.take_along_axis(rows, place, axis=-1)[..., 0] for rows in score)
    return Score(np.where((value > 0) | known.all(axis=-1), value, np.nan), leaf, at)


def _neighbours(score: Score, length: int) -> Score:
    return Score(*(sliding_window_view(rows, length, axis=-1) for rows in score))


def _outside(score: Score, *, before: int, after: int) -> Score:
    """With the unknown steps before and after the data."""
    value, leaf, at = (
        np.pad(rows, (before, after), constant_values=fill)
        for rows, fill in zip(score, (np.nan, 0, 0), strict=True)
    )
    return Score(value, leaf, at)


def _middle(members: Any, scale: int) -> tuple[Any, Any]:
    """Counts of the median and the spread of members [member, step], where all are known."""
    known = ~np.isnan(members).any(axis=0)
    filled = np.where(known, members, 0.0).astype(np.float64)
    spread = np.full(known.shape, NO_SPREAD)
    if members.shape[0] > 1:
        spread = np.maximum(filled.std(axis=0, ddof=1), 1.0 / scale)
    counts = np.where(known, np.rint(_median(filled) * scale), np.nan)
    return counts, spread


def _median(members: Any) -> Any:
    """Median of [member, step]; sorted by rows, which is several times faster than by columns."""
    ranked = np.sort(np.ascontiguousarray(members.T), axis=-1)
    size = ranked.shape[-1]
    return (ranked[:, (size - 1) // 2] + ranked[:, size // 2]) / 2.0
