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

from forecast.advise.profile.grammar import AnyCondition, Comparison, leaves, step_of
from forecast.advise.profile.rules import Rule
from forecast.advise.truths import Truths, highest, name_of, statistic
from forecast.agromet.timewise import along
from forecast.errors import DataError

DIM: Final = {"h": "time", "d": "day"}
"""Dim of the steps of a condition."""

_BESIDE: Final = np.int8(16)
"""Two levels of at most 4 go through one array: the sure one, and 16 times the possible one."""


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
    return tuple(dict.fromkeys(name_of(leaf) for leaf in found))


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
        return Truths(dict(zip(names, arrays, strict=True))).of(condition)

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
        sure, possible = highest(rule, Truths(dict(zip(names, arrays, strict=True))))
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
        return statistic(comparison, data, outside=np.nan)

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
