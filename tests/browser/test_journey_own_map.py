"""What an operator adds to the map: zones with their names, a base layer with its review number."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from forecast.query.place_lists import OwnPlaces, read_list
from forecast.service.maps.picture import nothing
from tests.browser import served
from tests.browser.conftest import Visiting
from tests.browser.test_journey_map import AT_YUEXI, WITHOUT_WEBGL, drawn, opened
from tests.support.commands import Server

ZONE = "试验茶区"
REVIEW = "GS(2024)0000号"
BASE = f"""\
name_zh = "影像"
name_en = "Imagery"
attribution = "© 测绘院"
review_number = "{REVIEW}"
min_zoom = 4
max_zoom = 12
tiles = "tiles"
"""


@pytest.fixture(scope="module")
def own_service(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service with a zone south of the page's place, and with a base layer."""
    folder = tmp_path_factory.mktemp("own")
    ring = [[116.42, 30.90], [116.58, 30.90], [116.58, 30.96], [116.42, 30.96], [116.42, 30.90]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    zone = {"type": "Feature", "properties": {"name_zh": ZONE}, "geometry": shape}
    zones = folder / "zones.geojson"
    zones.write_text(json.dumps({"type": "FeatureCollection", "features": [zone]}), "utf-8")
    places = OwnPlaces(folder / "places.sqlite")
    places.add("zones", read_list(zones), file=zones.name, now=served.NOW)
    (folder / "base.toml").write_text(BASE, encoding="utf-8")
    (folder / "tiles" / "4" / "0").mkdir(parents=True)
    (folder / "tiles" / "4" / "0" / "0.png").write_bytes(nothing())
    own = {"places": places.path, "base_layer": folder / "base.toml"}
    with served.server(published, **own) as server:
        yield server


@pytest.mark.parametrize("screen", ["phone", "desk"])
@pytest.mark.parametrize("engine", ["gl", "flat"])
def test_zones_are_drawn_and_named(
    own_service: Server, visiting: Visiting, pictures: Path, screen: str, engine: str
) -> None:
    visit = visiting(own_service, screen=screen)
    if engine == "flat":
        visit.context.add_init_script(WITHOUT_WEBGL)
    opened(visit, AT_YUEXI)
    drawn(visit)
    name = visit.page.locator(".map-name.zone")
    name.wait_for(state="attached")
    assert name.inner_text() == ZONE
    if engine == "flat":
        # the outline and its halo
        assert visit.page.locator(".leaflet-overlay-pane path").count() == 2
    stage = visit.page.locator(".map-stage")
    assert stage.get_attribute("data-engine") == engine
    stage.screenshot(path=pictures / f"map-zones-{screen}-{engine}.png")


@pytest.mark.parametrize("engine", ["gl", "flat"])
def test_a_base_layer_is_shown_with_its_review_number_and_only_when_it_is_chosen(
    own_service: Server, visiting: Visiting, engine: str
) -> None:
    visit = visiting(own_service, screen="desk")
    if engine == "flat":
        visit.context.add_init_script(WITHOUT_WEBGL)
    opened(visit, AT_YUEXI)
    drawn(visit)
    page, credit = visit.page, visit.page.locator(".map-credit")

    def asked() -> list[str]:
        return [url for url in visit.watch.requests if "/tiles/base/" in url]

    assert asked() == []
    assert credit.is_hidden()
    with page.expect_response("**/tiles/base/**") as answer:
        page.select_option("#map-ground", "own")
    assert answer.value.status == 200
    assert credit.inner_text() == f"© 测绘院 · 审图号：{REVIEW}"
    assert REVIEW in visit.text(".map-sources")
    opened(visit, AT_YUEXI)
    credit.wait_for()
    page.select_option("#map-ground", "relief")
    assert credit.is_hidden()
    assert REVIEW not in visit.text(".map-sources")


def test_without_a_base_layer_nothing_is_offered(service: Server, visiting: Visiting) -> None:
    visit = visiting(service, screen="desk")
    opened(visit, AT_YUEXI)
    assert visit.page.locator("#map-ground").count() == 0
