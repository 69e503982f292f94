"""Longwave radiation by height: when it follows, how far, and when it is left alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast import meteorology as met
from forecast.downscale import at_points
from forecast.downscale.longwave import gate
from tests.unit.downscale.reference import made_up_run
from tests.unit.downscale.test_temperature import interpolated, places, relief, run

DIMS = ("time", "latitude", "longitude")
NIGHT, NOON = np.datetime64("2025-04-10T17:00", "ns"), np.datetime64("2025-04-10T04:00", "ns")
"""UTC; 116 E is nearly eight hours ahead."""


def radiating(warm, height, *, dry=4.0, light=300.0, time=NOON):
    """One hour with radiation and a dew point, over the nodes of the tests of temperature."""
    native = run(warm, height)
    fields = {
        "dew_point_2m": np.asarray(warm) - dry,
        "longwave_down": np.broadcast_to(light, (12, 12)),
    }
    native = native.assign(
        {name: (DIMS, np.asarray(field, np.float32)[None]) for name, field in fields.items()}
    )
    return native.assign_coords(time=[time])


def black(warm):
    return 5.670374e-8 * (np.asarray(warm, dtype=float) + 273.15) ** 4


def test_no_height_difference_gives_the_bilinear_value_exactly() -> None:
    height, rng = relief(), np.random.default_rng(3)
    native = radiating(
        rng.normal(5.0, 4.0, (12, 12)), height, light=rng.uniform(180.0, 420.0, (12, 12))
    )
    points = places(0.0)
    points["elevation"] = ("point", interpolated(height, points).astype(float))
    result = at_points(native, points).longwave_down
    plain = at_points(native, points, method="bilinear").longwave_down
    np.testing.assert_allclose(result, plain, rtol=3e-6)


def test_a_clear_sky_follows_its_emissivity_by_day() -> None:
    height = relief()
    warm = 20.0 - 0.0065 * height
    dew = 10.0 - 0.003 * height
    clear = met.clear_sky_emissivity(warm, met.saturation_vapour_pressure(dew)) * black(warm)
    native = radiating(warm, height, dry=warm - dew, light=clear)
    points = places(np.linspace(0.0, 2500.0, 30))
    rise = points.elevation.values
    fine, fine_dew = 20.0 - 0.0065 * rise, 10.0 - 0.003 * rise
    vapour = met.saturation_vapour_pressure(fine_dew)
    expected = met.clear_sky_emissivity(fine, vapour) * black(fine)
    result = at_points(native, points).longwave_down.values[0]
    # interpolating between nodes of 100 to 1500 m costs a little, as the emission is not linear
    np.testing.assert_allclose(result, expected, rtol=0.015)
    plain = at_points(native, points, method="bilinear").longwave_down.values[0]
    assert np.abs(result - expected).mean() < 0.1 * np.abs(plain - expected).mean()


def test_by_night_an_inversion_leaves_the_radiation_alone() -> None:
    height = relief()
    cold = radiating(2.0 + 0.003 * height, height, time=NIGHT)
    points = places(1800.0)
    result = at_points(cold, points).longwave_down
    plain = at_points(cold, points, method="bilinear").longwave_down
    bound = 1.05 * black(at_points(cold, points).temperature_2m)
    np.testing.assert_allclose(result, np.minimum(plain, bound), rtol=1e-5)
    by_day = at_points(cold.assign_coords(time=[NOON]), points).longwave_down
    assert np.abs(by_day.values - plain.values).mean() > 0.2


def test_by_night_it_follows_where_temperature_falls_with_height() -> None:
    height = relief()
    native = radiating(20.0 - 0.0065 * height, height, time=NIGHT)
    points = places(1800.0)
    result = at_points(native, points).longwave_down
    by_day = at_points(native.assign_coords(time=[NOON]), points).longwave_down
    np.testing.assert_allclose(result, by_day, rtol=1e-6)


def test_the_gate_opens_smoothly_below_4_k_per_km_and_with_the_sun() -> None:
    gradient = np.linspace(-0.0065, 0.006, 400, dtype=np.float32)[np.newaxis]
    dark = gate(gradient, np.zeros(gradient.shape))[0]
    assert (dark[gradient[0] >= -0.004] == 0.0).all()
    assert (dark[gradient[0] <= -0.005] == 1.0).all()
    assert (np.diff(dark) <= 0.0).all()
    assert np.abs(np.diff(dark)).max() < 0.06
    sun = np.linspace(0.0, 1.0, 400)[np.newaxis]
    lit = gate(np.zeros(sun.shape, np.float32), sun)[0]
    assert (lit[0], lit[-1]) == (0.0, 1.0)
    assert (lit[sun[0] >= 0.1] == 1.0).all()
    assert np.abs(np.diff(lit)).max() < 0.06
    assert gate(np.full((1, 1), np.nan, np.float32), np.zeros((1, 1)))[0, 0] == 0.0


@settings(max_examples=30, deadline=None)
@given(
    st.floats(-300.0, 5000.0), st.floats(-40.0, 35.0), st.floats(0.2, 1.05), st.integers(0, 10_000)
)
def test_it_never_exceeds_a_little_more_than_a_black_body_at_2_m(
    elevation, level, emissivity, seed
) -> None:
    rng = np.random.default_rng(seed)
    height = rng.uniform(0.0, 3000.0, (12, 12))
    warm = level + rng.normal(0.0, 1.0, (12, 12))
    native = radiating(warm, height, light=emissivity * black(warm), time=rng.choice([NIGHT, NOON]))
    result = at_points(native, places(elevation, count=8))
    bound = 1.051 * black(result.temperature_2m)
    assert (result.longwave_down.values <= np.maximum(bound, 50.0) + 0.1).all()
    assert (result.longwave_down >= 0.0).all()


def test_moister_air_radiates_more_at_the_same_height_difference() -> None:
    height = relief()
    warm = 18.0 - 0.0065 * height
    values = [
        float(at_points(radiating(warm, height, dry=dry), places(0.0)).longwave_down.mean())
        for dry in (20.0, 10.0, 2.0)
    ]
    assert values[0] < values[1] < values[2]


@pytest.mark.parametrize("lost", ["temperature_2m", "dew_point_2m"])
def test_without_temperature_or_dew_point_it_is_interpolated(lost) -> None:
    height = relief()
    native = radiating(18.0 - 0.0065 * height, height)
    points = places(1500.0)
    plain = at_points(native, points, method="bilinear").longwave_down
    bare = at_points(native.drop_vars(lost), points, variables=("longwave_down",)).longwave_down
    np.testing.assert_allclose(bare, plain, rtol=1e-6)
    native[lost][:] = np.nan
    holed = at_points(native, points, variables=("longwave_down",)).longwave_down
    np.testing.assert_allclose(holed, plain, rtol=1e-6)


def test_both_hemispheres_and_the_date_line_make_no_difference() -> None:
    native, points = made_up_run(steps=4), places(1400.0)
    expected = at_points(native, points, variables=("longwave_down",)).longwave_down
    shifted = native.assign_coords(longitude=(native.longitude + 64.0 + 180.0) % 360.0 - 180.0)
    shifted = shifted.assign_coords(time=native.time - np.timedelta64(15360, "s"))
    moved = points.assign_coords(longitude=points.longitude + 64.0)
    result = at_points(shifted, moved, variables=("longwave_down",)).longwave_down
    np.testing.assert_allclose(result.values, expected.values, atol=0.05)
    for turned in (
        native.isel(latitude=slice(None, None, -1)),
        native.assign_coords(longitude=native.longitude - 360.0),
    ):
        again = at_points(turned, points, variables=("longwave_down",)).longwave_down
        np.testing.assert_allclose(again.values, expected.values, atol=1e-3)
    south = native.assign_coords(latitude=native.latitude - 60.0)
    south = south.assign_coords(time=native.time + np.timedelta64(182, "D"))
    below = points.assign_coords(latitude=points.latitude - 60.0)
    assert np.isfinite(at_points(south, below).longwave_down).all()
