"""`/v1/skill`: what was measured, for a region or for the height class of a place; never zeros."""

from pathlib import Path
from typing import Any

import pytest

from forecast.api.skill import Skill
from forecast.store.skill import SKILL_FORMAT, write_skill
from tests.support.asking import Api
from tests.support.small_region import NAME, SmallRegion

HERE = {"lat": 39.385, "lon": 117.655}


def row(variable: str, dz: str, mae: float | None, **fields: Any) -> dict[str, Any]:
    return {
        "variable": variable,
        "unit": "degC",
        "method": "zhitian",
        "lead": "all",
        "dz": dz,
        "sun": "all",
        "n": 400,
        "stations": 12,
        "mae": mae,
        "rmse": None,
        "bias": None,
        "within": None,
        "tolerance": None,
        "skill": None,
        "low": None,
        "high": None,
        "small": False,
        **fields,
    }


DOCUMENT = {
    "format": SKILL_FORMAT,
    "region": NAME,
    "made": "2025-05-01T00:00:00Z",
    "source": ["ecmwf-ifs"],
    "simulated": False,
    "period": {
        "from": "2025-04-01T00:00:00Z",
        "until": "2025-04-30T00:00:00Z",
        "stations": 12,
        "cycles": 30,
        "pairs": 800,
    },
    "reference": "bilinear",
    "confidence": 0.95,
    "looks": 4,
    "rows": [
        row("temperature_2m", "all", 1.5),
        row("temperature_2m", "0–50 m", 1.2),
        row("temperature_2m", "50–200 m", 1.7, n=12, small=True),
        row("wind_speed_10m", "all", None),
    ],
    "limits": ["no station above 300 m"],
    "notes": [],
    "seen": [],
}


@pytest.fixture
def measured(tmp_path: Path) -> Api:
    region = SmallRegion.create(tmp_path)
    region.publish()
    write_skill(region.root / NAME, DOCUMENT)
    return Api.over(region)


@pytest.mark.parametrize("query", [{"region": NAME}, HERE, {"place": "宁河"}])
def test_nothing_measured_is_an_answer_without_numbers(api: Api, query: dict[str, Any]) -> None:
    answer = api.get("/v1/skill", **query)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["measured"], told["rows"]) == (False, [])
    assert told["sentence"].startswith("nothing measured yet")


def test_a_region_gives_every_row_and_missing_figures_are_null(measured: Api) -> None:
    told = measured.get("/v1/skill", region=NAME).json()
    Skill.model_validate(told)
    assert told["measured"] is True
    assert [one["mae"] for one in told["rows"]] == [1.5, 1.2, 1.7, None]
    assert told["sentence"] == (
        "measured at 12 stations in 30 cycles, from 2025-04-01T00:00:00Z until 2025-04-30T00:00:00Z"
    )
    assert told["limits"] == ["no station above 300 m"]
    assert told["period"]["from"] == "2025-04-01T00:00:00Z"


def test_a_place_gives_the_rows_of_its_height_class(measured: Api, region: SmallRegion) -> None:
    told = measured.get("/v1/skill", **HERE, variable="temperature_2m").json()
    height = float(region.terrain["elevation"][3, 5])
    assert told["place"]["height_difference_m"] == height - 40.0
    assert told["place"]["dz"] == "50–200 m"
    assert [one["dz"] for one in told["rows"]] == ["all", "50–200 m"]
    assert told["place"]["sentence"] is None


def test_a_class_that_no_station_stands_for_is_said(measured: Api) -> None:
    told = measured.get("/v1/skill", **HERE, variable="wind_speed_10m").json()
    assert [one["dz"] for one in told["rows"]] == ["all"]
    assert told["place"]["sentence"] == "no station of the height class 50–200 m was measured"


def test_a_variable_that_was_not_measured_is_said(measured: Api) -> None:
    told = measured.get("/v1/skill", region=NAME, variable="precipitation").json()
    assert (told["measured"], told["rows"]) == (False, [])
    assert "for this variable" in told["sentence"]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({}, 400, "of a region or of a place"),
        ({"region": NAME, **HERE}, 400, "of a region or of a place"),
        ({"region": "nope"}, 404, "this service has smallland"),
        ({"region": NAME, "variable": "temprature"}, 404, "did you mean temperature"),
        ({"lat": 39.4}, 400, "give place, or lat and lon"),
        ({"lat": 10, "lon": 10}, 404, "this service covers"),
        ({"lat": "x", "lon": 10}, 400, "lat"),
        ({"place": "nowhereatall"}, 404, "no such name"),
    ],
)
def test_each_fault_is_one_sentence(
    api: Api, query: dict[str, Any], status: int, words: str
) -> None:
    answer = api.get("/v1/skill", **query)
    assert answer.status_code == status
    assert words in answer.json()["detail"]
