"""Files of the page: types, versions, and nothing beside them."""

import hashlib
from pathlib import Path

import pytest

from forecast.api.site import ROOT, site
from tests.support.asking import Api

TYPES = {
    "js/app.js": "text/javascript; charset=utf-8",
    "css/base.css": "text/css; charset=utf-8",
    "words/zh.json": "application/json",
    "icons/icon.svg": "image/svg+xml",
    "manifest.webmanifest": "application/manifest+json",
    "vendor/uplot/LICENSE": "text/plain; charset=utf-8",
}


@pytest.mark.parametrize("name", TYPES)
def test_a_file_has_its_own_type(api: Api, name: str) -> None:
    answer = api.get(f"/web/{name}")
    assert answer.headers["content-type"] == TYPES[name]
    assert answer.content == (ROOT / name).read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/web/",
        "/web/nothing.js",
        "/web/index.html",
        "/web/plain/page.html",
        "/web/plain/words.toml",
        "/web/../api/page.py",
        "/web/..%2Fapi%2Fpage.py",
        "/web/%2e%2e/settings.py",
        "/web//etc/passwd",
        "/web/000000000000/../../settings.py",
    ],
)
def test_what_is_no_file_of_the_page_is_not_given(api: Api, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_listing_names_every_file_with_its_hash(api: Api) -> None:
    listed = api.get("/web/listing.json").json()
    files = listed["files"]
    for name in TYPES:
        content = (ROOT / name).read_bytes()
        told = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        assert files[name] == told
    assert f"web/{listed['version']}/js/app.js" in api.get("/").text


def _made(folder: Path, **contents: str) -> Path:
    folder.mkdir()
    (folder / "index.html").write_text('<script src="$web/a.js"></script>', encoding="utf-8")
    for name, content in contents.items():
        (folder / f"{name}.js").write_text(content, encoding="utf-8")
    return folder


def test_a_change_of_any_file_is_another_version(tmp_path: Path) -> None:
    one = site(_made(tmp_path / "one", a="1", b="2"))
    same = site(_made(tmp_path / "same", a="1", b="2"))
    other = site(_made(tmp_path / "other", a="1", b="3"))
    renamed = site(_made(tmp_path / "renamed", a="1", c="2"))
    assert one.version == same.version
    assert len({one.version, other.version, renamed.version}) == 3
    assert one.index.content.decode() == f'<script src="web/{one.version}/a.js"></script>'


def test_what_is_small_or_packed_already_is_not_packed(tmp_path: Path) -> None:
    folder = _made(tmp_path / "web", a="1", b="x" * 5000)
    (folder / "c.png").write_bytes(b"x" * 5000)
    files = site(folder).files
    assert {name: file.compressible for name, file in files.items()} == {
        "a.js": False,
        "b.js": True,
        "c.png": False,
    }
    assert len(files["b.js"].packed()) < 100
