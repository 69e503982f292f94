"""Names, units, grid and derived quantities of one run."""

import numpy as np
import pytest
import xarray as xr

from forecast.errors import NormaliseError
from forecast.normalise import check_physics, normalise
from grids.geometry import BoundingBox
from tests.support.raw_fields import LATITUDE, LONGITUDE, raw_field, screen_temperature

AT_2M = {"type_of_level": "heightAboveGround", "level": 2.0}
AT_10M = {"type_of_level": "heightAboveGround", "level": 10.0}


def first(dataset, name):
    return float(dataset[name].values.ravel()[0])


def test_ecmwf_names_and_units_become_the_vocabulary():
    dataset = normalise(
        [
            screen_temperature([0, 3], 283.15),
            raw_field("2d", 278.15, steps=[0, 3], param=168, **AT_2M),
            raw_field("sp", 101325.0, steps=[0, 3], units="Pa"),
            raw_field("tcc", 0.5, steps=[0, 3], units="(0 - 1)", type_of_level="entireAtmosphere"),
            raw_field("10fg", 25.0, steps=[3], starts=[0], units="m s**-1", step_type="max",
                      **AT_10M),
            raw_field("z", 981.0, steps=[0], units="m**2 s**-2"),
            raw_field("lsm", 1.0, steps=[0], units="(0 - 1)"),
        ],
        source="ecmwf-ifs",
    )  # fmt: skip
    assert first(dataset, "temperature_2m") == pytest.approx(10.0, abs=1e-4)
    assert first(dataset, "dew_point_2m") == pytest.approx(5.0, abs=1e-4)
    assert first(dataset, "surface_pressure") == pytest.approx(1013.25)
    assert first(dataset, "cloud_cover") == 50.0
    assert first(dataset, "model_elevation") == pytest.approx(100.034, abs=1e-3)
    assert float(dataset["wind_gust_10m"].isel(time=1, latitude=0, longitude=0)) == 25.0
    assert dataset["interval_hours"].sel(variable="wind_gust_10m").values.tolist() == [0, 3]
    assert dataset["temperature_2m"].attrs["units"] == "degC"
    assert (dataset.attrs["source"], dataset.attrs["simulated"]) == ("ecmwf-ifs", "false")
    assert check_physics(dataset) == []


def test_gusts_are_named_by_their_interval_and_join_where_it_changes():
    gusts = [
        raw_field(name, speed, steps=steps, starts=starts, units="m s**-1", step_type="max",
                  param=param, **AT_10M)
        for name, param, speed, steps, starts in (
            ("10fg3", 228028, 11.0, [3, 6], [0, 3]),
            ("10fg", 49, 12.0, [12, 18], [6, 12]),
        )
    ]  # fmt: skip
    dataset = normalise([screen_temperature([0, 3, 6, 12, 18]), *gusts])
    gust = dataset["wind_gust_10m"].isel(latitude=0, longitude=0).values
    np.testing.assert_array_equal(gust, [np.nan, 11, 11, 12, 12])
    lengths = dataset["interval_hours"].sel(variable="wind_gust_10m").values
    assert lengths.tolist() == [0, 3, 3, 6, 6]


def test_of_two_gusts_at_one_time_the_preferred_one_counts():
    gusts = [
        raw_field(name, speed, steps=[3], starts=[0], units="m s**-1", step_type="max",
                  param=param, **AT_10M)
        for name, param, speed in (("10fg3", 228028, 11.0), ("10fg", 49, 12.0))
    ]  # fmt: skip
    dataset = normalise([screen_temperature([0, 3]), *gusts])
    assert float(dataset["wind_gust_10m"][1, 0, 0]) == 12.0


def test_dew_point_comes_from_relative_humidity_where_it_is_absent():
    """Magnus form of Alduchov & Eskridge: 20 degC and 50 % give 9.26 degC."""
    fields = [screen_temperature([0], 293.15), raw_field("r", 50.0, steps=[0], units="%", **AT_2M)]
    assert first(normalise(fields), "dew_point_2m") == pytest.approx(9.26, abs=0.02)


def test_dew_point_comes_from_specific_humidity_and_pressure():
    """q = 0.622 e / p with e = 12.27 hPa (10 degC) at 1000 hPa, to first order in q."""
    fields = [
        raw_field("2sh", 0.00767, steps=[0], units="kg kg**-1", **AT_2M),
        raw_field("sp", 100000.0, steps=[0], units="Pa"),
    ]
    assert first(normalise(fields), "dew_point_2m") == pytest.approx(10.0, abs=0.15)


def test_northwesterly_speed_and_direction_become_components():
    dataset = normalise(
        [
            raw_field("10si", 10.0, steps=[0], units="m s**-1", **AT_10M),
            raw_field("10wdir", 315.0, steps=[0], units="Degree true", **AT_10M),
        ]
    )
    assert first(dataset, "wind_u_10m") == pytest.approx(7.0711, abs=1e-3)
    assert first(dataset, "wind_v_10m") == pytest.approx(-7.0711, abs=1e-3)


def test_pressure_at_sea_level_is_kept_beside_and_not_taken_for_surface_pressure():
    fields = [screen_temperature([0]), raw_field("prmsl", 102000.0, steps=[0], units="Pa",
                                                 type_of_level="meanSea")]  # fmt: skip
    dataset = normalise(fields)
    assert first(dataset, "pressure_msl") == pytest.approx(1020.0)
    assert "surface_pressure" not in dataset


def test_instant_radiation_says_that_it_is_no_mean():
    field = raw_field("sdswrf", 500.0, steps=[1], units="W m**-2")
    assert normalise([field])["shortwave_down"].attrs["step_kind"] == "instant"


def test_instant_rain_rate_is_no_amount():
    field = raw_field("prate", 0.001, steps=[1], units="kg m**-2 s**-1")
    assert "precipitation" not in normalise([screen_temperature([1]), field])


def test_temperature_at_another_height_is_not_taken():
    upper = raw_field("t", 250.0, steps=[0], type_of_level="heightAboveGround", level=80.0)
    with pytest.raises(NormaliseError, match="holds t; none is a quantity"):
        normalise([upper])


def test_missing_step_of_an_instant_is_nan_and_flagged():
    fields = [screen_temperature([0, 3, 6]), raw_field("sp", 1e5, steps=[0, 6], units="Pa")]
    dataset = normalise(fields)
    assert np.isnan(dataset["surface_pressure"].isel(time=1)).all()
    assert dataset["step_flag"].sel(variable="surface_pressure").values.tolist() == [0, 2, 0]


def test_members_ride_along():
    members = xr.concat([screen_temperature([0, 3], 280.0 + m) for m in range(3)], "realization")
    members = members.transpose("step", "realization", ...).assign_coords(realization=[1, 2, 3])
    dataset = normalise([members])
    assert dataset["temperature_2m"].dims == ("realization", "time", "latitude", "longitude")
    values = dataset["temperature_2m"].isel(time=0, latitude=0, longitude=0).values
    np.testing.assert_allclose(values, [6.85, 7.85, 8.85], atol=1e-4)


def test_descending_latitudes_and_eastern_longitudes_give_the_same_dataset():
    values = np.arange(6.0).reshape(1, 3, 2) + 280
    plain = screen_temperature([0]).copy(data=values)
    turned = plain.isel(latitude=slice(None, None, -1)).assign_coords(longitude=LONGITUDE - 360)
    area = BoundingBox(west=115, south=37, east=118, north=41)
    xr.testing.assert_identical(normalise([plain], area=area), normalise([turned], area=area))


def test_area_keeps_the_points_inside_and_names_itself_when_empty():
    field = screen_temperature([0])
    area = BoundingBox(west=116.5, south=38.5, east=118, north=40.5)
    kept = normalise([field], area=area)
    assert kept.sizes["latitude"] == 2
    assert kept.sizes["longitude"] == 1
    with pytest.raises(NormaliseError, match="no point of the run lies in it"):
        normalise([field], area=BoundingBox(west=0, south=0, east=1, north=1))


def test_field_on_another_grid_is_left_out_and_named():
    other = raw_field("tp", 1.0, steps=[3], starts=[0], units="m", grid_key="other")
    dataset = normalise([screen_temperature([0, 3]), other])
    assert dataset.attrs["ignored"] == ["tp for precipitation: on another grid"]


def test_given_orography_is_averaged_over_the_model_cells():
    latitude, longitude = np.arange(37.25, 41, 0.5), np.arange(115.25, 118, 0.5)
    height = xr.DataArray(
        np.broadcast_to(100.0 * latitude[:, None], (latitude.size, longitude.size)),
        dims=("latitude", "longitude"),
        coords={"latitude": latitude, "longitude": longitude},
        attrs={"units": "m"},
    )
    dataset = normalise([screen_temperature([0])], orography=height)
    np.testing.assert_allclose(dataset["model_elevation"].isel(longitude=0), 100 * LATITUDE, atol=1)
    assert dataset["model_elevation"].attrs["origin_of_field"] == "given, area mean"


def test_inputs_are_left_as_they_were():
    field = screen_temperature([0, 3])
    before = field.copy(deep=True)
    normalise([field])
    xr.testing.assert_identical(field, before)


def test_two_runs_at_one_time_are_refused():
    later = screen_temperature([0])
    later = later.assign_coords(forecast_reference_time=np.datetime64("2025-04-09T12:00", "ns"),
                                step=later["step"] + np.timedelta64(12, "h"))  # fmt: skip
    with pytest.raises(NormaliseError, match="two fields are valid at 2025-04-10T00:00:00Z"):
        normalise([screen_temperature([0]), later])


def test_gates_find_impossible_heat_and_dew_point_above_temperature():
    fields = [screen_temperature([0], 400.0), raw_field("2d", 410.0, steps=[0], **AT_2M)]
    kinds = {(f.variable, f.kind) for f in check_physics(normalise(fields))}
    assert kinds == {
        ("temperature_2m", "range"),
        ("dew_point_2m", "range"),
        ("dew_point_2m", "dew-point"),
    }


def test_gates_find_a_wind_component_alone():
    field = raw_field("10u", 3.0, steps=[0], units="m s**-1", **AT_10M)
    assert [f.kind for f in check_physics(normalise([field]))] == ["one-sided"]


def test_gates_find_a_field_that_is_mostly_missing():
    values = np.full((1, 3, 2), np.nan)
    values[0, 0, 0] = 280.0
    findings = check_physics(normalise([screen_temperature([0]).copy(data=values)]))
    assert [(f.kind, round(f.share, 3)) for f in findings] == [("incomplete", 0.833)]


def test_gates_expect_no_sum_at_the_start_of_the_run_nor_in_flagged_gaps():
    rain = raw_field("tp", [0.001, 0.003], steps=[3, 9], starts=[0, 0], units="m")
    assert check_physics(normalise([screen_temperature([0, 3, 6, 9]), rain])) == []
