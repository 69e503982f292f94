"""The command `export`: a region, a box or a list of stations, as files for agencies."""

from pathlib import Path
from typing import Annotated

import typer

from forecast import SIMULATED_WORDS
from forecast.cli.console import emit, progress, say
from forecast.cli.options import Config, Now, RegionName, Store, load_settings
from forecast.errors import InvalidRequest

FORMATS = ("netcdf", "csv")


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("export")(export)


def export(
    region: RegionName,
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")],
    kind: Annotated[
        str | None,
        typer.Option(
            "--format", help="netcdf or csv.", show_default="csv for .csv and stations, else netcdf"
        ),
    ] = None,
    box: Annotated[str | None, typer.Option(help="Part of it: west,south,east,north.")] = None,
    points: Annotated[
        Path | None, typer.Option(help="Stations: station,latitude,longitude[,elevation].")
    ] = None,
    variables: Annotated[
        str | None, typer.Option(help="Names, by comma.", show_default="all")
    ] = None,
    cycle: Annotated[
        str | None, typer.Option(help="A published cycle.", show_default="the current one")
    ] = None,
    store: Store = None,
    now: Now = None,
    config: Config = None,
) -> None:
    """Write a part of a published cycle as CF netCDF-4 or CSV, with a manifest beside it."""
    from forecast import regions
    from forecast.api.state import service_from
    from forecast.service import ExportOrder
    from grids import BoundingBox

    chosen = kind or ("csv" if points is not None or output.suffix == ".csv" else "netcdf")
    if chosen not in FORMATS:
        raise InvalidRequest(f"format {chosen!r} was asked; allowed are {', '.join(FORMATS)}")
    order = ExportOrder(
        region=regions.load(region).name,
        output=output,
        format="csv" if chosen == "csv" else "netcdf",
        box=BoundingBox.parse(box) if box else None,
        points=points,
        variables=tuple(part.strip() for part in variables.split(",")) if variables else None,
        cycle=cycle,
    )
    service = service_from(load_settings(config, store=store, now=now, regions=[region]))
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
