"""Exports of six cells a reader can check."""

import csv
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from forecast.export import write_csv, write_netcdf
from forecast.export.table import format_value, safe_text

PROVENANCE = {
    "cycle_id": "20250410T00Z-test-0000",
    "source": "test",
    "licence": "CC BY 4.0",
    "attribution": "Contains data of a test",
    "simulated": True,
}


@pytest.fixture
def six_cells() -> xr.Dataset:
    start = np.datetime64("2025-04-10T00", "ns")
    time = start + np.array([1, 2]) * np.timedelta64(1, "h")
    values = np.array([[[4.0, -1.3, 0.0], [np.nan, 10.2, 11.9]]] * 2, dtype=np.float32)
    return xr.Dataset(
        {
            "temperature_2m": (("time", "latitude", "longitude"), values),
            "precipitation": (("time", "latitude", "longitude"), np.abs(values)),
            "elevation": (("latitude", "longitude"), np.full((2, 3), 12.0, np.float32)),
        },
        coords={
            "time": time,
            "latitude": [39.005, 39.015],
            "longitude": [117.005, 117.015, 117.025],
            "forecast_reference_time": start,
            "forecast_period": ("time", time - start),
        },
    )


def test_netcdf_gives_back_the_values_and_the_gaps(tmp_path: Path, six_cells: xr.Dataset) -> None:
    path = tmp_path / "out.nc"
    report = write_netcdf(six_cells, path, provenance=PROVENANCE)
    with xr.open_dataset(path, engine="h5netcdf") as back:
        np.testing.assert_allclose(
            back["temperature_2m"].values, six_cells["temperature_2m"].values, atol=1e-9, rtol=1e-6
        )
        assert back["temperature_2m"].attrs["units"] == "degC"
        assert back["precipitation"].attrs["cell_methods"] == "time: sum"
        assert back["time"].values[0] == np.datetime64("2025-04-10T01")
        assert back.attrs["simulated"] == "true"
        assert back.attrs["attribution"] == "Contains data of a test"
    assert report.cells == 6
    assert report.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_cells_have_edges_that_touch_also_in_a_single_row(
    tmp_path: Path, six_cells: xr.Dataset
) -> None:
    row = six_cells.isel(latitude=[0]).assign_coords(longitude=[117.01, 117.03, 117.05])
    write_netcdf(row, tmp_path / "out.nc", provenance=PROVENANCE)
    with xr.open_dataset(tmp_path / "out.nc", engine="h5netcdf", decode_cf=False) as back:
        edges = back["longitude_bounds"].values
        assert np.array_equal(edges[1:, 0], edges[:-1, 1])
        assert edges[[0, -1], [0, 1]].tolist() == [117.0, 117.06]
        assert np.ptp(back["latitude_bounds"].values) == pytest.approx(0.02)


def test_the_manifest_names_cycle_and_checksum(tmp_path: Path, six_cells: xr.Dataset) -> None:
    path = tmp_path / "out.csv"
    report = write_csv(six_cells, path, provenance=PROVENANCE)
    manifest = json.loads((tmp_path / "out.csv.manifest.json").read_text(encoding="utf-8"))
    assert manifest["sha256"] == report.sha256
    assert manifest["provenance"]["cycle_id"] == "20250410T00Z-test-0000"


def test_csv_is_long_in_time_with_empty_cells_for_gaps(
    tmp_path: Path, six_cells: xr.Dataset
) -> None:
    path = tmp_path / "out.csv"
    write_csv(six_cells, path, provenance=PROVENANCE)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 12
    assert rows[0] == {
        "latitude": "39.005",
        "longitude": "117.005",
        "elevation": "12.0",
        "time": "2025-04-10T01:00:00Z",
        "temperature_2m": "4.0",
        "precipitation": "4.00",
    }
    assert rows[6]["temperature_2m"] == ""


def test_a_failed_export_leaves_no_file(tmp_path: Path, six_cells: xr.Dataset) -> None:
    broken = six_cells.rename(temperature_2m="no_such_name")
    with pytest.raises(Exception, match="no_such_name"):
        write_netcdf(broken, tmp_path / "out.nc", provenance=PROVENANCE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.0, 1, "0.0"),
        (-0.04, 1, "0.0"),
        (-3.25, 1, "-3.2"),
        (float("nan"), 1, ""),
        (1e3, 0, "1000"),
    ],
)
def test_numbers_are_written_with_the_decimals_that_are_stored(
    value: float, decimals: int, text: str
) -> None:
    assert format_value(value, decimals) == text


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "@x", "-a"])
def test_a_name_that_looks_like_a_formula_is_quoted(name: str) -> None:
    assert safe_text(name) == f"'{name}"


def test_the_netcdf_passes_the_cf_checker_without_an_error(
    tmp_path: Path, six_cells: xr.Dataset
) -> None:
    path = tmp_path / "out.nc"
    write_netcdf(six_cells, path, provenance=PROVENANCE)
    command = ["compliance-checker", "--test=cf:1.8", "--criteria=strict", str(path)]
    checker = Path(sys.executable).parent / command[0]
    result = subprocess.run([checker, *command[1:]], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
