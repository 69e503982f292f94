"""Members of a long ensemble run on a 0.25 degree grid around a region; made, not measured."""

import numpy as np
import xarray as xr

from grids.grid import Grid

SPACING = 0.25
MARGIN = 1.5


def large_terrain(grid: Grid) -> xr.Dataset:
    """Hills of up to 700 m on the region's grid."""
    north, east = np.meshgrid(grid.latitudes, grid.longitudes, indexing="ij")
    height = 350.0 + 250.0 * np.sin(9 * east) * np.cos(7 * north) + 100.0 * np.sin(40 * east)
    dims = ("latitude", "longitude")
    return xr.Dataset(
        {
            "elevation": (dims, height.astype(np.float32)),
            "land_fraction": (dims, np.ones(height.shape, dtype=np.float32)),
        },
        coords={"latitude": grid.latitudes, "longitude": grid.longitudes},
    )


def large_member(grid: Grid, *, seed: int, hours: int) -> xr.Dataset:
    """One member, hourly, with what twelve published variables need."""
    random = np.random.default_rng(seed)
    box = grid.bounds.expand(MARGIN)
    latitude = np.arange(np.ceil(box.south / SPACING), box.north / SPACING) * SPACING
    longitude = np.arange(np.ceil(box.west / SPACING), box.east / SPACING) * SPACING
    north, east = np.meshgrid(latitude, longitude, indexing="ij")
    height = (350.0 + 250.0 * np.sin(9 * east) * np.cos(7 * north)).astype(np.float32)
    shape = (hours + 1, *height.shape)
    hour = np.arange(hours + 1)[:, np.newaxis, np.newaxis]
    warmth = 12.0 + 6.0 * np.sin(hour / 24 * 2 * np.pi) - 0.006 * height
    warmth = warmth + random.normal(0.0, 1.0, shape)
    fields = {
        "temperature_2m": warmth,
        "dew_point_2m": warmth - random.uniform(0.5, 9.0, shape),
        "surface_pressure": 1012.0 * np.exp(-height / 8000.0) + random.normal(0, 1, shape),
        "wind_u_10m": random.normal(0.0, 3.0, shape),
        "wind_v_10m": random.normal(0.0, 3.0, shape),
        "wind_gust_10m": random.uniform(5.0, 20.0, shape),
        "precipitation": np.maximum(random.normal(-1.0, 1.0, shape), 0.0),
        "shortwave_down": np.maximum(np.sin((hour - 22) / 24 * 2 * np.pi), 0)
        * random.uniform(200.0, 800.0, shape),
        "longwave_down": random.uniform(250.0, 350.0, shape),
        "cloud_cover": random.uniform(0.0, 100.0, shape),
    }
    start = np.datetime64("2025-04-10T00", "ns")
    times = start + np.arange(hours + 1) * np.timedelta64(1, "h")
    dims = ("time", "latitude", "longitude")
    dataset = xr.Dataset(
        {name: (dims, values.astype(np.float32)) for name, values in fields.items()},
        coords={
            "time": times,
            "latitude": latitude,
            "longitude": longitude,
            "forecast_reference_time": start,
            "forecast_period": ("time", times - start),
            "time_bounds": (
                ("time", "bounds"),
                np.stack([times - np.timedelta64(1, "h"), times], axis=1),
            ),
            "variable": list(fields),
        },
        attrs={"source": "made", "source_label": "made", "simulated": "true", "cycle": "made"},
    )
    dataset["model_elevation"] = (dims[1:], height)
    flags = np.zeros((len(fields), hours + 1), dtype=np.uint8)
    dataset["step_flag"] = (("variable", "time"), flags)
    return dataset


def together(members: list[xr.Dataset]) -> xr.Dataset:
    """Members as one dataset; what does not move stays without `realization`."""
    moving = [name for name, field in members[0].data_vars.items() if field.ndim == 3]
    joined = xr.concat([member[moving] for member in members], "realization")
    rest = members[0].drop_vars(moving)
    return joined.assign(rest.data_vars).assign_coords(realization=np.arange(len(members)))
