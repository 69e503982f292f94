"""Publishing in a child process that a test may kill; started through a fork server."""

import errno
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

import numpy as np

from forecast.errors import StoreBusy
from forecast.publish import publish
from forecast.store import Cycle, CycleDescription, RegionStore
from tests.support.cycles import LONG_AGO, counts, description, write_tiles

BUSY = 8


def processes() -> ForkServerContext:
    """A way to start children in milliseconds: the server has imported this module already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.publisher"])
    return context


def numbered(seed: int) -> CycleDescription:
    """A small cycle that says which numbers it holds."""
    about = description(rows=6, columns=7, hours=3)
    return replace(about, report={"seed": seed})


def publish_numbered(path: Path, seed: int, failpoint: str = "") -> None:
    """Publish cycle number `seed`; exits with 8 when another writer is at work."""
    os.environ["ZHITIAN_FAILPOINT"] = failpoint
    about = numbered(seed)
    packed = counts(about, seed=seed)
    try:
        with RegionStore.open(path).stage(about) as staging:
            write_tiles(staging, packed)
            publish(staging)
    except StoreBusy:
        os._exit(BUSY)


def publish_on_and_on(path: Path, seed: int) -> None:
    """Publish and collect until killed."""
    while True:
        seed += 1
        publish_numbered(path, seed)
        RegionStore.open(path).gc(min_age=LONG_AGO)


def collect_garbage(path: Path, failpoint: str) -> None:
    """Run the garbage collector; nothing is too young."""
    os.environ["ZHITIAN_FAILPOINT"] = failpoint
    RegionStore.open(path).gc(min_age=LONG_AGO)


def whole_number(cycle: Cycle) -> int:
    """The number of a cycle, after checking that every value is of that number."""
    seed = int(cycle.manifest.description.report["seed"])
    expected = counts(numbered(seed), seed=seed)
    rows, columns = (axis.ravel() for axis in np.indices(cycle.grid.shape))
    found = cycle.points(rows, columns)
    np.testing.assert_array_equal(found, expected[rows, columns])
    return seed


class StopAt:
    """Counts the calls that change the disk and stops the process, or the call, at one of them.

    Args:
        number: which call, from 1; 0 only counts.
        action: `kill` the process, or `full`: the disk is full from then on.
    """

    def __init__(self, number: int, action: str = "kill") -> None:
        self.number = number
        self.action = action
        self.count = 0

    def __enter__(self) -> Self:
        self._patches = [
            patch.object(owner, name, self._watched(getattr(owner, name)))
            for owner, name in (
                (os, "fsync"),
                (os, "write"),
                (os, "pwrite"),
                (os, "ftruncate"),
                (Path, "mkdir"),
                (Path, "rename"),
                (Path, "replace"),
                (Path, "unlink"),
            )
        ]
        for one in self._patches:
            one.start()
        return self

    def __exit__(self, *error: object) -> None:
        for one in self._patches:
            one.stop()

    def _watched(self, call: Callable) -> Callable:
        growing = call.__name__ in ("write", "fsync", "mkdir")

        def watched(*arguments: Any, **options: Any) -> Any:
            self.count += 1
            if self.number and self.count >= self.number:
                if self.action == "kill":
                    os.kill(os.getpid(), signal.SIGKILL)
                elif growing:
                    raise OSError(errno.ENOSPC, "No space left on device")
            return call(*arguments, **options)

        return watched


def publish_until(path: Path, seed: int, number: int) -> None:
    """Publish cycle number `seed` and die just before the given call that changes the disk."""
    with StopAt(number):
        publish_numbered(path, seed)
