"""Quality control: each check finds its own fault, and weather is left alone."""

import numpy as np
import pandas as pd
import pytest

from forecast.calibrate.quality import check_observations
from forecast.calibrate.quality.limits import daily_radiation, temperature_bounds
from forecast.ingest.stations import read_stations
from forecast.store.observations import Flag
from tests.support.data import shared_data

HOURS = pd.date_range("2026-04-01", periods=24 * 10, freq="h")
HERE = pd.DataFrame({
    "station": ["a"], "longitude": [120.0], "latitude": [40.0], "elevation": [50.0]
})  # fmt: skip


def course(shift_h: float = 0.0) -> np.ndarray:
    """A daily course of 12 K whose highest point lies at 14:30 solar time at 120 E."""
    solar = (HOURS.hour.to_numpy() + 8.0) % 24.0
    drift = np.linspace(0.0, 3.0, HOURS.size)
    return 12.0 + 6.0 * np.cos(2 * np.pi * (solar - 14.5 - shift_h) / 24.0) + drift


def rows(values: np.ndarray, *, station: str = "a", name: str = "temperature_2m") -> pd.DataFrame:
    times = HOURS[: len(values)].as_unit("ns")
    return pd.DataFrame({"station": station, "time": times, "variable": name, "value": values})


def flags(table: pd.DataFrame, stations: pd.DataFrame = HERE) -> np.ndarray:
    return check_observations(table, stations).flags["flag"].to_numpy()


def test_a_plain_daily_course_is_good() -> None:
    found = check_observations(rows(course()), HERE)
    assert found.clocks == {}
    assert not found.flags["flag"].any()


@pytest.mark.parametrize("change", [12.0, -12.0])
@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_spike_of_up_to_three_hours_is_a_step(change: float, length: int) -> None:
    values = course()
    values[100 : 100 + length] += change
    expected = np.zeros(values.size, dtype=int)
    expected[100 : 100 + length] = Flag.STEP
    assert flags(rows(values)).tolist() == expected.tolist()


def test_a_cold_front_is_no_step_but_a_jump_of_twenty_kelvin_is() -> None:
    front, jump = course(), course()
    front[100:] -= 10.0
    jump[100:] -= 20.0
    assert not flags(rows(front)).any()
    assert np.flatnonzero(flags(rows(jump))).tolist() == [100]


def test_a_thermometer_that_stands_still_for_a_day_is_persistent() -> None:
    values = course()
    values[50:75] = values[50]
    found = flags(rows(values))
    assert (found[50:75] == Flag.PERSISTENCE).all()
    assert not np.delete(found, slice(50, 75)).any()


@pytest.mark.parametrize(
    ("name", "value"), [("precipitation", 0.0), ("wind_speed_10m", 0.0), ("cloud_cover", 100.0)]
)
def test_dry_spells_calms_and_overcast_skies_may_last(name: str, value: float) -> None:
    assert not flags(rows(np.full(200, value), name=name)).any()


def test_wind_that_blows_at_one_speed_for_days_is_stuck_and_fog_is_not() -> None:
    assert (flags(rows(np.full(200, 3.2), name="wind_speed_10m")) == Flag.PERSISTENCE).all()
    assert not flags(rows(np.full(200, 99.0), name="relative_humidity_2m")).any()


def test_kelvin_in_a_column_of_celsius_is_out_of_range() -> None:
    values = course()
    values[::7] += 273.15
    found = flags(rows(values))
    assert (found[::7] == Flag.RANGE).all()
    assert not np.delete(found, slice(0, None, 7)).any()


def test_a_dew_point_above_the_temperature_is_out_of_range() -> None:
    table = pd.concat(
        [rows(np.array([10.0, 11.0])), rows(np.array([9.0, 12.0]), name="dew_point_2m")]
    )
    assert flags(table).tolist() == [0, 0, 0, Flag.RANGE]


def test_pressure_at_sea_level_given_for_a_mountain_is_out_of_range() -> None:
    mountain = HERE.assign(elevation=2000.0)
    table = rows(np.array([795.0, 1013.0]), name="surface_pressure")
    assert flags(table, mountain).tolist() == [0, Flag.RANGE]


@pytest.mark.parametrize(
    ("latitude", "elevation", "day", "record"),
    [
        (36.46, -54.0, "1913-07-10", 56.7),  # Death Valley
        (50.23, 230.0, "2021-06-29", 49.6),  # Lytton
        (67.55, 137.0, "2020-06-20", 38.0),  # Verkhoyansk
        (67.55, 137.0, "1892-02-07", -67.8),  # Verkhoyansk
        (-78.46, 3488.0, "1983-07-21", -89.2),  # Vostok
        (-63.4, 13.0, "2020-02-06", 18.3),  # Esperanza
        (62.67, 10.0, "2020-01-02", 19.0),  # Sunndalsora
        (42.92, 35.0, "2015-07-24", 50.3),  # Turpan
        (52.97, 433.0, "2023-01-22", -53.0),  # Mohe
        (-33.5, 7.0, "2020-01-04", 48.9),  # Penrith
    ],
)
def test_the_records_of_the_world_are_within_the_climate(
    latitude: float, elevation: float, day: str, record: float
) -> None:
    place = pd.DataFrame({
        "time": [np.datetime64(day, "ns")], "latitude": [latitude], "elevation": [elevation]
    })  # fmt: skip
    low, high = temperature_bounds(place)
    assert low[0] < record < high[0]


def test_radiation_above_the_atmosphere_is_that_of_the_printed_example() -> None:
    # FAO-56, example 8: 20 S, 3 September, 32.2 MJ m-2, with its simpler declination of the sun
    found = daily_radiation(np.array(["1998-09-03"], dtype="datetime64[ns]"), [-20.0])
    assert found[0] == pytest.approx(32.2, rel=0.025)


@pytest.mark.parametrize("shift_h", [8.0, -8.0])
def test_a_clock_that_is_eight_hours_off_is_doubted_and_its_rows_stay_unchecked(
    shift_h: float,
) -> None:
    found = check_observations(rows(course(shift_h)), HERE)
    assert found.clocks == {"a": pytest.approx(shift_h, abs=0.5)}
    assert set(found.flags["flag"]) == {int(Flag.UNCHECKED)}


def test_a_flat_or_short_course_is_not_judged_by_its_clock() -> None:
    flat = 15.0 + 0.05 * (course(8.0) - 12.0)
    assert check_observations(rows(flat), HERE).clocks == {}
    assert check_observations(rows(course(8.0)[:60]), HERE).clocks == {}


def town(count: int) -> pd.DataFrame:
    return pd.DataFrame({
        "station": [f"s{i}" for i in range(count)],
        "longitude": 117.0 + 0.1 * np.arange(count),
        "latitude": 39.0,
        "elevation": 100.0 * np.arange(count),
    })  # fmt: skip


def at_one_hour(values: list[float]) -> pd.DataFrame:
    time = np.datetime64("2026-04-10T06", "ns")
    names = [f"s{i}" for i in range(len(values))]
    return pd.DataFrame(
        {"station": names, "time": time, "variable": "temperature_2m", "value": values}
    )


def test_one_that_is_far_from_its_neighbours_is_flagged_and_they_are_not() -> None:
    values = [15.0 - 0.65 * i for i in range(6)]
    assert not flags(at_one_hour(values), town(6)).any()
    values[2] += 9.0
    assert flags(at_one_hour(values), town(6)).tolist() == [0, 0, Flag.BUDDY, 0, 0, 0]


def test_neighbours_are_compared_at_one_height() -> None:
    # 15 degC at every height is wrong by 6.5 K/km, far below what is flagged
    values = [15.0 - 6.5 * 0.1 * i for i in range(6)]
    values[5] -= 4.0
    assert not flags(at_one_hour(values), town(6)).any()


def test_nobody_is_judged_by_fewer_than_four_neighbours() -> None:
    values = [15.0, 15.0, 40.0, 15.0]
    assert not flags(at_one_hour(values), town(4)).any()


def test_a_bad_neighbour_does_not_speak() -> None:
    values = [15.0 - 0.65 * i for i in range(7)]
    for bad in (1, 3):
        values[bad] = 99.0
    found = flags(at_one_hour(values), town(7))
    assert found.tolist() == [0, Flag.RANGE, 0, Flag.RANGE, 0, 0, 0]


def test_copies_that_contradict_are_conflicts_and_a_known_conflict_stays() -> None:
    table = pd.concat([rows(np.array([1.0, 2.0])), rows(np.array([1.0, 3.0]))])
    assert flags(table).tolist() == [0, Flag.CONFLICT, 0, Flag.CONFLICT]
    known = rows(np.array([1.0, 2.0])).assign(flag=[int(Flag.CONFLICT | Flag.UNCHECKED), 32])
    assert flags(known).tolist() == [Flag.CONFLICT, 0]


def test_nothing_is_deleted_and_the_order_is_kept() -> None:
    table = rows(course()).sample(frac=1.0, random_state=1)
    found = check_observations(table, HERE).flags
    pd.testing.assert_frame_equal(
        found[["station", "time", "variable", "value"]], table.reset_index(drop=True)
    )


def test_real_reports_of_a_november_noon_pass_and_319_kelvin_does_not() -> None:
    path = next(shared_data("ecmwf_t2m_synop_20181120").glob("*.csv"))
    read = read_stations(path)
    stations = read.points.to_dataframe().reset_index(drop=True)
    clean = check_observations(read.reports, stations).flags
    assert (clean["flag"] > 0).mean() < 0.02
    air = read.reports.index[read.reports["variable"] == "temperature_2m"]
    spoilt = read.reports.copy()
    chosen = air[::50]
    spoilt.loc[chosen, "value"] = 319.8 - 273.15
    found = check_observations(spoilt, stations).flags["flag"]
    assert (found[chosen] > 0).all()
    assert (found.drop(chosen) > 0).mean() < 0.02
