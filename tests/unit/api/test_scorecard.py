"""`/v1/scorecard`: what came of issued advice; never zeros where nothing was measured."""

import pytest

from forecast.api.scorecard import Scorecard
from forecast.api.state import service_from
from forecast.service.advice.crops import Crops
from forecast.service.advice.scorecard import summary
from forecast.service.advice.scoring import score_region
from forecast.settings import Settings
from forecast.store.paths import StorePaths
from forecast.times import parse_instant
from tests.support.asking import Api
from tests.support.scored_advice import LATER, TEA, fill
from tests.support.small_region import NAME, SmallRegion


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    region = SmallRegion.create(tmp_path_factory.mktemp("scored"))
    region.publish(simulated=False)
    fill(region)
    settings = Settings(store=region.root, regions=(str(region.file),))
    score_region(service_from(settings).served[0], Crops(), now=parse_instant(LATER))
    return region


@pytest.fixture(scope="module")
def told(scored: SmallRegion) -> Api:
    return Api.over(scored)


def test_the_scorecard_holds_all_that_its_page_promises(told: Api) -> None:
    document = told.get("/v1/scorecard", region=NAME).json()
    read = Scorecard.model_validate(document)
    assert read.measured
    assert read.sentence == (
        "advice of 1 cycles at 2 spots for 4 days, from 2025-04-11 until 2025-04-14"
    )
    assert document["period"]["from"] == "2025-04-11"
    assert document["left_out"] == {"where no station is near": 4}
    assert {row.level for row in read.rows} == {"1", "2", "3", "4"}


@pytest.mark.parametrize(
    ("asked", "key", "value"),
    [
        ({"crop": TEA.id}, "profile", TEA.id),
        ({"zone": "茶园"}, "zone", "茶园"),
        ({"zone": "all"}, "zone", "all"),
        ({"rule": "frost.spring"}, "rule", "frost.spring"),
    ],
)
def test_rows_are_those_that_were_asked(told: Api, asked, key: str, value: str) -> None:
    rows = told.get("/v1/scorecard", region=NAME, **asked).json()["rows"]
    assert {row[key] for row in rows} == {value}


def test_a_level_that_never_came_has_null_and_not_zero(told: Api) -> None:
    query = {"region": NAME, "zone": "all", "rule": "frost.spring"}
    rows = told.get("/v1/scorecard", **query).json()["rows"]
    severe = next(row for row in rows if (row["level"], row["lead"]) == ("3", "all"))
    assert (severe["n"], severe["events"], severe["pod"], severe["value"]) == (4, 0, None, None)


def test_a_rule_that_was_not_scored_says_so(told: Api) -> None:
    document = told.get("/v1/scorecard", region=NAME, rule="heat.summer").json()
    assert (document["measured"], document["rows"]) == (False, [])
    assert document["sentence"] == "no issued advice of this kind was scored yet"


def test_a_region_without_a_scorecard_says_so(api: Api) -> None:
    document = api.get("/v1/scorecard", region=NAME).json()
    assert document["measured"] is False
    assert document["sentence"] == "no issued advice of this region was scored yet"


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({}, 400, "region"),
        ({"region": "moon"}, 404, "moon"),
        ({"region": NAME, "zone": "海上"}, 404, "茶园"),
        ({"region": NAME, "crop": "mango"}, 404, "mango"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(told: Api, asked, status: int, words: str) -> None:
    answer = told.get("/v1/scorecard", **asked)
    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_the_summary_beside_an_answer_says_what_is_too_few(scored: SmallRegion) -> None:
    beside = summary(scored.root / NAME, TEA.id, rules=["frost.spring", "pluck"])
    assert beside["measured"]
    assert beside["reason"] == "too few days to judge by: 4 of at least 10"
    assert [row["level"] for row in beside["rules"]] == ["1", "2", "3", "4"]
    assert beside["rules"][0]["hits"] == 1


def test_a_damaged_scorecard_is_a_reason_and_no_error(tmp_path) -> None:
    assert summary(tmp_path, TEA.id, rules=["frost.spring"])["reason"] == (
        "no issued advice of this region was scored yet"
    )
    StorePaths(tmp_path).scorecard.write_text("{", encoding="utf-8")
    told = summary(tmp_path, TEA.id, rules=["frost.spring"])
    assert not told["measured"]
    assert "cannot be read" in told["reason"]
