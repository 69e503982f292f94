"""The text-book series of stable passing, and what members and gaps do to it."""

import dask.array as da
import numpy as np
import pytest
import xarray as xr

from forecast.agromet.stable_passing import stable_passing
from forecast.errors import DataError, InvalidRequest

SPRING = (0.0, 3.9, 4.1, 4.4, 5.8, 6.2, 6.4, 7.0, 0.3, 1.5, 5.3, 5.6, 5.4, 3.7, 7.2, 8.1, 8.4)
"""Daily means of 4 to 20 March."""
AUTUMN = (
    6.7,
    8.8,
    8.4,
    5.2,
    3.6,
    4.2,
    5.7,
    6.2,
    6.0,
    4.6,
    4.6,
    4.1,
    6.4,
    10.5,
    4.9,
    5.9,
    7.4,
    -1.8,
)
"""Daily means of 5 to 22 November."""


def _year() -> xr.DataArray:
    """The series of a laboratory manual of agrometeorology (777doc.com/doc-4686923), cold before
    and after, warm between."""
    days = np.arange("2001-01-01", "2002-01-01", dtype="datetime64[D]")
    means = np.full(365, -3.0)
    means[(days > np.datetime64("2001-03-20")) & (days < np.datetime64("2001-11-05"))] = 15.0
    means[62:79], means[308:326] = SPRING, AUTUMN
    coords = {"day": days.astype("datetime64[ns]")}
    return xr.DataArray(means, dims="day", coords=coords)


@pytest.mark.parametrize(
    ("method", "start", "end"),
    [
        ("ma5_longest_run", "2001-03-14", "2001-11-21"),
        ("ma5_first_window", "2001-03-08", "2001-11-21"),
        ("ma5_last_below", "2001-03-18", "2001-11-18"),
        ("consecutive_3", "2001-03-08", "2001-11-13"),
        ("consecutive_5", "2001-03-18", "2001-11-08"),
    ],
)
def test_5_degrees_are_passed_on_the_dates_of_the_text_book(
    method: str, start: str, end: str
) -> None:
    """Starts and the end of the longest run as published; other ends by hand, mirrored."""
    found = stable_passing(_year(), 5.0, method=method)  # type: ignore[arg-type]
    assert found["start"].values == np.datetime64(start)
    assert found["end"].values == np.datetime64(end)
    assert found.attrs["method"] == method


def test_without_rounding_4_98_ends_the_season_ten_days_early() -> None:
    """The mean of 8 to 12 November is 4.98: rounded the season goes on to the 21st."""
    found = stable_passing(_year(), 5.0, step=None)
    assert found["end"].values == np.datetime64("2001-11-11")


def test_members_and_cells_ride_along_and_stay_lazy() -> None:
    year = _year().expand_dims({"realization": 3, "cell": 4})
    shifted = year.copy(data=year.values + np.array([0.0, -20.0, 30.0])[:, None, None])
    lazy = shifted.chunk({"cell": 2})
    found = stable_passing(lazy, 5.0)
    assert isinstance(found["start"].data, da.Array)
    starts = found["start"].compute()
    assert starts.dims == ("realization", "cell")
    assert (starts[0] == np.datetime64("2001-03-14")).all()
    assert np.isnat(starts.values[1]).all()
    assert (starts[2] == np.datetime64("2001-01-01")).all()


def test_a_missing_day_leaves_the_answer_open_where_it_could_change_it() -> None:
    year = _year()
    gap = year.where(year["day"] != np.datetime64("2001-07-01"))
    assert np.isnat(stable_passing(gap, 5.0)["start"].values)
    early = stable_passing(gap, 5.0, method="consecutive_3")
    assert early["start"].values == np.datetime64("2001-03-08")


def test_days_with_a_hole_in_the_calendar_and_unknown_methods_are_refused() -> None:
    with pytest.raises(DataError, match="not consecutive"):
        stable_passing(_year().isel(day=[0, 1, 2, 4, 5, 6]), 5.0)
    with pytest.raises(InvalidRequest, match="allowed are ma5_longest_run"):
        stable_passing(_year(), 5.0, method="by_feel")  # type: ignore[arg-type]


def test_200_made_springs_spread_the_definitions_over_twelve_days() -> None:
    """Reference, § 2.1: medians at 10 degC of springs like those of Tianjin, made with this seed:
    2, 12, 14, 8 and 3 April."""
    random = np.random.default_rng(7)
    season = 13.0 - 14.5 * np.cos(2.0 * np.pi * (np.arange(365) - 17) / 365.0)
    springs = np.zeros((200, 365))
    for spring in springs:
        for day in range(1, 365):
            spring[day] = 0.72 * spring[day - 1] + 2.2 * random.standard_normal()
    days = np.datetime64("2001-01-01", "ns") + np.arange(365) * np.timedelta64(1, "D")
    means = xr.DataArray(springs + season, dims=("year", "day"), coords={"day": days})
    expected = {
        "ma5_first_window": "2001-04-02",
        "ma5_longest_run": "2001-04-12",
        "ma5_last_below": "2001-04-14",
        "consecutive_5": "2001-04-08",
        "consecutive_3": "2001-04-03",
    }
    for method, median in expected.items():
        step = 0.1 if method == "ma5_longest_run" else None
        starts = stable_passing(means, 10.0, method=method, step=step)["start"]  # type: ignore[arg-type]
        number = (starts.values - days[0]) / np.timedelta64(1, "D")
        assert days[int(np.median(number))] == np.datetime64(median), method
