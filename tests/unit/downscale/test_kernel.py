"""The fused kernel against ten lines of numpy."""

import pickle

import numpy as np
import pytest
import xarray as xr

from forecast.downscale import METHODS, Plan, Target, compute_points, compute_tile, kernel, prepare
from forecast.errors import DataError, InvalidRequest
from forecast.variables import FILL, pack
from tests.unit.downscale.reference import made_up_run, made_up_terrain, reference

WHOLE = {"rows": slice(None), "columns": slice(None)}


def _cells(plan):
    latitude = np.repeat(plan.latitude, plan.longitude.size)
    longitude = np.tile(plan.longitude, plan.latitude.size)
    return {"latitude": latitude, "longitude": longitude, "elevation": plan.elevation.ravel()}


def _steps_apart(plan, counts, expected):
    """Largest difference in packing steps for each variable; on the circle for direction."""
    apart = {}
    for place, name in enumerate(plan.variables):
        got = counts[:, :, place].reshape(-1, plan.steps).astype(int)
        wanted = pack(expected[name], name).astype(int)
        assert np.array_equal(got == FILL, wanted == FILL), name
        difference = np.abs(got - wanted)
        if name == "wind_direction_10m":
            difference = np.minimum(difference, 360 - difference)
        apart[name] = int(difference.max())
    return apart


@pytest.mark.parametrize("method", [m for m in METHODS if m != "nearest"])
def test_every_variable_agrees_with_numpy_within_one_packing_step(method) -> None:
    native = made_up_run()
    plan = prepare(native, made_up_terrain(), method=method)
    counts = compute_tile(plan, **WHOLE)
    expected = reference(plan, **_cells(plan))
    assert len(plan.variables) == 13
    assert max(_steps_apart(plan, counts, expected).values()) <= 1


def test_nearest_takes_the_values_of_the_nearest_node() -> None:
    native, terrain = made_up_run(steps=3), made_up_terrain()
    plan = prepare(native, terrain, method="nearest", variables=("temperature_2m",))
    got = compute_tile(plan, **WHOLE)[:, :, 0] / 10.0
    expected = native.temperature_2m.sel(
        latitude=terrain.latitude, longitude=terrain.longitude, method="nearest"
    )
    np.testing.assert_allclose(got.transpose(2, 0, 1), expected, atol=0.051)


def test_a_tile_is_a_cut_of_the_whole() -> None:
    plan = prepare(made_up_run(), made_up_terrain())
    whole = compute_tile(plan, **WHOLE)
    out = np.empty((13, 20, len(plan.variables), 24), dtype=np.int16)
    part = compute_tile(plan, rows=slice(7, 20), columns=slice(11, 31), out=out)
    assert part is out
    same = np.abs(part.astype(int) - whole[7:20, 11:31]) <= 1
    assert same.all()
    assert (part == whole[7:20, 11:31]).mean() > 0.999


@pytest.mark.parametrize("steps", [1, 7, 31, 32, 33, 40])
def test_any_number_of_times_gives_the_same_first_time(steps) -> None:
    native, terrain = made_up_run(steps=40), made_up_terrain(rows=5, columns=6)
    expected = compute_tile(prepare(native, terrain), **WHOLE)[..., :1]
    plan = prepare(native.isel(time=slice(0, steps)), terrain)
    got = compute_tile(plan, **WHOLE)
    assert got.shape[-1] == steps
    light = plan.variables.index("shortwave_down")
    others = [n for n in range(len(plan.variables)) if n != light]
    assert (got[..., others, :1] == expected[..., others, :]).mean() > 0.999


def test_missing_nodes_agree_with_numpy_and_missing_times_are_filled() -> None:
    native = made_up_run()
    native["precipitation"][3] = np.nan
    native["cloud_cover"][5, 4:6, 5] = np.nan
    native["wind_u_10m"][:, 5, 6] = np.nan
    plan = prepare(native, made_up_terrain())
    assert 0 < plan.patchy.sum() < plan.patchy.size
    counts = compute_tile(plan, **WHOLE)
    rain = plan.variables.index("precipitation")
    assert (counts[:, :, rain, 3] == FILL).all()
    assert (counts[:, :, rain, 4] != FILL).all()
    expected = reference(plan, **_cells(plan))
    assert max(_steps_apart(plan, counts, expected).values()) <= 1


def test_points_equal_the_cells_that_hold_them() -> None:
    native, terrain = made_up_run(), made_up_terrain()
    plan = prepare(native, terrain)
    counts = compute_tile(plan, **WHOLE)
    cells = _cells(plan)
    points = xr.Dataset(
        {"elevation": ("point", cells.pop("elevation").astype(float))},
        coords={name: ("point", values) for name, values in cells.items()},
    )
    values = compute_points(prepare(native, Target.points(points, terrain=terrain)))
    for place, name in enumerate(plan.variables):
        got = pack(values[:, place], name).astype(int)
        apart = np.abs(got - counts[:, :, place].reshape(got.shape))
        if name == "wind_direction_10m":
            apart = np.minimum(apart, 360 - apart)
        assert apart.max() <= 1, name


def test_a_saved_plan_gives_the_same_tile(tmp_path) -> None:
    plan = prepare(made_up_run(), made_up_terrain())
    expected = compute_tile(plan, **WHOLE)
    opened = Plan.open(plan.save(tmp_path / "plan"))
    assert opened.variables == plan.variables
    assert opened.notes == plan.notes
    np.testing.assert_array_equal(compute_tile(opened, **WHOLE), expected)
    np.testing.assert_array_equal(
        compute_tile(pickle.loads(pickle.dumps(plan)), **WHOLE),  # noqa: S301
        expected,
    )


def test_the_kernel_is_compiled_once_for_all_uses(tmp_path) -> None:
    native, terrain = made_up_run(steps=3), made_up_terrain(rows=4, columns=5)
    plan = prepare(native, terrain)
    compute_tile(plan, **WHOLE)
    compute_tile(Plan.open(plan.save(tmp_path / "plan")), **WHOLE)
    native["cloud_cover"][1, 4, 5] = np.nan
    compute_tile(prepare(native, terrain, method="nearest"), **WHOLE)
    assert len(kernel._TILE.signatures) == 1


def test_an_array_of_another_shape_is_refused() -> None:
    plan = prepare(made_up_run(steps=2), made_up_terrain(rows=4, columns=5))
    with pytest.raises(InvalidRequest, match="contiguous int16"):
        compute_tile(plan, **WHOLE, out=np.empty((4, 5, 13, 3), dtype=np.int16))


def test_a_directory_without_a_plan_is_refused(tmp_path) -> None:
    with pytest.raises(DataError, match="there is none"):
        Plan.open(tmp_path)
