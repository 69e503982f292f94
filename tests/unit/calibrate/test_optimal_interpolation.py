"""Optimal interpolation against hand arithmetic, a full solve and gridpp."""

import sys

import numpy as np
import pytest

from forecast.calibrate import optimal_interpolation
from forecast.calibrate.covariance import Covariance, chords
from forecast.calibrate.evidence import Places
from forecast.calibrate.gridpp_solver import interpolate_by_gridpp
from forecast.calibrate.optimal_interpolation import compact_parts, interpolate
from forecast.errors import DataError, InvalidRequest
from grids.geometry import great_circle_distance
from tests.support.residuals import alike, scattered

BARNES = Covariance(shape="barnes", length=100_000.0, depth=400.0, ratio=0.5)


def places(longitude, latitude, elevation) -> Places:
    return Places(
        longitude=np.asarray(longitude, float),
        latitude=np.asarray(latitude, float),
        elevation=np.asarray(elevation, float),
    )


def test_one_station_gives_its_share_and_the_known_error() -> None:
    station = places([104.0], [30.0], [300.0])
    there = places([104.0, 104.0, 104.0], [30.0, 30.0, 60.0], [300.0, 700.0, 300.0])
    made = interpolate(np.array([3.0]), station, to=there, covariance=BARNES)
    # at the station 3 / 1.5; 400 m above it times exp(-1/2); 3,300 km away nothing
    np.testing.assert_allclose(made.increment, [2.0, 2.0 * np.exp(-0.5), 0.0], atol=1e-12)
    # s² = 9 / 1.5 = 6; variance 6 (1.5 - 1 / 1.5) = 5, 6 (1.5 - e^-1 / 1.5), 9
    variance = [5.0, 6.0 * (1.5 - np.exp(-1.0) / 1.5), 9.0]
    np.testing.assert_allclose(made.spread, np.sqrt(variance), rtol=1e-12)


def test_two_stations_at_one_place_count_as_their_mean_with_half_the_error() -> None:
    pair = places([104.0, 104.0], [30.0, 30.0], [300.0, 300.0])
    made = interpolate(np.array([1.0, 3.0]), pair, to=pair.at(slice(0, 1)), covariance=BARNES)
    np.testing.assert_allclose(made.increment, [2.0 / 1.25], rtol=1e-12)


def test_half_a_share_applies_half_and_keeps_three_quarters_of_what_was_explained() -> None:
    station = places([104.0], [30.0], [300.0])
    made = interpolate(np.array([3.0]), station, to=station, covariance=BARNES, share=0.5)
    np.testing.assert_allclose(made.increment, [1.0], rtol=1e-12)
    np.testing.assert_allclose(made.spread, [np.sqrt(6.0 * (1.5 - 0.75 / 1.5))], rtol=1e-12)


def test_no_station_says_nothing() -> None:
    made = interpolate(
        np.empty(0), scattered(0, seed=1), to=scattered(5, seed=2), covariance=BARNES
    )
    assert (made.increment == 0.0).all()
    assert np.isnan(made.spread).all()


def test_the_distance_is_the_chord_of_the_great_circle() -> None:
    one, two = scattered(6, seed=3), scattered(7, seed=4)
    arc = great_circle_distance(
        longitude=one.longitude[:, np.newaxis],
        latitude=one.latitude[:, np.newaxis],
        to_longitude=two.longitude,
        to_latitude=two.latitude,
    )
    radius = 6_371_008.8
    expected = 2.0 * radius * np.sin(arc / 2.0 / radius)
    np.testing.assert_allclose(chords(one, two), expected, rtol=1e-9)


def test_stations_across_the_date_line_are_near() -> None:
    station = places([179.99], [-17.0], [0.0])
    there = places([-179.99], [-17.0], [0.0])
    made = interpolate(np.array([3.0]), station, to=there, covariance=BARNES)
    assert made.increment[0] == pytest.approx(2.0, abs=1e-3)


@pytest.mark.parametrize("shape", ["barnes", "exponential"])
def test_parts_agree_with_one_solve_of_all_stations(shape: str, monkeypatch) -> None:
    covariance = Covariance(shape=shape, length=30_000.0, depth=400.0, ratio=0.5)
    stations, cells = scattered(400, seed=5), scattered(3000, seed=6)
    residual = alike(stations, covariance, seed=7)
    matrix = covariance.between(stations, stations) + 0.5 * np.eye(400)
    expected = covariance.between(cells, stations) @ np.linalg.solve(matrix, residual)
    monkeypatch.setattr(optimal_interpolation, "PART", 100)
    monkeypatch.setattr(optimal_interpolation, "STATIONS", 200)
    made = interpolate(residual, stations, to=cells, covariance=covariance)
    np.testing.assert_allclose(made.increment, expected, atol=0.05)
    assert made.spread.max() == pytest.approx(2.0 * np.sqrt(1.5), rel=0.15)


def test_compact_parts_hold_every_place_once() -> None:
    vectors = np.random.default_rng(8).normal(size=(1001, 3))
    parts = list(compact_parts(vectors, 64))
    assert max(part.size for part in parts) <= 64
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(1001))


def test_both_solvers_agree() -> None:
    stations, cells = scattered(40, seed=9), scattered(500, seed=10)
    residual = alike(stations, BARNES, seed=11)
    ours = interpolate(residual, stations, to=cells, covariance=BARNES).increment
    theirs = interpolate_by_gridpp(residual, stations, to=cells, covariance=BARNES)
    assert np.abs(theirs).max() > 1.0
    np.testing.assert_allclose(ours, theirs, atol=0.01)


def test_gridpp_is_asked_for_by_name_where_it_is_absent(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "gridpp", None)
    one = scattered(1, seed=12)
    with pytest.raises(InvalidRequest, match=r"install zhitian\[gridpp\]"):
        interpolate_by_gridpp(np.array([1.0]), one, to=one, covariance=BARNES)


def test_gridpp_is_refused_with_a_covariance_that_it_does_not_have() -> None:
    other = Covariance(shape="exponential", length=1e5, depth=400.0, ratio=0.5)
    one = scattered(1, seed=12)
    with pytest.raises(InvalidRequest, match="allowed is barnes"):
        interpolate_by_gridpp(np.array([1.0]), one, to=one, covariance=other)


@pytest.mark.parametrize("shape", ["barnes", "exponential"])
def test_every_covariance_is_positive_definite(shape: str) -> None:
    covariance = Covariance(shape=shape, length=300_000.0, depth=400.0, ratio=0.5)
    stations = scattered(200, seed=13)
    assert np.linalg.eigvalsh(covariance.between(stations, stations)).min() > -1e-9


def test_a_covariance_without_length_or_of_an_unknown_shape_is_refused() -> None:
    with pytest.raises(DataError, match="allowed is above 0"):
        Covariance(shape="barnes", length=0.0, depth=400.0, ratio=0.5)
    with pytest.raises(DataError, match="allowed are barnes, exponential"):
        Covariance(shape="cone", length=1.0, depth=400.0, ratio=0.5)
