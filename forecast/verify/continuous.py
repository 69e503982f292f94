"""Error measures of continuous quantities, class by class and method by method."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr
from scores.continuous import additive_bias, mae, percent_within_x, rmse

from forecast.errors import InvalidRequest
from forecast.variables import variable
from forecast.verify.classes import Split, classes
from forecast.verify.comparison import Comparison
from forecast.verify.resampling import (
    BLOCK_DEGREES,
    FEWEST_DAYS,
    blocks_of_day,
    blocks_of_place,
    reduction_interval,
)
from forecast.verify.significance import UNTESTED, by_day

Floats = npt.NDArray[np.float64]

SMALL: Final = 30
"""Below this number of pairs a class is shown and flagged: it says next to nothing."""

TOLERANCE: Final[Mapping[str, float]] = {"temperature_2m": 2.0, "dew_point_2m": 2.0}
"""K; the share of errors within it is China's accuracy of temperature forecasts (准确率, 中短期
天气预报质量检验办法, CMA 2005)."""

TURN: Final = 360.0


class Rule(NamedTuple):
    """How a table of scores is made.

    Attributes:
        splits: from `parse_splits`.
        reference: method that reductions are measured against.
        block_degrees: side of the squares of the bootstrap.
    """

    splits: tuple[Split, ...] = ()
    reference: str = "bilinear"
    block_degrees: float = BLOCK_DEGREES


def score_table(comparison: Comparison, rule: Rule) -> pd.DataFrame:
    """Score every variable, class and method of a comparison.

    Args:
        comparison: pairs that all methods have.
        rule: classes and reference.

    Returns:
        tidy table: `variable`, one column a dimension, `method`, `n`, `stations`, `mae`, `rmse`,
        `bias` (forecast minus observation) in the variable's unit, `within` (share),
        `mae_reduction` and `rmse_reduction` (1 - ours / reference, share) with `mae_low`,
        `mae_high`, `rmse_low`, `rmse_high` (95 %, blocks of place or of days, whichever is
        wider) and `interval_by`,
        `dm_p` (Diebold-Mariano, days) and `small`.

    Raises:
        InvalidRequest: the reference is not among the methods.
    """
    if rule.reference not in comparison.methods:
        raise InvalidRequest(
            f"reduction against {rule.reference} was asked; compared are"
            f" {', '.join(comparison.methods)}"
        )
    rows = []
    for name in comparison.variables:
        part = comparison.only(name)
        errors = {method: _errors(part.table, method, name) for method in part.methods}
        for labels, mask in classes(part.table, rule.splits):
            inside = part.table[mask]
            chosen = {method: error[mask] for method, error in errors.items()}
            rows += [
                {"variable": name, **labels, "method": method}
                | _plain(error, inside, name)
                | _beside(error, chosen[rule.reference], inside, rule)
                for method, error in chosen.items()
            ]
    return pd.DataFrame(rows)


def errors_of(comparison: Comparison, method: str) -> Floats:
    """Forecast minus observation [pair], directions the short way round."""
    table = comparison.table
    result = np.empty(len(table))
    for name in comparison.variables:
        mask = (table["variable"] == name).to_numpy()
        result[mask] = _errors(table[mask], method, name)
    return result


def _errors(table: pd.DataFrame, method: str, name: str) -> Floats:
    error = table[method].to_numpy(float) - table["observed"].to_numpy(float)
    if variable(name).units == "degree":
        error = (error + TURN / 2.0) % TURN - TURN / 2.0
    return error


def _plain(error: Floats, table: pd.DataFrame, name: str) -> dict[str, Any]:
    """Measures of one method by itself."""
    count = {
        "n": int(error.size),
        "stations": int(table["station"].nunique()),
        "small": bool(error.size < SMALL),
    }
    if not error.size:
        return {**count, "mae": np.nan, "rmse": np.nan, "bias": np.nan, "within": np.nan}
    ours, zero = xr.DataArray(error), xr.DataArray(np.zeros(error.size))
    limit = TOLERANCE.get(name)
    within = np.nan if limit is None else float(percent_within_x(ours, zero, limit)) / 100.0
    return {
        **count,
        "mae": float(mae(ours, zero)),
        "rmse": float(rmse(ours, zero)),
        "bias": float(additive_bias(ours, zero)),
        "within": within,
    }


def _beside(error: Floats, against: Floats, table: pd.DataFrame, rule: Rule) -> dict[str, Any]:
    """Reductions beside the reference, with their intervals."""
    mean, squared = (np.abs(error), np.abs(against)), (error**2, against**2)
    result: dict[str, Any] = {
        "mae_reduction": _reduction(mean, root=False),
        "rmse_reduction": _reduction(squared, root=True),
        "interval_by": "",
        **dict.fromkeys(("mae_low", "mae_high", "rmse_low", "rmse_high", "dm_p"), np.nan),
    }
    if not error.size or np.array_equal(error, against):
        return result
    places = blocks_of_place(
        table["longitude"].to_numpy(float),
        table["latitude"].to_numpy(float),
        degrees=rule.block_degrees,
    )
    kinds = {f"{rule.block_degrees:g}° blocks": places}
    days = blocks_of_day(table["time"].to_numpy("datetime64[ns]"))
    if days.max(initial=-1) + 1 >= FEWEST_DAYS:
        kinds["days"] = days
    widest = -np.inf
    for kind, blocks in kinds.items():
        low, high = reduction_interval(*mean, blocks=blocks)
        if high - low > widest:
            widest = high - low
            ends = reduction_interval(*squared, blocks=blocks, root=True)
            result |= {"mae_low": low, "mae_high": high, "interval_by": kind}
            result |= {"rmse_low": ends[0], "rmse_high": ends[1]}
    gain = pd.Series(mean[1] - mean[0], index=table.index)
    tested = by_day(gain, times=table["time"], lead_h=table["lead_h"]) if "days" in kinds else None
    return {**result, "dm_p": (tested or UNTESTED).p_value}


def _reduction(losses: tuple[Floats, Floats], *, root: bool) -> float:
    if not losses[0].size:
        return np.nan
    ours, theirs = (float(loss.mean()) for loss in losses)
    if theirs == 0.0:
        return 0.0 if ours == 0.0 else np.nan
    ratio = ours / theirs
    return 1.0 - (float(np.sqrt(ratio)) if root else ratio)
