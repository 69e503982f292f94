"""Reference evapotranspiration of datasets: the day as the record, its hours scaled to it."""

import dask.array as da
import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.agromet import radiation
from forecast.agromet.reference_water import (
    carried_clearness,
    reference_of_days,
    reference_of_hours,
    scale_to_days,
)
from forecast.errors import DataError
from forecast.times import DayBoundary, Days, days

HOURS = 72


def _uccle() -> xr.Dataset:
    """FAO-56, example 18, in the vocabulary: dew point of 1.409 kPa, light as its sum."""
    return xr.Dataset(
        {
            "temperature_2m_max": ("day", [21.5]),
            "temperature_2m_min": ("day", [12.3]),
            "dew_point_2m_mean": ("day", [237.3 / (17.27 / np.log(1.409 / 0.6108) - 1.0)]),
            "wind_speed_10m_mean": ("day", [10.0 / 3.6]),
            "shortwave_down_sum": ("day", [22.07]),
        },
        coords={"day": np.array(["2025-07-06"], dtype="datetime64[ns]"), "latitude": 50.8},
    ).astype(np.float32)


def _hours(cells: int = 2) -> xr.Dataset:
    """Three clear days at 39 N, from 20:00 to 20:00 Beijing time."""
    times = np.datetime64("2025-06-01T13:00", "ns") + np.arange(HOURS) * np.timedelta64(1, "h")
    sun = radiation.hourly_sun(times, latitude=39.0, longitude=117.0)
    light = np.asarray(0.75 * sun.extraterrestrial / radiation.WATT_HOUR)
    clock = (np.arange(HOURS) + 21.0) % 24
    warmth = 22.0 + 7.0 * np.sin((clock - 9.0) / 24.0 * 2.0 * np.pi)
    wide = {"temperature_2m": warmth, "dew_point_2m": np.full(HOURS, 12.0)}
    wide |= {"wind_speed_10m": np.full(HOURS, 3.0), "shortwave_down": light}
    return xr.Dataset(
        {
            name: (("time", "cell"), np.repeat(values[:, np.newaxis], cells, axis=1))
            for name, values in wide.items()
        },
        coords={
            "time": times,
            "latitude": ("cell", np.full(cells, 39.0)),
            "longitude": ("cell", np.full(cells, 117.0)),
        },
    ).astype(np.float32)


def _parted(hours: xr.Dataset) -> Days:
    boundary = DayBoundary.parse("20-20")
    return days(hours["time"].values, boundary=boundary, zone="Asia/Shanghai")


def _record(hours: xr.Dataset, parted: Days) -> xr.DataArray:
    """A record of 5, 6, … mm on the days of the hours."""
    values = 5.0 + np.arange(parted.dates.size)[:, np.newaxis] + np.zeros(hours.sizes["cell"])
    coords = {"day": parted.dates.astype("datetime64[ns]")}
    field = xr.DataArray(values, dims=("day", "cell"), coords=coords, attrs={"form": "fao56-daily"})
    return field.astype(np.float32)


def test_a_day_in_the_vocabulary_is_example_18() -> None:
    """FAO-56 (Allen et al. 1998), example 18: 3.88 mm."""
    found = reference_of_days(_uccle(), elevation=100.0)
    assert found.dtype == np.float32
    assert found.item() == pytest.approx(3.88, abs=0.005)
    assert found.attrs["form"] == "fao56-daily"
    assert found.attrs["units"] == "mm"


def test_the_form_is_told_and_alfalfa_drinks_more() -> None:
    tall = reference_of_days(_uccle(), elevation=100.0, form="asce-tall-daily")
    assert tall.attrs["form"] == "asce-tall-daily"
    assert "alfalfa" in tall.attrs["long_name"]
    assert tall.item() > reference_of_days(_uccle(), elevation=100.0).item()


def test_what_is_absent_is_named() -> None:
    with pytest.raises(DataError, match="needs shortwave_down_sum"):
        reference_of_days(_uccle().drop_vars("shortwave_down_sum"), elevation=100.0)
    with pytest.raises(DataError, match="needs longitude"):
        reference_of_hours(_hours().drop_vars("longitude"), elevation=5.0)


def test_a_missing_value_leaves_its_day_missing_and_lazy_stays_lazy() -> None:
    one = (
        _uccle()
        .isel(day=[0, 0, 0])
        .assign_coords(
            day=np.datetime64("2025-07-06", "ns") + np.arange(3) * np.timedelta64(1, "D")
        )
    )
    for name in one.data_vars:
        gap = one.copy(deep=True)
        gap[name][1] = np.nan
        lazy = reference_of_days(gap.chunk({"day": 1}), elevation=100.0)
        assert isinstance(lazy.data, da.Array)
        assert lazy.isnull().values.tolist() == [False, True, False]


def test_a_polar_night_has_a_value() -> None:
    winter = _uccle().assign_coords(latitude=75.0, day=np.array(["2025-12-21"], "datetime64[ns]"))
    winter["shortwave_down_sum"][:] = 0.0
    assert 0.0 <= reference_of_days(winter, elevation=0.0).item() < 3.0


def test_hours_sum_to_the_day_and_say_so() -> None:
    hours = _hours()
    parted = _parted(hours)
    record = _record(hours, parted)
    raw = reference_of_hours(hours, elevation=5.0)
    scaled = scale_to_days(raw, record, days=parted)
    assert parted.complete.all()
    sums = scaled.values.reshape(3, 24, 2).sum(axis=1)
    np.testing.assert_allclose(sums, record.values, rtol=1e-5)
    assert scaled.attrs["form"] == "fao56-hourly scaled to fao56-daily"
    assert (scaled >= 0.0).all()
    assert scaled.dims == ("time", "cell")


def test_the_hours_of_a_clear_day_are_near_the_day_before_they_are_scaled() -> None:
    """FAO-56 hours with the carried clearness sum to within 5 % of the daily equation."""
    hours = _hours()
    parted = _parted(hours)
    daily = xr.Dataset(
        {
            "temperature_2m_max": ("day", [29.0]),
            "temperature_2m_min": ("day", [15.0]),
            "dew_point_2m_mean": ("day", [12.0]),
            "wind_speed_10m_mean": ("day", [3.0]),
            "shortwave_down_sum": (
                "day",
                [float(hours["shortwave_down"][24:48, 0].sum()) * radiation.WATT_HOUR],
            ),
        },
        coords={"day": parted.dates[1:2].astype("datetime64[ns]"), "latitude": 39.0},
    )
    day = reference_of_days(daily, elevation=5.0).item()
    raw = reference_of_hours(hours, elevation=5.0)
    assert float(raw[24:48, 0].sum()) == pytest.approx(day, rel=0.05)


def test_incomplete_days_and_days_with_a_missing_hour_have_no_hours() -> None:
    hours = _hours().isel(time=slice(3, None))
    parted = _parted(hours)
    raw = reference_of_hours(hours, elevation=5.0)
    raw[30, 1] = np.nan
    scaled = scale_to_days(raw, _record(hours, parted), days=parted)
    assert scaled.isnull().values[:21].all()
    assert scaled.isnull().values[21:45, 1].all()
    assert not scaled.isnull().values[21:, 0].any()
    with pytest.raises(DataError, match="the hours make 3"):
        scale_to_days(raw, _record(hours, parted).isel(day=slice(2)), days=parted)


def test_members_stay_lazy_through_hours_and_scaling() -> None:
    hours = _hours()
    parted = _parted(hours)
    record = _record(hours, parted)
    lazy = reference_of_hours(hours.chunk({"cell": 1, "time": 24}), elevation=5.0)
    assert isinstance(lazy.data, da.Array)
    scaled = scale_to_days(lazy, record.chunk({"cell": 1}), days=parted)
    assert isinstance(scaled.data, da.Array)
    whole = scale_to_days(reference_of_hours(hours, elevation=5.0), record, days=parted)
    xr.testing.assert_allclose(scaled.compute(), whole)


def test_a_night_takes_the_clearness_of_the_evening_before() -> None:
    """FAO-56, p. 75: the ratio of 2 to 3 h before sunset; before any, 0.5."""
    hours = _hours()
    sun = radiation.hourly_sun(
        hours["time"], latitude=hours["latitude"], longitude=hours["longitude"]
    )
    ratio = xr.full_like(hours["temperature_2m"], 0.8)
    carried = carried_clearness(ratio, sun).isel(cell=0)
    late = (sun.before_sunset >= 2.0) & (sun.before_sunset < 3.0)
    first = int(np.argmax(late.isel(cell=0).values))
    assert (carried[:first] == 0.5).all()
    np.testing.assert_allclose(carried[first:], 0.8)
    assert int(late.isel(cell=0).sum()) == 3


@settings(max_examples=40, deadline=None)
@given(st.floats(-60.0, 60.0), st.floats(-179.0, 179.0), st.integers(1, 364))
def test_the_hours_above_the_atmosphere_sum_to_the_day(
    latitude: float, longitude: float, day: int
) -> None:
    """FAO-56 eq. 28 over 24 h against eq. 21, solar noon to solar noon."""
    start = np.datetime64("2025-01-01", "ns") + (day - 1) * np.timedelta64(1, "D")
    ends = start + np.arange(1, 25) * np.timedelta64(1, "h")
    hourly = radiation.hourly_sun(ends, latitude=latitude, longitude=longitude)
    whole = radiation.extraterrestrial(latitude, day)
    assert hourly.extraterrestrial.sum() == pytest.approx(whole, abs=1e-6, rel=5e-3)


@given(st.floats(0.0, 15.0), st.floats(0.5, 8.0), st.floats(0.0, 15.0))
@settings(max_examples=40, deadline=None)
def test_more_light_never_evaporates_less(light: float, wind: float, more: float) -> None:
    dim = _uccle()
    dim["shortwave_down_sum"][:] = light
    dim["wind_speed_10m_mean"][:] = wind
    bright = dim.copy(deep=True)
    bright["shortwave_down_sum"][:] = light + more
    less = reference_of_days(dim, elevation=100.0).item()
    assert reference_of_days(bright, elevation=100.0).item() >= less - 1e-3
