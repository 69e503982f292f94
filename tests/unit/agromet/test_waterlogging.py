"""Standing water, entry to fields, rice fields and irrigation: buckets counted by hand."""

import dask.array as da
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.agromet.crop_coefficients import Soil, soil_named
from forecast.agromet.irrigation import amount_needed, cubic_metres_per_mu
from forecast.agromet.paddy import Paddy, flooded_rice
from forecast.agromet.trafficability import (
    GOOD,
    IMPASSABLE,
    NO_DATA,
    RESTRICTED,
    entry_wait,
    trafficability,
)
from forecast.agromet.waterlogging import (
    Field,
    antecedent_rain,
    hours_to_drain,
    hours_until_entry,
    stand_and_drain,
)
from forecast.errors import DataError

CLAY_FIELD = Field(soil=soil_named("clay"), depth=0.3, outflow=1.0, seepage=2.0)


def _hours(rain: np.ndarray, demand: float = 0.1) -> xr.Dataset:
    dims = ("time", "cell")[: rain.ndim]
    times = np.datetime64("2025-07-01", "ns") + np.arange(len(rain)) * np.timedelta64(1, "h")
    values = {"precipitation": rain, "reference_evapotranspiration": np.full_like(rain, demand)}
    return xr.Dataset({name: (dims, value) for name, value in values.items()}, {"time": times})


def _state(pond: float, water: float) -> xr.Dataset:
    return xr.Dataset({"ponded_depth": pond, "soil_water": water})


def test_a_day_of_standing_water_by_hand() -> None:
    """Full soil (142.5 mm), sealed below, ditch 1 mm/h, no evaporation: 5 mm stand, 4 after 1 h."""
    field = Field(soil=soil_named("clay"), depth=0.3, outflow=1.0, seepage=0.0)
    weather = _hours(np.array([5.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), demand=0.0)
    found = stand_and_drain(weather, field=field, state=_state(0.0, 142.5)).course
    np.testing.assert_allclose(found["ponded_depth"], [4, 3, 2, 1, 0, 0, 0], atol=1e-9)
    np.testing.assert_allclose(hours_to_drain(found["ponded_depth"])[:5], [3, 2, 1, 0, 0])


def test_clay_above_field_capacity_has_drained_after_its_wait() -> None:
    """5 % of the excess is left after the wait of clay, 48 h; sand drains in 12 h."""
    soil = soil_named("clay")
    field = Field(soil=soil, depth=0.3, outflow=0.0, seepage=1e3)
    weather = _hours(np.zeros(48), demand=0.0)
    found = stand_and_drain(weather, field=field, state=_state(0.0, 128.0)).course
    assert float(found["soil_water"][-1]) == pytest.approx(108.0 + 0.05 * 20.0)
    assert float(found["wetness"][-1]) == pytest.approx(109.0 / 108.0)
    assert entry_wait(soil_named("sand").field_capacity) == pytest.approx(12.0)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 40.0), st.floats(70.0, 140.0))
def test_every_drop_is_accounted_for(seed: int, pond: float, water: float) -> None:
    random = np.random.default_rng(seed)
    rain = np.where(random.random((48, 3)) < 0.4, random.gamma(0.7, 8.0, (48, 3)), 0.0)
    found = stand_and_drain(_hours(rain), field=CLAY_FIELD, state=_state(pond, water)).course
    gained = rain.sum(axis=0) + pond + water
    left = sum(found[name].sum("time") for name in ("drained", "led_off", "evaporated"))
    held = found["ponded_depth"].isel(time=-1) + found["soil_water"].isel(time=-1)
    np.testing.assert_allclose(left + held, gained, rtol=1e-9)
    assert (found["ponded_depth"] >= 0.0).all()


@given(st.floats(0.0, 60.0), st.floats(0.0, 60.0))
@settings(max_examples=30, deadline=None)
def test_more_rain_never_stands_for_a_shorter_time(less: float, extra: float) -> None:
    rain = np.zeros((96, 2))
    rain[0] = less, less + extra
    found = stand_and_drain(_hours(rain), field=CLAY_FIELD, state=_state(0.0, 120.0)).course
    hours = hours_to_drain(found["ponded_depth"]).isel(time=0)
    assert float(hours[1]) >= float(hours[0])


def test_hours_resume_and_stay_lazy() -> None:
    rain = np.zeros((10, 3))
    rain[2] = 30.0
    weather, start = _hours(rain), _state(0.0, 100.0)
    whole = stand_and_drain(weather, field=CLAY_FIELD, state=start)
    first = stand_and_drain(weather.isel(time=slice(5)), field=CLAY_FIELD, state=start)
    then = weather.isel(time=slice(5, None))
    second = stand_and_drain(then, field=CLAY_FIELD, state=first.state)
    xr.testing.assert_identical(second.state, whole.state)
    lazy = stand_and_drain(weather.chunk({"cell": 1}), field=CLAY_FIELD, state=start)
    assert isinstance(lazy.course["ponded_depth"].data, da.Array)
    xr.testing.assert_allclose(lazy.course.compute(), whole.course)


def test_entry_waits_for_dry_ground_and_for_enough_hours() -> None:
    state = xr.DataArray(
        np.array([IMPASSABLE, RESTRICTED, IMPASSABLE, RESTRICTED, GOOD, GOOD], dtype=np.int8),
        dims="time",
    )
    pond = xr.zeros_like(state, dtype=float)
    one = hours_until_entry(state, pond)
    np.testing.assert_array_equal(one, [1, 0, 1, 0, 0, 0])
    three = hours_until_entry(state, pond, work_hours=3)
    np.testing.assert_array_equal(three[:4], [3, 2, 1, 0])
    assert np.isnan(three[4:]).all()
    unknown = hours_until_entry(state.where(state > 0, NO_DATA), pond)
    assert np.isnan(unknown.values[0])
    flooded = hours_until_entry(state, pond + 20.0)
    assert np.isinf(flooded).all()


def test_a_field_is_good_restricted_or_impassable_by_wetness() -> None:
    dry_days = np.zeros(80)
    wetness = xr.DataArray(np.full(80, 0.8), dims="time")
    wetness[70:73] = [0.9, 0.95, 1.0]
    wetness[73:75] = [1.01, np.nan]
    state = trafficability(wetness, xr.DataArray(dry_days, dims="time"), wait=24.0)
    assert state.values[70:76].tolist() == [GOOD, RESTRICTED, RESTRICTED, IMPASSABLE, NO_DATA, GOOD]


def test_after_10_mm_a_dry_looking_field_must_wait_out_its_hours() -> None:
    """10 mm in hour 100: restricted for 24 h, good again; before 23 h + wait nothing is known."""
    rain = np.zeros(150)
    rain[100] = 10.0
    dry = xr.DataArray(np.full(150, 0.5), dims="time")
    state = trafficability(dry, xr.DataArray(rain, dims="time"), wait=24.0).values
    assert (state[:46] == NO_DATA).all()
    assert (state[47:100] == GOOD).all()
    assert (state[100:124] == RESTRICTED).all()
    assert (state[124:] == GOOD).all()
    light = trafficability(dry, xr.DataArray(rain * 0.9, dims="time"), wait=24.0).values
    assert (light[47:] == GOOD).all()


def test_antecedent_rain_fades_by_its_rate() -> None:
    """Kohler & Linsley 1951: API = k API + P, k = 0.85."""
    days = np.arange("2025-07-01", "2025-07-05", dtype="datetime64[D]").astype("datetime64[ns]")
    rain = xr.DataArray([20.0, 0.0, 10.0, np.nan], dims="day", coords={"day": days})
    expected = [20.0, 17.0, 24.45, np.nan]
    np.testing.assert_allclose(antecedent_rain(rain), expected)


def test_a_rice_field_by_hand_over_four_days() -> None:
    """50 mm of room to the bund, 2 mm/d seepage, 5 mm/d of the crop."""
    paddy = Paddy(bund=50.0, percolation=2.0, deepest_deficit=60.0)
    weather = xr.Dataset(
        {
            "crop_evapotranspiration": ("day", [5.0, 5.0, 5.0, 5.0]),
            "precipitation_sum": ("day", [0.0, 0.0, 60.0, 0.0]),
            "irrigation": ("day", [0.0, 0.0, 0.0, 20.0]),
        },
        coords={"day": np.datetime64("2025-06-01", "ns") + np.arange(4) * np.timedelta64(1, "D")},
    )
    start = xr.Dataset({"ponded_depth": 6.0, "saturation_deficit": 0.0})
    found = flooded_rice(weather, paddy=paddy, state=start).course
    np.testing.assert_allclose(found["ponded_depth"], [0.0, 0.0, 48.0, 50.0])
    np.testing.assert_allclose(found["saturation_deficit"], [0.0, 5.0, 0.0, 0.0])
    np.testing.assert_allclose(found["percolation"], [1.0, 0.0, 2.0, 2.0])
    np.testing.assert_allclose(found["overflow"], [0.0, 0.0, 0.0, 11.0])


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_a_rice_field_keeps_its_water(seed: int) -> None:
    random = np.random.default_rng(seed)
    shape = (20, 3)
    weather = xr.Dataset(
        {
            "crop_evapotranspiration": (("day", "cell"), random.uniform(1.0, 9.0, shape)),
            "precipitation_sum": (("day", "cell"), random.gamma(0.4, 20.0, shape)),
        },
        coords={"day": np.datetime64("2025-06-01", "ns") + np.arange(20) * np.timedelta64(1, "D")},
    )
    paddy = Paddy(bund=80.0, percolation=3.0, deepest_deficit=60.0)
    start = xr.Dataset({"ponded_depth": 10.0, "saturation_deficit": 0.0})
    found = flooded_rice(weather, paddy=paddy, state=start)
    spent = sum(
        found.course[name].sum("day") for name in ("evapotranspiration", "percolation", "overflow")
    )
    held = found.state["ponded_depth"] - found.state["saturation_deficit"]
    np.testing.assert_allclose(spent + held, weather["precipitation_sum"].sum("day") + 10.0)
    assert (found.course["ponded_depth"] <= 80.0).all()


def test_what_fills_the_root_zone_is_told_behind_the_rain_and_by_the_mu() -> None:
    """FAO-56, chapter 8; 30 mm on a mu are 20 m3."""
    assert amount_needed(40.0, expected_rain=15.0) == 25.0
    assert amount_needed(10.0, expected_rain=15.0) == 0.0
    assert cubic_metres_per_mu(30.0) == pytest.approx(20.0)


def test_what_is_absent_is_named() -> None:
    weather = _hours(np.zeros(3))
    with pytest.raises(DataError, match="needs soil_water"):
        stand_and_drain(weather, field=CLAY_FIELD, state=_state(0.0, 1.0).drop_vars("soil_water"))
    paddy = Paddy(bund=80.0, percolation=3.0, deepest_deficit=60.0)
    with pytest.raises(DataError, match="needs crop_evapotranspiration"):
        flooded_rice(weather, paddy=paddy, state=xr.Dataset())


def test_a_soil_may_differ_from_cell_to_cell() -> None:
    wet = xr.DataArray([0.36, 0.25], dims="cell")
    soil = Soil(
        field_capacity=wet,
        wilting_point=wet / 2,
        saturation=wet + 0.1,
        readily=9.0,
        layer=0.1,
        conductivity=xr.DataArray([0.3, 10.0], dims="cell"),
    )
    field = Field(soil=soil, depth=0.3, outflow=0.0, seepage=0.0)
    rain = np.zeros((6, 2))
    rain[0] = 8.0
    start = xr.Dataset({"ponded_depth": 0.0, "soil_water": 300.0 * wet})
    found = stand_and_drain(_hours(rain, demand=0.0), field=field, state=start).course
    np.testing.assert_allclose(found["ponded_depth"].isel(time=0), [7.7, 0.0])
