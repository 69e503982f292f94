"""Every rule that ships has a name, by which advice, maps, tables and lists call it alike."""

from datetime import date

import pytest

from forecast.advise.profile import CropProfile, shipped_names, shipped_profile
from forecast.advise.profile.parts import Text
from forecast.advise.words import texts
from forecast.service.advice.crops import Crops
from tests.unit.advise.words.made import BAOJIA, on, parts

PROFILES = [shipped_profile(name) for name in shipped_names()]
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.id)
def test_each_rule_window_and_sowing_has_a_name_that_no_other_has(profile: CropProfile) -> None:
    named = [part.name for part in parts(profile)]
    assert all(isinstance(name, Text) for name in named)
    for language in ("zh", "en"):
        told = [getattr(name, language) for name in named]
        assert len(set(told)) == len(told)
        assert max(map(len, told)) <= {"zh": 12, "en": 56}[language]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.id)
def test_advice_and_the_list_of_crops_call_a_rule_by_its_name(profile: CropProfile) -> None:
    entry = Crops().entry(profile.id, today=TODAY)
    for rule in profile.rules:
        assert rule.name is not None
        title = texts(on(profile, rule.id), profile, about=BAOJIA)
        assert title["zh"].title == f"{profile.name.zh}：{rule.name.zh}"
        assert title["en"].title.casefold() == f"{rule.name.en}: {profile.name.en}".casefold()
        (listed,) = [one for one in entry["rules"] if one["id"] == rule.id]
        assert listed["name"] == rule.name.model_dump()
