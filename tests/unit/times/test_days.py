"""Days: whose they are, how long they last, and what falls into them."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.errors import InvalidRequest
from forecast.times import DayBoundary, Days, days, local_iso, zone_info
from tests.support.zones import BEIJING

LOCAL = DayBoundary.parse("local")
ZONES = [
    BEIJING,
    "UTC",
    "Europe/Oslo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Africa/Cairo",
    "Pacific/Apia",
]


def hours(first: str, count: int) -> np.ndarray:
    return np.datetime64(first, "ns") + np.arange(count) * np.timedelta64(1, "h")


def lengths(days_found: Days) -> dict[str, float]:
    return dict(zip(days_found.dates.astype(str).tolist(), days_found.hours.tolist(), strict=True))


def label(instant: str, boundary: str, zone: str = BEIJING) -> str:
    found = days(hours(instant, 1), boundary=DayBoundary.parse(boundary), zone=zone)
    return str(found.dates[0])


def test_the_sum_at_local_midnight_belongs_to_the_day_before() -> None:
    # 16:00 UTC is 00:00 in Beijing on 11 April
    assert label("2025-04-10T16", "local") == "2025-04-10"
    assert label("2025-04-10T17", "local") == "2025-04-11"


def test_a_frost_at_22_beijing_counts_to_the_next_agromet_day() -> None:
    assert label("2025-04-10T14", "20-20") == "2025-04-11"


def test_the_reading_at_20_beijing_closes_the_agromet_day() -> None:
    assert label("2025-04-10T12", "20-20") == "2025-04-10"
    assert label("2025-04-10T13", "20-20") == "2025-04-11"


def test_the_rain_day_is_named_by_its_beginning() -> None:
    # rain that ended at 08:00 Beijing on the 11th fell on the rain day of the 10th
    assert label("2025-04-11T00", "08-08") == "2025-04-10"
    assert label("2025-04-11T01", "08-08") == "2025-04-11"


def test_a_day_of_one_s_own_is_named_by_its_larger_part() -> None:
    assert label("2025-04-10T06", "06:30", "UTC") == "2025-04-09"
    assert label("2025-04-10T07", "06:30", "UTC") == "2025-04-10"
    assert label("2025-04-10T22", "21:00", "UTC") == "2025-04-11"


def test_oslo_has_a_day_of_23_and_a_day_of_25_hours() -> None:
    spring = days(hours("2025-03-29T23", 72), boundary=LOCAL, zone="Europe/Oslo")
    autumn = days(hours("2025-10-25T22", 72), boundary=LOCAL, zone="Europe/Oslo")
    assert lengths(spring)["2025-03-30"] == 23
    assert lengths(autumn)["2025-10-26"] == 25
    assert spring.expected.tolist() == [24, 23, 24, 24]
    assert spring.present.tolist() == [1, 23, 24, 24]
    assert autumn.expected.tolist() == [24, 25, 24, 24]
    assert autumn.present.tolist() == [1, 25, 24, 22]


def test_lord_howe_shifts_its_clock_by_half_an_hour() -> None:
    # clocks go back 11:00 -> 10:30 on 6 April and forward again on 5 October 2025
    autumn = lengths(days(hours("2025-04-04T13", 96), boundary=LOCAL, zone="Australia/Lord_Howe"))
    spring = lengths(days(hours("2025-10-03T14", 96), boundary=LOCAL, zone="Australia/Lord_Howe"))
    assert (autumn["2025-04-05"], autumn["2025-04-06"]) == (24, 24.5)
    assert (spring["2025-10-04"], spring["2025-10-05"]) == (24, 23.5)


def test_kathmandu_s_day_begins_at_a_quarter_past_18_utc() -> None:
    found = days(hours("2025-04-09T19", 24), boundary=LOCAL, zone="Asia/Kathmandu")
    assert found.dates.astype(str).tolist() == ["2025-04-10"]
    assert str(found.starts[0])[:16] == "2025-04-09T18:15"
    assert found.complete.tolist() == [True]


def test_29_february_has_its_day() -> None:
    found = days(hours("2024-02-28T16", 72), boundary=DayBoundary.parse("20-20"), zone=BEIJING)
    assert found.dates.astype(str).tolist() == [
        "2024-02-29",
        "2024-03-01",
        "2024-03-02",
        "2024-03-03",
    ]


def test_the_day_that_apia_left_out_does_not_exist() -> None:
    found = days(hours("2011-12-29T11", 48), boundary=LOCAL, zone="Pacific/Apia")
    assert found.dates.astype(str).tolist() == ["2011-12-29", "2011-12-31"]


def test_a_midnight_that_the_clock_jumps_over_is_the_moment_of_the_jump() -> None:
    # Cairo jumps from 00:00 to 01:00 on 25 April 2025, at 22:00 UTC
    assert LOCAL.begins(date(2025, 4, 25), zone="Africa/Cairo") == datetime(
        2025, 4, 24, 22, tzinfo=UTC
    )


def test_days_without_all_their_times_say_so() -> None:
    # a run of 00 UTC begins at 08:00 in Beijing: 16 values are left of its first day
    found = days(hours("2025-04-10T01", 40), boundary=LOCAL, zone=BEIJING)
    assert found.present.tolist() == [16, 24]
    assert found.expected.tolist() == [24, 24]
    assert found.complete.tolist() == [False, True]


def test_a_gap_in_the_times_lowers_what_is_present() -> None:
    times = np.delete(hours("2025-04-09T17", 24), [5, 6])
    found = days(times, boundary=LOCAL, zone=BEIJING)
    assert (found.present.tolist(), found.expected.tolist()) == ([22], [24])


def test_three_hourly_times_make_days_of_eight() -> None:
    times = np.datetime64("2025-04-09T18", "ns") + np.arange(16) * np.timedelta64(3, "h")
    found = days(times, boundary=LOCAL, zone=BEIJING)
    assert found.expected.tolist() == [8, 8]
    assert found.present.tolist() == [8, 8]


@given(
    start=st.datetimes(datetime(1995, 1, 1), datetime(2035, 12, 31)),  # noqa: DTZ001
    count=st.integers(1, 400),
    zone=st.sampled_from(ZONES),
    boundary=st.sampled_from(["local", "20-20", "08-08", "02:30", "23:59", "12:00"]),
)
def test_every_hour_belongs_to_exactly_one_day(
    start: datetime, count: int, zone: str, boundary: str
) -> None:
    times = hours(start.isoformat(timespec="minutes"), count)
    found = days(times, boundary=DayBoundary.parse(boundary), zone=zone)
    assert found.present.sum() == count
    assert np.all(times > found.starts[found.number])
    assert np.all(times <= found.ends[found.number])
    assert np.all(found.starts[1:] == found.ends[:-1])
    assert np.all(found.present <= found.expected)
    assert np.all(found.complete[1:-1])


def test_local_times_carry_the_offset_of_their_instant() -> None:
    assert local_iso(hours("2025-03-30T00", 2), zone="Europe/Oslo") == [
        "2025-03-30T01:00:00+01:00",
        "2025-03-30T03:00:00+02:00",
    ]
    assert local_iso(hours("2025-04-10T00", 1), zone="Asia/Kathmandu") == [
        "2025-04-10T05:45:00+05:45"
    ]


@pytest.mark.parametrize("text", ["", "20-21", "24:00", "8", "midnight", "12:60"])
def test_a_boundary_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="HH:MM"):
        DayBoundary.parse(text)


def test_an_unknown_zone_is_refused_with_its_neighbour() -> None:
    with pytest.raises(InvalidRequest, match="Asia/Shanghai"):
        zone_info("Asia/Shangai")
    with pytest.raises(InvalidRequest, match="IANA"):
        zone_info("../etc/passwd")


def test_times_that_do_not_ascend_have_no_days() -> None:
    with pytest.raises(InvalidRequest, match="ascend"):
        days(hours("2025-04-10T00", 3)[::-1], boundary=LOCAL, zone=BEIJING)
    with pytest.raises(InvalidRequest, match="empty"):
        days(hours("2025-04-10T00", 0), boundary=LOCAL, zone=BEIJING)
