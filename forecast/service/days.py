"""Days of one place or many, as the answers show them."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.query.daily import daily, derivable
from forecast.store import Cycle
from forecast.times import DayBoundary, local_iso
from forecast.variables import variable

LABELS: Final = ("time", "start", "end", "expected_hours")
"""Columns of a daily document that are no variables."""


def daily_documents(
    cycle: Cycle,
    values: npt.NDArray[np.float32],
    *,
    names: tuple[str, ...] | None,
    boundary: str,
    zone: str,
) -> list[dict[str, Any]]:
    """Daily values of places: `time` (dates), local `start` and `end`, then the names.

    A value is null where too few of the day's hours are there: for a sum all are needed, for
    others four in five.

    Args:
        cycle: where the hours come from.
        values: hourly values [place, variable, time] in the cycle's order, missing is NaN.
        names: daily names, or None for all that the cycle allows.
        boundary: when a day begins.
        zone: IANA zone of the boundary.

    Raises:
        UnknownName: a daily variable cannot be made from the cycle's.
    """
    hours = xr.Dataset(
        {name: (("point", "time"), values[:, place]) for place, name in enumerate(cycle.variables)},
        coords={"time": cycle.times},
    )
    wanted = derivable(hours) if names is None else names
    days = daily(hours, boundary=DayBoundary.parse(boundary), zone=zone, names=wanted)
    labels = (
        [str(day) for day in days["day"].values.astype("datetime64[D]")],
        local_iso(days["day_start"].values, zone=zone),
        local_iso(days["day_end"].values, zone=zone),
        days["hours_expected"].values.tolist(),
    )
    columns = {name: _rounded(days[name], variable(name).decimals) for name in wanted}
    return [
        {
            **dict(zip(LABELS, labels, strict=True)),
            **{name: column[place] for name, column in columns.items()},
        }
        for place in range(len(values))
    ]


def _rounded(field: xr.DataArray, decimals: int) -> list[list[float | None]]:
    """Values [point][day] with the vocabulary's decimals, None where missing."""
    table = np.round(field.transpose("point", "day").values.astype(np.float64), decimals)
    return [[None if np.isnan(value) else value for value in row] for row in table.tolist()]
