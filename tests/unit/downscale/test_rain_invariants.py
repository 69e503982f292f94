"""What holds for the rain of any mesh, any terrain and any amounts."""

from typing import NamedTuple

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.downscale import downscale
from forecast.downscale.rain import cell_means, closing_ratio
from grids.grid import Grid
from grids.regrid import Mesh, nearest

RAIN = ("precipitation",)
KINDS = ("regular", "rows", "scattered")
FINE, CELLS = 0.05, 40
START = np.datetime64("2026-05-01T00:00", "ns")
CASES = {"seed": st.integers(0, 100_000), "kind": st.sampled_from(KINDS)}


class Case(NamedTuple):
    """A made-up run and the terrain under it, 2° x 2° in the middle of the nodes."""

    native: xr.Dataset
    terrain: xr.Dataset

    @property
    def mesh(self) -> Mesh:
        return Mesh.from_dataset(self.native)

    def rain(self, native: xr.Dataset | None = None) -> np.ndarray:
        """Fine amounts, double precision [time, latitude, longitude]."""
        run = self.native if native is None else native
        return downscale(run, self.terrain, variables=RAIN).precipitation.values.astype(float)


def nodes_of(kind: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and longitude of 100 to 200 nodes over 4° x 4° at 45 N."""
    levels = 43.0 + 0.4 * np.arange(11)
    if kind == "rows":
        counts = 12 + np.arange(11) % 3
        latitude = np.repeat(levels, counts)
        return latitude, np.concatenate([np.linspace(4.0, 8.0, n) for n in counts])
    lat, lon = (a.ravel() for a in np.meshgrid(levels, 4.0 + 0.4 * np.arange(11), indexing="ij"))
    shake = 0.08 * rng.uniform(-1.0, 1.0, (2, lat.size))
    return lat + shake[0], lon + shake[1]


def made_up(seed: int, kind: str, *, steps: int = 3) -> Case:
    rng = np.random.default_rng(seed)
    times = START + np.arange(1, steps + 1) * np.timedelta64(1, "h")
    coords: dict[str, object] = {
        "time": times,
        "forecast_reference_time": START,
        "forecast_period": ("time", times - START),
    }
    if kind == "regular":
        axis = 0.4 * np.arange(11)
        coords |= {"latitude": 43.0 + axis, "longitude": 4.0 + axis}
        dims: tuple[str, ...] = ("latitude", "longitude")
        shape: tuple[int, ...] = (11, 11)
    else:
        latitude, longitude = nodes_of(kind, rng)
        coords |= {"latitude": ("node", latitude), "longitude": ("node", longitude)}
        dims, shape = ("node",), latitude.shape
    amounts = np.maximum(rng.gamma(0.5, 4.0, (steps, *shape)) - 1.0, 0.0)
    native = xr.Dataset(
        {
            "precipitation": (("time", *dims), amounts.astype(np.float32)),
            "model_elevation": (dims, rng.uniform(0.0, 1500.0, shape).astype(np.float32)),
        },
        coords=coords,
    )
    centres = FINE * (np.arange(CELLS) + 0.5)
    terrain = xr.Dataset(
        {
            "elevation": (
                ("latitude", "longitude"),
                rng.uniform(0.0, 3000.0, (CELLS, CELLS)).astype(np.float32),
            )
        },
        coords={"latitude": np.round(44.0 + centres, 6), "longitude": np.round(5.0 + centres, 6)},
    )
    return Case(native, terrain)


def cell_sums(case: Case, fine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the fine cells of each node whose cell lies wholly on the terrain, and these nodes.

    Fine cells belong to their nearest node; they weigh by their area.
    """
    ring = FINE * np.arange(-20, CELLS + 20) + FINE / 2
    lon, lat = np.meshgrid(5.0 + ring, 44.0 + ring)
    owner = nearest(case.mesh, longitude=lon.ravel(), latitude=lat.ravel()).reshape(lat.shape)
    inner = np.s_[20 : 20 + CELLS, 20 : 20 + CELLS]
    beyond = np.ones(lat.shape, dtype=bool)
    beyond[inner] = False
    whole = np.setdiff1d(np.unique(owner[inner]), np.unique(owner[beyond]))
    area = np.cos(np.deg2rad(lat[inner])).ravel()
    home = owner[inner].ravel()
    total = np.bincount(home, area, minlength=case.mesh.size)
    sums = [
        np.bincount(home, area * step.ravel(), minlength=case.mesh.size)[whole] / total[whole]
        for step in fine
    ]
    return np.array(sums), whole


def nodal(case: Case) -> np.ndarray:
    values = case.native.precipitation.values.astype(float)
    return values.reshape(values.shape[0], -1)


@settings(max_examples=12, deadline=None)
@given(**CASES)
def test_every_cell_of_any_mesh_keeps_its_amount(seed, kind) -> None:
    case = made_up(seed, kind)
    means, whole = cell_sums(case, case.rain())
    assert whole.size >= 6
    np.testing.assert_allclose(means, nodal(case)[:, whole], rtol=1e-6, atol=1e-6)


@settings(max_examples=8, deadline=None)
@given(**CASES)
def test_nothing_is_negative_and_a_dry_cell_stays_dry(seed, kind) -> None:
    case = made_up(seed, kind)
    fine = case.rain()
    assert fine.min() >= 0.0
    means, whole = cell_sums(case, fine)
    assert (means[nodal(case)[:, whole] == 0.0] == 0.0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_no_rain_stays_no_rain(kind) -> None:
    case = made_up(3, kind)
    assert not case.rain(case.native.assign(precipitation=case.native.precipitation * 0)).any()


@settings(max_examples=8, deadline=None)
@given(amount=st.floats(0.01, 200.0), **CASES)
def test_the_same_rain_everywhere_stays_the_same_where_heights_agree(seed, kind, amount) -> None:
    case = made_up(seed, kind, steps=1)
    native = case.native.assign(
        precipitation=case.native.precipitation * 0 + np.float32(amount),
        model_elevation=case.native.model_elevation * 0 + np.float32(800.0),
    )
    level = Case(native, case.terrain.assign(elevation=case.terrain.elevation * 0 + 800.0))
    np.testing.assert_allclose(level.rain(), np.float32(amount), rtol=1e-6)


@settings(max_examples=8, deadline=None)
@given(factor=st.floats(0.01, 3.0), **CASES)
def test_rain_times_a_number_gives_the_fine_rain_times_it(seed, kind, factor) -> None:
    case = made_up(seed, kind)
    more = case.rain(case.native.assign(precipitation=case.native.precipitation * factor))
    np.testing.assert_allclose(more, factor * case.rain(), rtol=3e-6, atol=1e-6)


@settings(max_examples=8, deadline=None)
@given(**CASES)
def test_each_hour_is_spread_by_itself(seed, kind) -> None:
    case = made_up(seed, kind)
    together = case.rain()
    for hour in range(3):
        alone = case.rain(case.native.isel(time=[hour]))
        np.testing.assert_allclose(alone[0], together[hour], rtol=1e-6, atol=1e-7)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 100_000), kind=st.sampled_from(KINDS[1:]))
def test_the_order_of_the_nodes_does_not_matter(seed, kind) -> None:
    case = made_up(seed, kind)
    order = np.random.default_rng(seed).permutation(case.native.sizes["node"])
    mixed = case.rain(case.native.isel(node=order))
    np.testing.assert_allclose(mixed, case.rain(), rtol=1e-5, atol=1e-6)


@settings(max_examples=8, deadline=None)
@given(**CASES)
def test_no_ratio_exceeds_what_a_lone_wet_cell_needs(seed, kind) -> None:
    case = made_up(seed, kind)
    grid = Grid(
        west=5.0,
        south=44.0,
        longitude_spacing=FINE,
        latitude_spacing=FINE,
        rows=CELLS,
        columns=CELLS,
    )
    means = cell_means(
        case.mesh,
        grid,
        elevation=np.zeros((CELLS, CELLS), np.float32),
        model_elevation=np.zeros(case.mesh.size, np.float32),
        increase=0.3,
    )
    ratio = closing_ratio(nodal(case).T, means)
    assert (ratio <= 1.000001 / means.diagonal()[:, np.newaxis]).all()
    assert (ratio >= 0.0).all()
    if kind == "regular":  # (3/4)² of a cell's weight is its own node's
        assert ratio.max() <= 16.0 / 9.0 * 1.01
