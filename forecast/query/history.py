"""Daily values of past years that an operator gives, at a place and at its height.

Two kinds of file, described in docs/conventions.md: netCDF on latitude, longitude and date, or CSV
by station. Nothing is made up; what `laid_on` fills in it counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.parameters import chosen
from forecast.query.climatology import DAYS, Normals
from forecast.query.daily_files import DailyValues, Form
from forecast.query.placed import PlacedTable
from grids import LonLat

FEBRUARY_29: Final = 60
"""Its place in the days of a leap year."""

Doubles = npt.NDArray[np.float64]
Dates = npt.NDArray[np.datetime64]
Places = npt.NDArray[np.intp]

_DAY: Final = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Laid:
    """Past years on the days of another one.

    Attributes:
        years: the year whose 1 January falls on that of the days' last year [year].
        values: of each daily variable [year, day], its unit, NaN where missing.
        filled: days of each variable that a year lacked and the mean of the years stands for.
    """

    years: tuple[int, ...]
    values: Mapping[str, Doubles]
    filled: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LocalHistory:
    """Past years of one place at the height that was asked.

    Attributes:
        years: in order, without gaps.
        values: of each daily variable [year, dayofyear 1 to 366], its unit, NaN where missing;
            the day is counted in its own year, as in normals.
        passport: where they come from, how they were brought to the height, and the whole years.
    """

    years: tuple[int, ...]
    values: Mapping[str, Doubles]
    passport: Mapping[str, Any]

    def laid_on(self, dates: Dates) -> Laid:
        """Whole years on the days of a season, by month and day.

        29 February of a year that has none is its 28 February. A day that a whole year lacks is
        the mean of the years, so that sums go on; how many there are is told.

        Args:
            dates: days [day], datetime64[D], ascending; those of a winter before the last year
                come from the winter before each past year.
        """
        behind = _year(dates) - _year(dates[-1:])
        wanted = np.array(self.years)[:, np.newaxis] + behind
        inside = (wanted >= self.years[0]) & (wanted <= self.years[-1])
        number = day_in(wanted, dates)
        row = np.where(inside, wanted - self.years[0], 0)
        laid = {
            name: np.where(inside, held[row, number - 1], np.nan)
            for name, held in self.values.items()
        }
        kept = np.flatnonzero(_whole(laid, days=dates.size))
        values, filled = {}, {}
        for name, rows in laid.items():
            values[name] = own = rows[kept]
            lacking = np.isnan(own)
            if lacking.any():
                own[lacking] = means_about(self.values[name])[number[kept] - 1][lacking]
            filled[name] = int(np.count_nonzero(lacking & ~np.isnan(own)))
        return Laid(years=tuple(self.years[place] for place in kept), values=values, filled=filled)


def _dates(given: npt.NDArray[Any]) -> Dates:
    """Days of a file as dates.

    Raises:
        ValueError: they are no dates of the calendar in use.
    """
    if given.dtype.kind != "M":
        raise ValueError("its times are no dates of the Gregorian calendar")
    if np.isnat(given).any():
        raise ValueError("a date is missing in it")
    return given.astype("datetime64[D]")


def _date(text: str) -> np.datetime64:
    """A date as text, YYYY-MM-DD.

    Raises:
        ValueError: it is none.
    """
    if len(text) != len("2025-04-10"):
        raise ValueError(f"date {text!r} stands in it; allowed is YYYY-MM-DD")
    return np.datetime64(text, "D")


class History(DailyValues):
    """Daily values of past years, kept in memory; the steps of their table are dates.

    Attributes:
        years: that the file touches, in order.
    """

    form = Form(
        what="past years",
        steps="dates",
        axes=("date", "time", "day"),
        decode=True,
        parse=_date,
        check=_dates,
    )

    def __init__(self, table: PlacedTable) -> None:
        super().__init__(table)
        dates = table.steps.astype("datetime64[D]")
        first, last = _year(dates[[0, -1]])
        self.years = tuple(range(int(first), int(last) + 1))
        self._row = _year(dates) - first
        self._place = day_of_year(dates) - 1

    def at(self, place: LonLat, *, elevation: float) -> LocalHistory:
        """Past years at a place, brought to a height where the file says how high they are.

        Args:
            place: degrees.
            elevation: m above sea level; see `PlacedTable.at`.

        Raises:
            InvalidRequest: the values do not reach the place.
        """
        found = self._table.at(place, elevation=elevation)
        values = {name: self._by_year(own) for name, own in found.values.items()}
        whole = np.array(self.years)[_whole(values, days=DAYS - 1)].tolist()
        return LocalHistory(
            years=self.years,
            values=values,
            passport={**found.passport, "years": list(self.years), "whole_years": whole},
        )

    @cached_property
    def normals(self) -> Normals:
        """Normals made of the years: the mean about each day of the year, on the same places."""
        table = self._table
        first, last = self.years[0], self.years[-1]
        window = int(chosen("history_window"))
        about = {**table.about, "made": f"mean of {first}-{last}, {window} days to each side"}
        values = {name: means_about(self._by_year(held)) for name, held in table.values.items()}
        return Normals(
            PlacedTable(
                what="normals",
                steps=np.arange(1, DAYS + 1),
                latitude=table.latitude,
                longitude=table.longitude,
                values=values,
                elevation=table.elevation,
                stations=table.stations,
                about=about,
            )
        )

    def _by_year(self, values: npt.NDArray[np.floating]) -> Doubles:
        """Rows of days [..., date] as [..., year, dayofyear]."""
        shape = (*values.shape[:-1], len(self.years), DAYS)
        made = np.full(shape, np.nan, dtype=values.dtype)
        made[..., self._row, self._place] = values
        return made


def means_about(values: npt.NDArray[np.floating]) -> Doubles:
    """Mean over the years of all days about each day of the year; NaN where there are none.

    The turn of the year is no edge: 31 December is beside 1 January.

    Args:
        values: [..., year, dayofyear 1 to 366], NaN where missing.

    Returns:
        [..., dayofyear].
    """
    reach = int(chosen("history_window"))
    known = np.isfinite(values)
    parts = (np.where(known, values, 0.0).sum(axis=-2), known.sum(axis=-2).astype(np.float64))
    ends = [(0, 0)] * (values.ndim - 2)
    sums, counts = (
        np.lib.stride_tricks.sliding_window_view(
            np.pad(part, (*ends, (reach, reach)), mode="wrap"), 2 * reach + 1, axis=-1
        ).sum(axis=-1)
        for part in parts
    )
    return np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0.0)


def day_of_year(dates: Dates) -> Places:
    """Number of each date in its own year, 1 to 366."""
    days = dates.astype("datetime64[D]")
    return np.asarray((days - days.astype("datetime64[Y]")) // _DAY + 1, dtype=np.intp)


def day_in(years: Places, dates: Dates) -> Places:
    """Number of the same month and day in other years, 28 February for a 29th that is not there.

    Args:
        years: [..., day].
        dates: [day].
    """
    own = day_of_year(dates)
    in_leap = own + (~_is_leap(_year(dates)) & (own >= FEBRUARY_29))
    return np.where(_is_leap(years), in_leap, in_leap - (in_leap >= FEBRUARY_29))


def _whole(values: Mapping[str, Doubles], *, days: int) -> npt.NDArray[np.bool_]:
    """Years in which enough of so many days are known of every temperature [year]."""
    held = [rows for name, rows in values.items() if name.startswith("temperature_2m")]
    rows = np.stack(held or list(values.values()))
    known = np.isfinite(rows).sum(axis=-1) >= chosen("history_whole_year") * days
    return np.asarray(known.all(axis=0))


def _year(dates: Dates) -> Places:
    return dates.astype("datetime64[Y]").astype(np.intp) + 1970


def _is_leap(years: Places) -> npt.NDArray[np.bool_]:
    return (years % 4 == 0) & ((years % 100 != 0) | (years % 400 == 0))
