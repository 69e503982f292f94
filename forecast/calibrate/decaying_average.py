"""The bias of a station by hour of the day, as a decaying average that is never trusted at once.

The operational recursion b <- (1 - w) b + w (f - o) (Cui et al. 2012, Wea. Forecasting 27, 396;
w = 0.02 at NCEP) starts as the plain mean of the days so far, w = 1 / n while n < 1 / w, and what
it says is multiplied by n / (n + k), n the days behind it. The hours of a day share most of their
bias, and an hour alone has few values: what an hour has beyond the mean of all hours is shrunk by
a larger k.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.parameters import chosen

Doubles = npt.NDArray[np.float64]

BIN_HOURS: Final = 6
"""Width of a bin of the hour of the day (UTC), centred on 0, 6, 12 and 18."""
BINS: Final = 24 // BIN_HOURS


@dataclass(frozen=True, kw_only=True, eq=False)
class StationBias:
    """Forecast minus observation as it is expected from the past.

    Attributes:
        mean: of the whole day, shrunk, K [station]; 0 where nothing is known.
        departure: of each hour bin from it, shrunk, K [station, bin].
        days: days with a value [station].
    """

    mean: Doubles
    departure: Doubles
    days: npt.NDArray[np.int64]


def daily_errors(errors: pd.DataFrame, *, stations: int) -> Doubles:
    """Mean error of each station, hour bin and day, K [station, bin, day]; NaN where none.

    Args:
        errors: `place`, `time` (UTC) and `error` (K), from `evidence.errors_of`; several leads
            for one hour are averaged.
        stations: how many there are.
    """
    if errors.empty:
        return np.full((stations, BINS, 0), np.nan)
    seconds = errors["time"].to_numpy("datetime64[s]").astype(np.int64)
    count = (seconds + BIN_HOURS * 1800) // (BIN_HOURS * 3600)
    day, part = np.divmod(count, BINS)
    days = int(day.max() - day.min()) + 1
    place = (errors["place"].to_numpy() * BINS + part) * days + day - day.min()
    size = stations * BINS * days
    total = np.bincount(place, weights=errors["error"].to_numpy(), minlength=size)
    number = np.bincount(place, minlength=size)
    mean = np.divide(total, number, out=np.full(size, np.nan), where=number > 0)
    return np.asarray(mean.reshape(stations, BINS, days))


def decaying_average(errors: Doubles, *, weight: float) -> tuple[Doubles, npt.NDArray[np.int64]]:
    """Decaying average along the last axis, oldest first; a missing day changes nothing.

    Args:
        errors: K [..., day], NaN where missing.
        weight: w, share of the newest day, 0 to 1.

    Returns:
        The average, K [...], 0 where no day has a value, and how many days have one [...].
    """
    average = np.zeros(errors.shape[:-1])
    count = np.zeros(errors.shape[:-1], dtype=np.int64)
    for day in range(errors.shape[-1]):
        known = np.isfinite(errors[..., day])
        count += known
        step = np.maximum(weight, 1.0 / np.maximum(count, 1))
        average += np.where(known, step * (errors[..., day] - average), 0.0)
    return average, count


def shrunk(average: Any, count: Any, *, days: float) -> Doubles:
    """What an average of few days may be trusted for: average n / (n + k).

    Args:
        average: K.
        count: n, days behind it.
        days: k, the number of days after which half of it is trusted.
    """
    return np.asarray(average * (count / (count + days)), dtype=np.float64)


def station_bias(errors: pd.DataFrame, *, stations: int) -> StationBias:
    """Bias of every station from its pairs.

    The mean of the day is that of the hour bins, a bin without a value counting as 0, so that a
    station read once a day does not carry its hour to the others.

    Args:
        errors: from `evidence.errors_of`.
        stations: how many there are.
    """
    daily = daily_errors(errors, stations=stations)
    average, count = decaying_average(daily, weight=chosen("bias_weight"))
    days = np.isfinite(daily).any(axis=1).sum(axis=1)
    mean = shrunk(average, count, days=chosen("bias_days")).mean(axis=1)
    beyond = np.where(count > 0, average - average.mean(axis=1, keepdims=True), 0.0)
    departure = shrunk(beyond, count, days=chosen("bias_hour_days"))
    return StationBias(mean=mean, departure=departure, days=days)


def hour_weights(times: npt.NDArray[np.datetime64]) -> Doubles:
    """Weight of each hour bin at each time, linear between the bins' middles [bin, time].

    Args:
        times: UTC.
    """
    instants = times.astype("datetime64[ns]")
    hours = (instants - instants.astype("datetime64[D]")) / np.timedelta64(1, "h")
    apart = np.abs(hours - BIN_HOURS * np.arange(BINS)[:, np.newaxis])
    apart = np.minimum(apart, 24.0 - apart)
    return np.asarray(np.maximum(0.0, 1.0 - apart / BIN_HOURS))
