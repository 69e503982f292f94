"""Options that several commands share, and the settings they lead to."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from forecast.settings import Settings

Config = Annotated[
    Path | None, typer.Option("--config", help="TOML file with settings.", show_default=False)
]
Store = Annotated[
    Path | None,
    typer.Option("--store", help="Folder of published cycles.", show_default="zhitian-data/store"),
]
Now = Annotated[
    str | None,
    typer.Option(
        "--now",
        help="Clock to use instead of the real one (ISO 8601), for simulated or old cycles.",
        show_default=False,
    ),
]
RegionName = Annotated[
    str, typer.Option("--region", help="Region name, or a region file ending in .toml.")
]
RegionNames = Annotated[
    list[str] | None,
    typer.Option(
        "--region",
        help="Region name or region file; may be given several times.",
        show_default="those of the settings",
    ),
]

Place = Annotated[
    str | None, typer.Option("--place", help="Name of a place: 宁河, ninghe, Yuexi Anhui.")
]
Latitude = Annotated[float | None, typer.Option("--lat", help="Latitude, degrees north.")]
Longitude = Annotated[float | None, typer.Option("--lon", help="Longitude, degrees east.")]
Elevation = Annotated[
    float | None, typer.Option("--elevation", help="Height to answer for, m above sea level.")
]
Datum = Annotated[
    str | None,
    typer.Option(
        "--datum",
        help="What the coordinates are in: wgs84, cgcs2000, gcj02, bd09 or unknown.",
        show_default="wgs84",
    ),
]
Precision = Annotated[
    str | None,
    typer.Option(
        "--precision",
        help="How far the field may lie to each side: degrees (0.005), or 30m, 2km.",
        show_default="by the last digit",
    ),
]
CellChoice = Annotated[str, typer.Option("--cell", help="`land` or `nearest`.")]
CycleName = Annotated[
    str | None, typer.Option("--cycle", help="A published cycle.", show_default="the current one")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Answer as the service would have then (ISO 8601)."),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Refuse a stale or degraded cycle, or another cell.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON, as the API.")]
Lang = Annotated[Literal["zh", "en"], typer.Option("--lang", help="Language.")]

Orography = Annotated[
    Path | None,
    typer.Option("--orography", help="File with the model's orography, where the input has none."),
]


def named(text: str | None) -> tuple[str, ...] | None:
    """Names that were given by comma, or None where none were.

    Args:
        text: of an option, as `temperature_2m, precipitation`.
    """
    return tuple(part.strip() for part in text.split(",")) if text else None


def load_settings(config: Path | None, *, now: str | None = None, **overrides: Any) -> "Settings":
    """Load the settings with what the command line gave on top.

    Args:
        config: settings file, or None.
        now: instant for the clock, ISO 8601, or None.
        **overrides: other fields; None and an empty list mean not given.
    """
    from forecast import settings, times

    instant = times.parse_instant(now) if now else None
    given = {name: value for name, value in overrides.items() if value not in (None, [])}
    return settings.load(config, now=instant, **given)
