"""Scores of members and probabilities."""

from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr
from scores.probability import crps_for_ensemble, rank_histogram

from forecast.errors import DataError

MEMBER: Final = "realization"
TENTH, NINE_TENTHS = 0.1, 0.9
BINS: Final = 10


def member_scores(members: xr.DataArray, observed: xr.DataArray) -> dict[str, Any]:
    """Scores of an ensemble against observations.

    Args:
        members: (realization, pair), the variable's unit.
        observed: (pair).

    Returns:
        `n`, `members`, `crps` (of the members as they are), `crps_fair` (of as many as one likes;
        Ferro 2014, Q. J. R. Meteorol. Soc. 140, 1917), `mae_mean` and `rmse_mean` of the
        ensemble mean, `spread` (root of the mean variance), `spread_skill` (spread times
        sqrt((m + 1) / m) over rmse_mean: 1 where members and truth are exchangeable; Fortin et
        al. 2014, J. Hydrometeorol. 15, 1708, eq. 15), `coverage` (share of observations from
        P10 to P90, 0.8 is right) and `outside` (share beyond all members).

    Raises:
        DataError: fewer than two members, or no pair is whole.
    """
    members, observed = _whole(members, observed)
    count = members.sizes[MEMBER]
    mean = members.mean(MEMBER)
    variance = float(members.var(MEMBER, ddof=1).mean())
    rmse = float(np.sqrt(((mean - observed) ** 2).mean()))
    spread = float(np.sqrt(variance))
    edges = members.quantile([TENTH, NINE_TENTHS], dim=MEMBER)
    inside = (observed >= edges.isel(quantile=0)) & (observed <= edges.isel(quantile=1))
    beyond = (observed < members.min(MEMBER)) | (observed > members.max(MEMBER))
    return {
        "n": int(observed.size),
        "members": count,
        "crps": float(crps_for_ensemble(members, observed, MEMBER)),
        "crps_fair": float(crps_for_ensemble(members, observed, MEMBER, method="fair")),
        "mae_mean": float(np.abs(mean - observed).mean()),
        "rmse_mean": rmse,
        "spread": spread,
        "spread_skill": spread * np.sqrt((count + 1) / count) / rmse if rmse > 0.0 else np.nan,
        "coverage": float(inside.mean()),
        "outside": float(beyond.mean()),
    }


def ranks(members: xr.DataArray, observed: xr.DataArray) -> pd.DataFrame:
    """How often the observation takes each rank among the members; flat is right.

    Args:
        members: (realization, pair).
        observed: (pair).

    Returns:
        `rank` (1 to members + 1) and `share`; ties are shared out.
    """
    members, observed = _whole(members, observed)
    shares = rank_histogram(members, observed, MEMBER)
    return pd.DataFrame({"rank": shares["rank"].values.astype(int), "share": shares.values})


def reliability(probability: xr.DataArray, event: xr.DataArray) -> pd.DataFrame:
    """Reliability in ten classes of probability: said beside come true.

    Args:
        probability: of the event, 0 to 1 (pair).
        event: whether it came (pair).

    Returns:
        `low`, `high`, `n`, `said` (mean probability), `came` (frequency); all ten classes, NaN
        where one is empty.
    """
    said, came = probability.values.astype(float), event.values.astype(float)
    edges = np.linspace(0.0, 1.0, BINS + 1)
    place = np.clip(np.floor(said * BINS + 1e-9).astype(int), 0, BINS - 1)
    count = np.bincount(place, minlength=BINS)
    with np.errstate(invalid="ignore"):
        means = [np.bincount(place, weights=w, minlength=BINS) / count for w in (said, came)]
    return pd.DataFrame(
        {"low": edges[:-1], "high": edges[1:], "n": count, "said": means[0], "came": means[1]}
    )


def _whole(members: xr.DataArray, observed: xr.DataArray) -> tuple[xr.DataArray, xr.DataArray]:
    """The pairs that every member and the observation have, as float64."""
    if members.sizes.get(MEMBER, 0) < 2:
        raise DataError("scores of members were asked; at least two members are needed")
    known = members.notnull().all(MEMBER) & observed.notnull()
    if not known.any():
        raise DataError("scores of members were asked; no pair has all members and an observation")
    place = {"pair": np.flatnonzero(known.values)}
    return members.isel(place).astype(float), observed.isel(place).astype(float)
