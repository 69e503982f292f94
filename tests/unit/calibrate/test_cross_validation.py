"""Hidden blocks: the same numbers as leaving them out, and the truth about a gain."""

import numpy as np
import pytest

from forecast.calibrate.covariance import Covariance
from forecast.calibrate.cross_validation import (
    Method,
    choose,
    cross_validation,
    spread_residuals,
)
from forecast.calibrate.evidence import Places
from forecast.calibrate.hidden import (
    blocks_of,
    distance_outside,
    hidden_predictions,
    judge,
    random_folds,
    suitable_blocks,
)
from forecast.calibrate.optimal_interpolation import interpolate
from forecast.errors import InvalidRequest
from tests.support.residuals import alike, scattered

BARNES = Covariance(shape="barnes", length=100_000.0, depth=420.0, ratio=0.5)


def test_one_inverse_says_what_leaving_each_block_out_says() -> None:
    stations = scattered(80, seed=20)
    residual = alike(stations, BARNES, seed=21)
    labels = blocks_of(stations, degrees=1.0)
    expected = np.empty_like(residual)
    for label in np.unique(labels):
        out = labels == label
        kept = stations.at(~out)
        expected[out] = interpolate(
            residual[~out], kept, to=stations.at(out), covariance=BARNES
        ).increment
    got = hidden_predictions(residual, stations, covariance=BARNES, labels=labels)
    np.testing.assert_allclose(got, expected, atol=1e-10)


def test_blocks_are_squares_of_longitude_and_latitude() -> None:
    places = Places(
        longitude=np.array([10.1, 11.9, 12.1, -0.1, 359.9]),
        latitude=np.array([50.1, 51.9, 50.1, 50.1, 50.1]),
        elevation=np.zeros(5),
    )
    labels = blocks_of(places, degrees=2.0)
    assert labels[0] == labels[1] != labels[2]
    assert labels[3] == labels[4]


def test_blocks_are_as_large_as_cells_are_far_from_stations() -> None:
    stations, cells = scattered(60, seed=22), scattered(2000, seed=23)
    labels = suitable_blocks(stations, cells)
    outside = np.median(distance_outside(stations, labels))
    alone = np.median(distance_outside(stations, np.arange(60)))
    assert outside >= alone
    far = Places(
        longitude=cells.longitude + 3.0, latitude=cells.latitude, elevation=cells.elevation
    )
    larger = suitable_blocks(stations, far)
    assert np.unique(larger).size < np.unique(labels).size


def test_two_stations_are_hidden_one_by_one() -> None:
    two = Places(
        longitude=np.array([117.01, 117.02]), latitude=np.array([39.0, 39.0]), elevation=np.zeros(2)
    )
    assert np.unique(suitable_blocks(two, scattered(10, seed=24))).size == 2


def test_the_share_and_the_gain_are_those_of_the_hand() -> None:
    # slope (2*1 + 2*1 + 2*1 + 2*1) / 4 = 2, held at 1: the error falls from 2 to 1 in each block
    verdict = judge(np.full(4, 2.0), np.ones(4), labels=np.arange(4))
    assert (verdict.before, verdict.after, verdict.factor) == (2.0, 1.0, 1.0)
    assert verdict.gains
    against = judge(np.full(4, 2.0), -np.ones(4), labels=np.arange(4))
    assert (against.after, against.factor, against.gains) == (2.0, 0.0, False)


def test_one_lucky_block_is_no_gain() -> None:
    wanted, predicted = np.array([9.0, 1.0, 1.0, 1.0]), np.array([9.0, -1.0, 1.0, -1.0])
    assert not judge(wanted, predicted, labels=np.arange(4), factor=1.0).gains


def test_nothing_is_spread_where_residuals_of_neighbours_are_not_alike() -> None:
    stations, cells = scattered(80, seed=25), scattered(300, seed=26)
    spread = 0
    for seed in range(10):
        noise = np.random.default_rng(seed).normal(0.0, 2.0, 80)
        made = spread_residuals(noise, stations, to=cells, labels=blocks_of(stations, degrees=0.5))
        spread += int(np.abs(made.analysis.increment).max() > 0.0)
        assert np.isfinite(made.analysis.spread).all()
    assert spread <= 2


def test_what_hidden_stations_gain_is_gained_at_cells_too() -> None:
    everywhere = scattered(700, seed=27)
    truth = alike(
        everywhere, Covariance(shape="barnes", length=1e5, depth=420.0, ratio=0.02), seed=28
    )
    stations, cells = everywhere.at(slice(0, 150)), everywhere.at(slice(150, None))
    labels = suitable_blocks(stations, cells)
    made = spread_residuals(truth[:150], stations, to=cells, labels=labels)
    left = truth[150:] - made.analysis.increment
    before = np.abs(truth[150:]).mean()
    assert made.verdict.gains
    assert np.abs(left).mean() < 0.6 * before
    assert made.verdict.after / made.verdict.before == pytest.approx(
        np.abs(left).mean() / before, abs=0.15
    )
    assert np.mean(np.abs(left) < 1.645 * made.analysis.spread) == pytest.approx(0.9, abs=0.08)


def test_the_choice_finds_the_length_that_made_the_residuals() -> None:
    stations = scattered(300, seed=29)
    labels = random_folds(300)
    for length in (30_000.0, 200_000.0):
        truth = Covariance(shape="barnes", length=length, depth=420.0, ratio=0.1)
        covariance, _ = choose(alike(stations, truth, seed=30), stations, labels=labels)
        assert 0.5 * length <= covariance.length <= 2.0 * length


def test_a_hidden_block_cannot_change_its_own_prediction() -> None:
    stations = scattered(60, seed=31)
    residual = alike(stations, BARNES, seed=32)
    labels = blocks_of(stations, degrees=1.0)
    every = np.unique(labels).size
    first = labels == labels[0]
    changed = np.where(first, residual + 5.0, residual)
    before = cross_validation(residual, stations, labels=labels, folds=every).increment
    after = cross_validation(changed, stations, labels=labels, folds=every).increment
    np.testing.assert_array_equal(before[first], after[first])
    assert np.abs(before - after).max() > 0.1


def test_gridpp_gives_the_same_map_where_it_is_asked_for() -> None:
    stations, cells = scattered(60, seed=33), scattered(200, seed=34)
    residual = alike(stations, BARNES, seed=35)
    labels = blocks_of(stations, degrees=0.5)
    asked = {"to": cells, "labels": labels}
    theirs = spread_residuals(residual, stations, **asked, method=Method.of("gridpp"))
    assert theirs.covariance.shape == "barnes"
    assert np.abs(theirs.analysis.increment).max() > 0.5
    with pytest.raises(InvalidRequest, match="allowed are own, gridpp"):
        Method.of("kriging")
