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


def by_kind(weights: Doubles, land: Doubles, fraction: float) -> Doubles:
    """Weights of a cell's nodes by land and sea, from the sentence in the specification."""
    ashore, afloat = (weights * land).sum(), (weights * (1 - land)).sum()
    on_land = weights * land / ashore if ashore >= 0.05 else weights
    at_sea = weights * (1 - land) / afloat if afloat >= 0.05 else weights
    return fraction * on_land + (1 - fraction) * at_sea


def shore_weights(plan, nodes: Doubles, weights: Doubles, land: Doubles) -> Doubles:
    """The weights of all cells for temperature, dew point and wind."""
    if not np.isfinite(plan.model_land).all():
        return weights
    return np.array(
        [
            by_kind(w, plan.model_land[n].astype(float), f)
            for n, w, f in zip(nodes, weights, land, strict=True)
        ]
    )


class Cells:
    """Cells of a plan: predictor rows interpolated to them, and what was computed so far."""

    def __init__(self, plan, *, longitude, latitude, elevation, land) -> None:
        where = interpolation(plan.mesh, longitude=longitude, latitude=latitude)
        self.plan, self.nodes, self.nearest = plan, where.nodes, where.nearest
        self.weights = where.weights.astype(np.float64)
        land = np.ones(len(self.nodes)) if land is None else np.asarray(land, np.float64)
        self.own = shore_weights(plan, self.nodes, self.weights, land)
        self.latitude, self.longitude = latitude, longitude
        self.elevation = np.asarray(elevation, np.float64)
        self.climb, self.own_climb = self.rise(self.weights), self.rise(self.own)
        self.slots: dict[int, Doubles] = {}

    def mix(self, row: int) -> Doubles:
        """A row from all nodes."""
        return blend(self.nodes, self.weights, self.plan.values[:, row].astype(np.float64))

    def kin(self, row: int) -> Doubles:
        """A row from nodes of the cell's own kind."""
        return blend(self.nodes, self.own, self.plan.values[:, row].astype(np.float64))

    def rise(self, weights: Doubles) -> Doubles:
        """Height above the model's."""
        model = (weights * self.plan.model_elevation[self.nodes]).sum(axis=1)
        return (self.elevation - model)[:, None] * self.plan.model.lift


def _lifted(at: Cells, row, _second, inputs, limits) -> Doubles:
    near = np.clip(at.own_climb, -60.0, 60.0)
    value = at.kin(row) + at.kin(row + 1) * (at.own_climb - near) + at.kin(row + 2) * near
    patterns = at.plan.patterns.reshape(len(at.nodes), -1).astype(np.float64)
    for term in range(inputs[1], inputs[1] + int(limits[4])):
        value = value + patterns[:, [term]] * at.plan.term_weights[term]
    return value


def _capped(at: Cells, row, second, inputs, limits) -> Doubles:
    value = _lifted(at, row, second, inputs, limits)
    return np.fmin(value, at.slots[inputs[0]]) + 0 * value


def _humidity(at: Cells, _row, second, inputs, limits) -> Doubles:
    deficit = met.vapour_pressure_deficit(at.slots[inputs[0]], at.slots[inputs[1]])
    at.slots[second] = np.clip(deficit, *limits[3:5])
    return met.relative_humidity(at.slots[inputs[0]], at.slots[inputs[1]])


def _pressure(at: Cells, row, _second, inputs, _limits) -> Doubles:
    layer = (at.mix(row + 1) + at.slots[inputs[0]]) / 2.0 + 273.15
    vapour = met.saturation_vapour_pressure(at.slots[inputs[1]]) * at.plan.model.moist
    layer /= 1.0 - 0.37802 * vapour / np.exp(at.mix(row))
    return np.exp(at.mix(row) - 9.80665 * at.climb / (287.05 * layer))


def _rain(at: Cells, row, _second, inputs, limits) -> Doubles:
    rise = np.clip(at.climb / 1000.0, -1, 1) * limits[3]
    ratio = at.plan.ratios[at.nearest, inputs[1]].astype(np.float64)
    return at.mix(row) * np.clip((1 + rise) / (1 - rise), 0.5, 2.0) * ratio


def _light(at: Cells, row, *_) -> Doubles:
    light = interval_means(at.latitude, at.longitude, table=at.plan.sun_angles)
    return np.clip(at.mix(row), 0.0, 1.1) * light


def _wet_bulb(at: Cells, _row, second, inputs, _limits) -> Doubles:
    warm, dew = (at.slots[n] for n in inputs)
    return met.wet_bulb(warm, dew, pressure=at.slots[second])


def _snow(at: Cells, row, _second, inputs, _limits) -> Doubles:
    share = np.clip(at.mix(row) + met.snow_share(at.slots[inputs[1]]), 0.0, 1.0)
    return at.slots[inputs[0]] * share


def _longwave(at: Cells, row, _second, inputs, _limits) -> Doubles:
    """What cloud adds to the clear sky stays the same emissivity."""
    near = np.clip(at.climb, -60.0, 60.0)
    far = at.climb - near
    coarse = [at.mix(n) for n in inputs]
    fine = [at.mix(n) + at.mix(n + 1) * far + at.mix(n + 2) * near for n in inputs]

    def clear(air, moist):
        vapour = met.saturation_vapour_pressure(np.fmin(moist, air))
        return met.clear_sky_emissivity(air, vapour)

    radiation = at.mix(row)
    black, fine_black = (met.STEFAN_BOLTZMANN * (t[0] + 273.15) ** 4 for t in (coarse, fine))
    lifted = (clear(*fine) + radiation / black - clear(*coarse)) * fine_black
    bound = np.fmax(1.05, radiation / black) * fine_black
    value = np.fmin(radiation + at.mix(row + 1) * (lifted - radiation), bound)
    return np.where(np.isnan(value), radiation, value)


OPERATIONS = {
    0: lambda at, row, *_: at.mix(row),
    1: _lifted,
    2: _capped,
    3: _humidity,
    4: _pressure,
    5: lambda at, row, *_: met.wind_direction(at.kin(row), at.kin(row + 1)),
    6: lambda at, row, _, inputs, __: np.fmax(at.kin(row), at.slots[inputs[0]]) + 0 * at.kin(row),
    7: _rain,
    8: _light,
    9: lambda at, row, *_: at.kin(row),
    10: _wet_bulb,
    11: _snow,
    12: _longwave,
}


def reference(plan, *, longitude, latitude, elevation, land=None) -> dict[str, Doubles]:
    """The outputs of a plan at cells, from its predictor rows: [cell, time] by name."""
    at = Cells(plan, longitude=longitude, latitude=latitude, elevation=elevation, land=land)
    for (kind, row, slot, second, *inputs), limits in zip(
        plan.operations, plan.limits.astype(np.float64), strict=True
    ):
        value = OPERATIONS[kind](at, row, second, inputs, limits)
        at.slots[slot] = value if kind == 10 else np.clip(value, *limits[:2])
    return {name: at.slots[n][:, : plan.steps] for n, name in enumerate(plan.variables)}


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
    rng = np.random.default_rng(seed + 1)
    fields["longwave_down"] = 300.0 + 60.0 * smooth(rng, shape)
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
