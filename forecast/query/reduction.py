"""Hours to days on bare arrays: what each daily name is, and how it is counted.

A daily name of the vocabulary is an hourly name and a statistic: `temperature_2m_min`,
`precipitation_sum`, `wind_direction_10m_dominant`. Extremes are those of the hourly values, so
they stay inside the extremes of a continuous record.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.errors import UnknownName
from forecast.times import Days
from forecast.variables import catalogue, variable

LEAST_SHARE: Final = 0.8
"""Share of a day's hours that a minimum, maximum or mean needs: 20 of 24. Sums need all."""

MEGAJOULES_PER_WATT_HOUR: Final = 0.0036
"""1 W m-2 over one hour is 3600 J m-2."""

CALM_SHARE: Final = 1e-3
"""A mean wind vector shorter than this share of the mean speed has no direction."""

WIND_SPEED: Final = "wind_speed_10m"

Array = npt.NDArray[Any]
Statistic = Callable[..., Array]


def source_of(name: str) -> str:
    """Name of the hourly variable behind a daily one.

    Raises:
        UnknownName: the name is not reduced from an hourly variable.
    """
    source = _sources().get(name)
    if source is None:
        raise UnknownName(
            f"daily variable {name!r} was asked; it is not reduced from hourly values"
        )
    return source


def reduced_names() -> tuple[str, ...]:
    """All daily names that are reduced from hourly ones, in the order of the vocabulary."""
    return tuple(_sources())


def derivable(held: Iterable[Hashable]) -> tuple[str, ...]:
    """Daily names whose hourly sources are held, in the order of the vocabulary.

    Args:
        held: hourly names, or a dataset of them.
    """
    at_hand = set(held)
    return tuple(name for name, source in _sources().items() if source in at_hand)


def statistic_of(name: str) -> Statistic:
    """Function (values, [speed], begins=, axis=) that reduces the source of a daily name.

    `begins` holds the index of each day's first time; NaN is left out of every statistic.
    """
    if _suffix(name) == "sum" and variable(source_of(name)).units == "W m-2":
        return _energy
    return _STATISTICS[_suffix(name)]


def takes_speed(name: str) -> bool:
    """Whether the statistic of a daily name is weighted by wind speed where that is held."""
    return _suffix(name) == "dominant"


def first_times(parted: Days) -> npt.NDArray[np.intp]:
    """Index of the first time of each day [day]."""
    return np.searchsorted(parted.number, np.arange(parted.dates.size))


def hours_needed(name: str, parted: Days, *, least_share: float) -> npt.NDArray[np.int64]:
    """Finite hours without which a value is not given [day], at least one.

    Args:
        name: daily name.
        parted: the days.
        least_share: share of the day that extremes and means need, 0 to 1; sums need 1.
    """
    share = 1.0 if _suffix(name) == "sum" else least_share
    return np.array(
        [max(1, math.ceil(share * count - 1e-9)) for count in parted.expected.tolist()],
        dtype=np.int64,
    )


def count_finite(values: Array, *, begins: Array, axis: int) -> Array:
    """Number of finite values of each day, int16."""
    return np.add.reduceat(np.isfinite(values).astype(np.int16), begins, axis=axis)


def reduce_days(
    *inputs: Array, statistic: Statistic, needed: Array, begins: Array, axis: int
) -> Array:
    """Apply a statistic and leave out the days with too few hours, float32.

    Args:
        *inputs: hourly values, and the wind speed where the statistic takes it; alike in shape.
        statistic: from `statistic_of`.
        needed: finite hours that a value needs [day].
        begins: index of the first time of each day [day].
        axis: position of `time`, and of `day` in what is returned.
    """
    reduced = statistic(*inputs, begins=begins, axis=axis)
    counts = count_finite(inputs[0], begins=begins, axis=axis)
    along = needed.reshape([-1 if place == axis else 1 for place in range(counts.ndim)])
    return np.where(counts >= along, reduced, np.nan).astype(np.float32)


@cache
def _sources() -> Mapping[str, str]:
    names = catalogue()
    pairs = {
        name: name.rpartition("_")[0]
        for name, entry in names.items()
        if entry.role == "daily" and _suffix(name) in _STATISTICS
    }
    return {name: source for name, source in pairs.items() if source in names}


def _suffix(name: str) -> str:
    return name.rpartition("_")[2]


def _sum(values: Array, *, begins: Array, axis: int) -> Array:
    known = np.where(np.isfinite(values), values, 0.0)
    return np.add.reduceat(known, begins, axis=axis, dtype=np.float64)


def _energy(values: Array, *, begins: Array, axis: int) -> Array:
    return _sum(values, begins=begins, axis=axis) * MEGAJOULES_PER_WATT_HOUR


def _mean(values: Array, *, begins: Array, axis: int) -> Array:
    counts = count_finite(values, begins=begins, axis=axis)
    return _sum(values, begins=begins, axis=axis) / np.where(counts > 0, counts, 1)


def _minimum(values: Array, *, begins: Array, axis: int) -> Array:
    return np.fmin.reduceat(values, begins, axis=axis)


def _maximum(values: Array, *, begins: Array, axis: int) -> Array:
    return np.fmax.reduceat(values, begins, axis=axis)


def _direction(degrees: Array, speed: Array | None = None, *, begins: Array, axis: int) -> Array:
    """Direction of the mean wind vector; of the mean unit vector where no speed is known.

    350 and 10 degrees make 0, not 180: directions are never averaged as numbers.
    """
    weight = np.ones_like(degrees) if speed is None else speed
    radians = np.radians(degrees)
    east = _mean(weight * np.sin(radians), begins=begins, axis=axis)
    north = _mean(weight * np.cos(radians), begins=begins, axis=axis)
    calm = np.hypot(east, north) <= CALM_SHARE * _mean(weight, begins=begins, axis=axis)
    return np.where(calm, np.nan, np.degrees(np.arctan2(east, north)) % 360.0)


_STATISTICS: Final[Mapping[str, Statistic]] = {
    "min": _minimum,
    "max": _maximum,
    "mean": _mean,
    "sum": _sum,
    "dominant": _direction,
}
