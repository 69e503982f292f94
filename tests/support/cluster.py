"""A real dask scheduler with workers, started by a test."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from distributed import Client


class Cluster:
    """A scheduler and its workers as processes of their own, on the loopback.

    Args:
        folder: for their files.
        workers: how many, of one thread each.
        environment: of the workers, beside that of this process.

    Attributes:
        address: of the scheduler.
        workers: their processes.
    """

    def __init__(self, folder: Path, workers: int, **environment: str) -> None:
        contact = folder / "scheduler.json"
        self.processes = [
            _dask("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(contact))
        ]
        self.workers = [
            _dask(
                "worker",
                "--scheduler-file",
                str(contact),
                "--nthreads",
                "1",
                "--no-nanny",
                "--no-dashboard",
                "--local-directory",
                str(folder),
                env=os.environ | environment,
            )
            for _ in range(workers)
        ]
        self.processes += self.workers
        try:
            self.address = _address(contact)
            with Client(self.address, timeout=30) as client:
                client.wait_for_workers(workers, timeout=60)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Kill all that still run."""
        for process in self.processes:
            process.kill()
            process.wait()


def _address(contact: Path) -> str:
    """Address of the scheduler, once it has written the whole file."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(FileNotFoundError, ValueError):
            return json.loads(contact.read_text(encoding="utf-8"))["address"]
        time.sleep(0.05)
    raise TimeoutError("the scheduler did not start")


def _dask(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
