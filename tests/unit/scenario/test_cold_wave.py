"""The scenario is the cold wave of the notice of 10 April 2025, and weather that could be."""

import numpy as np
import pytest

NINGHE = {"longitude": 117.72, "latitude": 39.45}
DABIE = {"longitude": 116.25, "latitude": 31.0}
DAY = np.timedelta64(24, "h")


@pytest.fixture(scope="module")
def ninghe(run):
    return run.sel(NINGHE, method="nearest")


def test_ninghe_cools_by_8_to_12_degrees_in_24_hours(ninghe):
    temperature = ninghe["temperature_2m"]
    fall = temperature.values[:-8] - temperature.values[8:]
    assert 8.0 <= fall.max() <= 12.0


@pytest.mark.parametrize("evening", ["2025-04-11", "2025-04-12"])
def test_nights_before_12_and_13_april_are_about_6_degrees_on_the_plain(ninghe, evening):
    begin = np.datetime64(f"{evening}T12")
    night = ninghe["temperature_2m"].sel(time=slice(begin, begin + np.timedelta64(12, "h")))
    assert 5.0 <= float(night.min()) <= 7.0


def test_gusts_reach_force_10_to_11_on_the_12th_and_a_gale_on_the_13th(ninghe):
    """Beaufort 10-11 spans 24.5-32.6 m/s, a gale begins at 17.2 m/s (WMO-No. 8); agromet days."""
    gust = ninghe["wind_gust_10m"]
    on_12 = gust.sel(time=slice("2025-04-11T12", "2025-04-12T12"))
    on_13 = gust.sel(time=slice("2025-04-12T15", "2025-04-13T12"))
    on_14 = gust.sel(time=slice("2025-04-13T15", "2025-04-14T12"))
    assert 24.5 <= float(on_12.max()) <= 32.6
    assert float(on_13.max()) >= 17.2 > float(on_14.max())
    early = ninghe["wind_gust_10m"].sel(time=slice("2025-04-10", "2025-04-11T12"))
    assert float(early.max()) < 10.8  # force 5 before the front


def test_wind_turns_from_southwest_to_northwest(ninghe):
    def direction(time):
        at = ninghe.sel(time=time)
        u, v = float(at["wind_u_10m"]), float(at["wind_v_10m"])
        return np.degrees(np.arctan2(-u, -v)) % 360

    assert 190 < direction("2025-04-11T06") < 250
    assert 290 < direction("2025-04-12T06") < 350


def test_heights_of_the_dabie_mountains_freeze(run):
    """At 1600 m, with 6.5 K/km from the model's surface."""
    place = run.sel(DABIE, method="nearest")
    coldest = float(place["temperature_2m"].min())
    height = float(place["model_elevation"])
    assert 300 < height < 1000
    assert coldest > 0.0
    assert coldest - 6.5e-3 * (1600 - height) < 0.0


def test_rain_falls_in_the_south_and_hardly_in_the_north(run, ninghe):
    assert 5.0 < float(run.sel(DABIE, method="nearest")["precipitation"].sum()) < 40.0
    chongqing = run.sel(longitude=106.5, latitude=29.5, method="nearest")
    assert 5.0 < float(chongqing["precipitation"].sum()) < 40.0
    assert float(ninghe["precipitation"].sum()) < 2.0


def test_dew_point_never_exceeds_temperature(run, members):
    for dataset in (run, members):
        assert float((dataset["dew_point_2m"] - dataset["temperature_2m"]).max()) < 0.0


def test_pressure_rises_behind_the_front(ninghe):
    pressure = ninghe["pressure_msl"]
    before, after = pressure.sel(time="2025-04-11T12"), pressure.sel(time="2025-04-13T00")
    assert 10.0 < float(after - before) < 30.0


def test_sun_is_dark_at_night_and_below_the_solar_constant_by_day(ninghe):
    sun = ninghe["shortwave_down"]
    assert float(sun.sel(time="2025-04-10T18")) < 1.0
    assert 500 < float(sun.sel(time="2025-04-10T06")) < 1000


def test_running_sums_never_fall(run):
    for name in ("precipitation", "shortwave_down", "longwave_down"):
        assert run[name].attrs["clipped_minimum"] > -0.2
    assert run["precipitation"].attrs["clipped_minimum"] > -0.01


def test_surface_pressure_falls_with_the_model_height(run):
    at = run.isel(time=8)
    ratio = at["surface_pressure"] / at["pressure_msl"]
    standard = np.exp(-at["model_elevation"] / 8400.0)
    assert float(np.abs(ratio - standard).max()) < 0.02


def test_members_differ_in_the_passage(members):
    temperature = members["temperature_2m"].sel(NINGHE, method="nearest")
    spread = np.abs(temperature.isel(realization=0) - temperature.isel(realization=1))
    assert float(spread.max()) > 0.5
