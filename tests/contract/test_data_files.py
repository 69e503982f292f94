"""Every file that ships loads, is known to git as what it is, and lies in the wheel."""

import json
import sqlite3
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import xarray as xr

from forecast.advise.profile.yaml_tree import read_tree
from tests.support.data import ROOT

DATA = ROOT / "forecast" / "data"
FILES = sorted(path for path in DATA.rglob("*") if path.is_file() and path.suffix != ".pyc")


def _load(path: Path) -> int:
    """Read a data file whole and say how much is in it."""
    if path.suffix == ".toml":
        return len(tomllib.loads(path.read_text(encoding="utf-8")))
    if path.suffix in {".json", ".yaml"}:
        text = path.read_text(encoding="utf-8")
        return len(json.loads(text) if path.suffix == ".json" else read_tree(text).content)
    if path.suffix == ".nc":
        with xr.open_dataset(path, engine="h5netcdf") as dataset:
            return sum(field.load().size for field in dataset.data_vars.values())
    if path.suffix == ".sqlite":
        with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return len(connection.execute("SELECT name FROM sqlite_master").fetchall())
    if path.suffix in {".md", ".txt", ".csv", ".tsv"}:
        return len(path.read_text(encoding="utf-8"))
    return pytest.fail(f"{path.name}: say here how files of this kind are loaded")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(DATA).as_posix())
def test_every_shipped_data_file_loads(path: Path) -> None:
    assert _load(path) > 0


def test_the_wheel_carries_every_tracked_file_of_the_packages(tmp_path: Path) -> None:
    build = "import hatchling.build as b, sys; print(b.build_wheel(sys.argv[1]))"
    result = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    with zipfile.ZipFile(tmp_path / result.stdout.split()[-1]) as wheel:
        packed = set(wheel.namelist())
    assert _tracked("forecast", "grids") - packed == set()


def _tracked(*folders: str) -> set[str]:
    """Files that git knows below the folders and that are there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", *folders], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("this is no git checkout")
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}
