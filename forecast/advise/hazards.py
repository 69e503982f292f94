"""Hazards, pests and diseases: how likely each level of a rule is, day by day.

Levels are nested: what reaches level 3 has reached 1 and 2. A member counts where both its weather
and its stage are known; where no member can be in a stage of the rule it does not apply, which is
never told as no risk, and where too few members are known there are no data.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.advise.chances import MEMBER, ROUNDING
from forecast.advise.conditions import Levels
from forecast.advise.profile.rules import Decide, Rule
from forecast.agromet.truth import NO, YES
from forecast.times import DayBoundary, Days, days

NOT_APPLICABLE: Final = -2
NO_DATA: Final = -1
NONE: Final = 0
"""States below the levels 1 to 4, int8."""


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
    short = ~parted.complete
    short[0] = False
    top = np.where(short, np.int8(np.iinfo(np.int8).max), np.int8(0))
    sure, possible = (_highest(field, parted) for field in found)
    open_end = xr.where(xr.DataArray(top, dims="day") > 0, top.max(), possible)
    return Levels(sure, open_end.transpose(*sure.dims).astype(np.int8))


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
    single = MEMBER not in found.sure.dims
    stage = xr.DataArray(np.int8(YES)) if applies is None else applies
    members = MEMBER if MEMBER in stage.dims else "any member"
    fields = [field.expand_dims(MEMBER) if single else field for field in found]
    fields.append(stage if members == MEMBER else stage.expand_dims(members))
    policy = rule.decide.model_copy(update={"min_members": 1}) if single else rule.decide
    outputs = xr.apply_ufunc(
        partial(_counted, numbers=numbers, policy=policy),
        *(field.chunk({MEMBER: -1}) if _in_blocks(field) else field for field in fields),
        input_core_dims=[[MEMBER], [MEMBER], [members]],
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


def _counted(
    sure: Any, possible: Any, stage: Any, *, numbers: Sequence[int], policy: Decide
) -> tuple[Any, ...]:
    """Chances, members and states from levels whose last axis is that of the members."""
    total = sure.shape[-1]
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
    outside = np.broadcast_to(stage == NO, sure.shape).all(axis=-1)
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


def _highest(field: xr.DataArray, parted: Days) -> xr.DataArray:
    begins = np.searchsorted(parted.number, np.arange(parted.dates.size))
    whole = field.chunk({"time": -1}) if field.chunks is not None else field

    def work(data: Any) -> Any:
        return np.maximum.reduceat(data, begins, axis=-1)

    result = xr.apply_ufunc(
        work,
        whole,
        input_core_dims=[["time"]],
        output_core_dims=[["day"]],
        dask="parallelized",
        output_dtypes=[np.int8],
        dask_gufunc_kwargs={"output_sizes": {"day": parted.dates.size}},
    )
    order = ["day" if dim == "time" else dim for dim in field.dims]
    return result.transpose(*order).assign_coords(day=parted.dates.astype("datetime64[ns]"))
