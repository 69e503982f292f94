"""The page without a mouse, and the page without a script."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.browser.browsing import Visit
from tests.browser.conftest import Visiting
from tests.browser.served import RICE
from tests.browser.test_accessibility import settled
from tests.browser.test_journey_advice import AT_NINGHE
from tests.support.commands import Server

_ADVISED = {
    "zh": ("2级", "育秧期低温大风", "加固棚膜", "依据", "把握", "（模拟）小站稻"),
    "en": (
        "Level 2",
        "Cold and wind in the nursery",
        "Fasten film",
        "Why",
        "How sure",
        "(simulated)",
    ),
}

_FOCUSED = """
() => {
  const node = document.activeElement;
  const style = getComputedStyle(node);
  const box = node.getBoundingClientRect();
  const part = node.closest("section[id]");
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return {
    id: node.id,
    text: node.outerHTML.slice(0, 90),
    done: node === document.body,
    part: part?.id || node.closest("header, footer")?.tagName || "",
    ring: outlined || style.boxShadow !== "none",
    seen: box.width > 0 && box.height > 0,
  };
}
"""
ENOUGH = 150
"""Stops of the tab key that no page should need."""


def focused(visit: Visit) -> dict[str, Any]:
    """What the keyboard is on."""
    return dict(visit.page.evaluate(_FOCUSED))


def test_a_place_is_found_chosen_and_read_by_keys_alone(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service, screen="desk")
    page = visit.page
    visit.open()
    page.locator("#welcome").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    while focused(visit)["id"] != "place":
        page.keyboard.press("Tab")
    page.keyboard.type("ningh")
    page.locator("#results [role=option]").first.wait_for()
    assert page.locator("#place").get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    marked = page.locator("#results [aria-selected=true]")
    assert page.locator("#place").get_attribute("aria-activedescendant") == marked.get_attribute(
        "id"
    )
    assert "宁河" in marked.inner_text()
    page.keyboard.press("Enter")
    visit.answered()
    assert "宁河" in visit.text("#where-name")
    assert page.locator("#results").is_hidden()


def test_escape_closes_the_list_and_keeps_the_text(service: Server, visiting: Visiting) -> None:
    visit = visiting(service, screen="desk")
    visit.open()
    visit.page.locator("#place").press_sequentially("宁河")
    visit.page.locator("#results [role=option]").first.wait_for()
    visit.page.keyboard.press("Escape")
    assert visit.page.locator("#results").is_hidden()
    assert visit.page.locator("#place").input_value() == "宁河"


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_the_tab_key_goes_through_the_parts_in_their_order_and_is_seen_everywhere(
    service: Server, visiting: Visiting, screen: str
) -> None:
    visit = visiting(service, screen=screen)
    visit.open(AT_NINGHE)
    visit.answered()
    settled(visit)
    stops = []
    for _ in range(ENOUGH):
        visit.page.keyboard.press("Tab")
        stop = focused(visit)
        if stop["done"]:
            break
        stops.append(stop)
    assert len(stops) < ENOUGH, "the keyboard is caught"
    assert [stop for stop in stops if not (stop["ring"] and stop["seen"])] == []
    parts = list(dict.fromkeys(stop["part"] for stop in stops))
    wanted = ["HEADER", "where", "advice", "glance", "meteogram", "map-card", "passport", "fields"]
    assert [part for part in parts if part in wanted] == wanted


def test_the_lights_are_one_stop_and_moved_in_by_arrows(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service, screen="desk")
    visit.open(AT_NINGHE)
    visit.answered()
    lights = visit.page.locator("#advice-timeline table.lights button")
    assert visit.page.locator("#advice-timeline table.lights button[tabindex='0']").count() == 1
    lights.first.focus()
    before = visit.page.evaluate("document.activeElement.getAttribute('aria-label')")
    visit.page.keyboard.press("ArrowRight")
    after = visit.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert after != before
    visit.page.keyboard.press("Enter")
    visit.page.locator(
        "#advice-timeline .cell-told strong, #advice-timeline .cell-told p"
    ).first.wait_for()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_scripts_the_plain_page_answers(
    service: Server, visiting: Visiting, lang: str
) -> None:
    visit = visiting(service, lang=lang, java_script_enabled=False)
    visit.open()
    link = visit.page.locator("noscript a, main a[href^='plain']").nth(0 if lang == "zh" else 1)
    link.click()
    visit.page.fill("#place", "宁河")
    visit.page.select_option("#crop", RICE)
    visit.page.locator("form button").click()
    text = visit.text("body")
    advice = visit.text("section[aria-labelledby=advice]")
    for word in _ADVISED[lang]:
        assert word in advice
    assert visit.page.locator("#crop").input_value() == RICE
    assert ("宁河" if lang == "zh" else "Ninghe") in text
    assert "°" in text
    assert visit.page.url.startswith(f"{service.url}/plain?")
    assert quote("宁河") in visit.page.url
    visit.page.locator("header a").click()
    assert visit.page.locator("section[aria-labelledby=advice] .level-2").is_visible()
