"""ETag, 304, Expires, Last-Modified, compression and the headers of a careful server."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.support.asking import Api
from tests.support.small_region import CYCLE, NOW, SmallRegion

URL = "/v1/forecast?lat=39.4&lon=117.7&hourly=temperature_2m"


def test_an_answer_may_be_kept_for_minutes(api: Api, region: SmallRegion) -> None:
    headers = api.get(URL).headers
    seconds = int(headers["cache-control"].removeprefix("public, max-age="))
    assert 300 <= seconds < 420
    expires = parsedate_to_datetime(headers["expires"])
    assert timedelta(0) < expires - datetime.now(UTC) <= timedelta(seconds=seconds)
    published = region.store.published()[0].published_at
    assert parsedate_to_datetime(headers["last-modified"]) == datetime.fromisoformat(published)


def test_a_client_that_has_the_answer_gets_304_without_a_body(api: Api) -> None:
    tag = api.get(URL).headers["etag"]
    for offered in (tag, f'"x", {tag}', tag.removeprefix("W/"), "*"):
        answer = api.get(URL, headers={"if-none-match": offered})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
    assert api.get(URL, headers={"if-none-match": '"other"'}).status_code == 200


def test_the_tag_changes_with_question_state_and_cycle(tmp_path) -> None:
    region = SmallRegion.create(tmp_path)
    region.publish()
    tag = Api.over(region).get(URL).headers["etag"]
    assert Api.over(region, now=NOW + timedelta(minutes=30)).get(URL).headers["etag"] == tag
    assert Api.over(region).get(f"{URL}&cell=nearest").headers["etag"] != tag
    assert Api.over(region, now=CYCLE + timedelta(hours=13)).get(URL).headers["etag"] != tag
    region.publish(version=1)
    assert Api.over(region).get(URL).headers["etag"] != tag


def test_clients_do_not_all_come_back_at_once(api: Api) -> None:
    urls = [f"/v1/forecast?lat=39.{minute}&lon=117.7&hours=1" for minute in range(400, 420)]
    ages = {api.get(url).headers["cache-control"] for url in urls}
    assert len(ages) > 10


@pytest.mark.parametrize("url", [URL, "/v1/variables"])
def test_a_long_answer_is_compressed_for_those_who_ask(api: Api, url: str) -> None:
    packed = api.get(url, headers={"accept-encoding": "gzip"})
    plain = api.get(url, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert packed.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("url", [URL, "/v1/status", "/", "/v1/nope", "/v1/forecast"])
def test_every_answer_carries_the_headers_of_a_careful_server(api: Api, url: str) -> None:
    headers = api.get(url).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
