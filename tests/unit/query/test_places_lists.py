"""Files of places and zones: what is taken, and the sentence for each wrong entry."""

import json
from pathlib import Path
from typing import Any

import pytest

from forecast.errors import UnreadableFile
from forecast.query.place_lists import read_list
from forecast.query.place_lists.naming import readings

HEADING = "name_zh,longitude,latitude"
RING = [[117.7, 39.4], [117.8, 39.4], [117.8, 39.5], [117.7, 39.4]]
SOUNDS = {"宁": "ning", "河": "he", "区": "qu", "单": "dan", "县": "xian"}


def a_file(folder: Path, text: str | bytes, *, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def features(*given: tuple[dict[str, Any], str, Any]) -> str:
    """A collection with one feature a line, the first on line 2."""
    written = [
        json.dumps(
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": kind, "coordinates": coordinates},
            },
            ensure_ascii=False,
        )
        for properties, kind, coordinates in given
    ]
    return '{"type": "FeatureCollection", "features": [\n' + ",\n".join(written) + "]}"


def test_a_table_is_read_with_chinese_headings_marks_and_full_width_digits(tmp_path: Path) -> None:
    text = '\ufeff地名,别名,经度,纬度,海拔\r\n"东风, 一队",三队、老三队,１１７．７,39.4,\r\n\r\n'
    (place,) = read_list(a_file(tmp_path, text)).places
    assert (place.name_zh, place.aliases) == ("东风, 一队", ("三队", "老三队"))
    assert (place.longitude, place.latitude, place.elevation) == (117.7, 39.4, None)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("坏村,217.7,39.4", "longitude '217.7' was given; allowed are decimal numbers from -180"),
        (
            "坏村,39.4,117.7",
            "longitude 39.4 and latitude 117.7 were given; they stand in each other's column",
        ),
        ("坏村,117.7,", "no latitude was given; allowed are decimal numbers from -90 to 90"),
        ("坏村,1e2,39", "longitude '1e2' was given"),
        ("坏村,nan,39", "longitude 'nan' was given"),
        (",117.7,39.4", "no name was given; name_zh or name_en is needed"),
        ("Badcun,117.7,39.4", "name_zh 'Badcun' was given; allowed are names with Chinese"),
        ("坏|村,117.7,39.4", "allowed are up to 100 printable characters without |"),
        ("坏村,117.7", "2 cells were given; the heading has 3"),
        ("好村,117.7,39.4", "好村 was given again; it stands in line 2"),
    ],
)
def test_a_wrong_row_is_told_with_file_and_line(tmp_path: Path, row: str, sentence: str) -> None:
    path = a_file(tmp_path, f"{HEADING}\n好村,117.7,39.4\n{row}\n")
    with pytest.raises(UnreadableFile) as refused:
        read_list(path)
    assert str(refused.value).startswith(f"{path} line 3: ")
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("heading", "row", "sentence"),
    [
        ("name_zh,pinyin", "乙村,yicun", "2 of them for '乙村'"),
        ("name_zh,pinyin", "乙村,yi4 cun1", "syllables without tones"),
        ("name_zh,name_en", "乙村,乙", "allowed are names in Latin letters"),
        ("name_zh,code", "乙村,a b", "allowed are up to 40 letters, digits"),
        ("name_zh,elevation", "乙村,12000", "from -500 to 9000, m above sea level"),
        ("name_zh,aliases", "乙村," + ";".join(f"甲{n}" for n in range(21)), "21 aliases"),
    ],
)
def test_a_wrong_cell_of_an_optional_column_is_told(
    tmp_path: Path, heading: str, row: str, sentence: str
) -> None:
    path = a_file(tmp_path, f"{heading},longitude,latitude\n{row},117.7,39.4\n")
    with pytest.raises(UnreadableFile) as refused:
        read_list(path)
    assert sentence in str(refused.value)


def test_all_wrong_rows_are_told_up_to_twenty(tmp_path: Path) -> None:
    rows = "".join(f"村{n},200,0\n" for n in range(25))
    with pytest.raises(UnreadableFile) as refused:
        read_list(a_file(tmp_path, f"{HEADING}\n好村,1,1\n{rows}"))
    lines = str(refused.value).splitlines()
    assert (len(lines), lines[-1]) == (21, "and 5 more wrong entries")


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.csv", "name_zh,lon,lat\n甲,1,1\n", "column 'lon' was given; allowed are name_zh"),
        ("a.csv", "name_zh,longitude\n甲,1\n", "needed are the columns longitude, latitude"),
        ("a.csv", "name_zh,longitude,latitude,纬度\n", "a column was given twice"),
        ("a.csv", f"{HEADING}\n", "it holds no place and no zone"),
        ("a.csv", "", "needed are the columns"),
        ("a.csv", HEADING.encode() + "\n甲,1,1".encode("gb18030"), "is not UTF-8; save it"),
        ("a.csv", f'{HEADING}\n"甲,1,1\n', "line 2"),
        ("a.xlsx", "", "allowed are files ending in .csv or .geojson"),
        ("a.geojson", '{"type":\n x}', "line 2: it is no JSON"),
        ("a.geojson", '{"type": "Feature"}', "allowed is a GeoJSON FeatureCollection"),
        (
            "a.geojson",
            '{"type": "FeatureCollection", "crs": {"name": "EPSG:3857"}, "features": []}',
            "allowed is WGS 84",
        ),
    ],
)
def test_a_file_that_is_no_list_is_refused(
    tmp_path: Path, name: str, text: str | bytes, sentence: str
) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_list(a_file(tmp_path, text, name=name))
    assert sentence in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be read: No such file"):
        read_list(tmp_path / "none.csv")


def test_points_are_places_and_polygons_are_zones(tmp_path: Path) -> None:
    hole = [[117.75, 39.42], [117.76, 39.42], [117.76, 39.43], [117.75, 39.42]]
    text = features(
        ({"name_en": "Gate", "aliases": ["Door", "Portal"]}, "Point", [117.71, 39.41, 5.0]),
        ({"名称": "东区", "代码": "Z1"}, "Polygon", [RING, hole]),
        ({"name_zh": "西区"}, "MultiPolygon", [[RING], [hole]]),
    )
    listed = read_list(a_file(tmp_path, text, name="z.geojson"))
    assert [(place.name_en, place.aliases) for place in listed.places] == [
        ("Gate", ("Door", "Portal"))
    ]
    east, west = listed.zones
    assert (east.code, len(east.polygons), len(east.polygons[0])) == ("Z1", 1, 2)
    assert [len(polygon) for polygon in west.polygons] == [1, 1]


@pytest.mark.parametrize(
    ("kind", "coordinates", "sentence"),
    [
        ("Polygon", [[*RING[:3], [117.7, 39.6]]], "a ring ends where it begins"),
        ("Polygon", [RING[:2] + RING[:1]], "a ring of fewer than 4 corners"),
        ("Polygon", [[RING[0]] * 5], "fewer than 3 different corners"),
        ("Polygon", [[[39.4, 117.7], *RING[1:]]], "longitude -180 to 180 and latitude -90 to 90"),
        ("Polygon", [[["a", 39.4], *RING[1:]]], "corner ['a', 39.4]"),
        ("Polygon", [], "an outline without rings"),
        ("MultiPolygon", [], "an outline of 0 corners"),
        ("Polygon", [[[x / 1000, 1] for x in range(20_001)] + [[0, 1]]], "4 to 20000"),
        ("LineString", RING, "geometry 'LineString' was given; allowed are Point"),
        ("Point", [200, 10], "longitude '200' was given"),
    ],
)
def test_a_wrong_feature_is_told_with_line_and_number(
    tmp_path: Path, kind: str, coordinates: Any, sentence: str
) -> None:
    text = features(
        ({"name_zh": "好区"}, "Polygon", [RING]), ({"name_zh": "坏"}, kind, coordinates)
    )
    path = a_file(tmp_path, text, name="z.geojson")
    with pytest.raises(UnreadableFile) as refused:
        read_list(path)
    assert str(refused.value).startswith(f"{path} line 3, feature 2: ")
    assert sentence in str(refused.value)


def test_two_zones_of_one_name_are_refused_even_on_one_line(tmp_path: Path) -> None:
    text = features(({"name_zh": "东"}, "Polygon", [RING]), ({"name_zh": "东"}, "Polygon", [RING]))
    with pytest.raises(UnreadableFile, match="东 was given again; it stands in line 1, feature 1"):
        read_list(a_file(tmp_path, text.replace("\n", " "), name="z.geojson"))


def test_sounds_come_from_the_list_else_from_the_table() -> None:
    assert readings("宁河区", "", sounds=SOUNDS) == (("ning", "he"), ("ning", "he", "qu"))
    assert readings("单县", "shan xian", sounds=SOUNDS) == (("shan", "xian"),)
    assert readings("宁河区", "ning huo", sounds=SOUNDS) == (("ning", "huo"), ("ning", "huo", "qu"))
    assert readings("宁河3队", "", sounds=SOUNDS) == ()
    assert readings("亗河", "", sounds=SOUNDS) == ()
