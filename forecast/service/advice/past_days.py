"""Days that are past out of earlier cycles, with about one record read for each day.

Cheaper than joining every hour from its shortest lead, as the hours before now are: a day comes
from the newest good run that had started when it began. Hours that this run lacks come from the
runs that started within the day, and then from those before it, as deep as for hours.
"""

from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.advise.weather import SEASON_NAMES
from forecast.query.placed import shift_of
from forecast.query.reduction import source_of
from forecast.query.seamless import DEPTH, Counts, Run
from forecast.service.advice.day_values import day_values
from forecast.service.archive import Past, Reader
from forecast.service.calendar import Case
from forecast.store import PointerEntry, started
from forecast.times import DayBoundary, days, to_datetime64
from forecast.variables import FILL

TEMPERATURE: Final = "temperature_2m"

_HOUR: Final = np.timedelta64(1, "h")
_DAY: Final = np.timedelta64(1, "D")

Dates = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDays:
    """Days out of earlier cycles.

    Attributes:
        values: of each daily name [day] or [cell, day], its unit, NaN where no cycle has it.
        cycles: names of the cycles that were read.
        adjusted_k: what was added to temperatures to bring those of the cell to the height.
    """

    values: dict[str, Floats]
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
    row, column = case.choice.row, case.choice.column
    shift = shift_of(TEMPERATURE, case.elevation - float(case.choice.elevation))
    hours = _Hours(
        past,
        lambda cycle: cycle.point(row, column),
        edges=_edges(dates, boundary, zone=case.zone),
    )
    parted = days(hours.times, boundary=boundary, zone=case.zone)
    made = day_values(hours.values(shift=shift), SEASON_NAMES, parted=parted)
    return PastDays(
        values={name: values.values for name, values in made.items()},
        cycles=hours.read,
        adjusted_k=round(shift, 2),
    )


def past_days_of_cells(
    past: Past, cells: tuple[Places, Places], *, dates: Dates, boundary: DayBoundary, zone: str
) -> PastDays:
    """The same at the heights of many cells.

    Args:
        past: earlier cycles, back to the first day.
        cells: rows and columns [cell].
        dates: days [day], ascending without gaps.
        boundary: when a day begins.
        zone: IANA zone of the boundary.
    """
    hours = _Hours(
        past,
        lambda cycle: cycle.points(*cells),
        edges=_edges(dates, boundary, zone=zone),
        lead=cells[0].shape,
    )
    parted = days(hours.times, boundary=boundary, zone=zone)
    made = day_values(hours.values(shift=0.0), SEASON_NAMES, parted=parted)
    values = {name: values.values for name, values in made.items()}
    return PastDays(values=values, cycles=hours.read, adjusted_k=0.0)


def _edges(dates: Dates, boundary: DayBoundary, *, zone: str) -> Dates:
    """Bounds of the days [day + 1], UTC."""
    labels = [*dates.tolist(), (dates[-1] + _DAY).item()]
    return np.array([to_datetime64(boundary.begins(label, zone=zone)) for label in labels])


class _Hours:
    """Hours of the days, filled day by day from the runs that are chosen for each."""

    def __init__(
        self, past: Past, read: Reader, *, edges: Dates, lead: tuple[int, ...] = ()
    ) -> None:
        cycle = past.newest
        named = dict.fromkeys(map(source_of, SEASON_NAMES))
        self._sources = [name for name in named if name in cycle.variables]
        self._rows = [cycle.variables.index(name) for name in self._sources]
        self._decimals = [cycle.decimals[row] for row in self._rows]
        self._past = past
        self._read = read
        self._edges = edges
        self.times = np.arange(edges[0] + _HOUR, edges[-1] + _HOUR, _HOUR)
        self._counts = np.full((*lead, len(self._rows), self.times.size), FILL, dtype=np.int16)
        self._runs: dict[str, tuple[Run, Counts] | None] = {}
        self._fill()

    @property
    def read(self) -> tuple[str, ...]:
        """Names of the cycles that were read."""
        return tuple(name for name, run in self._runs.items() if run is not None)

    def _fill(self) -> None:
        """Fill the hours day by day, from as few runs as have them."""
        entries = self._past.entries
        starts = np.array([to_datetime64(started(one)) for one in entries], dtype=self.times.dtype)
        later = len(entries) - np.searchsorted(starts[::-1], self._edges, side="right")
        bounds = np.searchsorted(self.times, self._edges, side="right").tolist()
        for day, (first, last) in enumerate(pairwise(bounds)):
            newest, within = later[day], later[day + 1]
            # the newest run before the day, those within it, those further back
            asked = entries[newest : newest + 1], entries[within:newest][::-1]
            for entry in chain(*asked, entries[newest + 1 : newest + DEPTH]):
                if self._take(entry, slice(first, last)):
                    break

    def values(self, *, shift: float) -> dict[str, xr.Variable]:
        """The hours as values, temperatures shifted (K)."""
        fields = {}
        dims = ("cell", "time")[3 - self._counts.ndim :]
        rows = np.moveaxis(self._counts, -2, 0)
        for name, counts, decimals in zip(self._sources, rows, self._decimals, strict=True):
            values = counts / np.float32(10.0**decimals)
            values[counts == FILL] = np.nan
            values += np.float32(shift if name == TEMPERATURE else 0.0)
            fields[name] = xr.Variable(dims, values)
        return fields

    def _take(self, entry: PointerEntry, day: slice) -> bool:
        """Take the hours of a day that are open still from a run; whether none is left."""
        held = self._run(entry)
        if held is None:
            return False
        run, counts = held
        wanted, own = self.times[day], self._counts[..., day]
        steps = np.searchsorted(run.times, wanted)
        steps[steps == run.times.size] = 0
        has = run.times[steps] == wanted
        own[:] = np.where((own == FILL) & has, counts[..., steps], own)
        return bool((own != FILL).all())

    def _run(self, entry: PointerEntry) -> tuple[Run, Counts] | None:
        name = entry.cycle_id
        if name not in self._runs:
            run = self._past.run(entry, self._read)
            held = None if run is None else (run, run.read()[..., self._rows, :])
            self._runs[name] = held
        return self._runs[name]
