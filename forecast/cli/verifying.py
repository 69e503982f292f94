"""The command `verify`: how good forecasts are, beside observations or a finer model."""

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.console import console, emit, progress, say
from forecast.cli.options import Config, Orography, Store, load_settings, named
from forecast.cli.running import collect_files
from forecast.errors import InvalidRequest
from grids import BoundingBox

if TYPE_CHECKING:
    from forecast.pipeline.verification import VerifyOrder
    from forecast.verify.section import Section, SkillReport

DEFAULT_BY = "lead,dz,sun"
MIN_STEP = 2
"""Smallest --coarsen, --every and --refine that make a coarser run."""


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("verify")(verify)


def verify(
    forecast: Annotated[
        list[Path] | None,
        typer.Option(
            "--forecast",
            "-f",
            help="Model files or folders; or files that downscale or export wrote.",
            show_default=False,
        ),
    ] = None,
    observations: Annotated[
        Path | None, typer.Option("--observations", "-o", help="Station CSV with observations.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Zone of observations whose times do not say theirs.")
    ] = None,
    truth: Annotated[
        list[Path] | None,
        typer.Option(help="Files of a finer model to compare with.", show_default=False),
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="Region whose archive of pairs is scored; writes skill.json.")
    ] = None,
    coarsen: Annotated[
        int | None,
        typer.Option(help="Make the coarse run from blocks of N x N cells of the truth."),
    ] = None,
    every: Annotated[
        int | None, typer.Option(help="Make the coarse run from every Nth node of the truth.")
    ] = None,
    refine: Annotated[
        int | None, typer.Option(help="Make steps of N hours from the truth, bring them back to 1.")
    ] = None,
    terrain: Annotated[
        Path | None, typer.Option(help="Elevation file: model heights, coast, height of cells.")
    ] = None,
    orography: Orography = None,
    box: Annotated[
        str | None, typer.Option(help="Part of the truth to score: west,south,east,north.")
    ] = None,
    by: Annotated[
        str,
        typer.Option(help="lead, dz, sun, coast, hour, by comma; lead+dz for a combination."),
    ] = DEFAULT_BY,
    variable: Annotated[
        str | None, typer.Option(help="Names, by comma; all that both sides have if not given.")
    ] = None,
    block: Annotated[float, typer.Option(help="Side of the bootstrap's blocks, degrees.")] = 2.0,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Also with stations, those that are scored hidden.")
    ] = False,
    dataset: Annotated[
        str, typer.Option(help="Name of these data in the table of chosen numbers.")
    ] = "",
    title: Annotated[str, typer.Option(help="Heading of the report.")] = "Skill",
    report: Annotated[Path | None, typer.Option("--report", help="Markdown file to write.")] = None,
    append: Annotated[
        bool, typer.Option("--append", help="Add to the end of --report instead of replacing it.")
    ] = False,
    plots: Annotated[
        Path | None, typer.Option(help="Folder for maps and plots (needs matplotlib).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    more: Annotated[list[Path] | None, typer.Argument(hidden=True)] = None,
    store: Store = None,
    config: Config = None,
) -> None:
    """Score forecasts: errors, frost, rain, members; with intervals, beside simpler methods.

    Compared are nearest node, bilinear interpolation, a fixed 6.5 K/km, Zhitian's downscaling,
    and persistence where the day before was observed; always at common stations and times.
    """
    from forecast.pipeline.region_skill import RegionOrder, verify_region
    from forecast.pipeline.verification import VerifyOrder, verify
    from forecast.verify.classes import parse_splits

    forecasts, truths = _files(forecast, truth, more)
    order = VerifyOrder(
        forecasts=forecasts,
        observations=observations,
        truth=truths,
        terrain=terrain,
        orography=orography,
        variables=named(variable),
        splits=parse_splits(by),
        box=BoundingBox.parse(box) if box else None,
        block_cells=coarsen,
        every=every,
        hours=refine,
        block_degrees=_positive(block),
        dataset=dataset,
        title=title,
        calibrate=calibrate,
        timezone=timezone,
    )
    _refuse_unused(order, region=region)
    with progress() as told:
        if region is None:
            result = verify(order, report=told)
        else:
            settings = load_settings(config, store=store)
            asked = RegionOrder(region=region, store=settings.store, now=settings.clock())
            result = verify_region(order, asked)
    if plots is not None:
        _draw(result, plots)
    if report is not None:
        _write(result, report, append=append)
    _show(result, as_json=as_json)


def _files(
    forecast: list[Path] | None, truth: list[Path] | None, more: list[Path] | None
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Files of both sides; what a shell expanded behind one option belongs to it.

    Raises:
        InvalidRequest: files follow, and it is not clear to which of two options they belong.
    """
    if more and forecast and truth:
        raise InvalidRequest(
            "files were given behind --forecast and --truth; name each with its option, or folders"
        )
    if more and not forecast and not truth:
        raise InvalidRequest(f"{more[0]} was given without an option; name it with --forecast")
    one = [*(forecast or []), *((more or []) if forecast else [])]
    other = [*(truth or []), *((more or []) if not forecast else [])]
    return collect_files(one), collect_files(other)


def _refuse_unused(order: "VerifyOrder", *, region: str | None) -> None:
    """Refuse an option that would change nothing, and steps that make no coarse run.

    Raises:
        InvalidRequest: the first such option.
    """
    steps = {"--coarsen": order.block_cells, "--every": order.every, "--refine": order.hours}
    of_truth: dict[str, object] = {**steps, "--box": order.box}
    of_stations: dict[str, object] = {"--calibrate": order.calibrate, "--timezone": order.timezone}
    of_files: dict[str, object] = {
        "--forecast": order.forecasts,
        "--observations": order.observations,
        "--truth": order.truth,
        "--terrain": order.terrain,
        "--orography": order.orography,
    }
    for option, step in steps.items():
        if step is not None and step < MIN_STEP:
            raise InvalidRequest(f"{option} {step} was asked; allowed are {MIN_STEP} and more")
    unused = {**of_files, **of_truth, **of_stations} if region else {}
    if region is None and order.truth:
        unused = of_stations
    elif region is None and order.observations:
        unused = of_truth
    for option, given in unused.items():
        if given:
            kind = "--region" if region else "--truth" if order.truth else "--observations"
            raise InvalidRequest(f"{option} was asked with {kind}; there it changes nothing")


def _positive(degrees: float) -> float:
    if not 0.0 < degrees <= 45.0:
        raise InvalidRequest(
            f"--block {degrees:g} was asked; allowed are numbers above 0 up to 45 degrees"
        )
    return degrees


def _write(result: "SkillReport", path: Path, *, append: bool) -> None:
    from forecast.verify.pages import OPENING, markdown

    before = path.read_text(encoding="utf-8") if append and path.exists() else OPENING
    text = markdown(result, command=_command())
    path.write_text(f"{before.rstrip()}\n\n{text}", encoding="utf-8")
    say(f"written: {path}")


def _command() -> str:
    """The command as it was given, without where its results go; of paths their end only."""
    dropped = {"--report": 2, "--plots": 2, "--append": 1, "--json": 1}
    words, given, place = ["zhitian"], sys.argv[1:], 0
    while place < len(given):
        width = dropped.get(given[place], 0)
        if not width:
            word = given[place]
            words.append(Path(word).name if word.startswith("/") else word)
        place += width or 1
    return shlex.join(words)


def _draw(result: "SkillReport", folder: Path) -> None:
    from forecast.verify.figures import draw

    for path in draw(result, folder):
        say(f"written: {path}")


def _show(result: "SkillReport", *, as_json: bool) -> None:
    if as_json:
        emit(json.dumps(result.document(), ensure_ascii=False, indent=2))
        return
    for fact in result.facts:
        say(fact)
    for section in result.sections:
        _print(section)
    for limit in result.limits:
        say(limit)


def _print(section: "Section") -> None:
    from rich import box as lines
    from rich.table import Table

    from forecast.verify.pages import text_table

    headings, rows = text_table(section)
    table = Table(title=section.title, title_justify="left", box=lines.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    for note in section.notes:
        say(note)
