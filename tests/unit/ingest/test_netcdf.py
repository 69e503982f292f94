"""netCDF files of several conventions become the same raw fields as GRIB gives."""

import contextlib
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import xarray as xr

from forecast import ingest
from forecast.errors import UnreadableFile
from grids import BoundingBox

LATITUDE = np.array([41.0, 40.5, 40.0, 39.5])
LONGITUDE = np.array([116.0, 116.5, 117.0, 117.5, 118.0])
HOURS = np.datetime64("2025-04-10T00", "ns") + np.arange(4) * np.timedelta64(1, "h")


def values(steps: int = 4) -> np.ndarray[Any, Any]:
    shape = (steps, LATITUDE.size, LONGITUDE.size)
    return (np.arange(np.prod(shape)).reshape(shape) / 8 + 270).astype(np.float32)


def dataset(variables: dict[str, tuple[Any, ...]], time: str = "time", **coords: Any) -> xr.Dataset:
    axes: dict[str, Any] = {
        "latitude": ("latitude", LATITUDE, {"units": "degrees_north"}),
        "longitude": ("longitude", LONGITUDE, {"units": "degrees_east"}),
    }
    axes[time] = (time, HOURS, {"standard_name": "time"})
    return xr.Dataset(variables, coords=axes | coords)


def write(path: Path, made: xr.Dataset, *, classic: bool = False, **encoding: Any) -> Path:
    if classic:
        made.to_netcdf(path, engine="scipy", format="NETCDF3_64BIT", encoding=encoding)
    else:
        made.to_netcdf(path, engine="h5netcdf", encoding=encoding)
    return path


def read(path: Path, **options: Any) -> dict[str, xr.DataArray]:
    return {field.attrs["short_name"]: field for field in ingest.read(path, **options).fields}


def hours(steps: xr.DataArray) -> list[float]:
    return (steps.values / np.timedelta64(1, "h")).tolist()


DIMS = ("time", "latitude", "longitude")


@pytest.mark.parametrize("classic", [True, False])
def test_packed_shorts_and_descending_rows_are_read_like_a_grib_field(
    tmp_path: Path, classic: bool
) -> None:
    made = dataset({"t2m": (DIMS, values(), {"units": "K"})})
    packing = {"dtype": "int16", "scale_factor": 0.125, "add_offset": 280.0, "_FillValue": -32767}
    field = read(write(tmp_path / "a.nc", made, classic=classic, t2m=packing))["2t"]
    assert field.dims == ("step", "latitude", "longitude")
    assert field.dtype == np.float32
    assert field["latitude"].values.tolist() == [39.5, 40.0, 40.5, 41.0]
    assert np.array_equal(field.values, values()[:, ::-1])
    assert (field.attrs["type_of_level"], field.attrs["level"]) == ("heightAboveGround", 2.0)
    assert field["forecast_reference_time"].values == HOURS[0]
    assert "first time" in field.attrs["reference_note"]


def test_era5_with_valid_time_and_grib_attributes_is_understood(tmp_path: Path) -> None:
    accumulated = {"units": "m", "GRIB_stepType": "accum", "GRIB_shortName": "tp"}
    rain = np.where(np.arange(4)[:, None, None] % 2, 0.002, 0.001) * np.ones((4, 4, 5))
    made = dataset(
        {
            "tp": (("valid_time", *DIMS[1:]), rain, accumulated),
            "u10": (("valid_time", *DIMS[1:]), values(), {"units": "m s**-1"}),
        },
        time="valid_time",
        number=((), 0),
        expver=("valid_time", np.array(["0001"] * 4, dtype=object)),
    )
    fields = read(write(tmp_path / "a.nc", made))
    assert hours(fields["tp"]["step_start"]) == [-1.0, 0.0, 1.0, 2.0]
    assert fields["tp"].attrs["step_type"] == "accum"
    assert fields["10u"].attrs["level"] == 10.0


def test_the_two_versions_of_era5_in_one_file_are_joined(tmp_path: Path) -> None:
    both = np.stack([values(), values()], axis=1)
    both[2:, 0], both[:2, 1] = np.nan, np.nan
    dims = ("time", "expver", "latitude", "longitude")
    made = dataset({"t2m": (dims, both, {"units": "K"})}, expver=("expver", [1, 5]))
    assert np.array_equal(read(write(tmp_path / "a.nc", made))["2t"].values, values()[:, ::-1])


def test_wgrib2_names_and_reference_time_are_understood(tmp_path: Path) -> None:
    made = dataset(
        {
            "TMP_2maboveground": (DIMS, values(), {"units": "K"}),
            "UGRD_10maboveground": (DIMS, values(), {"units": "m/s"}),
            "PRMSL_meansealevel": (DIMS, values(), {"units": "Pa"}),
            "HGT_surface": (DIMS, values(), {"units": "gpm"}),
            "TMP_850mb": (DIMS, values(), {"units": "K"}),
        }
    )
    made["time"].attrs["reference_time"] = 1744243200.0 - 6 * 3600
    fields = read(write(tmp_path / "a.nc", made))
    assert set(fields) == {"2t", "10u", "prmsl", "orog", "t"}
    assert fields["2t"]["forecast_reference_time"].values == np.datetime64("2025-04-09T18")
    assert hours(fields["2t"]["step"]) == [6.0, 7.0, 8.0, 9.0]
    assert (fields["t"].attrs["type_of_level"], fields["t"].attrs["level"]) == (
        "isobaricInhPa",
        850.0,
    )


def test_opendap_names_of_gfs_are_understood(tmp_path: Path) -> None:
    made = dataset({name: (DIMS, values(), {}) for name in ("tmp2m", "ugrd10m", "pressfc")})
    assert set(read(write(tmp_path / "a.nc", made))) == {"2t", "10u", "sp"}


def test_cf_names_with_a_height_and_bounds_are_understood(tmp_path: Path) -> None:
    ends = HOURS[1:]
    bounds = np.stack([HOURS[:-1], ends], axis=1)
    rain = {"standard_name": "precipitation_amount", "units": "kg m-2", "cell_methods": "time: sum"}
    made = xr.Dataset(
        {
            "rain": (DIMS, values(3), rain),
            "air": (
                ("time", "height", *DIMS[1:]),
                values(3)[:, None],
                {"standard_name": "air_temperature", "units": "K"},
            ),
            "time_bnds": (("time", "two"), bounds),
        },
        coords={
            "latitude": ("latitude", LATITUDE, {"standard_name": "latitude"}),
            "longitude": ("longitude", LONGITUDE, {"standard_name": "longitude"}),
            "time": ("time", ends, {"standard_name": "time", "bounds": "time_bnds"}),
            "height": ("height", [2.0], {"units": "m", "standard_name": "height"}),
            "forecast_reference_time": (
                (),
                HOURS[0],
                {"standard_name": "forecast_reference_time"},
            ),
        },
    )
    hourly = {"units": "hours since 2025-04-10"}
    fields = read(write(tmp_path / "a.nc", made, time=hourly, time_bnds=hourly))
    assert set(fields) == {"tp", "2t"}
    assert hours(fields["tp"]["step_start"]) == [0.0, 1.0, 2.0]
    assert hours(fields["tp"]["step"]) == [1.0, 2.0, 3.0]
    assert hours(fields["2t"]["step_start"]) == [1.0, 2.0, 3.0]


def test_a_temperature_without_a_height_is_not_taken_for_2_m(tmp_path: Path) -> None:
    made = dataset({"x": (DIMS, values(), {"standard_name": "air_temperature", "units": "K"})})
    assert set(read(write(tmp_path / "a.nc", made))) == {"x"}


def test_pressure_levels_become_one_field_each_in_hpa(tmp_path: Path) -> None:
    both = np.stack([values(), values() + 50], axis=1)
    dims = ("time", "plev", "latitude", "longitude")
    made = dataset(
        {"ta": (dims, both, {"standard_name": "air_temperature", "units": "K"})},
        plev=("plev", [85000.0, 50000.0], {"units": "Pa"}),
    )
    fields = ingest.read(write(tmp_path / "a.nc", made)).fields
    assert [(f.attrs["short_name"], f.attrs["level"]) for f in fields] == [
        ("t", 850.0),
        ("t", 500.0),
    ]
    assert np.array_equal(fields[1].values, values()[:, ::-1] + 50)


def test_members_become_realizations(tmp_path: Path) -> None:
    both = np.stack([values(), values() + 1])
    made = dataset({"t2m": (("number", *DIMS), both, {"units": "K"})}, number=("number", [3, 7]))
    field = read(write(tmp_path / "a.nc", made))["2t"]
    assert field.dims == ("realization", "step", "latitude", "longitude")
    assert field["realization"].values.tolist() == [3, 7]


def test_two_dimensional_coordinates_give_nodes_and_areas_cut_them(tmp_path: Path) -> None:
    lat, lon = np.meshgrid(LATITUDE, LONGITUDE, indexing="ij")
    made = xr.Dataset(
        {"t2m": (("time", "y", "x"), values(), {"units": "K"})},
        coords={
            "lat": (("y", "x"), lat, {"units": "degrees_north"}),
            "lon": (("y", "x"), lon, {"units": "degrees_east"}),
            "time": ("time", HOURS),
        },
    )
    path = write(tmp_path / "a.nc", made)
    field = read(path)["2t"]
    assert field.dims == ("step", "node")
    assert np.array_equal(field.values, values().reshape(4, -1))
    box = BoundingBox(west=116.4, south=39.9, east=117.1, north=40.6)
    part = read(path, area=box)["2t"]
    assert part["longitude"].values.tolist() == [116.5, 117.0, 116.5, 117.0]
    assert np.array_equal(part.values[0], values()[0, 1:3, 1:3].reshape(-1))


def test_an_area_and_wanted_names_are_obeyed(tmp_path: Path) -> None:
    made = dataset({name: (DIMS, values(), {"units": "K"}) for name in ("t2m", "d2m")})
    box = BoundingBox(west=116.6, south=40.1, east=117.2, north=40.4)
    run = ingest.read(write(tmp_path / "a.nc", made), area=box, wanted=["2d"])
    (field,) = run.fields
    assert field["longitude"].values.tolist() == [116.5, 117.0, 117.5]
    assert field["latitude"].values.tolist() == [40.0, 40.5]
    assert run.report.files[0].unwanted == 1


def test_a_sum_without_an_interval_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    made = dataset(
        {
            "APCP_surface": (DIMS, values(), {"units": "kg/m^2"}),
            "TMP_2maboveground": (DIMS, values(), {"units": "K"}),
        }
    )
    report = ingest.read(write(tmp_path / "a.nc", made)).report
    assert report.files[0].decoded == 1
    assert "states no interval" in report.refused[0]
    assert "APCP_surface" in report.refused[0]


def test_a_truncated_netcdf_3_file_is_refused_at_every_length(tmp_path: Path) -> None:
    made = dataset({"t2m": (DIMS, values(), {"units": "K"})})
    whole = write(tmp_path / "a.nc", made, classic=True).read_bytes()
    for length in [*range(4, len(whole) - 8, 61), len(whole) - 8]:
        path = tmp_path / "cut.nc"
        path.write_bytes(whole[:length])
        with pytest.raises(UnreadableFile, match=r"cut\.nc: .*truncated"):
            ingest.read(path)


def test_a_truncated_netcdf_4_file_is_refused(tmp_path: Path) -> None:
    made = dataset({"t2m": (DIMS, values(), {"units": "K"})})
    whole = write(tmp_path / "a.nc", made).read_bytes()
    for length in (100, len(whole) // 2, len(whole) - 10):
        path = tmp_path / "cut.nc"
        path.write_bytes(whole[:length])
        with pytest.raises(UnreadableFile, match=r"cut\.nc: it is damaged or"):
            ingest.read(path)


def test_a_small_file_that_declares_gigabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.nc"
    with h5py.File(path, "w") as file:
        file.create_dataset("t2m", shape=(60_000, 60_000), dtype="f4", chunks=(1000, 1000))
    assert path.stat().st_size < 10_000
    with pytest.raises(UnreadableFile, match=r"bomb\.nc: it declares 13\.4 GiB"):
        ingest.read(path)


def test_links_to_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "linked.nc"
    with h5py.File(path, "w") as file:
        file["elsewhere"] = h5py.ExternalLink("/etc/hostname", "/")
    with pytest.raises(UnreadableFile, match="link to elsewhere"):
        ingest.read(path)


def test_a_file_without_latitude_is_refused_in_words(tmp_path: Path) -> None:
    path = write(tmp_path / "a.nc", xr.Dataset({"x": ("time", [1.0, 2.0])}))
    with pytest.raises(UnreadableFile, match=r"a\.nc: it has no latitude"):
        ingest.read(path)


def test_flipped_bits_of_netcdf_3_headers_never_crash(tmp_path: Path) -> None:
    made = dataset({"t2m": (DIMS, values(), {"units": "K"})})
    whole = write(tmp_path / "a.nc", made, classic=True).read_bytes()
    chance = np.random.default_rng(20250410)
    path = tmp_path / "flipped.nc"
    for _ in range(150):
        damaged = bytearray(whole)
        damaged[chance.integers(3, 600)] ^= 1 << int(chance.integers(8))
        path.write_bytes(bytes(damaged))
        with contextlib.suppress(UnreadableFile):
            ingest.read(path)
