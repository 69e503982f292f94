"""The command `demo`: set-up check, a cycle for the default regions, then the service."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast import regions
from forecast.cli.console import console, progress, say
from forecast.cli.options import Config, load_settings
from forecast.cli.running import workplace
from forecast.errors import DeadlineExceeded, InvalidRequest, SourceError, StoreError
from forecast.times import iso
from grids import BoundingBox

if TYPE_CHECKING:
    from forecast.regions import Region
    from forecast.settings import Settings

FOLDER = Path("zhitian-data/demo")
MINUTES_AFTER_START = 360
"""The scenario's clock stands this long after its model start, as when a run comes in."""
LIVE_HOURS = 72
SHOWN = "temperature_2m,precipitation,wind_speed_10m,wind_gust_10m"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("demo")(demo)


def demo(
    port: Annotated[int, typer.Option(help="Port of the service.", min=0, max=65535)] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="End after the example.")] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not try the network: use the scenario.")
    ] = False,
    config: Config = None,
) -> None:
    """Make a cycle for the default regions, show an example answer and serve it.

    With a network it is the newest ECMWF open data; without one, a bundled simulated cold wave.
    """
    settings = load_settings(config, port=port)
    settings = settings.model_copy(
        update={"store": FOLDER / "store", "downloads": FOLDER / "downloads"}
    )
    if not no_serve:
        _require_free(settings.host, port)
    check_setup()
    served = None if offline else _live(settings)
    settings = served or _scenario(settings)
    _example(settings)
    _say_urls(settings)
    if not no_serve:
        from forecast.api import run_server

        run_server(settings)


def check_setup() -> None:
    """Import and run the parts that a broken installation fails on, and say what is there."""
    import eccodes
    import numba

    from forecast import __version__, downscale

    say(
        f"zhitian {__version__}, ecCodes {eccodes.__version__}, numba {numba.__version__},"
        f" methods: {', '.join(downscale.METHODS)}"
    )


def _live(settings: Settings) -> Settings | None:
    """Run the newest live cycle; None where the network does not give one."""
    from forecast import ingest

    hours = min(settings.hours, LIVE_HOURS)
    source = ingest.load_source(settings.source)
    say(f"looking for the newest cycle of {source.label} …")
    try:
        found = ingest.latest_cycle(
            source,
            now=settings.clock(),
            hours=hours,
            base_url=settings.source_url,
            limits=ingest.FetchLimits(deadline=20.0, connect_timeout=3.0, attempts=1),
        )
        live = settings.model_copy(update={"hours": hours})
        _run_regions(live, source=settings.source, cycle=found.cycle, inputs=())
    except (SourceError, DeadlineExceeded) as error:
        say(f"no live data ({error}); using the bundled scenario instead")
        return None
    return live


def _scenario(settings: Settings) -> Settings:
    """Run the bundled scenario on its own clock, with past years that are made up like it."""
    from forecast.ingest import scenario

    with progress() as report:
        paths = scenario.write(
            settings.downloads / "scenario",
            progress=lambda done, total: report("writing the scenario", done, total),
        )
    now = scenario.CYCLE + timedelta(minutes=MINUTES_AFTER_START)
    history = settings.history or scenario.write_past(settings.downloads)
    settings = settings.model_copy(update={"now": now, "history": history})
    _run_regions(settings, source="scenario", cycle=scenario.CYCLE, inputs=tuple(paths))
    say(f"SIMULATED: a bundled cold wave, not a forecast; the clock stands at {iso(now)}")
    return settings


def _run_regions(
    settings: Settings, *, source: str, cycle: datetime, inputs: tuple[Path, ...]
) -> None:
    from forecast.pipeline import RunOrder, obtain, run_cycle

    wanted = []
    for name in settings.regions:
        region = regions.load(name)
        if _published(settings, region, cycle=cycle, simulated=bool(inputs)):
            say(f"{region.name}: cycle {iso(cycle)} is published already")
        else:
            wanted.append(region)
    if not wanted:
        return
    order = RunOrder(region=wanted[0], source=source, inputs=inputs, cycle=cycle)
    with progress() as report:
        area = reduce(BoundingBox.union, (region.grid.bounds for region in wanted))
        order = replace(order, raw=obtain(order, workplace(settings), area=area, report=report))
        for region in wanted:
            outcome = run_cycle(replace(order, region=region), workplace(settings), report=report)
            for line in outcome.words():
                say(line)


def _published(settings: Settings, region: Region, *, cycle: datetime, simulated: bool) -> bool:
    from forecast.store import RegionStore

    try:
        current = RegionStore.open(settings.store / region.name).current()
    except StoreError:
        return False
    same = current.grid == region.grid and current.simulated == simulated
    return same and current.reference_time == cycle


def _example(settings: Settings) -> None:
    from forecast.api.state import service_from
    from forecast.cli.lookups import show
    from forecast.service import ask

    service = service_from(settings)
    place = "宁河" if "tianjin" in settings.regions else None
    if place is None:
        return
    console.print("\n[bold]zhitian point --place 宁河[/bold]")
    show(service.series(ask(service, place=place, hourly=SHOWN, hours=12)))


def _say_urls(settings: Settings) -> None:
    base = f"http://{settings.host}:{settings.port}"
    say("\nAsk the service:")
    for path in (
        "/?place=宁河",
        "/v1/forecast?place=ninghe&daily=all&day=20-20",
        "/v1/forecast?lat=30.92&lon=116.20&elevation=900&hourly=temperature_2m",
        "/v1/advisories?place=ninghe&crop=rice",
        "/v1/advisories?lat=30.92&lon=116.20&elevation=900&crop=tea&format=html",
    ):
        say(f"  {base}{path}")
    say(f"All routes: {base}/docs")
    clock = f" --now {iso(settings.now)}" if settings.now else ""
    years = f"ZHITIAN_HISTORY={settings.history} " if settings.history else ""
    say(f"Serve it again later: {years}zhitian serve --store {settings.store}{clock}\n")


def _require_free(host: str, port: int) -> None:
    """Find out before the work that the port can be had.

    Raises:
        InvalidRequest: it is in use.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InvalidRequest(
                f"port {port} on {host} was asked; it cannot be had ({error.strerror}),"
                " choose another with --port"
            ) from error
