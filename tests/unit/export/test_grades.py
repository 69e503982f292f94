"""Maps of grades as files, of six cells a reader can check."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
import xarray as xr

from forecast.export import write_geotiffs, write_grades
from forecast.export.grades import pixels

PROVENANCE = {
    "cycle": "20250410T00Z-test-0000",
    "source": "test",
    "licence": "CC BY 4.0",
    "attribution": "Contains data of a test",
    "simulated": True,
    "created": "2025-04-10T06:00:00Z",
}
FLAGS = {
    "units": "1",
    "flag_values": np.array([-2, -1, 0, 1], np.int8),
    "flag_meanings": "not_applicable no_data none level_1",
    "labels_zh": "不适用; 无资料; 无; 轻度霜冻",
    "labels_en": "not applicable; no data; none; light frost",
    "long_name": "frost: grade of the day",
    "long_name_zh": "霜冻：各日等级",
    "rule_id": "frost.spring",
    "kind": "hazard",
    "profile": "tea@0.1.0",
}


@pytest.fixture
def six_cells() -> xr.Dataset:
    """Two days of a frost over two rows and three columns; the first row is the southern one."""
    codes = np.array([[[0, 1, -1], [-2, 0, 1]], [[1, 1, 1], [0, 0, 0]]], np.int8)
    chances = np.where(codes < 0, np.nan, codes * 0.15).astype(np.float32)[np.newaxis]
    days = np.array(["2025-04-11", "2025-04-12"], "datetime64[ns]")
    hour = np.timedelta64(1, "h")
    dims = ("day", "latitude", "longitude")
    return xr.Dataset(
        {
            "state_frost_spring": (dims, codes, FLAGS),
            "probability_frost_spring": (
                ("level", *dims),
                chances,
                {"units": "1", "long_name": "frost: probability"},
            ),
            "begins_pluck": (
                dims,
                np.where(codes > 0, 30.0, np.nan).astype(np.float32),
                {"units": "h", "long_name": "begin of the first hour"},
            ),
        },
        coords={
            "level": ("level", np.array([1], np.int8), {"long_name": "level", "units": "1"}),
            "day": days,
            "day_start": ("day", days - 12 * hour),
            "day_end": ("day", days + 12 * hour),
            "latitude": [39.005, 39.015],
            "longitude": [117.005, 117.015, 117.025],
            "elevation": (("latitude", "longitude"), np.full((2, 3), 12.0, np.float32)),
        },
        attrs={
            "profile": "tea@0.1.0",
            "crop": "spring tea",
            "crop_zh": "春茶",
            "day_boundary": "20:00+08:00",
            "issued": "2025-04-10T00:00:00Z",
            "single_forecast": "false",
        },
    )


def test_netcdf_gives_back_codes_chances_and_days(tmp_path: Path, six_cells: xr.Dataset) -> None:
    path = tmp_path / "grades.nc"
    report = write_grades(six_cells, path, provenance=PROVENANCE)
    with xr.open_dataset(path, engine="h5netcdf") as back:
        frost = back["state_frost_spring"]
        np.testing.assert_array_equal(frost.values, six_cells["state_frost_spring"].values)
        assert frost.dtype == np.int8
        assert frost.attrs["flag_values"].tolist() == [-2, -1, 0, 1]
        chance = back["probability_frost_spring"].sel(level=1)
        np.testing.assert_allclose(chance.isel(day=0, latitude=0), [0.0, 0.15, np.nan], atol=1e-6)
        assert float(back["begins_pluck"][0, 0, 1]) == 30.0
        assert [str(day)[:10] for day in back["day"].values] == ["2025-04-11", "2025-04-12"]
        assert str(back["day_bounds"].values[0, 0])[:13] == "2025-04-10T12"
        assert back.attrs["simulated"] == "true"
    assert report.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    manifest = json.loads((tmp_path / "grades.nc.manifest.json").read_text(encoding="utf-8"))
    assert manifest["provenance"]["cycle"] == "20250410T00Z-test-0000"
    assert manifest["cells"] == 6


def test_the_netcdf_passes_the_cf_checker_without_an_error(
    tmp_path: Path, six_cells: xr.Dataset
) -> None:
    path = tmp_path / "grades.nc"
    write_grades(six_cells, path, provenance=PROVENANCE)
    checker = Path(sys.executable).with_name("compliance-checker")
    command = [checker, "--test=cf:1.8", "--criteria=strict", str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_lazy_maps_are_computed_as_they_are_written(tmp_path: Path, six_cells: xr.Dataset) -> None:
    lazy = six_cells.chunk({"latitude": 1})
    write_grades(lazy, tmp_path / "lazy.nc", provenance=PROVENANCE)
    with xr.open_dataset(tmp_path / "lazy.nc", engine="h5netcdf") as back:
        np.testing.assert_array_equal(
            back["state_frost_spring"].values, six_cells["state_frost_spring"].values
        )


def test_a_geotiff_holds_a_day_from_north_to_south_with_colours(
    tmp_path: Path, six_cells: xr.Dataset
) -> None:
    files = write_geotiffs(six_cells, tmp_path / "tif", provenance=PROVENANCE)
    names = [path.name for path in files]
    assert names == [
        "state_frost_spring.2025-04-11.tif",
        "state_frost_spring.2025-04-12.tif",
        "manifest.json",
    ]
    with rasterio.open(files[0]) as back:
        # the northern row is [-2, 0, 1], the southern one [0, 1, -1]
        assert back.read(1).tolist() == [[254, 0, 1], [0, 1, 255]]
        assert back.nodata == 255
        assert (round(back.bounds.left, 9), round(back.bounds.top, 9)) == (117.0, 39.02)
        assert back.crs.to_epsg() == 4326
        table = back.colormap(1)
        assert table[1] == (92, 151, 220, 255)
        assert table[255][3] == 0
        assert back.tags()["rule_id"] == "frost.spring"
        assert back.tags()["simulated"] == "true"
    manifest = json.loads(files[-1].read_text(encoding="utf-8"))
    wanted = hashlib.sha256(files[0].read_bytes()).hexdigest()
    assert manifest["files"][0]["sha256"] == wanted


def test_codes_below_none_are_pixels_of_their_own() -> None:
    codes = np.array([[-2, -1], [0, 4]], np.int8)
    assert pixels(codes).tolist() == [[0, 4], [254, 255]]


def test_a_failed_export_leaves_no_file(tmp_path: Path, six_cells: xr.Dataset) -> None:
    broken = six_cells.drop_attrs(deep=False).assign_attrs(issued="2025-04-10T00:00:00Z")
    with pytest.raises(KeyError):
        write_grades(broken, tmp_path / "grades.nc", provenance=PROVENANCE)
    assert list(tmp_path.iterdir()) == []
