"""Rain at wheat harvest: 0 to 3 points each for rain, sunshine and wet days of the whole time."""

import numpy as np
import pytest
import xarray as xr

from forecast.agromet.harvest_rain import harvest_rain_score

DAYS = 22
"""20 May to 10 June."""


def _row(values: list[float] | np.ndarray) -> xr.DataArray:
    dates = np.arange("2025-05-18", "2025-06-13", dtype="datetime64[D]").astype("datetime64[ns]")
    before, after = np.zeros(2), np.zeros(2)
    return xr.DataArray(np.concatenate([before, values, after]), dims="day", coords={"day": dates})


def _told(rain: np.ndarray, sunshine: np.ndarray) -> list[float]:
    within = _row(np.ones(DAYS)) > 0
    daylight = _row(np.full(DAYS, 14.0))
    found = harvest_rain_score(_row(rain), _row(sunshine), daylight=daylight, within=within)
    return found.values.tolist()


def _rain(total: float, days: int) -> np.ndarray:
    row = np.zeros(DAYS)
    row[:days] = total / days
    return row


@pytest.mark.parametrize(
    ("total", "days", "hours", "score"),
    [
        (79.9, 7, 130.0, 0),
        (80.0, 7, 130.0, 1),
        (110.0, 7, 130.0, 2),
        (130.0, 7, 130.0, 3),
        (70.0, 8, 130.0, 1),
        (70.0, 10, 130.0, 2),
        (70.0, 13, 130.0, 3),
        (70.0, 7, 120.0, 1),
        (70.0, 7, 110.0, 2),
        (70.0, 7, 95.0, 3),
        (130.0, 13, 95.0, 9),
    ],
)
def test_the_classes_of_the_operational_code(
    total: float, days: int, hours: float, score: int
) -> None:
    """Rain 80/110/130 mm, sunshine 120/110/95 h, wet days 8/10/13 (reference H10, code LCY)."""
    told = _told(_rain(total, days), np.full(DAYS, hours / DAYS))
    assert told[2 + DAYS - 1] == score


def test_the_score_only_rises_and_sunshine_that_may_still_come_counts_as_if_it_came() -> None:
    told = _told(_rain(130.0, 13), np.zeros(DAYS))
    assert told[:2] == [0.0, 0.0]
    assert np.all(np.diff(told) >= 0)
    # 10 mm a day: 80 mm and 8 wet days on the eighth; 14 days of 14 hours could still shine 196 h
    assert told[2 + 6] == 0.0
    assert told[2 + 7] == 2.0
    # after 14 dull days 8 days may bring 112 h, after 15 days 98 h: 1 and 2 points of sunshine
    assert told[2 + 12] == 6.0
    assert told[2 + 13] == 7.0
    assert told[2 + 14] == 8.0
    assert told[-2:] == [9.0, 9.0]


def test_a_missing_day_leaves_the_score_unknown_from_there_on() -> None:
    rain = _rain(130.0, 13)
    rain[5] = np.nan
    told = np.array(_told(rain, np.zeros(DAYS)))
    assert np.isnan(told[7:]).all()
    assert not np.isnan(told[:7]).any()
