"""Where a crop grows: polygons (GeoJSON) or a raster (GeoTIFF, netCDF) on the cells of a region.

A raster holds 0 and 1, shares from 0 to 1, or percent from 0 to 100; which of them, the answer
says. It is looked at in 10 x 10 points of each cell, so any resolution and any coordinate system
that the file names will do; where it has no value no crop grows.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import rasterio
import xarray as xr
from rasterio.vrt import WarpedVRT

from forecast.errors import InvalidRequest, UnreadableFile
from forecast.service.advice.areas import POINTS, Shares, cell_means, covered, points_transform
from forecast.service.advice.polygons import read_polygons
from grids import Grid

POLYGONS: Final = (".geojson", ".json")
NETCDF: Final = (".nc", ".nc4", ".cdf")
PERCENT: Final = 100.0

_LATITUDES: Final = ("latitude", "lat", "y")
_LONGITUDES: Final = ("longitude", "lon", "x")

Points = npt.NDArray[np.floating]


class Mask(NamedTuple):
    """Where a crop grows.

    Attributes:
        share: share of each cell that bears it, 0 to 1 [row, column].
        about: file, what its numbers were taken for, and the area of the crop in km2.
    """

    share: Shares
    about: dict[str, Any]


def read_mask(path: Path, grid: Grid) -> Mask:
    """Read a mask on the cells of a grid.

    Args:
        path: GeoJSON, GeoTIFF or netCDF.
        grid: the cells.

    Raises:
        UnreadableFile: the file cannot be read.
        InvalidRequest: it is in no known coordinate system, holds other numbers, or no crop grows
            on the grid by it.
    """
    ending = path.suffix.lower()
    if ending in POLYGONS:
        polygons = [one for parts in read_polygons(path).values() for one in parts]
        share, taken = covered(polygons, grid), "polygons"
    else:
        points = _netcdf(path, grid) if ending in NETCDF else _raster(path, grid)
        share, taken = _shares(points, path)
    if not share.any():
        raise InvalidRequest(
            f"the mask {path.name} has no crop within {grid.bounds} (west,south,east,north in"
            " degrees)"
        )
    area = float((share * grid.cell_areas()[:, np.newaxis]).sum())
    about = {
        "file": path.name,
        "taken_as": taken,
        "points_in_a_cell": POINTS**2,
        "area_km2": round(area, 3),
    }
    return Mask(share, about)


def _shares(points: Points, path: Path) -> tuple[Shares, str]:
    """Shares of cells from the numbers at points [row, column], from the south; NaN is none."""
    known = points[np.isfinite(points)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    whole = bool((known == np.rint(known)).all())
    one_code = 1.0 < high < PERCENT and whole and np.unique(known).size <= 2
    if low < 0.0 or high > PERCENT or one_code:
        raise InvalidRequest(
            f"the mask {path.name} holds numbers from {low:g} to {high:g}; allowed are 0 and 1, a"
            " share from 0 to 1, or percent from 0 to 100"
        )
    filled = np.where(np.isfinite(points), points, 0.0)
    if high > 1.0:
        return cell_means(filled / PERCENT), "percent"
    return cell_means(filled), "0 and 1" if whole else "share from 0 to 1"


def _raster(path: Path, grid: Grid) -> Points:
    """Numbers of the first band at the points of the cells; NaN where the file has none."""
    try:
        with rasterio.open(path) as file:
            _refuse_no_system(path, file)
            target = {
                "crs": "EPSG:4326",
                "src_crs": file.crs or "EPSG:4326",
                "transform": points_transform(grid),
                "width": grid.columns * POINTS,
                "height": grid.rows * POINTS,
                "resampling": rasterio.enums.Resampling.nearest,
            }
            with WarpedVRT(file, add_alpha=file.nodata is None, **target) as warped:
                values = warped.read(1, masked=True).astype(np.float32)
    except (OSError, ValueError, rasterio.errors.RasterioError) as error:
        raise UnreadableFile(f"the mask {path} cannot be read: {error}") from error
    return np.asarray(values.filled(np.nan)[::-1])


def _refuse_no_system(path: Path, file: Any) -> None:
    box = file.bounds
    inside = -360.0 <= box.left <= box.right <= 360.0 and -90.0 <= box.bottom <= box.top <= 90.0
    if file.crs is None and not inside:
        raise InvalidRequest(
            f"the mask {path.name} names no coordinate system and runs from {box.left:g} to"
            f" {box.right:g}; allowed are longitude and latitude in degrees, or a file that names"
            " its system"
        )


def _netcdf(path: Path, grid: Grid) -> Points:
    """Numbers of the field on latitude and longitude at the points of the cells."""
    try:
        with xr.open_dataset(path, decode_times=False, engine="netcdf4") as dataset:
            field = _field(dataset, path)
            box, counts = grid.bounds, (grid.rows * POINTS, grid.columns * POINTS)
            south = box.south + grid.latitude_spacing / POINTS * (np.arange(counts[0]) + 0.5)
            west = box.west + grid.longitude_spacing / POINTS * (np.arange(counts[1]) + 0.5)
            rows, inside_rows = _nearest(field.indexes[field.dims[0]].values, south)
            columns, inside_columns = _nearest(field.indexes[field.dims[1]].values, west, turn=True)
            values = field.values[np.ix_(rows, columns)].astype(np.float32)
    except (OSError, KeyError) as error:
        raise UnreadableFile(f"the mask {path} cannot be read: {error}") from error
    return np.where(inside_rows[:, np.newaxis] & inside_columns, values, np.nan)


def _field(dataset: xr.Dataset, path: Path) -> xr.DataArray:
    """The one field [latitude, longitude] of a file."""
    for field in dataset.data_vars.values():
        names = [_axis(field, names) for names in (_LATITUDES, _LONGITUDES)]
        if field.ndim == len(names) and None not in names:
            return field.transpose(*names).sortby(names)
    raise InvalidRequest(
        f"the mask {path.name} has no field on latitude and longitude (degrees); it holds"
        f" {', '.join(map(str, dataset.data_vars)) or 'none'}"
    )


def _axis(field: xr.DataArray, names: Sequence[str]) -> str | None:
    """The dim of an axis in degrees, or None."""
    found = next((str(dim) for dim in field.dims if str(dim).lower() in names), None)
    if found is None or found not in field.coords:
        return None
    limit = 90.0 if names is _LATITUDES else 360.0
    return found if float(np.abs(field[found].values).max()) <= limit else None


def _nearest(
    axis: npt.NDArray[np.floating], wanted: npt.NDArray[np.floating], *, turn: bool = False
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Place of the nearest of an ascending axis, and whether it is within half a step."""
    half = float(np.diff(axis).max()) / 2.0 if axis.size > 1 else np.inf
    middle = float(axis[0] + axis[-1]) / 2.0
    near = middle + (wanted - middle + 180.0) % 360.0 - 180.0 if turn else wanted
    above = np.clip(np.searchsorted(axis, near), 1, max(axis.size - 1, 1))
    below = above - 1
    above = np.minimum(above, axis.size - 1)
    place = np.where(near - axis[below] <= axis[above] - near, below, above)
    return place, np.abs(axis[place] - near) <= half + 1e-9
