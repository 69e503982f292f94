"""`zhitian serve` and `zhitian advise` as processes of their own give the same advice."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.advice import own_crops
from tests.support.data import ROOT
from tests.support.http_server import Server, serving, zhitian
from tests.support.small_region import SmallRegion

NOW = "2025-04-10T06:00Z"
EXPIRED = "2025-04-12T06:00Z"
QUERY = "/v1/advisories?place=宁河&crop=rice&covered=true"


def options(region: SmallRegion, *, now: str = NOW) -> list[str]:
    return ["--store", str(region.root), "--region", str(region.file), "--now", now]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    made = SmallRegion.create(tmp_path_factory.mktemp("advice"))
    made.publish()
    return made


@pytest.fixture(scope="module")
def server(region: SmallRegion) -> Iterator[Server]:
    command = zhitian("serve", "--port", "0", *options(region))
    with serving(command, region.root / "server.log") as running:
        yield running


@pytest.fixture(scope="module")
def answer(server: Server) -> httpx.Response:
    return httpx.get(f"{server.url}{QUERY}", timeout=60)


def advise(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = zhitian("advise", *arguments)
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False)


def test_command_line_and_server_give_the_same_document(
    answer: httpx.Response, region: SmallRegion
) -> None:
    asked = ("--place", "宁河", "--crop", "rice", "--covered", "--json")
    printed = advise(*asked, *options(region))
    assert (printed.returncode, printed.stderr) == (0, b"")
    assert json.loads(printed.stdout) == answer.json()


def test_what_is_simulated_says_so_everywhere(server: Server, answer: httpx.Response) -> None:
    document = answer.json()
    assert document["simulated"] is document["passport"]["simulated"] is True
    texts = [one["text"][language] for one in document["advisories"] for language in ("zh", "en")]
    assert all("模拟" in one["message"] or "simulated" in one["message"] for one in texts)
    for form in ("text", "html"):
        page = httpx.get(f"{server.url}{QUERY}&format={form}", timeout=60)
        assert "模拟" in page.text


def test_an_answer_that_is_known_is_304(server: Server, answer: httpx.Response) -> None:
    tag = answer.headers["etag"]
    again = httpx.get(f"{server.url}{QUERY}", headers={"if-none-match": tag}, timeout=60)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


def test_a_bulletin_may_not_load_anything(server: Server) -> None:
    page = httpx.get(f"{server.url}{QUERY}&format=html", timeout=60)
    policy = page.headers["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert "<script" not in page.text.lower()


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/v1/advisories?place=宁河&crop=ricee", 404, "Unknown name"),
        ("/v1/advisories?place=宁河&crop=maize", 409, "Ambiguous crop"),
        ("/v1/advisories?place=宁河&crop=rice&sow=1", 400, "Invalid request"),
        ("/v1/advisories?lat=10&lon=10&crop=rice", 404, "Outside the area"),
        ("/v1/crops/ricee", 404, "Unknown name"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_document(
    server: Server, path: str, status: int, title: str
) -> None:
    refused = httpx.get(f"{server.url}{path}", timeout=60)
    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["title"] == title


def test_the_crops_are_there(server: Server) -> None:
    listed = httpx.get(f"{server.url}/v1/crops", timeout=60).json()["crops"]
    assert {"rice.xiaozhan.ninghe", "tea.cuilan.yuexi"} <= {one["id"] for one in listed}
    assert httpx.get(f"{server.url}/v1/crops/tea", timeout=60).json()["explained"]["zh"]


def test_nothing_is_advised_from_an_expired_forecast(region: SmallRegion, tmp_path: Path) -> None:
    command = zhitian("serve", "--port", "0", *options(region, now=EXPIRED))
    with serving(command, tmp_path / "server.log") as running:
        refused = httpx.get(f"{running.url}{QUERY}", timeout=60)
    assert (refused.status_code, refused.json()["title"]) == (503, "Forecast expired")
    printed = advise("--place", "宁河", "--crop", "rice", *options(region, now=EXPIRED))
    assert (printed.returncode, printed.stdout) == (9, b"")
    assert printed.stderr.decode().startswith(f"error: {refused.json()['detail'][:40]}")


def test_a_refused_profile_stops_the_start(
    region: SmallRegion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crops = own_crops(tmp_path, ("base: 7 degC", "base: 7 mm"))
    monkeypatch.setenv("ZHITIAN_CROPS", str(crops))
    command = zhitian("serve", "--port", "0", *options(region))
    stopped = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert stopped.returncode == 3
    assert f"error: {crops / 'small.yaml'}:13: phenology" in stopped.stderr
