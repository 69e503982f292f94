"""Files of daily normals whose every number follows from the day and the place."""

from pathlib import Path

import numpy as np
import xarray as xr

LATITUDES, LONGITUDES = (39.0, 39.5, 40.0), (117.0, 117.5, 118.0)
HEIGHT = 100.0


def temperature(latitude: float, longitude: float, day: int) -> float:
    """Linear in place, so that bilinear interpolation is exact; one step a day."""
    return round(2.0 * latitude - longitude + 0.01 * day, 6)


def grid_file(folder: Path, **changes: object) -> Path:
    """NetCDF of the lowest temperature and the rain of each day, latitudes from north to south.

    Args:
        folder: for the file.
        **changes: `units` of the temperature, `elevation` False to leave it out.
    """
    days = np.arange(1, 367)
    latitude, longitude = np.array(LATITUDES[::-1]), np.array(LONGITUDES)
    values = (
        2.0 * latitude[:, np.newaxis] - longitude + 0.01 * days[:, np.newaxis, np.newaxis]
    ).astype(np.float32)
    dims = ("dayofyear", "latitude", "longitude")
    table = xr.Dataset(
        {
            "temperature_2m_min": (dims, values, {"units": changes.get("units", "degC")}),
            "precipitation_sum": (dims, np.full_like(values, 1.5), {"units": "mm"}),
        },
        coords={"dayofyear": days, "latitude": latitude, "longitude": longitude},
        attrs={"title": "Normals 1991-2020"},
    )
    if changes.get("elevation", True):
        field = np.full(values.shape[1:], HEIGHT, dtype=np.float32)
        table["elevation"] = (dims[1:], field, {"units": "m"})
    path = folder / "normals.nc"
    table.to_netcdf(path, engine="netcdf4")
    return path


def station_file(folder: Path) -> Path:
    """CSV of two stations; the second lacks 29 February and lies at the small region."""
    lines = ["station,latitude,longitude,elevation,dayofyear,temperature_2m_min,precipitation_sum"]
    for station, latitude, longitude in (("far", 36.0, 117.0), ("near", 39.4, 117.7)):
        for day in range(1, 367):
            value = "" if (station, day) == ("near", 60) else f"{0.01 * day:.2f}"
            lines.append(f"{station},{latitude},{longitude},{HEIGHT},{day},{value},2.5")
    path = folder / "normals.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
