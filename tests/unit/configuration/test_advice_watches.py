"""The `[[advice]]` tables of region files: where advice is kept and scored."""

from pathlib import Path

import pytest

from forecast import regions
from forecast.advise.profile.reading import shipped_names
from forecast.errors import SettingsError
from forecast.query.places import Gazetteer
from forecast.regions import Watch

REGION = """name = "alps"
label_zh = "阿尔卑斯"
label_en = "Western Alps"
timezone = "Europe/Paris"

[box]
west = 5.0
south = 43.0
east = 8.0
north = 47.0
"""

WATCH = """
[[advice]]
crop = "tea.cuilan.yuexi"
place = "岳西"
elevation = 600
"""


def loaded(folder: Path, more: str) -> regions.Region:
    path = folder / "alps.toml"
    path.write_text(REGION + more, encoding="utf-8")
    return regions.load(path)


def test_a_region_without_the_tables_keeps_no_advice(tmp_path: Path) -> None:
    assert loaded(tmp_path, "").advice == ()


def test_a_watch_is_counted_under_its_place_unless_it_names_a_zone(tmp_path: Path) -> None:
    told = loaded(tmp_path, WATCH + WATCH.replace("elevation = 600", 'zone = "高山"')).advice
    tea = "tea.cuilan.yuexi"
    assert told == (
        Watch(crop=tea, zone="岳西", place="岳西", elevation=600.0),
        Watch(crop=tea, zone="高山", place="岳西"),
    )


def test_a_watch_may_stand_at_coordinates_with_a_zone(tmp_path: Path) -> None:
    text = '[[advice]]\ncrop = "tea"\nlatitude = 30.8\nlongitude = 116.3\nzone = "茶园"\n'
    assert loaded(tmp_path, text).advice == (
        Watch(crop="tea", zone="茶园", latitude=30.8, longitude=116.3),
    )


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (WATCH + 'corp = "tea"\n', r"\[\[advice\]\] 1 has the keys .*corp.*; allowed are crop"),
        (WATCH.replace('crop = "tea.cuilan.yuexi"', ""), "1 names no crop"),
        (WATCH.replace('place = "岳西"', ""), "needs a place, or latitude and longitude"),
        (WATCH + "latitude = 30.8\n", "needs a place, or latitude and longitude"),
        (WATCH + "latitude = 30.8\nlongitude = 116.3\n", "not both"),
        (WATCH.replace("600", '"600"'), "elevation is '600'; allowed is a number"),
        (WATCH.replace("600", "nan"), "elevation is nan; allowed is a number"),
        (WATCH.replace("600", "true"), "elevation is True; allowed is a number"),
        (WATCH + 'zone = ""\n', "zone is ''; allowed is text"),
        ('[[advice]]\ncrop = "a"\nlatitude = 91\nlongitude = 9\nzone = "z"\n', "-90 to 90"),
        ('[[advice]]\ncrop = "a"\nlatitude = 9\nlongitude = 9\n', "needs a zone"),
        ('[advice]\ncrop = "a"\n', r"write each of them under \[\[advice\]\]"),
    ],
)
def test_a_wrong_watch_is_one_sentence(tmp_path: Path, more: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        loaded(tmp_path, more)


@pytest.mark.parametrize("name", regions.available())
def test_shipped_watches_are_of_shipped_crops_at_known_places_inside(name: str) -> None:
    region, gazetteer = regions.load(name), Gazetteer.shipped()
    for watch in region.advice:
        assert watch.crop in shipped_names()
        assert region.grid.bounds.contains(gazetteer.resolve(watch.place).lonlat)


def test_tea_of_yuexi_is_watched_at_three_heights_counted_apart() -> None:
    told = regions.load("yuexi").advice
    assert [watch.elevation for watch in told] == [300.0, 600.0, 900.0]
    assert len({watch.zone for watch in told}) == 3
