"""Publishing in a child process that a test may kill; started through a fork server."""

import multiprocessing
import os
from dataclasses import replace
from multiprocessing.context import ForkServerContext
from pathlib import Path

import numpy as np

from forecast.errors import StoreBusy
from forecast.publish import publish
from forecast.store import Cycle, CycleDescription, RegionStore
from tests.support.cycles import LONG_AGO, counts, description

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
            for tile in staging.tiles():
                rows, columns = staging.layout.window(tile)
                staging.write_tile(tile, packed[rows, columns])
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
