"""Model runs of which every number tells the run's number, for one region of flat land."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import numpy as np
import xarray as xr

from forecast.store import Cycle, RegionStore
from tests.support import small_grib
from tests.support.commands import PROGRAM, environment
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
