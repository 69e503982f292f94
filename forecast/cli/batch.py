"""The command `export`: a region, a box or stations as files for agencies, or a village's page."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from forecast import SIMULATED_WORDS
from forecast.cli.console import emit, progress, say
from forecast.cli.options import Config, CycleName, Now, RegionName, Store, load_settings, named
from forecast.errors import InvalidRequest

FORMATS = ("netcdf", "csv", "bundle")
_OF_BUNDLES = ("places", "crops")
_OF_TABLES = ("box", "points", "variables")


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("export")(export)


def export(
    region: RegionName,
    output: Annotated[Path, typer.Option("--output", "-o", help="File or folder to write.")],
    kind: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="netcdf, csv, or bundle: the page with its answers, for a stick or a village.",
            show_default="by the ending: .csv, .zip (bundle), else netcdf; csv for stations",
        ),
    ] = None,
    box: Annotated[str | None, typer.Option(help="Part of it: west,south,east,north.")] = None,
    points: Annotated[
        Path | None, typer.Option(help="Stations: station,latitude,longitude[,elevation].")
    ] = None,
    variables: Annotated[
        str | None, typer.Option(help="Names, by comma.", show_default="all")
    ] = None,
    places: Annotated[
        str | None,
        typer.Option(
            help="Of a bundle: a list (CSV, GeoJSON), or names by comma.",
            show_default="watched and own places, counties, large towns",
        ),
    ] = None,
    crops: Annotated[
        str | None,
        typer.Option(
            help="Of a bundle: names by comma, or all.", show_default="those watched, else all"
        ),
    ] = None,
    stages: Annotated[
        bool, typer.Option(help="Whether a bundle has advice for every stage to choose.")
    ] = True,
    cycle: CycleName = None,
    store: Store = None,
    now: Now = None,
    config: Config = None,
) -> None:
    """Write a part of a published cycle as CF netCDF-4 or CSV, or the page with its answers."""
    from forecast import regions
    from forecast.api.state import service_from
    from forecast.service import ExportOrder
    from grids import BoundingBox

    chosen = kind or _by_ending(output, has_points=points is not None)
    given = {"box": box, "points": points, "variables": variables, "places": places, "crops": crops}
    _check(chosen, [name for name, value in given.items() if value is not None])
    settings = load_settings(config, store=store, now=now, regions=[region])
    if chosen == "bundle":
        from forecast.api.bundle import BundleOrder
        from forecast.cli.bundling import write

        name = regions.load(region).name
        what = BundleOrder(region=name, output=output, places=places, crops=crops)
        write(settings, replace(what, stages=stages, cycle=cycle))
        return
    order = ExportOrder(
        region=regions.load(region).name,
        output=output,
        format="csv" if chosen == "csv" else "netcdf",
        box=BoundingBox.parse(box) if box else None,
        points=points,
        variables=named(variables),
        cycle=cycle,
    )
    service = service_from(settings)
    with progress() as report:
        written = service.export(order, report=report)
    if written.provenance.get("simulated"):
        say(SIMULATED_WORDS)
    outside = written.provenance.get("stations_outside") or []
    if outside:
        say(f"{len(outside)} stations outside the region left out: {', '.join(outside[:5])}")
    say(
        f"{written.cells:,} places x {written.times} hours x {len(written.variables)} variables,"
        f" {written.size / 1e6:.1f} MB, sha256 {written.sha256[:12]}…"
    )
    emit(str(output))


def _by_ending(output: Path, *, has_points: bool) -> str:
    if output.suffix == ".zip":
        return "bundle"
    return "csv" if has_points or output.suffix == ".csv" else "netcdf"


def _check(chosen: str, given: list[str]) -> None:
    """Refuse a format that there is not, and options of another."""
    if chosen not in FORMATS:
        raise InvalidRequest(f"format {chosen!r} was asked; allowed are {', '.join(FORMATS)}")
    foreign = _OF_TABLES if chosen == "bundle" else _OF_BUNDLES
    wrong = [f"--{name}" for name in given if name in foreign]
    if wrong:
        raise InvalidRequest(f"{', '.join(wrong)} was given; format {chosen} does not have it")
