"""The stations that can say something of a run: in or near its region, on the model's own grid."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from forecast import downscale
from forecast.downscale import Target
from forecast.errors import StoreMissing
from forecast.pipeline.about import FILES
from forecast.store.observations import ObservationStore
from forecast.store.paths import StorePaths
from grids import BoundingBox, Grid
from grids.regrid import Mesh, covers

MARGIN_DEGREES: Final = 0.5
"""Stations so far outside the region still say something of it."""

KEPT: Final = (
    *("temperature_2m", "dew_point_2m", "relative_humidity_2m", "wind_speed_10m"),
    *("precipitation", "surface_pressure", "cloud_cover"),
)
"""Variables whose forecasts for stations are kept, where the run has them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Witnesses:
    """The stations of a region and its run.

    Attributes:
        store: what they observed.
        stations: station, longitude, latitude (degrees), elevation (m).
        target: the same as points, with the region's terrain.
        hourly: the run on the model grid, hour by hour.
        left_out: sentences about stations that the run does not reach.
    """

    store: ObservationStore
    stations: pd.DataFrame
    target: Target
    hourly: xr.Dataset
    left_out: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Name of the run's source: only runs of the same one tell its errors."""
        return str(self.hourly.attrs.get("source", FILES))

    @property
    def variables(self) -> tuple[str, ...]:
        """What of `KEPT` the run can give."""
        possible = downscale.available(self.hourly)
        return tuple(name for name in KEPT if name in possible)


def witnesses(root: Path, hourly: xr.Dataset, *, terrain: xr.Dataset) -> Witnesses | None:
    """The stations in and near a region, or None where nobody has taken observations in.

    Stations beyond the model's own grid are left out and told.

    Args:
        root: folder of the region's store.
        hourly: the run on the model grid.
        terrain: the region's.
    """
    try:
        store = ObservationStore.open(StorePaths(root).observations)
    except StoreMissing:
        return None
    grid = Grid.from_coordinates(
        latitude=terrain["latitude"].values, longitude=terrain["longitude"].values
    )
    stations = _within(store.stations(), grid.bounds.expand(MARGIN_DEGREES))
    reached = covers(
        Mesh.from_dataset(hourly),
        longitude=stations["longitude"].to_numpy(np.float64),
        latitude=stations["latitude"].to_numpy(np.float64),
    )
    beyond = stations["station"][~reached].tolist()
    stations = stations[reached].reset_index(drop=True)
    if stations.empty:
        return None
    return Witnesses(
        store=store,
        stations=stations,
        target=_target(stations, terrain),
        hourly=hourly,
        left_out=(_beyond(beyond),) if beyond else (),
    )


def _beyond(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"stations beyond the model's grid left out: {', '.join(names[:3])}{more}"


def _within(stations: pd.DataFrame, box: BoundingBox) -> pd.DataFrame:
    """Stations in a box."""
    east = (stations["longitude"] - box.west) % 360.0 <= box.east - box.west
    return stations[east & stations["latitude"].between(box.south, box.north)].reset_index(
        drop=True
    )


def on_grid(found: Witnesses, correction: xr.Dataset) -> Witnesses:
    """The stations on the correction's own grid: beyond it there is no correction."""
    grid = Grid.from_coordinates(
        latitude=correction["latitude"].values, longitude=correction["longitude"].values
    )
    inside = _within(found.stations, grid.bounds)
    return replace(found, stations=inside, target=_target(inside, found.target.terrain))


def _target(stations: pd.DataFrame, terrain: xr.Dataset | None) -> Target:
    places = {
        name: ("point", stations[name].to_numpy(np.float64))
        for name in ("longitude", "latitude", "elevation")
    }
    return Target.points(xr.Dataset(coords=places), terrain=terrain)
