"""Days of the year: whether a date lies in a season, and how far a season must move to hold it."""

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.advise.profile.parts import Season

Dates = npt.NDArray[np.datetime64]

_DAY: Final = np.timedelta64(1, "D")


def within(dates: Dates, season: Season) -> npt.NDArray[np.bool_]:
    """Whether days lie in a season of the year, both its ends included [day]."""
    first, last = (_code(text) for text in season)
    codes = _codes(dates)
    if first <= last:
        return np.asarray((codes >= first) & (codes <= last))
    return np.asarray((codes >= first) | (codes <= last))


def shift_to(season: Season | None, on: np.datetime64) -> np.timedelta64:
    """Days by which a season moves so that it begins on a day; none where it holds the day."""
    if season is None or within(np.array([on]), season)[0]:
        return np.timedelta64(0, "D")
    year = int(str(on)[:4])
    starts = [np.datetime64(date(y, *month_day(season[0]))) for y in _around(year)]
    return min((on.astype("datetime64[D]") - start for start in starts), key=abs)


def _around(year: int) -> tuple[int, int, int]:
    return year - 1, year, year + 1


def month_day(text: str) -> tuple[int, int]:
    """Month and day; 29 February counts as the 28th, which every year has."""
    month, day = int(text[:2]), int(text[3:])
    return (2, 28) if (month, day) == (2, 29) else (month, day)


def _code(text: str) -> int:
    return int(text[:2]) * 100 + int(text[3:])


def _codes(dates: Dates) -> npt.NDArray[np.int64]:
    months = dates.astype("datetime64[M]")
    number = months.astype(np.int64) % 12 + 1
    return np.asarray(number * 100 + (dates.astype("datetime64[D]") - months) // _DAY + 1)
