"""A window's answer does not depend on whether another cell has a gap."""

import numpy as np
import pytest
import xarray as xr

from forecast.advise.conditions import evaluate
from forecast.advise.profile.grammar import Comparison

ROWS, STEPS = 5, 30


@pytest.mark.parametrize("agg", ["sum", "min", "max", "mean"])
@pytest.mark.parametrize("window", ["past 1 h", "past 3 h", "next 24 h", "next 5 h", "past 40 h"])
@pytest.mark.parametrize("op", ["<", ">="])
def test_rows_without_a_gap_are_judged_alike_beside_one_that_has_them(
    agg: str, window: str, op: str
) -> None:
    condition = Comparison(var="precip", op=op, value="1 mm", agg=agg, window=window)
    rain = np.maximum(np.random.default_rng(0).normal(0.0, 1.0, (ROWS, STEPS)), 0.0)
    whole = xr.DataArray(rain.astype(np.float32), dims=("cell", "time"))
    gaps = whole.copy()
    gaps[-1] = np.nan
    alone = evaluate(condition, {"precip": whole})
    beside = evaluate(condition, {"precip": gaps})
    np.testing.assert_array_equal(alone.values[:-1], beside.values[:-1])
