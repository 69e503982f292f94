"""Conditions of profiles judged on forecasts: yes, no, or not known.

The answer is int8 as in `forecast.agromet.truth`: `NO` 0, `UNKNOWN` 1, `YES` 2. What is missing is
unknown, and so is what lies before the first step and after the last; an answer is certain only
where nothing unknown could change it. Rain of 60 mm in the known part of a window is enough for
"at least 50 mm" and makes "below 0.1 mm" a no, whatever else fell.

`past n` and `count within n` end with the step that is judged, `next n` begins with it; a `run`
holds on every step that belongs to it. Steps are hours along `time` or days along `day`; all other
dims, `realization` among them, ride along. Comparisons are made in packed counts
(`forecast.advise.packed`).
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import xarray as xr

from forecast.advise.packed import holds
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
from forecast.advise.profile.rules import Rule
from forecast.agromet.timewise import along, padded, windows
from forecast.agromet.truth import NO, UNKNOWN, YES
from forecast.errors import DataError

DIM: Final = {"h": "time", "d": "day"}
"""Dim of the steps of a condition."""

_BESIDE: Final = np.int8(16)
"""Two levels of at most 4 go through one array: the sure one, and 16 times the possible one."""

_JOIN: Final = {"min": np.minimum, "max": np.maximum, "sum": np.add, "mean": np.add}


class Levels(NamedTuple):
    """Level of a rule at every step, int8.

    Attributes:
        sure: highest level that is certainly reached, 0 for none.
        possible: highest level that is reached if what is unknown turns out so.
    """

    sure: xr.DataArray
    possible: xr.DataArray


def inputs(*conditions: AnyCondition) -> tuple[str, ...]:
    """Names under which `evaluate` looks values up: short names, and keys of models."""
    found = (leaf for condition in conditions for leaf in leaves(condition))
    return tuple(dict.fromkeys(_name(leaf) for leaf in found))


def evaluate(condition: AnyCondition, values: Mapping[str, xr.DataArray]) -> xr.DataArray:
    """Judge a condition at every step.

    Args:
        condition: all of one step, as profiles are checked for.
        values: by short name (`tmin`), in the unit of its measure, with the dim `time` or `day`
            and any others; by `ModelTest.key` the answers of models, three-valued int8 or numbers.
            NaN where missing.

    Returns:
        int8: `NO`, `UNKNOWN` or `YES`; lazy where the values are.

    Raises:
        DataError: a value is not at hand, or lacks the dim of its step.
    """
    names = inputs(condition)

    def work(*arrays: Any) -> Any:
        return _judge(condition, dict(zip(names, arrays, strict=True)))

    return along(work, *_fields((condition,), values), dim=DIM[step_of(condition)], dtype=np.int8)


def levels(rule: Rule, values: Mapping[str, xr.DataArray]) -> Levels:
    """Levels of a rule at every step; each level is judged by itself and the highest counts.

    Args:
        rule: of a profile.
        values: as for `evaluate`.

    Raises:
        DataError: a value is not at hand.
    """
    conditions = tuple(level.condition for level in rule.levels)
    names = inputs(*conditions)

    def work(*arrays: Any) -> Any:
        held = dict(zip(names, arrays, strict=True))
        sure: Any = np.int8(0)
        possible: Any = np.int8(0)
        for level in rule.levels:
            truth, number = _judge(level.condition, held), np.int8(level.level)
            sure = np.maximum(sure, np.where(truth == YES, number, np.int8(0)))
            possible = np.maximum(possible, np.where(truth != NO, number, np.int8(0)))
        return sure + _BESIDE * possible

    both = along(work, *_fields(conditions, values), dim=DIM[step_of(conditions[0])], dtype=np.int8)
    return Levels(both % _BESIDE, both // _BESIDE)


def judged(comparison: Comparison, values: Mapping[str, xr.DataArray]) -> xr.DataArray:
    """The number that a comparison looks at: the value, or its statistic over the window.

    Args:
        comparison: simple comparison.
        values: as for `evaluate`.

    Returns:
        float32 in the unit of the measure; NaN where any part of it is missing.

    Raises:
        DataError: the value is not at hand.
    """

    def work(data: Any) -> Any:
        return _statistic(comparison, data, outside=np.nan)

    fields = _fields((comparison,), values)
    return along(work, *fields, dim=DIM[comparison.measure.step], dtype=np.float32)


def margin(comparison: Comparison, values: Mapping[str, xr.DataArray]) -> xr.DataArray:
    """How far the number is beyond the threshold, in its unit; negative where it is not met.

    Args:
        comparison: simple comparison.
        values: as for `evaluate`.

    Returns:
        float32; 0 at the threshold itself, NaN where missing.

    Raises:
        DataError: the value is not at hand.
    """
    number, limit = judged(comparison, values), np.float32(comparison.limit)
    return number - limit if comparison.op[0] == ">" else limit - number


def _fields(
    conditions: tuple[AnyCondition, ...], values: Mapping[str, xr.DataArray]
) -> list[xr.DataArray]:
    """Values of the conditions in the order of `inputs`; conditions that were checked.

    Raises:
        DataError: one is not at hand, or lacks the dim of its step.
    """
    names = inputs(*conditions)
    dim = DIM[step_of(conditions[0])]
    lacking = [name for name in names if name not in values]
    if lacking:
        held = ", ".join(sorted(values)) or "nothing"
        raise DataError(f"a condition on {', '.join(lacking)} was asked; at hand is {held}")
    fields = [values[name] for name in names]
    for name, field in zip(names, fields, strict=True):
        if dim not in field.dims:
            raise DataError(f"{name} was given along {field.dims}; its condition needs {dim!r}")
    return list(xr.align(*fields, join="exact", copy=False))


def _name(leaf: Comparison | ModelTest) -> str:
    return leaf.var if isinstance(leaf, Comparison) else leaf.key


def _judge(condition: AnyCondition, arrays: Mapping[str, Any]) -> Any:
    """Three-valued answer on bare arrays whose last axis is that of the steps."""
    match condition:
        case Comparison():
            return _compare(condition, arrays[condition.var])
        case ModelTest():
            return _answer(condition, arrays[condition.key])
        case AllOf():
            return _joined(condition.all, arrays, np.minimum)
        case AnyOf():
            return _joined(condition.any, arrays, np.maximum)
        case _:
            return _around(condition, arrays)


def _around(condition: Run | Count | Not, arrays: Mapping[str, Any]) -> Any:
    """Answer of a condition that says something of another one."""
    step = step_of(condition)
    match condition:
        case Run():
            length = steps_of(condition.at_least, step)
            return _opened(_judge(condition.run, arrays), length)
        case Count():
            return _counted(
                _judge(condition.count, arrays),
                within=steps_of(condition.within, step),
                at_least=steps_of(condition.at_least, step),
            )
        case Not():
            return np.int8(YES) - _judge(condition.negated, arrays)


def _joined(conditions: tuple[AnyCondition, ...], arrays: Mapping[str, Any], join: Any) -> Any:
    answer = _judge(conditions[0], arrays)
    for condition in conditions[1:]:
        answer = join(answer, _judge(condition, arrays))
    return answer


def _compare(comparison: Comparison, data: Any) -> Any:
    """Yes where even the worst case holds, no where even the best one does not."""
    if comparison.window is None:
        known = data.astype(np.float32, copy=False)
        held = _held(comparison, known).astype(np.int8) * np.int8(YES)
        return np.where(np.isnan(known), np.int8(UNKNOWN), held)
    floor = 0.0 if comparison.measure.valid_min == 0 else -np.inf
    low = _held(comparison, _bounded(comparison, data, missing=floor))
    high = _held(comparison, _bounded(comparison, data, missing=np.inf))
    return low.astype(np.int8) + high.astype(np.int8)


def _held(comparison: Comparison, data: Any) -> Any:
    known = comparison.measure
    return holds(data, comparison.op, limit=comparison.limit, scale=known.scale)


def _bounded(comparison: Comparison, data: Any, *, missing: float) -> Any:
    filled = np.where(np.isnan(data), np.float32(missing), data)
    return _statistic(comparison, filled, outside=missing)


def _statistic(comparison: Comparison, data: Any, *, outside: float) -> Any:
    """Statistic over the window of each step, float32; steps outside of the data are `outside`."""
    values = data.astype(np.float32, copy=False)
    if comparison.agg is None:
        return values
    reach = comparison.width - 1
    before, after = (0, reach) if comparison.ahead else (reach, 0)
    row = padded(values, before=before, after=after, fill=outside)
    joined = windows(row, length=comparison.width, join=_JOIN[comparison.agg])
    return joined / np.float32(comparison.width) if comparison.agg == "mean" else joined


def _answer(test: ModelTest, data: Any) -> Any:
    if test.number is None:
        return data.astype(np.int8, copy=False)
    known = data.astype(np.float32, copy=False)
    held = holds(known, str(test.op), limit=test.number, scale=test.kernel.scale)
    return np.where(np.isnan(known), np.int8(UNKNOWN), np.int8(YES) * held.astype(np.int8))


def _opened(truth: Any, length: int) -> Any:
    """Steps within a run of at least `length`; before and after the data all is unknown."""
    row = padded(truth, before=length - 1, after=length - 1, fill=UNKNOWN)
    begun = windows(row, length=length, join=np.minimum)
    return windows(begun, length=length, join=np.maximum)


def _counted(truth: Any, *, within: int, at_least: int) -> Any:
    row = padded(truth, before=within - 1, after=0, fill=UNKNOWN)
    sure = windows((row == YES).astype(np.int16), length=within, join=np.add)
    possible = windows((row != NO).astype(np.int16), length=within, join=np.add)
    return (sure >= at_least).astype(np.int8) + (possible >= at_least).astype(np.int8)
