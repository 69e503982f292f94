"""Hazards, pests and diseases: how likely each level of a rule is, day by day.

Levels are nested: what reaches level 3 has reached 1 and 2. A member counts where both its weather
and its stage are known; where no member can be in a stage of the rule it does not apply, which is
never told as no risk, and where too few members are known there are no data.
"""

from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.advise.chances import MEMBER, chance, reaches
from forecast.advise.conditions import Levels
from forecast.advise.profile.rules import Rule
from forecast.agromet.truth import NO, UNKNOWN, YES, all_of
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
    parted = days(found.sure["time"].values, boundary=boundary, zone=zone)
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
    parts = [
        chance(_with_stage(reached(found, number), applies), least=rule.decide.min_members)
        for number in numbers
    ]
    joined = xr.Dataset(
        {
            name: xr.concat(
                [getattr(part, name) for part in parts],
                dim="level",
                coords="minimal",
                compat="override",
            )
            for name in ("probability", "known", "unknown")
        }
    ).assign_coords(level=numbers)
    joined["probability"] = _nested(joined["probability"])
    ratio = rule.decide.cost_loss
    for name, limit in (("state", ratio), ("watched", ratio * rule.decide.watch_ratio)):
        joined[name] = _state(joined["probability"], limit, applies)
    return joined.assign_attrs(rule=rule.id, cost_loss=ratio)


def reached(found: Levels, number: int) -> xr.DataArray:
    """Whether a level or a higher one is reached, three-valued int8."""
    truth = xr.where(found.possible >= number, np.int8(UNKNOWN), np.int8(NO))
    return xr.where(found.sure >= number, np.int8(YES), truth)


def ever(truth: xr.DataArray, *, dim: str) -> xr.DataArray:
    """Whether a condition holds at any step, three-valued, without the dim of steps."""
    return truth.max(dim)


def _with_stage(truth: xr.DataArray, applies: xr.DataArray | None) -> xr.DataArray:
    return truth if applies is None else all_of(truth, applies)


def _nested(probability: xr.DataArray) -> xr.DataArray:
    """No level likelier than the one below it, where members are unknown for but one of them."""
    rows = [probability.isel(level=0)]
    for place in range(1, probability.sizes["level"]):
        row = probability.isel(level=place)
        below = rows[-1]
        rows.append(xr.where(row > below, below, row).assign_coords(level=row["level"]))
    return xr.concat(rows, dim="level", coords="minimal", compat="override")


def _state(probability: xr.DataArray, limit: float, applies: xr.DataArray | None) -> xr.DataArray:
    number = probability["level"].astype(np.int8)
    state = xr.where(reaches(probability, limit), number, np.int8(NONE)).max("level")
    unknown = (state == NONE) & probability.isel(level=0, drop=True).isnull()
    state = xr.where(unknown, np.int8(NO_DATA), state)
    if applies is not None:
        outside = applies == NO
        outside = outside.all(MEMBER) if MEMBER in outside.dims else outside
        state = xr.where(outside, np.int8(NOT_APPLICABLE), state)
    order = [dim for dim in probability.dims if dim != "level"]
    return state.transpose(*order).astype(np.int8)


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
