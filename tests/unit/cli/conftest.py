"""The command line called in this process, over a small region."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from forecast.cli import main
from tests.support.small_region import SmallRegion


@dataclass(frozen=True)
class Outcome:
    """What a command left: exit code, data and what was said."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    made = SmallRegion.create(tmp_path_factory.mktemp("small"))
    made.publish()
    return made


@pytest.fixture
def zhitian(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Run `zhitian …` as the shell would."""

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["zhitian", *map(str, arguments)])
        with pytest.raises(SystemExit) as leaving:
            main()
        told = capfd.readouterr()
        return Outcome(int(leaving.value.code or 0), told.out, told.err)

    return run


@pytest.fixture
def here(region: SmallRegion) -> list[str]:
    """Options that name the small region, its store and its clock."""
    now = ["--now", "2025-04-10T06:00Z"]
    return ["--store", str(region.root), "--region", str(region.file), *now]
