"""What the CF conventions (1.8 to 1.11) ask of latitude, longitude and their coordinate system."""

import numpy as np
import numpy.typing as npt

AXES = {
    "latitude": {
        "standard_name": "latitude",
        "long_name": "latitude",
        "units": "degrees_north",
        "axis": "Y",
    },
    "longitude": {
        "standard_name": "longitude",
        "long_name": "longitude",
        "units": "degrees_east",
        "axis": "X",
    },
}
"""Attributes of the two axes, by name."""

GRID_MAPPING = "crs"
"""Name of the variable that holds the coordinate system."""

_WKT = (
    'GEOGCRS["WGS 84",DATUM["World Geodetic System 1984",'
    'ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]]],'
    'PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2],'
    'AXIS["geodetic latitude (Lat)",north,ORDER[1],ANGLEUNIT["degree",0.0174532925199433]],'
    'AXIS["geodetic longitude (Lon)",east,ORDER[2],ANGLEUNIT["degree",0.0174532925199433]],'
    'ID["EPSG",4326]]'
)
WGS84 = {
    "grid_mapping_name": "latitude_longitude",
    "long_name": "WGS 84",
    "semi_major_axis": 6378137.0,
    "inverse_flattening": 298.257223563,
    "longitude_of_prime_meridian": 0.0,
    "crs_wkt": _WKT,
}
"""Attributes of that variable."""


def cell_bounds(centres: npt.ArrayLike, *, spacing: float) -> npt.NDArray[np.float64]:
    """Edges [cell, bounds] of cells that touch, degrees; an end is bit-equal to the next start.

    Args:
        centres: cell centres [cell], degrees, ascending.
        spacing: cell size, degrees.
    """
    middles, half = np.asarray(centres, dtype=np.float64), spacing / 2.0
    edges: npt.NDArray[np.float64] = np.stack([middles - half, middles + half], axis=1).round(9)
    edges[1:, 0] = edges[:-1, 1]
    return edges
