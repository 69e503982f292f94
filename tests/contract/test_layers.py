"""Imports point down only: import-linter's verdict, and what a reader process loads."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.data import ROOT

WRITE_SIDE = ("forecast.ingest", "forecast.normalise", "forecast.publish", "forecast.pipeline")


def test_imports_point_down_only() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("reader", ["forecast.service", "forecast.api"])
def test_the_reading_side_never_loads_the_writing_side(reader: str) -> None:
    if find_spec(reader) is None:
        pytest.skip(f"{reader} does not exist yet")
    code = f"import sys, {reader}; print(*sorted(set({WRITE_SIDE!r}) & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == ""
