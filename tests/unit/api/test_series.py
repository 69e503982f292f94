"""Past days, members and corrections over HTTP: shapes, tags, refusals, HEAD, CORS."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from forecast.api.models import ManyAnswers, PointAnswer
from tests.support.archive import Archive, published
from tests.support.asking import Api
from tests.support.normals import grid_file
from tests.support.small_members import members_of, published_with
from tests.support.small_native import VARIABLES
from tests.support.small_region import CYCLE, SmallRegion

HERE = {"lat": "39.385", "lon": "117.655"}
URL = "/v1/forecast?lat=39.385&lon=117.655"
NOW = CYCLE + timedelta(hours=14)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return published(tmp_path_factory.mktemp("series"), (0, 6, 12), hours=30)


@pytest.fixture(scope="module")
def past(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Api:
    normals = grid_file(tmp_path_factory.mktemp("normals"))
    return Api.over(archive.region, now=NOW, normals=normals)


@pytest.fixture(scope="module")
def spread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    region = SmallRegion.create(tmp_path_factory.mktemp("members"), hours=24, variables=VARIABLES)
    published_with(region, members_of(region, count=12))
    return Api.over(region)


def test_the_whole_answer_has_the_shape_that_is_documented(past: Api) -> None:
    asked = {"past_days": "1", "climatology_days": "5", "daily": "all", "corrections": "true"}
    answer = past.get("/v1/forecast", **HERE, **asked)
    PointAnswer.model_validate(answer.json())
    daily = answer.json()["daily"]
    assert daily["origin"][0] == "past"
    assert daily["origin"][-1] == "climatology"
    assert {len(column) for column in daily.values()} == {len(daily["time"])}


def test_members_have_the_shape_that_is_documented(spread: Api) -> None:
    asked = {
        "quantiles": "10,50,90",
        "probability": "precipitation>=1,temperature_2m<0",
        "event": "precipitation<=0.2,wind_speed_10m<5",
        "event_hours": "3",
        "daily": "all",
    }
    told = spread.get("/v1/forecast", **HERE, **asked).json()
    PointAnswer.model_validate(told)
    assert set(told["units"]) == set(told["hourly"]) - {"time", "local_time"}
    assert told["daily_units"]["temperature_2m_min_p10"] == "degC"
    assert "," in spread.get("/v1/forecast", **HERE, **asked, format="csv").text


def test_post_takes_the_same_options_and_events_in_full(spread: Api, past: Api) -> None:
    condition = {"variable": "precipitation", "comparison": "<=", "value": 0.2}
    body = {
        "points": [{"lat": 39.385, "lon": 117.655}],
        "hourly": "temperature_2m",
        "quantiles": "50",
        "events": [{"name": "dry", "conditions": [condition], "hours": 3}],
    }
    told = spread.post("/v1/forecast", json=body).json()
    ManyAnswers.model_validate(told)
    (answer,) = told["answers"]
    assert answer["events"][0]["name"] == "dry"
    alone = spread.get(URL + "&event=precipitation%3C=0.2&event_hours=3").json()
    assert answer["events"][0]["probability"] == alone["events"][0]["probability"]
    series = past.post("/v1/forecast", json={"points": body["points"], "past_days": 1}).json()
    assert series["answers"][0]["hourly"] == past.get(f"{URL}&past_days=1").json()["hourly"]


def test_the_tag_of_a_series_holds_until_a_cycle_comes(archive: Archive, past: Api) -> None:
    url = f"{URL}&past_days=1&hourly=temperature_2m"
    tag = past.get(url).headers["etag"]
    again = past.get(url, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = Api.over(archive.region, now=NOW + timedelta(days=1))
    assert other.get(url).headers["etag"] != tag
    assert past.get(URL + "&past_days=0&hourly=temperature_2m").headers["etag"] != tag


def test_csv_says_where_each_hour_comes_from(past: Api) -> None:
    asked = {"past_days": "1", "hourly": "precipitation", "format": "csv"}
    lines = past.get("/v1/forecast", **HERE, **asked).text.splitlines()
    assert lines[0] == "time,local_time,origin,precipitation"
    origins = [line.split(",")[2] for line in lines[1:]]
    assert origins == ["missing"] * 31 + ["past"] * 12 + ["forecast"] * 31
    assert lines[1].endswith(",missing,")


def test_a_quantity_that_is_made_of_others_is_answered_by_its_name(past: Api) -> None:
    told = past.get("/v1/forecast", **HERE, hourly="delta_t,temperature_2m").json()
    assert list(told["hourly"])[2:] == ["delta_t", "temperature_2m"]
    assert told["units"]["delta_t"] == "K"
    assert set(told["passport"]["steps"]) == {"delta_t", "temperature_2m"}


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("past_days=93", 400, "allowed are 0 to 92 days"),
        ("past_days=-1", 400, "allowed are whole numbers"),
        ("past_days=1.5", 400, "allowed are whole numbers"),
        ("climatology_days=367&daily=all", 400, "allowed are 0 to 366 days"),
        ("climatology_days=5", 400, "climatology_days was asked without daily"),
        ("corrections=perhaps", 400, "allowed are true and false"),
        ("quantiles=50", 400, "is one forecast"),
        ("quantiles=10;90", 400, "numbers from 0 to 100"),
        ("quantiles=-5", 400, "numbers from 0 to 100"),
        ("probability=precipitation", 400, "one of < <= > >= =="),
        ("probability=temperature_2m_min%3C0", 400, "allowed are hourly variables"),
        ("probability=nonsense%3C0", 404, "nonsense"),
        ("over=2", 400, "over was asked without probability"),
        ("event_hours=2", 400, "event_hours was asked without event"),
        ("event=temperature_2m%3C0", 400, "is one forecast"),
        ("past_day=1", 400, "did you mean past_days?"),
    ],
)
def test_each_fault_is_one_sentence(past: Api, query: str, status: int, words: str) -> None:
    answer = past.get(f"{URL}&{query}")
    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail"]
    assert "\n" not in answer.json()["detail"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"past_days": "1"}, "past_days"),
        ({"past_days": 93}, "allowed are 0 to 92 days"),
        ({"events": [{"name": "x", "conditions": []}]}, "conditions"),
        ({"events": [{"name": "", "conditions": [{}]}]}, "name"),
        ({"events": "x"}, "events"),
        (
            {
                "events": [
                    {
                        "name": "x",
                        "conditions": [
                            {"variable": "temperature_2m", "comparison": "=", "value": 1}
                        ],
                    }
                ]
            },
            "comparison",
        ),
        (
            {
                "events": [
                    {
                        "name": "x",
                        "hours": 300,
                        "conditions": [
                            {"variable": "temperature_2m", "comparison": "<", "value": 1}
                        ],
                    }
                ]
            },
            "allowed are 1 to 240 h",
        ),
    ],
)
def test_each_fault_of_a_body_is_one_sentence(
    past: Api, fields: dict[str, Any], words: str
) -> None:
    answer = past.post("/v1/forecast", json={"points": [{"lat": 39.4, "lon": 117.7}], **fields})
    assert answer.status_code == 400
    assert words in answer.json()["detail"]


@pytest.mark.parametrize("url", [URL, "/v1/variables", "/", "/healthz", "/v1/nope"])
def test_head_is_get_without_the_body(past: Api, url: str) -> None:
    whole, head = past.get(url), past.request("HEAD", url)
    assert head.status_code == whole.status_code
    assert head.content == b""
    for name in ("content-type", "content-length", "etag"):
        assert head.headers.get(name) == whole.headers.get(name)


def test_pages_of_other_hosts_may_ask_only_where_the_operator_says_so(
    archive: Archive, past: Api
) -> None:
    origin = {"origin": "https://farm.example"}
    assert "access-control-allow-origin" not in past.get(URL, headers=origin).headers
    allowed = Api.over(archive.region, now=NOW, cors_origins=("https://farm.example",))
    answer = allowed.get(URL, headers=origin)
    assert answer.headers["access-control-allow-origin"] == "https://farm.example"
    other = allowed.get(URL, headers={"origin": "https://other.example"})
    assert "access-control-allow-origin" not in other.headers
    asking = {**origin, "access-control-request-method": "GET"}
    preflight: httpx.Response = allowed.request("OPTIONS", "/v1/forecast", headers=asking)
    assert preflight.status_code == 200


def test_a_damaged_archive_leaves_the_forecast_as_it_is(tmp_path: Path) -> None:
    archive = published(tmp_path, (0, 6), hours=24)
    plain = Api.over(archive.region, now=NOW).get(URL).json()
    spoilt = next(archive.region.root.glob(f"**/{archive.names[0]}/manifest.json"))
    spoilt.write_bytes(b"{}")
    told = Api.over(archive.region, now=NOW).get(f"{URL}&past_days=1").json()
    past = told["passport"]["series"]["past_hours"]
    assert told["hourly"]["temperature_2m"][past:] == plain["hourly"]["temperature_2m"]
    assert told["passport"]["cycle"] == plain["passport"]["cycle"]
