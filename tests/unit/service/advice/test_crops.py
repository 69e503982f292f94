"""Which profile a name means, and the operator's own profiles beside those that ship."""

from datetime import date
from pathlib import Path

import pytest

from forecast.advise.profile import shipped_names
from forecast.errors import (
    AmbiguousCrop,
    InvalidProfile,
    InvalidRequest,
    SettingsError,
    UnknownName,
)
from forecast.service.advice.crops import Crops
from tests.support.advice import own_crops

TODAY = date(2025, 4, 10)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("rice.xiaozhan.ninghe", "rice.xiaozhan.ninghe"),
        ("rice", "rice.xiaozhan.ninghe"),
        ("maize.summer", "maize.summer.haihe"),
        ("ORYSA", "rice.xiaozhan.ninghe"),
        ("orysa", "rice.xiaozhan.ninghe"),
        ("水稻", "rice.xiaozhan.ninghe"),
        ("小站稻", "rice.xiaozhan.ninghe"),
        ("Tea", "tea.cuilan.yuexi"),
        ("茶", "tea.cuilan.yuexi"),
        ("冬小麦", "wheat.winter.haihe"),
        (" winter   wheat ", "wheat.winter.haihe"),
        ("春玉米", "maize.spring.north"),
        ("Cotton of the Haihe plain", "cotton.spring.haihe"),
    ],
)
def test_a_crop_is_found_by_id_code_and_name(text: str, name: str) -> None:
    assert Crops().named(text).id == name


@pytest.mark.parametrize("text", ["maize", "ZEAMX", "玉米", "corn"])
def test_a_name_of_two_profiles_is_refused_with_both(text: str) -> None:
    with pytest.raises(AmbiguousCrop, match="maize.spring.north, maize.summer.haihe"):
        Crops().named(text)


def test_a_crop_that_is_not_known_is_refused_with_near_ones_and_all() -> None:
    with pytest.raises(
        UnknownName, match=r"'cottn' was asked; did you mean cotton or corn\? There"
    ):
        Crops().named("cottn")
    with pytest.raises(UnknownName, match="; there are apple.orchard.bohai, cotton"):
        Crops().named("龙眼")


@pytest.mark.parametrize("text", ["", "  ", "x" * 101])
def test_a_text_that_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="allowed are 1 to 100"):
        Crops().named(text)


def test_two_letters_of_english_are_not_a_name() -> None:
    with pytest.raises(UnknownName):
        Crops().named("ha")


def test_own_profiles_stand_beside_those_that_ship(tmp_path: Path) -> None:
    crops = Crops.within(own_crops(tmp_path))
    assert set(crops.names) == {*shipped_names(), "small"}
    assert crops.named("small garden").id == "small"
    assert crops.entry("small", today=TODAY)["origin"] == "own"
    with pytest.raises(AmbiguousCrop, match="small, tea.cuilan.yuexi"):
        crops.named("CAHSI")


def test_an_own_profile_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    own_crops(tmp_path, ("id: small", "id: tea.cuilan.yuexi"))
    (tmp_path / "small.yaml").rename(tmp_path / "tea.cuilan.yuexi.yaml")
    crops = Crops.within(tmp_path)
    assert crops.named("tea").name.zh == "小茶园"
    assert crops.names == shipped_names()


def test_every_fault_of_the_own_profiles_is_told_with_file_line_and_path(tmp_path: Path) -> None:
    own_crops(tmp_path, ("threshold: 10 degC", "threshold: 10 mm"))
    with pytest.raises(InvalidProfile) as refused:
        Crops.within(tmp_path)
    (line,) = str(refused.value).splitlines()
    assert line.startswith(f"{tmp_path / 'small.yaml'}:25: sowing[planting].thermal[0]: '10 mm' is")


@pytest.mark.parametrize("name", ["nowhere", ""])
def test_a_folder_without_profiles_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="allowed is a folder that holds crop profiles"):
        Crops.within(tmp_path / name)


def test_the_listing_tells_how_well_a_profile_is_founded(tmp_path: Path) -> None:
    entry = Crops.within(own_crops(tmp_path)).entry("small", today=TODAY)
    assert entry["evidence"] == {"read": 1, "secondary": 0, "memory": 1}
    assert entry["signed"] is None
    assert (entry["review_by"], entry["review_overdue"]) == ("2026-01-15", False)
    later = Crops.within(tmp_path).entry("small", today=date(2026, 1, 16))
    assert later["review_overdue"] is True
    assert [stage["id"] for stage in entry["stages"]] == ["buds", "plucking"]
    assert [(rule["id"], len(rule["levels"])) for rule in entry["rules"]] == [("frost", 2)]
    assert entry["windows"] == [{"id": "pluck", "name": {"zh": "采茶", "en": "plucking"}}]
    assert [sowing["id"] for sowing in entry["sowing"]] == ["planting"]


def test_the_whole_profile_is_told_in_both_languages_and_as_it_was_read(tmp_path: Path) -> None:
    document = Crops.within(own_crops(tmp_path)).document("small", today=TODAY)
    assert document["explained"]["zh"].startswith("# 小茶园 · small@0.1.0")
    assert document["explained"]["en"].startswith("# small garden · small@0.1.0")
    assert document["profile"]["schema"] == "agroprofile/1"
    first = document["profile"]["rules"][0]["levels"][0]
    assert first["if"] == {"var": "t2m", "op": "<=", "value": "4 degC"}
