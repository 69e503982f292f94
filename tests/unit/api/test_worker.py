"""The worker at `/sw.js`, and the application asked within its own process."""

import json
from pathlib import Path

from forecast.api.application import create_app
from forecast.api.inside import Inside
from forecast.api.site import site
from forecast.settings import load
from forecast.times import parse_instant
from tests.support.asking import Api
from tests.support.small_region import SmallRegion


def written(folder: Path, style: str) -> Path:
    """A page of three files."""
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text('<link href="$web/a.css">', encoding="utf-8")
    (folder / "sw.js").write_text('const WEB = "$web";', encoding="utf-8")
    (folder / "a.css").write_text(style, encoding="utf-8")
    return folder


def test_another_version_of_any_file_is_another_worker(tmp_path: Path) -> None:
    first = site(written(tmp_path / "one", "a {}"))
    other = site(written(tmp_path / "two", "b {}"))
    for now in (first, other):
        assert now.files["sw.js"].content == f'const WEB = "web/{now.version}";'.encode()
        assert now.index.content == f'<link href="web/{now.version}/a.css">'.encode()
    assert first.files["sw.js"].content != other.files["sw.js"].content


def test_the_worker_rules_the_whole_page_and_is_asked_anew(api: Api) -> None:
    answer = api.get("/sw.js")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["service-worker-allowed"] == "/"
    assert f'"web/{api.get("/web/listing.json").json()["version"]}"' in answer.text


def test_asked_within_the_process_the_answers_are_those_of_http(
    api: Api, region: SmallRegion
) -> None:
    settings = load(
        None,
        store=region.root,
        regions=[str(region.file)],
        now=parse_instant("2025-04-10T06:00Z"),
    )
    with Inside(create_app(settings)) as inside:
        told = inside.get("/v1/places", {"q": "宁河", "limit": None})
        refused = inside.get("/v1/forecast", {"lat": 1, "lon": 1})
    assert (told.status, json.loads(told.content)) == (200, api.get("/v1/places?q=宁河").json())
    assert refused.status == 404
    assert json.loads(refused.content)["title"] == "Outside the area"
