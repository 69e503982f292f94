"""A small region with a published cycle whose every number follows from a formula."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast import regions
from forecast.publish import publish
from forecast.regions import Region
from forecast.store import CycleDescription, RegionStore
from forecast.variables import FILL, require
from tests.support.cycles import write_tiles

CYCLE = datetime(2025, 4, 10, tzinfo=UTC)
NOW = datetime(2025, 4, 10, 6, tzinfo=UTC)
HOURS = 48
NAME = "smallland"
VARIABLES = (
    "temperature_2m",
    "dew_point_2m",
    "relative_humidity_2m",
    "vapour_pressure_deficit",
    "surface_pressure",
    "wind_speed_10m",
    "wind_direction_10m",
    "wind_gust_10m",
    "precipitation",
    "shortwave_down",
    "longwave_down",
    "cloud_cover",
)
NINGHE = (117.72, 39.45)
"""The gazetteer's point of 宁河, inside the region."""

FIRST_INTERPOLATED = 37
MISSING_CLOUD = (10, 11, 12)
"""Steps at which cloud cover is missing everywhere."""

SEA_COLUMNS = 4
"""Columns at the eastern edge that are sea."""

_TOML = f"""
name = "{NAME}"
label_zh = "小地"
label_en = "Smallland"
timezone = "Asia/Shanghai"
spacing = 0.01

[box]
west = 117.60
south = 39.35
east = 117.84
north = 39.55
"""


@dataclass(frozen=True, kw_only=True)
class SmallRegion:
    """Where the region lies and what it holds.

    Attributes:
        root: folder of all stores, as in the settings.
        file: the region file.
        hours: last lead hour; the first is 0.
        variables: names, in order.
        source: name of the source.
    """

    root: Path
    file: Path
    hours: int = HOURS
    variables: tuple[str, ...] = VARIABLES
    source: str = "ecmwf-ifs"

    @classmethod
    def create(cls, folder: Path, **fields: object) -> "SmallRegion":
        """Write the region file and make an empty store."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{NAME}.toml"
        file.write_text(_TOML, encoding="utf-8")
        RegionStore.create(folder / "store" / NAME, region=NAME)
        return cls(root=folder / "store", file=file, **fields)  # type: ignore[arg-type]

    @cached_property
    def region(self) -> Region:
        return regions.load(self.file)

    @cached_property
    def store(self) -> RegionStore:
        return RegionStore.open(self.root / NAME)

    @cached_property
    def times(self) -> npt.NDArray[np.datetime64]:
        start = np.datetime64("2025-04-10T00", "ns")
        return start + np.arange(self.hours + 1) * np.timedelta64(1, "h")

    def counts(self, version: int = 0) -> npt.NDArray[np.int16]:
        """Packed counts [row, column, variable, time] of a version of the cycle.

        Every count follows from row, column, variable, hour and version, so that a number
        tells where it comes from.
        """
        height, width = self.region.grid.shape
        row = np.arange(height)[:, np.newaxis, np.newaxis]
        column = np.arange(width)[:, np.newaxis]
        hour = np.arange(len(self.times))
        spread = row * 3 + column * 2 + hour % 24
        fields = [self._field(name, spread, version) for name in self.variables]
        packed = np.stack(np.broadcast_arrays(*fields), axis=2).astype(np.int16)
        if "cloud_cover" in self.variables:
            packed[:, :, self.variables.index("cloud_cover"), list(self.missing_cloud)] = FILL
        return packed

    @property
    def missing_cloud(self) -> tuple[int, ...]:
        return tuple(step for step in MISSING_CLOUD if step <= self.hours)

    def value(self, name: str, *, row: int, column: int, step: int, version: int = 0) -> float:
        """The number that an answer must give, NaN where missing."""
        (entry,) = require([name])
        if name == "cloud_cover" and step in self.missing_cloud:
            return float("nan")
        count = self._field(name, np.asarray(row * 3 + column * 2 + step % 24), version)
        return float(count) / entry.scale

    def publish(
        self,
        *,
        version: int = 0,
        simulated: bool = True,
        reference_time: datetime = CYCLE,
        packed: npt.NDArray[np.int16] | None = None,
        native: xr.Dataset | None = None,
    ) -> str:
        """Publish a cycle through the real gates; returns its name."""
        about = self.description(simulated=simulated, reference_time=reference_time)
        counts = self.counts(version) if packed is None else packed
        with self.store.stage(about) as staging:
            write_tiles(staging, counts)
            staging.write_group("terrain", self.terrain)
            if native is not None:
                staging.write_group("native", native)
            publish(staging)
            return staging.cycle_id

    def description(
        self, *, simulated: bool = True, reference_time: datetime = CYCLE
    ) -> CycleDescription:
        """What the cycle is about."""
        flags = np.zeros((len(self.variables), len(self.times)), dtype=np.uint8)
        flags[:, FIRST_INTERPOLATED:] = 1
        if "cloud_cover" in self.variables:
            flags[self.variables.index("cloud_cover"), list(self.missing_cloud)] = 2
        times = self.times + np.timedelta64(int((reference_time - CYCLE).total_seconds()), "s")
        return CycleDescription(
            region=NAME,
            source=self.source,
            source_label="ECMWF IFS open data",
            simulated=simulated,
            reference_time=reference_time,
            grid=self.region.grid,
            variables=self.variables,
            times=times,
            time_bounds=np.stack([times - np.timedelta64(1, "h"), times], axis=1),
            step_flag=flags,
            terrain={"kind": "shipped", "source": "test heights"},
            report={"licence": "CC-BY-4.0", "attribution": "Contains test data"},
            tile=32,
        )

    @cached_property
    def terrain(self) -> xr.Dataset:
        """Heights that rise by 10 m a column westward and 2 m a row; the east is sea."""
        grid = self.region.grid
        inland = grid.columns - SEA_COLUMNS - 1 - np.arange(grid.columns)
        land = np.broadcast_to(inland >= 0, grid.shape)
        rise = 10.0 * inland + 2.0 * np.arange(grid.rows)[:, np.newaxis]
        fields = {
            "elevation": np.where(land, 5.0 + rise, 0.0),
            "land_fraction": land.astype(float),
            "model_elevation": np.full(grid.shape, 40.0),
            "temperature_correction": np.where(land, (40.0 - rise) * 0.0065, 0.1),
            "slope": np.zeros(grid.shape),
            "tpi_3km": np.zeros(grid.shape),
            "tpi_10km": np.zeros(grid.shape),
        }
        dims = ("latitude", "longitude")
        return xr.Dataset(
            {name: (dims, values.astype(np.float32)) for name, values in fields.items()},
            coords={"latitude": grid.latitudes, "longitude": grid.longitudes},
            attrs={"terrain_kind": "shipped", "terrain_source": "test heights"},
        )

    def longer(self, hours: int) -> "SmallRegion":
        """The same region with another number of hours."""
        return replace(self, hours=hours)

    @staticmethod
    def _field(name: str, spread: npt.NDArray[np.int64], version: int) -> npt.NDArray[np.int64]:
        """Packed counts from the spread (row, column, hour); each version is a unit apart."""
        offset, factor = {
            "temperature_2m": (-50, 1),
            "dew_point_2m": (-80, 1),
            "surface_pressure": (10_000, 1),
            "wind_gust_10m": (30, 1),
            "precipitation": (0, 7),
            "longwave_down": (200, 1),
        }.get(name, (0, 1))
        counts = offset + factor * spread + 10 * version
        if name in ("relative_humidity_2m", "cloud_cover"):
            return counts % 101
        if name == "wind_direction_10m":
            return counts * 7 % 361
        return counts
