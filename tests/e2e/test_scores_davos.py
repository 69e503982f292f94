"""ERA5 around Davos, January 2020: each inner cell hidden and made from the others."""

from functools import cache

import numpy as np
import pytest
import xarray as xr

from forecast import ingest
from forecast.downscale import at_points, hourly
from forecast.downscale.sun import angles, interval_means
from forecast.meteorology import vapour_pressure_deficit
from forecast.normalise import normalise
from tests.support.data import shared_data

METHODS = ("nearest", "bilinear", "fixed-lapse", "zhitian")
INNER = [(row, column) for row in (1, 2) for column in (1, 2, 3)]
STATE = ("temperature_2m", "dew_point_2m", "surface_pressure")
Floats = np.ndarray


@cache
def january() -> xr.Dataset:
    file = shared_data("era5_davos_202001/davos_SURF_202001.nc")
    return normalise(ingest.read([file]).fields, source="files").compute()


class Hidden:
    """Errors of all methods at the hidden cells, (cell, time) by variable and method."""

    def __init__(self) -> None:
        month = january()
        self.errors: dict[tuple[str, str], Floats] = {}
        parts: dict[tuple[str, str], list[Floats]] = {}
        north, east = np.meshgrid(month.latitude, month.longitude, indexing="ij")
        truth = month.assign(
            vapour_pressure_deficit=vapour_pressure_deficit(
                month.temperature_2m, month.dew_point_2m
            )
        )
        names = (*STATE, "vapour_pressure_deficit")
        for row, column in INNER:
            kept = np.ones(north.shape, dtype=bool)
            kept[row, column] = False
            fields = {n: (("time", "node"), month[n].values[:, kept]) for n in STATE}
            fields["model_elevation"] = ("node", month.model_elevation.values[kept])
            places = {"latitude": ("node", north[kept]), "longitude": ("node", east[kept])}
            around = xr.Dataset(fields, coords={"time": month.time, **places})
            height = float(month.model_elevation[row, column])
            point = xr.Dataset(
                {"elevation": ("point", [height])},
                coords={
                    "latitude": ("point", [north[row, column]]),
                    "longitude": ("point", [east[row, column]]),
                },
            )
            for method in METHODS:
                got = at_points(around, point, method=method, variables=names)
                for name in names:
                    error = got[name].values[:, 0] - truth[name].values[:, row, column]
                    parts.setdefault((name, method), []).append(error)
        self.errors = {key: np.stack(lines) for key, lines in parts.items()}
        self.day = month.shortwave_down.mean(("latitude", "longitude")).values > 20.0

    def gain(self, name: str, *, day: bool = False, cells: slice = slice(None)) -> float:
        """Change of the mean absolute error against bilinear."""
        hours = self.day if day else np.ones_like(self.day)
        ours, plain = (
            np.abs(self.errors[name, method][cells][:, hours]).mean()
            for method in ("zhitian", "bilinear")
        )
        return float(ours / plain - 1.0)


@pytest.fixture(scope="module")
def hidden() -> Hidden:
    return Hidden()


def test_surface_pressure_is_95_percent_better_than_bilinear(hidden: Hidden) -> None:
    assert hidden.gain("surface_pressure") < -0.95
    assert np.abs(hidden.errors["surface_pressure", "zhitian"]).mean() < 0.17


def test_temperature_is_better_than_bilinear_by_day_and_by_night(hidden: Hidden) -> None:
    assert hidden.gain("temperature_2m", day=True) < -0.44
    assert hidden.gain("temperature_2m") < -0.36
    errors = {m: np.abs(hidden.errors["temperature_2m", m]).mean() for m in METHODS}
    assert errors["zhitian"] < errors["fixed-lapse"] < errors["bilinear"] < errors["nearest"]


def test_vapour_pressure_deficit_by_day_is_28_percent_better_and_no_cell_is_worse(
    hidden: Hidden,
) -> None:
    """With the hidden cell's own temperature it would be 43 %: the rest is moisture."""
    assert hidden.gain("vapour_pressure_deficit", day=True) < -0.28
    for cell in range(len(INNER)):
        assert hidden.gain("vapour_pressure_deficit", day=True, cells=slice(cell, cell + 1)) < 0
    nearest, ours = (
        np.abs(hidden.errors["vapour_pressure_deficit", m][:, hidden.day]).mean()
        for m in ("nearest", "zhitian")
    )
    assert ours < 0.60 * nearest


def three_hourly() -> tuple[xr.Dataset, xr.Dataset]:
    """Instants of every third hour and means of three hours, and the hours they are made from."""
    month = january()
    hours = month[["temperature_2m", "shortwave_down"]].isel(time=slice(0, 742))
    blocks = hours.shortwave_down.values[1:].reshape(-1, 3, *hours.shortwave_down.shape[1:])
    means = np.concatenate([np.full((1, *blocks.shape[2:]), np.nan), blocks.mean(axis=1)])
    coarse = hours.isel(time=slice(0, None, 3))
    coarse = coarse.assign(shortwave_down=(coarse.shortwave_down.dims, means.astype(np.float32)))
    names = ["temperature_2m", "shortwave_down"]
    lengths = np.zeros((2, coarse.sizes["time"]), np.float32)
    lengths[1, 1:] = 3.0
    flags = np.zeros_like(lengths, dtype=np.uint8)
    flags[1, 0] = 255
    coarse = coarse.drop_vars(["variable", "interval_hours", "time_bounds"], errors="ignore")
    coarse = coarse.assign_coords(variable=names, interval_hours=(("variable", "time"), lengths))
    return coarse, hours.isel(time=slice(1, None))


def test_hourly_shortwave_from_three_hours_is_80_percent_better_than_uniform() -> None:
    coarse, truth = three_hourly()
    got = hourly(coarse).shortwave_down.values[1:].astype(np.float64)
    exact = truth.shortwave_down.values.astype(np.float64)
    means = coarse.shortwave_down.values[1:].astype(np.float64)
    uniform = np.repeat(means, 3, axis=0)
    lit = exact.mean((1, 2)) > 0.0
    ours, plain = (np.abs(field - exact)[lit].mean() for field in (got, uniform))
    assert ours < 0.20 * plain
    sums = got.reshape(-1, 3, *got.shape[1:]).mean(axis=1)
    np.testing.assert_allclose(sums, means, rtol=3e-7, atol=1e-9)
    north, east = np.meshgrid(truth.latitude, truth.longitude, indexing="ij")
    table = angles(truth.time.values, np.ones(truth.sizes["time"]))
    above = interval_means(north.ravel(), east.ravel(), table=table)
    assert (got[(above == 0.0).all(axis=0)] == 0.0).all()


def test_hourly_temperature_by_monotone_cubics_is_10_percent_better_than_linear() -> None:
    coarse, truth = three_hourly()
    got = hourly(coarse[["temperature_2m"]]).temperature_2m.values[1:]
    exact = truth.temperature_2m.values
    linear = coarse.temperature_2m.interp(time=truth.time.values).values
    filled = np.arange(exact.shape[0]) % 3 != 2
    ours, plain = (np.abs(field - exact)[filled].mean() for field in (got, linear))
    assert ours < 0.92 * plain
    low, high = (
        np.repeat(side(coarse.temperature_2m.values[:-1], coarse.temperature_2m.values[1:]), 3, 0)
        for side in (np.minimum, np.maximum)
    )
    assert ((got >= low - 1e-4) & (got <= high + 1e-4)).all()
