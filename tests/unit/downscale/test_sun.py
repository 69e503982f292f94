"""The sun above the atmosphere against another library and against sums of instants."""

import numpy as np
import pandas as pd
import pvlib
import pytest

from forecast.downscale.sun import angles, clear_sky_index, interval_means

START = np.datetime64("2025-06-20T00:00", "ns")
HOUR = np.timedelta64(1, "h")


@pytest.mark.filterwarnings("ignore:DatetimeIndex.dayofyear")
@pytest.mark.parametrize("latitude", [-67.0, 0.0, 39.5, 66.9])
@pytest.mark.parametrize("hours", [1.0, 3.0, 6.0])
def test_interval_means_equal_sums_over_instants(latitude, hours) -> None:
    ends = START + np.arange(1, 17) * int(hours) * HOUR
    exact = interval_means([latitude], [117.0], table=angles(ends, np.full(16, hours)))[0]
    parts = 720
    width = hours / parts
    middles = np.arange(parts) * width * 3.6e12
    instants = (ends[:, None] - np.timedelta64(int(hours), "h")) + (
        middles + 1.8e12 * width
    ).astype("timedelta64[ns]")[None]
    times = pd.DatetimeIndex(instants.ravel(), tz="UTC")
    zenith = pvlib.solarposition.get_solarposition(times, latitude, 117.0).zenith.to_numpy()
    extra = pvlib.irradiance.get_extra_radiation(times, solar_constant=1361.0).to_numpy()
    light = (extra * np.maximum(np.cos(np.deg2rad(zenith)), 0.0)).reshape(16, parts).mean(axis=1)
    np.testing.assert_allclose(exact, light, atol=3.5)


def test_the_sun_does_not_shine_at_night() -> None:
    ends = START + np.arange(1, 25) * HOUR
    means = interval_means([39.5], [117.7], table=angles(ends, np.ones(24)))[0]
    solar_hour = (np.arange(24) + 0.5 + 117.7 / 15.0) % 24.0
    assert (means[(solar_hour < 4.0) | (solar_hour > 20.0)] == 0.0).all()
    assert means.max() == pytest.approx(1361 * 0.968 * np.cos(np.deg2rad(39.5 - 23.4)), rel=0.02)


def test_the_polar_day_has_no_dark_hour() -> None:
    ends = START + np.arange(1, 25) * HOUR
    means = interval_means([80.0], [20.0], table=angles(ends, np.ones(24)))[0]
    assert means.min() > 200.0


def test_the_index_of_the_night_is_that_of_the_nearest_daylight() -> None:
    light = np.array([[0.0, 60.0, 320.0, 30.0, 0.0, 0.0, 0.0]], dtype=np.float32)
    above = np.array([[0.0, 100.0, 400.0, 100.0, 0.0, 0.0, 0.0]])
    index = clear_sky_index(light, above)
    np.testing.assert_allclose(index, [[0.6, 0.6, 0.8, 0.3, 0.3, 0.3, 0.3]], rtol=1e-6)


def test_a_missing_mean_stays_missing_and_noise_is_capped() -> None:
    light = np.array([[np.nan, 60.0, 900.0]], dtype=np.float32)
    index = clear_sky_index(light, np.array([[100.0, 100.0, 400.0]]))
    assert np.isnan(index[0, 0])
    np.testing.assert_allclose(index[0, 1:], [0.6, 1.1], rtol=1e-6)
