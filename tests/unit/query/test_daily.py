"""Days from hours, by hand arithmetic."""

from itertools import pairwise

import dask.array
import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import UnknownName
from forecast.query.daily import daily, derivable
from forecast.query.reduction import reduced_names, source_of
from forecast.times import DayBoundary
from forecast.variables import catalogue, derived, published
from tests.support.zones import BEIJING

LOCAL = DayBoundary.parse("local")
START = "2025-04-09T17"  # the value at 01:00 in Beijing on 10 April


def hourly(start: str = START, **series: object) -> xr.Dataset:
    arrays = {name: np.asarray(values, dtype=np.float32) for name, values in series.items()}
    count = next(iter(arrays.values())).shape[0]
    times = np.datetime64(start, "ns") + np.arange(count) * np.timedelta64(1, "h")
    return xr.Dataset(
        {name: ("time", values) for name, values in arrays.items()}, coords={"time": times}
    )


def one_day(**series: object) -> xr.Dataset:
    return daily(hourly(**series), boundary=LOCAL, zone=BEIJING)


def test_temperature_gets_its_lowest_highest_and_mean() -> None:
    found = one_day(temperature_2m=np.arange(24))
    assert found["temperature_2m_min"].item() == 0
    assert found["temperature_2m_max"].item() == 23
    assert found["temperature_2m_mean"].item() == 11.5


def test_zero_degrees_is_a_value() -> None:
    assert one_day(temperature_2m=np.zeros(24))["temperature_2m_min"].item() == 0


def test_rain_is_summed_over_the_day_it_fell_on() -> None:
    rain = np.zeros(48)
    rain[23] = 5.0  # 23:00 to 24:00 on the 10th, stamped 00:00 on the 11th
    rain[24] = 2.0
    found = daily(hourly(precipitation=rain), boundary=LOCAL, zone=BEIJING)
    assert found["precipitation_sum"].values.tolist() == [5.0, 2.0]
    assert found["day"].values.astype("datetime64[D]").astype(str).tolist() == [
        "2025-04-10",
        "2025-04-11",
    ]


def test_a_frost_at_22_beijing_is_the_minimum_of_the_next_agromet_day() -> None:
    temperature = np.full(72, 8.0)
    temperature[21] = -2.0  # 22:00 on the 10th
    found = daily(
        hourly(temperature_2m=temperature), boundary=DayBoundary.parse("20-20"), zone=BEIJING
    )
    by_day = dict(
        zip(
            found["day"].values.astype("datetime64[D]").astype(str).tolist(),
            found["temperature_2m_min"].values.tolist(),
            strict=True,
        )
    )
    assert by_day["2025-04-10"] == 8.0
    assert by_day["2025-04-11"] == -2.0


def test_directions_around_north_make_north() -> None:
    degrees = np.tile([350.0, 10.0], 12)
    found = one_day(wind_direction_10m=degrees)["wind_direction_10m_dominant"].item()
    assert min(found, 360 - found) < 1e-4


def test_the_dominant_direction_is_that_of_the_mean_wind_vector() -> None:
    # 12 h of 1 m/s from the east and 12 h of 3 m/s from the north: atan(1/3) = 18.43 degrees
    found = one_day(
        wind_direction_10m=np.repeat([90.0, 0.0], 12), wind_speed_10m=np.repeat([1.0, 3.0], 12)
    )
    assert found["wind_direction_10m_dominant"].item() == pytest.approx(18.4349, abs=1e-3)


def test_winds_that_cancel_have_no_direction() -> None:
    degrees = np.tile([0.0, 180.0], 12)
    assert np.isnan(one_day(wind_direction_10m=degrees)["wind_direction_10m_dominant"].item())


def test_a_calm_day_has_no_direction() -> None:
    found = one_day(wind_direction_10m=np.full(24, 45.0), wind_speed_10m=np.zeros(24))
    assert np.isnan(found["wind_direction_10m_dominant"].item())


def test_radiation_is_given_as_mean_flux_and_as_energy() -> None:
    # 200 W m-2 over 24 h are 200 * 86400 J = 17.28 MJ
    found = one_day(shortwave_down=np.full(24, 200.0))
    assert found["shortwave_down_mean"].item() == 200.0
    assert found["shortwave_down_sum"].item() == pytest.approx(17.28, rel=1e-6)
    assert found["shortwave_down_sum"].attrs["units"] == "MJ m-2"


def test_four_missing_hours_leave_extremes_and_take_sums_away() -> None:
    values = np.arange(24.0)
    values[[3, 4, 5, 6]] = np.nan
    found = one_day(temperature_2m=values, precipitation=values)
    assert found["temperature_2m_max"].item() == 23
    assert found["temperature_2m_mean"].item() == pytest.approx((276 - 18) / 20)
    assert np.isnan(found["precipitation_sum"].item())
    assert found["coverage"].sel(variable="temperature_2m_max").item() == 20


def test_five_missing_hours_take_the_extremes_away_too() -> None:
    values = np.arange(24.0)
    values[:5] = np.nan
    assert np.isnan(one_day(temperature_2m=values)["temperature_2m_min"].item())


def test_the_share_that_is_enough_can_be_chosen() -> None:
    found = daily(
        hourly(temperature_2m=np.arange(12.0)), boundary=LOCAL, zone=BEIJING, least_share=0.5
    )
    assert found["temperature_2m_max"].item() == 11


def test_an_hour_that_is_absent_counts_as_missing() -> None:
    whole = hourly(precipitation=np.ones(24), temperature_2m=np.ones(24))
    found = daily(whole.isel(time=[*range(10), *range(11, 24)]), boundary=LOCAL, zone=BEIJING)
    assert np.isnan(found["precipitation_sum"].item())
    assert found["temperature_2m_mean"].item() == 1
    assert found["hours_expected"].item() == 24


def test_a_day_without_any_number_is_missing() -> None:
    found = one_day(temperature_2m=np.full(24, np.nan))
    assert np.isnan(found["temperature_2m_min"].item())
    assert found["coverage"].values.max() == 0


def test_members_and_points_ride_along_and_lazy_stays_lazy() -> None:
    values = np.arange(2 * 48 * 3, dtype=np.float32).reshape(2, 48, 3)
    times = np.datetime64(START, "ns") + np.arange(48) * np.timedelta64(1, "h")
    dims = ("realization", "time", "point")
    eager = xr.Dataset(
        {"temperature_2m": (dims, values)}, coords={"time": times, "realization": [0, 1]}
    )
    lazy = eager.chunk({"time": 7, "point": 2})
    expected = daily(eager, boundary=LOCAL, zone=BEIJING)
    found = daily(lazy, boundary=LOCAL, zone=BEIJING)
    assert expected["temperature_2m_max"].dims == ("realization", "day", "point")
    assert expected["temperature_2m_max"].values[0].tolist() == [[69, 70, 71], [141, 142, 143]]
    assert isinstance(found["temperature_2m_max"].data, dask.array.Array)
    assert found["temperature_2m_max"].dtype == np.float32
    xr.testing.assert_identical(found.compute(), expected)


def test_the_hours_are_left_as_they_were() -> None:
    given_hours = hourly(shortwave_down=np.full(24, 100.0))
    before = given_hours.copy(deep=True)
    daily(given_hours, boundary=LOCAL, zone=BEIJING)
    xr.testing.assert_identical(given_hours, before)


def test_a_name_that_the_hours_do_not_allow_is_refused() -> None:
    hours = hourly(temperature_2m=np.zeros(24))
    with pytest.raises(UnknownName, match="needs the hourly 'precipitation'"):
        daily(hours, boundary=LOCAL, zone=BEIJING, names=["precipitation_sum"])
    with pytest.raises(UnknownName, match="temperature_2m"):
        daily(hours, boundary=LOCAL, zone=BEIJING, names=["temperature_2m"])
    assert derivable(hours) == ("temperature_2m_min", "temperature_2m_max", "temperature_2m_mean")


@pytest.mark.parametrize("name", [n for n, entry in catalogue().items() if entry.role == "daily"])
def test_every_reduced_name_has_an_hourly_source_of_the_same_kind(name: str) -> None:
    if name not in reduced_names():
        pytest.skip(f"{name} is not reduced from hours")
    entry, source = catalogue()[name], catalogue()[source_of(name)]
    assert source.name in (*published(), *derived())
    assert entry.units == source.units or (entry.units, source.units) == ("MJ m-2", "W m-2")


@given(
    count=st.integers(1, 200),
    boundary=st.sampled_from(["local", "20-20", "08-08", "05:30"]),
    zone=st.sampled_from([BEIJING, "Europe/Oslo", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    seed=st.integers(0, 1000),
)
def test_daily_sums_add_up_to_the_total(count: int, boundary: str, zone: str, seed: int) -> None:
    rain = np.random.default_rng(seed).integers(0, 50, count).astype(np.float32)
    # whole days only: a sum that misses hours is not given
    found = daily(
        hourly("2025-03-29T09", precipitation=rain),
        boundary=DayBoundary.parse(boundary),
        zone=zone,
    )
    coverage = found["coverage"].sel(variable="precipitation_sum").values
    sums = found["precipitation_sum"].values
    whole = coverage == found["hours_expected"].values
    assert np.array_equal(whole, ~np.isnan(sums))
    edges = np.concatenate([[0], np.cumsum(coverage)])
    by_hand = [rain[a:b].sum() for a, b in pairwise(edges)]
    np.testing.assert_allclose(sums[whole], np.array(by_hand)[whole])
    assert coverage.sum() == count
