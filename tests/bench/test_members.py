"""A place asked of 51 members and 360 hours at once, beside member by member."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from forecast import downscale
from forecast.downscale import Members
from forecast.query.events import Condition, Event
from forecast.query.occurrence import occurrence
from forecast.store import Cycle, RegionStore
from tests.support.benchmark import Measurements, cpu_seconds
from tests.support.cycles import counts, description, write_tiles
from tests.support.large_members import large_member, large_terrain, together

COUNT, HOURS = 51, 360
BOUND_S = 0.020


@pytest.fixture(scope="module")
def cycle(tmp_path_factory: pytest.TempPathFactory) -> Cycle:
    """A cycle whose members stand in both layouts, written member by member."""
    about = description(rows=170, columns=135, hours=5, tile=128)
    terrain = large_terrain(about.grid)
    store = RegionStore.create(tmp_path_factory.mktemp("store") / "r", region=about.region)
    packed = counts(about)
    stack = downscale.MemberStack()
    with store.stage(about) as staging:
        write_tiles(staging, packed)
        members = [large_member(about.grid, seed=seed, hours=HOURS) for seed in range(COUNT)]
        staging.write_group("members", together(members).chunk(realization=1))
        with staging.ensemble(range(COUNT)) as writer:
            for member in members:
                writer.add(stack.add(downscale.prepare(member, terrain)))
            flags = downscale.step_flags(members[0], stack.variables)
            staging.record(writer.finish(stack.static(flags)))
        staging.commit(staging.seal(quality={}))
    return store.current()


def test_a_point_of_a_whole_ensemble_is_answered_at_once(
    cycle: Cycle, measurements: Measurements
) -> None:
    members = Members(cycle.ensemble)
    random = np.random.default_rng(7)
    terrain = large_terrain(cycle.grid)
    height = terrain["elevation"].values

    def ours() -> np.ndarray:
        return members.at(int(random.integers(170)), int(random.integers(135)))

    def one_by_one() -> xr.Dataset:
        point = xr.Dataset(
            {"elevation": ("point", height[[80], [60]])},
            coords={
                "latitude": ("point", cycle.grid.latitudes[[80]]),
                "longitude": ("point", cycle.grid.longitudes[[60]]),
            },
        )
        target = downscale.Target.points(point, terrain=terrain)
        return downscale.at_points(cycle.members().load(), target, variables=members.variables)

    expected = one_by_one()
    found = members.at(80, 60)
    assert found.shape == (COUNT, len(members.variables), HOURS + 1)
    assert len(members.variables) >= 12
    size = f"{COUNT} members x {len(members.variables)} variables x {HOURS + 1} hours"
    for place, name in enumerate(members.variables):
        wanted = expected[name].transpose("realization", "time", "point").values[..., 0]
        np.testing.assert_allclose(found[:, place], wanted, atol=5e-3, err_msg=name)
    ours_s = cpu_seconds(ours, repeats=20)
    theirs_s = cpu_seconds(one_by_one, repeats=1)
    stored = sum(e.size for e in cycle.manifest.files if e.path.startswith("ensemble/"))
    measurements.add(
        "point read of an ensemble",
        f"{ours_s * 1e3:.1f} ms; {stored / 1e6:.0f} MB stored",
        wanted=f"< {BOUND_S * 1e3:.0f} ms",
        how=f"{size}, 170 x 135 cells on a 0.25 degree model grid, page cache warm",
    )
    measurements.add(
        "the same beside member by member from the native group",
        f"{theirs_s / ours_s:.0f} x faster ({theirs_s:.1f} s)",
        wanted="≥ 100 x",
        how="xarray opens the Zarr group `members`, `at_points` on every member",
    )
    assert ours_s < BOUND_S
    assert theirs_s / ours_s >= 100


def test_a_joint_event_costs_little_beside_the_read(
    cycle: Cycle, measurements: Measurements
) -> None:
    members = Members(cycle.ensemble)
    names = ("wind_speed_10m", "precipitation")
    found = members.at(40, 50)
    values = {name: found[:, members.variables.index(name)] for name in names}
    spray = Event(
        conditions=(
            Condition(variable="wind_speed_10m", comparison="<", value=4.0),
            Condition(variable="precipitation", comparison="==", value=0.0),
        ),
        hours=6,
    )
    seconds = cpu_seconds(
        lambda: occurrence(values, spray, times=members.times).probability(), repeats=10
    )
    measurements.add(
        "joint event over an ensemble",
        f"{seconds * 1e3:.1f} ms",
        wanted=f"< {BOUND_S * 1e3:.0f} ms",
        how=f"wind and rain in 6 hours from every start, {COUNT} members x {HOURS + 1} hours",
    )
    assert seconds < BOUND_S


def test_the_records_are_the_size_that_is_told(cycle: Cycle) -> None:
    layout = cycle.ensemble.layout
    path = Path("ensemble/records.bin").as_posix()
    assert cycle.manifest.by_path[path].size == layout.nodes * layout.record_bytes
    assert layout.record_bytes * layout.nodes < 1e9
