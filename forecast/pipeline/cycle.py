"""One cycle of one region: fetch, read, normalise, downscale, publish."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import xarray as xr

from forecast import downscale, ingest, publish
from forecast.downscale import Plan
from forecast.errors import StoreError, StoreMissing
from forecast.ingest import RawRun
from forecast.pipeline import calibrating, ensemble, member_statistics
from forecast.pipeline.about import FILES, describe, notes
from forecast.pipeline.ground import region_terrain
from forecast.pipeline.order import RunOrder, RunOutcome, Workplace
from forecast.pipeline.reading import NativeRun, read_raw, to_native
from forecast.pipeline.tiles import mean_correction, tile_tasks
from forecast.pipeline.witnesses import Witnesses, witnesses
from forecast.store import Cycle, RegionStore, Staging
from forecast.store.execution import execute
from forecast.times import iso
from forecast.variables import published
from grids import BoundingBox

Report = Callable[[str, int, int], None]

MARGIN_DEGREES = 1.5
"""Model cells kept around the region, for the neighbourhood of the gradient."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Run:
    """A model run, ready to be written: all that needs the whole of it is done."""

    native: NativeRun
    hourly: xr.Dataset
    terrain: xr.Dataset
    stations: Witnesses | None
    correction: xr.Dataset
    plan: Plan


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
    store = _store(place.store / order.region.name, region=order.region.name)
    run = _prepared(native, terrain, root=store.path, now=place.clock())
    with store.stage(
        describe(order.region, native, hourly=run.hourly, plan=run.plan, terrain=terrain)
    ) as staging:
        _write_tiles(staging, run.plan, place, ends=ends, report=report)
        _write_groups(staging, run, report=report)
        report("publishing", 0, 1)
        publish.publish(
            staging, previous=_previous(store), deadline_s=max(1.0, ends - time.monotonic())
        )
        report("publishing", 1, 1)
        kept = _keep(store, staging, run=run, report=report)
        return _outcome(order, staging, run=run, kept=kept)


def _keep(store: RegionStore, staging: Staging, *, run: _Run, report: Report) -> tuple[str, ...]:
    """Keep what a published run says for the stations; the cycle stands whatever comes of it."""
    try:
        kept = calibrating.keep_forecasts(
            run.stations,
            run.correction,
            cycle_id=staging.cycle_id,
            source=staging.description.source,
        )
        if run.native.members is not None:
            kept += member_statistics.keep_members(
                run.stations,
                store.cycle(staging.cycle_id),
                correction=run.correction,
                report=report,
            )
    except StoreError as error:
        return (f"published, but its values for the stations are not all kept: {error}",)
    return kept


def _prepared(native: NativeRun, terrain: xr.Dataset, *, root: Path, now: datetime) -> _Run:
    """Bring a run to hours, correct it by what stations observed, prepare the kernel's plan."""
    hourly = downscale.hourly(native.dataset)
    stations = None
    if not native.simulated:
        stations = witnesses(root, hourly, terrain=terrain)
    correction = calibrating.correct(
        stations, hourly, terrain=terrain, now=now, simulated=native.simulated
    )
    if native.members is not None:
        correction = member_statistics.with_coefficients(
            correction,
            stations,
            source=str(native.dataset.attrs.get("source", FILES)),
            now=now,
            simulated=native.simulated,
        )
    return _Run(
        native=native,
        hourly=hourly,
        terrain=terrain,
        stations=stations,
        correction=correction,
        plan=downscale.prepare(hourly, terrain, correction=correction),
    )


def _write_groups(staging: Staging, run: _Run, *, report: Report) -> None:
    """Write what lies beside the tiles: ground, model fields, correction, members."""
    ground = _ground(run.terrain, run.plan, run.hourly, staging=staging)
    staging.write_group("terrain", ground)
    staging.write_group("native", run.hourly)
    staging.write_group("calibration", run.correction)
    if run.native.members is not None:
        ensemble.write_members(
            staging,
            run.native.members,
            terrain=run.terrain,
            report=report,
            correction=run.correction,
        )


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
        model_elevation=(dims, downscale.model_height(plan)),
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


def _outcome(order: RunOrder, staging: Staging, *, run: _Run, kept: tuple[str, ...]) -> RunOutcome:
    about, native = staging.description, run.native
    return RunOutcome(
        region=order.region.name,
        cycle_id=staging.cycle_id,
        simulated=about.simulated,
        first=iso(about.times[0]),
        last=iso(about.times[-1]),
        shape=about.grid.shape,
        variables=about.variables,
        terrain=f"{about.terrain['kind']} ({about.terrain['source']})",
        model_orography=native.orography or run.plan.notes.get("model_orography", ""),
        notes=(
            native.report.summary(),
            *_of_members(native),
            *calibrating.words(run.correction),
            *member_statistics.words(run.correction),
            *kept,
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
