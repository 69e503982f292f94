"""Pressure, wind, light and cloud at points and cells."""

import numpy as np
import xarray as xr

from forecast.downscale import at_points, downscale, hourly
from forecast.meteorology import wind_direction
from tests.unit.downscale.reference import START, made_up_run, made_up_terrain
from tests.unit.downscale.test_temperature import interpolated, places, relief, run


def _uniform(**values):
    native = run(np.full((12, 12), 15.0), np.zeros((12, 12)))
    dims = ("time", "latitude", "longitude")
    return native.assign(
        {name: (dims, np.full((1, 12, 12), value, np.float32)) for name, value in values.items()}
    )


def test_pressure_at_3_km_is_that_of_the_standard_atmosphere() -> None:
    # ISO 2533:1975: 701.09 hPa at 3000 m from 1013.25 hPa and 288.15 K
    result = at_points(_uniform(surface_pressure=1013.25), places(3000.0))
    assert np.abs(result.surface_pressure.values - 701.09).max() < 0.15


def test_pressure_from_sea_level_pressure_is_told() -> None:
    result = at_points(_uniform(pressure_msl=1013.25), places(3000.0))
    assert np.abs(result.surface_pressure.values - 701.09).max() < 0.6
    assert result.attrs["surface_pressure_from"] == "pressure_msl"


def test_pressure_falls_with_height_and_returns_on_the_way_back() -> None:
    native = _uniform(surface_pressure=950.0)
    points = places(np.linspace(-200.0, 4000.0, 30))
    points = points.assign_coords(
        latitude=points.latitude * 0 + 30.1, longitude=points.longitude * 0 + 116.1
    )
    result = at_points(native, points)
    pressure = result.surface_pressure.values[0]
    assert (np.diff(pressure) < 0).all()
    high = result.isel(point=-1)
    raised = _uniform(surface_pressure=float(high.surface_pressure[0]))
    raised["model_elevation"] = raised.model_elevation + 4000.0
    raised["temperature_2m"] = raised.temperature_2m * 0 + float(high.temperature_2m[0])
    back = at_points(raised, places(0.0, count=1)).surface_pressure.values[0, 0]
    assert abs(back - 950.0) < 0.01


def test_moist_air_is_lighter_so_pressure_falls_less() -> None:
    dry = at_points(_uniform(surface_pressure=1000.0), places(1500.0))
    moist = at_points(_uniform(surface_pressure=1000.0, dew_point_2m=14.0), places(1500.0))
    difference = (moist.surface_pressure - dry.surface_pressure).values
    assert (difference > 0.3).all()
    assert (difference < 1.5).all()


def test_wind_speed_is_interpolated_as_speed_not_from_components() -> None:
    native = run(np.zeros((12, 12)), relief())
    east = np.where(np.arange(12) % 2 == 0, 6.0, -6.0) * np.ones((12, 1))
    dims = ("time", "latitude", "longitude")
    native["wind_u_10m"] = (dims, east[None].astype(np.float32))
    native["wind_v_10m"] = native.wind_u_10m * 0
    result = at_points(native, places(0.0))
    np.testing.assert_allclose(result.wind_speed_10m, 6.0, rtol=1e-6)


def test_wind_direction_follows_a_rotation_of_the_wind() -> None:
    native = made_up_run(steps=2)
    points = places(300.0)
    first = at_points(native, points).wind_direction_10m
    turned = native.assign(wind_u_10m=native.wind_v_10m, wind_v_10m=-native.wind_u_10m)
    apart = (at_points(turned, points).wind_direction_10m - first).values % 360.0
    np.testing.assert_allclose(apart, 90.0, atol=2e-3)


def test_wind_directions_of_the_compass() -> None:
    for east, north, wanted in ((0, -5, 0), (-5, 0, 90), (0, 5, 180), (5, 0, 270), (0, 0, 0)):
        result = at_points(_uniform(wind_u_10m=east, wind_v_10m=north), places(0.0, count=2))
        np.testing.assert_allclose(result.wind_direction_10m.values, wanted, atol=1e-4)


def test_wind_direction_is_exact_to_a_hundredth_of_a_degree() -> None:
    angle = np.linspace(0.0, 2.0 * np.pi, 721)
    for step in angle[::17]:
        east, north = 7.0 * np.sin(step), 7.0 * np.cos(step)
        result = at_points(_uniform(wind_u_10m=east, wind_v_10m=north), places(0.0, count=1))
        apart = float(result.wind_direction_10m.values[0, 0]) - float(wind_direction(east, north))
        assert abs((apart + 180.0) % 360.0 - 180.0) < 1e-2


def test_a_gust_is_never_below_the_mean_wind() -> None:
    native = made_up_run()
    native["wind_gust_10m"] = native.wind_gust_10m * 0 + np.float32(3.0)
    result = at_points(native, places(500.0))
    assert (result.wind_gust_10m >= result.wind_speed_10m).all()
    assert float(result.wind_gust_10m.min()) > 2.99999


def test_light_is_zero_exactly_at_night_and_keeps_the_index_by_day() -> None:
    native = made_up_run(steps=48)
    terrain = made_up_terrain()
    result = downscale(native, terrain, variables=("shortwave_down",)).shortwave_down.values
    hour = (np.arange(1, 49) + 7.7) % 24  # local solar time at 116 E
    assert np.all(result[(hour < 4.5) | (hour > 20.5)] == 0.0)
    assert result.max() < 1100.0
    assert (result[(hour > 9) & (hour < 15)] > 50.0).all()


def test_light_of_a_uniform_index_is_the_suns_own_at_every_cell() -> None:
    from forecast.downscale.sun import angles, interval_means

    native = made_up_run(steps=24)
    lon, lat = np.meshgrid(native.longitude, native.latitude)
    table = angles(native.time.values, np.ones(24))
    above = interval_means(lat.ravel(), lon.ravel(), table=table)
    light = (0.7 * above.T.reshape(24, 12, 12)).astype(np.float32)
    native["shortwave_down"] = (("time", "latitude", "longitude"), light)
    points = places(0.0)
    result = at_points(native, points, variables=("shortwave_down",)).shortwave_down.values
    expected = 0.7 * interval_means(points.latitude, points.longitude, table=table).T
    np.testing.assert_allclose(result, expected, atol=0.02)


def test_cloud_stays_between_clear_and_overcast() -> None:
    native = made_up_run()
    result = at_points(native, places(0.0)).cloud_cover
    assert float(result.min()) >= 0.0
    assert float(result.max()) <= 100.0
    expected = interpolated(native.cloud_cover.values[3], places(0.0))
    np.testing.assert_allclose(result.values[3], expected, atol=1e-4)


def test_flags_of_the_inputs_reach_the_outputs() -> None:
    native = made_up_run(steps=3).drop_vars("forecast_period")
    names = [name for name in native.data_vars if "time" in native[name].dims]
    flags = np.zeros((len(names), 3), dtype=np.uint8)
    flags[names.index("dew_point_2m"), 1] = 1
    native = native.assign_coords(
        variable=names, forecast_period=("time", native.time.values - START)
    )
    native["step_flag"] = (("variable", "time"), flags)
    result = at_points(native, places(0.0))
    told = result.step_flag.sel(variable="relative_humidity_2m").values
    assert told.tolist() == [0, 1, 0]
    assert result.step_flag.sel(variable="wind_speed_10m").values.tolist() == [0, 0, 0]
    assert isinstance(hourly(native), xr.Dataset)
