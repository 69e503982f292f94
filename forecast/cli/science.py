"""The command `downscale`: the science alone, from files to a file, without a store."""

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.console import console, emit, progress, say
from forecast.cli.options import Orography, named
from forecast.cli.running import collect_files
from forecast.errors import InvalidRequest
from grids import BoundingBox

if TYPE_CHECKING:
    from forecast.verify import ScoreRow

METHODS = ("zhitian", "bilinear", "nearest", "fixed-lapse")
SUFFIXES = {".nc": "netcdf", ".csv": "csv"}


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("downscale")(downscale)


def downscale(
    inputs: Annotated[list[Path], typer.Argument(help="GRIB or netCDF files, or folders.")],
    terrain: Annotated[
        Path | None, typer.Option(help="Elevation file (GeoTIFF or netCDF): the target grid.")
    ] = None,
    box: Annotated[
        str | None, typer.Option(help="Part of the terrain's grid: west,south,east,north.")
    ] = None,
    points: Annotated[
        Path | None,
        typer.Option(help="Stations instead of a grid: station,latitude,longitude,elevation."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write: .nc or .csv.")
    ] = None,
    method: Annotated[str, typer.Option(help=f"One of {', '.join(METHODS)}.")] = "zhitian",
    orography: Orography = None,
    variables: Annotated[
        str | None, typer.Option(help="Names, by comma; all that the input allows if not given.")
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(help="Zone of observations' times that do not say theirs: Asia/Shanghai."),
    ] = None,
    model_steps: Annotated[
        bool, typer.Option("--model-steps", help="Keep the model's own steps, no hours between.")
    ] = False,
) -> None:
    """Downscale model output to a terrain's grid or to stations.

    With --points that hold observations, the scores of bilinear interpolation, a fixed 6.5 K/km
    and the chosen method are reported too.
    """
    from forecast.pipeline import DownscaleOrder, downscale_files

    kind = _kind(output, points=points)
    if method not in METHODS:
        raise InvalidRequest(f"method {method!r} was asked; allowed are {', '.join(METHODS)}")
    order = DownscaleOrder(
        inputs=collect_files(inputs),
        terrain=terrain,
        box=BoundingBox.parse(box) if box else None,
        points=points,
        output=output,
        format=kind,
        method=method,
        orography=orography,
        variables=named(variables),
        hourly=not model_steps,
        timezone=timezone,
    )
    with progress() as report:
        outcome = downscale_files(order, report=report)
    for line in outcome.words:
        say(line)
    if outcome.scores:
        _print_scores(outcome.scores)
    if output is not None:
        emit(str(output))


def _kind(output: Path | None, *, points: Path | None) -> str | None:
    """The kind of file asked for, from its name.

    Raises:
        InvalidRequest: no output and no stations, or a name of another kind.
    """
    if output is None:
        if points is None:
            raise InvalidRequest("no --output was asked; name a file ending in .nc or .csv")
        return None
    if output.suffix not in SUFFIXES:
        raise InvalidRequest(f"--output {output} was asked; allowed are names in .nc or .csv")
    return SUFFIXES[output.suffix]


def _print_scores(rows: "tuple[ScoreRow, ...]") -> None:
    from rich.table import Table

    table = Table(
        *("stations", "method", "n", "RMSE K", "MAE K", "bias K", "by RMSE", "95 % interval"),
        box=None,
        padding=(0, 1, 0, 0),
    )
    for row in rows:
        low, high = row.interval
        table.add_row(
            row.group,
            row.method,
            str(row.count),
            f"{row.rmse:.2f}",
            f"{row.mae:.2f}",
            f"{row.bias:+.2f}",
            _change(row.reduction),
            f"{_change(high)} … {_change(low)}" if isfinite(low) else "–",
        )
    console.print(table)
    say("by RMSE: change beside bilinear interpolation; dz: height of station minus model")


def _change(reduction: float) -> str:
    """A reduction as a signed change, per cent; no change has no sign."""
    return f"{-100 * reduction:+.1f} %" if reduction else "0.0 %"
