"""The fused kernel beside its peers and beside the machine's memory, in CPU time of one run."""

import gridpp
import numpy as np
import pytest
import xarray as xr
from numba import njit
from scipy import sparse

from forecast.downscale import compute_tile, prepare
from forecast.downscale.plan import Plan
from grids.regrid import interpolation
from tests.support.benchmark import Measurements, cpu_seconds

CELLS, STEPS, PEER_STEPS, NODES = 1024, 169, 9, 48
START = np.datetime64("2025-04-10T00:00", "ns")


@pytest.fixture(scope="module")
def native() -> xr.Dataset:
    """Temperature of a week on 48 x 48 nodes of 0.25° over relief, some of it inverted."""
    rng = np.random.default_rng(0)
    latitude, longitude = 25.0 + 0.25 * np.arange(NODES), 110.0 + 0.25 * np.arange(NODES)
    height = np.abs(600.0 + 500.0 * rng.normal(size=(NODES, NODES))).astype(np.float32)
    hours = np.arange(STEPS)
    rate = -0.004 + 0.004 * np.cos(2 * np.pi * (hours - 5) / 24)
    warm = 12.0 + 5.0 * np.sin(2 * np.pi * (hours - 9) / 24)[:, None, None]
    warm = warm + rate[:, None, None] * height + rng.normal(0, 0.5, (STEPS, NODES, NODES))
    times = START + hours * np.timedelta64(1, "h")
    dims = ("latitude", "longitude")
    return xr.Dataset(
        {
            "temperature_2m": (("time", *dims), warm.astype(np.float32)),
            "model_elevation": (dims, height),
        },
        coords={
            "time": times,
            "latitude": latitude,
            "longitude": longitude,
            "forecast_reference_time": START,
            "forecast_period": ("time", times - START),
        },
    )


@pytest.fixture(scope="module")
def plan(native: xr.Dataset) -> Plan:
    rng = np.random.default_rng(1)
    latitude = np.round(25.5 + 0.01 * (np.arange(CELLS) + 0.5), 6)
    longitude = np.round(110.5 + 0.01 * (np.arange(CELLS) + 0.5), 6)
    height = np.abs(600.0 + 600.0 * rng.normal(size=(CELLS, CELLS))).astype(np.float32)
    terrain = xr.Dataset(
        {"elevation": (("latitude", "longitude"), height)},
        coords={"latitude": latitude, "longitude": longitude},
    )
    return prepare(native, terrain)


@pytest.fixture(scope="module")
def rate(plan: Plan) -> float:
    """Cells x times per CPU second of ours: weights, gradient, correction, packing."""
    out = np.empty((CELLS, CELLS, 1, STEPS), dtype=np.int16)
    whole = {"rows": slice(None), "columns": slice(None)}
    seconds = cpu_seconds(lambda: compute_tile(plan, **whole, out=out), repeats=5)
    return CELLS * CELLS * STEPS / seconds


def test_kernel_beside_gridpp_simple_gradient(
    plan: Plan, native: xr.Dataset, rate: float, measurements: Measurements
) -> None:
    height = native.model_elevation.values
    coarse = gridpp.Grid(*np.meshgrid(native.latitude, native.longitude, indexing="ij"), height)
    fine = gridpp.Grid(*np.meshgrid(plan.latitude, plan.longitude, indexing="ij"), plan.elevation)
    values = native.temperature_2m.values[:PEER_STEPS]
    seconds = cpu_seconds(lambda: gridpp.simple_gradient(coarse, fine, values, -0.0065), repeats=2)
    ratio = rate / (CELLS * CELLS * PEER_STEPS / seconds)
    measurements.add(
        "fused kernel beside gridpp simple_gradient",
        f"{ratio:.0f} x ({rate / 1e9:.2f} G values/s)",
        wanted=">= 150 x",
        how="1024² cells, local gradient, int16; gridpp: fixed gradient, float32",
    )
    assert ratio >= 150


def test_kernel_beside_a_sparse_product(
    plan: Plan, rate: float, measurements: Measurements
) -> None:
    latitude = np.repeat(plan.latitude, CELLS)
    longitude = np.tile(plan.longitude, CELLS)
    where = interpolation(plan.mesh, longitude=longitude, latitude=latitude)
    starts = np.arange(0, 4 * CELLS * CELLS + 1, 4, dtype=np.int32)
    matrix = sparse.csr_array(
        (where.weights.ravel(), where.nodes.ravel(), starts), shape=(CELLS**2, plan.mesh.size)
    )
    steps = 2 * PEER_STEPS
    fields = np.ascontiguousarray(plan.values[:, 0, :steps].T)
    gradients = np.ascontiguousarray(plan.values[:, 2, :steps].T)
    climb = (plan.elevation.ravel() - matrix @ plan.model_elevation).astype(np.float32)

    def product() -> np.ndarray:
        fine = (matrix @ fields.T).T + (matrix @ gradients.T).T * climb
        return fine.reshape(steps, CELLS, CELLS)

    ratio = rate / (CELLS * CELLS * steps / cpu_seconds(product, repeats=3))
    measurements.add(
        "fused kernel beside the sparse product of xESMF, (time, y, x), with correction",
        f"{ratio:.1f} x",
        wanted=">= 8 x",
        how="scipy CSR, float32, the same local gradient interpolated likewise; not packed",
    )
    assert ratio >= 8


def test_kernel_beside_the_memory(rate: float, measurements: Measurements) -> None:
    resident = np.zeros(CELLS * CELLS * STEPS, dtype=np.int16)

    @njit
    def fill(array: np.ndarray, value: np.int16) -> None:
        for place in range(array.size):
            array[place] = value

    seconds = cpu_seconds(lambda: fill(resident, np.int16(7)), repeats=5)
    share = 2.0 * rate / (resident.nbytes / seconds)
    measurements.add(
        "packed bytes of the fused kernel beside ordinary stores to memory",
        f"{100 * share:.0f} % ({2 * rate / 1e9:.1f} GB/s)",
        wanted=">= 30 %",
        how="numba fill of a resident int16 array of the same size, one thread each",
    )
    assert share >= 0.30
