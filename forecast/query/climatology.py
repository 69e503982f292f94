"""Daily normals that an operator gives, at a place and at its height.

Two kinds of file, described in docs/conventions.md: netCDF on latitude, longitude and day of the
year, or CSV by station. Nothing is made up: a quantity or a day that the file lacks is missing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.query.daily_files import DailyValues, Form
from forecast.query.placed import PlacedTable
from grids import LonLat

DAYS: Final = 366

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LocalNormals:
    """Normals of one place at the height that was asked.

    Attributes:
        values: of each daily variable [dayofyear 1 to 366], its unit, NaN where missing.
        passport: where they come from and how they were brought to the height.
    """

    values: Mapping[str, Doubles]
    passport: Mapping[str, Any]

    def on(self, name: str, dates: Sequence[date]) -> list[float]:
        """Values of a variable on dates, NaN where the file has none."""
        if name not in self.values:
            return [math.nan] * len(dates)
        return [float(self.values[name][day.timetuple().tm_yday - 1]) for day in dates]


def _days_of_the_year(given: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Days of a file as whole numbers.

    Raises:
        ValueError: one is no day of the year.
    """
    days = given.astype(np.intp)
    wrong = [one for one in days.tolist() if not 1 <= one <= DAYS]
    if wrong:
        raise ValueError(f"dayofyear {wrong[0]} stands in it; allowed are 1 to {DAYS}")
    return days


class Normals(DailyValues):
    """Daily normals, kept in memory; the steps of their table are days of the year, 1 to 366."""

    form = Form(
        what="normals",
        steps="days of the year",
        axes=("dayofyear",),
        decode=False,
        parse=int,
        check=_days_of_the_year,
    )

    def __init__(self, table: PlacedTable) -> None:
        super().__init__(table)
        self._places = table.steps.astype(np.intp) - 1

    def at(self, place: LonLat, *, elevation: float) -> LocalNormals:
        """Normals at a place, brought to a height where the file says how high they are.

        Args:
            place: degrees.
            elevation: m above sea level; see `PlacedTable.at`.

        Raises:
            InvalidRequest: the normals do not reach the place.
        """
        found = self._table.at(place, elevation=elevation)
        values = {}
        for name, own in found.values.items():
            values[name] = np.full(DAYS, np.nan)
            values[name][self._places] = own
        return LocalNormals(values=values, passport=found.passport)
