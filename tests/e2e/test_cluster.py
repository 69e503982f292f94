"""`zhitian run --scheduler tcp://…` on a real dask cluster: the same bytes, also after a loss."""

import hashlib
import signal
import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support import small_cycle
from tests.support.cluster import Cluster
from tests.support.commands import PROGRAM, environment, refusal, succeed

CYCLE = datetime(2026, 4, 10, tzinfo=UTC)
TILES = 6
DEADLINE_S = 90
SHARDS = "hills/staging/*/series/values/c/*/*/0/0"

_REGION = """
name = "hills"
label_zh = "丘陵"
label_en = "Hills"
timezone = "Asia/Shanghai"
spacing = 0.01

[box]
west = 114.00
south = 29.50
east = 117.84
north = 32.06
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Arguments of a run of a day over hills, on the coarse terrain that comes along."""
    folder = tmp_path_factory.mktemp("hills")
    (folder / "hills.toml").write_text(_REGION, encoding="utf-8")
    messages = small_cycle.ecmwf(CYCLE, range(0, 25, 3))
    inputs = small_cycle.write(folder / "run.grib2", messages)
    return ("run", "--region", str(folder / "hills.toml"), "--source", "files",
            "--input", str(inputs))  # fmt: skip


@pytest.fixture(scope="module")
def by_threads(run: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Hashes of the arrays that threads of one process publish."""
    store = tmp_path_factory.mktemp("threads")
    succeed(*run, env=environment(store=store))
    return hashes(store)


def hashes(store: Path) -> dict[str, str]:
    """Hash of every shard of the one published cycle, by its path in the cycle."""
    (cycle,) = (store / "hills" / "cycles").iterdir()
    shards = [
        path for part in ("maps", "series") for path in (cycle / part).rglob("c/**/*")
        if path.is_file()
    ]  # fmt: skip
    return {
        str(path.relative_to(cycle)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in shards
    }


def settings(store: Path, cluster: Cluster) -> dict[str, str]:
    return environment(store=store, scheduler=cluster.address, deadline_minutes=DEADLINE_S / 60)


def await_tiles(store: Path, count: int) -> None:
    """Wait until some tiles lie in the staging folder."""
    end = time.monotonic() + 60
    while len(list(store.glob(SHARDS))) < count:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_cluster_publishes_the_same_bytes_as_threads(
    run: tuple[str, ...], by_threads: dict[str, str], tmp_path: Path
) -> None:
    with closing(Cluster(tmp_path, workers=2)) as cluster:
        succeed(*run, "--scheduler", cluster.address, env=environment(store=tmp_path / "store"))
    found = hashes(tmp_path / "store")
    assert len([path for path in found if path.startswith("series/values/c/")]) == TILES
    assert found == by_threads


def test_a_run_ends_whole_when_a_worker_is_killed_midway(
    run: tuple[str, ...], by_threads: dict[str, str], tmp_path: Path
) -> None:
    begin, store = time.monotonic(), tmp_path / "store"
    # two seconds for every tile, so that there is a middle
    slow = Cluster(tmp_path, workers=2, ZHITIAN_FAILPOINT="write:sleep")
    with (
        closing(slow) as cluster,
        subprocess.Popen(
            [PROGRAM, *run], env=settings(store, cluster), stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        await_tiles(store, 1)
        cluster.workers[0].send_signal(signal.SIGKILL)
        assert len(list(store.glob(SHARDS))) < TILES
        said = process.communicate(timeout=DEADLINE_S)[1]
    assert process.returncode == 0, said
    assert time.monotonic() - begin < DEADLINE_S
    assert hashes(store) == by_threads


def test_a_cluster_that_is_not_there_is_said(run: tuple[str, ...], tmp_path: Path) -> None:
    env = environment(store=tmp_path / "store", deadline_minutes=0.1)
    code, said = refusal(*run, "--scheduler", "tcp://127.0.0.1:9", env=env)
    assert code in (7, 10)
    assert "tcp://127.0.0.1:9" in said
    assert not list((tmp_path / "store" / "hills" / "cycles").iterdir())
