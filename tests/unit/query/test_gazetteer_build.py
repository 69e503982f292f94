"""The builder of the gazetteer on its real tables."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from forecast.query.gazetteer.__main__ import build
from forecast.query.gazetteer.reading import english_county, joined, syllables
from forecast.regions import data_path
from tests.support.data import shared_data


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("六安", "lu an"),
        ("涡阳", "guo yang"),
        ("单县", "shan xian"),
        ("浚县", "xun xian"),
        ("洪洞", "hong tong"),
        ("长垣", "chang yuan"),
        ("长子", "zhang zi"),
        ("漯河", "luo he"),
        ("都匀", "du yun"),
        ("什邡", "shi fang"),
        ("朝阳县", "chao yang xian"),
        ("宁河区", "ning he qu"),
        ("重庆", "chong qing"),
        ("吕梁", "lü liang"),
        ("蔚县", "yu xian"),
        ("乐亭", "lao ting"),
        ("乐陵", "lao ling"),
        ("大城县", "dai cheng xian"),
        ("珲春", "hun chun"),
        ("穆棱", "mu ling"),
        ("绥棱", "sui leng"),
        ("崆峒", "kong tong"),
        ("覃塘", "qin tang"),
        ("浪卡子", "lang ka zi"),
        ("柞水", "zha shui"),
        ("吴堡", "wu bu"),
        ("渑池", "mian chi"),
        ("铅山", "yan shan"),
        ("黄陂", "huang pi"),
        ("东阿", "dong e"),
    ],
)
def test_names_are_read_as_their_people_read_them(name: str, pinyin: str) -> None:
    assert " ".join(syllables(name)) == pinyin


def test_english_names_say_what_a_county_is() -> None:
    assert english_county("宁河区") == "Ninghe District"
    assert english_county("岳西县") == "Yuexi County"
    assert english_county("单县") == "Shanxian"
    assert joined("六安") == "lu'an"


def test_the_shipped_file_is_what_its_tables_give(tmp_path: Path) -> None:
    table = shared_data("places_china/cn_district_tianditu.csv")
    built = tmp_path / "places.sqlite"
    assert build(table.parent, built) == 17_877
    shipped = data_path("places", "places.sqlite")
    for name in ("places", "areas", "sounds", "codes", "sources", "traditional"):
        statement = f"SELECT * FROM {name}"  # noqa: S608 - names of tables, not of askers
        assert _rows(built, statement) == _rows(shipped, statement)


def _rows(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(statement).fetchall()
