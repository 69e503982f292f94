"""Conventions of real files: steps, members, buckets, winds, invariants, ERA5 netCDF, areas."""

from typing import Any

import eccodes
import numpy as np
import pytest
import xarray as xr

from forecast import ingest
from grids import BoundingBox
from tests.support.data import shared_data


def test_minutes_and_hours_make_one_axis() -> None:
    (field,) = ingest.read(shared_data("grib_edge_cases/step_60m.grib")).fields
    steps = field["step"].values / np.timedelta64(1, "h")
    assert steps.tolist() == list(range(73))
    assert int(np.isnan(field.isel(step=0)).sum()) == 3


def test_members_of_era5_stack() -> None:
    run = ingest.read(shared_data("grib_global/era5-levels-members.grib"))
    assert {field.sizes["realization"] for field in run.fields} == {10}
    assert run.report.missing == ()


def test_rain_since_start_with_an_odd_step_keeps_its_steps() -> None:
    (field,) = ingest.read(shared_data("grib_global/skinnywms_20220817_tp.grib")).fields
    assert field.attrs["interval_kind"] == "since-start"
    assert (field["step"].values / np.timedelta64(1, "h")).tolist() == [12, 24, 26, 48]
    assert not field["step_start"].values.astype(int).any()


def test_buckets_of_gfs_have_their_own_start() -> None:
    run = ingest.read(shared_data("grib_global/gfs.grb"), wanted=["tp", "tmax", "tmin", "sdswrf"])
    kinds = {field.attrs["short_name"]: field.attrs["step_type"] for field in run.fields}
    assert kinds == {"tp": "accum", "tmax": "max", "tmin": "min", "sdswrf": "avg"}
    for field in run.fields:
        interval = (field["step_start"].values[0], field["step"].values[0])
        assert interval == (np.timedelta64(66, "h"), np.timedelta64(72, "h"))


@pytest.mark.parametrize("model", ["arpege", "arome"])
def test_rain_of_meteo_france_runs_since_the_start(model: str) -> None:
    name = f"meteonet_arpege_arome_20180501/{model}_PRECIP_SE_20180501000000.grib"
    (field,) = ingest.read(shared_data(name)).fields
    assert (field["step"].values / np.timedelta64(1, "h")).tolist() == list(range(1, 25))
    assert not field["step_start"].values.astype(int).any()
    assert field.attrs["interval_kind"] == "since-start"
    assert field.attrs["origin"] == "lfpw"


def test_hrrr_winds_are_turned_by_the_convergence_of_its_projection() -> None:
    from pyproj import Proj

    path = shared_data("hrrr_idaho_20180722/hrrr.t06z.wrfsfcf01.grib2")
    fields = {f.attrs["short_name"]: f for f in ingest.read(path, wanted=["10u", "10v"]).fields}
    raw: dict[str, Any] = {}
    with path.open("rb") as file:
        while (handle := eccodes.codes_grib_new_from_file(file)) is not None:
            if eccodes.codes_get(handle, "shortName") in fields:
                raw[eccodes.codes_get(handle, "shortName")] = eccodes.codes_get_values(handle)
            eccodes.codes_release(handle)
    projection = Proj(proj="lcc", lat_1=38.5, lat_2=38.5, lat_0=38.5, lon_0=262.5, R=6371229)
    u = fields["10u"]
    factors = projection.get_factors(u["longitude"].values, u["latitude"].values)
    angle = np.radians(-factors.meridian_convergence)
    east = raw["10u"] * np.cos(angle) - raw["10v"] * np.sin(angle)
    north = raw["10u"] * np.sin(angle) + raw["10v"] * np.cos(angle)
    assert np.degrees(np.abs(angle)).mean() > 8
    np.testing.assert_allclose(u.values[0], east, atol=0.01)
    np.testing.assert_allclose(fields["10v"].values[0], north, atol=0.01)


def test_the_masks_of_meteonet_are_invariants_without_a_date() -> None:
    run = ingest.read(shared_data("meteonet_arpege_arome_20180501/SE_masks.grib"))
    assert {field.attrs["short_name"] for field in run.fields} == {"lsm", "h"}
    assert all(np.isnat(field["forecast_reference_time"].values) for field in run.fields)


@pytest.mark.parametrize("name", ["davos_SURF_202001.nc", "davos_PLEV_202001.nc"])
def test_era5_netcdf_has_the_values_that_the_packing_says(name: str) -> None:
    from scipy.io import netcdf_file

    path = shared_data(f"era5_davos_202001/{name}")
    run = ingest.read(path)
    assert run.report.refused == ()
    with netcdf_file(path, mmap=False) as file:
        for field in run.fields:
            packed = file.variables[field.attrs["name_in_file"]]
            values = packed[:] * packed.scale_factor + packed.add_offset
            if values.ndim == 4:
                values = values[:, list(file.variables["level"][:]).index(field.attrs["level"])]
            np.testing.assert_allclose(field.values, values[:, ::-1], rtol=2e-6, atol=1e-9)


def test_hourly_sums_of_era5_begin_an_hour_before_their_time() -> None:
    run = ingest.read(shared_data("era5_davos_202001/davos_SURF_202001.nc"), wanted=["tp", "ssrd"])
    for field in run.fields:
        assert field.attrs["step_type"] == "accum"
        lengths = field["step"].values - field["step_start"].values
        assert np.all(lengths == np.timedelta64(1, "h"))


def test_a_region_of_a_global_file_is_cut_out_of_each_message() -> None:
    path = shared_data("grib_global/ecmwf-ifs-oper-surface.grib2")
    tianjin = BoundingBox(west=116.7, south=38.55, east=118.05, north=40.25)
    part = ingest.read(path, area=tianjin, wanted=["tcc"]).fields[0]
    assert part["longitude"].values.tolist() == (116.5 + 0.25 * np.arange(8)).tolist()
    assert part["latitude"].values.tolist() == (38.5 + 0.25 * np.arange(8)).tolist()
    whole = ingest.read(path, wanted=["tcc"]).fields[0]
    xr.testing.assert_equal(part, whole.sel(latitude=part["latitude"], longitude=part["longitude"]))
