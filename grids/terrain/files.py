"""Elevation files: netCDF (classic and 4) and GeoTIFF, whatever their names and order."""

from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import rasterio
import xarray as xr
from numpy.typing import NDArray
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window
from scipy import ndimage

from grids.errors import TerrainError
from grids.geometry import EARTH_RADIUS_M, BoundingBox

LOWEST_LAND_M = -500.0
"""No land lies lower (the shore of the Dead Sea: about -430 m): -999, -9999, -32768 are masks."""

SEA_PATCH_KM2 = 100.0
"""In a file that masks nothing, connected cells of exactly 0 m on such an area are sea."""

NAMES = ("elevation", "height", "altitude", "orog", "topo", "topography", "dem", "z", "Band1")
"""Variables taken first when none is named."""

HDF5 = b"\x89HDF"
"""How an HDF5 file, and so netCDF-4, begins."""

LATITUDES = ("latitude", "lat", "y")
LONGITUDES = ("longitude", "lon", "x")


class _Raster(NamedTuple):
    """Values [row, column] as stored, with their axes and what the file says of itself."""

    values: NDArray[Any]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    masked: tuple[float, ...]
    source: str
    land_fraction: NDArray[np.float32] | None = None


def load(
    path: str | Path, variable: str | None = None, *, area: BoundingBox | None = None
) -> xr.DataArray:
    """Read heights of an elevation file.

    Masked are the declared missing values and everything below -500 m. Where a file masks
    nothing at all (NOAA GLOBE as commonly distributed), connected cells of exactly 0 m that
    together exceed 100 km² are taken as sea; smaller patches stay land at sea level.

    Args:
        path: netCDF or GeoTIFF; rasters in a projection are warped to WGS 84 (bilinear).
        variable: netCDF variable; by its name or shape when None.
        area: read only the cells that touch this box, and a cell more on each side.

    Returns:
        elevation (latitude, longitude), float32, m, both axes ascending, longitudes near those
        of ``area``; NaN where masked. A ``land_fraction`` beside it in the file rides along as a
        coordinate. The attribute ``terrain_source`` says what the file is.

    Raises:
        TerrainError: the file is absent, unreadable, or holds no height on latitude-longitude.
    """
    place = Path(path)
    if not place.is_file():
        raise TerrainError(f"terrain file {place} does not exist")
    try:
        if first_bytes(place).startswith(b"CDF"):
            raster = _from_netcdf(place, variable, area, engine="scipy")
        elif first_bytes(place) == HDF5:
            raster = _from_netcdf(place, variable, area, engine="h5netcdf")
        else:
            raster = _from_raster(place, area)
    except (OSError, ValueError, rasterio.errors.RasterioError) as error:
        raise TerrainError(f"terrain file {place} cannot be read: {error}") from error
    return _as_elevation(raster)


def first_bytes(path: Path) -> bytes:
    """The four bytes by which a file's kind is known; none where there is no file."""
    if not path.is_file():
        return b""
    with path.open("rb") as stream:
        return stream.read(4)


def bounds_of(field: xr.DataArray | xr.Dataset) -> BoundingBox:
    """The box of the cell edges of a field with ascending latitude and longitude."""
    latitude, longitude = field["latitude"].values, field["longitude"].values
    half_row, half_column = np.diff(latitude[:2])[0] / 2.0, np.diff(longitude[:2])[0] / 2.0
    west, east = float(longitude[0] - half_column), float(longitude[-1] + half_column)
    if west < -180.0:
        west, east = west + 360.0, east + 360.0
    return BoundingBox(
        west=west,
        south=max(-90.0, float(latitude[0] - half_row)),
        east=min(east, west + 360.0),
        north=min(90.0, float(latitude[-1] + half_row)),
    )


def _from_netcdf(
    path: Path,
    variable: str | None,
    area: BoundingBox | None,
    *,
    engine: Literal["scipy", "h5netcdf"],
) -> _Raster:
    with xr.open_dataset(path, engine=engine, mask_and_scale=False) as dataset:
        field = dataset[_height_name(path, dataset, variable)]
        north, east = _dim(field, LATITUDES), _dim(field, LONGITUDES)
        if north is None or east is None:
            raise TerrainError(
                f"terrain file {path} has {field.name} on {list(map(str, field.dims))};"
                " allowed are latitude and longitude"
            )
        extra = {name: 0 for name in field.dims if name not in (north, east)}
        field = field.isel(extra).transpose(north, east)
        rows, columns = _window(dataset[north].values, dataset[east].values, area)
        attributes = field.attrs
        masks = [attributes[name] for name in ("_FillValue", "missing_value") if name in attributes]
        values = np.asarray(field[rows, columns].values)
        if not {"scale_factor", "add_offset"}.isdisjoint(attributes):
            packed = np.isin(values, masks)
            values = values * attributes.get("scale_factor", 1.0) + attributes.get("add_offset", 0)
            values = np.where(packed, np.nan, values)
        return _Raster(
            values=values,
            latitude=dataset[north].values[rows].astype(np.float64),
            longitude=dataset[east].values[columns].astype(np.float64),
            masked=tuple(float(value) for mask in masks for value in np.atleast_1d(mask)),
            source=_source(path, {**dataset.attrs, **attributes}),
            land_fraction=_land_fraction(dataset, (north, east), (rows, columns)),
        )


def _land_fraction(
    dataset: xr.Dataset, dims: tuple[str, str], window: tuple[slice, slice]
) -> NDArray[np.float32] | None:
    if "land_fraction" not in dataset:
        return None
    packed = dataset["land_fraction"].transpose(*dims)[window]
    scale = packed.attrs.get("scale_factor", 1.0)
    return np.asarray(packed.values * scale, dtype=np.float32)


def _from_raster(path: Path, area: BoundingBox | None) -> _Raster:
    with rasterio.open(path) as file:
        geographic = file.crs is None or file.crs.is_geographic
        north_up = file.transform.b == 0 and file.transform.d == 0
        if file.crs is None and not (-90 <= file.bounds.bottom <= file.bounds.top <= 90):
            raise TerrainError(
                f"terrain file {path} names no coordinate system; allowed are those"
                " that rasterio knows, or degrees"
            )
        if geographic and north_up:
            return _raster_window(path, file, area)
        with WarpedVRT(file, crs="EPSG:4326", resampling=rasterio.enums.Resampling.bilinear) as vrt:
            return _raster_window(path, vrt, area)


def _raster_window(path: Path, file: Any, area: BoundingBox | None) -> _Raster:
    shape, transform = (file.height, file.width), file.transform
    latitude = transform.f + transform.e * (np.arange(shape[0]) + 0.5)
    longitude = transform.c + transform.a * (np.arange(shape[1]) + 0.5)
    rows, columns = _window(latitude, longitude, area)
    window = Window(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
    data = file.read(1, window=window, masked=True)
    values = data.data if not np.any(data.mask) else data.filled(data.fill_value)
    masked = () if not np.any(data.mask) else (float(data.fill_value),)
    return _Raster(values, latitude[rows], longitude[columns], masked, _source(path, file.tags()))


def _window(
    latitude: NDArray[Any], longitude: NDArray[Any], area: BoundingBox | None
) -> tuple[slice, slice]:
    """Slices of the axes (any direction) that hold an area and two cells around it."""
    if min(latitude.size, longitude.size) < 2:
        raise TerrainError("an elevation file needs two rows and two columns or more")
    if area is None:
        return slice(0, latitude.size), slice(0, longitude.size)
    margin = 2.0 * abs(float(latitude[1] - latitude[0]))
    rows = np.flatnonzero((latitude >= area.south - margin) & (latitude <= area.north + margin))
    margin = 2.0 * abs(float(longitude[1] - longitude[0]))
    inside = np.mod(longitude - (area.west - margin), 360.0) <= area.east - area.west + 2 * margin
    columns = np.flatnonzero(inside)
    if rows.size < 2 or columns.size < 2:
        rows, columns = np.arange(2), np.arange(2)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _as_elevation(raster: _Raster) -> xr.DataArray:
    values = raster.values.astype(np.float32)
    values[np.isin(raster.values, raster.masked) | ~(values >= LOWEST_LAND_M)] = np.nan
    rows, columns = np.argsort(raster.latitude), np.argsort(raster.longitude)
    values = values[np.ix_(rows, columns)]
    latitude, longitude = raster.latitude[rows], raster.longitude[columns]
    field = xr.DataArray(
        values,
        dims=("latitude", "longitude"),
        coords={"latitude": latitude, "longitude": longitude},
        name="elevation",
        attrs={"units": "m", "standard_name": "surface_altitude", "terrain_source": raster.source},
    )
    if raster.land_fraction is not None:
        land = raster.land_fraction[np.ix_(rows, columns)]
        return field.where(land > 0).assign_coords(land_fraction=(("latitude", "longitude"), land))
    return field if np.isnan(values).any() else without_sea(field)


def without_sea(elevation: xr.DataArray) -> xr.DataArray:
    """Mask connected cells of exactly 0 m that together exceed 100 km².

    Args:
        elevation: (latitude, longitude) in m, ascending.
    """
    labels, count = ndimage.label(elevation.values == 0.0)
    if count == 0:
        return elevation
    box = bounds_of(elevation)
    latitude = np.deg2rad(elevation["latitude"].values)
    zone = np.sin(np.deg2rad(box.north)) - np.sin(np.deg2rad(box.south))
    whole = (EARTH_RADIUS_M / 1000.0) ** 2 * np.deg2rad(box.east - box.west) * zone
    share = np.cos(latitude) / (np.cos(latitude).sum() * elevation.sizes["longitude"])
    areas = np.zeros(count + 1)
    for row in np.flatnonzero(labels.any(axis=1)):
        areas += np.bincount(labels[row], minlength=count + 1) * share[row] * whole
    sea = areas > SEA_PATCH_KM2
    sea[0] = False
    return elevation.where(~sea[labels])


def _height_name(path: Path, dataset: xr.Dataset, variable: str | None) -> str:
    if variable is not None:
        if variable in dataset.data_vars:
            return variable
        raise TerrainError(
            f"variable {variable!r} was asked; terrain file {path} has"
            f" {sorted(map(str, dataset.data_vars))}"
        )
    fields = [str(name) for name, field in dataset.data_vars.items() if field.ndim >= 2]
    for name in NAMES:
        if name in fields:
            return name
    if len(fields) == 1:
        return fields[0]
    raise TerrainError(f"terrain file {path} has the fields {fields}; name the one with heights")


def _dim(field: xr.DataArray, names: tuple[str, ...]) -> str | None:
    for dim in map(str, field.dims):
        attributes = field[dim].attrs if dim in field.coords else {}
        if dim.lower() in names or attributes.get("standard_name") == names[0]:
            return dim
    return None


def _source(path: Path, attributes: dict[str, Any]) -> str:
    for name in ("terrain_source", "provenance", "source", "title", "note"):
        if attributes.get(name):
            return str(attributes[name])
    return path.name
