"""Terms of a correction: added to temperature and dew point before anything is derived."""

import numpy as np
import pytest
import xarray as xr

from forecast import meteorology as met
from forecast.downscale import (
    Plan,
    Target,
    at_points,
    compute_points,
    compute_tile,
    downscale,
    prepare,
)
from forecast.downscale.tiles import compute_tile_values
from forecast.errors import DataError, InvalidRequest
from grids.errors import OutsideGrid
from tests.unit.downscale.reference import made_up_run, made_up_terrain, reference

WHOLE = {"rows": slice(None), "columns": slice(None)}
STEPS = 5
MOIST = ("temperature_2m", "dew_point_2m", "relative_humidity_2m", "vapour_pressure_deficit")


def correction(names=("dew_point_2m", "temperature_2m", "temperature_2m"), *, scale=1.0):
    """Random terms on the made-up terrain at the times of the made-up run."""
    rng = np.random.default_rng(7)
    terrain, run = made_up_terrain(), made_up_run(steps=STEPS)
    shape = (len(names), terrain.sizes["latitude"], terrain.sizes["longitude"])
    return xr.Dataset(
        {
            "pattern": (
                ("term", "latitude", "longitude"),
                (scale * rng.normal(size=shape)).astype(np.float32),
            ),
            "weight": (
                ("term", "time"),
                rng.uniform(0.0, 1.0, (len(names), STEPS)).astype(np.float32),
            ),
        },
        coords={
            "variable": ("term", list(names)),
            "latitude": terrain.latitude,
            "longitude": terrain.longitude,
            "time": run.time.values,
        },
        attrs={"observed_until": "2025-04-10T00:00Z"},
    )


def total(given, name):
    """Sum of pattern times weight of a variable, [time, latitude, longitude]."""
    own = given.isel(term=np.flatnonzero(given["variable"] == name))
    product = own.pattern.astype(float) * own.weight.astype(float)
    return product.sum("term").transpose("time", "latitude", "longitude").values


def both(**more):
    native, terrain = made_up_run(steps=STEPS), made_up_terrain()
    return (
        downscale(native, terrain, variables=MOIST).compute(),
        downscale(native, terrain, variables=MOIST, **more).compute(),
    )


def test_without_terms_nothing_changes_by_a_single_bit() -> None:
    native, terrain = made_up_run(steps=STEPS), made_up_terrain()
    plain = compute_tile_values(prepare(native, terrain), **WHOLE)
    empty = prepare(native, terrain, correction=correction(()))
    np.testing.assert_array_equal(compute_tile_values(empty, **WHOLE), plain)
    absent = prepare(native, terrain, correction=None)
    assert "correction" not in absent.notes
    assert empty.operations.tolist() == absent.operations.tolist()


def test_every_term_of_a_variable_is_added_to_it() -> None:
    given = correction()
    plain, corrected = both(correction=given)
    change = (corrected.temperature_2m - plain.temperature_2m).values
    np.testing.assert_allclose(change, total(given, "temperature_2m"), atol=5e-6)
    free = (corrected.dew_point_2m < corrected.temperature_2m).values
    free &= (plain.dew_point_2m < plain.temperature_2m).values
    change = (corrected.dew_point_2m - plain.dew_point_2m).values
    np.testing.assert_allclose(change[free], total(given, "dew_point_2m")[free], atol=5e-6)
    assert free.mean() > 0.9


def test_humidity_and_deficit_follow_the_corrected_values() -> None:
    _, corrected = both(correction=correction())
    warm, dew = (corrected[name].values.astype(float) for name in MOIST[:2])
    np.testing.assert_allclose(
        corrected.relative_humidity_2m, met.relative_humidity(warm, dew), atol=1e-3
    )
    np.testing.assert_allclose(
        corrected.vapour_pressure_deficit, met.vapour_pressure_deficit(warm, dew), atol=2e-5
    )


def test_a_corrected_dew_point_stays_at_or_below_the_temperature() -> None:
    given = correction(("dew_point_2m",), scale=0.0)
    _, corrected = both(correction=given.assign(pattern=given.pattern + 30.0))
    assert (corrected.dew_point_2m <= corrected.temperature_2m).all()
    wet = given.weight.values[0] > 0.8
    assert (corrected.relative_humidity_2m.values[wet] > 99.99).all()


def test_the_kernel_agrees_with_numpy() -> None:
    plan = prepare(made_up_run(steps=STEPS), made_up_terrain(), correction=correction())
    latitude = np.repeat(plan.latitude, plan.longitude.size)
    longitude = np.tile(plan.longitude, plan.latitude.size)
    expected = reference(
        plan, longitude=longitude, latitude=latitude, elevation=plan.elevation.ravel()
    )
    got = compute_tile_values(plan, **WHOLE)
    for place, name in enumerate(plan.variables[:5]):
        wanted = expected[name].reshape(*plan.shape, STEPS)
        np.testing.assert_allclose(got[:, :, place], wanted, rtol=2e-5, atol=2e-3, err_msg=name)


def test_a_saved_plan_keeps_its_correction(tmp_path) -> None:
    plan = prepare(made_up_run(steps=STEPS), made_up_terrain(), correction=correction())
    opened = Plan.open(plan.save(tmp_path / "plan"))
    np.testing.assert_array_equal(compute_tile(opened, **WHOLE), compute_tile(plan, **WHOLE))
    assert opened.notes["correction"] == "3 terms from observations"
    assert opened.notes["observed_until"] == "2025-04-10T00:00Z"


def test_a_tile_takes_its_own_part_of_the_patterns() -> None:
    plan = prepare(made_up_run(steps=STEPS), made_up_terrain(), correction=correction())
    whole = compute_tile(plan, **WHOLE)[7:20, 11:31].astype(int)
    part = compute_tile(plan, rows=slice(7, 20), columns=slice(11, 31))
    assert (np.abs(part - whole) <= 1).all()


def test_points_take_the_pattern_of_the_cell_that_holds_them() -> None:
    given, native = correction(("temperature_2m",)), made_up_run(steps=STEPS)
    points = xr.Dataset(
        {"elevation": ("point", [800.0, 800.0])},
        coords={
            "latitude": ("point", [29.917, 30.303]),
            "longitude": ("point", [115.803, 476.491]),
        },
    )
    target = Target.points(points)
    plain = compute_points(prepare(native, target, variables=("temperature_2m",)))
    plan = prepare(native, target, variables=("temperature_2m",), correction=given)
    cells = given.pattern.values[0, [0, 20], [0, 34]]
    expected = cells[:, None] * given.weight.values[0]
    np.testing.assert_allclose((compute_points(plan) - plain)[:, 0], expected, atol=5e-6)


def test_a_point_beyond_the_patterns_is_refused() -> None:
    points = xr.Dataset(
        {"elevation": ("point", [800.0])},
        coords={"latitude": ("point", [29.85]), "longitude": ("point", [116.0])},
    )
    with pytest.raises(OutsideGrid, match="latitude 29.85"):
        at_points(made_up_run(steps=STEPS), points, correction=correction())


def test_order_of_latitudes_and_convention_of_longitudes_do_not_matter() -> None:
    given = correction()
    turned = given.isel(latitude=slice(None, None, -1), time=slice(None, None, -1))
    turned = turned.assign_coords(longitude=turned.longitude - 360.0)
    _, expected = both(correction=given)
    _, result = both(correction=turned)
    for name in MOIST:
        np.testing.assert_array_equal(result[name], expected[name])


def test_members_share_the_correction() -> None:
    native = made_up_run(steps=STEPS)
    pair = native.assign(
        temperature_2m=xr.concat([native.temperature_2m, native.temperature_2m + 2], "realization")
    )
    result = downscale(
        pair, made_up_terrain(), variables=("temperature_2m",), correction=correction()
    ).temperature_2m.values
    np.testing.assert_allclose(result[1] - result[0], 2.0, atol=2e-5)


@pytest.mark.parametrize("method", ["bilinear", "nearest", "fixed-lapse"])
def test_what_it_is_compared_with_takes_no_correction(method) -> None:
    with pytest.raises(InvalidRequest, match=f"method {method}; allowed is zhitian"):
        prepare(made_up_run(steps=STEPS), made_up_terrain(), method=method, correction=correction())
    with pytest.raises(InvalidRequest, match="allowed is zhitian"):
        downscale(
            made_up_run(steps=STEPS), made_up_terrain(), method=method, correction=correction()
        )


def test_what_is_no_correction_of_this_run_is_refused_in_a_sentence() -> None:
    given = correction()
    holed = given.copy(deep=True)
    holed.pattern[0, 3, 4] = np.nan
    faults = {
        "correction of wind_gust_10m": given.assign_coords(
            variable=("term", ["wind_gust_10m", "temperature_2m", "temperature_2m"])
        ),
        "allowed is the grid of the target": given.assign_coords(latitude=given.latitude + 0.005),
        "no weight for 2025-04-10T05:00 UTC": given.isel(time=slice(0, 4)),
        "missing patterns or weights": holed,
        "needs weight on term, time": given.drop_vars("weight"),
        "coordinate variable": given.drop_vars("variable"),
    }
    for sentence, fault in faults.items():
        with pytest.raises(DataError, match=sentence):
            downscale(made_up_run(steps=STEPS), made_up_terrain(), correction=fault)


def test_a_part_of_the_grid_takes_its_cells() -> None:
    terrain, native, given = made_up_terrain(), made_up_run(steps=STEPS), correction()
    part = terrain.isel(latitude=slice(4, 12), longitude=slice(9, 20))
    small = downscale(native, part, variables=("temperature_2m",), correction=given)
    plain = downscale(native, part, variables=("temperature_2m",))
    change = (small.temperature_2m - plain.temperature_2m).values
    expected = total(given, "temperature_2m")[:, 4:12, 9:20]
    np.testing.assert_allclose(change, expected, atol=5e-6)
