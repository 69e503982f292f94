"""Area in each grade, of zones and of a crop, on a grid of 4 x 5 cells of a hundredth of a degree.

One such cell at 39 degrees north is 1.1119 km x 0.8640 km = 0.9607 km2 (sphere of 6371.0088 km).
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import xarray as xr

from forecast.errors import InvalidRequest, OutsideArea, UnreadableFile
from forecast.service.advice.areas import areas, covered, rows_of, zones_of
from forecast.service.advice.masks import read_mask
from forecast.service.advice.polygons import read_polygons
from grids import Grid

GRID = Grid(
    west=117.0, south=39.0, longitude_spacing=0.01, latitude_spacing=0.01, rows=4, columns=5
)
CELL_KM2 = 0.9607


def square(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def geojson(folder: Path, *features: tuple[str | None, str, Any], **top: Any) -> Path:
    """A file of (name, type, coordinates)."""
    path = folder / "zones.geojson"
    made = [
        {
            "type": "Feature",
            "properties": {} if name is None else {"name": name},
            "geometry": {"type": kind, "coordinates": coordinates},
        }
        for name, kind, coordinates in features
    ]
    content = {"type": "FeatureCollection", "features": made, **top}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def maps(codes: np.ndarray) -> xr.Dataset:
    """Codes [day, row, column] of one rule."""
    about = {
        "rule_id": "frost.spring",
        "rule_name_zh": "茶园春霜冻",
        "rule_name_en": "spring frost in tea gardens",
        "kind": "hazard",
        "flag_values": np.array([-2, -1, 0, 1, 2], np.int8),
        "flag_meanings": "not_applicable no_data none level_1 level_2",
    }
    days = np.datetime64("2025-04-11", "ns") + np.arange(len(codes)) * np.timedelta64(1, "D")
    dims = ("day", "latitude", "longitude")
    return xr.Dataset({"state": (dims, codes.astype(np.int8), about)}, coords={"day": days})


def test_a_polygon_covers_a_share_of_a_cell_known_to_a_hundredth() -> None:
    # two cells and a half from the west, one cell and three tenths from the south
    ring = np.array(square(117.0, 39.0, 117.025, 39.013))
    share = covered([(ring,)], GRID)
    np.testing.assert_allclose(share[0], [1, 1, 0.5, 0, 0], atol=1e-6)
    np.testing.assert_allclose(share[1], [0.3, 0.3, 0.15, 0, 0], atol=1e-6)
    assert not share[2:].any()


def test_a_hole_and_the_second_part_of_a_multipolygon_count(tmp_path: Path) -> None:
    holed = [square(117.0, 39.0, 117.03, 39.03), square(117.01, 39.01, 117.02, 39.02)]
    apart = [square(117.04, 39.0, 117.05, 39.01)]
    (zone,) = zones_of(geojson(tmp_path, ("宁河镇", "MultiPolygon", [holed, apart])), GRID)
    assert zone.name == "宁河镇"
    assert (zone.rows, zone.columns) == (slice(0, 3), slice(0, 5))
    wanted = [[1, 1, 1, 0, 1], [1, 0, 1, 0, 0], [1, 1, 1, 0, 0]]
    np.testing.assert_allclose(zone.share, wanted, atol=1e-6)


def test_features_of_one_name_are_one_zone_and_count_once_where_they_overlap(
    tmp_path: Path,
) -> None:
    path = geojson(
        tmp_path,
        ("a", "Polygon", [square(117.0, 39.0, 117.02, 39.01)]),
        ("a", "Polygon", [square(117.01, 39.0, 117.03, 39.01)]),
        ("b", "Polygon", [square(117.0, 39.01, 117.01, 39.02)]),
    )
    first, second = zones_of(path, GRID)
    np.testing.assert_allclose(first.share, [[1, 1, 1]])
    assert (second.rows, second.columns) == (slice(1, 2), slice(0, 1))


def test_area_per_grade_adds_up_to_the_area_of_each_zone(tmp_path: Path) -> None:
    codes = np.zeros((2, 4, 5))
    codes[0, 0] = [1, 1, 2, -1, -2]
    west = [square(117.0, 39.0, 117.025, 39.01)]
    path = geojson(tmp_path, ("west", "Polygon", west))
    whole, zone = areas(maps(codes), GRID, zones=zones_of(path, GRID), name="land")
    assert (whole["name"], whole["scope"]) == ("land", "region")
    assert whole["area_km2"] == pytest.approx(20 * CELL_KM2, rel=1e-3)
    first = whole["rules"][0]["days"][0]
    assert first["day"] == "2025-04-11"
    assert set(first["grades"]) == {"level-1", "level-2", "no-data", "not-applicable", "none"}
    assert first["grades"]["level-1"]["area_km2"] == pytest.approx(2 * CELL_KM2, rel=1e-3)
    assert sum(one["share"] for one in first["grades"].values()) == pytest.approx(1.0, abs=3e-4)
    # two cells and a half: two of level 1, half a cell of level 2
    graded = zone["rules"][0]["days"][0]["grades"]
    assert zone["area_mu"] == pytest.approx(2.5 * CELL_KM2 * 1500, rel=1e-3)
    assert graded["level-1"]["share"] == pytest.approx(0.8, abs=1e-4)
    assert graded["level-2"]["area_mu"] == pytest.approx(0.5 * CELL_KM2 * 1500, rel=1e-3)
    rows = list(rows_of([zone]))
    assert rows[0]["zone"] == "west"
    assert (rows[0]["rule"], rows[0]["name_zh"]) == ("frost.spring", "茶园春霜冻")
    assert {row["grade"] for row in rows if row["day"] == "2025-04-12"} == {"none"}


def test_a_zone_that_reaches_beyond_the_region_says_so(tmp_path: Path) -> None:
    inside = [square(117.0, 39.0, 117.01, 39.01)]
    across = [square(117.04, 39.0, 117.08, 39.01)]
    path = geojson(tmp_path, ("inside", "Polygon", inside), ("across", "Polygon", across))
    found = areas(maps(np.zeros((1, 4, 5))), GRID, zones=zones_of(path, GRID))
    assert [zone["cut"] for zone in found] == [False, False, True]
    assert found[2]["area_km2"] == pytest.approx(CELL_KM2, rel=1e-3)


def test_cells_further_north_are_smaller() -> None:
    wide = Grid(
        west=117.0, south=0.0, longitude_spacing=1.0, latitude_spacing=30.0, rows=2, columns=1
    )
    codes = np.array([[[0], [1]]])
    (whole,) = areas(maps(codes), wide)
    found = whole["rules"][0]["days"][0]["grades"]
    # zone areas go by the difference of sines: sin 60 - sin 30 over sin 30 - sin 0
    ratio = found["level-1"]["area_km2"] / found["none"]["area_km2"]
    assert ratio == pytest.approx((3**0.5 / 2 - 0.5) / 0.5, rel=1e-4)


def test_a_crop_mask_weighs_the_cells(tmp_path: Path) -> None:
    path = tmp_path / "rice.nc"
    share = np.zeros((4, 5), np.float32)
    share[0] = [1.0, 0.5, 0.25, 0.0, np.nan]
    axes = {"latitude": GRID.latitudes, "longitude": GRID.longitudes}
    field = xr.DataArray(share, dims=("latitude", "longitude"), coords=axes, name="rice")
    field.isel(latitude=slice(None, None, -1)).to_netcdf(path, engine="netcdf4")
    mask = read_mask(path, GRID)
    np.testing.assert_allclose(mask.share[0], [1, 0.5, 0.25, 0, 0])
    assert mask.about["taken_as"] == "share from 0 to 1"
    codes = np.zeros((1, 4, 5))
    codes[0, 0, 0] = 1
    (whole,) = areas(maps(codes), GRID, crop=mask.share)
    assert whole["area_km2"] == pytest.approx(1.75 * CELL_KM2, rel=1e-3)
    grades = whole["rules"][0]["days"][0]["grades"]
    assert grades["level-1"]["share"] == pytest.approx(1 / 1.75, abs=1e-4)


def tiff(path: Path, values: np.ndarray, *, epsg: int | None, west: float, **more: Any) -> Path:
    """A raster of degrees (or metres) whose northern edge and steps are given."""
    profile = {"driver": "GTiff", "count": 1, "dtype": values.dtype, "crs": epsg and f"EPSG:{epsg}"}
    step, north = more.pop("step"), more.pop("north")
    transform = rasterio.Affine(step, 0.0, west, 0.0, -step, north)
    size = {"height": values.shape[0], "width": values.shape[1]}
    with rasterio.open(path, "w", transform=transform, **profile, **size, **more) as file:
        file.write(values, 1)
    return path


def test_a_geotiff_of_percent_is_read_at_ten_by_ten_points(tmp_path: Path) -> None:
    # 0.005 degrees: four pixels a cell; three of the four in the south-western one are crop
    values = np.zeros((8, 10), np.uint8)
    values[6:, :2] = [[100, 0], [100, 100]]
    path = tiff(tmp_path / "m.tif", values, epsg=4326, west=117.0, step=0.005, north=39.04)
    mask = read_mask(path, GRID)
    assert mask.share[0, 0] == pytest.approx(0.75)
    assert mask.share.sum() == pytest.approx(0.75)
    assert mask.about["taken_as"] == "percent"


def test_a_geotiff_in_metres_is_brought_to_degrees(tmp_path: Path) -> None:
    # UTM zone 50 has its middle at 117 degrees east, easting 500 km; 39 N is northing 4316.8 km
    values = np.ones((60, 60), np.uint8)
    where = {"west": 500_000.0, "step": 100.0, "north": 4_322_000.0}
    path = tiff(tmp_path / "utm.tif", values, epsg=32650, nodata=0, **where)
    mask = read_mask(path, GRID)
    assert mask.share[1, 1] == pytest.approx(1.0)
    assert mask.share.sum() == pytest.approx(20.0, rel=0.05)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (np.full((8, 10), 0, np.uint8), "has no crop within 117,39,117.05,39.04"),
        (np.full((8, 10), 200, np.uint8), "holds numbers from 200 to 200; allowed are 0 and 1"),
        (np.full((8, 10), 7, np.uint8), "holds numbers from 7 to 7"),
    ],
)
def test_a_mask_that_says_nothing_is_refused(
    tmp_path: Path, values: np.ndarray, sentence: str
) -> None:
    path = tiff(tmp_path / "m.tif", values, epsg=4326, west=117.0, step=0.005, north=39.04)
    with pytest.raises(InvalidRequest, match=sentence):
        read_mask(path, GRID)


def test_a_mask_without_a_coordinate_system_in_metres_is_refused(tmp_path: Path) -> None:
    values = np.ones((8, 10), np.uint8)
    path = tiff(tmp_path / "m.tif", values, epsg=None, west=500_000.0, step=30.0, north=4e6)
    with pytest.raises(InvalidRequest, match="names no coordinate system and runs from 500000"):
        read_mask(path, GRID)


BOW = [[[117.0, 39.0], [117.02, 39.02], [117.02, 39.0], [117.0, 39.02], [117.0, 39.0]]]
METRES = [square(500_000.0, 4_316_000.0, 501_000.0, 4_317_000.0)]
OPEN = [square(117.0, 39.0, 117.02, 39.01)[:-1]]


@pytest.mark.parametrize(
    ("coordinates", "sentence"),
    [
        (BOW, r"feature 1 of zones.geojson \(t\) has a ring that crosses itself near"),
        (METRES, "has the coordinates 500000, 4.316e.06; allowed are longitude and latitude"),
        (OPEN, "does not end where it begins"),
        ([], "has a polygon without a ring"),
        ([[["a", "b"]]], "has a ring that is no list of positions"),
    ],
)
def test_a_polygon_that_is_none_is_refused_in_one_sentence(
    tmp_path: Path, coordinates: Any, sentence: str
) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        zones_of(geojson(tmp_path, ("t", "Polygon", coordinates)), GRID)


def test_another_coordinate_system_a_nameless_zone_and_a_far_one_are_refused(
    tmp_path: Path,
) -> None:
    near = [square(117.0, 39.0, 117.02, 39.01)]
    system = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32650"}}
    with pytest.raises(InvalidRequest, match=r"is in urn:ogc:def:crs:EPSG::32650; allowed are"):
        zones_of(geojson(tmp_path, ("a", "Polygon", near), crs=system), GRID)
    with pytest.raises(InvalidRequest, match="has no property `name`"):
        zones_of(geojson(tmp_path, (None, "Polygon", near)), GRID)
    far = [square(120.0, 39.0, 120.02, 39.01)]
    with pytest.raises(OutsideArea, match="zone 'far' lies outside of the cells"):
        zones_of(geojson(tmp_path, ("far", "Polygon", far)), GRID)
    with pytest.raises(InvalidRequest, match="is a Point; allowed are Polygon"):
        zones_of(geojson(tmp_path, ("p", "Point", [117.0, 39.0])), GRID)


def test_a_file_that_is_no_geojson_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="cannot be read as GeoJSON"):
        read_polygons(path)
    path.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    with pytest.raises(InvalidRequest, match="holds no polygon"):
        read_polygons(path)
