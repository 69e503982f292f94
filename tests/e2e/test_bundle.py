"""`zhitian export --format bundle`: what any web server gives is what the service answers."""

import hashlib
import json
import re
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from forecast.api.bundle_questions import HOURLY, LEVELS, WET
from tests.support.data import ROOT
from tests.support.http_server import Server, serving, zhitian
from tests.support.small_members import members_of, published_with
from tests.support.small_region import NAME, SmallRegion

NOW = "2025-04-10T06:00Z"
LATER = "2025-04-12T06:00Z"
PLACES = "宁河,39.5N 117.7E"
CROPS = "rice"
NINGHE = "lat=39.45&lon=117.72"
SPREAD = f"quantiles={LEVELS}&probability={WET}"


def options(region: SmallRegion, *, now: str = NOW) -> list[str]:
    return ["--store", str(region.root), "--region", str(region.file), "--now", now]


def export(
    region: SmallRegion, output: Path, *more: str, now: str = NOW
) -> subprocess.CompletedProcess[str]:
    command = zhitian(
        *("export", "--format", "bundle", "--output", str(output)),
        *options(region, now=now),
        *more,
    )
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    made = SmallRegion.create(tmp_path_factory.mktemp("bundle"))
    published_with(made, members_of(made))
    return made


@pytest.fixture(scope="module")
def made(
    region: SmallRegion, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The bundle, below a folder that a server gives, and how the command ended."""
    folder = tmp_path_factory.mktemp("stick") / "village"
    return folder, export(region, folder, "--places", PLACES, "--crops", CROPS)


@pytest.fixture(scope="module")
def address(made: tuple[Path, subprocess.CompletedProcess[str]]) -> Iterator[str]:
    """Where Python's own server of files gives the bundle, below a prefix."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            del args

    handler = partial(Quiet, directory=str(made[0].parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/village/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def server(region: SmallRegion) -> Iterator[Server]:
    command = zhitian("serve", "--port", "0", *options(region))
    with serving(command, region.root / "server.log") as running:
        yield running


def got(address: str, name: str) -> Any:
    answer = httpx.get(f"{address}{name}", timeout=30)
    assert answer.status_code == 200, name
    return answer.json()


def test_the_command_tells_places_size_and_that_it_is_simulated(
    made: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, ended = made
    assert (ended.returncode, ended.stdout) == (0, f"{folder}\n")
    assert re.search(r"^2 places, about \d+ MB$", ended.stderr, re.MULTILINE)
    assert "SIMULATED" in ended.stderr
    assert "2 places, crops rice.xiaozhan.ninghe; " in ended.stderr


def test_the_page_and_all_that_it_loads_are_given_below_a_prefix(address: str) -> None:
    page = httpx.get(address, timeout=30)
    assert page.headers["content-type"].startswith("text/html")
    loaded = re.findall(r"(?:href|src)=\"(web/[^\"]+)\"", page.text)
    assert len(loaded) > 10
    for name in loaded:
        answer = httpx.get(f"{address}{name}", timeout=30)
        assert answer.status_code == 200, name
        if name.endswith(".js"):
            assert "javascript" in answer.headers["content-type"]


def test_bundle_json_names_places_crops_and_the_cycle(address: str, region: SmallRegion) -> None:
    sign = got(address, "bundle.json")
    assert (sign["region"], sign["now"], sign["simulated"]) == (NAME, "2025-04-10T06:00:00Z", True)
    assert sign["cycle"] == region.store.list_cycles()[0].cycle_id
    assert [(one["id"], one["name_zh"], one["kind"]) for one in sign["places"]] == [
        ("001", "宁河区", "county"),
        ("002", "", "coordinates"),
    ]
    assert sign["places"][0]["pinyin"] == "ning he"
    assert "nursery" in sign["crops"]["rice.xiaozhan.ninghe"]
    for name in sign["answers"].values():
        assert got(address, name)


def test_answers_are_the_documents_of_the_service(address: str, server: Server) -> None:
    for file, query in (
        ("forecast.over24.json", f"forecast?{NINGHE}&hourly=none&probability={WET}&over=24"),
        ("forecast.20-20.json", f"forecast?{NINGHE}&daily=all&day=20-20&{SPREAD}"),
        ("advice.rice.xiaozhan.ninghe.now.json", f"advisories?{NINGHE}&crop=rice"),
        (
            "advice.rice.xiaozhan.ninghe.nursery.json",
            f"advisories?{NINGHE}&crop=rice&stage=nursery",
        ),
        ("skill.json", f"skill?{NINGHE}"),
    ):
        assert got(address, f"answers/001/{file}") == got(server.url, f"/v1/{query}"), file
    assert got(address, "answers/crops.json") == got(server.url, "/v1/crops")
    assert got(address, "answers/regions.json") == got(server.url, "/v1/regions")
    kept, now = got(address, "answers/status.json"), got(server.url, "/v1/status")
    assert [one["simulated"] for one in kept["regions"]] == [True] * len(now["regions"])


def test_of_what_the_page_asks_only_what_the_cycle_lacks_is_left_out(server: Server) -> None:
    # this cycle has no soil: the page is refused its first question, and so was the bundle
    first = f"forecast?{NINGHE}&daily=all&hourly={','.join(HOURLY)}&{SPREAD}"
    assert httpx.get(f"{server.url}/v1/{first}", timeout=30).status_code == 404


def test_phones_without_scripts_find_the_bulletins(address: str, server: Server) -> None:
    page = httpx.get(f"{address}plain/", timeout=30).text
    links = re.findall(r"href=\"\.\./(answers/001/bulletin\.rice[^\"]+)\" lang=\"zh\"", page)
    assert links == ["answers/001/bulletin.rice.xiaozhan.ninghe.zh.html"]
    query = f"{NINGHE}&crop=rice&format=html&lang=zh"
    served = httpx.get(f"{server.url}/v1/advisories?{query}", timeout=60).text
    assert httpx.get(f"{address}{links[0]}", timeout=30).text == served


def test_the_manifest_has_every_file_and_the_provenance(
    made: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = made
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    lying = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert {name: entry["sha256"] for name, entry in manifest["files"].items()} == {
        name: hashlib.sha256(content).hexdigest() for name, content in lying.items()
    }
    assert manifest["size"] == sum(map(len, lying.values())) < 6_000_000
    assert manifest["provenance"]["simulated"] is True
    assert manifest["provenance"]["attribution"] == "Contains test data"
    told = (folder / "README.txt").read_text(encoding="utf-8")
    for sentence in ("python3 -m http.server", "模拟情景", "SIMULATED", "Contains test data"):
        assert sentence in told


def test_a_zip_without_stages_holds_less(region: SmallRegion, tmp_path: Path) -> None:
    file = tmp_path / "stick.zip"
    ended = export(region, file, "--places", "宁河", "--crops", "rice", "--no-stages")
    assert ended.returncode == 0
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        sign = json.loads(archive.read("stick/bundle.json"))
    advice = [name for name in names if "/001/advice." in name]
    assert advice == ["stick/answers/001/advice.rice.xiaozhan.ninghe.now.json"]
    assert sign["crops"] == {"rice.xiaozhan.ninghe": []}


def test_what_the_service_refuses_is_told_and_kept_as_a_refusal(
    region: SmallRegion, tmp_path: Path
) -> None:
    ended = export(
        region, tmp_path / "old", "--places", "宁河", "--crops", "rice", "--no-stages", now=LATER
    )
    assert ended.returncode == 0
    assert "instead of an answer" in ended.stderr
    name = "answers/001/advice.rice.xiaozhan.ninghe.now.json"
    kept = json.loads((tmp_path / "old" / name).read_text(encoding="utf-8"))
    assert (kept["status"], kept["title"]) == (503, "Forecast expired")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--places", "宁河,无此地"), "place '无此地' was asked; the gazetteer has no such name"),
        (
            ("--places", "宁河,岳西"),
            "岳西县 was asked; a bundle of this region holds places within",
        ),
        (("--crops", "bananas"), "bananas"),
        (("--box", "117,39,118,40"), "--box was given; format bundle does not have it"),
    ],
)
def test_a_wrong_wish_is_one_sentence_and_nothing_is_written(
    region: SmallRegion, tmp_path: Path, more: tuple[str, ...], sentence: str
) -> None:
    ended = export(region, tmp_path / "out", *more)
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
