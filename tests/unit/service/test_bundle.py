"""Places and crops of a bundle, in a region around 宁河 of 20 by 24 kilometres."""

from dataclasses import replace
from pathlib import Path

import pytest

from forecast.errors import AmbiguousPlace, OutsideArea, UnknownPlace, UnreadableFile
from forecast.regions import Region, Watch, load
from forecast.service import ForecastService, Limits, ServedRegion
from forecast.service.bundle import bundle_crops, bundle_places
from tests.support.small_region import NOW, SmallRegion


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    return load(SmallRegion.create(tmp_path_factory.mktemp("bundle")).file)


def service_of(region: Region, *advice: Watch) -> tuple[ForecastService, ServedRegion]:
    """A service without any cycle: a bundle's places ask for none."""
    served = ServedRegion(replace(region, advice=advice), Path("nowhere"))
    return ForecastService((served,), clock=lambda: NOW, limits=Limits()), served


def names(region: Region, asked: str | None, *advice: Watch) -> list[tuple[str, float | None]]:
    service, served = service_of(region, *advice)
    found = bundle_places(service, served, asked=asked)
    return [(place.name_zh or place.name_en, place.elevation) for place in found]


def test_without_a_wish_the_watched_places_and_the_counties_are_held(region: Region) -> None:
    high = Watch(crop="tea.cuilan.yuexi", zone="宁河 300 m", place="宁河", elevation=300.0)
    low = Watch(crop="tea.cuilan.yuexi", zone="宁河", place="宁河")
    # the county of 宁河 is the only one inside; the watch without a height is the county itself
    assert names(region, None) == [("宁河区", None)]
    assert names(region, None, high, low) == [("宁河 300 m", 300.0), ("宁河区", None)]


def test_a_watch_at_coordinates_is_named_as_its_zone(region: Region) -> None:
    watch = Watch(crop="rice.xiaozhan.ninghe", zone="试验田", longitude=117.7, latitude=39.5)
    assert names(region, None, watch) == [("试验田", None), ("宁河区", None)]


def test_places_are_asked_by_name_each_once(region: Region) -> None:
    assert names(region, "宁河, ninghe，39.5N 117.7E") == [
        ("宁河区", None),
        ("39.5000 N 117.7000 E", None),
    ]


def test_a_list_gives_names_heights_and_readings(region: Region, tmp_path: Path) -> None:
    file = tmp_path / "villages.csv"
    file.write_text("名称,经度,纬度,海拔\n小李庄,117.70,39.50,3\n", encoding="utf-8")
    service, served = service_of(region)
    (place,) = bundle_places(service, served, asked=str(file))
    assert (place.name_zh, place.elevation, place.kind) == ("小李庄", 3.0, "own")
    assert place.pinyin == "xiao li zhuang"
    assert place.province == "天津市"


def test_places_that_cannot_be_held_are_one_sentence(region: Region, tmp_path: Path) -> None:
    with pytest.raises(UnknownPlace, match="无此地"):
        names(region, "宁河,无此地")
    with pytest.raises(AmbiguousPlace, match="places fit"):
        names(region, "鼓楼区")
    with pytest.raises(OutsideArea, match=r"岳西县.*117\.6"):
        names(region, "宁河,岳西")
    with pytest.raises(UnreadableFile, match="empty\\.csv"):
        names(region, str(tmp_path / "empty.csv"))


def test_crops_are_those_watched_else_all(region: Region) -> None:
    watch = Watch(crop="rice.xiaozhan.ninghe", zone="宁河", place="宁河")
    service, served = service_of(region, watch)
    assert list(bundle_crops(service, served, asked=None)) == ["rice.xiaozhan.ninghe"]
    assert "nursery" in bundle_crops(service, served, asked=None)["rice.xiaozhan.ninghe"]
    every = {crop["id"] for crop in service.crops()}
    assert set(bundle_crops(service, served, asked="all")) == every
    assert list(bundle_crops(service, served, asked="wheat, rice")) == [
        "wheat.winter.haihe",
        "rice.xiaozhan.ninghe",
    ]
    service, served = service_of(region)
    assert set(bundle_crops(service, served, asked=None)) == every
