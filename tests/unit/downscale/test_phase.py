"""Rain or snow at the fine cell: by the wet bulb there, true to the model and to the total."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from forecast import meteorology as met
from forecast.downscale import Target, at_points, compute_tile, downscale, prepare
from forecast.downscale import rows as vector_code
from forecast.variables import FILL
from tests.unit.downscale.reference import made_up_run, made_up_terrain
from tests.unit.downscale.test_temperature import places, run

WHOLE = {"rows": slice(None), "columns": slice(None)}
DIMS = ("time", "latitude", "longitude")


def winter(*, snow: bool = True, seed: int = 4, steps: int = 3) -> xr.Dataset:
    """A run near 0 degC with precipitation, and with the model's own snow."""
    native = made_up_run(steps=steps, seed=seed)
    cold = native.assign(
        temperature_2m=native.temperature_2m - 9, dew_point_2m=native.dew_point_2m - 9
    )
    if snow:
        share = np.clip(0.6 - cold.temperature_2m / 8.0, 0.0, 1.0)
        cold["snowfall_water"] = (share * cold.precipitation).astype(np.float32)
    return cold


def uniform(height=0.0, **values):
    native = run(np.full((12, 12), values.pop("temperature_2m")), np.full((12, 12), height))
    return native.assign(
        {name: (DIMS, np.full((1, 12, 12), value, np.float32)) for name, value in values.items()}
    )


@njit
def _bulbs(warm, dew, air, out):
    vector_code.wet_bulb(
        warm.size,
        (warm.ctypes.data, dew.ctypes.data, air.ctypes.data, out.ctypes.data),
        (np.float32(6.62e-4),),
    )


def test_the_vector_code_of_the_wet_bulb_is_that_of_numpy() -> None:
    warm, depression, air = np.meshgrid(
        np.linspace(-60.0, 50.0, 56), np.linspace(0.0, 40.0, 21), [400.0, 700.0, 850.0, 1050.0]
    )
    warm, dew, air = (part.ravel().astype(np.float32) for part in (warm, warm - depression, air))
    out = np.empty_like(warm)
    _bulbs(warm, dew, air, out)
    expected = met.wet_bulb(warm.astype(float), dew.astype(float), pressure=air.astype(float))
    assert np.abs(out - expected).max() < 0.02
    assert np.abs(out - expected)[warm < 20.0].max() < 3.5e-3
    usual = (depression.ravel() <= 12.0) & (warm < 20.0)
    assert np.abs(out - expected)[usual].max() < 1e-4
    assert (out <= warm + 1e-4).all()
    assert (out >= dew - 1e-4).all()


def test_rain_and_snow_are_the_precipitation_in_every_cell() -> None:
    plan = prepare(winter(), made_up_terrain())
    counts = compute_tile(plan, **WHOLE)
    total, snow = (
        counts[:, :, plan.variables.index(name)].astype(int)
        for name in ("precipitation", "snowfall_water")
    )
    assert (snow >= 0).all()
    assert (snow <= total).all()
    assert (snow[total > 20] > 0).any()
    assert (snow < total).any()


def test_at_the_height_of_a_node_the_models_own_share_comes_out() -> None:
    native = winter()
    nodes = native.isel(latitude=slice(3, 9), longitude=slice(3, 9))
    latitude, longitude = np.meshgrid(nodes.latitude, nodes.longitude, indexing="ij")
    points = xr.Dataset(
        {"elevation": ("point", nodes.model_elevation.values.ravel().astype(float))},
        coords={"latitude": ("point", latitude.ravel()), "longitude": ("point", longitude.ravel())},
    )
    result = at_points(native, points, variables=("snowfall_water", "precipitation"))
    expected = nodes.snowfall_water.values.reshape(3, -1)
    assert expected.max() > 0.3
    np.testing.assert_allclose(result.snowfall_water, expected, atol=2e-5)
    assert result.attrs["snowfall_phase"] == "wet bulb at the cell"


def test_snow_turns_to_rain_on_the_way_down() -> None:
    native = uniform(
        800.0, temperature_2m=-1.0, dew_point_2m=-1.5, precipitation=4.0, snowfall_water=4.0
    )
    points = places(np.array([0.0, 200, 400, 600, 800, 1000, 1500]), count=7)
    points["latitude"], points["longitude"] = ("point", [30.0] * 7), ("point", [116.0] * 7)
    snow = at_points(native, points).snowfall_water.values[0]
    assert (np.diff(snow) >= 0.0).all()
    assert snow[0] < 1.0
    np.testing.assert_allclose(snow[4:], 4.0, atol=1e-5)


def test_without_snow_in_the_input_the_wet_bulb_alone_decides() -> None:
    native = uniform(
        temperature_2m=2.0, dew_point_2m=-2.0, precipitation=4.0, surface_pressure=1000.0
    )
    result = at_points(native, places(0.0, count=2))
    bulb = float(met.wet_bulb(2.0, -2.0, pressure=1000.0))
    assert 0.0 < bulb < 0.81
    expected = 4.0 / (1.0 + 6.99e-5 * np.exp(2.0 * (bulb + 3.97)))
    np.testing.assert_allclose(result.snowfall_water, expected, rtol=1e-4)
    assert result.attrs["snowfall_water_from"] == "precipitation, temperature_2m, dew_point_2m"
    assert "wet_bulb_pressure" not in result.attrs


def test_the_pressure_of_the_standard_atmosphere_is_told() -> None:
    fields = {"temperature_2m": 2.0, "dew_point_2m": -6.0, "precipitation": 4.0}
    result = at_points(uniform(3000.0, **fields), places(3000.0, count=2))
    # ISO 2533:1975: 701.09 hPa at 3000 m
    bulb = float(met.wet_bulb(2.0, -6.0, pressure=701.09))
    np.testing.assert_allclose(result.snowfall_water, 4.0 * met.snow_share(bulb), rtol=2e-3)
    assert result.attrs["wet_bulb_pressure"].startswith("standard atmosphere")
    assert "surface_pressure" not in result


def test_only_snow_may_be_asked_and_is_the_same() -> None:
    native, terrain = winter(), made_up_terrain(rows=5, columns=6)
    alone = downscale(native, terrain, variables=("snowfall_water",))
    among = downscale(native, terrain)
    np.testing.assert_array_equal(alone.snowfall_water, among.snowfall_water)
    turned = downscale(native, terrain, variables=("snowfall_water", "precipitation"))
    np.testing.assert_array_equal(turned.precipitation, among.precipitation)


def test_an_input_without_dew_point_keeps_its_own_snow() -> None:
    native = winter().drop_vars("dew_point_2m")
    result = at_points(native, places(400.0), variables=("snowfall_water",))
    assert "snowfall_phase" not in result.attrs
    assert float(result.snowfall_water.max()) > 0.1


def test_what_is_missing_of_precipitation_is_missing_of_snow() -> None:
    native = winter()
    native["precipitation"][1] = np.nan
    plan = prepare(native, made_up_terrain(rows=6, columns=7), variables=("snowfall_water",))
    counts = compute_tile(plan, **WHOLE)[:, :, 0]
    assert (counts[..., 1] == FILL).all()
    assert (counts[..., [0, 2]] != FILL).all()


def test_an_hour_in_which_only_the_models_snow_is_missing_goes_by_the_wet_bulb() -> None:
    native = winter()
    native["snowfall_water"][1] = np.nan
    terrain = made_up_terrain(rows=6, columns=7)
    got = downscale(native, terrain, variables=("snowfall_water",)).snowfall_water[1]
    bare = downscale(winter(snow=False), terrain, variables=("snowfall_water",)).snowfall_water[1]
    np.testing.assert_allclose(got, bare, atol=1e-6)


def test_order_of_latitudes_and_convention_of_longitudes_do_not_matter() -> None:
    native, points = winter(), places(500.0)
    expected = at_points(native, points).snowfall_water
    for turned in (
        native.isel(latitude=slice(None, None, -1)),
        native.assign_coords(longitude=native.longitude - 360.0),
    ):
        np.testing.assert_allclose(at_points(turned, points).snowfall_water, expected, atol=1e-4)


def test_a_terrain_around_points_conserves_their_precipitation_and_snow() -> None:
    native, terrain = winter(), made_up_terrain()
    points = places(700.0).isel(point=slice(0, 5))
    points = points.assign_coords(
        latitude=("point", np.linspace(30.0, 30.5, 5)),
        longitude=("point", np.linspace(116.0, 116.6, 5)),
    )
    result = at_points(native, Target.points(points, terrain=terrain))
    assert (result.snowfall_water <= result.precipitation).all()


@settings(max_examples=25, deadline=None)
@given(
    st.floats(-300.0, 5000.0), st.floats(-30.0, 25.0), st.floats(0.0, 20.0), st.integers(0, 10_000)
)
def test_snow_is_never_negative_nor_more_than_falls(elevation, level, dry, seed) -> None:
    rng = np.random.default_rng(seed)
    height = rng.uniform(0.0, 3000.0, (12, 12))
    warm = level + rng.normal(0.0, 5.0, (12, 12))
    rain = np.maximum(rng.normal(0.0, 4.0, (12, 12)), 0.0)
    native = run(warm, height).assign(
        dew_point_2m=(DIMS, (warm - dry)[None].astype(np.float32)),
        precipitation=(DIMS, rain[None].astype(np.float32)),
        snowfall_water=(DIMS, (rain * rng.uniform(0, 1.2, (12, 12)))[None].astype(np.float32)),
    )
    result = at_points(native, places(elevation, count=8))
    assert (result.snowfall_water >= 0.0).all()
    assert (result.snowfall_water <= result.precipitation).all()


@pytest.mark.parametrize("method", ["bilinear", "nearest"])
def test_the_methods_to_compare_with_interpolate_the_models_snow(method) -> None:
    native, points = winter(), places(2500.0)
    first = at_points(native, points, method=method).snowfall_water
    warmer = native.assign(temperature_2m=native.temperature_2m + 20)
    np.testing.assert_array_equal(at_points(warmer, points, method=method).snowfall_water, first)
