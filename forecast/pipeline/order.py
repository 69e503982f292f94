"""What a run is told and what it tells: orders, workplace, outcome."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from forecast import SIMULATED_WORDS
from forecast.ingest import RawRun
from forecast.regions import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Where and with what a run works.

    Attributes:
        store: folder of the stores, one per region.
        downloads: folder of source files.
        terrain: folder of terrain made by `terrain build`.
        clock: says what time it is, UTC.
        scheduler: `threads`, or tcp://… of a dask scheduler.
        deadline_s: longest time of the run, s.
        hours: hours of forecast to fetch.
        source_url: mirror that replaces the source's address.
    """

    store: Path
    downloads: Path
    terrain: Path
    clock: Callable[[], datetime]
    scheduler: str = "threads"
    deadline_s: float = 7200.0
    hours: int = 120
    source_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOrder:
    """What to run.

    Attributes:
        region: where.
        source: name of a live source, or `files` or `scenario` with `inputs`.
        inputs: the files, where they are not fetched.
        cycle: start of the model run, or None for the newest.
        orography: file with the model's orography, where the input has none.
        raw: the run as `obtain` read it, where several regions share it.
    """

    region: Region
    source: str
    inputs: tuple[Path, ...] = ()
    cycle: datetime | None = None
    orography: Path | None = None
    raw: RawRun | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """What a run published.

    Attributes:
        region: name of the region.
        cycle_id: the published cycle.
        simulated: whether it is a bundled scenario.
        first: first valid time, ISO 8601.
        last: last valid time.
        shape: rows, columns of the grid.
        variables: names.
        terrain: which terrain was used.
        model_orography: where the model's orography came from.
        notes: sentences about what was missing, refused or derived.
    """

    region: str
    cycle_id: str
    simulated: bool
    first: str
    last: str
    shape: tuple[int, int]
    variables: tuple[str, ...]
    terrain: str
    model_orography: str
    notes: tuple[str, ...] = ()

    def words(self) -> list[str]:
        """Say it for people, one line each."""
        lines = []
        if self.simulated:
            lines.append(SIMULATED_WORDS)
        rows, columns = self.shape
        lines.append(
            f"{self.region}: published {self.cycle_id}, {rows} x {columns} cells,"
            f" {self.first} to {self.last}, {len(self.variables)} variables"
        )
        lines.append(f"terrain: {self.terrain}; model orography: {self.model_orography}")
        return [*lines, *self.notes]
