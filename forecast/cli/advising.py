"""The command `advise`: what the API answers for a crop at a place, from the same service call."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from forecast.cli.console import emit, say
from forecast.cli.options import (
    AsJson,
    AsOf,
    CellChoice,
    Config,
    CycleName,
    Datum,
    Elevation,
    Lang,
    Latitude,
    Longitude,
    Now,
    Place,
    Precision,
    RegionNames,
    Store,
    Strict,
    load_settings,
)
from forecast.errors import InvalidRequest

if TYPE_CHECKING:
    from forecast.service import AdviceAnswer, ForecastService

FORMS: dict[str, Literal["text", "html"]] = {".txt": "text", ".html": "html", ".htm": "html"}
"""Form of a bulletin by how its file is called."""


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("advise")(advise)


def advise(
    crop: Annotated[
        str,
        typer.Option(help="A profile (rice.xiaozhan.ninghe), its first part (rice), 水稻, ORYSA."),
    ],
    place: Place = None,
    lat: Latitude = None,
    lon: Longitude = None,
    elevation: Elevation = None,
    datum: Datum = None,
    precision: Precision = None,
    sown: Annotated[
        str | None, typer.Option(help="Day of sowing or planting, as 2025-04-10.")
    ] = None,
    stage: Annotated[
        str | None, typer.Option(help="Stage that was seen, one of the profile's.")
    ] = None,
    stage_on: Annotated[
        str | None, typer.Option(help="Day on which it was seen.", show_default="today")
    ] = None,
    covered: Annotated[bool, typer.Option("--covered", help="The seedbed is under film.")] = False,
    soil: Annotated[
        str | None,
        typer.Option(help="Texture, as loam or silty_clay.", show_default="assumed"),
    ] = None,
    soil_moisture: Annotated[
        float | None, typer.Option(help="Of the root zone today, % of field capacity.")
    ] = None,
    cycle: CycleName = None,
    as_of: AsOf = None,
    cell: CellChoice = "land",
    strict: Strict = False,
    lang: Lang = "zh",
    as_json: AsJson = False,
    bulletin: Annotated[
        Path | None,
        typer.Option(help="Write the bulletin into this file, .html or .txt.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Write the grades of all cells of a --region: a netCDF file, or with --format tif"
            " a folder.",
            show_default=False,
        ),
    ] = None,
    rules: Annotated[
        str | None,
        typer.Option(help="With --output: rules, windows, sowings by comma.", show_default="all"),
    ] = None,
    box: Annotated[
        str | None,
        typer.Option(help="With --output: W,S,E,N in degrees.", show_default="whole region"),
    ] = None,
    mask: Annotated[
        Path | None,
        typer.Option(
            help="With --output: where the crop grows: GeoJSON, GeoTIFF or netCDF.",
            show_default=False,
        ),
    ] = None,
    areas: Annotated[
        Path | None,
        typer.Option(
            help="With --output: zones with the property `name`, GeoJSON.", show_default=False
        ),
    ] = None,
    areas_output: Annotated[
        Path | None,
        typer.Option(help="With --output: area per grade, .csv or .json.", show_default=False),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help="With --output: netcdf or tif.", show_default="netcdf"),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(
            help="With --output: PNG of the worst state of each rule.", show_default=False
        ),
    ] = None,
    region: RegionNames = None,
    store: Store = None,
    now: Now = None,
    config: Config = None,
) -> None:
    """Say what to do for a crop at a place: when, how sure that is, and why."""
    from forecast.api.state import service_from
    from forecast.service import ask_advice

    if as_json and bulletin is not None:
        raise InvalidRequest("--json and --bulletin were both asked; allowed is one of them")
    page = None if bulletin is None else _form(bulletin)
    service = service_from(load_settings(config, store=store, now=now, regions=region))
    field = {"sown": sown, "stage": stage, "stage_on": stage_on, "covered": covered}
    ground = {"soil": soil, "soil_moisture": soil_moisture}
    options: dict[str, Any] = field | ground | {"cycle": cycle, "as_of": as_of}
    where: dict[str, Any] = {"place": place, "latitude": lat, "longitude": lon}
    where |= {"elevation": elevation, "datum": datum, "precision": precision}
    of_maps: dict[str, Any] = {"rules": rules, "box": box, "mask": mask, "areas": areas}
    of_maps |= {"areas_output": areas_output, "format": form, "picture": picture}
    if output is not None:
        options |= of_maps
        _whole_region(service, region, crop=crop, output=output, options=options, where=where)
        return
    _refuse_of_maps(of_maps, placed=not region or any(one is not None for one in where.values()))
    question = ask_advice(service, crop=crop, cell=cell, strict=strict, **where, **options)
    answer = service.advise(question)
    if as_json:
        emit(answer.to_json().decode("utf-8"))
    elif bulletin is not None and page is not None:
        bulletin.write_text(answer.bulletin(page, lang), encoding="utf-8")
        say(f"wrote the bulletin to {bulletin}")
    else:
        _show(answer, lang)


def _show(answer: "AdviceAnswer", language: Literal["zh", "en"]) -> None:
    from forecast.cli.advice_view import show

    show(answer, language)


def _form(path: Path) -> Literal["text", "html"]:
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise InvalidRequest(
            f"a bulletin in {str(path)!r} was asked; allowed are files that end in .html or .txt"
        )
    return form


def _refuse_of_maps(given: Mapping[str, Any], *, placed: bool) -> None:
    """Refuse options of maps where none are written, and a region with neither place nor file."""
    if not placed:
        raise InvalidRequest(
            "--region was asked alone; give place, or lat and lon, for advice there, or --output"
            " for the whole region"
        )
    told = [f"--{name.replace('_', '-')}" for name, value in given.items() if value is not None]
    if told:
        raise InvalidRequest(f"{told[0]} was asked without --output; allowed is with it")


def _whole_region(
    service: "ForecastService",
    regions: list[str] | None,
    **asked: Any,
) -> None:
    """Advice for all cells of one region.

    Raises:
        InvalidRequest: there is not exactly one region, or a place was asked too.
    """
    if regions is None or len(regions) != 1:
        raise InvalidRequest("--output was asked without one --region; allowed is with one")
    if any(value is not None for value in asked.pop("where").values()):
        raise InvalidRequest("--output and a place were both asked; allowed is one of them")
    from forecast.cli import advising_region

    advising_region.run(service, region=service.served[0].region.name, **asked)
