"""What the kernel must compute, in plain numpy and double precision; and small made-up runs."""

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast import meteorology as met
from forecast.downscale.sun import interval_means
from grids.regrid import interpolation

Doubles = npt.NDArray[np.float64]
START = np.datetime64("2025-04-10T00:00", "ns")


def blend(nodes: Doubles, weights: Doubles, field: Doubles) -> Doubles:
    """Four nodes to cells: field [node, time] -> [cell, time], missing nodes left out."""
    share = np.where(np.isnan(field[nodes]), 0.0, weights[..., None])
    total = share.sum(axis=1)
    mean = (share * np.nan_to_num(field[nodes])).sum(axis=1) / np.where(total > 0, total, 1.0)
    return np.where(total >= 0.5, mean, np.nan)


def reference(plan, *, longitude, latitude, elevation) -> dict[str, Doubles]:
    """The outputs of a plan at cells, from its predictor rows: [cell, time] by name."""
    where = interpolation(plan.mesh, longitude=longitude, latitude=latitude)
    nodes, weights = where.nodes, where.weights.astype(np.float64)
    rows = {n: plan.values[:, n].astype(np.float64) for n in range(plan.values.shape[1])}
    mix = lambda row: blend(nodes, weights, rows[row])  # noqa: E731
    model = (weights * plan.model_elevation[nodes]).sum(axis=1)
    climb = (np.asarray(elevation, np.float64) - model)[:, None] * plan.model.lift
    near = np.clip(climb, -60.0, 60.0)
    slots: dict[int, Doubles] = {}
    for (kind, row, slot, second, *inputs), limits in zip(
        plan.operations, plan.limits.astype(np.float64), strict=True
    ):
        if kind in (1, 2):  # lifted; dew point not above the temperature
            value = mix(row) + mix(row + 1) * (climb - near) + mix(row + 2) * near
            value = np.fmin(value, slots[inputs[0]]) + 0 * value if kind == 2 else value
        elif kind == 3:
            deficit = met.vapour_pressure_deficit(slots[inputs[0]], slots[inputs[1]])
            slots[second] = np.clip(deficit, *limits[3:5])
            value = met.relative_humidity(slots[inputs[0]], slots[inputs[1]])
        elif kind == 4:
            layer = (mix(row + 1) + slots[inputs[0]]) / 2.0 + 273.15
            vapour = met.saturation_vapour_pressure(slots[inputs[1]]) * plan.model.moist
            layer /= 1.0 - 0.37802 * vapour / np.exp(mix(row))
            value = np.exp(mix(row) - 9.80665 * climb / (287.05 * layer))
        elif kind == 5:
            value = met.wind_direction(mix(row), mix(row + 1))
        elif kind == 6:
            value = np.fmax(mix(row), slots[inputs[0]]) + 0 * mix(row)
        elif kind == 7:
            rise = np.clip(climb / 1000.0, -1, 1) * limits[3]
            ratio = plan.ratios[where.nearest, inputs[1]].astype(np.float64)
            value = mix(row) * np.clip((1 + rise) / (1 - rise), 0.5, 2.0) * ratio
        elif kind == 8:
            light = interval_means(latitude, longitude, table=plan.sun_angles)
            value = np.clip(mix(row), 0.0, 1.1) * light
        else:
            value = mix(row)
        slots[slot] = np.clip(value, *limits[:2])
    return {name: slots[n][:, : plan.steps] for n, name in enumerate(plan.variables)}


def smooth(rng: np.random.Generator, shape: tuple[int, ...]) -> Doubles:
    """A random field without sharp corners, about -1 to 1, on [time, latitude, longitude]."""
    field = rng.normal(size=shape)
    for axis in range(len(shape)):
        for _ in range(2):
            field = (field + np.roll(field, 1, axis) + np.roll(field, -1, axis)) / 3.0
    return field / np.abs(field).max()


def made_up_run(*, steps: int = 24, size: int = 12, seed: int = 1) -> xr.Dataset:
    """An hourly run over relief at 30 N, 116 E with every variable of the first set."""
    rng = np.random.default_rng(seed)
    latitude = 29.0 + 0.25 * np.arange(size)
    longitude = 115.0 + 0.25 * np.arange(size)
    shape = (steps, size, size)
    height = 600.0 * (1.0 + smooth(rng, (size, size)))
    warm = 15.0 - 0.0055 * height + 6.0 * smooth(rng, shape)
    dew = warm - 4.0 - 3.5 * smooth(rng, shape)
    lon, lat = np.meshgrid(longitude, latitude)
    times = START + np.arange(1, steps + 1) * np.timedelta64(1, "h")
    from forecast.downscale.sun import angles

    sun = interval_means(lat.ravel(), lon.ravel(), table=angles(times, np.ones(steps)))
    light = sun.T.reshape(shape) * (0.5 + 0.2 * smooth(rng, shape))
    fields = {
        "temperature_2m": warm,
        "dew_point_2m": dew,
        "surface_pressure": 1013.0 * np.exp(-height / 8200.0) + 3.0 * smooth(rng, shape),
        "wind_u_10m": 8.0 * smooth(rng, shape),
        "wind_v_10m": 8.0 * smooth(rng, shape),
        "wind_gust_10m": 6.0 + 5.0 * smooth(rng, shape),
        "precipitation": np.maximum(8.0 * smooth(rng, shape), 0.0),
        "shortwave_down": light,
        "cloud_cover": 50.0 + 50.0 * smooth(rng, shape),
    }
    data = {
        name: (("time", "latitude", "longitude"), field.astype(np.float32))
        for name, field in fields.items()
    }
    data["model_elevation"] = (("latitude", "longitude"), height.astype(np.float32))
    coords = {
        "time": times,
        "latitude": latitude,
        "longitude": longitude,
        "forecast_reference_time": START,
        "forecast_period": ("time", times - START),
    }
    return xr.Dataset(data, coords=coords)


def made_up_terrain(*, rows: int = 40, columns: int = 50, seed: int = 2) -> xr.Dataset:
    """Rough terrain of 0.02° cells in the middle of the made-up run."""
    rng = np.random.default_rng(seed)
    height = 700.0 + 600.0 * rng.normal(size=(rows, columns))
    latitude = np.round(29.9 + 0.02 * (np.arange(rows) + 0.5), 6)
    longitude = np.round(115.8 + 0.02 * (np.arange(columns) + 0.5), 6)
    return xr.Dataset(
        {"elevation": (("latitude", "longitude"), np.maximum(height, 0).astype(np.float32))},
        coords={"latitude": latitude, "longitude": longitude},
    )
