"""One frozen settings object: environment (`ZHITIAN_…`) over a TOML file over defaults."""

import os
import tomllib
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)

from forecast.errors import InvalidRequest, SettingsError
from forecast.times import parse_instant

PREFIX = "ZHITIAN_"
_LISTS = ("regions", "cors_origins", "warm_maps")
"""Settings that hold several texts, written with commas in the environment."""
_NOT_SETTINGS = frozenset({"ZHITIAN_DATA", "ZHITIAN_FAILPOINT", "ZHITIAN_CONFIG"})
"""Names with the prefix that belong to the tests or to the choice of the file itself."""


class Settings(BaseModel):
    """Every choice an operator has; `docs/configuration.md` explains each field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    store: Path = Field(Path("zhitian-data/store"), description="folder of published cycles")
    downloads: Path = Field(Path("zhitian-data/downloads"), description="folder of source files")
    terrain: Path = Field(
        Path("zhitian-data/terrain"), description="folder of terrain made by `terrain build`"
    )
    regions: tuple[str, ...] = Field(
        ("tianjin", "yuexi", "chongqing"),
        min_length=1,
        description="region names or region files, by comma",
    )
    source: str = Field("ecmwf-ifs", description="live source that a run uses by default")
    source_url: str | None = Field(None, description="mirror that replaces the source's address")
    terrain_url: str | None = Field(
        None, description="mirror that replaces the public bucket of Copernicus tiles"
    )
    scheduler: str = Field("threads", description="`threads`, or tcp://… of a dask scheduler")
    deadline_minutes: float = Field(120.0, gt=0, le=1440, description="longest time of one run")
    keep_cycles: int = Field(4, ge=3, le=1000, description="published cycles kept by `gc`")
    archive_days: int = Field(
        0, ge=0, le=3660, description="days of published cycles that `gc` keeps for `past_days`"
    )
    normals: Path | None = Field(
        None, description="file of daily normals, netCDF or CSV, for `climatology_days`"
    )
    history: Path | None = Field(
        None, description="file of daily values of past years, netCDF or CSV, for seasons"
    )
    crops: Path | None = Field(
        None, description="folder of crop profiles of the operator's own, beside those that ship"
    )
    places: Path | None = Field(
        None,
        description="file of the operator's own places and zones; `places.sqlite` in the store",
    )
    warm_maps: tuple[str, ...] = Field(
        (), description="region:crop whose maps of grades are kept ready, by comma"
    )
    base_layer: Path | None = Field(
        None, description="file that describes a base layer of the operator's own for the map"
    )
    datum_transform: str | None = Field(
        None,
        description="`module:function` that turns GCJ-02 and BD-09 coordinates into WGS 84",
    )
    hours: int = Field(120, ge=1, le=384, description="hours of forecast that a run fetches")
    host: str = Field("127.0.0.1", description="address that `serve` binds")
    port: int = Field(8000, ge=0, le=65535, description="port that `serve` binds; 0 picks one")
    max_points: int = Field(100, ge=1, le=10_000, description="points in one request")
    max_values: int = Field(
        500_000, ge=1000, description="points x hours x variables in one answer"
    )
    max_member_values: int = Field(
        25_000_000,
        ge=1000,
        description="points x members x hours x variables that one answer works through",
    )
    max_export_values: int = Field(
        600_000_000, ge=1000, description="cells x hours x variables in one export"
    )
    cors_origins: tuple[str, ...] = Field(
        (), description="web origins whose pages may ask the service, by comma; `*` for all"
    )
    now: AwareDatetime | None = Field(
        None, description="clock of the service, for a simulated or archived cycle"
    )

    @field_validator("now", mode="before")
    @classmethod
    def _instant(cls, given: object) -> object:
        """Read text as the command line does; a bare number is no instant."""
        if given is None or isinstance(given, datetime):
            return given
        try:
            return parse_instant(str(given))
        except InvalidRequest as error:
            raise ValueError(str(error)) from error

    def places_file(self) -> Path:
        """Where the operator's own places and zones are kept; need not be there."""
        return self.places or self.store / "places.sqlite"

    def clock(self) -> datetime:
        """The instant that counts as now, UTC."""
        return datetime.now(UTC) if self.now is None else self.now.astimezone(UTC)


def load(config: Path | None = None, **overrides: Any) -> Settings:
    """Build the settings: options given here over environment over file over defaults.

    Args:
        config: TOML file; `ZHITIAN_CONFIG` names one where this is None.
        **overrides: fields given on the command line; None means not given.

    Raises:
        SettingsError: a name is misspelt or a value is not allowed.
    """
    named = config or _named_by_environment()
    values = _from_file(named) if named else {}
    _refuse_unknown(values, where=f"settings file {named}")
    environment = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in os.environ.items()
        if name.startswith(PREFIX) and name not in _NOT_SETTINGS
    }
    _refuse_unknown(environment, where="environment")
    given = {name: value for name, value in overrides.items() if value is not None}
    merged = {**values, **environment, **given}
    for name in _LISTS:
        if isinstance(merged.get(name), str):
            merged[name] = tuple(part.strip() for part in merged[name].split(",") if part.strip())
    try:
        return Settings(**merged)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"setting {name!r} is {first.get('input')!r}; {first['msg'].lower()}"
        ) from error


def _named_by_environment() -> Path | None:
    name = os.environ.get("ZHITIAN_CONFIG")
    return Path(name) if name else None


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"settings file {path} cannot be read: {error}") from error


def _refuse_unknown(values: dict[str, Any], *, where: str) -> None:
    for name in values:
        if name not in Settings.model_fields:
            near = get_close_matches(name, Settings.model_fields, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise SettingsError(f"{where}: there is no setting {name!r}{hint}")
