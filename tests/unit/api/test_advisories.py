"""GET /v1/advisories and /v1/crops: the documented shape, caching, refusals in one sentence."""

from datetime import timedelta
from pathlib import Path

import pytest

from forecast.advise.profile import shipped_names
from forecast.api.advice_models import Advice, Crop, Crops
from forecast.api.advice_queries import KNOWN
from forecast.api.state import service_from
from forecast.errors import InvalidProfile
from forecast.settings import Settings
from tests.support.advice import own_crops
from tests.support.asking import Api
from tests.support.small_region import CYCLE, NOW, SmallRegion
from tests.unit.api.test_refusals import sentence

URL = "/v1/advisories?place=宁河&crop=rice"


def test_the_document_has_the_shape_that_is_documented(api: Api, region: SmallRegion) -> None:
    document = api.get(URL).json()
    Advice.model_validate(document)
    assert document["simulated"] is True
    assert document["place"]["name_zh"].startswith("宁河")
    assert document["passport"]["cycle"] == region.store.current().id
    assert document["crop"]["id"] == "rice.xiaozhan.ninghe"
    assert document["score"]["measured"] is False
    rules = [one["rule"] for one in document["advisories"]]
    assert rules == [line["rule"] for line in document["timelines"]]
    assert len(document["messages"]["zh"]) <= 70
    assert len(document["messages"]["en"]) <= 160


def test_what_the_farmer_says_is_read_back(api: Api) -> None:
    said = "&sown=2025-04-05&stage=nursery&stage_on=2025-04-09&covered=true&soil=clay"
    assert api.get(f"{URL}{said}&soil_moisture=80").json()["situation"] == {
        "sown": "2025-04-05",
        "stage": "nursery",
        "stage_on": "2025-04-09",
        "covered": True,
        "soil": "clay",
        "soil_moisture": 80.0,
    }


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 400, "no place was asked; give place, or lat and lon"),
        ("place=宁河", 400, "no crop was asked; give crop, one of apple.orchard.bohai"),
        ("crop=rice", 400, "no place was asked"),
        ("place=宁河&crop=ricee", 404, "did you mean rice?"),
        ("place=宁河&crop=maize", 409, "maize.spring.north, maize.summer.haihe"),
        ("place=宁河&crop=", 400, "allowed are 1 to 100"),
        ("place=宁河&crop=rice&crop=tea", 400, "crop was asked twice"),
        ("place=宁河&crop=rice&sow=2025-04-10", 400, "did you mean sown?"),
        ("place=宁河&crop=rice&hourly=all", 400, "parameter 'hourly' was asked; allowed are place"),
        ("place=宁河&crop=rice&sown=10.4.", 400, "allowed are dates, as in 2025-04-10"),
        ("place=宁河&crop=rice&sown=2026-01-01", 400, "allowed are days from 2024-03-06"),
        ("place=宁河&crop=rice&stage=ripe", 400, "rice.xiaozhan.ninghe has pre_sowing"),
        ("place=宁河&crop=rice&stage_on=2025-04-09", 400, "stage_on was asked without stage"),
        ("place=宁河&crop=rice&covered=maybe", 400, "covered 'maybe' was asked; allowed are true"),
        ("place=宁河&crop=rice&soil=mud", 404, "the table has sand"),
        ("place=宁河&crop=rice&soil_moisture=wet", 400, "allowed are decimal numbers"),
        ("place=宁河&crop=rice&soil_moisture=1,2", 400, "2 numbers of soil_moisture were asked"),
        ("place=宁河&crop=rice&soil_moisture=200", 400, "0 to 150 % of field capacity"),
        ("place=宁河&crop=rice&elevation=high", 400, "elevation 'high' was asked"),
        ("place=宁河&crop=rice&elevation=9001", 400, "allowed are -500 to 9000 m"),
        ("lat=39.4,39.5&lon=117.7,117.7&crop=rice", 400, "2 places were asked; allowed is one"),
        ("lat=10&lon=10&crop=rice", 404, "this service covers smallland"),
        ("place=宁河&crop=rice&cycle=x", 404, "this store has published"),
        ("place=宁河&crop=rice&cycle=x&as_of=2025-04-10", 400, "cycle and as_of were both asked"),
        ("place=宁河&crop=rice&as_of=yesterday", 400, "allowed is ISO 8601"),
        ("place=宁河&crop=rice&as_of=2001-01-01", 503, "no cycle published by 2001-01-01"),
        ("place=宁河&crop=rice&cell=sea", 400, "allowed are land and nearest"),
        ("place=宁河&crop=rice&strict=2", 400, "strict '2' was asked"),
        ("place=宁河&crop=rice&format=csv", 400, "allowed are json, text, html"),
        ("place=宁河&crop=rice&format=text&lang=de", 400, "allowed are zh, en"),
        ("place=宁河&crop=rice&lang=en", 400, "json, which holds both languages"),
    ],
)
def test_each_fault_of_a_query_is_named(api: Api, query: str, status: int, words: str) -> None:
    assert words in sentence(api.get(f"/v1/advisories?{query}"), status)


def test_nothing_is_advised_from_an_expired_forecast(region: SmallRegion) -> None:
    late = Api.over(region, now=CYCLE + timedelta(hours=37))
    answer = late.get(URL)
    told = sentence(answer, 503)
    assert region.store.current().id in told
    assert "37 h old and expired" in told
    assert "zhitian run --region smallland" in told
    assert answer.headers["retry-after"] == "30"
    assert answer.json()["title"] == "Forecast expired"


def test_a_client_that_has_the_answer_gets_304_until_the_answer_changes(
    api: Api, region: SmallRegion
) -> None:
    answer = api.get(URL)
    tag = answer.headers["etag"]
    again = api.get(URL, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    soon = Api.over(region, now=NOW + timedelta(minutes=1))
    assert soon.get(URL, headers={"if-none-match": tag}).status_code == 304
    stale = Api.over(region, now=CYCLE + timedelta(hours=20))
    assert stale.get(URL, headers={"if-none-match": tag}).status_code == 200
    other = api.get(f"{URL}&covered=true", headers={"if-none-match": tag})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("form", "lang", "kind", "words"),
    [
        ("text", "zh", "text/plain", "模拟"),
        ("text", "en", "text/plain", "simulated"),
        ("html", "zh", "text/html", "模拟"),
        ("html", "en", "text/html", "simulated"),
    ],
)
def test_the_bulletin_says_in_its_language_that_it_is_simulated(
    api: Api, form: str, lang: str, kind: str, words: str
) -> None:
    answer = api.get(f"{URL}&format={form}&lang={lang}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert words in answer.text.lower()


def test_the_crops_are_listed_in_the_documented_shape(api: Api) -> None:
    listing = Crops.model_validate(api.get("/v1/crops").json())
    assert tuple(one.id for one in listing.crops) == shipped_names()
    rice = next(one for one in listing.crops if one.eppo == "ORYSA")
    assert [stage.id for stage in rice.stages][:2] == ["pre_sowing", "nursery"]


@pytest.mark.parametrize("name", ["rice.xiaozhan.ninghe", "rice", "水稻", "ORYSA"])
def test_a_crop_is_told_in_full(api: Api, name: str) -> None:
    crop = Crop.model_validate(api.get(f"/v1/crops/{name}").json())
    assert crop.id == "rice.xiaozhan.ninghe"
    assert "小站稻" in crop.explained.zh
    assert crop.profile["schema"] == "agroprofile/1"


def test_a_crop_that_is_not_there_is_404_and_two_are_409(api: Api) -> None:
    assert "did you mean rice?" in sentence(api.get("/v1/crops/ricee"), 404)
    assert "2 profiles" in sentence(api.get("/v1/crops/maize"), 409)


def test_the_own_profiles_of_an_operator_are_served(region: SmallRegion, tmp_path: Path) -> None:
    api = Api.over(region, crops=own_crops(tmp_path))
    assert api.get("/v1/advisories?place=宁河&crop=small").json()["crop"]["id"] == "small"
    origins = {one["id"]: one["origin"] for one in api.get("/v1/crops").json()["crops"]}
    assert (origins["small"], origins["rice.xiaozhan.ninghe"]) == ("own", "shipped")


def test_a_refused_profile_stops_the_start(region: SmallRegion, tmp_path: Path) -> None:
    crops = own_crops(tmp_path, ("base: 7 degC", "base: 7 mm"))
    with pytest.raises(InvalidProfile, match=r"small\.yaml:13: phenology: \'7 mm\' is"):
        service_from(Settings(store=region.root, regions=(str(region.file),), crops=crops))


def test_the_openapi_document_holds_parameters_and_shapes(api: Api) -> None:
    document = api.get("/openapi.json").json()
    operation = document["paths"]["/v1/advisories"]["get"]
    names = {one["name"]: one["required"] for one in operation["parameters"]}
    assert set(names) == set(KNOWN)
    assert names.pop("crop") is True
    assert not any(names.values())
    content = operation["responses"]["200"]["content"]
    assert set(content) == {"application/json", "text/plain", "text/html"}
    assert content["application/json"]["schema"]["$ref"].endswith("/Advice")
