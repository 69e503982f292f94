"""The commands `profile check | explain | diff | schema`."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.unit.advise.written import written
from tests.unit.cli.conftest import Outcome

Zhitian = Callable[..., Outcome]
NOW = ("--now", "2026-11-21T00:00Z")


def test_all_shipped_profiles_pass(zhitian: Zhitian) -> None:
    ended = zhitian("profile", "check", "--all", *NOW)
    assert ended.code == 0
    assert "rice.xiaozhan.ninghe@2.0.0: " in ended.err
    assert "its golden events hold" in ended.err


def test_a_wrong_edit_is_refused_with_a_sentence_that_helps(
    zhitian: Zhitian, tmp_path: Path
) -> None:
    path = written(tmp_path, ("value: 4 degC", "value: 4 mm"))
    ended = zhitian("profile", "check", path, *NOW)
    assert ended.code == 3
    first, last = ended.err.splitlines()
    assert first.endswith("value: '4 mm' is a length; t2m is a temperature, as in '4 degC'")
    assert first.startswith(f"{path}:40: ")
    assert last == "error: 1 fault in 1 of 1 profiles; mend what is named above"


def test_public_use_is_refused_where_memory_is_all(zhitian: Zhitian, tmp_path: Path) -> None:
    path = written(tmp_path)
    assert zhitian("profile", "check", path, *NOW).code == 0
    ended = zhitian("profile", "check", "--public", path, *NOW)
    assert ended.code == 3
    assert "level 2 rests on memory alone (standard)" in ended.err


def test_an_overdue_review_is_told_and_not_refused(zhitian: Zhitian, tmp_path: Path) -> None:
    ended = zhitian("profile", "check", written(tmp_path), *NOW)
    assert ended.code == 0
    assert "warning: small@0.1.0 needs review: it was due by 2026-01-15" in ended.err


def test_a_check_of_nothing_is_refused(zhitian: Zhitian) -> None:
    ended = zhitian("profile", "check")
    assert ended.code == 2
    assert "give files or names, or --all" in ended.err


def test_a_profile_is_explained_in_both_languages(zhitian: Zhitian) -> None:
    chinese = zhitian("profile", "explain", "tea.cuilan.yuexi")
    assert (chinese.code, "中度霜冻" in chinese.out) == (0, True)
    english = zhitian("profile", "explain", "tea.cuilan.yuexi", "--lang", "en")
    assert (english.code, "moderate frost" in english.out) == (0, True)


def test_an_unknown_profile_is_refused_with_the_names_there_are(zhitian: Zhitian) -> None:
    ended = zhitian("profile", "explain", "rice")
    assert ended.code == 2
    assert "rice.xiaozhan.ninghe" in ended.err


def test_two_profiles_are_compared(zhitian: Zhitian, tmp_path: Path) -> None:
    other = tmp_path / "newer"
    other.mkdir()
    newer = written(other, ("value: 4 degC", "value: 3 degC"))
    ended = zhitian("profile", "diff", written(tmp_path), newer)
    assert ended.code == 0
    assert ended.out == "threshold rules.frost.levels.1.if.value: 4 degC -> 3 degC\n"
    assert "due is a minor version, 0.2.0 or higher; 0.1.0 is too low" in ended.err


def test_the_schema_is_json(zhitian: Zhitian) -> None:
    assert json.loads(zhitian("profile", "schema").out)["title"] == "agroprofile/1"
