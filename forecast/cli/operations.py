"""Commands of the operator: cycles, gc, rollback, serve, terrain build."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.console import progress, say, show_tables
from forecast.cli.options import Config, Now, RegionName, RegionNames, Store, load_settings
from forecast.errors import DamagedCycle

if TYPE_CHECKING:
    from forecast.settings import Settings
    from forecast.store import CycleSummary, RegionStore

terrain = typer.Typer(help="Elevation of the target grid.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("cycles")(cycles)
    app.command("gc")(gc)
    app.command("rollback")(rollback)
    app.command("serve")(serve)
    terrain.command("build")(build)
    app.add_typer(terrain, name="terrain")


def cycles(
    region: RegionName,
    check: Annotated[
        bool, typer.Option("--check", help="Read every file again and compare its checksum.")
    ] = False,
    store: Store = None,
    config: Config = None,
) -> None:
    """List the published cycles of a region, newest first."""
    from forecast.times import cycle_label

    opened = _store(load_settings(config, store=store), region)
    entries = opened.list_cycles()
    if not entries:
        say(f"region {opened.region}: no cycle is published")
        return
    rows = [
        [
            entry.cycle_id,
            cycle_label(entry.reference_time),
            entry.source,
            entry.published_at[:16].replace("T", " "),
            f"{entry.size / 1e6:.1f}",
            _state(entry),
        ]
        for entry in entries
    ]
    show_tables(["cycle", "model start", "source", "published, UTC", "MB", "state"], rows)
    if check:
        _check(opened, [entry.cycle_id for entry in entries])


def _check(store: "RegionStore", names: list[str]) -> None:
    """Hash every file of some cycles again.

    Raises:
        DamagedCycle: one is not what was published; its files were named before.
    """
    reports = [store.scrub(name) for name in names]
    for report in reports:
        for sentence in report.damaged:
            say(f"{report.cycle_id}: {sentence}")
    damaged = [report.cycle_id for report in reports if not report.whole]
    if damaged:
        raise DamagedCycle(
            f"{len(damaged)} of {len(names)} cycles are damaged: {', '.join(damaged)}"
        )
    size = sum(report.size for report in reports)
    say(f"{sum(report.files for report in reports)} files, {size / 1e6:.1f} MB: every one is whole")


def gc(
    region: RegionName,
    keep: Annotated[
        int | None, typer.Option(help="Cycles to keep, 3 or more.", min=3, show_default="4")
    ] = None,
    archive_days: Annotated[
        int | None,
        typer.Option(
            help="Days of cycles to keep for hours that are past.", min=0, show_default="0"
        ),
    ] = None,
    min_age_hours: Annotated[
        float, typer.Option(help="Never remove anything younger than this, in hours.", min=0.0)
    ] = 2.0,
    store: Store = None,
    config: Config = None,
) -> None:
    """Remove old cycles and what dead runs left behind."""
    settings = load_settings(config, store=store, keep_cycles=keep, archive_days=archive_days)
    opened = _store(settings, region)
    collected = opened.gc(
        settings.keep_cycles,
        min_age=timedelta(hours=min_age_hours),
        archive=timedelta(days=settings.archive_days),
    )
    names = (*collected.cycles, *collected.orphans)
    say(f"region {opened.region}: removed {', '.join(names) or 'nothing'}")
    if collected.leased:
        say(f"kept, because a reader has them open: {', '.join(collected.leased)}")


def rollback(
    region: RegionName,
    to: Annotated[
        str | None, typer.Option(help="Cycle to go back to.", show_default="the previous one")
    ] = None,
    store: Store = None,
    config: Config = None,
) -> None:
    """Serve an earlier cycle again; the newer ones stay, withdrawn."""
    opened = _store(load_settings(config, store=store), region)
    chosen = opened.rollback(to)
    say(f"region {opened.region}: now serving cycle {chosen}")


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to bind.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(help="Port to bind; 0 picks one.", min=0, max=65535, show_default="8000"),
    ] = None,
    region: RegionNames = None,
    store: Store = None,
    now: Now = None,
    config: Config = None,
) -> None:
    """Serve the published cycles over HTTP until interrupted."""
    from forecast.api import run_server

    settings = load_settings(config, store=store, host=host, port=port, now=now, regions=region)
    run_server(settings, ready=lambda url: say(f"serving {url} (documentation at {url}/docs)"))


def build(
    region: RegionName,
    base_url: Annotated[
        str | None, typer.Option(help="Bucket or mirror of the Copernicus DEM tiles.")
    ] = None,
    config: Config = None,
) -> None:
    """Build the terrain of a region from Copernicus DEM tiles."""
    from forecast import regions
    from forecast.pipeline import build_terrain

    settings = load_settings(config, terrain_url=base_url)
    with progress() as report:
        path: Path = build_terrain(
            regions.load(region),
            folder=settings.terrain,
            base_url=settings.terrain_url,
            report=report,
        )
    say(f"terrain of {region} written to {path}; the next run uses it")


def _store(settings: "Settings", region: str) -> "RegionStore":
    from forecast import regions
    from forecast.store import RegionStore

    return RegionStore.open(settings.store / regions.load(region).name)


def _state(entry: "CycleSummary") -> str:
    """What an operator must know of a cycle, in words."""
    words = {
        "current": entry.current,
        "withdrawn": entry.withdrawn,
        "damaged": entry.damaged,
        "simulated": entry.simulated,
    }
    return ", ".join(word for word, holds in words.items() if holds)
