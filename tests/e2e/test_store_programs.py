"""Random programs of publishing, crashing, collecting, damage and rollback against a model."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from forecast.errors import DamagedCycle, StoreMissing
from forecast.store import Cycle, RegionStore
from forecast.store.failpoints import FailpointReached
from forecast.store.paths import StorePaths
from tests.support.cycles import LONG_AGO, counts, description, new_store, publish_quickly

STAGES = ("begin", "write", "manifest", "fsync", "rename", "pointer-temporary", "pointer")


def numbered(seed: int):
    about = description(
        rows=3, columns=5, hours=2, tile=4, variables=("temperature_2m", "precipitation")
    )
    return replace(about, report={"seed": seed})


def number_of(cycle: Cycle) -> int:
    seed = int(cycle.manifest.description.report["seed"])
    rows, columns = (axis.ravel() for axis in np.indices(cycle.grid.shape))
    expected = counts(numbered(seed), seed=seed)[rows, columns]
    np.testing.assert_array_equal(cycle.points(rows, columns), expected)
    return seed


class StoreProgram(RuleBasedStateMachine):
    """The model is a list of numbers, last published first, and which one is current."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="zhitian-program-"))
        self.store = new_store(self.folder)
        self.names: dict[int, str] = {}
        self.published: list[int] = []
        self.withdrawn: set[int] = set()
        self.damaged: set[int] = set()
        self.current: int | None = None
        self.last = 0

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def candidates(self) -> list[int]:
        """Numbers to serve by the rules, damage not regarded."""
        if self.current is None:
            return []
        place = self.published.index(self.current)
        older = [n for n in self.published[place + 1 :] if n not in self.withdrawn]
        return [self.current, *older]

    def accept(self) -> None:
        """A publication went through."""
        newest = RegionStore.open(self.store.path).list_cycles()[0].cycle_id
        self.names[self.last] = newest
        self.published.insert(0, self.last)
        self.current = self.last

    @rule()
    def publish(self) -> None:
        self.last += 1
        publish_quickly(self.store, about=numbered(self.last), seed=self.last)
        self.accept()

    @rule(stage=st.sampled_from(STAGES))
    def crash(self, stage: str) -> None:
        self.last += 1
        with (
            patch.dict("os.environ", {"ZHITIAN_FAILPOINT": f"{stage}:raise"}),
            pytest.raises(FailpointReached),
        ):
            publish_quickly(self.store, about=numbered(self.last), seed=self.last)
        if stage == "pointer":
            self.accept()

    @precondition(lambda self: self.published)
    @rule(data=st.data())
    def damage(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(self.published))
        shard = StorePaths(self.store.path).cycle(self.names[chosen]) / "series/values/c/0/0/0/0"
        content = bytearray(shard.read_bytes())
        content[data.draw(st.integers(0, 8 * 15 - 1)) % 8] ^= 1 << data.draw(st.integers(0, 7))
        shard.write_bytes(content)
        whole = content[:8] == counts(numbered(chosen), seed=chosen)[0, 0].tobytes()
        (self.damaged.discard if whole else self.damaged.add)(chosen)

    @rule(keep=st.integers(0, 5))
    def collect(self, keep: int) -> None:
        served = self.candidates()[: max(3, keep)]
        gone = {self.names[n] for n in self.published if n not in served}
        assert set(self.store.gc(keep, min_age=LONG_AGO).cycles) == gone
        self.published = [n for n in self.published if n in served]

    @precondition(lambda self: len(self.candidates()) > 1)
    @rule()
    def roll_back(self) -> None:
        target = self.candidates()[1]
        assert self.store.rollback() == self.names[target]
        self.withdrawn |= set(self.published[: self.published.index(target)])
        self.withdrawn.discard(target)
        self.current = target

    @invariant()
    def the_best_whole_cycle_answers(self) -> None:
        reader = RegionStore.open(self.store.path)
        served = self.candidates()
        for number in served:
            if number not in self.damaged:
                assert reader.answer(number_of) == number
                self.forget(served[: served.index(number)], now=number)
                return
        with pytest.raises(DamagedCycle if served or self.damaged_all() else StoreMissing):
            reader.answer(number_of)
        self.forget(served, now=None)

    def damaged_all(self) -> bool:
        return bool(self.names) and self.current is None

    def forget(self, quarantined: list[int], *, now: int | None) -> None:
        self.published = [n for n in self.published if n not in quarantined]
        if quarantined:
            self.current = now


StoreProgram.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=14,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestStorePrograms = StoreProgram.TestCase
