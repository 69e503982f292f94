"""`zhitian advise --region`: files of a small region, written, read back and added up."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import xarray as xr

from tests.support.asking import Api
from tests.support.commands import refusal, succeed
from tests.support.small_members import members_of, published_with
from tests.support.small_region import NAME, SmallRegion

BOX = "117.65,39.40,117.70,39.50"
RULES = "frost.spring,pluck"
SQUARE = [[117.65, 39.40], [117.67, 39.40], [117.67, 39.41], [117.65, 39.41], [117.65, 39.40]]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    """A published cycle of 12 members over 20 x 24 cells."""
    made = SmallRegion.create(tmp_path_factory.mktemp("small"))
    published_with(made, members_of(made, count=12))
    return made


@pytest.fixture
def asked(region: SmallRegion) -> list[object]:
    """What every call says."""
    here = ["--region", region.file, "--store", region.root, "--now", "2025-04-10T06:00Z"]
    return ["advise", "--crop", "tea", *here]


def zones(folder: Path, **members: Any) -> Path:
    """A zone of two cells in the south-west of the box."""
    path = folder / "zones.geojson"
    feature = {
        "type": "Feature",
        "properties": {"name": "来榜镇"},
        "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
    }
    content = {"type": "FeatureCollection", "features": [feature], **members}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_the_maps_are_cf_and_say_what_the_api_says_of_a_cell(
    region: SmallRegion, asked: list[object], tmp_path: Path
) -> None:
    output = tmp_path / "grades.nc"
    ended = succeed(*asked, "--output", output, "--rules", RULES)
    assert ended.stdout == f"{output}\n"
    assert "SIMULATED" in ended.stderr
    assert "480 cells x 3 days x 4 maps" in ended.stderr
    checker = Path(sys.executable).with_name("compliance-checker")
    command = [checker, "--test=cf:1.8", "--criteria=strict", str(output)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    manifest = json.loads((tmp_path / "grades.nc.manifest.json").read_text(encoding="utf-8"))
    assert manifest["provenance"]["crop"]["id"] == "tea.cuilan.yuexi"
    assert manifest["provenance"]["simulated"] is True
    grid = region.region.grid
    api = Api.over(region)
    with xr.open_dataset(output, engine="h5netcdf") as maps:
        for row, column in ((2, 3), (11, 15)):
            place = {"lat": f"{grid.latitudes[row]:.6f}", "lon": f"{grid.longitudes[column]:.6f}"}
            told = api.get("/v1/advisories", crop="tea", cell="nearest", **place).json()
            (line,) = [one for one in told["timelines"] if one["rule"] == "frost.spring"]
            codes = {"not-applicable": -2, "no-data": -1, "none": 0}
            wanted = [codes.get(state, state) for state in line["states"]]
            assert maps["state_frost_spring"].values[:, row, column].tolist() == wanted
            shares = maps["probability_frost_spring"].sel(level=1).values[:, row, column]
            np.testing.assert_allclose(
                shares, np.array(line["probability"]["1"], dtype=float), atol=6e-5
            )


def test_areas_add_up_to_the_zone_and_the_crop(asked: list[object], tmp_path: Path) -> None:
    table, document = tmp_path / "areas.csv", tmp_path / "areas.json"
    of_zones = ["--rules", "frost.spring", "--box", BOX, "--areas", zones(tmp_path)]
    succeed(*asked, "--output", tmp_path / "a.nc", *of_zones, "--areas-output", table)
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert {row["zone"] for row in rows} == {NAME, "来榜镇"}
    first = [row for row in rows if row["zone"] == "来榜镇" and row["day"] == rows[0]["day"]]
    # two cells at 39.4 degrees north: 1.1119 km x 0.8592 km each
    total = sum(float(row["area_km2"]) for row in first)
    assert total == pytest.approx(2 * 1.1119 * 0.8592, rel=1e-3)
    assert sum(float(row["share"]) for row in first) == pytest.approx(1.0, abs=1e-3)
    mask = tmp_path / "mask.tif"
    profile = {"driver": "GTiff", "count": 1, "dtype": "uint8", "crs": "EPSG:4326"}
    transform = rasterio.Affine(0.01, 0.0, 117.65, 0.0, -0.01, 39.50)
    with rasterio.open(mask, "w", height=10, width=5, transform=transform, **profile) as file:
        crop = np.zeros((10, 5), np.uint8)
        crop[9, 0] = 1
        file.write(crop, 1)
    masked = [*of_zones, "--mask", mask, "--areas-output", document]
    succeed(*asked, "--output", tmp_path / "b.nc", *masked)
    told = json.loads(document.read_text(encoding="utf-8"))
    assert told["simulated"] is True
    assert told["mask"]["taken_as"] == "0 and 1"
    whole, zone = told["zones"]
    assert whole["area_km2"] == zone["area_km2"] == pytest.approx(1.1119 * 0.8592, rel=1e-3)


def test_geotiff_and_picture(asked: list[object], tmp_path: Path) -> None:
    folder, picture = tmp_path / "tif", tmp_path / "worst.png"
    wanted = ["--output", folder, "--format", "tif", "--rules", RULES, "--box", BOX]
    succeed(*asked, *wanted, "--picture", picture)
    files = sorted(path.name for path in folder.glob("*.tif"))
    assert len(files) == 6
    with rasterio.open(folder / files[0]) as back:
        assert (back.width, back.height) == (5, 10)
        assert back.tags()["simulated"] == "true"
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_what_cannot_be_written_is_refused_before_the_work(
    asked: list[object], tmp_path: Path
) -> None:
    output = ["--output", tmp_path / "a.nc"]
    code, said = refusal(*asked, *output, "--rules", "frost")
    assert code == 2
    assert said.startswith("rule 'frost' was asked; tea.cuilan.yuexi has frost.spring")
    assert list(tmp_path.iterdir()) == []


def test_an_expired_cycle_writes_nothing(region: SmallRegion, tmp_path: Path) -> None:
    late = ["--region", region.file, "--store", region.root, "--now", "2025-04-12T00:00Z"]
    code, said = refusal("advise", "--crop", "tea", *late, "--output", tmp_path / "a.nc")
    assert code == 9
    assert "expired: nothing is advised from it" in said
    assert list(tmp_path.iterdir()) == []
