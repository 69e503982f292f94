"""What must hold for members, pressure, humidity and wind on any mesh, anywhere."""

import numpy as np
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from forecast.downscale import at_points
from forecast.meteorology import hypsometric_pressure
from tests.unit.downscale.anywhere import (
    SIZE,
    STEPS,
    WARMTH,
    Place,
    few,
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
def test_members_keep_their_order_and_do_not_touch_each_other(place: Place, seed: int) -> None:
    members = [run_at(place, relief(seed), weather(seed + n)) for n in range(3)]
    points = points_in(place, 900.0)
    alone = [warmth(member, points) for member in members]
    for order in ((0, 1, 2), (2, 0, 1)):
        together = xr.concat([members[n] for n in order], "realization")
        together["model_elevation"] = members[0].model_elevation
        got = at_points(together, points, variables=WARMTH).temperature_2m
        for place_in_order, number in enumerate(order):
            np.testing.assert_array_equal(got.isel(realization=place_in_order), alone[number])


@few
@given(places, seeds, st.floats(100.0, 3000.0))
def test_pressure_falls_with_height_and_humidity_stays_possible(
    place: Place, seed: int, step: float
) -> None:
    height, warm = relief(seed), weather(seed)
    dew = warm - np.abs(weather(seed + 7))
    level = 1013.0 * np.exp(-height / 8000.0) * np.ones((STEPS, 1, 1))
    run = run_at(place, height, warm, dew_point_2m=dew, surface_pressure=level)
    low, high = (at_points(run, points_in(place, z)) for z in (300.0, 300.0 + step))
    assert (high.surface_pressure < low.surface_pressure).all()
    for result in (low, high):
        assert (result.dew_point_2m <= result.temperature_2m).all()
        assert (result.relative_humidity_2m >= 0.0).all()
        assert (result.relative_humidity_2m <= 100.0).all()
        assert (result.vapour_pressure_deficit >= 0.0).all()


@few
@given(places, st.floats(0.5, 25.0), st.floats(0.0, 359.0))
def test_a_uniform_wind_stays_the_same_everywhere(
    place: Place, speed: float, direction: float
) -> None:
    towards = np.deg2rad(direction + 180.0)
    ones = np.ones((STEPS, SIZE, SIZE))
    wind = {
        "wind_u_10m": speed * np.sin(towards) * ones,
        "wind_v_10m": speed * np.cos(towards) * ones,
    }
    run = run_at(place, relief(1), weather(1), **wind)
    got = at_points(
        run, points_in(place, 900.0), variables=("wind_speed_10m", "wind_direction_10m")
    )
    np.testing.assert_allclose(got.wind_speed_10m, speed, rtol=1e-5)
    turn = (got.wind_direction_10m.values - direction + 180.0) % 360.0 - 180.0
    assert np.abs(turn).max() < 0.02


def test_pressure_of_an_isothermal_column_is_the_exponential_of_its_height() -> None:
    # p(z) = p0 exp(-z / H), H = 287.05 x 250 / 9.80665 = 7317.7 m
    height = np.array([-300.0, 0.0, 1000.0, 5000.0])
    got = hypsometric_pressure(1000.0, height, mean_temperature=-23.15)
    np.testing.assert_allclose(got, 1000.0 * np.exp(-height / 7317.74), rtol=1e-4)
