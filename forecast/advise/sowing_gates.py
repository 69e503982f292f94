"""Gates of a sowing on bare arrays: warmth that has come to stay, and weather to be avoided."""

from typing import Any, Final

import numpy as np

from forecast.advise.profile.grammar import AnyCondition, Comparison, leaves
from forecast.advise.profile.parts import steps_of
from forecast.advise.profile.sowing import HeatSum, Sowing, Thermal
from forecast.agromet.stable_passing import DAYS, Passing, passing_date
from forecast.agromet.timewise import padded, windows
from forecast.agromet.truth import NO, UNKNOWN, YES

COLDEST: Final = -273.15
"""degC, of days of which nothing is known and which may have been cold."""

_FIRST_WARM: Final = ("ma5_first_window", "consecutive_3", "consecutive_5")
"""Definitions that ask for the first warm days, whatever comes after."""


def warm(thermal: Thermal, daily: Any, *, days: Any, covered: bool) -> Any:
    """Whether the gate of warmth is passed on each day, three-valued [..., day].

    Days before the first known one count as cold where the definition asks for the first warm
    days: at worst the gate opens late.

    Args:
        thermal: the gate.
        daily: its daily temperature [..., day], degC.
        days: consecutive dates [day], datetime64[ns].
        covered: whether the seedbed is under film, so that the gate lies lower outdoors.

    Returns:
        Unknown throughout where the days are fewer than a sliding mean asks.
    """
    if days.size < DAYS:
        return np.full(daily.shape, UNKNOWN, np.int8)
    limit = thermal.threshold_celsius - (thermal.covered_offset_kelvin if covered else 0.0)
    if thermal.direction == "rising":
        known = ~np.isnan(daily).reshape(-1, days.size).all(axis=0)
        first = int(np.argmax(known)) if thermal.method in _FIRST_WARM else 0
        begun = np.where(np.arange(days.size) < first, np.float32(COLDEST), daily)
        return _dated(thermal, begun, days, limit=limit)
    down = np.int8(YES) - _dated(thermal, daily, days, limit=limit)
    if thermal.not_below_celsius is None:
        return down
    return np.minimum(down, _dated(thermal, daily, days, limit=thermal.not_below_celsius))


def enough_warmth(heat: HeatSum, mean: Any) -> Any:
    """Whether the sum from each day until the mean falls below the base for good is right.

    Args:
        heat: the gate.
        mean: daily mean [..., day], degC.
    """
    low, high = heat.bounds
    above = mean > heat.base_celsius
    last = mean.shape[-1] - 1 - np.argmax(above[..., ::-1], axis=-1)[..., np.newaxis]
    amounts = np.where(above, mean, np.where(np.isnan(mean), np.nan, 0.0)).astype(np.float64)
    total = np.cumsum(amounts[..., ::-1], axis=-1)[..., ::-1]
    truth = np.where((total >= low) & (total <= high), YES, NO)
    open_end = (last == mean.shape[-1] - 1) & above.any(axis=-1, keepdims=True)
    unknown = np.isnan(total) | (open_end & ~(total > high))
    return np.where(unknown, UNKNOWN, truth).astype(np.int8)


def avoided(sowing: Sowing, condition: AnyCondition, *, truth: Any) -> Any:
    """Whether what is to be avoided is not met from each day on, three-valued [..., day].

    Args:
        sowing: of a profile; says how far ahead is looked.
        condition: what is to be avoided; one that says itself how far it looks is judged by day.
        truth: of it [..., day].
    """
    if looks_ahead(condition):
        return np.int8(YES) - truth
    horizon = steps_of(sowing.horizon, "d")
    row = padded(truth, before=0, after=horizon - 1, fill=UNKNOWN)
    return np.int8(YES) - windows(row, length=horizon, join=np.maximum)


def looks_ahead(condition: AnyCondition) -> bool:
    """Whether a condition says itself how far ahead it looks."""
    return any(isinstance(leaf, Comparison) and leaf.ahead for leaf in leaves(condition))


def _dated(thermal: Thermal, daily: Any, days: Any, *, limit: float) -> Any:
    """Whether each day lies after a rising passing, or before the end of a falling one.

    Without a date unknown where days lack.
    """
    rising = thermal.direction == "rising"
    date = passing_date(
        daily,
        days=days,
        passing=Passing(limit, thermal.method, thermal.round_to_kelvin),
        last=not rising,
    )[..., np.newaxis]
    held = days >= date if rising else days <= date
    lacking = np.isnat(date) & np.isnan(daily).any(axis=-1, keepdims=True)
    truth = np.where(held, np.int8(YES), np.int8(NO))
    return np.where(lacking, np.int8(UNKNOWN), truth)
