"""What a correction is made from: stations, pairs of forecast and observation, still nights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from forecast.errors import DataError
from grids.grid import Grid

PAIR: Final = ("station", "time", "reference_time", "forecast", "observed")
UNCORRECTED: Final = "zhitian"
"""Only pairs of the uncorrected method say what is to be corrected."""

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """Observations beside the uncorrected forecast at the stations' own heights.

    Attributes:
        stations: station, longitude, latitude (degrees), elevation (m), one row a station; they
            may lie outside the region.
        pairs: for each variable to correct, rows of station, time, reference_time (UTC), forecast
            and observed (degC); a column `method` selects `zhitian`; a column `stillness` (0 to 1,
            from `terrain_features.stillness`) is what the cold pool is fitted with. Checked
            observations only.
        stillness: on `time`, mean over the region for the times to correct, or None.
    """

    stations: pd.DataFrame
    pairs: Mapping[str, pd.DataFrame]
    stillness: xr.DataArray | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Places:
    """Points or cells with their heights, flat.

    Attributes:
        longitude: degrees [place].
        latitude: degrees [place].
        elevation: m [place].
    """

    longitude: Doubles
    latitude: Doubles
    elevation: Doubles

    @property
    def size(self) -> int:
        """How many."""
        return int(self.elevation.size)

    def at(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp] | slice) -> Places:
        """Some of the places, by mask, index or slice."""
        return Places(
            longitude=self.longitude[chosen],
            latitude=self.latitude[chosen],
            elevation=self.elevation[chosen],
        )


def places_of(stations: pd.DataFrame) -> Places:
    """The places of stations, in the order of the table.

    Raises:
        DataError: a column is missing or a value is not finite.
    """
    columns = {}
    for name in ("longitude", "latitude", "elevation"):
        if name not in stations.columns:
            raise DataError(f"stations were handed to the calibration without {name}")
        columns[name] = stations[name].to_numpy(np.float64)
        if not np.isfinite(columns[name]).all():
            raise DataError(f"a station's {name} is not finite; every station needs all three")
    return Places(**columns)


def cells_of(terrain: xr.Dataset) -> tuple[Grid, Places]:
    """Grid and cells of a terrain, row by row from the south; sea counts as 0 m.

    Args:
        terrain: `elevation` (m) on ascending latitude and longitude (degrees).
    """
    grid = Grid.from_coordinates(
        latitude=terrain["latitude"].values, longitude=terrain["longitude"].values
    )
    longitude, latitude = np.meshgrid(grid.longitudes, grid.latitudes)
    height = terrain["elevation"].transpose("latitude", "longitude").values.astype(np.float64)
    cells = Places(
        longitude=longitude.ravel(),
        latitude=latitude.ravel(),
        elevation=np.nan_to_num(height, nan=0.0).ravel(),
    )
    return grid, cells


def errors_of(pairs: pd.DataFrame, stations: pd.DataFrame) -> pd.DataFrame:
    """Forecast minus observation, oldest first.

    Args:
        pairs: rows as in `Evidence.pairs`.
        stations: whose rows are wanted.

    Returns:
        `place` (row of the station in `stations`), `time`, `reference_time`, `error` (K) and,
        where the pairs have it, `stillness`; rows without a number or of other stations are out.

    Raises:
        DataError: a column is missing, or a station stands twice in the list.
    """
    lacking = [name for name in PAIR if name not in pairs.columns]
    if lacking:
        raise DataError(f"pairs were handed to the calibration without {lacking[0]}")
    if stations["station"].duplicated().any():
        raise DataError("a station stands twice in the list that was handed to the calibration")
    if "method" in pairs.columns:
        pairs = pairs[pairs["method"] == UNCORRECTED]
    order = pd.Series(np.arange(len(stations)), index=stations["station"].to_numpy())
    table = pd.DataFrame(
        {
            "place": pairs["station"].map(order).to_numpy(np.float64, na_value=np.nan),
            "time": pairs["time"].to_numpy("datetime64[ns]"),
            "reference_time": pairs["reference_time"].to_numpy("datetime64[ns]"),
            "error": pairs["forecast"].to_numpy(np.float64)
            - pairs["observed"].to_numpy(np.float64),
        }
    )
    if "stillness" in pairs.columns:
        table["stillness"] = pairs["stillness"].to_numpy(np.float64)
    kept = table[np.isfinite(table["place"]) & np.isfinite(table["error"])]
    return kept.astype({"place": np.int64}).sort_values(["time", "reference_time"])
