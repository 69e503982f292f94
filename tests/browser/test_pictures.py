"""What the page looks like, at both sizes and in both languages, to be looked at by people."""

from pathlib import Path

import pytest

from tests.browser.conftest import Visiting
from tests.browser.test_accessibility import settled
from tests.browser.test_journey_advice import AT_NINGHE
from tests.browser.test_journey_map import AT_YUEXI, drawn, opened
from tests.support.commands import Server

LARGEST_BYTES = 300_000
"""Of a picture that is passed on by phones."""

COLD_NIGHT_H = 84
"""Hours from the afternoon of the 10th to the night before the 14th."""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_the_page_is_pictured_whole(
    service: Server, visiting: Visiting, pictures: Path, screen: str, lang: str
) -> None:
    visit = visiting(service, screen=screen, lang=lang, reduced_motion="reduce")
    visit.open(AT_NINGHE.replace("lang=zh", f"lang={lang}"))
    visit.answered()
    settled(visit)
    visit.page.screenshot(path=pictures / f"page-{screen}-{lang}.png")
    whole = pictures / f"page-{screen}-{lang}-whole.png"
    visit.page.screenshot(path=whole, full_page=True)
    assert whole.stat().st_size > 50_000


def test_the_phone_shows_warning_and_action_on_its_first_two_screens(
    service: Server, visiting: Visiting, pictures: Path
) -> None:
    visit = visiting(service, reduced_motion="reduce", device_scale_factor=1.5)
    visit.open(AT_NINGHE)
    visit.answered()
    action = visit.page.locator("#advice").get_by_text("加固棚膜").first
    box = action.bounding_box()
    assert box is not None
    assert box["y"] < 2 * 740
    advice = visit.page.locator("#advice-title").bounding_box()
    assert advice is not None
    assert advice["y"] < 740
    picture = visit.page.screenshot(path=pictures / "warning-phone-zh.png")
    assert len(picture) < LARGEST_BYTES


def test_the_map_shows_the_cold_night_in_the_hills(
    service: Server, visiting: Visiting, pictures: Path
) -> None:
    visit = visiting(service, screen="desk", lang="en", reduced_motion="reduce")
    opened(visit, AT_YUEXI.replace("lang=zh", "lang=en"))
    drawn(visit)
    visit.page.locator("#map-span").click()
    slider = visit.page.locator("#map-time")
    slider.fill(str(int(slider.input_value()) + COLD_NIGHT_H))
    drawn(visit)
    assert "14 Apr" in visit.text("#map-moment")
    visit.page.wait_for_load_state("networkidle")
    picture = visit.page.locator("#map").screenshot(path=pictures / "night-map-en.png")
    assert len(picture) < LARGEST_BYTES
