"""Short names are had from the words of the vocabulary, day by day of the profile."""

import dask.array as da
import numpy as np
import pytest
import xarray as xr

from forecast.advise.gathering import gather
from forecast.errors import DataError
from forecast.times import DayBoundary, days

ZONE = "Asia/Shanghai"
TIMES = np.datetime64("2025-04-09T12", "ns") + np.arange(1, 73) * np.timedelta64(1, "h")
"""Three agromet days, 10 to 12 April: from 21:00 to 20:00 Beijing time."""
PARTED = days(TIMES, boundary=DayBoundary.parse("20-20"), zone=ZONE)


def forecast(**hourly: np.ndarray) -> tuple[xr.Dataset, xr.Dataset]:
    fields = {name: ("time", values.astype(np.float32)) for name, values in hourly.items()}
    lowest = np.array([8, 6, -2], dtype=np.float32)
    daily = xr.Dataset({"temperature_2m_min": ("day", lowest)}, coords={"day": PARTED.dates})
    return xr.Dataset(fields, coords={"time": TIMES}), daily


def had(*names: str, **hourly: np.ndarray) -> dict[str, xr.DataArray]:
    hours, daily = forecast(**hourly)
    return gather(names, hourly=hours, daily=daily, days=PARTED, zone=ZONE)


def test_hourly_and_daily_names_are_those_of_the_vocabulary() -> None:
    found = had("t2m", "tmin", temperature_2m=np.arange(72))
    assert found["t2m"].values.tolist() == list(range(72))
    assert found["tmin"].values.tolist() == [8, 6, -2]


def test_the_value_at_14_is_that_of_the_wall_clock_in_beijing() -> None:
    found = had("rh_at_14", relative_humidity_2m=np.arange(72))
    assert found["rh_at_14"].values.tolist() == [17, 41, 65]
    assert str(TIMES[17]) == "2025-04-10T06:00:00.000000000"


def test_humid_hours_are_counted_and_a_gap_makes_the_day_unknown() -> None:
    humidity = np.full(72, 80.0)
    humidity[[0, 5, 23]] = [90, 95, 89.6]
    humidity[24:30] = 89
    humidity[50] = np.nan
    counts = had("hours_rh90", relative_humidity_2m=humidity)["hours_rh90"].values
    assert counts[:2].tolist() == [3, 0]
    assert np.isnan(counts[2])


def test_the_fall_of_the_minimum_is_missing_on_the_first_days() -> None:
    found = had("t_drop_24h", "t_drop_48h")
    assert found["t_drop_24h"].values.tolist()[1:] == [2, 8]
    assert np.isnan(found["t_drop_24h"].values[0])
    assert found["t_drop_48h"].values.tolist()[2:] == [10]


def test_what_is_not_held_is_left_out_and_models_are_not_looked_for() -> None:
    assert had("gustmax", "rh_at_14", "hutton()", "sunshine_d") == {}


def test_the_sun_is_had_from_the_coordinates_of_the_place() -> None:
    """Noon at 39.33 N on 10 April: 90 - 39.33 + 7.8 degrees, the declination of almanacs.

    The nearest middle of an hour, 12:30 in Beijing, is 20 minutes off: 5 degrees of the circle,
    0.4 degrees of height.
    """
    place = {"latitude": 39.33, "longitude": 117.82}
    hours, daily = forecast(temperature_2m=np.arange(72))
    hours = hours.assign_coords(place)
    daily = daily.assign(shortwave_down_sum=("day", [8.0, 20.0, 30.0])).assign_coords(place)
    daily = daily.assign_coords(day=PARTED.dates.astype("datetime64[ns]"))
    asked = ("sun_elevation", "sunshine_d")
    found = gather(asked, hourly=hours, daily=daily, days=PARTED, zone=ZONE)
    assert found["sun_elevation"].values[:24].max() == pytest.approx(58.1, abs=0.2)
    assert found["sun_elevation"].values[4] < 0.0
    low, fair, clear = found["sunshine_d"].values
    assert low == pytest.approx(0.0, abs=0.3)
    assert 4.0 < fair < 9.0
    assert clear == pytest.approx(13.0, abs=0.2)


def test_members_ride_along_and_lazy_stays_lazy() -> None:
    values = np.random.default_rng(2).uniform(0, 100, (2, 72, 3)).astype(np.float32)
    dims = ("realization", "time", "latitude")
    daily = xr.Dataset()
    made = []
    for held in (values, da.from_array(values, chunks=(1, 24, 3))):
        hourly = xr.Dataset({"relative_humidity_2m": (dims, held)}, coords={"time": TIMES})
        asked = ("hours_rh90", "rh_at_14")
        made.append(gather(asked, hourly=hourly, daily=daily, days=PARTED, zone=ZONE))
    for name in ("hours_rh90", "rh_at_14"):
        assert made[1][name].chunks is not None
        assert made[0][name].dims == ("realization", "day", "latitude")
        xr.testing.assert_equal(made[0][name], made[1][name].compute())


def test_days_that_do_not_agree_are_refused() -> None:
    hours, daily = forecast()
    with pytest.raises(DataError, match="daily values of 2 days were given for hours of 3 days"):
        gather(["tmin"], hourly=hours, daily=daily.isel(day=slice(2)), days=PARTED, zone=ZONE)
