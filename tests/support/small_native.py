"""Model fields around the small region, and what downscaling them publishes."""

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast import downscale
from forecast.variables import pack
from tests.support.small_region import SmallRegion

VARIABLES = (
    "temperature_2m",
    "dew_point_2m",
    "relative_humidity_2m",
    "surface_pressure",
    "wind_speed_10m",
    "wind_direction_10m",
    "precipitation",
)


def native_fields(region: SmallRegion) -> xr.Dataset:
    """Hourly fields on a 0.1 degree model grid, with a gradient of height and a rain band."""
    latitude, longitude = np.arange(38.9, 40.05, 0.1), np.arange(117.1, 118.35, 0.1)
    y, x = np.meshgrid(latitude - 39.45, longitude - 117.72, indexing="ij")
    height = 300.0 - 400.0 * x + 80.0 * y + 60.0 * np.sin(9 * x) * np.cos(7 * y)
    hour = np.arange(len(region.times))[:, np.newaxis, np.newaxis]
    temperature = 8.0 - 0.0065 * height + 4.0 * np.sin(2 * np.pi * (hour - 3) / 24) + 2 * y
    fields = {
        "temperature_2m": temperature,
        "dew_point_2m": temperature - 4.0 + x,
        "surface_pressure": 1010.0 * np.exp(-height / 8000.0) + 0.1 * hour,
        "wind_u_10m": 4.0 + 2 * x + 0 * hour,
        "wind_v_10m": -3.0 + y + 0.05 * hour,
        "precipitation": np.maximum(0.0, 2.0 * np.cos(5 * x + hour / 6.0)) + 0 * y,
    }
    dims = ("time", "latitude", "longitude")
    start = np.datetime64("2025-04-10T00", "ns")
    dataset = xr.Dataset(
        {name: (dims, values.astype(np.float32)) for name, values in fields.items()},
        coords={
            "time": region.times,
            "latitude": latitude,
            "longitude": longitude,
            "forecast_reference_time": start,
            "forecast_period": ("time", region.times - start),
            "time_bounds": (
                ("time", "bounds"),
                np.stack([region.times - np.timedelta64(1, "h"), region.times], axis=1),
            ),
            "variable": list(fields),
        },
        attrs={"source": region.source, "simulated": "true"},
    )
    dataset["model_elevation"] = (dims[1:], height.astype(np.float32))
    flags = np.zeros((len(fields), len(region.times)), dtype=np.uint8)
    dataset["step_flag"] = (("variable", "time"), flags)
    return dataset


def downscaled_counts(region: SmallRegion, native: xr.Dataset) -> npt.NDArray[np.int16]:
    """Packed counts [row, column, variable, time] as a run publishes them."""
    fine = downscale.downscale(native, region.terrain, variables=region.variables).compute()
    packed = [
        pack(fine[name].transpose("latitude", "longitude", "time").values, name)
        for name in region.variables
    ]
    return np.stack(packed, axis=2)
