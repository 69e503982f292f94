"""Spans of hours and lists of variables."""

from datetime import UTC, datetime

import numpy as np
import pytest
import xarray as xr

from forecast.errors import InvalidRequest, UnknownName
from forecast.query.hours import select_hours
from forecast.query.selection import allowed_names, parse_names


def forecast() -> xr.Dataset:
    times = np.datetime64("2025-04-10T01", "ns") + np.arange(6) * np.timedelta64(1, "h")
    names = ["temperature_2m", "precipitation"]
    return xr.Dataset(
        {
            "temperature_2m": ("time", np.arange(6, dtype=np.float32)),
            "precipitation": ("time", np.arange(6, dtype=np.float32) * 10),
            "step_flag": (("variable", "time"), np.zeros((2, 6), dtype=np.uint8)),
        },
        coords={"time": times, "variable": names},
    )


def test_a_span_holds_its_end_and_not_its_start() -> None:
    found = select_hours(
        forecast(),
        start=datetime(2025, 4, 10, 2, tzinfo=UTC),
        end=datetime(2025, 4, 10, 4, tzinfo=UTC),
    )
    assert found["temperature_2m"].values.tolist() == [2, 3]


def test_an_open_span_reaches_to_the_edge() -> None:
    found = select_hours(forecast(), start=datetime(2025, 4, 10, 5, tzinfo=UTC))
    assert found.sizes["time"] == 1
    assert select_hours(forecast()).sizes["time"] == 6


def test_variables_come_in_the_order_asked_with_their_flags() -> None:
    found = select_hours(forecast(), names=["precipitation"])
    assert list(found.data_vars) == ["precipitation", "step_flag"]
    assert found["variable"].values.tolist() == ["precipitation"]


def test_a_span_without_hours_is_refused_with_what_there_is() -> None:
    with pytest.raises(InvalidRequest, match=r"holds 2025-04-10T01:00:00Z to 2025-04-10T06"):
        select_hours(forecast(), start=datetime(2025, 4, 11, tzinfo=UTC))


def test_a_variable_that_is_not_held_is_refused_with_what_is() -> None:
    with pytest.raises(InvalidRequest, match="holds temperature_2m, precipitation"):
        select_hours(forecast(), names=["cloud_cover"])


def test_lists_are_read_once_each_in_order() -> None:
    assert parse_names(" precipitation, temperature_2m,,precipitation", kind="hourly") == (
        "precipitation",
        "temperature_2m",
    )
    assert parse_names(["precipitation", "cloud_cover"], kind="hourly") == (
        "precipitation",
        "cloud_cover",
    )
    assert parse_names("", kind="daily") == ()


def test_all_stands_for_what_the_forecast_holds() -> None:
    assert parse_names("all", kind="daily") == allowed_names("daily")
    assert parse_names("all", kind="hourly", held=["precipitation"]) == ("precipitation",)


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("temperature_2", "temperature_2m"),
        ("Precipitation", "precipitation"),
        ("rainfall_precipitation", "precipitation"),
        ("wind", "wind_speed_10m"),
        ("windspeed_10m", "wind_speed_10m"),
    ],
)
def test_an_unknown_name_is_refused_with_the_closest(asked: str, near: str) -> None:
    with pytest.raises(UnknownName, match=near):
        parse_names(asked, kind="hourly")


def test_a_name_of_the_other_kind_is_sent_to_its_list() -> None:
    with pytest.raises(UnknownName, match="ask for it in daily="):
        parse_names("temperature_2m_max", kind="hourly")
    with pytest.raises(UnknownName, match="ask for it in hourly="):
        parse_names("temperature_2m", kind="daily")


def test_a_known_name_that_is_not_held_is_refused_with_what_is() -> None:
    with pytest.raises(UnknownName, match="this forecast holds precipitation"):
        parse_names("cloud_cover", kind="hourly", held=["precipitation"])


def test_a_long_nonsense_is_cut_in_the_refusal() -> None:
    with pytest.raises(UnknownName) as caught:
        parse_names("x" * 5000, kind="hourly")
    assert len(str(caught.value)) < 600
