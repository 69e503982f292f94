"""The skill document beside a region's cycles."""

import json
from pathlib import Path

import pytest

from forecast.errors import StoreError
from forecast.store.skill import SKILL_FORMAT, read_skill, write_skill

DOCUMENT = {"format": SKILL_FORMAT, "region": "tianjin", "rows": [{"mae": float("nan"), "n": 0}]}


def test_a_region_without_verification_has_no_document(tmp_path: Path) -> None:
    assert read_skill(tmp_path) is None


def test_what_is_written_is_read_and_a_missing_figure_is_null(tmp_path: Path) -> None:
    path = write_skill(tmp_path, DOCUMENT)
    assert path == tmp_path / "skill.json"
    assert read_skill(tmp_path) == {**DOCUMENT, "rows": [{"mae": None, "n": 0}]}
    assert json.loads(path.read_text(encoding="utf-8"))["region"] == "tianjin"


def test_a_second_document_replaces_the_first_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_skill(tmp_path, DOCUMENT)
    write_skill(tmp_path, {**DOCUMENT, "region": "yuexi"})
    found = read_skill(tmp_path)
    assert found is not None
    assert found["region"] == "yuexi"
    assert [entry.name for entry in tmp_path.iterdir()] == ["skill.json"]


def test_a_document_of_another_format_is_refused_both_ways(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="allowed is zhitian-skill/1"):
        write_skill(tmp_path, {"format": "other"})
    (tmp_path / "skill.json").write_text('{"format": "zhitian-skill/9"}', encoding="utf-8")
    with pytest.raises(StoreError, match="zhitian-skill/9"):
        read_skill(tmp_path)


def test_a_damaged_document_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "skill.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be read"):
        read_skill(tmp_path)


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        write_skill(tmp_path / "absent", DOCUMENT)
