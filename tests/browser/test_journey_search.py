"""A farmer looks for the own field: by name, sound, coordinates, link or saved name."""

import re

import pytest

from tests.browser.browsing import Visit
from tests.browser.conftest import Visiting
from tests.browser.served import NINGHE, RICE
from tests.support.commands import Server

SCREENS_AND_TONGUES = [(screen, lang) for screen in ("phone", "desk") for lang in ("zh", "en")]
WARNING = {
    "zh": ("低温大风", "加固棚膜", "12-13日"),
    "en": ("Cold and windy", "asten film", "12-13 Apr"),
}
NAME = {"zh": "宁河", "en": "Ninghe"}
FORMS = ("宁河", "ninghe", "nh", "Ninghe", "117°43′E 39°27′N")


def cell(visit: Visit) -> str:
    """Row and column of the cell, as the passport tells its middle."""
    facts = visit.page.locator("#passport-body dl.facts").text_content() or ""
    found = re.search(r"格点\s*(北纬\s*[\d.]+°，东经\s*[\d.]+°)", facts)
    assert found, facts
    return found.group(1)


@pytest.mark.parametrize(("screen", "lang"), SCREENS_AND_TONGUES)
def test_ninghe_gives_the_forecast_and_the_advice_on_rice_nurseries(
    service: Server, visiting: Visiting, screen: str, lang: str
) -> None:
    visit = visiting(service, screen=screen, lang=lang)
    visit.open()
    visit.search("宁河")
    assert NAME[lang] in visit.text("#where-name")
    assert visit.page.locator("#crop").input_value() == RICE
    advice = visit.text("#advice")
    for part in WARNING[lang]:
        assert part in advice
    days = visit.page.locator("#glance-body table tbody tr")
    assert days.count() >= 10
    lowest = re.search(r"(-?\d+)\s*°C", days.nth(3).inner_text())
    assert lowest
    assert int(lowest.group(1)) == pytest.approx(6, abs=1)


@pytest.mark.parametrize("screen", ["phone"])
def test_names_sounds_initials_and_coordinates_give_the_same_cell(
    service: Server, visiting: Visiting, screen: str
) -> None:
    visit = visiting(service, screen=screen)
    visit.open()
    cells = {}
    for form in FORMS:
        visit.search(form)
        cells[form] = cell(visit)
    assert len(cells) == len(FORMS)
    assert len(set(cells.values())) == 1, cells


def test_the_name_in_the_address_of_a_link_opens_the_same_advice(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service)
    visit.open()
    visit.search("宁河")
    shared = visit.page.url
    other = visiting(service, lang="en")
    other.page.goto(shared)
    other.answered()
    assert "Ninghe" in other.text("#where-name")
    assert other.text("#glance-body .now-value")[:4] == visit.text("#glance-body .now-value")[:4]
    assert other.page.locator("#crop").input_value() == RICE
    assert "12-13" in other.text("#advice")


def test_a_link_that_holds_only_a_name_finds_the_place(service: Server, visiting: Visiting) -> None:
    visit = visiting(service)
    visit.open("/?place=ninghe&lang=zh")
    visit.answered()
    assert "宁河" in visit.text("#where-name")
    assert f"lat={NINGHE[0]}" in visit.page.url


def test_a_saved_field_is_there_after_the_page_is_opened_again_and_shows_its_weather(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service)
    visit.open()
    visit.search("宁河")
    visit.page.fill("#field-name", "河边的秧田")
    visit.page.locator("#fields-body form button[type=submit]").click()
    visit.page.locator(".field-name", has_text="河边的秧田").wait_for()
    visit.search("岳西")
    assert "岳西" in visit.text("#where-name")
    visit.open("/")
    visit.page.locator(".field-open", has_text="河边的秧田").click()
    visit.page.locator("#where-name", has_text="河边的秧田").wait_for()
    visit.answered()
    assert visit.page.locator("#crop").input_value() == RICE


def test_the_position_of_the_phone_gives_the_field_that_it_stands_in(
    service: Server, visiting: Visiting
) -> None:
    latitude, longitude = NINGHE
    visit = visiting(
        service,
        geolocation={"latitude": latitude, "longitude": longitude, "accuracy": 12},
        permissions=["geolocation"],
    )
    visit.open()
    visit.page.locator("#locate").click()
    visit.answered()
    assert "39.45" in visit.text("#where-name")
    assert "宁河" in visit.text("#where")


def test_a_place_that_is_not_served_is_named_and_nothing_is_shown_for_it(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service)
    visit.open()
    visit.page.locator("#place").press_sequentially("拉萨")
    visit.page.locator("#results [role=option]").first.wait_for()
    visit.page.keyboard.press("Enter")
    visit.page.locator("#search-said", has_text="不在本服务的范围内").wait_for()
    assert visit.page.locator("#welcome").is_visible()
