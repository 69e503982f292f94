"""The newest residuals, and for how long they matter."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import cho_factor, cho_solve

from forecast.calibrate.covariance import typical
from forecast.calibrate.evidence import Places
from forecast.parameters import chosen

Doubles = npt.NDArray[np.float64]

GROSS: Final = 5.0
"""Standard deviations of a residual from what its neighbours say, beyond which it is left out."""


def newest_errors(errors: pd.DataFrame) -> pd.DataFrame:
    """The newest error of each station that reported within the window before the newest of all.

    Args:
        errors: from `evidence.errors_of`, oldest first; of two runs for one time the later one
            stands below and counts.
    """
    window = pd.Timedelta(hours=chosen("analysis_window"))
    late = errors[errors["time"] >= errors["time"].max() - window]
    return late.drop_duplicates("place", keep="last")


def lead_weight(times: npt.NDArray[np.datetime64], *, observed: np.datetime64) -> Doubles:
    """Weight of the newest residuals over the times: exp(-age / tau), 1 until the observation.

    Args:
        times: UTC.
        observed: time of the newest observation, from which the lead is counted.
    """
    age = (times - observed) / np.timedelta64(1, "h")
    return np.asarray(np.exp(-np.maximum(age, 0.0) / chosen("analysis_decay")))


def believed(residual: Doubles, stations: Places) -> npt.NDArray[np.bool_]:
    """Which residuals agree with those around them (Lorenc & Hammon 1988, QJRMS 114, 515).

    Each is compared with the optimal interpolation of all others, in units of its own standard
    deviation, which is scaled to the median of all; the worst beyond `GROSS` goes and all are
    compared again.

    Args:
        residual: K [station].
        stations: where.
    """
    kept = np.ones(residual.size, dtype=np.bool_)
    covariance = typical()
    whole = covariance.between(stations, stations)
    whole[np.diag_indices_from(whole)] += covariance.ratio
    while kept.sum() >= chosen("fewest_stations"):
        some = np.flatnonzero(kept)
        factor = cho_factor(whole[np.ix_(some, some)], lower=True)
        inverse = cho_solve(factor, np.eye(some.size))
        apart = np.abs(inverse @ residual[some]) / np.sqrt(np.diag(inverse))
        usual = max(1.4826 * float(np.median(apart)), 1e-6)
        wrong = apart > GROSS * usual
        if not wrong.any():
            break
        kept[some[wrong & (apart >= 0.5 * apart.max())]] = False
    return kept
