"""kill -9 of `zhitian run` at 40 moments of its life: readers get whole answers, no repair."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support.commands import succeed
from tests.support.numbered_run import NumberedRuns
from tests.support.run_processes import Reader, WarmRuns, group_is_empty, kill_group

STAGES = (
    *("begin", "write", "verify", "gates", "manifest", "fsync", "rename"),
    *("pointer-temporary", "pointer", "committed"),
)
PUBLISHED_AT = {"pointer", "committed"}
BY_COMMAND, WARM = 10, 20
"""Kills at random moments: of the command itself, and of forks of a warm process."""
KILLED = -9


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[NumberedRuns]:
    """A store with run 0 published."""
    made = NumberedRuns.create(tmp_path)
    assert made.start(0).wait(timeout=120) == 0
    yield made
    collected = succeed("gc", "--region", made.region, "--min-age-hours", "0", env=made.env)
    assert collected.returncode == 0
    assert not list((made.store / "staging").iterdir())
    assert len(list((made.store / "cycles").iterdir())) <= 4


def moments(count: int, *, seed: int) -> Iterator[float]:
    """Moments of a life as shares of it, one in each of `count` equal parts, on and on."""
    chance = np.random.default_rng(seed)
    while True:
        yield from chance.permutation((np.arange(count) + chance.random(count)) / count)


def assert_whole(reader: Reader, *, last: int) -> None:
    """Readers had whole answers only, never an older one after a newer one."""
    assert reader.faults == []
    for numbers in reader.seen.values():
        assert len(numbers) > 20
        assert numbers == sorted(numbers)
        assert numbers[-1] <= last
    assert len(set(reader.seen["new"])) > 2


class Toll:
    """Counts the kills and follows which run is served.

    Args:
        runs: the region; run 1 was published whole.
        life_s: how long that took; the machine may be busier or idler later.
    """

    def __init__(self, runs: NumberedRuns, *, life_s: float) -> None:
        self.runs = runs
        self.life_s = life_s
        self.number = self.served = 1
        self.kills = 0

    def next_run(self) -> int:
        """The number of the run to start, its input written."""
        self.number += 1
        self.runs.arguments(self.number)
        return self.number

    def take(self, status: int) -> None:
        """A run ended: it is served, or the one before it is."""
        self.kills += status == KILLED
        self.life_s *= 0.9 if status == 0 else 1.0
        now = self.runs.current()
        assert now == self.number if status == 0 else now in (self.served, self.number)
        self.served = now


@pytest.mark.timeout(240)
def test_the_command_killed_at_random_moments(runs: NumberedRuns) -> None:
    begin = time.monotonic()
    assert runs.start(1).wait(timeout=120) == 0
    toll = Toll(runs, life_s=time.monotonic() - begin)
    share = moments(BY_COMMAND, seed=20260410)
    with Reader(runs) as reader:
        while toll.kills < BY_COMMAND:
            child = runs.start(toll.next_run())
            time.sleep(next(share) * toll.life_s)
            if toll.number % 3:
                kill_group(child.pid)
            else:
                child.kill()
            toll.take(child.wait())
            # children of a run that dies alone end by themselves
            assert group_is_empty(child.pid, within_s=5)
            if toll.number % 5 == 0:
                assert runs.start(toll.next_run()).wait(timeout=120) == 0
                toll.take(0)
        time.sleep(1.5)
    assert_whole(reader, last=toll.served)


@pytest.mark.timeout(240)
def test_a_run_killed_at_every_stage_and_at_random_moments(runs: NumberedRuns) -> None:
    with WarmRuns(runs) as warm, Reader(runs) as reader:
        begin = time.monotonic()
        warm.start(1)
        assert warm.wait() == 0
        toll = Toll(runs, life_s=time.monotonic() - begin)
        for stage in STAGES:
            leader = warm.start(toll.next_run(), f"{stage}:kill")
            toll.take(warm.wait())
            assert group_is_empty(leader, within_s=5)
            assert (toll.served == toll.number) == (stage in PUBLISHED_AT), stage
        assert toll.kills == len(STAGES)
        share = moments(WARM, seed=1)
        while toll.kills < len(STAGES) + WARM:
            leader = warm.start(toll.next_run())
            time.sleep(next(share) * toll.life_s)
            kill_group(leader)
            toll.take(warm.wait())
        warm.start(toll.next_run())
        assert warm.wait() == 0
        toll.take(0)
        time.sleep(1.5)
    assert_whole(reader, last=toll.served)
