"""A real dask scheduler with two workers writes the same bytes; lost or hung workers cost time."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from forecast.errors import DeadlineExceeded
from forecast.publish import publish
from forecast.store import FileEntry, RegionStore, Tile, write_tile
from forecast.store.execution import execute
from forecast.store.layout import TileLayout
from tests.support.cluster import Cluster
from tests.support.cycles import counts, description, new_store

ABOUT = description(rows=22, columns=26, hours=5)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    started = Cluster(tmp_path, workers=2)
    try:
        yield started
    finally:
        started.close()


def make_tile(staging: Path, layout: TileLayout, tile: Tile, pause_s: float) -> tuple:
    """What a pipeline task does: compute the tile from keys, write it, return its files."""
    rows, columns = layout.window(tile)
    time.sleep(pause_s)
    return os.getpid(), write_tile(staging, tile, block=counts(ABOUT)[rows, columns])


def entries(results: list) -> list[FileEntry]:
    return [entry for _, written in results for entry in written]


def test_the_cluster_writes_the_same_bytes_as_threads(tmp_path: Path, cluster: Cluster) -> None:
    store = new_store(tmp_path)
    files = []
    for scheduler in (None, cluster.address):
        with store.stage(ABOUT) as staging:
            tasks = [(make_tile, (staging.path, staging.layout, t, 0.02)) for t in staging.tiles()]
            results = execute(tasks, scheduler=scheduler, deadline_s=60)
            staging.record(entries(results))
            manifest = publish(staging)
            files.append([e for e in manifest.files if "/c/" in e.path])
    assert files[0] == files[1]
    assert len({pid for pid, _ in results}) == 2
    np.testing.assert_array_equal(store.current().point(21, 25), counts(ABOUT)[21, 25])


def test_a_killed_worker_costs_nothing_but_time(tmp_path: Path, cluster: Cluster) -> None:
    store = new_store(tmp_path)
    killed = []

    def kill_one(done: int) -> None:
        if done == 10 and not killed:
            cluster.workers[0].send_signal(signal.SIGKILL)
            killed.append(True)

    with store.stage(ABOUT) as staging:
        tasks = [(make_tile, (staging.path, staging.layout, t, 0.05)) for t in staging.tiles()]
        results = execute(tasks, scheduler=cluster.address, deadline_s=90, progress=kill_one)
        staging.record(entries(results))
        publish(staging)
    assert killed
    assert store.scrub().whole
    cycle = RegionStore.open(store.path).current()
    rows, columns = (axis.ravel() for axis in np.indices((22, 26)))
    np.testing.assert_array_equal(cycle.points(rows, columns), counts(ABOUT)[rows, columns])


def test_a_hung_worker_gets_no_more_work(tmp_path: Path, cluster: Cluster) -> None:
    store = new_store(tmp_path)
    hung = []

    def hang_one(done: int) -> None:
        if done == 10 and not hung:
            cluster.workers[0].send_signal(signal.SIGSTOP)
            hung.append(True)

    started = time.monotonic()
    with store.stage(ABOUT) as staging:
        tasks = [(make_tile, (staging.path, staging.layout, t, 0.05)) for t in staging.tiles()]
        results = execute(
            tasks,
            scheduler=cluster.address,
            deadline_s=60,
            task_deadline_s=4,
            progress=hang_one,
        )
        staging.record(entries(results))
        publish(staging)
    assert hung
    assert time.monotonic() - started < 30
    assert store.scrub().whole


def test_a_cluster_that_hangs_as_a_whole_ends_at_the_deadline(cluster: Cluster) -> None:
    assert execute([(int, ())], scheduler=cluster.address, deadline_s=30) == [0]
    for worker in cluster.workers:
        worker.send_signal(signal.SIGSTOP)
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded, match="2 workers were silent"):
        execute([(int, ())] * 9, scheduler=cluster.address, deadline_s=8, task_deadline_s=1)
    assert time.monotonic() - started < 15


def test_an_error_in_a_task_is_raised_here(cluster: Cluster) -> None:
    with pytest.raises(ZeroDivisionError):
        execute([(divmod, (1, 0))], scheduler=cluster.address, deadline_s=30)
