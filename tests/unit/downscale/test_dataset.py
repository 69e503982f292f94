"""Datasets in, datasets out: lazy, contract-true, members along, clear refusals."""

import dask
import numpy as np
import pytest
import xarray as xr

from forecast import fields
from forecast.downscale import at_points, available, downscale
from forecast.errors import DataError, InvalidRequest
from grids.errors import OutsideGrid
from tests.unit.downscale.reference import made_up_run, made_up_terrain
from tests.unit.downscale.test_temperature import places


def test_the_result_is_lazy_and_true_to_the_contract() -> None:
    native, terrain = made_up_run(steps=3), made_up_terrain()
    result = downscale(native, terrain)
    assert all(dask.is_dask_collection(result[name]) for name in available(native))
    fields.check(result, stage="test")
    assert dict(result.sizes)["latitude"] == 40
    assert result.temperature_2m.attrs["units"] == "degC"
    assert result.attrs["downscaling"] == "zhitian"
    assert result.attrs["model_orography"] == "input"
    np.testing.assert_array_equal(result.latitude, terrain.latitude)
    assert np.isfinite(result.temperature_2m.values).all()


def test_a_lazy_input_stays_lazy_and_untouched() -> None:
    native, terrain = made_up_run(steps=3), made_up_terrain(rows=6, columns=7)
    before = native.copy(deep=True)
    lazy = downscale(native.chunk(time=1), terrain)
    np.testing.assert_array_equal(lazy.temperature_2m, downscale(native, terrain).temperature_2m)
    assert native.identical(before)


def test_members_ride_along() -> None:
    native, terrain = made_up_run(steps=2), made_up_terrain(rows=6, columns=7)
    warmer = native.assign(temperature_2m=native.temperature_2m + 2)
    dims = {"realization": [3, 9]}
    both = native.assign(
        temperature_2m=xr.concat([native.temperature_2m, warmer.temperature_2m], "realization")
    ).assign_coords(dims)
    result = downscale(both, terrain, variables=("temperature_2m",))
    assert result.temperature_2m.dims == ("realization", "time", "latitude", "longitude")
    assert result.realization.values.tolist() == [3, 9]
    change = result.temperature_2m.isel(realization=1) - result.temperature_2m.isel(realization=0)
    np.testing.assert_allclose(change, 2.0, atol=1e-5)
    points = at_points(both, places(300.0), variables=("temperature_2m",))
    assert points.temperature_2m.dims == ("realization", "time", "point")


def test_only_what_was_asked_is_made_in_that_order() -> None:
    wanted = ("wind_gust_10m", "relative_humidity_2m")
    result = at_points(made_up_run(steps=2), places(0.0), variables=wanted)
    assert tuple(result.data_vars) == wanted


def test_what_the_input_cannot_give_is_refused_by_name() -> None:
    native = made_up_run(steps=2).drop_vars("dew_point_2m")
    with pytest.raises(InvalidRequest, match="relative_humidity_2m"):
        at_points(native, places(0.0), variables=("relative_humidity_2m",))
    with pytest.raises(InvalidRequest, match="soil"):
        downscale(native, made_up_terrain(), variables=("soil_moisture",))


def test_an_unknown_method_is_refused_at_once() -> None:
    with pytest.raises(InvalidRequest, match="fixed-lapse"):
        downscale(made_up_run(steps=2), made_up_terrain(), method="kriging")


def test_a_place_outside_the_model_is_refused() -> None:
    points = places(0.0, count=2)
    points["latitude"] = ("point", [30.0, 52.0])
    with pytest.raises(OutsideGrid, match="52"):
        at_points(made_up_run(steps=2), points)


def test_without_any_model_heights_it_says_what_is_missing() -> None:
    native = made_up_run(steps=2).drop_vars("model_elevation")
    with pytest.raises(DataError, match="orography"):
        at_points(native, places(0.0))
    assert at_points(native, places(0.0), method="bilinear").temperature_2m.notnull().all()


def test_a_given_orography_serves_as_the_inputs_own() -> None:
    native = made_up_run(steps=2)
    bare = native.drop_vars("model_elevation")
    given = at_points(bare, places(900.0), orography=native.model_elevation)
    expected = at_points(native, places(900.0))
    np.testing.assert_allclose(given.temperature_2m, expected.temperature_2m, atol=1e-5)
    assert given.attrs["model_orography"] == "orography file"


def test_points_need_finite_heights() -> None:
    with pytest.raises(DataError, match="elevation"):
        at_points(made_up_run(steps=2), places(np.nan))


def test_terrain_is_averaged_over_the_model_cell_where_there_is_no_orography() -> None:
    native = made_up_run(steps=2).drop_vars("model_elevation")
    terrain = made_up_terrain()
    terrain["elevation"] = terrain.elevation * 0 + np.float32(450.0)
    result = downscale(native, terrain, variables=("temperature_2m",))
    plain = downscale(native, terrain, method="bilinear", variables=("temperature_2m",))
    np.testing.assert_allclose(result.temperature_2m, plain.temperature_2m, atol=1e-4)
    assert result.attrs["model_orography"].startswith("terrain averaged")
