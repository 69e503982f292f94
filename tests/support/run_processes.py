"""Runs that are started in milliseconds and killed, and readers that ask meanwhile: as processes.

As a program (`python -m tests.support.run_processes`) it has imported everything already and forks
a child for each line on its input (JSON: arguments and environment), so that many runs can be
killed in little time; it says `started PID` and, when that child has ended, `ended PID STATUS`.
With a store's path it is a reader instead, which asks until its input ends.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from forecast.store import RegionStore
from tests.support.data import ROOT
from tests.support.numbered_run import NumberedRuns, number_of


class WarmRuns:
    """Starts runs in milliseconds: forks of a process that has imported everything."""

    def __init__(self, runs: NumberedRuns) -> None:
        self._runs = runs

    def __enter__(self) -> Self:
        with (self._runs.folder / "said.txt").open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.run_processes"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            )
        assert self._line() == ["ready"]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()

    def start(self, number: int, failpoint: str = "") -> int:
        """Start run `number` as a process group of its own; returns its id."""
        order = {
            "arguments": self._runs.arguments(number),
            "environment": self._runs.env | {"ZHITIAN_FAILPOINT": failpoint},
        }
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        said, pid = self._line()
        assert said == "started"
        return int(pid)

    def wait(self) -> int:
        """Wait for the run to end; returns its exit status, negative for a signal."""
        return int(self._line()[2])

    def _line(self) -> list[str]:
        return self._process.stdout.readline().split()


def _serve() -> None:
    import forecast.pipeline
    from forecast.cli import main

    assert forecast.pipeline
    _say("ready")
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os.setsid()
            os.environ.clear()
            os.environ.update(order["environment"])
            sys.argv = ["zhitian", *order["arguments"]]
            os.close(sys.stdin.fileno())
            main()
        _say(f"started {pid}")
        status = os.waitpid(pid, 0)[1]
        _say(f"ended {pid} {os.waitstatus_to_exitcode(status)}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def kill_group(leader: int) -> None:
    """Kill -9 a run with all its children, if it has not ended by itself."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def group_is_empty(leader: int, *, within_s: float) -> bool:
    """Whether no process of the group is left, in a while."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


class Reader:
    """A process that asks the store again and again; a context manager.

    Attributes:
        seen: numbers in the order in which they were read, of a reader that stays open and of
            one opened anew for every question.
        faults: what a reader said instead of an answer.
    """

    def __init__(self, runs: NumberedRuns) -> None:
        self._command = [sys.executable, "-m", "tests.support.run_processes", str(runs.store)]
        self._log = runs.folder / "seen.txt"
        self.seen: dict[str, list[int]] = {"steady": [], "new": []}
        self.faults: list[str] = []

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        while not self._log.read_text(encoding="utf-8"):
            assert self._process.poll() is None
            time.sleep(0.05)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=30)
        for line in self._log.read_text(encoding="utf-8").splitlines():
            who, _, number = line.partition(" ")
            if who in self.seen and number.isdigit():
                self.seen[who].append(int(number))
            else:
                self.faults.append(line)


def _watch(path: Path) -> None:
    steady = RegionStore.open(path)
    while not select.select([sys.stdin], [], [], 0.1)[0]:
        for who, store in (("steady", steady), ("new", RegionStore.open(path))):
            try:
                _say(f"{who} {store.answer(number_of)}")
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a fault to tell
                _say(f"fault {who} {type(error).__name__}: {error}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _watch(Path(sys.argv[1]))
    else:
        _serve()
