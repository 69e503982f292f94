"""Which cell answers for a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from grids.errors import InvalidGrid
from grids.geometry import LonLat, great_circle_distance
from grids.grid import Grid

FloatArray = NDArray[np.float64]
AnyArray = NDArray[Any]
Preference = Literal["land", "nearest"]
Reason = Literal["nearest", "moved_to_land", "moved_to_height"]

REACH = 2
"""Cells to each side of the nearest one that may answer: a window of 5 x 5."""

LAND = 0.5
"""A cell is land from this land fraction on."""

TOLERATED_HEIGHT_M = 100.0
"""With a smaller height difference the nearest cell stays."""

FLAT_M = 10.0
"""Between equally near cells whose heights differ by less there is nothing to choose."""

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
    terrain: xr.Dataset | Mapping[str, AnyArray],
    *,
    lonlat: LonLat,
    elevation: float | None = None,
    preference: Preference = "land",
) -> CellChoice:
    """Choose the cell that answers for a place.

    ``nearest`` takes the cell that holds the place. ``land`` leaves a sea cell for the best land
    cell of the 5 x 5 around it, if there is one; and where a height is given that the nearest
    cell misses by more than 100 m, it takes the cell with the least
    distance + height mismatch / 30 m per km. A place on an edge or corner is as near to two or
    four cells: of those that are land, ``land`` takes the one nearest to the height that is given,
    else to their mean height;
    where these lie within 10 m of one another, the south-western of them.

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
    heights, land = np.asarray(terrain["elevation"]), np.asarray(terrain["land_fraction"])
    if heights.shape != grid.shape:
        raise InvalidGrid(f"the terrain has {heights.shape} cells, the grid {grid.shape}")
    touching = grid.touching(lonlat)
    cell = touching[0]
    if preference == "land" and len(touching) > 1:
        cell = _of_equals(touching, heights, land, elevation)
    reason: Reason = "nearest"
    at_sea = bool(land[cell] < LAND)
    misses = elevation is not None and abs(elevation - heights[cell]) > TOLERATED_HEIGHT_M
    if preference == "land" and (at_sea or misses):
        near = _Surroundings.around(grid, lonlat=lonlat, cell=cell, fields=(heights, land))
        chosen = near.best(elevation)
        if chosen not in (None, cell):
            cell, reason = chosen, "moved_to_land" if at_sea else "moved_to_height"
    longitude, latitude = grid.centre(*cell)
    height = float(heights[cell])
    return CellChoice(
        row=cell[0],
        column=cell[1],
        longitude=longitude,
        latitude=latitude,
        elevation=height,
        distance_m=lonlat.distance_to(LonLat(longitude=longitude, latitude=latitude)),
        height_difference_m=None if elevation is None else elevation - height,
        land_fraction=float(land[cell]),
        reason=reason,
    )


def _of_equals(
    cells: list[tuple[int, int]], heights: AnyArray, land: AnyArray, elevation: float | None
) -> tuple[int, int]:
    """Of cells that are equally near, one of land, nearest to a height or to their mean height."""
    ashore = [cell for cell in cells if land[cell] >= LAND] or cells
    levels = {cell: float(heights[cell]) for cell in ashore}
    if max(levels.values()) - min(levels.values()) <= FLAT_M:
        return ashore[0]
    wanted = sum(levels.values()) / len(levels) if elevation is None else elevation
    return min(ashore, key=lambda cell: abs(levels[cell] - wanted))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """The cells around the one that holds a place."""

    first: tuple[int, int]
    elevation: FloatArray
    land_fraction: FloatArray
    distance_m: FloatArray

    @classmethod
    def around(
        cls,
        grid: Grid,
        *,
        lonlat: LonLat,
        cell: tuple[int, int],
        fields: tuple[AnyArray, AnyArray],
    ) -> Self:
        first = (max(cell[0] - REACH, 0), max(cell[1] - REACH, 0))
        window = (slice(first[0], cell[0] + REACH + 1), slice(first[1], cell[1] + REACH + 1))
        part = grid.window(rows=window[0], columns=window[1])
        elevation, land_fraction = (np.asarray(one[window], dtype=np.float64) for one in fields)
        return cls(
            first=first,
            elevation=elevation,
            land_fraction=land_fraction,
            distance_m=great_circle_distance(
                longitude=lonlat.longitude,
                latitude=lonlat.latitude,
                to_longitude=part.longitudes,
                to_latitude=part.latitudes[:, np.newaxis],
            ),
        )

    def best(self, elevation: float | None) -> tuple[int, int] | None:
        """The best land cell of the grid, weighing distance and height; None without land."""
        land = self.land_fraction >= LAND
        if not land.any():
            return None
        cost = self.distance_m / 1000.0
        if elevation is not None:
            cost = cost + np.abs(elevation - self.elevation) / METRES_OF_HEIGHT_PER_KM
        row, column = divmod(int(np.argmin(np.where(land, cost, np.inf))), land.shape[1])
        return self.first[0] + row, self.first[1] + column
