"""Hazards, pests and diseases: how likely each level of a rule is, day by day.

Levels are nested: what reaches level 3 has reached 1 and 2. A member counts where both its weather
and its stage are known; where no member can be in a stage of the rule it does not apply, which is
never told as no risk, and where too few members are known there are no data.
"""

from functools import partial
from typing import Any

import numpy as np
import xarray as xr

from forecast.advise.chances import MEMBER
from forecast.advise.conditions import Levels
from forecast.advise.profile.rules import Rule
from forecast.advise.rule_row import (
    NO_DATA,
    NONE,
    NOT_APPLICABLE,
    counted,
    highest_of_days,
    open_days,
)
from forecast.agromet.truth import YES
from forecast.times import DayBoundary, Days, days

__all__ = [
    "NONE",
    "NOT_APPLICABLE",
    "NO_DATA",
    "assess",
    "by_day",
    "highest_by_day",
]


def by_day(found: Levels, *, boundary: DayBoundary, zone: str) -> Levels:
    """The highest level of each day from levels of hours.

    The first day is judged by those of its hours that are at hand: the others are over. Any
    other day with hours missing may still reach the highest level.

    Args:
        found: levels with the dim `time` (UTC, ends of hours).
        boundary: when a day begins; with 20:00 at Beijing a frost at 22:00 counts to the next
            date.
        zone: IANA zone of the boundary.
    """
    return highest_by_day(found, days(found.sure["time"].values, boundary=boundary, zone=zone))


def highest_by_day(found: Levels, parted: Days) -> Levels:
    """As `by_day`, of hours that were parted into days before."""
    open_end = xr.DataArray(open_days(parted), dims="day")
    sure, possible = (_highest(field, parted) for field in found)
    wide = xr.where(open_end > 0, open_end.max(), possible)
    return Levels(sure, wide.transpose(*sure.dims).astype(np.int8))


def assess(rule: Rule, found: Levels, *, applies: xr.DataArray | None = None) -> xr.Dataset:
    """How likely each level is at every step, and the state that follows from it.

    Args:
        rule: of a profile.
        found: its levels, from `conditions.levels` or `by_day`, with the dim `realization` or
            one forecast; any other dims.
        applies: three-valued, whether the rule applies (`stages.applies`), along the same steps;
            everywhere when None.

    Returns:
        `probability`, `known`, `unknown` on (level, …): chance that this level or a higher one is
        reached, and members; `state` int8: the highest level whose probability reaches the ratio
        of cost to loss, else `NONE`, `NO_DATA` or `NOT_APPLICABLE`; `watched` int8: likewise at
        the share of it from which it is watched.
    """
    numbers = [level.level for level in rule.levels]
    stage = xr.DataArray(np.int8(YES)) if applies is None else applies
    single = all(field.sizes.get(MEMBER, 1) == 1 for field in (*found, stage))
    dims = [MEMBER if MEMBER in field.dims else "any member" for field in (*found, stage)]
    fields = [
        field if dim == MEMBER else field.expand_dims(dim)
        for field, dim in zip((*found, stage), dims, strict=True)
    ]
    policy = rule.decide.model_copy(update={"min_members": 1}) if single else rule.decide
    outputs = xr.apply_ufunc(
        partial(_counted, numbers=numbers, policy=policy),
        *(field.chunk({MEMBER: -1}) if _in_blocks(field) else field for field in fields),
        input_core_dims=[[dim] for dim in dims],
        output_core_dims=[["level"], ["level"], ["level"], [], []],
        dask="parallelized",
        output_dtypes=[np.float32, np.int16, np.int16, np.int8, np.int8],
        dask_gufunc_kwargs={"output_sizes": {"level": len(numbers)}},
    )
    order = [dim for dim in found.sure.dims if dim != MEMBER]
    names = ("probability", "known", "unknown", "state", "watched")
    told = {
        name: field.transpose("level", *order, missing_dims="ignore")
        for name, field in zip(names, outputs, strict=True)
    }
    coords = {"level": numbers}
    return xr.Dataset(told, coords=coords, attrs={"rule": rule.id, "cost_loss": policy.cost_loss})


def _in_blocks(field: xr.DataArray) -> bool:
    return field.chunks is not None and MEMBER in field.dims


def _highest(field: xr.DataArray, parted: Days) -> xr.DataArray:
    whole = field.chunk({"time": -1}) if field.chunks is not None else field
    result = xr.apply_ufunc(
        partial(highest_of_days, parted=parted),
        whole,
        input_core_dims=[["time"]],
        output_core_dims=[["day"]],
        dask="parallelized",
        output_dtypes=[np.int8],
        dask_gufunc_kwargs={"output_sizes": {"day": parted.dates.size}},
    )
    order = ["day" if dim == "time" else dim for dim in field.dims]
    return result.transpose(*order).assign_coords(day=parted.dates.astype("datetime64[ns]"))


def _counted(sure: Any, possible: Any, stage: Any, **asked: Any) -> tuple[Any, ...]:
    return counted(sure, possible, stage=stage, **asked)
