"""Horizontal grid of a netCDF file: axes or nodes, found by CF attributes or usual names."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.ingest.axes import Box, Floats, crop_axes, crop_nodes, grid_key
from forecast.ingest.refusal import Refused

_LATITUDES: Final = ("latitude", "lat", "nav_lat", "XLAT", "gridlat_0", "ylat")
_LONGITUDES: Final = ("longitude", "lon", "nav_lon", "XLONG", "gridlon_0", "xlon")
_NORTH: Final = frozenset({"degrees_north", "degree_north", "degrees_n", "degreesn"})
_EAST: Final = frozenset({"degrees_east", "degree_east", "degrees_e", "degreese"})


@dataclass(frozen=True, slots=True)
class NetcdfGrid:
    """Grid of a file, cropped.

    Attributes:
        names: the variables that hold latitude and longitude.
        dims: the file's horizontal dimensions.
        regular: whether latitude and longitude are axes.
        latitude, longitude: of what is kept, degrees.
        take: index per dimension (regular) or into the flattened nodes.
    """

    names: tuple[str, str]
    dims: tuple[str, ...]
    regular: bool
    latitude: Floats
    longitude: Floats
    take: Any

    @property
    def key(self) -> str:
        """Short hash of the coordinates: equal keys share the grid."""
        return grid_key(self.latitude, self.longitude, regular=self.regular)

    def place(self, field: xr.DataArray) -> xr.DataArray:
        """Crop a field lazily where that is possible; the horizontal dims come last."""
        if self.regular:
            rows, columns = self.take
            cropped = field.isel({self.dims[0]: rows, self.dims[1]: columns})
            return cropped.transpose(..., *self.dims)
        flat = field.transpose(..., *self.dims)
        if len(self.dims) > 1:
            flat = flat.stack(node=self.dims, create_index=False)
        else:
            flat = flat.rename({self.dims[0]: "node"})
        return flat.isel(node=self.take)


def horizontal_grid(dataset: xr.Dataset, area: Box | None) -> NetcdfGrid:
    """Find and crop the grid of a dataset.

    Raises:
        Refused: there is no latitude and longitude, they do not fit, or none is in the area.
    """
    latitude = _find(dataset, "latitude", _LATITUDES, _NORTH)
    longitude = _find(dataset, "longitude", _LONGITUDES, _EAST)
    names = str(latitude.name), str(longitude.name)
    lats, lons = _degrees(latitude), _degrees(longitude)
    if latitude.ndim == 1 and longitude.ndim == 1 and latitude.dims != longitude.dims:
        crop = crop_axes(lats, lons, area=area)
        return NetcdfGrid(
            names,
            (str(latitude.dims[0]), str(longitude.dims[0])),
            True,
            crop.latitude,
            crop.longitude,
            (crop.rows, crop.columns),
        )
    if latitude.dims != longitude.dims or latitude.ndim not in (1, 2):
        raise Refused(
            f"its latitude has dimensions {latitude.dims} and its longitude {longitude.dims};"
            " allowed are one axis each, or both on the same one or two dimensions"
        )
    take, kept_lats, kept_lons = crop_nodes(lats.reshape(-1), lons.reshape(-1), area=area)
    return NetcdfGrid(names, tuple(map(str, latitude.dims)), False, kept_lats, kept_lons, take)


def _find(
    dataset: xr.Dataset, standard_name: str, names: tuple[str, ...], units: frozenset[str]
) -> xr.DataArray:
    for test in ("standard_name", "name", "units"):
        for name in dataset.variables:
            variable = dataset[name]
            found = {
                "standard_name": variable.attrs.get("standard_name") == standard_name,
                "name": name in names,
                "units": str(variable.attrs.get("units", "")).lower() in units,
            }[test]
            if found and variable.ndim and "bounds" not in str(name):
                return variable.squeeze(drop=True) if variable.ndim > 2 else variable
    raise Refused(f"it has no {standard_name}; a CF coordinate with units in degrees is needed")


def _degrees(axis: xr.DataArray) -> Floats:
    values = np.asarray(axis.values, dtype=np.float64)
    if axis.dtype == np.float32:
        values = np.round(values, 5)
    if not np.isfinite(values).all():
        raise Refused(f"its {axis.name!r} has missing values")
    return values
