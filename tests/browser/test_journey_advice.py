"""Crop, stage and language are switched; what is simulated or expired says so everywhere."""

import re
from typing import Any
from urllib.parse import quote

import pytest

from tests.browser.conftest import Visiting
from tests.browser.served import NINGHE, RICE, TEA
from tests.support.commands import Server

AT_NINGHE = f"/?lat={NINGHE[0]}&lon={NINGHE[1]}&name={quote('宁河')}&lang=zh&crop={RICE}"
SIMULATED = {"zh": "模拟", "en": "imulat"}


def test_another_stage_gives_other_advice(service: Server, visiting: Visiting) -> None:
    visit = visiting(service)
    visit.open(AT_NINGHE)
    visit.answered()
    assert visit.page.locator("#advice-cards [data-rule='nursery.cold_wind']").count() > 0
    with visit.page.expect_response(lambda answer: "stage=booting" in answer.url):
        visit.page.select_option("#stage", "booting")
    visit.page.locator("#advice-cards [data-rule='booting.cold']", has_text="孕穗").first.wait_for()
    assert "stage=booting" in visit.page.url
    assert "低温大风" not in visit.text("#advice-timeline")
    assert "低温大风" not in visit.text("#share-body")


def test_another_crop_is_remembered_for_the_field(service: Server, visiting: Visiting) -> None:
    visit = visiting(service)
    visit.open()
    visit.search("宁河")
    with visit.page.expect_response(lambda answer: "soybean.summer.haihe" in answer.url):
        visit.page.select_option("#crop", "soybean.summer.haihe")
    visit.open("/")
    visit.answered()
    assert visit.page.locator("#crop").input_value() == "soybean.summer.haihe"


def test_the_language_switches_all_words_and_keeps_place_and_crop(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service)
    visit.open(AT_NINGHE)
    visit.answered()
    visit.page.locator("#lang").click()
    visit.page.locator("#advice-title", has_text=re.compile("[A-Za-z]")).wait_for()
    assert visit.page.locator("html").get_attribute("lang") == "en"
    visit.page.locator("#advice", has_text="Cold and windy").wait_for()
    chinese = re.findall("[\u4e00-\u9fff]{2,}", visit.text("main"))
    assert set(chinese) <= {"宁河", "宁河区"}, chinese
    visit.page.locator("#lang").click()
    visit.page.locator("#advice", has_text="低温大风").wait_for()
    assert visit.page.locator("#crop").input_value() == RICE


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_simulated_cycle_says_so_on_page_plain_page_bulletin_and_message(
    service: Server, visiting: Visiting, lang: str
) -> None:
    word = SIMULATED[lang]
    visit = visiting(service, lang=lang)
    visit.open(AT_NINGHE.replace("lang=zh", f"lang={lang}"))
    visit.answered()
    banner = visit.page.locator("#banner [role=alert]", has_text=re.compile(word, re.IGNORECASE))
    assert banner.first.is_visible()
    assert banner.first.bounding_box()["y"] < visit.page.locator("#advice").bounding_box()["y"]
    assert word in visit.text("#share-body blockquote").lower()
    assert word in str(visit.page.locator("#passport-body dl").text_content()).lower()
    bulletin = visit.page.locator("#share-body a[href*='format=html']").get_attribute("href")
    visit.page.emulate_media(media="print")
    assert banner.first.is_visible()
    visit.page.emulate_media(media="screen")
    visit.page.goto(str(bulletin))
    assert word in visit.text("body").lower()
    visit.open(f"/plain?place={quote('宁河')}&lang={lang}")
    assert word in visit.text("body").lower()


def test_a_cycle_that_is_not_simulated_has_no_such_banner(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service)

    def as_if_real(route: Any) -> None:
        answer = route.fetch()
        told = answer.json()
        told["simulated"] = told["passport"]["simulated"] = False
        route.fulfill(response=answer, json=told)

    visit.page.route("**/v1/forecast?*", as_if_real)
    visit.open(AT_NINGHE)
    visit.answered()
    assert visit.page.locator("#banner [role=alert]", has_text="模拟").count() == 0
    visit.page.wait_for_load_state("networkidle")
    visit.page.unroute_all(behavior="wait")


def test_nothing_is_advised_from_an_expired_forecast_and_the_page_says_so(
    late_service: Server, visiting: Visiting
) -> None:
    visit = visiting(late_service)
    visit.watch.allow("the server responded with a status of 5")
    visit.open(AT_NINGHE)
    visit.page.locator("#banner", has_text="已过期").wait_for()
    visit.page.locator("#glance-body table tbody tr").first.wait_for()
    visit.page.locator("#advice-body", has_text="过期").wait_for()
    advice = visit.text("#advice-body")
    assert "过期" in advice
    assert [part for part in ("加固棚膜", "适宜", "低温大风") if part in advice] == []
    assert visit.page.locator("#advice-cards [data-rule]").count() == 0
    assert visit.page.locator("#share-body blockquote").count() == 0


def test_at_two_heights_of_one_hill_the_risk_of_frost_to_tea_differs(
    service: Server, visiting: Visiting
) -> None:
    told = {}
    for height in (300, 700):
        visit = visiting(service)
        visit.open(f"/?lat=31.0&lon=116.4&elevation={height}&crop={TEA}&lang=zh")
        visit.answered()
        told[height] = visit.page.locator("#advice-timeline").inner_text()
        assert str(height) in visit.text("#where")
    assert told[300] != told[700]
