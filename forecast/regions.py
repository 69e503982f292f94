"""Regions: named boxes with a grid, a zone of time, a terrain file, and where advice is kept."""

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import Any

from forecast.errors import InvalidRequest, SettingsError, UnknownName
from forecast.times import zone_info
from grids import BoundingBox, Grid, GridsError, LonLat

_TEXTS = ("name", "label_zh", "label_en", "timezone")
_OPTIONAL = {"terrain", "spacing", "advice"}
_KEYS = {*_TEXTS, *_OPTIONAL, "box"}
_EDGES = {"west", "south", "east", "north"}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""A name is part of paths and addresses."""

_WATCH_TEXTS = ("crop", "place", "zone")
_WATCH_NUMBERS = ("latitude", "longitude", "elevation")
_LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Where advice on a crop is kept at every cycle, and scored later.

    Attributes:
        crop: id of the crop profile.
        zone: name under which its scores are counted.
        place: name of the place; empty where the coordinates say it.
        longitude: degrees east, None where the place says it.
        latitude: degrees north, likewise.
        elevation: m above sea level, or None for that of the place.
    """

    crop: str
    zone: str
    place: str = ""
    longitude: float | None = None
    latitude: float | None = None
    elevation: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of the world that is forecast on one grid.

    Attributes:
        name: short name, used in paths and routes.
        label_zh: Chinese label.
        label_en: English label.
        timezone: IANA zone of its local day.
        grid: the target grid.
        terrain: elevation file, or None where only the coarse fallback is at hand.
        shipped: whether `terrain` came with the product rather than from the operator.
        advice: where advice is kept and scored, by crop and place.
    """

    name: str
    label_zh: str
    label_en: str
    timezone: str
    grid: Grid
    terrain: Path | None
    shipped: bool
    advice: tuple[Watch, ...] = ()


def data_path(*parts: str) -> Path:
    """Path of a file in the package's `data` folder."""
    return Path(str(files("forecast").joinpath("data", *parts)))


def available() -> tuple[str, ...]:
    """Names of the regions that come with the product."""
    return tuple(sorted(path.stem for path in data_path("regions").glob("*.toml")))


def load(name_or_path: str | Path) -> Region:
    """Load a shipped region by name, or any region from a TOML file.

    Raises:
        UnknownName: no shipped region of that name and no such file.
        SettingsError: the file lacks a key, has one too many, or describes no grid.
    """
    path = Path(name_or_path)
    shipped = str(name_or_path) in available()
    if shipped:
        path = data_path("regions", f"{name_or_path}.toml")
    if path.suffix != ".toml" or not path.is_file():
        raise UnknownName(
            f"region {str(name_or_path)!r} was asked; known are {', '.join(available())},"
            " or the path of a region file ending in .toml"
        )
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return _region(table, path=path, shipped=shipped)
    except (GridsError, InvalidRequest, OSError, TypeError, ValueError) as error:
        raise SettingsError(f"region file {path.name}: {error}") from error


def _region(table: dict[str, Any], *, path: Path, shipped: bool) -> Region:
    if set(table) - _KEYS or _KEYS - _OPTIONAL - set(table):
        raise ValueError(
            f"it has the keys {', '.join(sorted(table))}; allowed are {', '.join(sorted(_KEYS))},"
            f" of which {' and '.join(sorted(_OPTIONAL))} may be absent"
        )
    for key in (*_TEXTS, *({"terrain"} & set(table))):
        if not isinstance(table[key], str):
            raise TypeError(f"{key} is {table[key]!r}; allowed is text")
    watches = table.get("advice", [])
    if not isinstance(watches, list):
        raise TypeError("advice is no list of tables; write each of them under [[advice]]")
    if not _NAME.fullmatch(table["name"]):
        raise ValueError(
            f"name is {table['name']!r}; allowed are small letters, digits, - and _, 64 at most"
        )
    if not isinstance(table["box"], dict) or set(table["box"]) != _EDGES:
        raise ValueError("box must have west, south, east and north in degrees, and nothing else")
    spacing = float(table.get("spacing", 0.01))
    if not spacing > 0.0:
        raise ValueError(f"spacing is {spacing:g}; allowed is above 0 degrees")
    terrain = table.get("terrain")
    folder = data_path("terrain") if shipped else path.parent
    return Region(
        name=table["name"],
        label_zh=table["label_zh"],
        label_en=table["label_en"],
        timezone=zone_info(table["timezone"]).key,
        grid=Grid.from_box(BoundingBox(**table["box"]), spacing=spacing),
        terrain=(folder / terrain).resolve() if terrain else None,
        shipped=shipped,
        advice=tuple(_watch(number, entry) for number, entry in enumerate(watches, start=1)),
    )


def _watch(number: int, table: Any) -> Watch:
    """One `[[advice]]` table, the first is number 1."""
    what = f"[[advice]] {number}"
    allowed = (*_WATCH_TEXTS, *_WATCH_NUMBERS)
    if not isinstance(table, dict) or set(table) - set(allowed):
        keys = ", ".join(sorted(table)) if isinstance(table, dict) else repr(table)
        raise ValueError(f"{what} has the keys {keys}; allowed are {', '.join(allowed)}")
    for key in set(_WATCH_TEXTS) & set(table):
        if not isinstance(table[key], str) or not 0 < len(table[key].strip()) <= _LONGEST_TEXT:
            raise TypeError(f"{what}: {key} is {table[key]!r}; allowed is text of 1 to 100 letters")
    for key in set(_WATCH_NUMBERS) & set(table):
        number_given = isinstance(table[key], int | float) and not isinstance(table[key], bool)
        if not (number_given and isfinite(table[key])):
            raise TypeError(f"{what}: {key} is {table[key]!r}; allowed is a number")
    if "crop" not in table:
        raise ValueError(f"{what} names no crop; write the id of a crop profile")
    here = [key for key in ("latitude", "longitude") if key in table]
    if len(here) == 1 or bool(here) == ("place" in table):
        raise ValueError(f"{what}: a watch needs a place, or latitude and longitude, not both")
    if here:
        LonLat(longitude=float(table["longitude"]), latitude=float(table["latitude"]))
    zone = table.get("zone", table.get("place"))
    if zone is None:
        raise ValueError(f"{what}: a watch at latitude and longitude needs a zone, its name")
    numbers = {key: float(table[key]) for key in _WATCH_NUMBERS if key in table}
    return Watch(crop=table["crop"], zone=zone, place=table.get("place", ""), **numbers)
