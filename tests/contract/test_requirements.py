"""The locked requirements are whole, checked by hash, and name no package index."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.support.data import ROOT

LOCKED = sorted((ROOT / "requirements").glob("*.txt"))


def _names(path: Path) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {found.group(1) for line in lines if (found := re.match(r"([a-z0-9._-]+)==", line))}


def _declared(entries: list[object]) -> set[str]:
    """Normalised names of what pyproject asks for."""
    asked = (re.split(r"[\[<>=!~; ]", entry)[0] for entry in entries if isinstance(entry, str))
    return {re.sub(r"[-_.]+", "-", name).lower() for name in asked}


def test_there_is_one_lock_for_running_and_one_for_developing() -> None:
    assert [path.name for path in LOCKED] == ["dev.txt", "runtime.txt"]


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.name)
def test_requirements_name_no_index_and_no_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"://|^-|--(?:extra-)?index|--find-links| @ ", text, re.MULTILINE) == []


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.name)
def test_every_requirement_is_pinned_and_hashed(path: Path) -> None:
    entries = path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    for entry in entries:
        assert re.match(r"\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry), entry


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    runtime, dev = _names(LOCKED[1]), _names(LOCKED[0])
    assert _declared(project["project"]["dependencies"] + groups["build"]) <= runtime
    assert _declared(groups["dev"]) | runtime <= dev


def test_ecmwf_libraries_stay_below_the_crashing_versions() -> None:
    for path in LOCKED:
        pins = dict(re.findall(r"^(eccodes\w*)==(\S+)", path.read_text("utf-8"), re.MULTILINE))
        assert pins.keys() == {"eccodes", "eccodeslib"}
        assert all(version.startswith("2.47.") for version in pins.values()), path.name
