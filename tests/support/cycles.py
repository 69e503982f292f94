"""Small cycles with known values, for tests that need something in a store."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.store import CycleDescription, RegionStore, SourceFile, Staging
from forecast.variables import FILL, require
from grids.grid import Grid

START = datetime(2025, 4, 10, tzinfo=UTC)
VARIABLES = ("temperature_2m", "dew_point_2m", "wind_speed_10m", "wind_gust_10m", "precipitation")


def description(
    *,
    rows: int = 11,
    columns: int = 13,
    hours: int = 5,
    tile: int = 4,
    variables: tuple[str, ...] = VARIABLES,
) -> CycleDescription:
    """A cycle of a little region whose edge tiles are smaller than the others."""
    start = np.datetime64("2025-04-10T00", "ns")
    times = start + (1 + np.arange(hours)) * np.timedelta64(1, "h")
    return CycleDescription(
        region="testland",
        source="test-model",
        source_label="Test model",
        simulated=True,
        reference_time=START,
        grid=Grid(
            west=116.7,
            south=38.5,
            longitude_spacing=0.01,
            latitude_spacing=0.01,
            rows=rows,
            columns=columns,
        ),
        variables=variables,
        times=times,
        time_bounds=np.stack([times - np.timedelta64(1, "h"), times], axis=1),
        step_flag=np.zeros((len(variables), hours), dtype=np.uint8),
        terrain={"kind": "coarse", "source": "test"},
        source_files=(SourceFile(name="a.grib2", size=3, sha256="ab" * 32),),
        report={"messages": 60},
        tile=tile,
    )


def counts(about: CycleDescription, *, seed: int = 0) -> npt.NDArray[np.int16]:
    """Packed counts [row, column, variable, time]: plausible, different in every cell."""
    height, width = about.grid.shape
    shape = (height, width, len(about.times))
    random = np.random.default_rng(seed)
    temperature = random.integers(-150, 300, shape)
    wind = random.integers(0, 200, shape)
    fields = {
        "temperature_2m": temperature,
        "dew_point_2m": temperature - random.integers(0, 50, shape),
        "wind_speed_10m": wind,
        "wind_gust_10m": wind + random.integers(0, 90, shape),
    }
    columns = [
        fields.get(entry.name, random.integers(0, int(30 * entry.scale), shape))
        for entry in require(about.variables)
    ]
    return np.stack(columns, axis=2).astype(np.int16)


def values_of(packed: npt.NDArray[np.int16], about: CycleDescription) -> npt.NDArray[np.float64]:
    """The physical values of packed counts [..., variable, time], worked out anew."""
    scales = np.array([float(entry.scale) for entry in require(about.variables)])
    return np.where(packed == FILL, np.nan, packed / scales[:, np.newaxis])


def native(about: CycleDescription, *, members: int = 0) -> xr.Dataset:
    """A coarse dataset of the contract around the region."""
    hours = len(about.times)
    shape = (members, hours, 3, 4) if members else (hours, 3, 4)
    dims = ("realization", "time", "latitude", "longitude")[0 if members else 1 :]
    random = np.random.default_rng(7)
    start = np.datetime64("2025-04-10T00", "ns")
    dataset = xr.Dataset(
        {
            "temperature_2m": (dims, random.normal(10, 3, shape).astype(np.float32)),
            "model_elevation": (("latitude", "longitude"), np.ones((3, 4), np.float32)),
            "step_flag": (("variable", "time"), np.zeros((1, hours), np.uint8)),
        },
        coords={
            "time": about.times,
            "latitude": [38.25, 38.5, 38.75],
            "longitude": [116.5, 116.75, 117.0, 117.25],
            "forecast_reference_time": start,
            "forecast_period": ("time", about.times - start),
            "time_bounds": (("time", "bounds"), about.time_bounds),
            "variable": ["temperature_2m"],
        },
        attrs={"source": about.source, "simulated": "true"},
    )
    dataset["temperature_2m"][..., 0, 0] = np.nan
    return dataset.assign_coords(realization=np.arange(members)) if members else dataset


def terrain(about: CycleDescription) -> xr.Dataset:
    """Static fields on the region's grid."""
    elevation = np.random.default_rng(3).uniform(0, 900, about.grid.shape).astype(np.float32)
    return xr.Dataset(
        {"elevation": (("latitude", "longitude"), elevation)},
        coords={"latitude": about.grid.latitudes, "longitude": about.grid.longitudes},
        attrs={"terrain_kind": "coarse"},
    )


def write_tiles(staging: Staging, packed: npt.NDArray[np.int16]) -> None:
    """Write packed counts [row, column, variable, time] into all tiles of a cycle."""
    for tile in staging.tiles():
        rows, columns = staging.layout.window(tile)
        staging.write_tile(tile, packed[rows, columns])


def publish_quickly(
    store: RegionStore,
    *,
    about: CycleDescription | None = None,
    packed: npt.NDArray[np.int16] | None = None,
    seed: int = 0,
) -> str:
    """Write and commit a cycle without the quality gates; returns its name."""
    about = about or description()
    packed = counts(about, seed=seed) if packed is None else packed
    with store.stage(about) as staging:
        write_tiles(staging, packed)
        staging.commit(staging.seal(quality={}))
        return staging.cycle_id


def new_store(folder: Path) -> RegionStore:
    """An empty store for `description()`."""
    return RegionStore.create(folder / "testland", region="testland")


LONG_AGO = timedelta(seconds=-1)
"""A safety age that nothing is too young for."""
