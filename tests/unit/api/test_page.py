"""The page at `/`: one shell for all, whose files carry their version and may be kept for ever."""

import gzip
import re

from forecast.api.page import POLICY
from forecast.api.site import ROOT
from tests.support.asking import Api


def _version(api: Api) -> str:
    found = re.search(r'src="web/([0-9a-f]{12})/js/app\.js"', api.get("/").text)
    assert found is not None
    return found[1]


def test_the_shell_is_asked_anew_each_time_and_costs_nothing_when_unchanged(api: Api) -> None:
    answer = api.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    again = api.get("/", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_shell_is_the_same_whatever_is_asked(api: Api) -> None:
    nasty = '"><script>alert(1)</script>'
    assert api.get("/", place=nasty).text == api.get("/").text


def test_every_address_of_the_shell_answers(api: Api) -> None:
    addresses = re.findall(r'(?:href|src)="([^"#]+)"', api.get("/").text)
    assert len(addresses) > 20
    for address in addresses:
        assert api.get(f"/{address.replace('&amp;', '&')}").status_code == 200, address


def test_nothing_but_our_own_files_may_be_loaded_or_run(api: Api) -> None:
    for path in ("/", f"/web/{_version(api)}/js/app.js", "/web/listing.json"):
        headers = api.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "geolocation=(self)" in headers["permissions-policy"]
    assert "unsafe" not in POLICY
    assert POLICY.startswith("default-src 'none'")
    assert "http" not in POLICY


def test_files_of_the_present_version_are_kept_for_ever_and_others_are_asked_again(
    api: Api,
) -> None:
    now = api.get(f"/web/{_version(api)}/js/app.js")
    assert now.headers["cache-control"] == "public, max-age=31536000, immutable"
    for path in ("/web/js/app.js", "/web/000000000000/js/app.js"):
        other = api.get(path)
        assert other.headers["cache-control"] == "no-cache"
        assert other.text == now.text


def test_files_come_packed_to_who_takes_that(api: Api) -> None:
    path = "/web/js/app.js"
    plain = api.get(path, headers={"accept-encoding": "identity"})
    packed = api.get(path, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    assert packed.text == plain.text == (ROOT / "js" / "app.js").read_text(encoding="utf-8")
    assert int(packed.headers["content-length"]) < len(plain.content) / 2


def test_the_first_view_takes_less_than_a_third_of_its_budget_before_the_forecast(
    api: Api,
) -> None:
    shell = api.get("/").text
    loaded = re.findall(r'(?:href|src)="(web/[^"]+)"', shell)
    files = set(loaded) - {path for path in loaded if "/words/" in path}
    # a visit speaks one language; the other comes with what the worker keeps
    words = [packed_size(api, f"web/words/{lang}.json") for lang in ("zh", "en")]
    first = sum(packed_size(api, path) for path in files) + max(words)
    assert first + len(gzip.compress(shell.encode(), 9)) < 250_000 / 3


def packed_size(api: Api, path: str) -> int:
    return len(gzip.compress(api.get(f"/{path}").content, 9))
