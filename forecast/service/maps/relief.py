"""The ground under the map, from the cells' terrain: relief in the light of a low sun, water."""

from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.service.maps.mercator import OUTSIDE, Tile, cells_under
from forecast.service.maps.scales import NOTHING, rgb, settings
from forecast.variables import LAND_SHARE
from grids import Grid
from grids.geometry import EARTH_RADIUS_M

SHADES: Final = 254
"""Shades from the darkest to the lightest, as entries 1 to 254 of the palette."""

Floats = npt.NDArray[np.float32]
Entries = npt.NDArray[np.uint8]


def hillshade(elevation: Floats, grid: Grid) -> Floats:
    """Light on each cell, 0 in the shade to 1 [row from the south, column]; NaN without a height.

    Slopes by the weighted differences of the eight neighbours (Horn 1981, Proc. IEEE 69, 14-47,
    eq. for the third-order finite difference), the light by Lambert's cosine:
    cos(zenith) cos(slope) + sin(zenith) sin(slope) cos(azimuth - aspect). At the edge of the
    region the outermost cells go on.

    Args:
        elevation: m above sea level.
        grid: of the cells; a degree of longitude is shorter in the north.
    """
    style = settings()["hillshade"]
    wide = np.pad(elevation.astype(np.float64) * style["exaggeration"], 1, mode="edge")
    metre = np.radians(1.0) * EARTH_RADIUS_M
    across = metre * grid.longitude_spacing * np.cos(np.radians(grid.latitudes))[:, np.newaxis]
    south, middle, north = wide[:-2], wide[1:-1], wide[2:]
    columns = south + 2.0 * middle + north
    east = (columns[:, 2:] - columns[:, :-2]) / (8.0 * across)
    rise = north - south
    up = (rise[:, :-2] + 2.0 * rise[:, 1:-1] + rise[:, 2:]) / (8.0 * metre * grid.latitude_spacing)
    azimuth, altitude = np.radians(style["azimuth"]), np.radians(style["altitude"])
    towards = -(np.sin(azimuth) * east + np.cos(azimuth) * up)
    light = (np.sin(altitude) + np.cos(altitude) * towards) / np.sqrt(1.0 + east**2 + up**2)
    known = np.where(np.isnan(elevation), np.nan, light)
    return np.clip(known, 0.0, 1.0).astype(np.float32)


def shade_palette() -> Entries:
    """Opaque shades between the two of the style [entry, 4]; the first is transparent."""
    style = settings()["hillshade"]
    ends = np.array([rgb(style["darkest"]), rgb(style["lightest"])], dtype=np.float64)
    share = np.linspace(0.0, 1.0, SHADES)[:, np.newaxis]
    shown = np.rint(ends[0] + share * (ends[1] - ends[0]))
    opaque = np.full((SHADES, 1), 255.0)
    return np.concatenate([np.zeros((1, 4)), np.hstack([shown, opaque])]).astype(np.uint8)


def water_palette() -> Entries:
    """Nothing, and water [entry, 4]."""
    return np.array([(0, 0, 0, 0), (*rgb(settings()["water"]["colour"]), 255)], dtype=np.uint8)


def shades_of(tile: Tile, light: Floats, *, grid: Grid) -> Entries:
    """Entries of `shade_palette`, smooth between the cells.

    Args:
        tile: of the web map.
        light: of the cells [row, column].
        grid: of the cells.

    Returns:
        Of the pixels in a cell [row of pixels, column of pixels].
    """
    down, across = (places != OUTSIDE for places in cells_under(tile, grid))
    box = grid.bounds
    north = (tile.latitudes[down] - box.south) / grid.latitude_spacing - 0.5
    east = ((tile.longitudes[across] - box.west) % 360.0) / grid.longitude_spacing - 0.5
    low, high, up = _around(north, grid.rows)
    left, right, along = _around(east, grid.columns)
    rows = light[low] * (1 - up)[:, np.newaxis] + light[high] * up[:, np.newaxis]
    smooth = rows[:, left] * (1 - along) + rows[:, right] * along
    shades = np.rint(smooth * (SHADES - 1)) + 1.0
    return np.nan_to_num(shades, nan=NOTHING).astype(np.uint8)


def water_cells(land_fraction: Floats) -> Entries:
    """1 where a cell is less than half land [row, column], else 0; also where that is unknown."""
    return (land_fraction < LAND_SHARE).astype(np.uint8)


def _around(
    places: npt.NDArray[np.float64], count: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Floats]:
    """The cells before and after each place, and how far between their middles it lies."""
    inside = np.clip(places, 0.0, count - 1.0)
    low = np.floor(inside).astype(np.intp)
    return low, np.minimum(low + 1, count - 1), (inside - low).astype(np.float32)
