"""What the rules of a profile say of observed hours: yes, no, and not known."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecast.advise.profile import shipped_profile
from forecast.service.advice.observed import Truth, observed_weather, truth_of

TEA = shipped_profile("tea.cuilan.yuexi")
STATION = {"longitude": 116.36, "latitude": 30.85, "elevation": 434.0}
FIRST, LAST = date(2021, 3, 21), date(2021, 3, 24)
DAYS = pd.date_range("2021-03-21", "2021-03-24")
NAN = float("nan")


def hours(name: str, value: float, **at: float) -> pd.DataFrame:
    """Hourly rows of one quantity, 18 March to 27 March; `at` by Beijing hour as `d22h03`."""
    times = pd.date_range("2021-03-18", "2021-03-27", freq="h")
    table = pd.DataFrame({"time": times, "variable": name, "value": value})
    for text, changed in at.items():
        local = pd.Timestamp(f"2021-03-{text[1:3]}T{text[4:]}:00")
        table.loc[table["time"] == local - pd.Timedelta(hours=8), "value"] = changed
    return table.dropna()


def truth(*tables: pd.DataFrame) -> Truth:
    rows = pd.concat(tables, ignore_index=True)
    return truth_of(TEA, observed_weather(rows, TEA, station=STATION, first=FIRST, last=LAST))


def said(days: pd.DatetimeIndex, issued_at: str = "2021-03-20T00:00") -> pd.DataFrame:
    """Days from 20:00 to 20:00 Beijing time, of which something was said at an instant (UTC)."""
    ends = days + pd.Timedelta(hours=12)
    table = pd.DataFrame({"day": days, "starts": ends - pd.Timedelta(days=1), "ends": ends})
    return table.assign(issued_at=pd.Timestamp(issued_at))


def frost(told: Truth, level: int) -> list[float]:
    return list(told.reached("frost.spring", level, said=said(DAYS)))


def test_of_the_day_of_the_advice_only_the_hours_after_it_count() -> None:
    # a frost at 05 and another at 19 Beijing time; advice of 08, and of 19, of the same day
    told = truth(hours("temperature_2m", 10.0, d22h05=3.0, d22h19=3.9))
    one = told.reached("frost.spring", 1, said=said(DAYS[1:2], "2021-03-22T00:00"))
    two = told.reached("frost.spring", 1, said=said(DAYS[1:2], "2021-03-22T11:00"))
    assert (list(one), list(two)) == ([1.0], [0.0])


def test_a_frost_at_22_beijing_counts_to_the_next_day() -> None:
    told = truth(hours("temperature_2m", 10.0, d21h22=3.9))
    assert frost(told, 1) == [0.0, 1.0, 0.0, 0.0]


def test_two_hours_at_two_degrees_are_a_moderate_frost_and_one_is_not() -> None:
    one = truth(hours("temperature_2m", 10.0, d22h05=2.0))
    two = truth(hours("temperature_2m", 10.0, d22h05=2.0, d22h06=1.0))
    assert frost(one, 2) == [0.0, 0.0, 0.0, 0.0]
    # the count looks back over 24 h, so it still holds on the next day until then
    assert frost(two, 2) == [0.0, 1.0, 1.0, 0.0]
    # and a day that reaches level 2 has reached level 1
    assert frost(two, 1) == [0.0, 1.0, 1.0, 0.0]


def test_a_missing_hour_makes_a_day_unknown_unless_the_others_decide() -> None:
    # of 22 March an hour lacks; of 23 March one lacks too, but another has a frost
    told = truth(hours("temperature_2m", 10.0, d22h05=NAN, d23h05=NAN, d23h06=3.0))
    assert frost(told, 1) == pytest.approx([0.0, NAN, 1.0, 0.0], nan_ok=True)


def test_what_was_not_observed_at_all_is_unknown_and_no_quiet_day() -> None:
    told = truth(hours("wind_speed_10m", 2.0))
    assert np.isnan(frost(told, 1)).all()


def test_days_outside_the_observations_are_unknown() -> None:
    told = truth(hours("temperature_2m", 10.0))
    later = said(pd.date_range("2021-05-01", periods=2))
    assert np.isnan(told.reached("frost.spring", 1, said=later)).all()


GOOD = (
    hours("temperature_2m", 15.0),
    hours("dew_point_2m", 5.0),
    hours("wind_speed_10m", 2.0),
)
PLUCK = {
    "day": pd.Timestamp("2021-03-22"),
    "begins": pd.Timestamp("2021-03-22T02:00"),
    "ends": pd.Timestamp("2021-03-22T05:00"),
}
"""Three hours from 10:00 Beijing time on; the rule needs three dry hours before and after."""


def test_a_window_held_where_all_its_hours_were_good() -> None:
    told = truth(*GOOD, hours("precipitation", 0.0))
    assert told.held("pluck", "green", said=PLUCK) == 1.0


def test_rain_within_three_hours_breaks_a_window() -> None:
    told = truth(*GOOD, hours("precipitation", 0.0, d22h14=0.5))
    assert told.held("pluck", "green", said=PLUCK) == 0.0


def test_a_window_whose_rain_was_not_observed_is_unknown() -> None:
    told = truth(*GOOD, hours("precipitation", 0.0, d22h12=NAN))
    assert np.isnan(told.held("pluck", "green", said=PLUCK))


def test_humidity_follows_from_the_dew_point_where_it_was_not_observed() -> None:
    # 15 degrees with a dew point of 14.5 are 97 %: too wet for plucking, at most 90 %
    air, wet = GOOD[0], hours("dew_point_2m", 14.5)
    told = truth(air, wet, GOOD[2], hours("precipitation", 0.0))
    assert told.held("pluck", "green", said=PLUCK) == 0.0
