"""How sure a place is: what was typed, where the phone stands, what was picked by its name."""

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Route

from tests.browser import axe
from tests.browser.browsing import Visit
from tests.browser.conftest import Visiting
from tests.browser.served import NINGHE
from tests.browser.test_journey_map import opened, tapped
from tests.support.commands import Server

HILLS = (31.0, 116.5)
"""Typed to two decimals it stands on the corner of four cells: 75 % for another one than that which
answers."""

TYPED = "31.00, 116.50"
LINE = {"zh": "田块可能在旁边的公里格里（可能性75%）", "en": "in the next kilometre square (75%)"}
POINT_OF_NAME = {"zh": "地名的点，代表整个地方", "en": "the point of a named place"}
PLANE_M = 111_195
"""Metres of a degree of latitude on a sphere of 6371 km."""


def questions(visit: Visit, path: str = "/v1/forecast") -> list[dict[str, str]]:
    """Queries that were sent to a route."""
    asked = [urlsplit(url) for url in visit.watch.requests]
    return [
        {name: values[0] for name, values in parse_qs(one.query).items()}
        for one in asked
        if one.path == path
    ]


def facts(visit: Visit, name: str) -> str:
    """A row of the passport, which is closed at first."""
    row = visit.page.locator("#passport-body dl.facts > div", has_text=name).first
    return row.locator("dd").text_content() or ""


def typed(visit: Visit, text: str = TYPED) -> None:
    visit.open()
    visit.search(text)
    visit.page.locator("#passport-body dl.facts").wait_for(state="attached")


def lowest(service: Server, latitude: float, longitude: float) -> float:
    """Lowest temperature of a cell over all hours, asked at its middle."""
    query: dict[str, Any] = {"lat": latitude, "lon": longitude, "hourly": "temperature_2m"}
    answer = httpx.get(f"{service.url}/v1/forecast", params=query, trust_env=False).json()
    return float(min(answer["hourly"]["temperature_2m"]))


@pytest.mark.parametrize(("screen", "lang"), [("phone", "zh"), ("desk", "en")])
def test_two_decimals_say_that_another_cell_may_be_meant_and_how_different_it_is(
    service: Server, visiting: Visiting, screen: str, lang: str
) -> None:
    visit = visiting(service, screen=screen, lang=lang)
    typed(visit)
    assert LINE[lang] in visit.text("#doubt")
    visit.page.locator("#doubt button").click()
    said = visit.page.locator("#doubt-said", has_text=re.compile(r"°C"))
    said.wait_for()
    north, east = HILLS
    cells = [(north + n, east + e) for n in (-0.005, 0.005) for e in (-0.005, 0.005)]
    minima = [lowest(service, *cell) for cell in cells]
    told = [float(one.replace("−", "-")) for one in re.findall(r"([−\d.]+)°C", said.inner_text())]
    assert min(minima) == pytest.approx(min(told), abs=0.051)
    assert max(minima) == pytest.approx(max(told), abs=0.051)
    visit.page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert axe.violations(visit.page) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_dialog_tells_digits_edge_datum_and_chance(
    service: Server, visiting: Visiting, lang: str
) -> None:
    visit = visiting(service, lang=lang)
    typed(visit)
    told = {
        "zh": ("坐标精度", "坐标系", "在别的格子的可能性"),
        "en": ("How exact", "Datum", "Chance"),
    }
    exact, datum, chance = told[lang]
    assert "±0.005°" in facts(visit, exact)
    assert "WGS 84" in facts(visit, datum)
    assert ("未说明" if lang == "zh" else "not said") in facts(visit, datum)
    assert facts(visit, chance) == "75%"
    visit.page.locator("#meteogram-body").scroll_into_view_if_needed()
    visit.page.locator("#meteogram-body button", has_text=re.compile("来历|Details")).first.click()
    visit.page.locator("#dialog[open]", has_text="±0.005°").wait_for()
    assert axe.violations(visit.page) == []


def test_zeros_that_were_typed_are_asked_linked_and_saved(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service)
    typed(visit, "39.4500, 117.720")
    asked = [one for one in questions(visit) if "lat" in one]
    assert {(one["lat"], one["lon"]) for one in asked} == {("39.4500", "117.720")}
    assert "lat=39.4500&lon=117.720" in visit.page.url
    assert "±0.00005° / ±0.0005°" in facts(visit, "坐标精度")
    visit.page.fill("#field-name", "南地")
    visit.page.locator("#fields-body form button[type=submit]").click()
    visit.page.locator(".field.shown", has_text="南地").wait_for()
    named = visit.page.url
    assert "precision=digits" in named
    visit.search("岳西")
    visit.page.locator(".field-open", has_text="南地").click()
    visit.page.locator("#where-name", has_text="南地").wait_for()
    visit.answered()
    assert visit.page.url.partition("&crop")[0] == named.partition("&crop")[0]
    assert questions(visit)[-1]["lat"] == "39.4500"
    other = visiting(service)
    other.page.goto(named)
    other.answered()
    assert {one["lat"] for one in questions(other) if "lat" in one} == {"39.4500"}


@pytest.mark.parametrize(("accuracy", "chance"), [(12, False), (2000, True)])
def test_a_position_is_asked_with_its_accuracy(
    service: Server, visiting: Visiting, accuracy: int, chance: bool
) -> None:
    spot = {"latitude": 39.4551, "longitude": 117.7251, "accuracy": accuracy}
    visit = visiting(service, geolocation=spot, permissions=["geolocation"])
    visit.open()
    visit.page.locator("#locate").click()
    visit.answered()
    asked = questions(visit) + questions(visit, "/v1/advisories")
    assert {one["precision"] for one in asked} == {f"{accuracy}m"}
    assert visit.page.locator("#doubt").is_visible() is chance
    # the phone's own position is no question of maps
    assert visit.page.locator("#datum").is_hidden()
    visit.page.locator("#passport-body dl.facts").wait_for(state="attached")
    assert f"±{accuracy} 米" in facts(visit, "坐标精度")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_place_picked_by_its_name_has_no_chance(
    service: Server, visiting: Visiting, lang: str
) -> None:
    visit = visiting(service, lang=lang)
    typed(visit, "宁河")
    assert visit.page.locator("#doubt").is_hidden()
    assert not any("precision" in one or "datum" in one for one in questions(visit))
    sheet = visit.page.locator("#passport-body dl.facts").text_content() or ""
    assert POINT_OF_NAME[lang] in sheet
    assert "75%" not in sheet


def test_an_old_link_and_an_old_saved_field_open_as_before(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service)
    field = {"id": "a", "name": "老田", "latitude": NINGHE[0], "longitude": NINGHE[1]}
    old = {**field, "elevation": None, "crop": None, "stage": None, "situation": {}}
    visit.open()
    visit.page.evaluate(
        "(text) => localStorage.setItem('zhitian.page', text)",
        json.dumps({"version": 1, "fields": [old]}),
    )
    visit.open("/?name=老地&lat=39.45&lon=117.72")
    visit.answered()
    assert visit.page.locator("#doubt").is_hidden()
    visit.page.locator(".field-open", has_text="老田").click()
    visit.page.locator("#where-name", has_text="老田").wait_for()
    visit.answered()
    assert visit.page.locator("#doubt").is_hidden()


def test_a_street_map_is_declared_kept_in_the_link_and_moves_nothing(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service)
    typed(visit, "39.4550, 117.7250")
    assert visit.page.locator("#doubt .doubt-line").is_hidden()
    visit.page.locator("#doubt summary").click()
    with visit.page.expect_response("**/v1/forecast?*datum=gcj02*"):
        visit.page.select_option("#datum", "gcj02")
    visit.answered()
    # 560 m at Ninghe, as the decision on coordinates has it
    visit.page.locator("#doubt .doubt-line", has_text=re.compile("5[56]0 米")).wait_for()
    assert "datum=gcj02" in visit.page.url
    assert "lat=39.4550&lon=117.7250" in visit.page.url
    assert "39.4550" in facts(visit, "所问地点")
    other = visiting(service, lang="en")
    other.page.goto(visit.page.url)
    other.answered()
    assert {one["datum"] for one in questions(other, "/v1/advisories")} == {"gcj02"}
    other.page.locator("#doubt", has_text="GCJ-02").wait_for()


def test_a_tap_on_the_map_is_as_exact_as_the_map_is_close(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service, screen="desk")
    opened(visit)
    width = visit.page.locator(".map-canvas").bounding_box()
    assert width
    told = [tapped(visit, (width["width"] / 2 + dx, width["height"] / 2)) for dx in (-60.0, 60.0)]
    metres = (told[1][1] - told[0][1]) * PLANE_M * 0.857 / 120
    visit.page.locator("#map-use").click()
    visit.answered()
    precision = re.search(r"precision=(\d+)m", visit.page.url)
    assert precision
    # four pixels, where a pixel is as wide as 120 of them between two taps say
    assert int(precision[1]) == pytest.approx(4 * metres, rel=0.05)


def test_a_place_of_a_list_is_asked_again_at_its_own_height(
    service: Server, visiting: Visiting
) -> None:
    def on_a_list(route: Route) -> None:
        answer = route.fetch()
        document = answer.json()
        document["place"] |= {"kind": "own", "elevation": 120.0}
        route.fulfill(response=answer, json=document)

    visit = visiting(service, service_workers="block")
    visit.page.route("**/v1/forecast?place=*", on_a_list)
    with visit.page.expect_response("**/v1/forecast?*elevation=120*"):
        visit.open("/?place=宁河")
    visit.answered()
    assert "elevation=120" in visit.page.url
    assert "120 米" in visit.text("#where")


def test_without_a_network_a_kept_answer_tells_no_chance_of_other_digits(
    service: Server, visiting: Visiting
) -> None:
    north, east = NINGHE
    visit = visiting(service)
    for _ in range(2):
        visit.open(f"/?lat={north}&lon={east}")
        visit.answered()
        visit.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    visit.page.wait_for_load_state("networkidle")
    assert "75%" in visit.text("#doubt")
    visit.watch.allow("net::ERR_")
    visit.context.set_offline(True)
    visit.open(f"/?lat={north:.4f}&lon={east:.4f}")
    visit.answered()
    assert "°C" in visit.text("#glance")
    assert visit.page.locator("#doubt .doubt-line").is_hidden()
    visit.open(f"/?lat={north}&lon={east}")
    visit.answered()
    assert "75%" in visit.text("#doubt")
