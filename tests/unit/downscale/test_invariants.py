"""What must hold for temperature on any mesh, in any hemisphere, at the dateline and the poles."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from forecast.downscale.gradient import gradient_operator
from grids.regrid import Mesh, interpolation
from tests.unit.downscale.anywhere import (
    SIZE,
    STEPS,
    Place,
    climb,
    few,
    kinds,
    places,
    points_in,
    relief,
    run_at,
    seeds,
    warmth,
    weather,
)


@few
@given(places, seeds)
def test_at_the_models_own_height_it_is_bilinear(place: Place, seed: int) -> None:
    run = run_at(place, relief(seed), weather(seed))
    points = points_in(place, 0.0)
    points["elevation"] = ("point", -climb(run, points).astype(float))
    np.testing.assert_allclose(warmth(run, points), warmth(run, points, "bilinear"), atol=2e-5)


@few
@given(places, seeds)
def test_a_fall_of_6_5_k_per_km_from_any_level_is_reproduced(place: Place, seed: int) -> None:
    height = relief(seed)
    run = run_at(place, height, (20.0 - 0.0065 * height)[np.newaxis])
    points = points_in(place, np.linspace(-100.0, 3500.0, 12))
    truth = 20.0 - 0.0065 * points.elevation.values
    np.testing.assert_allclose(warmth(run, points)[0], truth, atol=3e-4)


@few
@given(
    st.builds(
        Place, st.just("regular"), st.floats(-60.0, 58.0), st.floats(-180, 179), st.just(0.25)
    ),
    st.floats(-8.0, -5.0),
    st.floats(-1.5, 1.5),
    st.floats(-1.5, 1.5),
)
def test_temperature_linear_in_x_y_and_z_is_reproduced_up_to_the_pull_of_the_prior(
    place: Place, rate: float, eastward: float, northward: float
) -> None:
    height = relief(3)
    column, row = np.meshgrid(np.arange(SIZE), np.arange(SIZE))
    warm = 15.0 + (eastward * column + northward * row) / 4.0 + rate * height / 1000.0
    run, points = run_at(place, height, warm[np.newaxis]), points_in(place, 900.0)
    plane = warm - rate * height / 1000.0
    flat = run_at(place, height, plane[np.newaxis])
    truth = warmth(flat, points, "bilinear")[0] + rate * 0.9
    pull = 0.12 * abs(rate + 6.5) * np.abs(climb(run, points)) / 1000.0
    assert (np.abs(warmth(run, points)[0] - truth) <= pull + 0.02).all()


@few
@given(places, st.floats(-200.0, 5000.0), seeds)
def test_without_relief_the_prior_gradient_is_used(place: Place, level: float, seed: int) -> None:
    run = run_at(place, np.full((SIZE, SIZE), level), weather(seed))
    points = points_in(place, level + 500.0)
    difference = warmth(run, points) - warmth(run, points, "bilinear")
    np.testing.assert_allclose(difference, -3.25, atol=2e-4)


@few
@given(places, seeds, st.floats(-1500.0, 3000.0))
def test_the_change_is_bounded_by_the_adiabat_and_0_3_k_of_inversion(
    place: Place, seed: int, elevation: float
) -> None:
    run = run_at(place, relief(seed), 1.5 * weather(seed))
    points = points_in(place, elevation)
    change = warmth(run, points) - warmth(run, points, "bilinear")
    rise = climb(run, points)
    steepest = 0.0098 * np.abs(rise) + 2e-4
    assert (np.where(rise > 0, change, -change) <= 0.3 + 2e-4).all()
    assert (np.where(rise > 0, -change, change) <= steepest).all()


@few
@given(places, seeds)
def test_raising_both_heights_by_100_m_changes_nothing(place: Place, seed: int) -> None:
    low = warmth(run_at(place, relief(seed), weather(seed)), points_in(place, 800.0))
    high = warmth(run_at(place, relief(seed) + 100.0, weather(seed)), points_in(place, 900.0))
    np.testing.assert_allclose(low, high, atol=3e-4)


@few
@given(places, seeds, st.sampled_from([15, 90, 180, 345]))
def test_turning_the_globe_and_the_clock_alike_changes_nothing(
    place: Place, seed: int, degrees: int
) -> None:
    turned = place._replace(west=(place.west + degrees + 180.0) % 360.0 - 180.0)
    run = run_at(place, relief(seed), weather(seed))
    there = run_at(turned, relief(seed), weather(seed))
    earlier = there.time.values - np.timedelta64(degrees * 4, "m")
    there = there.assign_coords(time=earlier)
    before, after = warmth(run, points_in(place, 900.0)), warmth(there, points_in(turned, 900.0))
    # declination and equation of time change a little within the hours of the turn
    np.testing.assert_allclose(before, after, atol=0.05)


@few
@given(places, seeds)
def test_order_of_nodes_and_convention_of_longitudes_do_not_matter(place: Place, seed: int) -> None:
    run, points = run_at(place, relief(seed), weather(seed)), points_in(place, 900.0)
    east = run.assign_coords(longitude=run.longitude % 360.0)
    if place.kind == "regular":
        other = east.isel(latitude=slice(None, None, -1))
    else:
        other = east.isel(node=np.random.default_rng(seed).permutation(SIZE * SIZE))
    np.testing.assert_allclose(warmth(run, points), warmth(other, points), atol=5e-4)


@few
@given(places, seeds, st.integers(0, SIZE * SIZE - 1))
def test_a_missing_node_never_spreads_beyond_the_places_it_dominates(
    place: Place, seed: int, hole: int
) -> None:
    warm = weather(seed).reshape(STEPS, -1)
    whole = run_at(place, relief(seed), warm)
    warm = warm.copy()
    warm[:, hole] = np.nan
    run, points = run_at(place, relief(seed), warm), points_in(place, 900.0)
    where = interpolation(
        Mesh.from_dataset(run), longitude=points.longitude.values, latitude=points.latitude.values
    )
    share = (where.weights * (where.nodes == hole)).sum(axis=1)
    got = warmth(run, points)
    assert np.isfinite(got[:, share < 0.499]).all()
    bilinear = warmth(run, points, "bilinear")[:, share == 0.0]
    np.testing.assert_array_equal(bilinear, warmth(whole, points, "bilinear")[:, share == 0.0])


@few
@given(kinds, st.sampled_from([-89.0, 86.5]), seeds)
def test_near_the_poles_every_value_is_finite_and_bounded(
    kind: str, south: float, seed: int
) -> None:
    place = Place(kind, south, 20.0, 0.25)
    run, points = run_at(place, relief(seed), weather(seed)), points_in(place, 900.0)
    change = warmth(run, points) - warmth(run, points, "bilinear")
    assert np.isfinite(change).all()
    assert (np.abs(change) <= 0.0098 * np.abs(climb(run, points)) + 0.3).all()


def test_a_low_sun_takes_back_the_fall_where_close_nodes_show_warm_above_cold() -> None:
    height = relief(5)
    mesh = Mesh.regular(latitude=30.0 + 0.25 * np.arange(SIZE), longitude=0.25 * np.arange(SIZE))
    usable = np.ones(SIZE * SIZE, dtype=bool)
    operator = gradient_operator(mesh, height.ravel() / 10.0, usable=usable)
    warm = (0.006 * height / 10.0).reshape(-1, 1).astype(np.float32)
    high = operator.gradient(warm, prior=-6.5, sun=np.ones((SIZE * SIZE, 1)))
    low = operator.gradient(warm, prior=-6.5, sun=np.zeros((SIZE * SIZE, 1)))
    np.testing.assert_array_equal(high, operator.gradient(warm, prior=-6.5))
    assert (high < -0.001).all()  # so little relief that the wide fit stays with the prior
    assert (low >= 0.0).all()
