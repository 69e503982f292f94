"""A region of 2,000 x 2,000 cells with a week of hours: bounded memory, and how long it takes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.benchmark import Measurements
from tests.support.commands import environment
from tests.support.data import ROOT

CELLS = int(os.environ.get("SCALE_CELLS", "2000"))
"""Cells along the edge; the full size takes 19 GB of disk and two minutes on two cores."""
HOURS = 169
MOST_RSS = 6e9
FREE_BYTES = 3 * CELLS**2 * HOURS * 13


@pytest.mark.timeout(1800)
def test_a_large_region_runs_in_bounded_memory(tmp_path: Path, measurements: Measurements) -> None:
    if shutil.disk_usage(tmp_path).free < FREE_BYTES:
        pytest.skip(f"the run needs {FREE_BYTES / 1e9:.0f} GB of free disk in {tmp_path}")
    command = [sys.executable, "-m", "tests.support.large_run", str(tmp_path), str(CELLS)]
    try:
        ended = subprocess.run(
            [*command, str(HOURS)],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        shutil.rmtree(tmp_path / "large", ignore_errors=True)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout)
    assert figures["variables"] == 13
    values, seconds = figures["values"], figures["seconds"]
    measurements.add(
        f"whole run of {CELLS} x {CELLS} cells, {HOURS} hours, 13 variables",
        f"{figures['peak_rss'] / 1e9:.2f} GB peak memory",
        wanted="≤ 6 GB",
        how=f"prepare, tiles, both layouts, read back and published: {seconds:.0f} s,"
        f" {values / seconds / 1e6:.0f} million values a second, {figures['bytes'] / 1e9:.1f} GB",
    )
    assert figures["peak_rss"] <= MOST_RSS
