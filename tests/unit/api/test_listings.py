"""Places, regions, variables, cycles; alive, ready, status; the document of the interface."""

from datetime import timedelta

import pytest

from forecast.api import queries
from forecast.variables import catalogue
from tests.support.asking import Api
from tests.support.small_region import CYCLE, NAME, SmallRegion


def test_places_name_the_region_that_answers(api: Api) -> None:
    places = api.get("/v1/places", q="宁河").json()["places"]
    assert places[0]["name_zh"].startswith("宁河")
    assert places[0]["region"] == NAME
    assert api.get("/v1/places", q="岳西").json()["places"][0]["region"] is None
    assert len(api.get("/v1/places", q="ning", limit=2).json()["places"]) <= 2


@pytest.mark.parametrize("query", ["", "q=", "q=x&limit=0", "q=x&limit=51", f"q={'x' * 201}"])
def test_a_wrong_search_for_places_is_refused(api: Api, query: str) -> None:
    answer = api.get(f"/v1/places?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_regions_give_box_and_grid(api: Api) -> None:
    (region,) = api.get("/v1/regions").json()["regions"]
    assert (region["name"], region["rows"], region["columns"]) == (NAME, 20, 24)
    assert region["box"] == "117.6,39.35,117.84,39.55"


def test_variables_are_the_vocabulary(api: Api) -> None:
    entries = api.get("/v1/variables").json()["variables"]
    assert [entry["name"] for entry in entries] == list(catalogue())
    assert entries[0]["units"] == "degC"
    assert entries[0]["label_zh"] == "气温"


def test_cycles_say_which_is_current_and_which_is_damaged(tmp_path) -> None:
    region = SmallRegion.create(tmp_path)
    names = [region.publish(version=version) for version in range(2)]
    manifest = next(region.root.glob(f"**/{names[0]}/manifest.json"))
    manifest.write_bytes(manifest.read_bytes()[:-1] + b" ")
    api = Api.over(region)
    entries = api.get("/v1/cycles", region=NAME).json()["cycles"]
    assert [entry["cycle"] for entry in entries] == names[::-1]
    assert [entry["current"] for entry in entries] == [True, False]
    assert [entry["damaged"] for entry in entries] == [False, True]
    assert api.get("/v1/cycles", region="nope").status_code == 404


def test_alive_is_not_ready_until_something_is_published(tmp_path) -> None:
    region = SmallRegion.create(tmp_path)
    api = Api.over(region)
    assert api.get("/healthz").json() == {"status": "alive"}
    answer = api.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["regions"][0]["state"] == "missing"
    refusal = api.get("/v1/forecast?lat=39.4&lon=117.7")
    assert (refusal.status_code, refusal.json()["title"]) == (503, "Nothing published")
    region.publish()
    assert api.get("/readyz").status_code == 200


def test_a_store_that_does_not_exist_is_not_ready(tmp_path, region: SmallRegion) -> None:
    api = Api.over(region)
    api.service.served[0].path = tmp_path / "nothing"
    assert api.get("/readyz").status_code == 503
    told = api.get("/v1/forecast?lat=39.4&lon=117.7").json()["detail"]
    assert f"zhitian run --region {NAME}" in told


@pytest.mark.parametrize(
    ("hours", "state", "ready"),
    [(12, "fresh", 200), (18, "late", 200), (36, "stale", 200), (37, "expired", 503)],
)
def test_an_expired_cycle_is_not_ready(
    region: SmallRegion, hours: int, state: str, ready: int
) -> None:
    api = Api.over(region, now=CYCLE + timedelta(hours=hours))
    assert api.get("/readyz").status_code == ready
    (entry,) = api.get("/v1/status").json()["regions"]
    assert (entry["state"], entry["age_hours"]) == (state, hours)
    assert entry["last_time"] == "2025-04-12T00:00:00Z"


def test_every_route_has_a_summary_and_says_what_it_answers(api: Api) -> None:
    document = api.get("/openapi.json").json()
    assert document["openapi"].startswith("3.")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            content = operation["responses"]["200"]["content"]
            if path.startswith("/tiles/"):
                kinds = {"image/png"}
                if path.endswith(".int16"):
                    kinds = {"application/octet-stream"}
                elif path.startswith("/tiles/base/"):
                    kinds = {"image/png", "image/jpeg", "image/webp"}
                assert set(content) == kinds, (method, path)
                continue
            schema = content["application/json"]["schema"]
            assert schema not in ({}, {"type": "object"}), (method, path)
            assert "422" not in operation["responses"], (method, path)
    assert set(document["paths"]) == {
        "/v1/forecast",
        "/v1/places",
        "/v1/zones",
        "/v1/regions",
        "/v1/variables",
        "/v1/cycles",
        "/v1/skill",
        "/v1/advisories",
        "/v1/advisories/areas",
        "/v1/advisories/map",
        "/v1/crops",
        "/v1/crops/{name}",
        "/v1/scorecard",
        "/v1/layers",
        "/tiles/{variable}/{time}/{z}/{x}/{y}.png",
        "/tiles/{variable}/{time}/{z}/{x}/{y}.int16",
        "/tiles/base/{z}/{x}/{y}",
        "/tiles/advice/{crop}/{rule}/{day}/{z}/{x}/{y}.int16",
        "/tiles/hillshade/{z}/{x}/{y}.png",
        "/tiles/water/{z}/{x}/{y}.png",
        "/tiles/advice/{crop}/{rule}/{day}/{z}/{x}/{y}.png",
        "/v1/status",
        "/healthz",
        "/readyz",
    }


def test_every_reference_in_the_document_leads_somewhere(api: Api) -> None:
    document = api.get("/openapi.json").json()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                target: object = document
                for part in node["$ref"].removeprefix("#/").split("/"):
                    target = target[part]  # type: ignore[index]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document)


def test_the_documented_parameters_are_those_that_are_read(api: Api) -> None:
    operation = api.get("/openapi.json").json()["paths"]["/v1/forecast"]["get"]
    names = [parameter["name"] for parameter in operation["parameters"]]
    assert sorted(names) == sorted(queries.KNOWN)
    assert all(parameter["description"] for parameter in operation["parameters"])


def test_the_documentation_page_needs_no_other_host(api: Api) -> None:
    page = api.get("/docs")
    assert page.status_code == 200
    assert "https://" not in page.text
    for asset in ("swagger-ui.css", "swagger-ui-bundle.js"):
        assert api.get(f"/static-offline-docs/{asset}").status_code == 200
