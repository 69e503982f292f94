"""`/v1/places` by name, from where one asks and around a point; `/v1/zones`."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from forecast.query.place_lists import OwnPlaces, read_list
from tests.support.asking import Api
from tests.support.small_region import NAME, NOW, SmallRegion

ZONE = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties":'
    ' {"name_zh": "东区", "code": "Z1"}, "geometry": {"type": "Polygon", "coordinates":'
    " [[[117.7, 39.4], [117.8, 39.4], [117.8, 39.5], [117.7, 39.4]]]}}]}"
)


@pytest.fixture
def owned(region: SmallRegion, tmp_path: Path) -> Iterator[Api]:
    own = OwnPlaces(tmp_path / "own.sqlite")
    for name, text in {
        "v.csv": "name_zh,longitude,latitude,elevation\n小薄村,117.75,39.4,2.5\n",
        "z.geojson": ZONE,
    }.items():
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        own.add(path.stem, read_list(path), file=name, now=NOW)
    return Api.over(region, places=own.path)


def test_of_equals_the_nearer_comes_first_with_its_distance(api: Api) -> None:
    first = api.get("/v1/places", q="yuexi", limit=2).json()["places"]
    assert [place["code"] for place in first] == ["340828", "513434"]
    assert [place["distance_m"] for place in first] == [None, None]
    assert [place["province"] for place in first] == ["安徽省", "四川省"]
    near = api.get("/v1/places", q="yuexi", near="28.596,102.618").json()["places"]
    assert (near[0]["code"], near[0]["distance_m"]) == ("513434", 0)
    (anhui,) = [place for place in near if place["code"] == "340828"]
    # 13.587 degrees of longitude and 2.327 of latitude
    assert anhui["distance_m"] == pytest.approx(1_337_000, rel=0.01)


def test_a_point_says_which_places_lie_around_it(api: Api) -> None:
    places = api.get("/v1/places", lat="39.455", lon="117.73", limit=3).json()["places"]
    assert (places[0]["code"], places[0]["region"]) == ("120117", NAME)
    # 0.005 degrees north of the county's point, 0.01 degrees east of it
    assert places[0]["distance_m"] == pytest.approx(1023, abs=5)
    assert [place["distance_m"] for place in places] == sorted(
        place["distance_m"] for place in places
    )


@pytest.mark.parametrize(
    ("text", "latitude", "longitude"),
    [
        ("39.45, 117.72", 0.005, 0.005),
        ("39.450 117.7", 0.0005, 0.05),
        ("北纬39度27分 东经117度43分", 1 / 120, 1 / 120),
        ("N39 27 30 E117 43 12", 0.5 / 3600, 0.5 / 3600),
    ],
)
def test_typed_coordinates_say_how_exact_their_digits_are(
    api: Api, text: str, latitude: float, longitude: float
) -> None:
    (place,) = api.get("/v1/places", q=text).json()["places"]
    assert place["kind"] == "coordinates"
    assert place["precision"] == {
        "read_from": "digits",
        "latitude": pytest.approx(latitude),
        "longitude": pytest.approx(longitude),
    }


def test_a_name_has_no_digits_and_neither_has_what_lies_around(api: Api) -> None:
    named = api.get("/v1/places", q="宁河", limit=1).json()["places"]
    around = api.get("/v1/places", lat="39.455", lon="117.73", limit=1).json()["places"]
    assert [place["precision"] for place in (*named, *around)] == [None, None]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "give q (a name"),
        ("near=39.4,117.7", "give q (a name"),
        ("lat=39.4", "lat and lon"),
        ("lat=39.4&lon=x", "decimal numbers"),
        ("lat=39.4&lon=117.7&near=39,117", "give q (a name"),
        ("q=x&lat=39.4&lon=117.7", "allowed is one of them"),
        ("q=x&near=39.4", "allowed are latitude and longitude, as in 39.45,117.72"),
        ("q=x&near=nan,1", "decimal numbers"),
        ("lat=99&lon=117", "latitude"),
    ],
)
def test_half_a_question_is_refused_with_a_sentence(api: Api, query: str, sentence: str) -> None:
    answer = api.get(f"/v1/places?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert sentence in answer.json()["detail"]


@pytest.mark.parametrize("code", ["120117", "120117000", "120117000000"])
def test_the_code_of_a_county_is_the_county(api: Api, code: str) -> None:
    (place,) = api.get("/v1/places", q=code).json()["places"]
    assert (place["name_zh"], place["stands_for"], place["note"]) == ("宁河区", "", None)


@pytest.mark.parametrize("code", ["120117101", "120117105000", "120117105203"])
def test_the_code_of_a_township_that_no_list_has_answers_with_its_county_and_says_so(
    api: Api, code: str
) -> None:
    (place,) = api.get("/v1/places", q=code).json()["places"]
    assert (place["code"], place["stands_for"]) == ("120117", code)
    assert code in place["note"]["zh"]
    assert "宁河区" in place["note"]["zh"]
    assert f"No place list has the code {code}; shown is 宁河区 (Ninghe" in place["note"]["en"]
    answer = api.get("/v1/forecast", place=code, hours=1)
    assert answer.status_code == 200
    assert answer.json()["place"]["note"] == place["note"]
    refusal = api.get("/v1/forecast", place=code, hours=1, strict="true")
    assert refusal.status_code == 400
    assert f"no place list has the code {code}" in refusal.json()["detail"]


def test_a_code_that_begins_like_no_county_is_unknown(api: Api) -> None:
    assert api.get("/v1/places", q="999999101").json()["places"] == []
    refusal = api.get("/v1/forecast", place="999999101")
    assert refusal.status_code == 404
    assert "has no such code" in refusal.json()["detail"]


def test_only_the_kinds_that_are_asked_for_come(api: Api, owned: Api) -> None:
    def kinds(server: Api, **query: str) -> set[str]:
        return {place["kind"] for place in server.get("/v1/places", **query).json()["places"]}

    assert len(kinds(api, q="ning", limit="50")) > 1
    assert kinds(api, q="ning", kind="town", limit="50") == {"town"}
    assert kinds(api, q="ning", kind="county, city", limit="50") == {"county", "city"}
    around = {"lat": "39.45", "lon": "117.72", "limit": "50"}
    assert kinds(owned, **around) == {"county", "town", "own"}
    assert kinds(owned, **around, kind="own") == {"own"}
    assert kinds(api, **around, kind="county") == {"county"}
    assert kinds(api, q="39.45N 117.72E", kind="county") == {"coordinates"}
    refusal = api.get("/v1/places", q="宁河", kind="village")
    assert refusal.status_code == 400
    assert "allowed are city, county, town, own" in refusal.json()["detail"]


def test_the_nearest_county_comes_first_of_the_counties_around_a_point(api: Api) -> None:
    near = api.get("/v1/places", lat="39.6", lon="117.6", kind="county", limit=2).json()["places"]
    # the point of Baodi (117.414 E, 39.588 N) is 16 km away, that of Ninghe 20 km
    assert [place["name_zh"] for place in near] == ["宝坻区", "宁河区"]


def test_own_places_answer_with_list_and_height(owned: Api) -> None:
    (place,) = owned.get("/v1/places", q="小薄村", limit=1).json()["places"]
    assert (place["kind"], place["source"], place["county"]) == ("own", "list v", "宁河区")
    assert (place["elevation"], place["region"]) == (2.5, NAME)
    answer = owned.get("/v1/forecast", place="小薄村", hours=1)
    assert answer.status_code == 200
    assert answer.json()["place"]["name_zh"] == "小薄村"


def test_zones_are_geojson_of_the_region_they_touch(owned: Api, api: Api) -> None:
    for query in ({}, {"region": NAME}):
        collection = owned.get("/v1/zones", **query).json()
        assert collection["type"] == "FeatureCollection"
        (feature,) = collection["features"]
        assert feature["properties"] == {
            "list": "z",
            "code": "Z1",
            "name_zh": "东区",
            "name_en": "",
        }
        assert feature["bbox"] == [117.7, 39.4, 117.8, 39.5]
        assert feature["geometry"]["coordinates"][0][1] == [117.8, 39.4]
    assert api.get("/v1/zones", region=NAME).json()["features"] == []
    assert owned.get("/v1/zones", region="nope").status_code == 404


def test_the_start_of_the_server_reads_the_places_before_anybody_asks(
    region: SmallRegion,
) -> None:
    api = Api.over(region)
    assert not api.service.gazetteer.is_warm

    async def start() -> None:
        async with api.app.router.lifespan_context(api.app):
            assert api.service.gazetteer.is_warm

    asyncio.run(start())
