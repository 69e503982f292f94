"""Model runs of which every number tells the run's number, run by the real command and killed.

As a program (`python -m tests.support.numbered_run`) it has imported everything already and forks
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
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import xarray as xr

from forecast.store import Cycle, RegionStore
from tests.support import small_grib
from tests.support.commands import PROGRAM, environment
from tests.support.data import ROOT
from tests.support.small_grib import Wanted

CYCLE = datetime(2026, 4, 10, tzinfo=UTC)
HOURS = 8
HEIGHT_M = 20.0
EDGE = 160
"""Cells along the region: four tiles of 128."""
SAMPLES = 32
NAMES = ("2t", "2d", "10u", "10v", "sp", "tcc", "tp", "z")

_REGION = f"""
name = "plain"
label_zh = "平地"
label_en = "Plain"
timezone = "Asia/Shanghai"
spacing = 0.01
terrain = "plain.nc"

[box]
west = 115.0
south = 33.0
east = {115.0 + EDGE / 100}
north = {33.0 + EDGE / 100}
"""


def expected(number: int) -> dict[str, float]:
    """What every cell and hour of run `number` must hold, in the vocabulary's units."""
    return {
        "temperature_2m": 10.0 + 0.1 * number,
        "dew_point_2m": 4.0 + 0.1 * number,
        "wind_speed_10m": 3.0 + 0.1 * number,
        "surface_pressure": 1000.0 + 0.1 * number,
        "cloud_cover": 20.0 + number,
        "precipitation": 0.10 + 0.01 * number,
    }


def number_of(cycle: Cycle) -> int:
    """The number of a cycle, after checking that all variables, cells and hours have it."""
    chance = np.random.default_rng()
    rows, columns = chance.integers(0, EDGE, (2, SAMPLES))
    values = cycle.unpack(cycle.points(rows, columns))
    first = values[0, cycle.variables.index("temperature_2m"), 0]
    number = round((float(first) - 10.0) / 0.1)
    for name, value in expected(number).items():
        series = values[:, cycle.variables.index(name)]
        hours = slice(1, None) if name == "precipitation" else slice(None)
        np.testing.assert_allclose(series[:, hours], value, atol=1e-3, err_msg=name)
    field = cycle.window(["temperature_2m"], times=slice(3, 4))["temperature_2m"].values
    np.testing.assert_allclose(field, expected(number)["temperature_2m"], atol=1e-3)
    return number


@dataclass(frozen=True)
class NumberedRuns:
    """A region of flat land and the inputs of its runs.

    Attributes:
        folder: of the region file, the terrain, the inputs and the store.
    """

    folder: Path

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Write the region file and its terrain."""
        runs = cls(folder)
        runs.region.write_text(_REGION, encoding="utf-8")
        axes = {"latitude": 32.5 + 0.05 * np.arange(60), "longitude": 114.5 + 0.05 * np.arange(60)}
        flat = xr.DataArray(
            np.full((60, 60), HEIGHT_M, dtype=np.float32), coords=axes, dims=tuple(axes)
        )
        flat.attrs["units"] = "m"
        flat.to_dataset(name="elevation").to_netcdf(folder / "plain.nc", engine="h5netcdf")
        return runs

    @property
    def region(self) -> Path:
        return self.folder / "plain.toml"

    @property
    def store(self) -> Path:
        return self.folder / "store" / "plain"

    @property
    def env(self) -> dict[str, str]:
        return environment(store=self.folder / "store", terrain=self.folder / "built")

    def arguments(self, number: int) -> list[str]:
        """Arguments of `zhitian` for run `number`; its input is written if it is not there."""
        path = self.folder / f"run-{number}.grib2"
        if not path.exists():
            path.write_bytes(b"".join(_messages(number)))
        return ["run", "--region", str(self.region), "--source", "files", "--input", str(path)]

    def start(self, number: int, failpoint: str = "") -> subprocess.Popen[bytes]:
        """Start run `number` as a process group of its own."""
        with (self.folder / "said.txt").open("ab") as said:
            return subprocess.Popen(
                [str(PROGRAM), *self.arguments(number)],
                env=self.env | {"ZHITIAN_FAILPOINT": failpoint},
                start_new_session=True,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )

    def current(self) -> int:
        """The number that a newly started reader gets."""
        return RegionStore.open(self.store).answer(number_of)


def _messages(number: int) -> list[bytes]:
    values = expected(number)

    def field(wanted: Wanted, *_: object) -> np.ndarray:
        return np.array({
            "2t": values["temperature_2m"] + 273.15,
            "2d": values["dew_point_2m"] + 273.15,
            "10u": values["wind_speed_10m"],
            "10v": 0.0,
            "sp": 100.0 * values["surface_pressure"],
            "tcc": values["cloud_cover"] / 100.0,
            "tp": 1e-3 * values["precipitation"] * wanted.step,
            "z": 9.80665 * HEIGHT_M,
        }[wanted.name])  # fmt: skip

    wanted = [
        Wanted(name=name, cycle=CYCLE, step=step, start=0 if name == "tp" else None)
        for step in range(HOURS + 1)
        for name in NAMES
        if (name != "tp" or step) and (name != "z" or not step)
    ]
    return [small_grib.write(each, spacing=1.0, field=field) for each in wanted]


class WarmRuns:
    """Starts runs in milliseconds: forks of a process that has imported everything."""

    def __init__(self, runs: NumberedRuns) -> None:
        self._runs = runs

    def __enter__(self) -> Self:
        with (self._runs.folder / "said.txt").open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.numbered_run"],
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
        self._command = [sys.executable, "-m", "tests.support.numbered_run", str(runs.store)]
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
