"""Small runs on any mesh, in any hemisphere, across the dateline and near the poles."""

from typing import NamedTuple

import numpy as np
import xarray as xr
from hypothesis import settings
from hypothesis import strategies as st

from forecast.downscale import at_points
from grids.regrid import Mesh, apply, interpolation
from tests.unit.downscale.reference import START

SIZE = 9
STEPS = 3
WARMTH = ("temperature_2m",)


class Place(NamedTuple):
    """Where a run lies: kind of mesh, south-western corner and spacing, degrees."""

    kind: str
    south: float
    west: float
    spacing: float


def nodes_of(place: Place) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and longitude of SIZE x SIZE nodes [row, column]."""
    step = np.arange(SIZE) * place.spacing
    wide = place.spacing / np.cos(np.deg2rad(place.south + 4 * place.spacing))
    north, east = np.meshgrid(place.south + step, place.west + np.arange(SIZE) * wide)
    north, east = north.T.copy(), east.T.copy()
    if place.kind == "rows":  # a reduced grid: every row begins elsewhere
        east += (wide * 0.37 * np.arange(SIZE) % wide)[:, np.newaxis] - wide / 2.0
    if place.kind == "scattered":
        shake = np.random.default_rng(1).uniform(-0.2, 0.2, (2, SIZE, SIZE))
        north, east = north + shake[0] * place.spacing, east + shake[1] * wide
    return north, (east + 180.0) % 360.0 - 180.0


def run_at(place: Place, height, warm, **more) -> xr.Dataset:
    """A run with temperature [time, row, column] and more fields of the same shape."""
    north, east = nodes_of(place)
    fields = {"temperature_2m": warm, **more}
    if place.kind == "regular":
        dims: tuple[str, ...] = ("latitude", "longitude")
        axes = {"latitude": north[:, 0], "longitude": east[0]}
        shape: tuple[int, ...] = (SIZE, SIZE)
    else:
        dims, shape = ("node",), (SIZE * SIZE,)
        axes = {"latitude": ("node", north.ravel()), "longitude": ("node", east.ravel())}
    data = {
        name: (("time", *dims), np.asarray(field, np.float32).reshape(-1, *shape))
        for name, field in fields.items()
    }
    data["model_elevation"] = (dims, np.asarray(height, np.float32).reshape(shape))
    times = START + np.arange(np.asarray(warm).shape[0]) * np.timedelta64(1, "h")
    clock = {"forecast_reference_time": START, "forecast_period": ("time", times - START)}
    return xr.Dataset(data, coords={"time": times, **axes, **clock})


def points_in(place: Place, elevation, *, seed=0) -> xr.Dataset:
    """Places in the middle of the run, with these heights or one for all."""
    rng = np.random.default_rng(seed)
    heights = np.broadcast_to(np.asarray(elevation, float), (12,)).copy()
    wide = place.spacing / np.cos(np.deg2rad(place.south + 4 * place.spacing))
    north = place.south + place.spacing * rng.uniform(2.2, 5.8, heights.size)
    east = place.west + wide * rng.uniform(2.2, 5.8, heights.size)
    return xr.Dataset(
        {"elevation": ("point", heights)},
        coords={
            "latitude": ("point", north),
            "longitude": ("point", (east + 180.0) % 360.0 - 180.0),
        },
    )


def relief(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(50.0, 1800.0, (SIZE, SIZE))


def weather(seed: int) -> np.ndarray:
    return np.random.default_rng(seed + 1).normal(8.0, 5.0, (STEPS, SIZE, SIZE))


def warmth(run: xr.Dataset, points: xr.Dataset, method: str = "zhitian") -> np.ndarray:
    return at_points(run, points, method=method, variables=WARMTH).temperature_2m.values


def climb(run: xr.Dataset, points: xr.Dataset) -> np.ndarray:
    """Height above the model's, m."""
    where = interpolation(
        Mesh.from_dataset(run), longitude=points.longitude.values, latitude=points.latitude.values
    )
    return points.elevation.values - apply(where, run.model_elevation.values.ravel())


kinds = st.sampled_from(["regular", "rows", "scattered"])
anywhere = st.builds(
    Place,
    kinds,
    st.floats(-80.0, 75.0).map(lambda value: round(value, 2)),
    st.floats(-180.0, 179.0).map(lambda value: round(value, 2)),
    st.sampled_from([0.1, 0.25, 0.5]),
)
across_the_dateline = st.builds(Place, kinds, st.just(-20.0), st.just(178.6), st.just(0.25))
places = st.one_of(anywhere, across_the_dateline)
seeds = st.integers(0, 1000)
few = settings(max_examples=12, deadline=None)
