"""The command `point`: what the API answers for one place, from the same service call."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.console import emit, say, show_tables
from forecast.cli.options import (
    AsJson,
    AsOf,
    CellChoice,
    Config,
    CycleName,
    Datum,
    Elevation,
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
from forecast.errors import ForecastExpired, InvalidRequest

if TYPE_CHECKING:
    from forecast.service import ForecastService, PointQuestion, PointSeries

TABLE_HOURS = 48
TABLE_VARIABLES = (
    "temperature_2m",
    "relative_humidity_2m",
    "precipitation",
    "wind_speed_10m",
    "wind_direction_10m",
    "wind_gust_10m",
    "cloud_cover",
)
"""What the table shows where no variables are asked for."""


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("point")(point)


def point(
    place: Place = None,
    lat: Latitude = None,
    lon: Longitude = None,
    elevation: Elevation = None,
    datum: Datum = None,
    precision: Precision = None,
    doubt: Annotated[
        bool, typer.Option("--doubt", help="Tell how the answer differs where the field may lie.")
    ] = False,
    hourly: Annotated[
        str | None, typer.Option(help="Hourly variables, by comma.", show_default="all")
    ] = None,
    daily: Annotated[str, typer.Option(help="Daily variables, by comma, or `all`.")] = "",
    day: Annotated[str, typer.Option(help="Day boundary: local, 20-20, 08-08 or HH:MM.")] = "local",
    cell: CellChoice = "land",
    cycle: CycleName = None,
    as_of: AsOf = None,
    hours: Annotated[
        int | None,
        typer.Option(help="Hours from now on.", show_default="all; 48 in the table"),
    ] = None,
    strict: Strict = False,
    past_days: Annotated[
        int, typer.Option(help="Days before today, from the archive of earlier cycles.")
    ] = 0,
    climatology_days: Annotated[
        int, typer.Option(help="Days after the forecast, from the operator's normals.")
    ] = 0,
    quantiles: Annotated[
        str | None,
        typer.Option(help="Percentages over the members: 10,50,90.", show_default=False),
    ] = None,
    probability: Annotated[
        str | None,
        typer.Option(help="Conditions: 'precipitation>=1,temperature_2m<0'.", show_default=False),
    ] = None,
    over: Annotated[
        int | None,
        typer.Option(help="Hours over which --probability looks.", show_default="1"),
    ] = None,
    event: Annotated[
        str | None,
        typer.Option(help="Conditions that must hold together.", show_default=False),
    ] = None,
    event_hours: Annotated[
        int | None,
        typer.Option(help="Hours in a row in which --event must hold.", show_default="1"),
    ] = None,
    corrections: Annotated[
        bool, typer.Option("--corrections", help="Tell what observations corrected, by the hour.")
    ] = False,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Answer as CSV.")] = False,
    region: RegionNames = None,
    store: Store = None,
    now: Now = None,
    config: Config = None,
) -> None:
    """Answer the forecast for one place."""
    from forecast.api.state import service_from
    from forecast.service import ask

    if as_json and as_csv:
        raise InvalidRequest("--json and --csv were both asked; allowed is one of them")
    service = service_from(load_settings(config, store=store, now=now, regions=region))
    question = ask(
        service,
        place=place,
        latitude=lat,
        longitude=lon,
        elevation=elevation,
        datum=datum,
        precision=precision,
        doubt=doubt,
        hourly=hourly,
        daily=daily,
        day=day,
        cell=cell,
        cycle=cycle,
        as_of=as_of,
        hours=hours,
        strict=strict,
        past_days=past_days,
        climatology_days=climatology_days,
        quantiles=quantiles,
        probability=probability,
        over=over,
        event=event,
        event_hours=event_hours,
        corrections=corrections,
    )
    if as_json:
        emit(service.series(question).to_json().decode("utf-8"))
    elif as_csv:
        emit(service.series(question).to_csv())
    else:
        show(_next_hours(service, question), whole=hourly is not None)


def show(series: "PointSeries", *, whole: bool = False) -> None:
    """Print tables of the hours, and of the days where asked, for people.

    Args:
        series: the answer.
        whole: show every variable of the answer, not a selection where none was asked.
    """
    for line in series.words():
        say(line)
    shown = series.names
    if series.question.hourly is None and not whole:
        shown = tuple(name for name in TABLE_VARIABLES if name in series.names)
    show_tables(["local time", *_headings(shown)], series.rows(shown))
    if series.columns or series.timeline is not None:
        origin = ["origin"] if series.timeline is not None else []
        labels = [column.name for column in series.columns]
        show_tables(["local time", *origin, *labels], series.column_rows())
    days = series.daily_columns()
    if days:
        show_tables(["day", *_headings(days)], series.daily_rows(days))
    rest = [name for name in series.names if name not in shown]
    if rest:
        say(f"also held, for --hourly: {', '.join(rest)}")


def _headings(names: Sequence[str]) -> list[str]:
    """Names, a word a line so that the columns are narrow, and their units."""
    from forecast.service.series import unit_sign

    return ["\n".join([*name.split("_"), unit_sign(name)]) for name in names]


def _next_hours(service: "ForecastService", question: "PointQuestion") -> "PointSeries":
    """The hours that a table shows: those asked for, else the next two days, else all."""
    from dataclasses import replace

    if question.hours is not None:
        return service.series(question)
    try:
        return service.series(replace(question, hours=TABLE_HOURS))
    except ForecastExpired:
        if question.strict:
            raise
        return service.series(question)
