"""Benchmarks write what they measured into docs/benchmarks.md."""

import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.benchmark import Measurements
from tests.support.data import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"

HEAD = """# Benchmarks

Written by `make bench` on {day}: {machine}, {cores} cores, Python {python}. Times are CPU seconds
of this process and its threads in one run, best of several; compare ratios, not seconds, between
machines.

| what | figure | wanted | how |
|---|---|---|---|
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all that lies here, and give it more time than a test has."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.bench)
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def measurements() -> Iterator[Measurements]:
    """Collect figures; when the last benchmark ends, write the page."""
    collected = Measurements()
    yield collected
    if collected.rows:
        head = HEAD.format(
            day=datetime.now(UTC).strftime("%Y-%m-%d"),
            machine=f"{platform.system()} {platform.machine()}",
            cores=os.cpu_count(),
            python=platform.python_version(),
        )
        PAGE.write_text(head + "\n".join(collected.rows) + "\n", encoding="utf-8")
