"""One cycle of one region: fetch, read, normalise, downscale, publish."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import xarray as xr

from forecast import SIMULATED_WORDS, downscale, ingest, publish
from forecast.downscale import Plan
from forecast.errors import StoreError, StoreMissing
from forecast.ingest import RawRun
from forecast.pipeline import ensemble
from forecast.pipeline.about import describe, notes
from forecast.pipeline.ground import region_terrain
from forecast.pipeline.reading import NativeRun, read_raw, to_native
from forecast.pipeline.tiles import mean_correction, model_height, tile_tasks
from forecast.regions import Region
from forecast.store import Cycle, RegionStore, Staging
from forecast.store.execution import execute
from forecast.times import iso
from forecast.variables import published
from grids import BoundingBox

Report = Callable[[str, int, int], None]

MARGIN_DEGREES = 1.5
"""Model cells kept around the region, for the neighbourhood of the gradient."""


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


def run_cycle(order: RunOrder, place: Workplace, *, report: Report) -> RunOutcome:
    """Make one cycle and publish it; the old one is served until the last moment.

    Args:
        order: what to run.
        place: where and with what.
        report: called with (stage, done, total).

    Raises:
        SourceError: the source or a file cannot be used.
        QualityGate: the cycle failed its checks; nothing changed.
        StoreBusy: another writer is at work.
        DeadlineExceeded: it took too long; nothing changed.
    """
    ends = time.monotonic() + place.deadline_s
    terrain = region_terrain(order.region, folder=place.terrain)
    bounds = order.region.grid.bounds
    raw = order.raw or obtain(order, place, area=bounds, report=report)
    native = to_native(
        raw, area=bounds.expand(MARGIN_DEGREES), source=order.source, orography=order.orography
    )
    hourly = downscale.hourly(native.dataset)
    plan = downscale.prepare(hourly, terrain)
    store = _store(place.store / order.region.name, region=order.region.name)
    with store.stage(
        describe(order.region, native, hourly=hourly, plan=plan, terrain=terrain)
    ) as staging:
        _write_tiles(staging, plan, place, ends=ends, report=report)
        staging.write_group("terrain", _ground(terrain, plan, hourly, staging=staging))
        staging.write_group("native", hourly)
        if native.members is not None:
            ensemble.write_members(staging, native.members, terrain=terrain, report=report)
        report("publishing", 0, 1)
        publish.publish(
            staging, previous=_previous(store), deadline_s=max(1.0, ends - time.monotonic())
        )
        report("publishing", 1, 1)
        return _outcome(order, staging, native=native, plan=plan)


def _write_tiles(
    staging: Staging, plan: Plan, place: Workplace, *, ends: float, report: Report
) -> None:
    """Downscale and write every tile; the plan lies beside the staging folder meanwhile."""
    folder = staging.path.with_name(f"{staging.path.name}.plan")
    label = f"downscaling {staging.description.region}"
    total = sum(1 for _ in staging.tiles())
    try:
        plan.save(folder)
        written = execute(
            tile_tasks(folder, staging),
            scheduler=place.scheduler,
            deadline_s=max(1.0, ends - time.monotonic()),
            progress=lambda done: report(label, done, total),
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for entries in written:
        staging.record(entries)


def _ground(terrain: xr.Dataset, plan: Plan, hourly: xr.Dataset, *, staging: Staging) -> xr.Dataset:
    """The terrain with what an answer says of its cell: model height and mean correction."""
    dims = ("latitude", "longitude")
    correction = mean_correction(hourly, terrain, layout=staging.layout)
    return terrain.assign(
        model_elevation=(dims, model_height(plan)),
        temperature_correction=(dims, correction),
    )


def obtain(order: RunOrder, place: Workplace, *, area: BoundingBox, report: Report) -> RawRun:
    """Fetch (where the order names no files) and read a model run.

    Args:
        order: what to run.
        place: where and with what.
        area: what to keep, degrees; the margin for the neighbourhood is added here.
        report: called with (stage, done, total).

    Raises:
        SourceError: the source or a file cannot be used.
    """
    around = area.expand(MARGIN_DEGREES)
    if order.inputs:
        return read_raw(order.inputs, area=around, report=report)
    source = ingest.load_source(order.source)
    hours = min(place.hours, source.reach)
    cycle = order.cycle
    passed: tuple[str, ...] = ()
    if cycle is None:
        newest = ingest.latest_cycle(
            source, now=place.clock(), hours=hours, base_url=place.source_url
        )
        cycle, passed = newest.cycle, newest.passed_over
    asked = ingest.Order(source=source, cycle=cycle, hours=hours)
    paths = ingest.fetch(
        asked,
        directory=place.downloads,
        base_url=place.source_url,
        limits=ingest.FetchLimits(deadline=place.deadline_s),
        progress=lambda done, total, label: report(f"fetching {label}", done, total),
    )
    raw = read_raw(tuple(paths), area=around, expected=ingest.expected(asked), report=report)
    told = [f"newer cycles passed over: {'; '.join(passed)}"] if passed else []
    return replace(raw, report=replace(raw.report, notes=(*told, *raw.report.notes)))


def _outcome(order: RunOrder, staging: Staging, *, native: NativeRun, plan: Plan) -> RunOutcome:
    about = staging.description
    return RunOutcome(
        region=order.region.name,
        cycle_id=staging.cycle_id,
        simulated=about.simulated,
        first=iso(about.times[0]),
        last=iso(about.times[-1]),
        shape=about.grid.shape,
        variables=about.variables,
        terrain=f"{about.terrain['kind']} ({about.terrain['source']})",
        model_orography=native.orography or plan.notes.get("model_orography", ""),
        notes=(
            native.report.summary(),
            *_of_members(native),
            *notes(native.report),
            *about.report["findings"],
            *_without(about.variables),
        ),
    )


def _of_members(native: NativeRun) -> tuple[str, ...]:
    if native.members is None:
        return ()
    count = native.members.sizes["realization"]
    words = f"{count} members are kept on the model grid; {native.single} is published at 1 km"
    return (words, *ensemble.told(native.members))


def _without(variables: tuple[str, ...]) -> tuple[str, ...]:
    """A sentence on what the run does not allow to publish, none where it allows all."""
    lacking = [name for name in published() if name not in variables]
    if any(name.startswith("soil_") for name in variables):
        # other models part the ground otherwise
        lacking = [name for name in lacking if not name.startswith("soil_")]
    if not lacking:
        return ()
    return (f"not published, as the run lacks what they need: {', '.join(lacking)}",)


def _store(path: Path, *, region: str) -> RegionStore:
    """Open the region's store; a run is an operator's act and may make one explicitly."""
    try:
        return RegionStore.open(path)
    except StoreMissing:
        return RegionStore.create(path, region=region)


def _previous(store: RegionStore) -> Cycle | None:
    try:
        return store.current()
    except StoreError:
        return None
