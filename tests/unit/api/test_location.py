"""`datum`, `precision` and `doubt` over HTTP and on the command line."""

import orjson
import pytest

from forecast.api.advice_models import Advice
from forecast.api.models import ManyAnswers, PointAnswer
from forecast.service import ask
from tests.support.asking import Api
from tests.support.small_region import SmallRegion
from tests.unit.api.test_refusals import sentence

HERE = {"lat": "39.455", "lon": "117.725"}


def location(api: Api, **query: str) -> dict:
    return api.get("/v1/forecast", **query).json()["passport"]["location"]


def test_zeros_at_the_end_of_a_query_count(api: Api) -> None:
    assert location(api, lat="39.45", lon="117.725")["precision"]["latitude"] == 0.005
    told = location(api, lat="39.4500", lon="117.725")["precision"]
    assert told == {"read_from": "digits", "longitude": 0.0005, "latitude": pytest.approx(5e-5)}


def test_each_place_of_a_list_has_its_own_digits(api: Api) -> None:
    query = {"lat": "39.45,39.450", "lon": "117.725,117.7250", "hourly": "none"}
    answers = api.get("/v1/forecast", **query).json()["answers"]
    told = [one["passport"]["location"]["precision"] for one in answers]
    assert [one["latitude"] for one in told] == pytest.approx([0.005, 0.0005])
    assert [one["longitude"] for one in told] == pytest.approx([0.0005, 0.00005])


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000", "gcj02", "bd09", "unknown"])
def test_every_datum_gives_the_documented_shape(api: Api, datum: str) -> None:
    answer = api.get("/v1/forecast", **HERE, datum=datum, doubt="true", precision="0.02").json()
    PointAnswer.model_validate(answer)
    assert answer["passport"]["location"]["difference"]["temperature_2m"]["mean_k"]["highest"] > 0


def test_in_a_post_each_place_says_its_own(api: Api) -> None:
    here = {"lat": 39.455, "lon": 117.725}
    points = [here, {**here, "datum": "gcj02", "precision": "30m"}, {**here, "precision": 0.004}]
    document = api.post("/v1/forecast", json={"points": points, "doubt": True}).json()
    ManyAnswers.model_validate(document)
    told = [one["passport"]["location"] for one in document["answers"]]
    assert [one["datum"] for one in told] == ["wgs84", "gcj02", "wgs84"]
    assert [one["precision"]["latitude"] for one in told] == pytest.approx(
        [0.0005, 30 / 111195, 0.004], rel=1e-3
    )


def test_all_but_the_location_stays_as_it_was(api: Api) -> None:
    plain = api.get("/v1/forecast", **HERE, hourly="temperature_2m").json()
    asked = api.get("/v1/forecast", **HERE, hourly="temperature_2m", datum="bd09", doubt="true")
    for document in (plain, doubted := asked.json()):
        assert document["passport"].pop("location")
    assert plain == doubted
    named = api.get("/v1/forecast", place="宁河").json()
    assert "location" not in named["passport"]


def test_doubt_does_not_reach_the_numbers_of_a_table(api: Api) -> None:
    plain = api.get("/v1/forecast", **HERE, format="csv").text
    assert api.get("/v1/forecast", **HERE, format="csv", doubt="true").text == plain


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("lat=39.4&lon=117.7&datum=bj54", "allowed are wgs84, cgcs2000, gcj02, bd09 and unknown"),
        ("lat=39.4&lon=117.7&datum=", "allowed are wgs84"),
        ("lat=39.4&lon=117.7&precision=near", "allowed are degrees above 0 up to 1"),
        ("lat=39.4&lon=117.7&doubt=maybe", "allowed are true and false"),
        ("place=宁河&datum=gcj02", "allowed is with coordinates"),
        ("place=宁河&doubt=true", "allowed is with coordinates or a precision"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(api: Api, query: str, words: str) -> None:
    assert words in sentence(api.get(f"/v1/forecast?{query}"), 400)


def test_advice_says_the_same_of_its_coordinates(api: Api) -> None:
    query = {"lat": "39.45", "lon": "117.72", "datum": "gcj02", "precision": "50m"}
    document = api.get("/v1/advisories", **query, crop="rice").json()
    Advice.model_validate(document)
    assert document["passport"]["location"] == location(api, **query)


def test_a_transform_changes_the_tag_of_what_it_moved_alone(
    region: SmallRegion, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "moving_datum.py").write_text("def west(x, y, datum):\n    return x - 0.01, y\n")
    monkeypatch.syspath_prepend(tmp_path)
    plain, moving = Api.over(region), Api.over(region, datum_transform="moving_datum:west")

    def tags(**query: str) -> list[str]:
        return [one.get("/v1/forecast", **HERE, **query).headers["etag"] for one in (plain, moving)]

    assert len(set(tags())) == 1
    assert len(set(tags(datum="gcj02"))) == 2
    answer = moving.get("/v1/forecast", **HERE, datum="gcj02").json()
    PointAnswer.model_validate(answer)
    assert (
        orjson.dumps(answer["passport"]["location"]["transformed"]["by"]) == b'"moving_datum:west"'
    )


def test_a_number_answers_as_its_shortest_digits_do(api: Api) -> None:
    series = api.service.series(ask(api.service, latitude=39.45, longitude=117.72))
    assert api.get("/v1/forecast", lat="39.45", lon="117.72").content == series.to_json()
