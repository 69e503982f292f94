"""The terrain that a run stands on, in the order: file, built, shipped, coarse."""

from collections.abc import Callable
from pathlib import Path

import xarray as xr

from forecast.export import whole_file
from forecast.regions import Region, data_path
from grids import terrain

Report = Callable[[str, int, int], None]

COARSE = "global_5min.nc"


def region_terrain(region: Region, *, folder: Path) -> xr.Dataset:
    """Elevation, land fraction, slope and TPI on the region's grid; attrs say which source.

    Args:
        region: where.
        folder: where `terrain build` puts its files.
    """
    built = built_path(region, folder=folder)
    named = None if region.shipped else region.terrain
    return terrain.for_grid(
        region.grid,
        file=named,
        built=built if built.exists() else None,
        shipped=region.terrain if region.shipped else None,
        coarse=data_path("terrain", COARSE),
    )


def build_terrain(
    region: Region, *, folder: Path, base_url: str | None = None, report: Report
) -> Path:
    """Fetch the Copernicus tiles of a region, average them and keep the result as netCDF.

    Args:
        region: where.
        folder: for the tiles and the result.
        base_url: mirror of the tiles, or None for the public bucket.
        report: called with (stage, done, total).

    Returns:
        The file that the next run uses.
    """
    path = built_path(region, folder=folder)
    built = terrain.build(
        region.grid,
        cache=folder / "tiles",
        base_url=base_url,
        progress=lambda done, total: report("fetching terrain tiles", done, total),
    )
    with whole_file(path) as partial:
        built.to_netcdf(partial, engine="h5netcdf")
    return path


def built_path(region: Region, *, folder: Path) -> Path:
    """Where `terrain build` keeps the result for a region."""
    return folder / f"{region.name}.nc"
