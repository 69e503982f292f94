"""The map: two heights of one mountain, the hours, and no graphics card."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser import served
from tests.browser.browsing import Visit
from tests.browser.conftest import Visiting
from tests.browser.served import TEA
from tests.support.commands import Server
from tests.support.tea_hills import garden_at

AT_YUEXI = f"/?lat=31.0&lon=116.5&lang=zh&crop={TEA}"
FROST = "frost.spring"
COLDEST_DAY = "2025-04-14"
HEIGHTS = (300, 620)
WITHOUT_WEBGL = (
    "HTMLCanvasElement.prototype.getContext = ((own) => function (kind, ...more) {"
    " return /webgl/.test(kind) ? null : own.call(this, kind, ...more); })"
    "(HTMLCanvasElement.prototype.getContext)"
)


@dataclass(frozen=True)
class Ruler:
    """Degrees of the map by its pixels, from two taps; the region is small enough for a plane."""

    first: tuple[float, float]
    second: tuple[float, float]
    told: tuple[tuple[float, float], tuple[float, float]]

    def pixel(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Where a point lies in the window of the map."""
        (north_a, east_a), (north_b, east_b) = self.told
        across = (longitude - east_a) / (east_b - east_a)
        down = (latitude - north_a) / (north_b - north_a)
        return (
            self.first[0] + across * (self.second[0] - self.first[0]),
            self.first[1] + down * (self.second[1] - self.first[1]),
        )


def opened(visit: Visit, path: str = AT_YUEXI) -> None:
    """Open the page at a place, then its map."""
    visit.open(path)
    visit.answered()
    visit.page.locator("#map-open").click()
    visit.page.locator("#map-legend *").first.wait_for()
    visit.page.locator(".map-stage").scroll_into_view_if_needed()


def drawn(visit: Visit) -> None:
    """Wait until the layer of this hour stands."""
    visit.page.locator(".map-stage:not([data-busy])").wait_for()


def tapped(visit: Visit, at: tuple[float, float]) -> tuple[float, float]:
    """Tap the map; latitude and longitude that it tells of the point."""
    card = visit.page.locator(".map-reading")
    before = card.inner_text()
    visit.page.locator(".map-canvas").click(position={"x": at[0], "y": at[1]}, force=True)
    visit.until(
        """(before) => { const card = document.querySelector(".map-reading");
             return card.innerText !== before && card.querySelector(".map-value"); }""",
        before,
    )
    use = visit.page.locator("#map-use")
    assert use.is_enabled()
    told = visit.page.evaluate("document.querySelector('.map-reading h3').textContent")
    north, east = (part for part in told.replace("，", " ").split() if "°" in part)
    return _degrees(north), _degrees(east)


def values_asked(visit: Visit) -> list[str]:
    """Requests for numbers behind tiles."""
    return [url for url in visit.watch.requests if ".int16" in url]


def _degrees(text: str) -> float:
    return float("".join(letter for letter in text if letter in "0123456789."))


def test_two_heights_of_one_mountain_show_two_risks_of_frost_to_tea(
    service: Server, published: Path, visiting: Visiting
) -> None:
    visit = visiting(service, screen="desk", reduced_motion="reduce")
    opened(visit)
    page = visit.page
    page.locator("#map-kind-advice").click()
    page.select_option("#map-crop", TEA)
    page.select_option("#map-rule", FROST)
    page.locator("#map-time").focus()
    while COLDEST_DAY[-2:] not in visit.text("#map-moment"):
        page.keyboard.press("ArrowRight")
    box = page.locator(".map-canvas").bounding_box()
    assert box is not None
    corners = ((box["width"] * 0.3, box["height"] * 0.3), (box["width"] * 0.7, box["height"] * 0.7))
    ruler = Ruler(*corners, told=(tapped(visit, corners[0]), tapped(visit, corners[1])))
    grades = {}
    for height in HEIGHTS:
        tapped(visit, ruler.pixel(*garden_at(served.hills(published), height)))
        card = visit.text(".map-reading")
        told = int("".join(filter(str.isdigit, visit.text(".map-reading .quiet:has-text('海拔')"))))
        assert abs(told - height) < 60, card
        grades[height] = visit.text(".map-reading .map-value")
    assert grades[HEIGHTS[0]] != grades[HEIGHTS[1]]
    assert "霜冻" in grades[HEIGHTS[1]]
    page.locator("#map-use").click()
    visit.answered()
    assert "霜冻" in visit.text("#advice")


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_three_steps_of_the_slider_draw_three_different_pictures(
    service: Server, visiting: Visiting, pictures: Path, screen: str
) -> None:
    visit = visiting(service, screen=screen, reduced_motion="reduce")
    opened(visit)
    drawn(visit)
    seen, moments = [], []
    for step in range(3):
        picture = pictures / f"map-{screen}-{step}.png"
        seen.append(visit.page.locator(".map-stage").screenshot(path=picture))
        moments.append(visit.text("#map-moment"))
        visit.page.locator("#map-time").focus()
        for _ in range(8):
            visit.page.keyboard.press("ArrowRight")
        drawn(visit)
    assert len(set(moments)) == 3
    assert len(set(seen)) == 3


def test_the_map_plays_and_stops(service: Server, visiting: Visiting) -> None:
    visit = visiting(service, screen="desk")
    opened(visit)
    drawn(visit)
    before = visit.text("#map-moment")
    visit.page.locator(".map-play").click()
    visit.until("(before) => document.querySelector('#map-moment').innerText !== before", before)
    visit.page.locator(".map-play").click()
    drawn(visit)


def test_without_a_graphics_card_the_simple_map_draws_the_same_layers(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service, screen="desk")
    visit.context.add_init_script(WITHOUT_WEBGL)
    opened(visit)
    drawn(visit)
    kind = visit.page.locator(".map-stage").get_attribute("data-engine")
    tiles = [url for url in visit.watch.requests if "/tiles/temperature_2m/" in url]
    assert kind == "flat"
    assert tiles


def test_the_map_says_where_the_run_is_simulated(service: Server, visiting: Visiting) -> None:
    visit = visiting(service)
    opened(visit)
    assert "模拟" in visit.text(".map-simulated")


@pytest.mark.parametrize("engine", ["gl", "flat"])
def test_what_a_mouse_hovers_over_is_what_a_tap_there_is_answered(
    service: Server, visiting: Visiting, engine: str
) -> None:
    visit = visiting(service, screen="desk", reduced_motion="reduce")
    if engine == "flat":
        visit.context.add_init_script(WITHOUT_WEBGL)
    opened(visit)
    drawn(visit)
    box = visit.page.locator(".map-canvas").bounding_box()
    assert box is not None
    label = visit.page.locator(".map-hover")
    middle = {"x": box["width"] / 2 + 7, "y": box["height"] / 2 + 11}
    visit.page.mouse.move(box["x"] + middle["x"], box["y"] + middle["y"])
    label.wait_for()
    hovered = label.inner_text()
    assert hovered.endswith("°C")
    asked = values_asked(visit)
    assert len(asked) == 1
    for step in range(1, 12):
        visit.page.mouse.move(box["x"] + middle["x"] - step, box["y"] + middle["y"])
    assert label.is_visible()
    assert values_asked(visit) == asked
    tapped(visit, (middle["x"], middle["y"]))
    assert visit.text(".map-reading .map-value") == hovered
    assert visit.page.locator(".map-stage").get_attribute("data-engine") == engine


def test_the_hovered_value_follows_the_clock_and_goes_with_the_pointer(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service, screen="desk", reduced_motion="reduce")
    opened(visit)
    drawn(visit)
    box = visit.page.locator(".map-canvas").bounding_box()
    assert box is not None
    label = visit.page.locator(".map-hover")
    visit.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    label.wait_for()
    before = label.inner_text()
    visit.page.evaluate("document.querySelector('#map-time').focus({ preventScroll: true })")
    for _ in range(12):
        visit.page.keyboard.press("ArrowRight")
    visit.until(
        """(before) => { const label = document.querySelector(".map-hover");
             return !label.hidden && label.innerText !== before; }""",
        before,
    )
    visit.page.mouse.move(5, 5)
    label.wait_for(state="hidden")


def test_a_finger_has_no_hover_and_asks_for_no_numbers(service: Server, visiting: Visiting) -> None:
    visit = visiting(service)
    opened(visit)
    drawn(visit)
    visit.page.locator(".map-canvas").tap(position={"x": 120, "y": 160}, force=True)
    visit.page.locator("#map-use").wait_for()
    assert visit.page.locator(".map-hover").is_hidden()
    assert values_asked(visit) == []
