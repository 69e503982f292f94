"""The commands `places add | check | list | remove`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Outcome

Zhitian = Callable[..., Outcome]
NOW = ("--now", "2025-04-10T06:00Z")


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHITIAN_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


def a_list(folder: Path, rows: str = "小薄村,117.75,39.4\n") -> Path:
    path = folder / "villages.csv"
    path.write_text(f"name_zh,longitude,latitude\n{rows}", encoding="utf-8")
    return path


def test_a_list_is_added_shown_and_removed(zhitian: Zhitian, tmp_path: Path, store: Path) -> None:
    path = a_list(tmp_path)
    added = zhitian("places", "add", path, *NOW)
    assert (added.code, added.err) == (
        0,
        f"list villages: places 1, zones 0 kept in {store / 'places.sqlite'}\n",
    )
    assert json.loads(zhitian("places", "list", "--json").out) == [
        {
            "name": "villages",
            "file": "villages.csv",
            "added_at": "2025-04-10T06:00:00Z",
            "places": 1,
            "zones": 0,
        }
    ]
    assert "villages" in zhitian("places", "list").out
    again = zhitian("places", "add", path, *NOW)
    assert (again.code, "--replace takes its place" in again.err) == (2, True)
    assert zhitian("places", "add", path, "--replace", *NOW).code == 0
    assert zhitian("places", "remove", "villages").code == 0
    assert "no list is kept" in zhitian("places", "list").err
    assert zhitian("places", "remove", "villages").code == 2


def test_one_wrong_row_keeps_the_whole_list_out(
    zhitian: Zhitian, tmp_path: Path, store: Path
) -> None:
    path = a_list(tmp_path, "好村,117.75,39.4\n坏村,217,39.4\n丙村,117.8,x\n")
    for command in ("check", "add"):
        ended = zhitian("places", command, path)
        assert ended.code == 5
        first, second = ended.err.splitlines()
        assert first.startswith(f"error: {path} line 3: longitude '217' was given; allowed are")
        assert second.startswith(f"{path} line 4: latitude 'x' was given; allowed are")
    assert not (store / "places.sqlite").exists()


def test_a_good_list_is_checked_without_being_taken(
    zhitian: Zhitian, tmp_path: Path, store: Path
) -> None:
    ended = zhitian("places", "check", a_list(tmp_path))
    assert (ended.code, ended.err.endswith("places 1, zones 0; nothing is wrong\n")) == (0, True)
    assert not store.exists()


def test_the_setting_names_another_file(
    zhitian: Zhitian, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHITIAN_PLACES", str(tmp_path / "mine.sqlite"))
    assert zhitian("places", "add", a_list(tmp_path), "--name", "farms", *NOW).code == 0
    assert (tmp_path / "mine.sqlite").is_file()
