"""The command `run`: one cycle of one region, from source files to a published cycle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast import regions, times
from forecast.cli.console import progress, say
from forecast.cli.options import Config, Now, Orography, RegionName, Store, load_settings
from forecast.errors import InvalidRequest, ZhitianError
from grids import GridsError

if TYPE_CHECKING:
    from forecast.pipeline import Workplace
    from forecast.settings import Settings

FILES = "files"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("run")(run)


def run(
    region: RegionName,
    source: Annotated[
        str | None,
        typer.Option(help="Live source, or `files` for --input.", show_default="ecmwf-ifs"),
    ] = None,
    cycle: Annotated[
        str | None, typer.Option(help="Start of the model run.", show_default="the newest")
    ] = None,
    inputs: Annotated[
        list[Path] | None,
        typer.Option("--input", help="GRIB or netCDF files or folders.", show_default=False),
    ] = None,
    more: Annotated[list[Path] | None, typer.Argument(hidden=True)] = None,
    orography: Orography = None,
    hours: Annotated[
        int | None, typer.Option(help="Hours of forecast to fetch.", show_default="120")
    ] = None,
    source_url: Annotated[str | None, typer.Option(help="Mirror of the source.")] = None,
    store: Store = None,
    scheduler: Annotated[
        str | None,
        typer.Option(help="`threads`, or tcp://… of a dask scheduler.", show_default="threads"),
    ] = None,
    no_advice: Annotated[
        bool, typer.Option("--no-advice", help="Do not keep what the cycle advises.")
    ] = False,
    now: Now = None,
    config: Config = None,
) -> None:
    """Make and publish one cycle: fetch, decode, normalise, downscale, publish; keep its advice."""
    from forecast.pipeline import RunOrder, run_cycle

    settings = load_settings(
        config,
        store=store,
        scheduler=scheduler,
        source_url=source_url,
        hours=hours,
        source=source if source != FILES else None,
        now=now,
    )
    files = collect_files([*(inputs or []), *(more or [])])
    order = RunOrder(
        region=regions.load(region),
        source=choose_source(source, files=files, settings=settings),
        inputs=files,
        cycle=times.parse_instant(cycle) if cycle else None,
        orography=orography,
    )
    with progress() as report:
        outcome = run_cycle(order, workplace(settings), report=report)
    for line in outcome.words():
        say(line)
    if not no_advice:
        keep_advice(settings, region)


def keep_advice(settings: Settings, region: str) -> None:
    """Keep and score what the published cycle advises, and say what came of it.

    The cycle is published whatever comes of this: what goes wrong is one line, and no exit code.
    """
    from forecast.api.state import service_from
    from forecast.service.advice import keeping

    try:
        service = service_from(settings.model_copy(update={"regions": (region,)}))
        with progress() as report:
            kept = keeping.keep_advice(service, service.served[0].region.name, report=report)
    except (ZhitianError, GridsError, OSError) as error:
        say(f"the cycle is published, but its advice could not be kept: {error}")
        return
    for line in kept.words():
        say(line)


def choose_source(source: str | None, *, files: tuple[Path, ...], settings: Settings) -> str:
    """Decide between given files and a live source; a contradiction is refused.

    Raises:
        InvalidRequest: `--source files` without files, or files with a live source.
    """
    if source == FILES and not files:
        raise InvalidRequest("--source files was asked without --input; name one file or more")
    if files and source not in (None, FILES):
        raise InvalidRequest(
            f"--input was given with --source {source}; files are read with --source files"
        )
    return FILES if files else settings.source


def workplace(settings: Settings) -> Workplace:
    """The part of the settings that a run needs."""
    from forecast.pipeline import Workplace

    return Workplace(
        store=settings.store,
        downloads=settings.downloads,
        terrain=settings.terrain,
        scheduler=settings.scheduler,
        deadline_s=settings.deadline_minutes * 60.0,
        hours=settings.hours,
        source_url=settings.source_url,
        clock=settings.clock,
    )


def collect_files(paths: list[Path]) -> tuple[Path, ...]:
    """Expand folders to the files in them, in order of name.

    Raises:
        InvalidRequest: a path does not exist, or a folder is empty.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(entry for entry in path.iterdir() if entry.is_file())
            if not found:
                raise InvalidRequest(f"--input {path}: the folder holds no file")
            files.extend(found)
        elif path.is_file():
            files.append(path)
        else:
            raise InvalidRequest(f"--input {path}: there is no such file or folder")
    return tuple(files)
