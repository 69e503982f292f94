"""The bias of stations spread to the grid, as far as later days at hidden stations say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.calibrate.cross_validation import (
    Method,
    Spreading,
    cross_validation,
    spread_residuals,
)
from forecast.calibrate.decaying_average import BINS, StationBias, hour_weights, station_bias
from forecast.calibrate.evidence import Places
from forecast.calibrate.hidden import Labels, Verdict, judge

Doubles = npt.NDArray[np.float64]

HELD_BACK = 0.25
"""Share of the days, the newest, on which the bias of the days before is measured."""


@dataclass(frozen=True, kw_only=True, eq=False)
class BiasMap:
    """The bias at places, as patterns over the hour of the day.

    Attributes:
        mean: what is added at all hours, K [place].
        departure: what is added beyond it in each hour bin, K [bin, place]; none where the hours
            do not gain.
        spread: standard error, K [place].
        verdict: what hidden stations say of later days.
    """

    mean: Doubles
    departure: Doubles
    spread: Doubles
    verdict: Verdict


def map_bias(
    errors: pd.DataFrame, stations: Places, *, to: Places, labels: Labels, method: Method
) -> BiasMap:
    """Spread the stations' bias to places; by nothing where later days at hidden ones do not gain.

    Args:
        errors: from `evidence.errors_of`, of at least two days.
        stations: in the order of `place`.
        to: where it is wanted.
        labels: block of each station, hidden together.
        method: of the optimal interpolation. The hours beyond the mean are spread with one
            covariance, as they are too faint to choose by.
    """
    day = errors["time"].dt.floor("D")
    days = np.sort(day.unique())
    held = max(1, round(HELD_BACK * days.size))
    before, after = errors[day < days[-held]], errors[day >= days[-held]]
    past = station_bias(before, stations=stations.size)
    mean, hours = _hidden(past, stations, after, labels=labels, method=method)
    wanted, blocks = -after["error"].to_numpy(), labels[after["place"].to_numpy()]
    of_mean = judge(wanted, mean, labels=blocks, factor=1.0)
    of_hours = judge(wanted - mean, hours, labels=blocks)
    if not of_mean.gains:
        none = np.zeros(to.size)
        return BiasMap(mean=none, departure=np.empty((0, to.size)), spread=none, verdict=of_mean)
    verdict = judge(wanted, mean + of_hours.factor * hours, labels=blocks, factor=1.0)
    now = station_bias(errors, stations=stations.size)
    known = now.days > 0

    def spread(values: Doubles, how: Method) -> Spreading:
        return spread_residuals(
            values[known], stations.at(known), to=to, labels=labels[known], method=how
        )

    whole = spread(-now.mean, method).analysis
    departure: Doubles = np.empty((0, to.size))
    if of_hours.gains:
        fixed = method.fixed()
        parts = [spread(-now.departure[:, part], fixed).analysis for part in range(BINS)]
        departure = of_hours.factor * np.stack([part.increment for part in parts])
    return BiasMap(
        mean=whole.increment,
        departure=departure,
        spread=whole.spread,
        verdict=verdict if of_hours.gains else of_mean,
    )


def _hidden(
    past: StationBias, stations: Places, after: pd.DataFrame, *, labels: Labels, method: Method
) -> tuple[Doubles, Doubles]:
    """Correction of later pairs from stations of other blocks: by the mean, by the hour, K."""
    known = past.days > 0
    where, blocks = stations.at(known), labels[known]

    def predicted(values: Doubles, how: Method) -> Doubles:
        at_all = np.zeros(stations.size)
        made = cross_validation(values[known], where, labels=blocks, among=how.among)
        at_all[known] = made.increment
        return at_all

    place = after["place"].to_numpy()
    weight = hour_weights(after["time"].to_numpy())
    hours, fixed = np.zeros(place.size), method.fixed()
    for part in range(BINS):
        hours += weight[part] * predicted(-past.departure[:, part], fixed)[place]
    return predicted(-past.mean, method)[place], hours
