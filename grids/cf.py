"""What the CF conventions (1.11) ask of latitude, longitude and their coordinate system."""

import numpy as np
import xarray as xr

from grids.grid import Grid

LATITUDE = {
    "standard_name": "latitude",
    "long_name": "latitude",
    "units": "degrees_north",
    "axis": "Y",
}
LONGITUDE = {
    "standard_name": "longitude",
    "long_name": "longitude",
    "units": "degrees_east",
    "axis": "X",
}
GRID_MAPPING = "crs"
"""Name of the variable that holds the coordinate system."""

WGS84 = {
    "grid_mapping_name": "latitude_longitude",
    "long_name": "WGS 84",
    "semi_major_axis": 6378137.0,
    "inverse_flattening": 298.257223563,
    "longitude_of_prime_meridian": 0.0,
}
WGS84_WKT = (
    'GEOGCRS["WGS 84",DATUM["World Geodetic System 1984",'
    'ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]]],'
    'PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2],'
    'AXIS["geodetic latitude (Lat)",north,ORDER[1],ANGLEUNIT["degree",0.0174532925199433]],'
    'AXIS["geodetic longitude (Lon)",east,ORDER[2],ANGLEUNIT["degree",0.0174532925199433]],'
    'ID["EPSG",4326]]'
)


def describe_axes(dataset: xr.Dataset) -> xr.Dataset:
    """Give latitude and longitude their CF attributes; the input is untouched.

    Single nodes (coordinates on ``node``) get no axis attribute.
    """
    described = dataset.copy()
    for name, attributes in (("latitude", LATITUDE), ("longitude", LONGITUDE)):
        is_axis = dataset[name].dims == (name,)
        kept = {key: text for key, text in attributes.items() if is_axis or key != "axis"}
        described[name] = dataset[name].assign_attrs(kept)
    return described


def with_bounds(dataset: xr.Dataset, grid: Grid) -> xr.Dataset:
    """Add the edges of the cells: latitude_bounds and longitude_bounds (…, bounds), degrees.

    Args:
        dataset: on the grid.
        grid: its grid.
    """
    added = dataset.copy()
    axes = {
        "latitude": (grid.latitudes, grid.latitude_spacing),
        "longitude": (grid.longitudes, grid.longitude_spacing),
    }
    for name, (centres, spacing) in axes.items():
        half = spacing / 2.0
        edges = np.round(np.stack([centres - half, centres + half], axis=-1), 9)
        # one list of edges, so that the end of a cell is bit-equal to the start of the next
        edges[1:, 0] = edges[:-1, 1]
        added[name] = dataset[name].assign_attrs(bounds=f"{name}_bounds")
        added = added.assign_coords({f"{name}_bounds": ((name, "bounds"), edges)})
    return added


def with_grid_mapping(dataset: xr.Dataset) -> xr.Dataset:
    """Add the WGS 84 coordinate system and point all fields on the grid to it."""
    added = dataset.copy()
    for name, field in dataset.data_vars.items():
        if {"latitude", "longitude"} <= set(field.dims):
            added[name] = field.assign_attrs(grid_mapping=GRID_MAPPING)
    attributes = {**WGS84, "crs_wkt": WGS84_WKT}
    return added.assign_coords({GRID_MAPPING: ((), np.int32(0), attributes)})
