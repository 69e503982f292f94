"""The cold of still nights, fitted from stations to the features of the terrain.

On still nights the residual of a station is taken as stillness times a linear function of the
features of its ground, common to all stations of the region, beside an offset of its own for each
time. Ridge regression (Hoerl & Kennard 1970, Technometrics 12, 55); hidden blocks say how much of
it may be used; features are held within what the stations have seen, and the pattern fades with
the distance from them. On ground without relief every feature is 0 and so is the pattern.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import nnls

from forecast.calibrate.evidence import Places
from forecast.calibrate.hidden import Labels, Verdict, judge
from forecast.calibrate.optimal_interpolation import distance_to_nearest
from forecast.parameters import chosen

Doubles = npt.NDArray[np.float64]

STILL: Final = 0.2
"""Stillness from which a time counts as a still night."""
RIDGE: Final = 0.1
"""Penalty on each standardised coefficient, in mean power of a feature."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pool:
    """Patterns of the cold pool term.

    Attributes:
        coefficients: K per unit of each feature at full stillness, share included [feature].
        lowest: smallest value of each feature at the stations [feature].
        highest: largest [feature].
        variance: of what is left on still nights: constant, and per square of the relief, K².
        stations: how many were used.
        nights: how many still nights.
        verdict: what hidden stations say.
    """

    coefficients: Doubles
    lowest: Doubles
    highest: Doubles
    variance: tuple[float, float]
    stations: int
    nights: int
    verdict: Verdict

    def patterns(self, features: Doubles) -> Doubles:
        """What is added at full stillness for each feature, K [feature, place].

        Args:
            features: 1 [feature, place].
        """
        held = np.clip(features, self.lowest[:, np.newaxis], self.highest[:, np.newaxis])
        return np.asarray(self.coefficients[:, np.newaxis] * held)

    def spread(self, features: Doubles) -> Doubles:
        """Standard error of a still night, K [place], wider in relief.

        Args:
            features: 1 [feature, place].
        """
        return np.asarray(np.sqrt(self.variance[0] + self.variance[1] * _relief(features)))


def still_pairs(errors: pd.DataFrame, features: Doubles) -> pd.DataFrame:
    """The pairs of still nights at stations whose ground is known.

    Args:
        errors: from `evidence.errors_of`, with `stillness`.
        features: 1 [feature, station], NaN where the ground is not known.
    """
    ground = np.asarray(np.isfinite(features).all(axis=0))
    return errors[(errors["stillness"] >= STILL) & ground[errors["place"].to_numpy()]]


def refusal(pairs: pd.DataFrame) -> str:
    """Why no cold pool can be fitted, empty where it can.

    Args:
        pairs: from `still_pairs`.
    """
    stations, nights = pairs["place"].nunique(), nights_of(pairs)
    if stations < chosen("pool_fewest_stations") or nights < chosen("pool_fewest_nights"):
        return (
            f"{stations} stations on {nights} still nights; at least"
            f" {chosen('pool_fewest_stations'):.0f} stations and"
            f" {chosen('pool_fewest_nights'):.0f} nights are needed"
        )
    return ""


def nights_of(pairs: pd.DataFrame) -> int:
    """How many nights the times fall in; a night is counted from noon to noon, UTC."""
    return int((pairs["time"] - pd.Timedelta(hours=12)).dt.floor("D").nunique())


def fit_pool(pairs: pd.DataFrame, features: Doubles, *, labels: Labels) -> Pool:
    """Fit the cold pool to the pairs of still nights.

    Args:
        pairs: from `still_pairs`, at least those that `refusal` asks for.
        features: 1 [feature, station].
        labels: block of each station, hidden together.
    """
    place = pairs["place"].to_numpy()
    design = features[:, place].T * pairs["stillness"].to_numpy()[:, np.newaxis]
    time = pairs["time"].factorize()[0]
    wanted = _beside_its_time(-pairs["error"].to_numpy()[:, np.newaxis], time)[:, 0]
    inner = _beside_its_time(design, time)
    blocks = labels[place]
    predicted = np.zeros(wanted.size)
    for label in np.unique(blocks):
        out = blocks == label
        predicted[out] = inner[out] @ _ridge(inner[~out], wanted[~out])
    free = judge(wanted, predicted, labels=blocks)
    left = wanted - free.factor * predicted
    relief = _relief(features[:, place])
    (constant, slope), _ = nnls(np.stack([np.ones_like(relief), relief], axis=1), left**2)
    seen = features[:, np.unique(place)]
    return Pool(
        coefficients=free.factor * _ridge(inner, wanted),
        lowest=np.minimum(seen.min(axis=1), 0.0),
        highest=np.maximum(seen.max(axis=1), 0.0),
        variance=(float(constant), float(slope)),
        stations=seen.shape[1],
        nights=nights_of(pairs),
        verdict=free,
    )


def fading(cells: Places, stations: Places) -> Doubles:
    """Share of the pattern that is kept at a distance from the stations it was fitted at [place].

    exp(-(d / L)² / 2), L the chosen length of covariance.
    """
    length = 1000.0 * chosen("covariance_length")
    return np.asarray(np.exp(-0.5 * (distance_to_nearest(cells, stations) / length) ** 2))


def _beside_its_time(values: Doubles, time: npt.NDArray[np.intp]) -> Doubles:
    """Values less the mean of their time [pair, any]."""
    count = np.bincount(time)[time][:, np.newaxis]
    sums = np.stack([np.bincount(time, weights=column)[time] for column in values.T], axis=1)
    return np.asarray(values - sums / count)


def _ridge(design: Doubles, wanted: Doubles) -> Doubles:
    """Coefficients, K [feature]; 0 for a feature that never varies."""
    scale = np.sqrt(np.mean(design**2, axis=0))
    usable = scale > 1e-9
    inner = design[:, usable] / scale[usable]
    matrix = inner.T @ inner / len(inner) + RIDGE * np.eye(int(usable.sum()))
    coefficients = np.zeros(design.shape[1])
    coefficients[usable] = np.linalg.solve(matrix, inner.T @ wanted / len(inner)) / scale[usable]
    return coefficients


def _relief(features: Doubles) -> Doubles:
    """Squared length of the features, 1 [place]: 0 on even ground."""
    return np.asarray(np.sum(features**2, axis=0))
