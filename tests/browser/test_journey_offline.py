"""The network goes: the last answer stays readable, with its age in plain words."""

import re

import pytest

from tests.browser.browsing import Visit
from tests.browser.conftest import Visiting
from tests.browser.test_journey_advice import AT_NINGHE
from tests.support.commands import Server

_CONTROLLED = "() => navigator.serviceWorker.controller !== null"
CUT = "net::ERR_"


def visited(visit: Visit) -> None:
    """Open the page twice, so that the worker holds page and answers."""
    visit.open(AT_NINGHE)
    visit.answered()
    visit.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    visit.until(_CONTROLLED)
    visit.page.reload()
    visit.answered()
    visit.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_network_the_last_answer_is_shown_with_its_age(
    service: Server, visiting: Visiting, lang: str
) -> None:
    visit = visiting(service, lang=lang)
    visited(visit)
    if lang == "en":
        visit.page.locator("#lang").click()
        visit.page.wait_for_load_state("networkidle")
    before = visit.text("#where-name")
    visit.watch.allow(CUT)
    visit.context.set_offline(True)
    visit.page.reload()
    visit.answered()
    assert visit.text("#where-name") == before
    age = "分钟前|刚刚|小时前" if lang == "zh" else "ago|just now"
    visit.page.locator("#banner", has_text=re.compile(age)).wait_for()
    assert ("网络" if lang == "zh" else "etwork") in visit.text("#banner")
    assert ("低温大风" if lang == "zh" else "Cold and windy") in visit.text("#advice")


def test_a_new_place_without_a_network_is_refused_in_one_sentence_and_not_guessed(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service)
    visited(visit)
    visit.watch.allow(CUT)
    visit.context.set_offline(True)
    visit.page.locator("#place").press_sequentially("岳西")
    visit.page.locator("#search-said", has_text="没有网络").wait_for()


def test_when_the_network_is_back_the_page_asks_again_and_the_notice_goes(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service)
    visited(visit)
    visit.watch.allow(CUT)
    visit.context.set_offline(True)
    visit.page.reload()
    visit.page.locator("#banner", has_text="网络").wait_for()
    visit.context.set_offline(False)
    visit.page.locator("#notices", has_text="没有网络").wait_for(state="detached")
    visit.answered()
