"""Bundles of files that a reader can count."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from forecast.errors import InvalidRequest
from forecast.export.bundle import SIGN, whole_bundle

TEXT = "宁河".encode()


def write(path: Path, text: bytes = TEXT) -> None:
    with whole_bundle(path) as files:
        files.add("answers/001/a.json", text)
        files.add(SIGN, b"{}")
        files.close({"places": 1})


def test_a_bundle_lists_every_file_with_its_size_and_checksum(tmp_path: Path) -> None:
    write(tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["places"] == 1
    assert manifest["size"] == 6 + 2
    assert manifest["files"]["answers/001/a.json"] == {
        "bytes": 6,
        "sha256": hashlib.sha256(TEXT).hexdigest(),
    }
    lying = {path.relative_to(tmp_path / "out").as_posix() for path in tmp_path.rglob("*.json")}
    assert lying == {*manifest["files"], "manifest.json"}


def test_a_zip_holds_the_same_files_below_a_folder_of_its_name(tmp_path: Path) -> None:
    write(tmp_path / "tianjin.zip")
    write(tmp_path / "tianjin")
    with zipfile.ZipFile(tmp_path / "tianjin.zip") as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    lying = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in (tmp_path / "tianjin").rglob("*")
        if path.is_file()
    }
    assert packed == lying


def test_the_same_files_make_the_same_zip(tmp_path: Path) -> None:
    write(tmp_path / "a.zip")
    first = (tmp_path / "a.zip").read_bytes()
    write(tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == first


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_work_that_breaks_off_leaves_the_older_bundle_and_nothing_else(
    tmp_path: Path, name: str
) -> None:
    write(tmp_path / name)
    before = sorted(tmp_path.rglob("*"))

    def broken_off() -> None:
        with whole_bundle(tmp_path / name) as files:
            files.add("half.json", b"{")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert sorted(tmp_path.rglob("*")) == before


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".out.part").mkdir()
    (tmp_path / ".out.part" / "half.json").write_bytes(b"{")
    write(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert not (tmp_path / "out" / "half.json").exists()


def test_an_older_bundle_is_replaced_as_a_whole(tmp_path: Path) -> None:
    write(tmp_path / "out")
    (tmp_path / "out" / "answers" / "999.json").write_bytes(b"old")
    write(tmp_path / "out", b"new")
    assert (tmp_path / "out" / "answers" / "001" / "a.json").read_bytes() == b"new"
    assert not (tmp_path / "out" / "answers" / "999.json").exists()


def test_a_folder_of_somebody_elses_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.jpg").write_bytes(b"jpg")
    with pytest.raises(InvalidRequest, match="holds files and is no bundle"):
        write(tmp_path / "photos")
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["one.jpg"]


def test_a_file_that_is_no_zip_and_a_folder_named_as_a_zip_are_refused(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"a")
    (tmp_path / "out.zip").mkdir()
    with pytest.raises(InvalidRequest, match="it is a file"):
        write(tmp_path / "list.csv")
    with pytest.raises(InvalidRequest, match="it is a folder"):
        write(tmp_path / "out.zip")
