"""All members at once give what each gives alone, corrections and asked heights included."""

from pathlib import Path

import dask
import numpy as np
import pytest
import xarray as xr

from forecast import downscale
from forecast.downscale.plan import NODAL
from forecast.errors import DataError, InvalidRequest, UnknownName
from forecast.store import Cycle
from forecast.variables import variable
from grids.errors import OutsideGrid
from tests.support.small_members import members_of, published_with
from tests.support.small_region import SmallRegion
from tests.unit.downscale.reference import made_up_run, made_up_terrain

COUNT = 5


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    return SmallRegion.create(tmp_path_factory.mktemp("members"), hours=24)


@pytest.fixture(scope="module")
def native(region: SmallRegion) -> xr.Dataset:
    members = members_of(region, count=COUNT)
    # member 3 lacks its last hours, as a run that came late
    late = members["temperature_2m"].copy()
    late[3, 20:] = np.nan
    return members.assign(temperature_2m=late)


@pytest.fixture(scope="module")
def cycle(region: SmallRegion, native: xr.Dataset) -> Cycle:
    return published_with(region, native)


@pytest.fixture(scope="module")
def members(cycle: Cycle) -> downscale.Members:
    return downscale.Members(cycle.ensemble)


def same(found: np.ndarray, expected: xr.DataArray | np.ndarray, name: str) -> None:
    """Equal to a fiftieth of what is kept of a value; weights differ in their last bits."""
    step = 1.0 / variable(name).scale
    np.testing.assert_allclose(found, np.asarray(expected), rtol=0, atol=step / 50, err_msg=name)


def test_every_member_is_what_its_own_downscaling_gives(
    region: SmallRegion, native: xr.Dataset, members: downscale.Members
) -> None:
    found = members.window(slice(2, 6), slice(0, 24))
    assert found.shape == (4, 24, COUNT, len(members.variables), 25)
    for number in range(COUNT):
        alone = downscale.downscale(native.isel(realization=number, drop=True), region.terrain)
        for place, name in enumerate(members.variables):
            one = alone[name].isel(latitude=slice(2, 6)).transpose("latitude", "longitude", "time")
            same(found[:, :, number, place], one, name)


def test_what_can_be_derived_is_there_and_the_rest_is_absent(members: downscale.Members) -> None:
    assert {"relative_humidity_2m", "vapour_pressure_deficit"} <= set(members.variables)
    assert "shortwave_down" not in members.variables
    assert members.numbers == tuple(range(COUNT))
    assert members.step_flag.shape == (len(members.variables), 25)


def test_hours_that_one_member_lacks_are_missing_in_that_member_alone(
    members: downscale.Members,
) -> None:
    warmth = members.at(3, 5)[:, members.variables.index("temperature_2m")]
    assert np.isnan(warmth[3, 20:]).all()
    assert np.isfinite(np.delete(warmth, 3, axis=0)).all()
    assert np.isfinite(warmth[3, :20]).all()


@pytest.mark.parametrize(("row", "column"), [(0, 0), (3, 5), (19, 23), (10, 11)])
def test_a_cell_and_a_window_agree(members: downscale.Members, row: int, column: int) -> None:
    window = members.window(slice(0, 20), slice(0, 24))
    for place, name in enumerate(members.variables):
        same(members.at(row, column)[:, place], window[row, column, :, place], name)


def test_an_asked_height_is_that_of_at_points(
    region: SmallRegion, native: xr.Dataset, members: downscale.Members
) -> None:
    point = xr.Dataset(
        {"elevation": ("point", np.float32([250.0]))},
        coords={
            "latitude": ("point", region.region.grid.latitudes[[7]]),
            "longitude": ("point", region.region.grid.longitudes[[9]]),
        },
    )
    target = downscale.Target.points(point, terrain=region.terrain)
    alone = downscale.at_points(native, target, variables=members.variables)
    found = members.at(7, 9, elevation=250.0)
    for place, name in enumerate(members.variables):
        expected = alone[name].transpose("realization", "time", "point").values[..., 0]
        same(found[:, place], expected, name)


def test_a_correction_is_added_to_every_member(
    tmp_path: Path, region: SmallRegion, native: xr.Dataset
) -> None:
    grid = region.region.grid
    dims = ("term", "latitude", "longitude")
    pattern = np.full((1, *grid.shape), 1.5, dtype=np.float32)
    pattern[0, 7, 9] = -2.0
    fading = np.linspace(1.0, 0.0, 25, dtype=np.float32)[np.newaxis]
    correction = xr.Dataset(
        {"pattern": (dims, pattern), "weight": (("term", "time"), fading)},
        coords={
            "time": native["time"],
            "latitude": grid.latitudes,
            "longitude": grid.longitudes,
            "variable": ("term", ["temperature_2m"]),
            "kind": ("term", ["analysis"]),
            "stations": ("term", [12]),
        },
    )
    other = SmallRegion.create(tmp_path, hours=24)
    corrected = downscale.Members(published_with(other, native, correction=correction).ensemble)
    plain = downscale.Members(published_with(other, native).ensemble)
    warmth = plain.variables.index("temperature_2m")
    change = corrected.at(7, 9)[:, warmth] - plain.at(7, 9)[:, warmth]
    expected = np.broadcast_to(-2.0 * fading[0], change.shape)
    known = np.isfinite(change)
    np.testing.assert_allclose(change[known], expected[known], atol=1e-5)
    lifted = corrected.at(7, 9, elevation=100.0) - plain.at(7, 9, elevation=100.0)
    np.testing.assert_allclose(lifted[:, warmth][known], expected[known], atol=1e-5)


def test_a_window_stays_lazy_and_holds_what_its_cells_hold(members: downscale.Members) -> None:
    names = ("wind_speed_10m", "precipitation")
    lazy = members.dataset(slice(3, 15), slice(2, 23), variables=names)
    assert dask.is_dask_collection(lazy["wind_speed_10m"])
    assert dict(lazy.sizes) == {"realization": COUNT, "time": 25, "latitude": 12, "longitude": 21}
    here = members.at(10, 20)
    for name in names:
        alone = here[:, members.variables.index(name)]
        np.testing.assert_allclose(lazy[name].isel(latitude=7, longitude=18), alone, rtol=1e-5)
    with pytest.raises(UnknownName, match="they hold temperature_2m"):
        members.dataset(slice(0, 2), slice(0, 2), variables=("cloud_cover",))


def test_a_short_ensemble_is_padded_where_nobody_sees_it(tmp_path: Path) -> None:
    region = SmallRegion.create(tmp_path, hours=4)
    native = members_of(region, count=2)
    found = downscale.Members(published_with(region, native).ensemble).at(4, 4)
    alone = downscale.downscale(native.isel(realization=1, drop=True), region.terrain)
    assert found.shape[0] == 2
    assert found.shape[-1] == 5
    same(found[1, 0], alone["temperature_2m"].isel(latitude=4, longitude=4), "temperature_2m")


def test_cells_that_the_region_does_not_have_are_refused(members: downscale.Members) -> None:
    for row, column in ((-1, 0), (20, 0), (0, 24), (0, -1)):
        with pytest.raises(OutsideGrid):
            members.at(row, column)
    with pytest.raises(OutsideGrid, match="the grid has 20"):
        members.window(slice(15, 25), slice(0, 2))


def test_members_that_are_not_alike_are_refused() -> None:
    native, terrain = made_up_run(steps=40), made_up_terrain()
    stack = downscale.MemberStack()
    stack.add(downscale.prepare(native, terrain))
    with pytest.raises(DataError, match="must be alike"):
        stack.add(downscale.prepare(native.isel(time=slice(1, None)), terrain))
    with pytest.raises(InvalidRequest, match="regular mesh"):
        stack.add(downscale.prepare(native.stack(node=("latitude", "longitude")), terrain))
    with pytest.raises(DataError, match="without members"):
        downscale.MemberStack().static(np.zeros((1, 1), dtype=np.uint8))


def test_every_array_of_a_plan_that_has_nodes_is_known_as_such() -> None:
    plan = downscale.prepare(made_up_run(steps=40), made_up_terrain())
    nodes = plan.mesh.size
    assert nodes not in (plan.steps, len(plan.variables), *plan.shape)
    found = {name for name, array in plan.arrays().items() if array.shape[:1] == (nodes,)}
    assert found == set(NODAL)
