"""The commands `observations add`, `list` and `check`: what stations measured, with verdicts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.console import progress, say, show_tables
from forecast.cli.options import Config, Now, RegionName, Store, load_settings
from forecast.errors import InvalidRequest, OutsideArea
from grids import LonLat

if TYPE_CHECKING:
    import pandas as pd

    from forecast.ingest.thermometer import Instrument
    from forecast.regions import Region
    from forecast.settings import Settings

KINDS = ("auto", "csv", "bufr", "thermometer")
observations = typer.Typer(help="Observations of stations and of your own thermometer.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    observations.command("add")(add)
    observations.command("list")(list_stations)
    observations.command("check")(check)
    app.add_typer(observations, name="observations")


def add(
    files: Annotated[list[Path], typer.Argument(help="CSV or BUFR files.")],
    region: RegionName,
    kind: Annotated[str, typer.Option(help=f"One of {', '.join(KINDS)}.")] = "auto",
    timezone: Annotated[
        str | None,
        typer.Option(help="Zone of times that do not say theirs: Asia/Shanghai, UTC, +08:00."),
    ] = None,
    place: Annotated[
        str | None, typer.Option(help="Where your thermometer stands, by name: 宁河.")
    ] = None,
    lat: Annotated[float | None, typer.Option(help="Its latitude, degrees north.")] = None,
    lon: Annotated[float | None, typer.Option(help="Its longitude, degrees east.")] = None,
    elevation: Annotated[
        float | None,
        typer.Option(help="Its height, m above sea level.", show_default="of the terrain there"),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    store: Store = None,
    now: Now = None,
    config: Config = None,
) -> None:
    """Take observations into a region's store and check them; the same file twice is harmless."""
    from forecast import regions
    from forecast.pipeline.observations import IntakeOrder, add_observations

    if kind not in KINDS:
        raise InvalidRequest(f"--kind {kind} was asked; allowed are {', '.join(KINDS)}")
    settings = load_settings(config, store=store, now=now)
    where = regions.load(region)
    instrument = None
    if place is not None or lat is not None or lon is not None:
        point = _point(place, lat=lat, lon=lon)
        instrument = _instrument(where, point, elevation=elevation, name=name, settings=settings)
    order = IntakeOrder(
        region=where,
        files=tuple(files),
        kind=kind,  # type: ignore[arg-type]
        timezone=timezone,
        instrument=instrument,
        store=settings.store,
        now=settings.clock(),
    )
    with progress() as report:
        outcome = add_observations(order, report=report)
    for line in outcome.words:
        say(line)
    if len(files) > 1:
        say(f"all files: {outcome.intake.words()[0]}")
    flagged = ", ".join(f"{count:,} {check}" for check, count in outcome.flagged.items())
    if outcome.intake.taken or outcome.intake.known:
        say(f"checked beside the days before: {flagged or 'nothing'} flagged")
    for error in outcome.errors[1:]:
        say(f"not taken: {error}")
    if outcome.errors:
        raise outcome.errors[0]


def list_stations(region: RegionName, store: Store = None, config: Config = None) -> None:
    """List the stations of a region, what they observed, and from when to when."""
    from forecast import regions
    from forecast.pipeline.observations import counts
    from forecast.store.observations import ObservationStore
    from forecast.store.paths import StorePaths

    settings = load_settings(config, store=store)
    paths = StorePaths(settings.store / regions.load(region).name)
    opened = ObservationStore.open(paths.observations)
    held = counts(opened)
    rows = []
    for place in opened.stations().itertuples():
        own = held[held["station"] == place.station]
        rows.append([
            str(place.station),
            str(place.name),
            str(place.kind),
            f"{place.longitude:.3f}",
            f"{place.latitude:.3f}",
            f"{place.elevation:.0f}",
            f"{int(own['rows'].sum()):,}",
            f"{int(own['rows'][own['flag'] == 0].sum()):,}",
            _day(own["first"].min()),
            _day(own["last"].max()),
        ])  # fmt: skip
    if not rows:
        say("no station is known yet; `zhitian observations add` takes some")
        return
    headings = ["station", "name", "kind", "lon", "lat", "m", "values", "good", "from", "until"]
    show_tables(headings, rows)


def check(region: RegionName, store: Store = None, config: Config = None) -> None:
    """Check every observation of a region again; say what was flagged, by check and station."""
    from forecast import regions
    from forecast.pipeline.observations import recheck

    settings = load_settings(config, store=store)
    held, doubts = recheck(regions.load(region), store=settings.store)
    for line in doubts:
        say(line)
    _show_verdicts(held)


def _show_verdicts(held: "pd.DataFrame") -> None:
    """A table of values by station and verdict, worst first, and a line for all."""
    from forecast.store.observations import Flag

    checks = [flag for flag in Flag if flag]
    for flag in checks:
        held[flag.name] = held["rows"].where((held["flag"] & int(flag)) != 0, 0)
    names = [str(flag.name) for flag in checks]
    by_station = held.groupby(["station", "kind"])[["rows", *names]].sum().reset_index()
    flagged = by_station[by_station[names].sum(axis=1) > 0]
    share = held["rows"][held["flag"] != 0].sum() / max(held["rows"].sum(), 1)
    if not flagged.empty:
        ordered = flagged.sort_values("rows", ascending=False)
        show_tables(
            ["station", "kind", "values", *(name.lower() for name in names)],
            [
                [str(row["station"]), str(row["kind"]), f"{row['rows']:,}"]
                + [f"{row[name]:,}" if row[name] else "" for name in names]
                for _, row in ordered.iterrows()
            ],
        )
    say(
        f"{held['rows'].sum():,} values of {by_station['station'].nunique()} stations:"
        f" {100 * share:.2f} % are not good"
    )


def _point(place: str | None, *, lat: float | None, lon: float | None) -> tuple[float, float, str]:
    """Longitude, latitude and name of the place that was asked.

    Raises:
        InvalidRequest: half a pair of coordinates, or both ways at once.
        UnknownPlace: the gazetteer does not have it.
    """
    from forecast.query.places import Gazetteer

    if place is not None and (lat is not None or lon is not None):
        raise InvalidRequest("--place and --lat, --lon were both asked; allowed is one of them")
    if place is not None:
        found = Gazetteer.shipped().resolve(place)
        return found.longitude, found.latitude, found.name_zh or found.name_en
    if lat is None or lon is None:
        raise InvalidRequest("--lat and --lon belong together; one of them was asked")
    return lon, lat, ""


def _instrument(
    region: "Region",
    point: tuple[float, float, str],
    *,
    elevation: float | None,
    name: str | None,
    settings: "Settings",
) -> "Instrument":
    """An instrument at a point, at the height given or that of the terrain.

    Raises:
        OutsideArea: the region does not cover it.
    """
    from forecast.ingest.thermometer import Instrument
    from forecast.pipeline.ground import region_terrain

    longitude, latitude, place = point
    if not region.grid.bounds.contains(LonLat(longitude=longitude, latitude=latitude)):
        raise OutsideArea(
            f"a thermometer at {latitude:g} N, {longitude:g} E was given; region {region.name}"
            f" covers {region.grid.bounds}"
        )
    if elevation is None:
        ground = region_terrain(region, folder=settings.terrain)["elevation"]
        cell = ground.sel(longitude=longitude, latitude=latitude, method="nearest")
        elevation = float(cell)
        say(f"the height of the terrain is taken for the thermometer's: {elevation:.0f} m")
    label = name or place or f"{latitude:.4f},{longitude:.4f}"
    return Instrument(
        station=label, name=label, longitude=longitude, latitude=latitude, elevation=elevation
    )


def _day(time: object) -> str:
    return "" if str(time) == "NaT" else str(time)[:16]
