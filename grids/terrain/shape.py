"""Mean height, land share, slope and topographic position on a grid."""

from dataclasses import replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from grids.errors import TerrainError
from grids.geometry import EARTH_RADIUS_M, BoundingBox
from grids.grid import Grid
from grids.regrid import Mesh, apply, cell_mean, interpolation
from grids.terrain.files import bounds_of

METRES_PER_DEGREE = float(np.deg2rad(EARTH_RADIUS_M))
RADII_M = {"tpi_3km": 3_000.0, "tpi_10km": 10_000.0}
"""Radii of the topographic position indices, m."""

FloatArray = NDArray[np.float64]

ATTRIBUTES: dict[str, dict[str, str]] = {
    "elevation": {
        "standard_name": "surface_altitude",
        "long_name": "mean height of the cell, 0 at sea",
        "units": "m",
        "cell_methods": "area: mean",
    },
    "land_fraction": {
        "standard_name": "land_area_fraction",
        "long_name": "share of the cell that is land",
        "units": "1",
    },
    "slope": {"long_name": "slope of the mean heights (Horn 1981)", "units": "degree"},
    "tpi_3km": {"long_name": "height above the mean within 3 km (Weiss 2001)", "units": "m"},
    "tpi_10km": {"long_name": "height above the mean within 10 km (Weiss 2001)", "units": "m"},
}


def on_grid(elevation: xr.DataArray, grid: Grid, *, kind: str = "file") -> xr.Dataset:
    """Bring heights to a grid and derive land share, slope and topographic position.

    Sources finer than the grid are averaged by area, without masked cells; sources as coarse or
    coarser are interpolated to the cell centres. Slope and position also see the surroundings of
    the grid as far as the source reaches, so that grids side by side fit together.

    Args:
        elevation: from ``load``: (latitude, longitude), m, NaN = sea.
        grid: the target.
        kind: what the source is to us: file, built, shipped or coarse.

    Returns:
        float32 (latitude, longitude): elevation (m, 0 at sea), land_fraction (0 to 1), slope
        (degrees), tpi_3km and tpi_10km (m).

    Raises:
        TerrainError: the source does not cover the grid.
    """
    require_cover(elevation, grid)
    wide = surroundings(grid, bounds_of(elevation))
    height, land = _resampled(elevation, wide)
    source = str(elevation.attrs.get("terrain_source", "unnamed"))
    return described(height, land, wide=wide, grid=grid).assign_attrs(
        terrain_source=source, terrain_kind=kind
    )


def require_cover(elevation: xr.DataArray | xr.Dataset, grid: Grid) -> None:
    """Check that heights reach all cells of a grid (a thousandth of a cell tolerated).

    Raises:
        TerrainError: they do not; the sentence states both boxes.
    """
    box = bounds_of(elevation)
    slack = 1e-3 * min(grid.latitude_spacing, grid.longitude_spacing)
    if not box.expand(slack).covers(grid.bounds):
        raise TerrainError(
            f"the grid {grid.bounds} is asked, but the terrain covers only {box}"
            " (west,south,east,north in degrees)"
        )


def surroundings(grid: Grid, cover: BoundingBox) -> Grid:
    """The grid grown by the largest radius, as far as a box reaches."""
    reach = max(RADII_M.values()) + 1.0
    rows = int(np.ceil(reach / (grid.latitude_spacing * METRES_PER_DEGREE))) + 1
    narrow = np.cos(np.deg2rad(np.abs(grid.latitudes).max()))
    columns = int(np.ceil(reach / (grid.longitude_spacing * METRES_PER_DEGREE * narrow))) + 1
    bounds = grid.bounds
    west = bounds.west + 360.0 * round((cover.west + cover.east - bounds.west - bounds.east) / 720)
    if cover.east - cover.west >= 360.0 - 1e-6:
        spare = (360.0 - bounds.east + bounds.west) / grid.longitude_spacing / 2.0
        room = (int(spare + 1e-6), int(spare + 1e-6))
    else:
        east = west + bounds.east - bounds.west
        room = (_cells(west - cover.west, grid), _cells(cover.east - east, grid))
    south = min(rows, int(max(0.0, bounds.south - cover.south) / grid.latitude_spacing + 1e-6))
    north = min(rows, int(max(0.0, cover.north - bounds.north) / grid.latitude_spacing + 1e-6))
    left, right = min(columns, room[0]), min(columns, room[1])
    return replace(
        grid,
        rows=grid.rows + south + north,
        columns=grid.columns + left + right,
        first_row=grid.first_row - south,
        first_column=grid.first_column - left,
    )


def _cells(degrees: float, grid: Grid) -> int:
    """Whole columns that fit into a distance."""
    return int(max(0.0, degrees) / grid.longitude_spacing + 1e-6)


def described(
    height: NDArray[np.float32], land: NDArray[np.float32], *, wide: Grid, grid: Grid
) -> xr.Dataset:
    """The terrain data set of a grid from heights and land shares of its surroundings.

    Args:
        height: m, on ``wide``; NaN = sea.
        land: 0 to 1, on ``wide``.
        wide: a grid that holds ``grid``, from ``surroundings``.
        grid: the cells wanted.
    """
    level = np.nan_to_num(height.astype(np.float64), nan=0.0)
    fields: dict[str, NDArray[np.floating]] = {
        "elevation": level,
        "land_fraction": land,
        "slope": slope(level, wide),
    }
    for name, radius in RADII_M.items():
        fields[name] = topographic_position(level, wide, radius=radius)
    row, column = grid.first_row - wide.first_row, grid.first_column - wide.first_column
    window = (slice(row, row + grid.rows), slice(column, column + grid.columns))
    dims = ("latitude", "longitude")
    return xr.Dataset(
        {
            name: (dims, np.ascontiguousarray(values[window], dtype=np.float32), ATTRIBUTES[name])
            for name, values in fields.items()
        },
        coords={"latitude": grid.latitudes, "longitude": grid.longitudes},
    )


def slope(elevation: FloatArray, grid: Grid) -> FloatArray:
    """Slope in degrees by the third-order finite difference of Horn (1981, Proc. IEEE 69, 14).

    The gradient weighs the three rows (columns) of the 3 x 3 window by 1, 2, 1. At the edge of
    the grid the heights are continued linearly.

    Args:
        elevation: m, (row, column), south to north, no NaN.
        grid: where they are.
    """
    padded = _continued(elevation)
    east = padded[:, 2:] - padded[:, :-2]
    north = padded[2:, :] - padded[:-2, :]
    by_x = (east[:-2] + 2.0 * east[1:-1] + east[2:]) / 8.0
    by_y = (north[:, :-2] + 2.0 * north[:, 1:-1] + north[:, 2:]) / 8.0
    width = METRES_PER_DEGREE * grid.longitude_spacing * np.cos(np.deg2rad(grid.latitudes))
    height = METRES_PER_DEGREE * grid.latitude_spacing
    return np.asarray(np.rad2deg(np.arctan(np.hypot(by_x / width[:, np.newaxis], by_y / height))))


def topographic_position(elevation: FloatArray, grid: Grid, *, radius: float) -> FloatArray:
    """Height above the mean of the surroundings, m (Weiss 2001, ESRI User Conference poster).

    The surroundings are the cells whose centres lie within the radius in true distance, the cell
    itself included, as far as the grid reaches.

    Args:
        elevation: m, (row, column), south to north, no NaN.
        grid: where they are.
        radius: m.
    """
    rows, columns = elevation.shape
    running = np.zeros((rows, columns + 1))
    np.cumsum(elevation, axis=1, out=running[:, 1:])
    height = METRES_PER_DEGREE * grid.latitude_spacing
    width = METRES_PER_DEGREE * grid.longitude_spacing * np.cos(np.deg2rad(grid.latitudes))
    column = np.arange(columns)
    total, count = np.zeros(elevation.shape), np.zeros(elevation.shape)
    reach = int(radius / height)
    for offset in range(-reach, reach + 1):
        targets = np.arange(max(0, -offset), min(rows, rows - offset))
        half = np.sqrt(max(radius**2 - (offset * height) ** 2, 0.0)) / width[targets]
        half = np.minimum(half, columns).astype(np.int64)[:, np.newaxis]
        last = np.minimum(column + half + 1, columns)
        first = np.maximum(column - half, 0)
        sums = running[targets + offset]
        total[targets] += np.take_along_axis(sums, last, 1) - np.take_along_axis(sums, first, 1)
        count[targets] += last - first
    return np.asarray(elevation - total / np.maximum(count, 1.0))


def _resampled(
    elevation: xr.DataArray, grid: Grid
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Heights (NaN = sea) and land share on a grid."""
    land = elevation.coords.get("land_fraction")
    finer = all(
        float(np.diff(elevation[axis].values[:2])[0]) < spacing
        for axis, spacing in (
            ("latitude", grid.latitude_spacing),
            ("longitude", grid.longitude_spacing),
        )
    )
    plain = elevation.drop_vars("land_fraction", errors="ignore")
    if finer:
        height, share = cell_mean(plain, grid)
        return height, share if land is None else cell_mean(land, grid).mean
    mesh = Mesh.from_dataset(plain)
    longitude, latitude = np.meshgrid(grid.longitudes, grid.latitudes)
    weights = interpolation(mesh, longitude=longitude, latitude=latitude)
    share = np.isfinite(plain.values) if land is None else land.values
    height = apply(weights, plain.values.reshape(1, -1)).reshape(grid.shape)
    return height, apply(weights, share.reshape(1, -1).astype(np.float32)).reshape(grid.shape)


def _continued(field: FloatArray) -> FloatArray:
    """A field with one more cell on each side, by linear continuation."""
    for axis, margin in enumerate((((1, 1), (0, 0)), ((0, 0), (1, 1)))):
        if field.shape[axis] > 1:
            field = np.pad(field, margin, mode="reflect", reflect_type="odd")
        else:
            field = np.pad(field, margin, mode="edge")
    return field
