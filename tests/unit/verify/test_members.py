"""Scores of members, and reliability, by hand arithmetic."""

import numpy as np
import pytest
import xarray as xr

from forecast.errors import DataError
from forecast.verify.members import member_scores, ranks, reliability


def ensemble(values: list[list[float]]) -> xr.DataArray:
    return xr.DataArray(np.array(values, dtype=float), dims=("realization", "pair"))


def truth(values: list[float]) -> xr.DataArray:
    return xr.DataArray(np.array(values, dtype=float), dims="pair")


def test_two_members_by_hand() -> None:
    # E|x - y| = (1 + 1) / 2, E|x - x'| / 2 = 2 / 4 of the members as they are, 2 / 2 fair
    scores = member_scores(ensemble([[0.0], [2.0]]), truth([1.0]))
    assert scores["crps"] == pytest.approx(1.0 - 0.5)
    assert scores["crps_fair"] == pytest.approx(1.0 - 1.0)
    assert scores["rmse_mean"] == 0.0
    assert scores["spread"] == pytest.approx(2.0**0.5)
    assert scores["coverage"] == 1.0
    assert scores["outside"] == 0.0


def test_members_that_are_like_the_truth_are_reliable() -> None:
    draws = np.random.default_rng(3).normal(size=(21, 4000))
    members, observed = ensemble(draws[:20].tolist()), truth(draws[20].tolist())
    scores = member_scores(members, observed)
    assert scores["spread_skill"] == pytest.approx(1.0, abs=0.03)
    assert scores["outside"] == pytest.approx(2 / 21, abs=0.02)
    shares = ranks(members, observed)["share"]
    assert len(shares) == 21
    assert shares.sum() == pytest.approx(1.0)
    assert shares.max() < 1.4 / 21


def test_a_rank_is_counted_from_below() -> None:
    table = ranks(ensemble([[1.0, 1.0], [2.0, 2.0]]), truth([0.0, 3.0]))
    assert table.values.tolist() == [[1.0, 0.5], [2.0, 0.0], [3.0, 0.5]]


def test_pairs_without_all_members_are_left_out() -> None:
    scores = member_scores(ensemble([[0.0, 0.0], [2.0, np.nan]]), truth([1.0, 1.0]))
    assert scores["n"] == 1
    with pytest.raises(DataError, match="no pair"):
        member_scores(ensemble([[np.nan], [2.0]]), truth([1.0]))
    with pytest.raises(DataError, match="two members"):
        member_scores(ensemble([[1.0]]), truth([1.0]))


def test_reliability_puts_each_tenth_into_its_class() -> None:
    said = truth([0.0, 0.1, 0.3, 0.35, 1.0])
    came = xr.DataArray([False, True, False, True, True], dims="pair")
    table = reliability(said, came)
    assert table["n"].tolist() == [1, 1, 0, 2, 0, 0, 0, 0, 0, 1]
    assert table["came"].tolist()[3] == 0.5
    assert table["said"].tolist()[3] == pytest.approx(0.325)
    assert np.isnan(table["came"].tolist()[2])
