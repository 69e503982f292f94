"""The commands `places add | check | list | remove`: the operator's own places and zones."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.cli.console import emit, say, show_tables
from forecast.cli.options import Config, Now, Store, load_settings

if TYPE_CHECKING:
    from forecast.query.place_lists import OwnPlaces, PlaceList

places = typer.Typer(help="Places and zones of your own, beside those that ship.")

ListFile = Annotated[Path, typer.Argument(help="CSV or GeoJSON, UTF-8.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    places.command("add")(add)
    places.command("check")(check)
    places.command("list")(show)
    places.command("remove")(remove)
    app.add_typer(places, name="places")


def add(
    file: ListFile,
    name: Annotated[
        str | None, typer.Option(help="Name of the list.", show_default="that of the file")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of the list of that name.")
    ] = False,
    store: Store = None,
    now: Now = None,
    config: Config = None,
) -> None:
    """Take a list of places and zones, all of it or none; the service serves it at once."""
    from forecast.query.place_lists import OwnPlaces, read_list

    settings = load_settings(config, store=store, now=now)
    listed = read_list(file)
    own = OwnPlaces(settings.places_file())
    called = name or file.stem
    own.add(called, listed, file=file.name, now=settings.clock(), replace=replace)
    say(f"list {called}: {_counted(listed)} kept in {own.path}")


def check(file: ListFile) -> None:
    """Check a list without taking it; each wrong entry is one sentence with its line."""
    from forecast.query.place_lists import read_list

    say(f"{file}: {_counted(read_list(file))}; nothing is wrong")


def show(
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
    store: Store = None,
    config: Config = None,
) -> None:
    """Show the lists that are kept."""
    import json

    own = _kept(store, config)
    lists = own.lists()
    if as_json:
        emit(json.dumps([asdict(kept) for kept in lists], ensure_ascii=False, indent=2))
        return
    if not lists:
        say(f"no list is kept in {own.path}; `zhitian places add FILE` adds one")
        return
    show_tables(
        ["list", "places", "zones", "file", "added at"],
        [[one.name, str(one.places), str(one.zones), one.file, one.added_at] for one in lists],
    )


def remove(
    name: Annotated[str, typer.Argument(help="Name of the list.", show_default=False)],
    store: Store = None,
    config: Config = None,
) -> None:
    """Take a list away, with its places and zones."""
    own = _kept(store, config)
    own.remove(name)
    say(f"list {name} was removed from {own.path}")


def _kept(store: Path | None, config: Path | None) -> "OwnPlaces":
    from forecast.query.place_lists import OwnPlaces

    return OwnPlaces(load_settings(config, store=store).places_file())


def _counted(listed: "PlaceList") -> str:
    return f"places {len(listed.places):,}, zones {len(listed.zones):,}"
