"""Options that several commands share, and the settings they lead to."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
