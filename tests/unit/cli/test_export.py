"""`zhitian export`: the numbers of the API, as netCDF and CSV."""

import csv
import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from tests.support.asking import Api
from tests.support.small_region import VARIABLES, SmallRegion


@pytest.fixture
def options(region: SmallRegion) -> list[str]:
    return ["--store", str(region.root), "--region", str(region.file)]


def test_netcdf_equals_the_api_at_random_cells(
    zhitian: Callable, region: SmallRegion, options: list[str], tmp_path: Path
) -> None:
    output = tmp_path / "all.nc"
    outcome = zhitian("export", "-o", output, *options)
    assert (outcome.code, outcome.out) == (0, f"{output}\n")
    assert "SIMULATED" in outcome.err
    assert "480 places x 49 hours x 12 variables" in outcome.err
    api = Api.over(region)
    grid, chance = region.region.grid, random.Random(1)
    with xr.open_dataset(output, engine="h5netcdf") as exported:
        for _ in range(20):
            row, column = chance.randrange(grid.rows), chance.randrange(grid.columns)
            here = {"lat": f"{grid.latitudes[row]:.6f}", "lon": f"{grid.longitudes[column]:.6f}"}
            hourly = api.get("/v1/forecast", **here, cell="nearest").json()["hourly"]
            for name in VARIABLES:
                found = exported[name].values[:, row, column].astype(np.float64)
                wanted = np.array(hourly[name], dtype=np.float64)
                np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-6)


def test_netcdf_passes_the_cf_checker(
    zhitian: Callable, options: list[str], tmp_path: Path
) -> None:
    output = tmp_path / "part.nc"
    box = "117.65,39.40,117.70,39.45"
    assert zhitian("export", "-o", output, "--box", box, *options).code == 0
    checker = Path(sys.executable).with_name("compliance-checker")
    report = tmp_path / "report.json"
    command = [checker, "--test", "cf:1.8", "--criteria", "strict", "--format", "json"]
    subprocess.run(
        [*command, "--output", report, output], capture_output=True, check=False, timeout=120
    )
    (found,) = json.loads(report.read_text(encoding="utf-8")).values()
    assert found["high_count"] == found["medium_count"] == 0, found["high_priorities"]


def test_a_box_holds_the_cells_whose_centres_lie_in_it(
    zhitian: Callable, region: SmallRegion, options: list[str], tmp_path: Path
) -> None:
    output = tmp_path / "box.nc"
    wanted = ["--box", "117.65,39.40,117.70,39.45", "--variables", "precipitation"]
    zhitian("export", "-o", output, *wanted, *options)
    with xr.open_dataset(output, engine="h5netcdf") as exported:
        assert exported.sizes["latitude"] == exported.sizes["longitude"] == 5
        expected = region.value("precipitation", row=5, column=5, step=7)
        assert float(exported["precipitation"][7, 0, 0]) == pytest.approx(expected)
        assert exported.attrs["simulated"] == "true"
    manifest = json.loads(output.with_name("box.nc.manifest.json").read_text(encoding="utf-8"))
    assert manifest["provenance"]["licence"] == "CC-BY-4.0"
    assert manifest["provenance"]["attribution"] == "Contains test data"


def test_stations_inside_the_region_are_written_as_csv(
    zhitian: Callable, region: SmallRegion, options: list[str], tmp_path: Path
) -> None:
    stations = tmp_path / "stations.csv"
    lines = ["station,latitude,longitude,elevation", "A,39.385,117.655,10", "far,10,10,0"]
    stations.write_text("\n".join(lines), encoding="utf-8")
    output = tmp_path / "stations-out.csv"
    outcome = zhitian("export", "-o", output, "--points", stations, *options)
    assert outcome.code == 0
    with output.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["station"] for row in rows} == {"A"}
    assert "1 stations outside the region left out: far" in outcome.err
    assert len(rows) == 49
    for step in (0, 11, 48):
        expected = region.value("temperature_2m", row=3, column=5, step=step)
        assert float(rows[step]["temperature_2m"]) == expected
    assert rows[11]["cloud_cover"] == ""


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--format", "zip"), 2, "allowed are netcdf, csv"),
        (("--box", "1,2,3"), 2, "west,south,east,north"),
        (("--box", "1,2,3,4"), 2, "the region covers 117.6,39.35"),
        (("--variables", "foo"), 2, "foo"),
        (("--cycle", "x"), 2, "this store has published"),
        (("--points", "/nonexistent.csv"), 2, "/nonexistent.csv"),
        (("--points", "x.csv", "--box", "1,2,3,4"), 2, "without a box"),
        (("--points", "x.csv", "--format", "netcdf"), 2, "exported as csv"),
    ],
)
def test_each_fault_of_an_export_is_one_sentence(
    zhitian: Callable, options: list[str], tmp_path: Path, arguments: tuple, code: int, words: str
) -> None:
    output = tmp_path / "out.nc"
    outcome = zhitian("export", "-o", output, *arguments, *options)
    assert words in outcome.err
    assert (outcome.code, output.exists()) == (code, False)


def test_an_export_over_the_limit_is_refused_before_it_is_begun(
    zhitian: Callable, options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHITIAN_MAX_EXPORT_VALUES", "282239")
    outcome = zhitian("export", "-o", tmp_path / "out.nc", *options)
    assert outcome.code == 2
    assert "282,240 values were asked; allowed are 282,239" in outcome.err
    monkeypatch.setenv("ZHITIAN_MAX_EXPORT_VALUES", "282240")
    assert zhitian("export", "-o", tmp_path / "out.nc", *options).code == 0


def test_derived_quantities_are_refused_with_what_an_export_can_hold(
    zhitian: Callable, options: list[str], tmp_path: Path
) -> None:
    wanted = ("--variables", "temperature_2m,delta_t", "-o", tmp_path / "x.nc")
    outcome = zhitian("export", *wanted, *options)
    assert outcome.code == 2
    assert "an export of delta_t was asked; derived quantities are for places only" in outcome.err
    whole = zhitian("export", "--variables", "all", "-o", tmp_path / "y.nc", *options)
    assert whole.code == 0
