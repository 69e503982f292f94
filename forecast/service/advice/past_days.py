"""Days that are past out of earlier cycles, with one record read for each day.

Cheaper than joining every hour from its shortest lead, as the hours before now are: a day comes
whole from the newest good run that had started when it began. Where that run lacks it, the run
before is asked, as deep as for hours.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.advise.weather import SEASON_NAMES
from forecast.query.daily import daily
from forecast.query.placed import shift_of
from forecast.query.reduction import source_of
from forecast.query.seamless import DEPTH, Counts, Run
from forecast.service.archive import Past
from forecast.service.calendar import Case
from forecast.store import PointerEntry, started
from forecast.times import DayBoundary, to_datetime64
from forecast.variables import FILL

HOUR = np.timedelta64(1, "h")

Dates = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDays:
    """Days out of earlier cycles.

    Attributes:
        values: of each daily name [day], its unit, NaN where no cycle has the day.
        cycles: names of the cycles that were read, newest first.
        adjusted_k: what was added to temperatures to bring the cells' values to the height.
    """

    values: dict[str, npt.NDArray[np.float32]]
    cycles: tuple[str, ...]
    adjusted_k: float


def past_days(past: Past, case: Case, *, dates: Dates, boundary: DayBoundary) -> PastDays:
    """Reduce days that are past, at the cell and height of a case.

    A height that was asked is reached from that of the cell by the standard gradient, as with
    normals: a cycle downscaled once more for each day would take seconds.

    Args:
        past: earlier cycles, back to the first day.
        case: with its cell.
        dates: days [day], ascending without gaps.
        boundary: when a day begins, in the zone of the case.
    """
    edges = _edges(dates, boundary, zone=case.zone)
    hours = _Hours(past, case, edges=edges)
    open_days = np.ones(dates.size, dtype=bool)
    for depth in range(DEPTH):
        places = np.flatnonzero(open_days)
        for place in places[::-1]:
            open_days[place] = not hours.take(int(place), depth=depth)
    shift = shift_of("temperature_2m", case.elevation - float(case.choice.elevation))
    return PastDays(
        values=hours.days(boundary=boundary, zone=case.zone, shift=shift),
        cycles=tuple(hours.read),
        adjusted_k=round(shift, 2),
    )


class _Hours:
    """Hours of the days, filled day by day from the run that is chosen for each."""

    def __init__(self, past: Past, case: Case, *, edges: Dates) -> None:
        cycle = case.record.cycle
        self._past = past
        self._cell = case.choice.row, case.choice.column
        self._edges = edges
        self._starts = np.array([to_datetime64(started(one)) for one in past.entries])
        self._sources = [
            name for name in dict.fromkeys(map(source_of, SEASON_NAMES)) if name in cycle.variables
        ]
        self._rows = [cycle.variables.index(name) for name in self._sources]
        self._scales = [10.0 ** cycle.decimals[row] for row in self._rows]
        self._times = np.arange(edges[0] + HOUR, edges[-1] + HOUR, HOUR)
        self._counts = np.full((len(self._rows), self._times.size), FILL, dtype=np.int16)
        self._runs: dict[str, tuple[Run, Counts] | None] = {}
        self.read: dict[str, None] = {}

    def take(self, place: int, *, depth: int) -> bool:
        """Fill a day from one of the runs that had started; whether any of its hours is known."""
        begin, end = self._edges[place : place + 2]
        number = int(np.count_nonzero(self._starts > begin)) + depth
        if number >= len(self._past.entries):
            return False
        held = self._run(self._past.entries[number])
        if held is None:
            return False
        run, counts = held
        first, last = np.searchsorted(run.times, [begin, end], side="right")
        to = np.searchsorted(self._times, run.times[first:last])
        self._counts[:, to] = counts[:, first:last]
        return bool((counts[:, first:last] != FILL).any())

    def days(
        self, *, boundary: DayBoundary, zone: str, shift: float
    ) -> dict[str, npt.NDArray[np.float32]]:
        """Daily values of all days, temperatures shifted."""
        fields = {}
        for name, counts, scale in zip(self._sources, self._counts, self._scales, strict=True):
            values = (counts / scale).astype(np.float32)
            values[counts == FILL] = np.nan
            fields[name] = ("time", values + np.float32(shift if name != "precipitation" else 0))
        hours = xr.Dataset(fields, coords={"time": self._times})
        names = [name for name in SEASON_NAMES if source_of(name) in self._sources]
        made = daily(hours, boundary=boundary, zone=zone, names=names)
        return {name: made[name].values for name in names}

    def _run(self, entry: PointerEntry) -> tuple[Run, Counts] | None:
        name = entry.cycle_id
        if name not in self._runs:
            run = self._past.run(entry, lambda cycle: cycle.point(*self._cell))
            self._runs[name] = None if run is None else (run, run.read()[self._rows])
            if run is not None:
                self.read[name] = None
        return self._runs[name]


def _edges(dates: Dates, boundary: DayBoundary, *, zone: str) -> Dates:
    """Bounds of the days [day + 1], UTC."""
    labels = [*dates.astype("datetime64[D]").tolist(), (dates[-1] + np.timedelta64(1, "D")).item()]
    return np.array([to_datetime64(boundary.begins(label, zone=zone)) for label in labels])
