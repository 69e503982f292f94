"""What cannot be answered is refused in one sentence, as application/problem+json."""

import pytest

from tests.support.asking import Api
from tests.support.small_region import CYCLE, SmallRegion

PROBLEM = "application/problem+json"


def sentence(answer, status: int) -> str:
    """The sentence of a refusal, after checking its form."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    document = answer.json()
    assert set(document) == {"title", "status", "detail", "instance"}
    assert document["status"] == status
    assert "\n" not in document["detail"]
    return document["detail"]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 400, "no place was asked; give place, or lat and lon"),
        ("lat=39.4", 400, "1 lat, 0 lon"),
        ("lat=39.4,39.5&lon=117.7", 400, "2 lat, 1 lon"),
        ("lat=39.4&lon=117.7&place=ninghe", 400, "both asked; allowed is one of them"),
        ("lat=91&lon=117.7", 400, "allowed are -90 to 90 degrees north"),
        ("lat=39.4&lon=361", 400, "allowed are -180 to 360 degrees east"),
        ("lat=10&lon=10", 404, "this service covers smallland 117.6,39.35,117.84,39.55"),
        ("place=nowhereatall", 404, "no such name"),
        ("place=", 400, "allowed are 1 to 200"),
        ("lat=39.4&lon=117.7&hourly=temprature_2m", 404, "temperature_2m"),
        ("lat=39.4&lon=117.7&hourly=temperature_2m_max", 404, "ask for it in daily="),
        ("lat=39.4&lon=117.7&hourly=pressure_msl", 404, "pressure_msl"),
        ("lat=39.4&lon=117.7&daily=precipitation", 404, "ask for it in hourly="),
        ("lat=39.4&lon=117.7&day=24:00", 400, "allowed are local, 20-20, 08-08"),
        ("lat=39.4&lon=117.7&cell=sea", 400, "allowed are land and nearest"),
        ("lat=39.4&lon=117.7&cycle=x", 404, "this store has published"),
        ("lat=39.4&lon=117.7&cycle=x&as_of=2025-04-10", 400, "allowed is one of them"),
        ("lat=39.4&lon=117.7&as_of=yesterday", 400, "allowed is ISO 8601"),
        ("lat=39.4&lon=117.7&hours=0", 400, "allowed are 1 to 384 hours"),
        ("lat=39.4&lon=117.7&hours=385", 400, "allowed are 1 to 384 hours"),
        ("lat=39.4&lon=117.7&hours=2.5", 400, "allowed are whole numbers"),
        ("lat=39.4&lon=117.7&strict=maybe", 400, "allowed are true and false"),
        ("lat=39.4&lon=117.7&format=xml", 400, "allowed are json, csv"),
        ("lat=39.4,39.5&lon=117.7,117.7&format=csv", 400, "allowed is one point"),
        ("lat=39.4&lon=117.7&elevation=9001", 400, "allowed are -500 to 9000 m"),
        ("place=ninghe&elevation=1,2", 400, "allowed is one"),
        ("lat=39.4&lon=117.7&hour=3", 400, "did you mean hours?"),
        ("lat=39.4&lon=117.7&lat=39.5", 400, "lat was asked twice"),
        ("lat=39.4&lon=117.7&place=%ff", 400, "UTF-8"),
    ],
)
def test_each_fault_of_a_query_is_named(api: Api, query: str, status: int, words: str) -> None:
    assert words in sentence(api.get(f"/v1/forecast?{query}"), status)


@pytest.mark.parametrize(
    "text",
    ["1_000", "%205", "5%20", "+5", "nan", "inf", "-inf", "1e400", "1e1", "", "0x10", "１７", "٣٩"],
)
@pytest.mark.parametrize("name", ["lat", "lon", "elevation"])
def test_what_only_looks_like_a_number_is_refused(api: Api, name: str, text: str) -> None:
    query = {"lat": "39.4", "lon": "117.7", name: text}
    url = "/v1/forecast?" + "&".join(f"{key}={value}" for key, value in query.items())
    assert f"{name} " in sentence(api.get(url), 400)


@pytest.mark.parametrize("text", ["1_0", "%205", "-1", "1e1", "１", "9999999"])
def test_what_only_looks_like_a_count_is_refused(api: Api, text: str) -> None:
    sentence(api.get(f"/v1/forecast?lat=39.4&lon=117.7&hours={text}"), 400)


def test_a_long_text_is_cut_in_the_sentence(api: Api) -> None:
    told = sentence(api.get(f"/v1/forecast?lat={'9' * 5000}&lon=1"), 400)
    assert len(told) < 200


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "points"),
        ({"points": []}, "no point was asked"),
        ({"points": [{}]}, "no place was asked"),
        ({"points": [{"lat": "5", "lon": 1}]}, "points.0.lat"),
        ({"points": [{"lat": True, "lon": 1}]}, "points.0.lat"),
        ({"points": [{"lat": 39.4, "lon": 117.7, "height": 1}]}, "points.0.height"),
        ({"points": [{"place": "宁河"}], "hours": 0}, "allowed are 1 to 384 hours"),
        ({"points": [{"place": "宁河"}], "hours": "3"}, "hours"),
        ({"points": [{"place": "宁河"}], "strict": "yes"}, "strict"),
        ({"points": [{"place": "宁河"}], "cell": "x"}, "allowed are land and nearest"),
        ({"points": [{"place": "宁河"}], "nope": 1}, "nope"),
        ([], "valid dictionary"),
    ],
)
def test_each_fault_of_a_body_is_named(api: Api, body: object, words: str) -> None:
    assert words in sentence(api.post("/v1/forecast", json=body), 400)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-1e999"])
def test_a_body_with_a_number_that_is_none_is_refused(api: Api, number: str) -> None:
    content = f'{{"points": [{{"lat": {number}, "lon": 117.7}}]}}'
    headers = {"content-type": "application/json"}
    sentence(api.post("/v1/forecast", content=content, headers=headers), 400)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"points": '])
def test_a_body_that_is_no_json_is_refused(api: Api, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    sentence(api.post("/v1/forecast", content=content, headers=headers), 400)


def test_points_are_counted_at_the_limit(region: SmallRegion) -> None:
    api = Api.over(region, max_points=3)
    for count, status in ((2, 200), (3, 200), (4, 413)):
        lat, lon = ",".join(["39.4"] * count), ",".join(["117.7"] * count)
        assert api.get("/v1/forecast", lat=lat, lon=lon, hours="1").status_code == status
        body = {"points": [{"lat": 39.4, "lon": 117.7}] * count, "hours": 1}
        answer = api.post("/v1/forecast", json=body)
        assert answer.status_code == status
    assert "4 points were asked; allowed are 3" in sentence(answer, 413)


def test_values_are_counted_at_the_limit_before_data_are_touched(
    region: SmallRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api.over(region, max_values=1000)
    query = {"lat": "39.4,39.4", "lon": "117.7,117.7"}
    # 2 points x 12 variables x 41 hours = 984, x 42 = 1008
    assert api.get("/v1/forecast", **query, hours="41").status_code == 200

    def touched(*arguments: object) -> None:
        raise AssertionError("data were touched")

    monkeypatch.setattr("forecast.store.Cycle.point", touched)
    told = sentence(api.get("/v1/forecast", **query, hours="42"), 413)
    assert "1,008 values" in told
    assert "allowed are 1,000" in told


def test_a_long_url_and_a_long_body_are_refused(api: Api) -> None:
    assert "8,192 bytes" in sentence(api.get(f"/v1/forecast?place={'x' * 8192}"), 414)
    long = b" " * 262_145
    headers = {"content-type": "application/json"}
    assert "262,144 bytes" in sentence(api.post("/v1/forecast", content=long, headers=headers), 413)


def test_a_body_that_does_not_say_its_length_is_cut_off(api: Api) -> None:
    async def drip():
        for _ in range(300):
            yield b" " * 1024

    headers = {"content-type": "application/json"}
    answer = api.post("/v1/forecast", content=drip(), headers=headers)
    assert "262,144 bytes" in sentence(answer, 413)


def test_an_unknown_path_and_a_wrong_method_are_told(api: Api) -> None:
    assert "/docs" in sentence(api.get("/v1/nope"), 404)
    assert "DELETE" in sentence(api.request("DELETE", "/v1/forecast"), 405)


def test_strict_refuses_an_old_cycle_and_another_cell(region: SmallRegion) -> None:
    from datetime import timedelta

    fresh = Api.over(region)
    assert fresh.get("/v1/forecast?lat=39.4&lon=117.7&strict=true").status_code == 200
    at_sea = fresh.get("/v1/forecast?lat=39.455&lon=117.805&strict=true")
    assert "moved_to_land" in sentence(at_sea, 400)
    late = Api.over(region, now=CYCLE + timedelta(hours=20))
    assert late.get("/v1/forecast?lat=39.4&lon=117.7").json()["passport"]["age"]["state"] == "stale"
    told = sentence(late.get("/v1/forecast?lat=39.4&lon=117.7&strict=1"), 503)
    assert "stale, 20 h old" in told


def test_hours_after_the_end_of_the_cycle_are_refused(region: SmallRegion) -> None:
    from datetime import timedelta

    api = Api.over(region, now=CYCLE + timedelta(hours=60))
    answer = api.get("/v1/forecast?lat=39.4&lon=117.7&hours=3")
    assert "ends at 2025-04-12T00:00:00Z" in sentence(answer, 503)
    assert answer.headers["retry-after"] == "30"


def test_a_fault_of_the_service_is_told_without_its_inside(
    region: SmallRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api.over(region)

    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(api.service, "many", broken)
    monkeypatch.setattr(api.service, "status", broken)
    for url in ("/v1/forecast?lat=39.4&lon=117.7", "/v1/status"):
        answer = api.get(url)
        assert "secret" not in sentence(answer, 500)


@pytest.mark.parametrize(
    "path",
    [
        *("/v1/layers", "/v1/zones", "/v1/regions", "/v1/variables", "/v1/status", "/v1/crops"),
        *("/v1/places?q=x", "/v1/cycles?region=x", "/v1/skill?region=x", "/v1/crops/tea"),
        *("/v1/scorecard?region=x", "/v1/advisories?place=x&crop=tea", "/healthz", "/readyz"),
        *("/v1/advisories/areas?region=x&crop=tea&rule=x", "/tiles/water/8/1/1.png"),
        *(
            "/tiles/temperature_2m/20250410T06Z/8/1/1.png",
            "/tiles/advice/tea/x/2025-04-10/8/1/1.png",
        ),
    ],
)
def test_no_route_ignores_a_parameter_that_it_does_not_have(api: Api, path: str) -> None:
    asked = f"{path}{'&' if '?' in path else '?'}zodiac=1"
    assert "parameter 'zodiac' was asked" in sentence(api.get(asked), 400)


def test_a_route_without_parameters_says_so_and_others_name_theirs(api: Api) -> None:
    assert sentence(api.get("/v1/layers?lang=zh"), 400).endswith("this route has none")
    assert sentence(api.get("/v1/zones?regio=x"), 400).endswith("did you mean region?")
    assert "asked twice" in sentence(api.get("/v1/places?q=x&limit=1&limit=2"), 400)


def test_a_page_opens_though_who_handed_it_on_added_to_its_address(api: Api) -> None:
    assert api.get("/?from=singlemessage").status_code == 200
    assert api.get("/plain?from=singlemessage").status_code == 200
