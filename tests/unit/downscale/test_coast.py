"""Land and sea apart: what a coastal cell takes from which nodes, and what stays as it was."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.downscale import Target, at_points, compute_points, model_height, prepare
from forecast.downscale.coast import matched_weights
from forecast.downscale.tiles import compute_tile_values
from tests.unit.downscale.reference import by_kind, made_up_run, made_up_terrain, reference
from tests.unit.downscale.test_temperature import LATITUDE, LONGITUDE, places, run

WHOLE = {"rows": slice(None), "columns": slice(None)}
SHORE_COLUMN = 5
EAST = (np.arange(12) >= SHORE_COLUMN)[None, :] * np.ones((12, 1))
"""Land in the east: nodes from 116.25 E."""


def with_land(native, share=EAST):
    return native.assign(
        model_land_fraction=(("latitude", "longitude"), np.asarray(share, np.float32))
    )


def shore(*, rows=8, columns=40, seed=3):
    """Terrain across the shore with random shares of land."""
    rng = np.random.default_rng(seed)
    terrain = made_up_terrain(rows=rows, columns=columns)
    land = rng.uniform(0.0, 1.0, (rows, columns)).astype(np.float32)
    return terrain.assign(land_fraction=(("latitude", "longitude"), land))


def test_a_cell_is_as_warm_as_its_shares_of_land_and_sea() -> None:
    terrain = shore().assign(elevation=lambda t: t.elevation * 0)
    native = with_land(run(np.where(EAST > 0, 4.0, 14.0), np.zeros((12, 12))))
    plan = prepare(native, terrain, variables=("temperature_2m",))
    warm = compute_tile_values(plan, **WHOLE)[:, :, 0, 0]
    share = (terrain.longitude.values - 116.0) / 0.25
    both = (share > 0.05) & (share < 0.95)
    land = terrain.land_fraction.values
    np.testing.assert_allclose(warm[:, both], (land * 4 + (1 - land) * 14)[:, both], atol=2e-5)
    assert (warm[:, share <= 0] == 14.0).all()
    assert (warm[:, share >= 1] == 4.0).all()
    # sea alone for what is of the other kind, where less than 0.05 of it is near
    edge = (share > 0.0) & (share < 0.05)
    assert edge.sum() == 0 or (warm[:, edge] >= 13.0).all()


def test_away_from_the_shore_not_a_bit_changes() -> None:
    terrain, native = shore(), made_up_run(steps=4)
    plain = compute_tile_values(prepare(native, terrain.drop_vars("land_fraction")), **WHOLE)
    coastal = compute_tile_values(prepare(with_land(native), terrain), **WHOLE)
    # the gradient must not see another set of nodes: the same land in both
    masked = prepare(with_land(native), terrain.drop_vars("land_fraction"))
    reference_values = compute_tile_values(masked, **WHOLE)
    share = (terrain.longitude.values - 116.0) / 0.25
    away = (share <= 0.0) | (share >= 1.0)
    np.testing.assert_array_equal(coastal[:, away], reference_values[:, away])
    assert not np.array_equal(coastal[:, ~away], reference_values[:, ~away])
    inland = with_land(native, np.ones((12, 12)))
    np.testing.assert_array_equal(compute_tile_values(prepare(inland, terrain), **WHOLE), plain)
    at_sea = terrain.assign(land_fraction=terrain.land_fraction * 0)
    np.testing.assert_array_equal(compute_tile_values(prepare(inland, at_sea), **WHOLE), plain)


def test_what_does_not_differ_by_land_keeps_plain_weights() -> None:
    terrain, native = shore(), made_up_run(steps=4)
    kept = ("precipitation", "shortwave_down", "cloud_cover", "longwave_down")
    plans = [
        prepare(with_land(native), ground, variables=kept)
        for ground in (terrain, terrain.drop_vars("land_fraction"))
    ]
    first, second = (compute_tile_values(plan, **WHOLE) for plan in plans)
    np.testing.assert_array_equal(first, second)


def test_height_differences_are_taken_from_the_same_nodes() -> None:
    height = np.where(EAST > 0, 600.0, 0.0)
    native = with_land(run(15.0 - 0.0065 * height, height))
    terrain = shore()
    plan = prepare(native, terrain, variables=("temperature_2m",))
    warm = compute_tile_values(plan, **WHOLE)[:, :, 0, 0]
    np.testing.assert_allclose(warm, 15.0 - 0.0065 * terrain.elevation.values, atol=2e-5)


def test_the_models_height_on_the_shore_is_that_of_the_cells_own_kind() -> None:
    native = with_land(run(np.zeros((12, 12)), np.where(EAST > 0, 600.0, 0.0)))
    terrain = shore()
    height = model_height(prepare(native, terrain))
    share = (terrain.longitude.values - 116.0) / 0.25
    both = (share > 0.05) & (share < 0.95)
    expected = 600.0 * terrain.land_fraction.values
    np.testing.assert_allclose(height[:, both], expected[:, both], atol=1e-3)
    np.testing.assert_allclose(height[:, share >= 1], 600.0, rtol=1e-6)


def test_every_variable_of_a_coast_agrees_with_numpy() -> None:
    rng = np.random.default_rng(5)
    native = with_land(made_up_run(), np.round(rng.uniform(0, 1, (12, 12)), 1))
    terrain = shore()
    plan = prepare(native, terrain)
    got = compute_tile_values(plan, **WHOLE)
    expected = reference(
        plan,
        longitude=np.tile(plan.longitude, plan.latitude.size),
        latitude=np.repeat(plan.latitude, plan.longitude.size),
        elevation=plan.elevation.ravel(),
        land=terrain.land_fraction.values.ravel(),
    )
    for place, name in enumerate(plan.variables):
        wanted = expected[name].reshape(*plan.shape, -1)
        apart = np.abs(got[:, :, place] - wanted)
        apart = np.minimum(apart, 360 - apart) if name == "wind_direction_10m" else apart
        assert apart.max() < 0.02 + 2e-4 * np.abs(wanted).max(), name


def test_a_gust_on_the_shore_is_never_below_the_mean_wind() -> None:
    native = with_land(made_up_run())
    native["wind_gust_10m"] = native.wind_gust_10m * 0 + np.float32(3.0)
    plan = prepare(native, shore(), variables=("wind_speed_10m", "wind_gust_10m"))
    speed, gust = np.moveaxis(compute_tile_values(plan, **WHOLE), 2, 0)
    assert (gust >= speed).all()
    assert gust.max() > 3.01


def test_wind_over_land_and_sea_is_not_mixed() -> None:
    native = with_land(run(np.full((12, 12), 9.0), np.zeros((12, 12))))
    dims = ("time", "latitude", "longitude")
    native["wind_u_10m"] = (dims, np.where(EAST > 0, 2.0, 10.0)[None].astype(np.float32))
    native["wind_v_10m"] = native.wind_u_10m * 0
    at = places(0.0, count=1).assign_coords(
        latitude=("point", [30.1]), longitude=("point", [116.06])
    )
    result = at_points(native, at)
    assert float(result.wind_speed_10m[0, 0]) == pytest.approx(2.0, abs=1e-5)
    assert float(result.wind_direction_10m[0, 0]) == pytest.approx(270.0, abs=1e-3)


def test_points_are_what_their_cells_are_and_stations_are_on_land() -> None:
    native, terrain = with_land(made_up_run(steps=4)), shore()
    plan = prepare(native, terrain)
    values = compute_tile_values(plan, **WHOLE)
    latitude, longitude = np.meshgrid(plan.latitude, plan.longitude, indexing="ij")
    points = xr.Dataset(
        {"elevation": ("point", plan.elevation.ravel().astype(float))},
        coords={
            "latitude": ("point", latitude.ravel()),
            "longitude": ("point", longitude.ravel() - 360.0),
        },
    )
    at_cells = compute_points(prepare(native, Target.points(points, terrain=terrain)))
    warm = plan.variables.index("temperature_2m")
    np.testing.assert_allclose(
        at_cells[:, warm].reshape(values[:, :, warm].shape), values[:, :, warm], atol=2e-5
    )
    ashore = terrain.assign(land_fraction=terrain.land_fraction * 0 + 1)
    on_land = compute_points(prepare(native, Target.points(points, terrain=ashore)))
    bare = compute_points(prepare(native, Target.points(points)))
    np.testing.assert_array_equal(bare[:, warm], on_land[:, warm])


def test_a_list_of_nodes_gives_what_the_regular_mesh_gives() -> None:
    native = with_land(made_up_run(steps=3))
    nodes = native.stack(node=("latitude", "longitude")).reset_index("node")
    nodes = nodes.transpose("time", "node").isel(node=slice(None, None, -1))
    on_land = places(500.0)
    names = ("temperature_2m", "dew_point_2m", "wind_speed_10m", "wind_direction_10m")
    for result in (at_points(nodes, on_land), at_points(native.sortby("latitude"), on_land)):
        expected = at_points(native, on_land)
        for name in names[2:]:
            np.testing.assert_allclose(result[name], expected[name], rtol=2e-6, atol=2e-3)
    northern_first = native.isel(latitude=slice(None, None, -1))
    for name in names:
        np.testing.assert_allclose(
            at_points(northern_first, on_land)[name],
            at_points(native, on_land)[name],
            rtol=2e-6,
            atol=2e-4,
        )


@pytest.mark.parametrize(("north", "east"), [(0.0, 64.0), (-61.0, 0.0), (-61.0, -295.5)])
def test_a_shore_is_the_same_across_the_date_line_and_in_the_south(north, east) -> None:
    native, terrain = with_land(made_up_run(steps=2)), shore()
    dry = ("temperature_2m", "dew_point_2m", "wind_speed_10m")
    expected = compute_tile_values(prepare(native, terrain, variables=dry), **WHOLE)
    moved = [
        field.assign_coords(latitude=field.latitude + north, longitude=field.longitude + east)
        for field in (native, terrain)
    ]
    moved[0] = moved[0].assign_coords(longitude=(moved[0].longitude + 180.0) % 360.0 - 180.0)
    result = compute_tile_values(prepare(*moved, variables=dry), **WHOLE)
    np.testing.assert_allclose(result, expected, atol=0.05 if north else 2e-4)
    speed = dry.index("wind_speed_10m")
    np.testing.assert_allclose(result[:, :, speed], expected[:, :, speed], atol=2e-4)


def test_a_model_that_knows_land_only_serves_the_shore() -> None:
    warm = np.where(EAST > 0, 4.0, np.nan)
    native = with_land(run(warm, np.zeros((12, 12))))
    at = places(0.0, count=2).assign_coords(
        latitude=("point", [30.1, 30.1]), longitude=("point", [116.02, 116.2])
    )
    result = at_points(native, at).temperature_2m.values[0]
    np.testing.assert_allclose(result[1], 4.0, atol=1e-5)
    assert np.isfinite(result[0])


def test_the_terrain_tells_the_land_of_nodes_that_do_not() -> None:
    native = made_up_run(steps=2)
    terrain = made_up_terrain(rows=90, columns=90)
    land = (terrain.longitude > 116.3) * xr.ones_like(terrain.elevation)
    told = prepare(native, terrain.assign(land_fraction=land), variables=("temperature_2m",))
    assert told.notes["model_land_fraction"].startswith("land fraction of the terrain")
    known = told.model_land[np.isfinite(told.model_land)]
    assert known.min() == 0.0
    assert known.max() == 1.0
    silent = prepare(native, terrain, variables=("temperature_2m",))
    assert np.isnan(silent.model_land).all()
    assert "model_land_fraction" not in silent.notes


@pytest.mark.parametrize("method", ["bilinear", "nearest", "fixed-lapse"])
def test_the_methods_to_compare_with_know_no_coast(method) -> None:
    native, terrain = made_up_run(steps=2), shore()
    first = compute_tile_values(prepare(native, terrain, method=method), **WHOLE)
    second = compute_tile_values(prepare(with_land(native), terrain, method=method), **WHOLE)
    np.testing.assert_array_equal(first, second)


SHARE = st.floats(0.0, 1.0, allow_subnormal=False)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(0.01, 1.0), SHARE), min_size=4, max_size=4), SHARE)
def test_weights_stay_weights_and_follow_the_sentence(nodes, fraction) -> None:
    weights, land = np.array(nodes).T
    weights = weights / weights.sum()
    got = matched_weights(weights[None], land[None], fraction=np.array([fraction]))[0]
    assert got.min() >= -1e-12
    assert got.sum() == pytest.approx(1.0, abs=1e-9)
    if min((weights * land).sum(), (weights * (1 - land)).sum()) > 0.0501:
        same = matched_weights(
            weights[None], land[None], fraction=np.array([(weights * land).sum()])
        )
        np.testing.assert_allclose(same[0], weights, atol=1e-9)
    if all(abs((weights * kind).sum() - 0.05) > 1e-9 for kind in (land, 1 - land)):
        np.testing.assert_allclose(got, by_kind(weights, land, fraction), atol=1e-9)


def test_a_side_with_little_weight_is_stood_for_by_all() -> None:
    weights, land = np.array([[0.96, 0.04, 0.0, 0.0]]), np.array([[0.0, 1.0, 0.0, 0.0]])
    np.testing.assert_allclose(matched_weights(weights, land, fraction=np.ones(1)), weights)
    weights = np.array([[0.94, 0.06, 0.0, 0.0]])
    np.testing.assert_allclose(matched_weights(weights, land, fraction=np.ones(1))[0], [0, 1, 0, 0])


def test_the_nodes_are_those_of_the_test() -> None:
    assert LONGITUDE[SHORE_COLUMN] == 116.25
    assert LATITUDE[0] == 29.0
