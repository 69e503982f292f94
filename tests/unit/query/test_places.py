"""The shipped gazetteer against a golden list: who is found first, and who is not guessed."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from forecast.errors import AmbiguousPlace, InvalidRequest, UnknownPlace
from forecast.query.places import Gazetteer, Place
from forecast.regions import data_path
from grids import GridsError, LonLat

FIRST = {
    # Ninghe in Tianjin, in every way it may be typed
    "120117": "宁河|宁河区|宁河县|天津宁河|天津市宁河区|宁河 天津|宁河，天津|中国天津宁河"
    "|ninghe|Ninghe|NINGHE|NingHe|ning he|ninghequ|Ninghe District|Ninghe, Tianjin"
    "|Ninghe Tianjin China"
    "|tianjin ninghe|宁河 tianjin|ninghe 天津|nh|nhq|ninghee|nighe|nignhe|minghe|ningh"
    "|宁河取|Jiuninghe",
    # Yuexi in Anhui; the other county read so is 越西 in Sichuan
    "340828": "岳西|岳西县|安徽岳西|安徽岳西县|安庆岳西|安徽省安庆市岳西县|岳西 安徽"
    "|yuexi|yue xi|Yuexi|Yuexi Anhui|Yuexi, Anhui|anhui yuexi|yuexi anqing|yuexixian"
    "|Yuexi County|yuexi anhui province",
    "513434": "越西|越西县|四川越西|yuexi sichuan|凉山越西",
    # readings that a dictionary gets wrong
    "341621": "涡阳|guoyang|Guoyang County",
    "371722": "单县|shanxian shandong|菏泽单县",
    "410621": "浚县|xunxian|鹤壁浚县",
    "141024": "洪洞|hongtong",
    "410783": "长垣|changyuan henan",
    "141128": "方山县|fangshan shanxi lüliang",
    # names that were changed, short for long, and a unit inside the name
    "120119": "蓟州|蓟县|jizhou tianjin|蓟州区",
    "500154": "开州|开县|kaizhou",
    "500240": "石柱县|石柱土家族自治县|重庆石柱|shizhu chongqing",
    "500241": "重庆秀山|秀山土家族苗族自治县",
    "120116": "滨海新区|天津滨海",
    "330782": "义乌|yiwu|Yiwu City",
    "653101": "喀什|喀什市|Kashgar",
    "410202": "开封龙亭|龙亭区",
    # cities
    "1792947": "天津|tianjin|Tianjin|天津市|Tientsin",
    "1816670": "北京|beijing|Peking",
    "1814906": "重庆|chongqing",
    "1802206": "六安|lu'an|Lu’an|luan",
    "1790630": "西安|xi'an|xian|Xian Shaanxi",
    "1529102": "乌鲁木齐|urumqi|Ürümqi|Urumchi",
    "1280737": "拉萨|Lhasa|lasa",
    "1817993": "安庆|anqing|安庆市",
    # a town
    "1792882": "岳西天堂|tiantang anqing|安庆天堂",
}
GOLDEN = [(text, code) for code, texts in FIRST.items() for text in texts.split("|")]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.shipped()


def served(place: Place) -> bool:
    """Whether the three default regions hold a place: their boxes of the design, roughly."""
    boxes = ((116.7, 38.5, 118.1, 40.3), (115.5, 30.3, 117.3, 31.7))
    return any(
        west <= place.longitude <= east and south <= place.latitude <= north
        for west, south, east, north in boxes
    )


@pytest.mark.parametrize(("text", "code"), GOLDEN)
def test_the_place_that_is_meant_is_found_first(gazetteer: Gazetteer, text: str, code: str) -> None:
    found = gazetteer.search(text, limit=3)
    assert [place.code for place in found][:1] == [code], [str(place) for place in found]


def test_ninghe_and_yuexi_stand_where_the_tables_put_them(gazetteer: Gazetteer) -> None:
    ninghe, yuexi = gazetteer.resolve("宁河"), gazetteer.resolve("岳西")
    assert (ninghe.longitude, ninghe.latitude) == (117.72, 39.45)
    assert (yuexi.longitude, yuexi.latitude) == (116.205, 30.923)
    assert (ninghe.province, ninghe.province_en) == ("天津市", "Tianjin")
    assert (yuexi.province_en, yuexi.city, yuexi.city_en) == ("Anhui", "安庆市", "Anqing")
    assert (yuexi.name_en, yuexi.pinyin, str(yuexi)) == (
        "Yuexi County",
        "yue xi",
        "安徽省安庆市岳西县",
    )


def test_both_tables_together_know_ninghe_once(gazetteer: Gazetteer) -> None:
    found = gazetteer.search("ninghe", limit=100)
    here = [one for one in found if "ninghe" in one.name_en.lower() and one.province == "天津市"]
    assert [place.code for place in here] == ["120117"]
    assert here[0].population == 3683  # from GeoNames, whose point is 5 km away


def test_equal_places_are_named_and_not_guessed(gazetteer: Gazetteer) -> None:
    with pytest.raises(AmbiguousPlace, match=r"安徽省安庆市岳西县 \(340828\).*四川省.*越西县"):
        gazetteer.resolve("yuexi")
    with pytest.raises(AmbiguousPlace, match="4 places fit"):
        gazetteer.resolve("鼓楼区")
    assert gazetteer.resolve("南京鼓楼区").code == "320106"


def test_the_region_that_is_served_decides_among_equals(gazetteer: Gazetteer) -> None:
    assert gazetteer.resolve("yuexi", preferred=served).code == "340828"
    assert gazetteer.resolve("nh", preferred=served).code == "120117"


def test_a_slip_resolves_where_only_one_place_is_near(gazetteer: Gazetteer) -> None:
    assert gazetteer.resolve("baodii", preferred=served).code == "120115"


def test_a_city_goes_before_a_county_of_its_name(gazetteer: Gazetteer) -> None:
    assert gazetteer.resolve("西安").kind == "city"


def test_the_nearer_of_equals_comes_first_where_one_asks_from(gazetteer: Gazetteer) -> None:
    near_liangshan = LonLat(longitude=102.2, latitude=27.9)
    assert gazetteer.search("yuexi", near=near_liangshan)[0].code == "513434"


@pytest.mark.parametrize("text", ["qqqqqqqq", "亗亗", "!!!", "12345"])
def test_a_name_that_nobody_has_is_unknown(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.search(text) == []
    with pytest.raises(UnknownPlace, match="no such (name|code)"):
        gazetteer.resolve(text)


def test_an_empty_or_endless_text_is_refused(gazetteer: Gazetteer) -> None:
    for text in ("", "   ", "宁" * 201):
        with pytest.raises(InvalidRequest, match="1 to 200"):
            gazetteer.search(text)


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "' OR 1=1 --",
        "own : x",
        "NEAR(a b)",
        "*",
        "宁河*",
        "-",
        "a AND",
        "()",
        "\x00",
        "%",
        "^a",
    ],
)
def test_no_text_can_break_the_search(gazetteer: Gazetteer, text: str) -> None:
    gazetteer.search(text)


def test_coordinates_resolve_to_themselves(gazetteer: Gazetteer) -> None:
    place = gazetteer.resolve("39.45N 117.72E")
    assert (place.kind, place.longitude, place.latitude) == ("coordinates", 117.72, 39.45)
    assert str(place) == "39.4500 N 117.7200 E"
    with pytest.raises(GridsError, match="90"):
        gazetteer.resolve("117.72E 95N")


@pytest.mark.parametrize(
    ("longitude", "latitude", "code"),
    [(117.72, 39.45, "120117"), (116.21, 30.92, "340828"), (-150.0, -60.0, None)],
)
def test_the_nearest_place_is_found_from_anywhere(
    gazetteer: Gazetteer, longitude: float, latitude: float, code: str | None
) -> None:
    found = gazetteer.nearest(LonLat(longitude=longitude, latitude=latitude))
    assert code is None or found.code == code


def test_many_threads_may_ask_at_once(gazetteer: Gazetteer) -> None:
    wrong: list[str] = []

    def ask() -> None:
        for text, code in GOLDEN[:20]:
            if gazetteer.search(text, limit=1)[0].code != code:
                wrong.append(text)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_place_is_written_as_plain_values(gazetteer: Gazetteer) -> None:
    written = gazetteer.resolve("宁河").to_dict()
    assert written["name_zh"] == "宁河区"
    assert "宁河县" in written["aliases"]
    assert all(
        value is None or isinstance(value, str | int | float | list) for value in written.values()
    )


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no gazetteer"):
        Gazetteer(tmp_path / "none.sqlite")


def test_the_file_is_small_and_is_never_written(
    gazetteer: Gazetteer, read_gazetteer: Callable[[str], list[tuple[object, ...]]]
) -> None:
    assert data_path("places", "places.sqlite").stat().st_size <= 4_000_000
    assert read_gazetteer("SELECT count(*) FROM places WHERE kind = 1") == [(2891,)]
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        read_gazetteer("DELETE FROM places")


@pytest.fixture
def read_gazetteer(gazetteer: Gazetteer) -> Callable[[str], list[tuple[object, ...]]]:
    reader = gazetteer._files[-1].reader()
    assert reader is not None
    return lambda statement: reader.database.execute(statement).fetchall()


def test_the_reading_side_needs_no_pinyin_library() -> None:
    code = (
        "import sys; from forecast.query.places import Gazetteer;"
        " Gazetteer.shipped().search('ninghe'); sys.exit('pypinyin' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "province"),
    [
        ("安徽", "安徽省"),
        ("Anhui Province", "安徽省"),
        ("新疆", "新疆维吾尔自治区"),
        ("xinjiang", "新疆维吾尔自治区"),
        ("内蒙古", "内蒙古自治区"),
        ("河北省", "河北省"),
        ("海南", "海南省"),
        ("凉山", "四川省"),
        ("恩施土家族苗族自治州", "湖北省"),
    ],
)
def test_a_province_or_prefecture_is_no_place_but_shows_what_lies_in_it(
    gazetteer: Gazetteer, text: str, province: str
) -> None:
    found = gazetteer.search(text, limit=20)
    assert [place.province for place in found].count(province) >= 7
    with pytest.raises(UnknownPlace, match="is a province or prefecture, allowed are its cities"):
        gazetteer.resolve(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("吉林", "2036502"), ("大理", "532901"), ("红河", "532529"), ("喀什", "653101")],
)
def test_a_city_or_county_called_like_its_province_or_prefecture_is_the_place(
    gazetteer: Gazetteer, text: str, code: str
) -> None:
    assert gazetteer.resolve(text).code == code


def test_of_an_address_the_smallest_place_that_is_known_comes_first(gazetteer: Gazetteer) -> None:
    text = "天津市宁河区东棘坨镇毛毛匠村"
    assert gazetteer.search(text)[0].code == "120117"
    with pytest.raises(UnknownPlace, match="the closest are 天津市宁河区"):
        gazetteer.resolve(text)
