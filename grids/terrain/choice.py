"""Which terrain a grid gets, and who says so."""

from pathlib import Path

import numpy as np
import xarray as xr

from grids.errors import TerrainError
from grids.grid import Grid
from grids.terrain.files import HDF5, first_bytes, load
from grids.terrain.shape import ATTRIBUTES, on_grid, require_cover

MARGIN_DEGREES = 0.5
"""Read around the grid, for slope and topographic position."""


def for_grid(
    grid: Grid,
    *,
    file: str | Path | None = None,
    built: str | Path | None = None,
    shipped: str | Path | None = None,
    coarse: str | Path | None = None,
) -> xr.Dataset:
    """The terrain of a grid from the first source that has it.

    The order is: the operator's file, terrain built from Copernicus tiles, the crop shipped for
    the region, the coarse world. A file that the operator names must fit; the others are passed
    over when they are absent or do not cover the grid.

    Args:
        grid: the target.
        file: named by the operator (netCDF or GeoTIFF).
        built: written by ``zhitian terrain build``.
        shipped: crop of the region.
        coarse: 5 minute heights of the world.

    Returns:
        As ``on_grid``; the attributes terrain_kind (file, built, shipped, coarse) and
        terrain_source say which.

    Raises:
        TerrainError: the named file does not serve, or no source covers the grid.
    """
    if file is not None:
        return _terrain(Path(file), grid, kind="file")
    tried = []
    for kind, path in (("built", built), ("shipped", shipped), ("coarse", coarse)):
        if path is None or not Path(path).is_file():
            continue
        try:
            return _terrain(Path(path), grid, kind=kind)
        except TerrainError as error:
            tried.append(f"{kind}: {error}")
    reason = "; ".join(tried) or "no terrain file is at hand"
    raise TerrainError(f"no terrain covers the grid {grid.bounds}: {reason}")


def _terrain(path: Path, grid: Grid, *, kind: str) -> xr.Dataset:
    ready = _ready_made(path, grid)
    if ready is not None:
        return ready.assign_attrs(terrain_kind=kind)
    elevation = load(path, area=grid.bounds.expand(MARGIN_DEGREES))
    try:
        require_cover(elevation, grid)
    except TerrainError:
        # state the whole box of the file, not that of the part that was read
        require_cover(load(path), grid)
        raise
    return on_grid(elevation, grid, kind=kind)


def _ready_made(path: Path, grid: Grid) -> xr.Dataset | None:
    """The cells of a file that holds all terrain fields on this very grid, else None."""
    if first_bytes(path) != HDF5:
        return None
    with xr.open_dataset(path, engine="h5netcdf") as dataset:
        if not set(ATTRIBUTES) <= set(dataset.data_vars) or "latitude" not in dataset.dims:
            return None
        latitude, longitude = dataset["latitude"].values, dataset["longitude"].values
        row, column = (
            np.searchsorted(latitude, grid.latitudes[0] - 1e-7),
            np.searchsorted(longitude, grid.longitudes[0] - 1e-7),
        )
        cut = dataset[list(ATTRIBUTES)].isel(
            latitude=slice(row, row + grid.rows), longitude=slice(column, column + grid.columns)
        )
        same = cut["elevation"].shape == grid.shape and (
            np.allclose(cut["latitude"], grid.latitudes, rtol=0, atol=1e-6)
            and np.allclose(cut["longitude"], grid.longitudes, rtol=0, atol=1e-6)
        )
        if not same:
            return None
        loaded = cut.load().astype(np.float32)
        return loaded.assign_coords(latitude=grid.latitudes, longitude=grid.longitudes)
