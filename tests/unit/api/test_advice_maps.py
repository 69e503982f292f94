"""`/v1/advisories/areas` and `/map`: one rule over the small region of 20 x 24 cells."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning

from forecast.export.grade_png import png
from tests.support.asking import Api
from tests.support.small_members import members_of, published_with
from tests.support.small_region import CYCLE, NAME, SmallRegion

FROST = {"region": NAME, "crop": "tea", "rule": "frost.spring"}


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    made = SmallRegion.create(tmp_path_factory.mktemp("small"))
    published_with(made, members_of(made, count=12))
    return made


@pytest.fixture(scope="module")
def api(region: SmallRegion) -> Api:
    return Api.over(region)


def test_areas_are_those_of_all_cells_by_day(api: Api) -> None:
    answer = api.get("/v1/advisories/areas", **FROST)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["simulated"] is True
    assert told["passport"]["age"]["state"] == "fresh"
    assert told["passport"]["crop"]["id"] == "tea.cuilan.yuexi"
    (zone,) = told["zones"]
    assert zone["name"] == NAME
    # 20 x 20 cells of land, of a hundredth of a degree at 39.45 degrees north
    assert zone["area_km2"] == pytest.approx(400 * 1.1119 * 0.8586, rel=1e-3)
    days = zone["rules"][0]["days"]
    assert [day["day"] for day in days] == ["2025-04-10", "2025-04-11", "2025-04-12"]
    for day in days:
        assert sum(one["share"] for one in day["grades"].values()) == pytest.approx(1, abs=1e-3)
    one = api.get("/v1/advisories/areas", **FROST, day="2025-04-11").json()
    assert one["zones"][0]["rules"][0]["days"] == days[1:2]


def test_a_rule_has_one_name_in_areas_on_the_map_and_in_advice(api: Api) -> None:
    name = {"zh": "茶园春霜冻", "en": "spring frost in tea gardens"}
    (zone,) = api.get("/v1/advisories/areas", **FROST).json()["zones"]
    assert zone["rules"][0]["name"] == name
    layers = {one["crop"]: one["rules"] for one in api.get("/v1/layers").json()["advice"]}
    drawn = {one["id"]: one["name"] for one in layers["tea.cuilan.yuexi"]}
    assert drawn["frost.spring"] == name
    notes = {one["id"]: one["note"] for one in layers["maize.spring.north"]}
    assert notes["lodging"] is None
    assert "no soil moisture" in notes["drought"]["en"]
    told = api.get("/v1/advisories", lat="39.45", lon="117.7", crop="tea").json()
    (frost,) = [one for one in told["advisories"] if one["rule"] == "frost.spring"]
    (line,) = [one for one in told["timelines"] if one["rule"] == "frost.spring"]
    assert frost["rule_name"] == line["name"] == name
    assert "茶园春霜冻" in frost["text"]["zh"]["title"]


def test_the_map_counts_the_cells_of_each_grade(api: Api) -> None:
    asked = {**FROST, "format": "json", "bbox": "117.65,39.40,117.70,39.50"}
    told = api.get("/v1/advisories/map", **asked).json()
    assert sum(told["cells"].values()) == 50
    assert told["day"] == "2025-04-10"
    assert told["box"] == "117.65,39.4,117.7,39.5"
    legend = {one["grade"]: one for one in told["legend"]}
    assert legend["level-1"]["zh"] == "轻度霜冻"
    assert legend["level-1"]["colour"] == "#5c97dc"


def test_the_picture_says_in_its_headers_what_it_shows(api: Api) -> None:
    answer = api.get("/v1/advisories/map", **FROST, day="2025-04-11")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert answer.headers["x-zhitian-simulated"] == "true"
    assert answer.headers["x-zhitian-day"] == "2025-04-11"
    assert answer.headers["x-zhitian-age"] == "fresh"
    legend = json.loads(answer.headers["x-zhitian-legend"])
    assert [one["zh"] for one in legend][:3] == ["不适用", "无资料", "无"]
    again = {"if-none-match": answer.headers["etag"]}
    same = api.get("/v1/advisories/map", **FROST, day="2025-04-11", headers=again)
    assert same.status_code == 304


def test_a_picture_is_read_back_by_another_library(tmp_path: Path) -> None:
    codes = np.array([[-2, -1, 0], [1, 2, 4]], np.int8)
    path = tmp_path / "map.png"
    path.write_bytes(png(codes, "hazard"))
    with pytest.warns(NotGeoreferencedWarning):
        back = rasterio.open(path)
    with back:
        plane, table = back.read(1), back.colormap(1)
    # 640 // 3 pixels along a cell; the southern row is below
    assert plane.shape == (2 * 213, 3 * 213)
    assert plane[::213, ::213].tolist() == [[1, 2, 4], [254, 255, 0]]
    assert table[4][:3] == (205, 35, 45)


def test_work_is_done_once_for_a_cycle(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    service = api.service
    real = service.grade_region
    monkeypatch.setattr(
        service, "grade_region", lambda *a, **k: calls.append(a) or real(*a, **k), raising=False
    )
    asked = {"region": NAME, "crop": "tea", "rule": "pluck"}
    for _ in range(2):
        assert api.get("/v1/advisories/areas", **asked).status_code == 200
    assert api.get("/v1/advisories/map", **asked, format="json").status_code == 200
    assert len(calls) == 1
    api.get("/v1/advisories/map", **asked, stage="plucking")
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"rule": "frost"}, 404, "rule 'frost' was asked"),
        ({"rule": "frost.spring,pluck"}, 400, "allowed is one rule"),
        ({"region": "nowhere"}, 404, "region 'nowhere' was asked"),
        ({"crop": "quinoa"}, 404, "crop 'quinoa' was asked"),
        ({"day": "2025-05-01"}, 400, "allowed are 2025-04-10 to 2025-04-12"),
        ({"bbox": "1,2,3,4"}, 404, "box 1,2,3,4 was asked; the region covers"),
        ({"stage": "flowering"}, 400, "stage 'flowering' was asked"),
    ],
)
def test_each_fault_is_a_problem_in_one_sentence(
    api: Api, changed: dict[str, str], status: int, sentence: str
) -> None:
    answer = api.get("/v1/advisories/map", **{**FROST, **changed})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert sentence in answer.json()["detail"]


def test_an_expired_cycle_has_no_map(region: SmallRegion) -> None:
    late = Api.over(region, now=CYCLE + timedelta(hours=37))
    answer = late.get("/v1/advisories/areas", **FROST)
    assert answer.status_code == 503
    assert "expired: nothing is advised from it" in answer.json()["detail"]
