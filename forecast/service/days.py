"""Days of one place or many, as the answers show them."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.query.daily import daily, derivable
from forecast.query.derived import derive, needs
from forecast.query.reduction import source_of
from forecast.times import DayBoundary, local_iso
from forecast.variables import derived, variable

ORIGIN: Final = "origin"
LABELS: Final = ("time", "start", "end", "expected_hours", ORIGIN)
"""Columns of a daily document that are no variables; the last only beside other origins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Hours that days are made of.

    Attributes:
        variables: names, in the order of the values.
        times: ends of the hours [time], UTC.
        values: [place, …, variable, time] in each variable's unit, missing is NaN.
    """

    variables: tuple[str, ...]
    times: npt.NDArray[np.datetime64]
    values: npt.NDArray[np.float32]


def daily_documents(
    hours: Hours, *, names: tuple[str, ...] | None, boundary: str, zone: str
) -> list[dict[str, Any]]:
    """Daily values of places: `time` (dates), local `start` and `end`, then the names.

    A value is null where too few of the day's hours are there: for a sum all are needed, for
    others four in five.

    Args:
        hours: of the places [place, variable, time].
        names: daily names, or None for all that the hours allow.
        boundary: when a day begins.
        zone: IANA zone of the boundary.

    Raises:
        UnknownName: a daily variable cannot be made from the hours.
    """
    days = reduced(hours, names=names, boundary=boundary, zone=zone)
    labels = (
        [str(day) for day in days["day"].values.astype("datetime64[D]")],
        local_iso(days["day_start"].values, zone=zone),
        local_iso(days["day_end"].values, zone=zone),
        days["hours_expected"].values.tolist(),
    )
    columns = {
        str(name): rounded(
            days[name].transpose("point", "day").values, variable(str(name)).decimals
        )
        for name in days.data_vars
        if name != "coverage"
    }
    return [
        {
            **dict(zip(LABELS, labels, strict=False)),
            **{name: column[place] for name, column in columns.items()},
        }
        for place in range(len(hours.values))
    ]


def reduced(hours: Hours, *, names: tuple[str, ...] | None, boundary: str, zone: str) -> xr.Dataset:
    """Days of hours; quantities that are made of others are made first, where a day needs them.

    Args:
        hours: [point, variable, time] or [point, realization, variable, time].
        names: daily names, or None for all that the hours themselves allow.
        boundary: when a day begins.
        zone: IANA zone of the boundary.

    Raises:
        UnknownName: a daily variable cannot be made from the hours.
    """
    dims = ("point", "realization", "time") if hours.values.ndim > 3 else ("point", "time")
    fields = {
        name: (dims, hours.values[..., place, :]) for place, name in enumerate(hours.variables)
    }
    dataset = xr.Dataset(fields, coords={"time": hours.times})
    wanted = derivable(dataset) if names is None else names
    for name in dict.fromkeys(source_of(one) for one in wanted):
        if name in derived() and needs(name, hours.variables):
            dataset[name] = derive(name, {str(held): dataset[held] for held in hours.variables})
    return daily(dataset, boundary=DayBoundary.parse(boundary), zone=zone, names=wanted)


def rounded(table: npt.NDArray[np.floating], decimals: int) -> list[list[float | None]]:
    """Rows of numbers with so many decimals, None where missing."""
    numbers = np.round(table.astype(np.float64), decimals).tolist()
    return [[None if np.isnan(value) else value for value in row] for row in numbers]
