"""Which cell answers for a place."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from grids.errors import InvalidGrid
from grids.geometry import LonLat, great_circle_distance
from grids.grid import Grid

FloatArray = NDArray[np.float64]
Preference = Literal["land", "nearest"]
Reason = Literal["nearest", "moved_to_land", "moved_to_height"]

REACH = 2
"""Cells to each side of the nearest one that may answer: a window of 5 x 5."""

LAND = 0.5
"""A cell is land from this land fraction on."""

TOLERATED_HEIGHT_M = 100.0
"""With a smaller height difference the nearest cell stays."""

METRES_OF_HEIGHT_PER_KM = 30.0
"""A height mismatch of 30 m weighs as 1 km of distance. Our choice, after the practice of trading
distance against height when a grid cell is picked for a station; with 6.5 K/km it is 0.2 K."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChoice:
    """The cell that answers for a place, and why.

    Attributes:
        row: counted from the south.
        column: counted from the west.
        longitude: degrees east of its centre.
        latitude: degrees north of its centre.
        elevation: mean height of the cell, m.
        distance_m: from the place to the centre, m.
        height_difference_m: the asked height minus that of the cell, m; None if none was asked.
        land_fraction: 0 to 1.
        reason: nearest, moved_to_land or moved_to_height.
    """

    row: int
    column: int
    longitude: float
    latitude: float
    elevation: float
    distance_m: float
    height_difference_m: float | None
    land_fraction: float
    reason: Reason


def choose_cell(
    grid: Grid,
    terrain: xr.Dataset,
    *,
    lonlat: LonLat,
    elevation: float | None = None,
    preference: Preference = "land",
) -> CellChoice:
    """Choose the cell that answers for a place.

    ``nearest`` takes the cell that holds the place. ``land`` leaves a sea cell for the best land
    cell of the 5 x 5 around it, if there is one; and where a height is given that the nearest
    cell misses by more than 100 m, it takes the cell with the least
    distance + height mismatch / 30 m per km.

    Args:
        grid: the grid of the forecast.
        terrain: elevation (m) and land_fraction (0 to 1) on the grid (latitude, longitude).
        lonlat: the place.
        elevation: height of the place, m above sea level, if known.
        preference: land or nearest.

    Raises:
        OutsideGrid: the place is not on the grid.
        InvalidGrid: the terrain is not that of the grid.
    """
    if terrain["elevation"].shape != grid.shape:
        raise InvalidGrid(
            f"the terrain has {terrain['elevation'].shape} cells, the grid {grid.shape}"
        )
    row, column = grid.locate(lonlat)
    near = _Surroundings.around(grid, terrain, lonlat=lonlat, cell=(row, column))
    reason: Reason = "nearest"
    cell = near.middle
    if preference == "land":
        cell, reason = near.best(elevation)
    height = float(near.elevation[cell])
    return CellChoice(
        row=near.first[0] + cell[0],
        column=near.first[1] + cell[1],
        longitude=float(near.longitudes[cell[1]]),
        latitude=float(near.latitudes[cell[0]]),
        elevation=height,
        distance_m=float(near.distance_m[cell]),
        height_difference_m=None if elevation is None else elevation - height,
        land_fraction=float(near.land_fraction[cell]),
        reason=reason,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """The cells around a place; ``middle`` is the one that holds it."""

    first: tuple[int, int]
    middle: tuple[int, int]
    latitudes: FloatArray
    longitudes: FloatArray
    elevation: FloatArray
    land_fraction: FloatArray
    distance_m: FloatArray

    @classmethod
    def around(
        cls, grid: Grid, terrain: xr.Dataset, *, lonlat: LonLat, cell: tuple[int, int]
    ) -> Self:
        first = (max(cell[0] - REACH, 0), max(cell[1] - REACH, 0))
        window = (slice(first[0], cell[0] + REACH + 1), slice(first[1], cell[1] + REACH + 1))
        part = grid.window(rows=window[0], columns=window[1])
        latitudes, longitudes = part.latitudes, part.longitudes
        return cls(
            first=first,
            middle=(cell[0] - first[0], cell[1] - first[1]),
            latitudes=latitudes,
            longitudes=longitudes,
            elevation=np.asarray(terrain["elevation"][window].values, dtype=np.float64),
            land_fraction=np.asarray(terrain["land_fraction"][window].values, dtype=np.float64),
            distance_m=great_circle_distance(
                longitude=lonlat.longitude,
                latitude=lonlat.latitude,
                to_longitude=longitudes,
                to_latitude=latitudes[:, np.newaxis],
            ),
        )

    def best(self, elevation: float | None) -> tuple[tuple[int, int], Reason]:
        """The best land cell, weighing distance and height; else the middle."""
        land = self.land_fraction >= LAND
        at_sea = not land[self.middle]
        misses = elevation is not None and (
            abs(elevation - self.elevation[self.middle]) > TOLERATED_HEIGHT_M
        )
        if not land.any() or not (at_sea or misses):
            return self.middle, "nearest"
        cost = self.distance_m / 1000.0
        if elevation is not None:
            cost = cost + np.abs(elevation - self.elevation) / METRES_OF_HEIGHT_PER_KM
        row, column = divmod(int(np.argmin(np.where(land, cost, np.inf))), land.shape[1])
        if (row, column) == self.middle:
            return self.middle, "nearest"
        return (row, column), "moved_to_land" if at_sea else "moved_to_height"
