"""Statistics over members: quantiles by a named definition, and counts of members.

All functions take members on one axis and let any other dims ride along; what is lazy stays lazy.
A member that is missing (NaN) is left out and counted, never filled, and where too few are left
nothing is given.

Quantiles and probabilities come from the same members. With the default definition the quantile
is one of them (Hyndman & Fan 1996, Am. Stat. 50, 361, type 1), and both say the same:
P(x > t) <= 1 - q exactly where Q(q) <= t.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from forecast.errors import InvalidRequest
from forecast.parameters import chosen
from forecast.query.events import Condition
from forecast.query.rolling import windowed

Definition = Literal["inverted_cdf", "averaged_inverted_cdf", "hazen", "weibull", "linear"]

TYPES: Final[Mapping[str, int]] = MappingProxyType(
    dict(zip(get_args(Definition), (1, 2, 5, 6, 7), strict=True))
)
"""Numbers of the definitions in Hyndman & Fan 1996."""

MEASURABLE_MM: Final = 0.1
"""Smallest amount of precipitation that a gauge reports (WMO-No. 8, part I, chapter 6)."""

_ROUNDING: Final = 9

Floats = npt.NDArray[np.float32]


def least_members() -> int:
    """Members without which no quantile and no probability is given, unless a caller says so."""
    return round(chosen("ensemble_least_members"))


def quantiles(
    values: npt.NDArray[np.floating],
    levels: Sequence[float],
    *,
    axis: int = 0,
    definition: Definition = "inverted_cdf",
    least: int | None = None,
) -> Floats:
    """Quantiles over the members that are there, float32, the levels first.

    Args:
        values: members on `axis`, NaN where one is missing.
        levels: 0 to 1, in any order.
        axis: of the members.
        definition: `inverted_cdf` (the smallest member with at least that share at or below),
            or another one of `TYPES`.
        least: members that must be there, else NaN; by the table of chosen numbers when None.

    Raises:
        InvalidRequest: a level outside 0 to 1, an unknown definition, no level.
    """
    asked = np.asarray(levels, dtype=np.float64)
    if asked.size == 0 or not ((asked >= 0.0) & (asked <= 1.0)).all():
        raise InvalidRequest(f"quantiles {list(levels)} were asked; allowed are numbers of 0 to 1")
    if definition not in TYPES:
        raise InvalidRequest(
            f"quantiles by {definition!r} were asked; allowed are {', '.join(TYPES)}"
        )
    ordered = np.sort(np.moveaxis(np.asarray(values), axis, -1), axis=-1)
    if ordered.shape[-1] == 0:
        return np.full((asked.size, *ordered.shape[:-1]), np.nan, dtype=np.float32)
    count = np.count_nonzero(~np.isnan(ordered), axis=-1)
    result = np.empty((asked.size, *count.shape), dtype=np.float32)
    for place, level in enumerate(asked.tolist()):
        low, high, share = _positions(count, level, definition)
        below = np.take_along_axis(ordered, low[..., np.newaxis], axis=-1)[..., 0]
        above = np.take_along_axis(ordered, high[..., np.newaxis], axis=-1)[..., 0]
        result[place] = np.where(low == high, below, below + (above - below) * share)
    result[:, count < max(_least(least), 1)] = np.nan
    return result


def _positions(
    count: npt.NDArray[np.integer], level: float, definition: Definition
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Places of the two ordered members around a quantile, and how far between them it lies."""
    share = np.round(count * level, _ROUNDING)
    place = {
        "inverted_cdf": np.ceil(share) - 1.0,
        "averaged_inverted_cdf": (np.ceil(share) + np.floor(share + 1.0)) / 2.0 - 1.0,
        "hazen": share - 0.5,
        "weibull": np.round((count + 1) * level, _ROUNDING) - 1.0,
        "linear": np.round((count - 1) * level, _ROUNDING),
    }[definition]
    inside = np.clip(place, 0.0, np.maximum(count - 1, 0))
    low = np.floor(inside).astype(np.intp)
    high = np.ceil(inside).astype(np.intp)
    return low, high, inside - low


def share_of_members(
    yes: npt.NDArray[np.bool_],
    known: npt.NDArray[np.bool_],
    *,
    axis: int = 0,
    least: int | None = None,
) -> Floats:
    """Share of the members for which something holds among those for which it is known.

    Args:
        yes: members on `axis`; where `known` is False it does not count.
        known: likewise.
        axis: of the members.
        least: members that must be known, else NaN; by the table of chosen numbers when None.
    """
    count = np.count_nonzero(known, axis=axis)
    hits = np.count_nonzero(yes & known, axis=axis)
    share = np.divide(hits, count, out=np.full(np.shape(count), np.nan), where=count > 0)
    return np.where(count >= max(_least(least), 1), share, np.nan).astype(np.float32)


def exceedance(
    values: npt.NDArray[np.floating], condition: Condition, *, least: int | None = None
) -> Floats:
    """Probability that a condition is met at each hour: share of the members.

    Args:
        values: [member, …, time], hourly; in the unit of the variable.
        condition: what is asked; with `over_hours` the statistic of the hours up to each hour.
        least: members that must be there; see `share_of_members`.

    Returns:
        float32 […, time]; NaN where too few members are known.
    """
    looked_at = windowed(values, condition.statistic, hours=condition.over_hours)
    return share_of_members(condition.met(looked_at), ~np.isnan(looked_at), least=least)


def _least(least: int | None) -> int:
    return least_members() if least is None else least
