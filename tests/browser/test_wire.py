"""What is sent, by whom, and under which policy."""

import httpx
import pytest

from tests.browser.browsing import Visit
from tests.browser.conftest import Visiting
from tests.browser.network import slowed
from tests.browser.relay import Relay
from tests.browser.test_journey_advice import AT_NINGHE
from tests.support.commands import Server

FIRST_VISIT_BYTES = 250_000
"""With all that the service worker keeps for later."""
MAP_FILES = ("maplibre", "leaflet", "js/map/", "/tiles/", "css/map.css")


def kept(visit: Visit) -> None:
    """Wait until the service worker has what it keeps."""
    visit.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    visit.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("path", [AT_NINGHE, "/"], ids=["by a link", "by a search"])
def test_a_first_visit_costs_at_most_250_kilobytes_and_no_map(
    service: Server, visiting: Visiting, path: str
) -> None:
    with Relay(service.url) as relay:
        visit = visiting(relay)
        visit.open(path)
        if path == "/":
            visit.search("宁河")
        visit.answered()
        kept(visit)
        assert 50_000 < relay.sent <= FIRST_VISIT_BYTES
        asked = visit.watch.requests
        assert [url for url in asked if any(part in url for part in MAP_FILES)] == []


def test_a_second_visit_costs_little_more_than_its_answers(
    service: Server, visiting: Visiting
) -> None:
    with Relay(service.url) as relay:
        visit = visiting(relay)
        visit.open(AT_NINGHE)
        visit.answered()
        kept(visit)
        first = relay.sent
        visit.open(AT_NINGHE)
        visit.answered()
        visit.page.wait_for_load_state("networkidle")
        assert relay.sent - first < first / 4


def test_on_a_slow_phone_the_page_shows_the_weather_and_the_advice(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service)
    slowed(visit.page)
    visit.open(AT_NINGHE)
    visit.answered()
    assert "°C" in visit.text("#glance")


def test_a_phone_that_spares_data_is_sent_less(service: Server, visiting: Visiting) -> None:
    sizes = []
    for sparing in (False, True):
        with Relay(service.url) as relay:
            visit = visiting(relay, service_workers="block")
            visit.context.add_init_script(
                "Object.defineProperty(navigator, 'connection',"
                f" {{value: {{saveData: {str(sparing).lower()}, addEventListener() {{}}}}}})"
            )
            visit.open(AT_NINGHE)
            visit.answered()
            visit.page.wait_for_load_state("networkidle")
            root = visit.page.locator("html")
            assert (root.get_attribute("data-save") is not None) is sparing
            sizes.append(relay.sent)
    assert sizes[1] < sizes[0]


@pytest.mark.parametrize("path", ["/", "/plain?lang=zh"])
def test_the_policy_allows_no_inline_script_and_no_other_host(service: Server, path: str) -> None:
    answer = httpx.get(service.url + path, trust_env=False)
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in str(policy)
    assert "http" not in str(policy).replace("https-", "")
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    assert " on" not in "".join(part for part in answer.text.split("<")[1:] if "onclick=" in part)


def test_an_inline_script_would_be_refused_and_seen(service: Server, visiting: Visiting) -> None:
    visit = visiting(service)
    visit.open()
    visit.page.evaluate(
        """() => { const one = document.createElement("script");
             one.textContent = "globalThis.slipped = true"; document.body.append(one); }"""
    )
    assert visit.page.evaluate("globalThis.slipped") is None
    assert any("security policy" in one for one in visit.watch.wrong())
    visit.watch.complaints.clear()


def test_a_request_to_another_host_would_be_refused_and_seen(
    service: Server, visiting: Visiting
) -> None:
    visit = visiting(service)
    visit.open()
    visit.page.evaluate("fetch('http://example.org/').catch(() => null)")
    visit.page.wait_for_timeout(200)
    assert visit.watch.wrong()
    visit.watch.complaints.clear()
    visit.watch.requests[:] = [url for url in visit.watch.requests if "example.org" not in url]
