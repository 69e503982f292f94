"""Regions: named boxes with a grid, a zone of time and a terrain file."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from forecast.errors import SettingsError, UnknownName
from grids import BoundingBox, Grid, GridsError

_KEYS = {"name", "label_zh", "label_en", "timezone", "spacing", "terrain", "box"}


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
    """

    name: str
    label_zh: str
    label_en: str
    timezone: str
    grid: Grid
    terrain: Path | None
    shipped: bool


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
    shipped = path.suffix != ".toml"
    if shipped:
        path = data_path("regions", f"{name_or_path}.toml")
    if not path.is_file():
        raise UnknownName(
            f"region {str(name_or_path)!r} was asked; known are {', '.join(available())},"
            " or the path of a region file ending in .toml"
        )
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return _region(table, path=path, shipped=shipped)


def _region(table: dict[str, Any], *, path: Path, shipped: bool) -> Region:
    if set(table) - _KEYS or _KEYS - {"terrain", "spacing"} - set(table):
        raise SettingsError(
            f"region file {path.name} has the keys {', '.join(sorted(table))};"
            f" allowed are {', '.join(sorted(_KEYS))}"
        )
    try:
        grid = Grid.from_box(BoundingBox(**table["box"]), spacing=float(table.get("spacing", 0.01)))
    except (GridsError, TypeError, ValueError) as error:
        raise SettingsError(f"region file {path.name}: {error}") from error
    terrain = table.get("terrain")
    folder = data_path("terrain") if shipped else path.parent
    return Region(
        name=table["name"],
        label_zh=table["label_zh"],
        label_en=table["label_en"],
        timezone=table["timezone"],
        grid=grid,
        terrain=(folder / terrain).resolve() if terrain else None,
        shipped=shipped,
    )
