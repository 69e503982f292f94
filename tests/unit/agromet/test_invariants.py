"""What holds for every kernel that works cell by cell: lazy stays lazy, missing stays missing."""

from collections.abc import Callable

import dask.array as da
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.agromet.chill import chill_hours, chill_portions, utah_units
from forecast.agromet.degree_days import accumulate, crop_heat_units, degree_days
from forecast.agromet.evapotranspiration import hargreaves
from forecast.agromet.harvest_rain import harvest_rain_score
from forecast.agromet.late_blight import hutton, severity_value, smith
from forecast.agromet.leaf_wetness import leaf_is_wet
from forecast.agromet.rice_blast import favourable_weather, temperature_response
from forecast.agromet.soil_moisture import relative_moisture
from forecast.agromet.stem_borer import flown_share
from forecast.agromet.trafficability import NO_DATA, trafficability
from forecast.agromet.truth import UNKNOWN
from forecast.agromet.waterlogging import antecedent_rain
from forecast.agromet.wheat_scab import epidemic_chance, favourable_day

DIMS = ("realization", "day", "latitude", "longitude")
Kernel = Callable[[xr.DataArray, xr.DataArray], xr.DataArray]


def _sine(warm: xr.DataArray, width: xr.DataArray) -> xr.DataArray:
    return degree_days(warm, warm - width, method="single_sine", limits=(10.0, 30.0))


def _hours(first: xr.DataArray) -> xr.DataArray:
    return first.rename(day="time")


def _harvest(rain: xr.DataArray) -> xr.DataArray:
    longest = xr.full_like(rain["day"], 14.0, dtype=float)
    return harvest_rain_score(rain, rain, daylight=longest, within=longest > 0.0)


KERNELS: dict[str, Kernel] = {
    "simple": lambda a, b: degree_days(a, a - b, method="simple", limits=(10.0, 30.0)),
    "modified": lambda a, b: degree_days(a, a - b, method="modified", limits=(10.0, 30.0)),
    "sine": _sine,
    "heat units": lambda a, b: crop_heat_units(a, a - b),
    "chill hours": lambda a, b: chill_hours(a + 0.0 * b),
    "utah": lambda a, b: utah_units(a + 0.0 * b),
    "hargreaves": lambda a, b: hargreaves(a, a - b, above=30.0),
    "severity": severity_value,
    "blast": lambda a, b: favourable_weather(a, humidity=80.0 + b, rain=b),
    "response": lambda a, b: temperature_response(a + 0.0 * b),
    "moths": lambda a, b: flown_share(100.0 + a + b),
    "moisture": lambda a, b: relative_moisture(a + b, roots=0.5, field_capacity=0.3),
    "scab": lambda a, b: epidemic_chance(a + b, variety="susceptible"),
}
LOGICAL: dict[str, Kernel] = {
    "hutton": hutton,
    "smith": smith,
    "leaf": lambda a, b: leaf_is_wet(a + b, a - b),
    "favourable": lambda a, b: favourable_day(a, a - b),
}
WALKS: dict[str, Callable[[xr.DataArray], xr.DataArray]] = {
    "portions": lambda a: chill_portions(_hours(a)).rename(time="day"),
    "antecedent": antecedent_rain,
    "harvest": _harvest,
    "sum": lambda a: accumulate(a, biofix=np.datetime64("2025-03-01")),
}


def _field(seed: int) -> xr.DataArray:
    values = np.random.default_rng(seed).uniform(1.0, 24.0, (2, 6, 3, 4)).astype(np.float32)
    days = np.datetime64("2025-03-01", "ns") + np.arange(6) * np.timedelta64(1, "D")
    return xr.DataArray(values, dims=DIMS, coords={"day": days})


@pytest.mark.parametrize("name", [*KERNELS, *LOGICAL])
def test_lazy_stays_lazy_and_dims_keep_their_order(name: str) -> None:
    kernel = (KERNELS | LOGICAL)[name]
    first, second = _field(1), _field(2)
    eager = kernel(first, second)
    lazy = kernel(first.chunk({"latitude": 1}), second.chunk({"latitude": 1}))
    assert isinstance(lazy.data, da.Array)
    assert lazy.dims == eager.dims == DIMS
    xr.testing.assert_allclose(lazy.compute(), eager, rtol=1e-5)


@pytest.mark.parametrize("name", KERNELS)
def test_what_is_missing_on_one_side_is_missing_after(name: str) -> None:
    first, second = _field(1), _field(2)
    first[0, 2, 1, 1] = np.nan
    second[1, 3, 2, 2] = np.nan
    found = KERNELS[name](first, second)
    expected = first.isnull() | second.isnull()
    np.testing.assert_array_equal(found.isnull(), expected)


@pytest.mark.parametrize("name", LOGICAL)
def test_where_nothing_is_known_nothing_is_denied(name: str) -> None:
    nothing = _field(1) * np.nan
    assert (LOGICAL[name](nothing, nothing) == UNKNOWN).all()


@pytest.mark.parametrize("name", WALKS)
def test_a_walk_in_time_is_missing_from_a_gap_on_and_stays_lazy(name: str) -> None:
    field = _field(3)
    field[1, 2, 0, 0] = np.nan
    found = WALKS[name](field)
    gap = found.isnull()
    assert gap.values[1, :, 0, 0].tolist() == [False, False, True, True, True, True]
    assert int(gap.sum()) == 4
    lazy = WALKS[name](field.chunk({"day": 2, "longitude": 2}))
    assert isinstance(lazy.data, da.Array)
    assert lazy.dims == DIMS
    xr.testing.assert_allclose(lazy.compute(), found, rtol=1e-5)


def test_no_data_never_looks_like_a_field_that_carries() -> None:
    nothing = _hours(_field(1) * np.nan)
    assert (trafficability(nothing, nothing, wait=12.0) == NO_DATA).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 3), st.integers(0, 5))
def test_a_cell_is_answered_by_its_own_weather_alone(seed: int, column: int, day: int) -> None:
    first, second = _field(seed), _field(seed + 1)
    whole = _sine(first, second).isel(longitude=column, day=day)
    alone = _sine(first.isel(longitude=column, day=day), second.isel(longitude=column, day=day))
    xr.testing.assert_allclose(whole, alone)
