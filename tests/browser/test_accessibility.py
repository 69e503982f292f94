"""axe on every view, and what it cannot see: sizes, zoom, names in the spoken language."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.browser import axe
from tests.browser.browsing import Visit
from tests.browser.conftest import Visiting
from tests.browser.served import RICE
from tests.browser.test_journey_advice import AT_NINGHE
from tests.support.commands import Server

TARGET_PX = 24
"""Least size of what is pressed, of WCAG 2.2 AA (2.5.8); the page aims at 44."""

_SMALL = """
(least) => [...document.querySelectorAll("button, select, input, summary, [role=option]")]
  .map((node) => [node, node.getBoundingClientRect()])
  .filter(([node, box]) => box.width > 0 && !node.closest("[hidden], dialog:not([open])"))
  .filter(([node, box]) => !["checkbox", "radio", "range"].includes(node.type))
  .filter(([, box]) => box.width < least || box.height < least)
  .map(([node, box]) => `${node.id || node.className || node.tagName} ${box.width}x${box.height}`)
"""


def welcome(visit: Visit) -> None:
    visit.open()
    visit.page.locator("#welcome button").first.wait_for()


def results(visit: Visit) -> None:
    welcome(visit)
    visit.page.locator("#place").press_sequentially("宁")
    visit.page.locator("#results [role=option]").first.wait_for()


def answer(visit: Visit) -> None:
    visit.open(AT_NINGHE)
    visit.answered()
    settled(visit)


def unfolded(visit: Visit) -> None:
    answer(visit)
    visit.page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")


def passport(visit: Visit) -> None:
    answer(visit)
    visit.page.locator("#meteogram-body button", has_text=re.compile("来历|origin")).first.click()
    visit.page.locator("#dialog[open]").wait_for()


def map_open(visit: Visit) -> None:
    answer(visit)
    visit.page.locator("#map-open").click()
    visit.page.locator("#map-legend *").first.wait_for()


def printed(visit: Visit) -> None:
    answer(visit)
    visit.page.emulate_media(media="print")


def plain(visit: Visit) -> None:
    visit.open(f"/plain?place={quote('宁河')}&lang=zh")


def plain_advice(visit: Visit) -> None:
    visit.open(f"/plain?place={quote('宁河')}&crop={RICE}&lang=en")
    visit.page.locator("details summary").click()


def bulletin(visit: Visit) -> None:
    visit.open(f"/v1/advisories?place={quote('宁河')}&crop={RICE}&format=html&lang=zh")


VIEWS = [welcome, results, answer, unfolded, passport, map_open, printed]
VIEWS += [plain, plain_advice, bulletin]


def settled(visit: Visit) -> None:
    """Bring the parts below into view, so that they are there, and return to the top."""
    for part in ("#meteogram-body > *", "#skill-body > *"):
        visit.page.locator(part.split(" ")[0]).scroll_into_view_if_needed()
        visit.page.locator(part).first.wait_for(state="attached")
    visit.page.evaluate("scrollTo(0, 0)")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_phone(
    service: Server, visiting: Visiting, view: Callable[[Visit], None], scheme: str
) -> None:
    visit = visiting(service, color_scheme=scheme, reduced_motion="reduce")
    view(visit)
    on_paper = ["target-size"] if view is printed else []
    assert axe.violations(visit.page, without=on_paper) == []


@pytest.mark.parametrize("view", [answer, map_open], ids=lambda view: view.__name__)
def test_axe_finds_nothing_on_a_desk_in_english(
    service: Server, visiting: Visiting, view: Callable[[Visit], None]
) -> None:
    visit = visiting(service, screen="desk", lang="en", reduced_motion="reduce")
    view(visit)
    visit.page.locator("#lang").click()
    visit.page.locator("html[lang=en]").wait_for()
    assert axe.violations(visit.page) == []


def test_axe_finds_nothing_in_big_letters(service: Server, visiting: Visiting) -> None:
    visit = visiting(service, reduced_motion="reduce")
    answer(visit)
    visit.page.locator("#big").click()
    visit.page.locator("html[data-big]").wait_for()
    assert axe.violations(visit.page) == []


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("width", [320, 360])
def test_nothing_sticks_out_to_the_side_of_a_narrow_phone(
    service: Server, visiting: Visiting, width: int, big: bool
) -> None:
    visit = visiting(service, viewport={"width": width, "height": 740})
    answer(visit)
    if big:
        visit.page.locator("#big").click()
        visit.page.locator("html[data-big]").wait_for()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_pressed_is_as_large_as_a_finger_needs(service: Server, visiting: Visiting) -> None:
    visit = visiting(service)
    answer(visit)
    assert visit.page.evaluate(_SMALL, TARGET_PX) == []


def test_the_charts_are_told_in_words(service: Server, visiting: Visiting) -> None:
    visit = visiting(service)
    answer(visit)
    charts = visit.page.locator("#meteogram-body [role=img], #meteogram-body canvas")
    assert charts.count() > 0
    silent = visit.page.evaluate(
        """() => [...document.querySelectorAll("#meteogram-body canvas")].filter((chart) =>
             !chart.closest("[role=img][aria-label], [aria-hidden=true]")).length"""
    )
    assert silent == 0
    visit.page.locator("#meteogram-body summary", has_text="表").click()
    hours = visit.page.locator("#meteogram-body table tbody tr")
    hours.first.wait_for()
    assert hours.count() >= 48


def test_the_lights_have_a_shape_and_a_word_beside_their_colour(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service)
    answer(visit)
    cells = visit.page.locator("#advice-timeline table.lights tbody button")
    told = cells.evaluate_all(
        """(nodes) => nodes.map((node) =>
             [node.className, node.innerText.trim(), node.getAttribute("aria-label")])"""
    )
    assert len({shape for _, shape, _ in told}) >= 3
    assert all(shape and word for _, shape, word in told)
