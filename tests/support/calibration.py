"""A made-up network over made-up ground, with errors of the forecast that are known."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr

from forecast.calibrate import Evidence
from forecast.calibrate.terrain_features import terrain_features

HOUR = np.timedelta64(1, "h")
START = np.datetime64("2025-04-10T00", "ns")
STEP = 0.02


@dataclass
class Network:
    """Stations on a terrain of 1.6° x 1.6° and days of pairs before `START`.

    Attributes:
        count: stations.
        days: days of pairs.
        bias: forecast minus observation of every station, K, and its growth to the east, K/°.
        pool: observation minus forecast per unit of roughness on still nights, K.
        noise: standard deviation of each pair, K.
        newest: observation minus forecast of the newest time beyond that, K.
    """

    count: int = 80
    days: int = 12
    bias: tuple[float, float] = (0.0, 0.0)
    pool: float = 0.0
    noise: float = 0.5
    newest: float = 0.0
    terrain: xr.Dataset = field(init=False)
    stations: pd.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        draw = np.random.default_rng(1)
        axis = STEP * np.arange(80)
        north, east = 30.0 + axis, 104.0 + axis
        hills = 150.0 * (1.0 + np.sin(3.0 * axis)[:, np.newaxis] * np.sin(5.0 * axis)) ** 2
        rough = np.sin(14.0 * axis)[:, np.newaxis] * np.sin(11.0 * axis) > 0.0
        height = hills + rough * draw.uniform(0.0, 500.0, hills.shape)
        self.terrain = xr.Dataset(
            {"elevation": (("latitude", "longitude"), height.astype(np.float32))},
            coords={"latitude": north, "longitude": east},
        )
        self.row, self.column = draw.integers(2, 78, (2, self.count))
        self.stations = pd.DataFrame(
            {
                "station": [f"S{number:03d}" for number in range(self.count)],
                "longitude": east[self.column],
                "latitude": north[self.row],
                "elevation": height[self.row, self.column],
            }
        )

    def roughness(self) -> np.ndarray:
        """At the stations."""
        whole = terrain_features(self.terrain).sel(feature="roughness").values
        return whole[self.row, self.column]

    def evidence(self, *, still: bool = False) -> Evidence:
        """Three-hourly pairs of the days before `START`, and still nights for the days after."""
        draw = np.random.default_rng(2)
        hours = np.arange(-24 * self.days, 1, 3)
        times = START + hours * HOUR
        night = stillness_at(times)
        low, slope = self.bias
        mean = low + slope * (self.stations["longitude"].to_numpy() - 104.8)
        error = np.broadcast_to(mean[:, np.newaxis], (self.count, times.size)).copy()
        error -= self.pool * self.roughness()[:, np.newaxis] * night
        error += draw.normal(0.0, self.noise, error.shape)
        error[:, -1] -= self.newest
        pairs = pd.DataFrame(
            {
                "station": np.repeat(self.stations["station"].to_numpy(), times.size),
                "time": np.tile(times, self.count),
                "reference_time": np.tile(times.astype("datetime64[D]"), self.count),
                "method": "zhitian",
                "forecast": 10.0 + error.ravel(),
                "observed": 10.0,
            }
        )
        ahead = run_times()
        weights = xr.DataArray(stillness_at(ahead), dims="time", coords={"time": ahead})
        if still:
            pairs["stillness"] = np.tile(night, self.count)
        return Evidence(
            stations=self.stations,
            pairs={"temperature_2m": pairs},
            stillness=weights if still else None,
        )


def run_times() -> np.ndarray:
    """Two days of hours from `START`."""
    return START + np.arange(49) * HOUR


def stillness_at(times: np.ndarray) -> np.ndarray:
    """1 from 13 to 21 UTC (night in central China), else 0."""
    hour = (times - times.astype("datetime64[D]")) / HOUR
    return ((hour >= 13) & (hour <= 21)).astype(float)
