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
from forecast.service.archive import Past
from forecast.service.calendar import Case
from forecast.store import PointerEntry, started
from forecast.times import DayBoundary, days, to_datetime64
from forecast.variables import FILL

TEMPERATURE: Final = "temperature_2m"

_HOUR: Final = np.timedelta64(1, "h")
_DAY: Final = np.timedelta64(1, "D")

Dates = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDays:
    """Days out of earlier cycles.

    Attributes:
        values: of each daily name [day], its unit, NaN where no cycle has the day.
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
    labels = [*dates.tolist(), (dates[-1] + _DAY).item()]
    edges = np.array([to_datetime64(boundary.begins(label, zone=case.zone)) for label in labels])
    hours = _Hours(past, case, edges=edges)
    hours.fill()
    shift = shift_of(TEMPERATURE, case.elevation - float(case.choice.elevation))
    parted = days(hours.times, boundary=boundary, zone=case.zone)
    made = day_values(hours.values(shift=shift), SEASON_NAMES, parted=parted)
    return PastDays(
        values={name: values.values for name, values in made.items()},
        cycles=hours.read,
        adjusted_k=round(shift, 2),
    )


class _Hours:
    """Hours of the days, filled day by day from the runs that are chosen for each."""

    def __init__(self, past: Past, case: Case, *, edges: Dates) -> None:
        cycle = case.record.cycle
        named = dict.fromkeys(map(source_of, SEASON_NAMES))
        self._sources = [name for name in named if name in cycle.variables]
        self._rows = [cycle.variables.index(name) for name in self._sources]
        self._decimals = [cycle.decimals[row] for row in self._rows]
        self._past = past
        self._cell = case.choice.row, case.choice.column
        self._edges = edges
        self.times = np.arange(edges[0] + _HOUR, edges[-1] + _HOUR, _HOUR)
        self._counts = np.full((len(self._rows), self.times.size), FILL, dtype=np.int16)
        self._runs: dict[str, tuple[Run, Counts] | None] = {}

    @property
    def read(self) -> tuple[str, ...]:
        """Names of the cycles that were read."""
        return tuple(name for name, run in self._runs.items() if run is not None)

    def fill(self) -> None:
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
        for name, counts, decimals in zip(self._sources, self._counts, self._decimals, strict=True):
            values = counts / np.float32(10.0**decimals)
            values[counts == FILL] = np.nan
            values += np.float32(shift if name == TEMPERATURE else 0.0)
            fields[name] = xr.Variable(("time",), values)
        return fields

    def _take(self, entry: PointerEntry, day: slice) -> bool:
        """Take the hours of a day that are open still from a run; whether none is left."""
        held = self._run(entry)
        if held is None:
            return False
        run, counts = held
        wanted, own = self.times[day], self._counts[:, day]
        steps = np.searchsorted(run.times, wanted)
        steps[steps == run.times.size] = 0
        has = run.times[steps] == wanted
        own[:] = np.where((own == FILL) & has, counts[:, steps], own)
        return bool((own != FILL).all())

    def _run(self, entry: PointerEntry) -> tuple[Run, Counts] | None:
        name = entry.cycle_id
        if name not in self._runs:
            run = self._past.run(entry, lambda cycle: cycle.point(*self._cell))
            self._runs[name] = None if run is None else (run, run.read()[self._rows])
        return self._runs[name]
