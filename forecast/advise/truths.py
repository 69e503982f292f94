"""Truth of conditions on bare arrays whose last axis is that of the steps.

Every comparison is made once, however many conditions ask for it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from forecast.advise.folding import fold
from forecast.advise.packed import holds
from forecast.advise.profile.grammar import AnyCondition, Comparison, ModelTest
from forecast.advise.profile.rules import Rule
from forecast.agromet.timewise import padded, windows
from forecast.agromet.truth import NO, UNKNOWN, YES

_JOIN: Final = {"min": np.minimum, "max": np.maximum, "sum": np.add, "mean": np.add}


def name_of(leaf: Comparison | ModelTest) -> str:
    """Name under which the value of a comparison, or the answer of a model, is handed over."""
    return leaf.var if isinstance(leaf, Comparison) else leaf.key


class Truths:
    """Three-valued answers int8, as a meaning for `folding.fold`.

    Args:
        arrays: float32 [..., step] by short name, and answers of models by key; they broadcast.
    """

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self._arrays = arrays
        self._known: dict[tuple[Any, ...], Any] = {}

    def of(self, condition: AnyCondition) -> Any:
        """Answer of a condition at every step."""
        return fold(condition, self)

    def leaf(self, leaf: Comparison | ModelTest) -> Any:
        """Of a comparison or model."""
        if isinstance(leaf, ModelTest):
            return _answer(leaf, self._arrays[leaf.key])
        key = (leaf.var, leaf.op, leaf.limit, leaf.agg, leaf.window)
        if key not in self._known:
            self._known[key] = _compare(leaf, self._arrays[leaf.var])
        return self._known[key]

    def all_of(self, parts: Sequence[Any]) -> Any:
        """The least."""
        return _joined(parts, np.minimum)

    def any_of(self, parts: Sequence[Any]) -> Any:
        """The greatest."""
        return _joined(parts, np.maximum)

    def negated(self, part: Any) -> Any:
        """The mirror image."""
        return np.int8(YES) - part

    def run(self, part: Any, *, length: int) -> Any:
        """Steps within a run; before and after the data all is unknown."""
        row = padded(part, before=length - 1, after=length - 1, fill=UNKNOWN)
        begun = windows(row, length=length, join=np.minimum)
        return windows(begun, length=length, join=np.maximum)

    def count(self, part: Any, *, within: int, at_least: int) -> Any:
        """Steps that end enough of them; before the data all is unknown."""
        row = padded(part, before=within - 1, after=0, fill=UNKNOWN)
        sure = windows((row == YES).astype(np.int16), length=within, join=np.add)
        possible = windows((row != NO).astype(np.int16), length=within, join=np.add)
        return (sure >= at_least).astype(np.int8) + (possible >= at_least).astype(np.int8)


def highest(rule: Rule, truths: Truths) -> tuple[Any, Any]:
    """Highest level that is certainly reached at every step, and the highest that may be, int8."""
    sure: Any = np.int8(0)
    possible: Any = np.int8(0)
    for level in rule.levels:
        truth, number = truths.of(level.condition), np.int8(level.level)
        sure = np.maximum(sure, np.where(truth == YES, number, np.int8(0)))
        possible = np.maximum(possible, np.where(truth != NO, number, np.int8(0)))
    return sure, possible


def statistic(comparison: Comparison, data: Any, *, outside: float) -> Any:
    """Statistic over the window of each step, float32; steps outside of the data are `outside`.

    Args:
        comparison: without a window the value itself.
        data: [..., step].
        outside: what stands before and after the data.
    """
    values = data.astype(np.float32, copy=False)
    if comparison.agg is None:
        return values
    reach = comparison.width - 1
    before, after = (0, reach) if comparison.ahead else (reach, 0)
    row = padded(values, before=before, after=after, fill=outside)
    joined = windows(row, length=comparison.width, join=_JOIN[comparison.agg])
    return joined / np.float32(comparison.width) if comparison.agg == "mean" else joined


def _joined(parts: Sequence[Any], join: Any) -> Any:
    answer = parts[0]
    for part in parts[1:]:
        answer = join(answer, part)
    return answer


def _compare(comparison: Comparison, data: Any) -> Any:
    """Yes where even the worst case holds, no where even the best one does not."""
    if comparison.window is None:
        known = data.astype(np.float32, copy=False)
        held = _held(comparison, known).astype(np.int8) * np.int8(YES)
        return np.where(np.isnan(known), np.int8(UNKNOWN), held)
    floor = 0.0 if comparison.measure.valid_min == 0 else -np.inf
    low = _held(comparison, _bounded(comparison, data, missing=floor)).astype(np.int8)
    if np.isnan(data).any():
        high = _held(comparison, _bounded(comparison, data, missing=np.inf))
        return low + high.astype(np.int8)
    # without a gap both bounds differ only where a window reaches beyond the data
    both, reach = low * np.int8(YES), min(comparison.width - 1, data.shape[-1])
    if reach:
        edge = slice(data.shape[-1] - reach, None) if comparison.ahead else slice(reach)
        beyond = _bounded(comparison, data[..., edge], missing=np.inf)
        both[..., edge] = low[..., edge] + _held(comparison, beyond).astype(np.int8)
    return both


def _held(comparison: Comparison, data: Any) -> Any:
    known = comparison.measure
    return holds(data, comparison.op, limit=comparison.limit, scale=known.scale)


def _bounded(comparison: Comparison, data: Any, *, missing: float) -> Any:
    filled = np.where(np.isnan(data), np.float32(missing), data)
    return statistic(comparison, filled, outside=missing)


def _answer(test: ModelTest, data: Any) -> Any:
    if test.number is None:
        return data.astype(np.int8, copy=False)
    known = data.astype(np.float32, copy=False)
    held = holds(known, str(test.op), limit=test.number, scale=test.kernel.scale)
    return np.where(np.isnan(known), np.int8(UNKNOWN), np.int8(YES) * held.astype(np.int8))
