"""A map says in one sentence why it has no data where it never has any."""

import pytest

from forecast.advise.profile import shipped_profile
from forecast.service.advice.map_notes import map_note
from tests.unit.advise.words.made import parts

MAIZE = {part.id: part for part in parts(shipped_profile("maize.spring.north"))}
RUN = [21]


@pytest.mark.parametrize("name", ["drought", "sowing"])
def test_what_hangs_on_soil_moisture_says_that_no_map_knows_it(name: str) -> None:
    told = map_note(MAIZE[name], members=RUN)
    assert told is not None
    assert told["zh"].startswith("图上没有各处的土壤墒情")
    assert told["en"].startswith("The map knows no soil moisture")


@pytest.mark.parametrize("name", ["lodging", "spray_ground"])
def test_what_the_forecast_itself_tells_has_no_note(name: str) -> None:
    assert map_note(MAIZE[name], members=RUN) is None
    assert map_note(MAIZE[name], members=[1]) is None


@pytest.mark.parametrize("name", ["lodging", "drought", "spray_ground", "sowing"])
def test_too_few_members_are_told_of_every_map(name: str) -> None:
    told = map_note(MAIZE[name], members=[21, 5])
    assert told is not None
    assert "至少要10个成员，本次预报只有5个" in told["zh"]
    assert "at least 10 members and this run has 5" in told["en"]
