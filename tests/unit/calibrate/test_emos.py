"""Members fitted to their errors: the score itself, coverage, ranks, and refusals."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr
from scores.probability import crps_for_ensemble

from forecast.calibrate.emos import emos_fit, normal_crps
from forecast.emos import Emos, emos_apply
from forecast.errors import DataError


def runs(*, days: int, seed: int, members: int = 21, bias: float = 1.0):
    """Members too cold by `bias` with half the spread of their errors, which varies by day."""
    draw = np.random.default_rng(seed)
    truth = draw.normal(10.0, 5.0, days)
    real = draw.uniform(0.8, 3.0, days)
    centre = truth - bias + real * draw.normal(size=days)
    values = centre[:, np.newaxis] + 0.5 * real[:, np.newaxis] * draw.normal(size=(days, members))
    return values, truth


def crps(values, truth) -> float:
    members = xr.DataArray(values, dims=("pair", "member"))
    return float(
        crps_for_ensemble(members, xr.DataArray(truth, dims="pair"), "member", method="ecdf")
    )


def coverage(values, truth) -> float:
    """Share of truths within the central 90 % of a normal with the members' mean and spread."""
    z = (truth - values.mean(axis=1)) / values.std(axis=1, ddof=1)
    return float(np.mean(np.abs(z) <= 1.6449))


@pytest.mark.parametrize(("mean", "deviation", "observed"), [(0.0, 1.0, 0.0), (2.0, 0.5, 5.0)])
def test_the_closed_form_is_the_integral(mean: float, deviation: float, observed: float) -> None:
    def square(x: float) -> float:
        return float((ndtr((x - mean) / deviation) - (x >= observed)) ** 2)

    below, _ = quad(square, mean - 12.0, observed)
    above, _ = quad(square, observed, mean + 12.0)
    assert normal_crps(mean, deviation, observed=observed) == pytest.approx(below + above, abs=1e-7)


def test_the_closed_form_at_the_mean_is_the_printed_number() -> None:
    # the root of 2, less 1, over the root of pi
    assert normal_crps(0.0, 1.0, observed=0.0) == pytest.approx(0.2336950, abs=1e-7)


def test_the_closed_form_is_what_scores_says_of_many_members() -> None:
    draw = np.random.default_rng(1).normal(3.0, 2.0, (1, 20_000))
    assert crps(draw, np.array([4.5])) == pytest.approx(
        float(normal_crps(3.0, 2.0, observed=4.5)), rel=0.02
    )


def test_members_with_too_little_spread_come_to_hold_nine_of_ten() -> None:
    fitted = emos_fit(*runs(days=400, seed=2), days=np.arange(400))
    values, truth = runs(days=4000, seed=3)
    after = emos_apply(values, fitted, axis=1)
    assert coverage(values, truth) < 0.60
    assert coverage(after, truth) == pytest.approx(0.90, abs=0.03)
    assert crps(after, truth) < 0.92 * crps(values, truth)
    assert fitted.shift == pytest.approx(1.0, abs=0.2)
    assert fitted.crps_after < fitted.crps_before
    assert (fitted.pairs, fitted.days) == (400, 400)


def test_members_that_are_right_are_left_as_they_are() -> None:
    draw = np.random.default_rng(4)
    spread = draw.uniform(0.5, 3.0, 3000)
    values = spread[:, np.newaxis] * draw.normal(size=(3000, 50))
    fitted = emos_fit(values, spread * draw.normal(size=3000), days=np.arange(3000))
    assert fitted.shift == pytest.approx(0.0, abs=0.1)
    assert fitted.stretch == pytest.approx(1.0, abs=0.08)
    assert fitted.floor < 0.4


@given(st.integers(0, 1000), st.floats(-5, 5), st.floats(0, 4), st.floats(0, 3))
def test_ranks_of_members_stay_and_with_them_joint_events(seed, shift, floor, stretch) -> None:
    emos = Emos(
        shift=shift, floor=floor, stretch=stretch, crps_before=1.0, crps_after=1.0, pairs=9, days=30
    )
    values = np.random.default_rng(seed).normal(0.0, 2.0, (11, 4, 3))
    after = emos_apply(values, emos)
    if floor + stretch > 0.01:
        np.testing.assert_array_equal(np.argsort(after, axis=0), np.argsort(values, axis=0))
    np.testing.assert_allclose(after.mean(axis=0), values.mean(axis=0) + shift, atol=1e-9)
    wanted = floor**2 + stretch**2 * values.var(axis=0, ddof=1)
    np.testing.assert_allclose(after.var(axis=0, ddof=1), wanted, atol=1e-9)


def test_type_gaps_and_agreement_are_kept() -> None:
    emos = Emos(shift=1.0, floor=1.0, stretch=1.0, crps_before=1, crps_after=1, pairs=9, days=30)
    values = np.array([[2.0, 1.0], [2.0, np.nan], [2.0, 3.0]], np.float32)
    after = emos_apply(values, emos)
    assert after.dtype == np.float32
    np.testing.assert_array_equal(after[:, 0], 3.0)
    # the two others have mean 2 and variance 2; 1 + 2 is wanted, so they lie 3**0.5 / 2**0.5 away
    np.testing.assert_allclose(after[:, 1], [3.0 - 1.2247449, np.nan, 3.0 + 1.2247449], rtol=1e-6)


def test_pairs_with_a_gap_are_left_out() -> None:
    values, truth = runs(days=100, seed=5)
    whole = emos_fit(values[:80], truth[:80], days=np.arange(80))
    values[80:90, 3], truth[90:] = np.nan, np.nan
    assert emos_fit(values, truth, days=np.arange(100)) == whole


def test_29_days_are_too_few_and_so_is_one_member() -> None:
    values, truth = runs(days=58, seed=6)
    with pytest.raises(DataError, match="pairs of 29 days; it needs 30"):
        emos_fit(values, truth, days=np.arange(58) // 2)
    with pytest.raises(DataError, match="two or more"):
        emos_fit(values[:, :1], truth, days=np.arange(58))
