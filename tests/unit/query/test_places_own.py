"""An operator's own places: found first, whole or not at all, and seen while the service runs."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forecast.errors import InvalidRequest, StoreBusy, StoreError, UnknownName, UnreadableFile
from forecast.query.place_lists import OwnPlaces, PlaceList, read_list
from forecast.query.places import Gazetteer
from forecast.store.lock import WriterLock
from grids import BoundingBox, LonLat

NOW = datetime(2025, 4, 10, 6, tzinfo=UTC)
HEADING = "name_zh,name_en,pinyin,aliases,code,longitude,latitude,elevation\n"
ROWS = (
    "东风农场3队,,,三队;老三队,NH-003,117.70,39.44,3\n"
    "岳龙镇,Yuelong,,,120117105000,117.80,39.47,\n"
    "小薄村,,xiao bo cun,,,117.75,39.40,2.5\n"
    "宁河,,,,,117.73,39.46,\n"
)


def written(folder: Path, *, name: str = "villages.csv", text: str = HEADING + ROWS) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def kept(folder: Path) -> OwnPlaces:
    own = OwnPlaces(folder / "store" / "places.sqlite")
    own.add("villages", read_list(written(folder)), file="villages.csv", now=NOW)
    return own


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    return Gazetteer.beside(kept(tmp_path_factory.mktemp("own")).path)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("东风农场3队", "东风农场3队"),
        ("天津东风农场3队", "东风农场3队"),
        ("三队", "东风农场3队"),
        ("NH-003", "东风农场3队"),
        ("岳龙", "岳龙镇"),
        ("yuelong", "岳龙镇"),
        ("120117105000", "岳龙镇"),
        ("小薄村", "小薄村"),
        ("xiaobocun", "小薄村"),
        ("xbc", "小薄村"),
        ("宁河小薄村", "小薄村"),
        ("小博村", "小薄村"),
    ],
)
def test_an_own_place_is_found_in_every_way(gazetteer: Gazetteer, text: str, name: str) -> None:
    found = gazetteer.search(text, limit=1)
    assert [(place.name_zh, place.kind, place.source) for place in found] == [
        (name, "own", "list villages")
    ]


def test_an_own_place_goes_before_others_that_fit_equally(gazetteer: Gazetteer) -> None:
    assert [place.kind for place in gazetteer.search("宁河", limit=2)] == ["own", "county"]
    assert gazetteer.resolve("宁河").lonlat == LonLat(longitude=117.73, latitude=39.46)
    # 宁河区 is the county's own name, and only the beginning of what the list has
    assert gazetteer.resolve("宁河区").code == "120117"


def test_an_own_place_says_where_it_lies_and_how_high(gazetteer: Gazetteer) -> None:
    place = gazetteer.resolve("东风农场3队")
    assert (place.province, place.county, place.elevation) == ("天津市", "宁河区", 3.0)
    assert gazetteer.resolve("岳龙").elevation is None
    assert gazetteer.nearest(LonLat(longitude=117.701, latitude=39.441)).code == "NH-003"


def test_a_list_is_seen_and_goes_while_the_gazetteer_is_open(tmp_path: Path) -> None:
    own = OwnPlaces(tmp_path / "store" / "places.sqlite")
    gazetteer = Gazetteer.beside(own.path)
    assert gazetteer.search("小薄村", limit=1)[0].kind != "own"
    kept(tmp_path)
    assert gazetteer.search("小薄村", limit=1)[0].kind == "own"
    own.remove("villages")
    assert own.lists() == []
    assert gazetteer.search("小薄村", limit=1)[0].kind != "own"
    assert gazetteer.nearest(LonLat(longitude=117.72, latitude=39.45)).code == "120117"


def test_readers_see_one_list_or_the_other_while_it_is_replaced(tmp_path: Path) -> None:
    own = kept(tmp_path)
    other = read_list(
        written(tmp_path, name="b.csv", text="name_zh,longitude,latitude\n小薄村,100,30\n")
    )
    gazetteer, seen, over = Gazetteer.beside(own.path), set(), threading.Event()

    def read() -> None:
        while not over.is_set():
            place = gazetteer.search("小薄村", limit=1)[0]
            seen.add((place.kind, place.longitude))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        own.add("villages", other, file="b.csv", now=NOW, replace=True)
        own.add("villages", read_list(tmp_path / "villages.csv"), file="", now=NOW, replace=True)
    over.set()
    for thread in threads:
        thread.join()
    assert seen <= {("own", 117.75), ("own", 100.0)}


def test_a_second_list_of_a_name_needs_replace(tmp_path: Path) -> None:
    own = kept(tmp_path)
    few = PlaceList(places=read_list(tmp_path / "villages.csv").places[:1], zones=())
    with pytest.raises(InvalidRequest, match="kept already: --replace"):
        own.add("villages", few, file="few.csv", now=NOW)
    assert [one.places for one in own.lists()] == [4]
    own.add("villages", few, file="few.csv", now=NOW, replace=True)
    (left,) = own.lists()
    assert (left.places, left.file, left.added_at) == (1, "few.csv", "2025-04-10T06:00:00Z")
    with pytest.raises(UnknownName, match="kept are villages"):
        own.remove("farms")
    with pytest.raises(InvalidRequest, match="allowed are up to 60 letters"):
        own.add("a/b", few, file="", now=NOW)


def test_one_writer_at_a_time_changes_the_lists(tmp_path: Path) -> None:
    own = kept(tmp_path)
    with WriterLock(own.path.with_suffix(".lock")), pytest.raises(StoreBusy):
        own.remove("villages")
    assert len(own.lists()) == 1


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    path.write_bytes(b"no database at all, but long enough to be looked at" * 40)
    with pytest.raises(StoreError, match="no file of places"):
        OwnPlaces(path).lists()
    with pytest.raises(StoreError, match="add the lists again"):
        Gazetteer.beside(path).search("宁河")


def test_zones_are_kept_and_found_by_box(tmp_path: Path) -> None:
    outline = [[[117.7, 39.4], [117.8, 39.4], [117.8, 39.5], [117.7, 39.4]]]
    document = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name_zh": "宁河东区", "code": "Z1", "colour": 3},
                "geometry": {"type": "Polygon", "coordinates": outline},
            }
        ],
    }
    path = written(tmp_path, name="zones.geojson", text=json.dumps(document))
    own = OwnPlaces(tmp_path / "places.sqlite")
    own.add("zones", read_list(path), file=path.name, now=NOW)
    ((name, zone),) = own.zones(BoundingBox(west=117.0, south=39.0, east=118.0, north=40.0))
    assert (name, zone.name_zh, zone.code) == ("zones", "宁河东区", "Z1")
    assert zone.box == (117.7, 39.4, 117.8, 39.5)
    assert zone.polygons == ((tuple((x, y) for x, y in outline[0]),),)
    assert own.zones(BoundingBox(west=105.0, south=28.0, east=111.0, north=33.0)) == []


CODED = (
    "岳龙镇,,,,120117105,117.80,39.47,\n"
    "小闫村,,,,120117105203,117.81,39.48,\n"
    "俵口镇,,,,120117106000,117.75,39.40,\n"
    "边界村,,,,120117107201,117.45,39.60,\n"
)


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    folder = tmp_path_factory.mktemp("coded")
    own = OwnPlaces(folder / "places.sqlite")
    own.add("codes", read_list(written(folder, text=HEADING + CODED)), file="codes.csv", now=NOW)
    return Gazetteer.beside(own.path)


@pytest.mark.parametrize(
    ("code", "name", "stands_for"),
    [
        ("120117105", "岳龙镇", ""),
        ("120117105000", "岳龙镇", ""),
        ("１２０１１７１０５", "岳龙镇", ""),
        ("120117106", "俵口镇", ""),
        ("120117105203", "小闫村", ""),
        ("120117105204", "岳龙镇", "120117105204"),
        ("120117106201", "俵口镇", "120117106201"),
        ("120117109", "宁河区", "120117109"),
        ("120117109201", "宁河区", "120117109201"),
    ],
)
def test_a_code_finds_its_place_else_the_smallest_that_holds_it(
    coded: Gazetteer, code: str, name: str, stands_for: str
) -> None:
    (place,) = coded.search(code)
    assert (place.name_zh, place.stands_for) == (name, stands_for)
    assert coded.resolve(code) == place


def test_a_code_says_in_which_county_a_place_lies_better_than_the_nearest_point(
    coded: Gazetteer,
) -> None:
    # 3 km from Baodi's point, 29 km from Ninghe's
    assert coded.resolve("边界村").county == "宁河区"


@pytest.mark.parametrize("code", ["1.20117E+11", "120117105.0"])
def test_a_code_that_a_sheet_has_made_a_number_is_refused(tmp_path: Path, code: str) -> None:
    path = written(tmp_path, text=f"{HEADING}岳龙镇,,,,{code},117.80,39.47,\n")
    with pytest.raises(UnreadableFile, match="as text, with all its digits"):
        read_list(path)
