"""Tiles of a web map: which places their pixels are, and which cells lie there."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.errors import InvalidRequest
from grids import BoundingBox, Grid

SIZE: Final = 256
"""Pixels along a tile."""

DEEPEST: Final = 14
"""Deepest zoom: a cell of a kilometre is some hundred pixels across."""

OUTSIDE: Final = -1
"""Place of a pixel that lies in no cell."""

Degrees = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the web map in spherical Mercator (EPSG:3857), numbered from the north-west.

    Attributes:
        zoom: 0 to `DEEPEST`; the world is 2^zoom tiles wide.
        x: eastward from 180 degrees west.
        y: southward from 85.05 degrees north.

    Raises:
        InvalidRequest: there is no such tile.
    """

    zoom: int
    x: int
    y: int

    def __post_init__(self) -> None:
        """Check the numbers."""
        if not 0 <= self.zoom <= DEEPEST:
            raise InvalidRequest(f"zoom {self.zoom} was asked; allowed are 0 to {DEEPEST}")
        last = 2**self.zoom - 1
        if not (0 <= self.x <= last and 0 <= self.y <= last):
            raise InvalidRequest(
                f"tile {self.x}, {self.y} of zoom {self.zoom} was asked; allowed are 0 to {last}"
            )

    @property
    def longitudes(self) -> Degrees:
        """Middles of the pixels, degrees east [column]."""
        return _longitude(self.zoom, self.x + (np.arange(SIZE) + 0.5) / SIZE)

    @property
    def latitudes(self) -> Degrees:
        """Middles of the pixels, degrees north [row from the north]."""
        return _latitude(self.zoom, self.y + (np.arange(SIZE) + 0.5) / SIZE)

    @property
    def bounds(self) -> BoundingBox:
        """The box of the tile, degrees."""
        west, east = _longitude(self.zoom, np.array([self.x, self.x + 1.0])).tolist()
        north, south = _latitude(self.zoom, np.array([self.y, self.y + 1.0])).tolist()
        return BoundingBox(west=west, south=south, east=east, north=north)

    def touches(self, box: BoundingBox) -> bool:
        """Whether a pixel may lie in a box."""
        own = self.bounds
        apart = (box.west - own.west) % 360.0
        across = apart <= own.east - own.west or 360.0 - apart <= box.east - box.west
        return across and own.south <= box.north and box.south <= own.north


@lru_cache(maxsize=512)
def cells_under(tile: Tile, grid: Grid) -> tuple[Indices, Indices]:
    """Row and column of the cell under each pixel, as `Grid.locate` has it.

    Args:
        tile: of the web map.
        grid: of a region.

    Returns:
        Rows [row of pixels] and columns [column of pixels], `OUTSIDE` where there is no cell.
    """
    box = grid.bounds
    across = np.floor(((tile.longitudes - box.west) % 360.0) / grid.longitude_spacing)
    up = np.floor((tile.latitudes - box.south) / grid.latitude_spacing)
    rows, columns = (_within(up, grid.rows), _within(across, grid.columns))
    rows.setflags(write=False)
    columns.setflags(write=False)
    return rows, columns


def parts_under(tile: Tile, box: BoundingBox, *, zoom: int) -> Iterator[Tile]:
    """Tiles of another zoom that a tile lies in or consists of, as far as they touch a box.

    Args:
        tile: of the web map.
        box: degrees.
        zoom: of the parts.
    """
    if tile.zoom >= zoom:
        up = tile.zoom - zoom
        yield Tile(zoom, tile.x >> up, tile.y >> up)
        return
    down = zoom - tile.zoom
    north, south = (_down(zoom, latitude) for latitude in (box.north, box.south))
    first, last = max(north, tile.y << down), min(south, ((tile.y + 1) << down) - 1)
    for y in range(first, last + 1):
        for x in range(tile.x << down, (tile.x + 1) << down):
            part = Tile(zoom, x, y)
            if part.touches(box):
                yield part


def _down(zoom: int, latitude: float) -> int:
    """Number of the row of tiles that holds a latitude, the first or last beyond the ends."""
    ordinate = math.asinh(math.tan(math.radians(min(max(latitude, -89.0), 89.0)))) / math.pi
    return min(max(int((1.0 - ordinate) / 2.0 * 2**zoom), 0), 2**zoom - 1)


def _within(places: Degrees, count: int) -> Indices:
    return np.where((places >= 0) & (places < count), places, OUTSIDE).astype(np.intp)


def _longitude(zoom: int, across: Degrees) -> Degrees:
    """Degrees east: 360 x / 2^z - 180."""
    return np.asarray(across / 2**zoom * 360.0 - 180.0)


def _latitude(zoom: int, down: Degrees) -> Degrees:
    """Degrees north, the inverse of the Mercator ordinate: atan(sinh(pi (1 - 2 y / 2^z)))."""
    return np.asarray(np.degrees(np.arctan(np.sinh(math.pi * (1.0 - 2.0 * down / 2**zoom)))))
