"""A large region's whole run from made model fields, as a program that reports what it took.

`python -m tests.support.large_run FOLDER CELLS HOURS`: a square region of CELLS x CELLS cells of
0.01° with the coarse terrain that comes along, fields at 0.25°, thirteen
variables (snow is told from rain).
"""

import json
import resource
import sys
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.ingest import IngestReport, RawRun
from forecast.pipeline import RunOrder, Workplace, cycle, run_cycle
from forecast.pipeline.reading import NativeRun
from forecast.regions import Region
from forecast.times import to_datetime
from grids import BoundingBox, Grid

WEST, SOUTH = 100.0, 22.0
START = np.datetime64("2026-04-10T00", "ns")
SPACING = 0.25
MARGIN = 2.0

Fields = npt.NDArray[np.float32]


def native(degrees: float, hours: int) -> xr.Dataset:
    """Made hourly fields of the native contract around a square region, noise included."""
    count = round((degrees + 2 * MARGIN) / SPACING) + 1
    latitude = SOUTH - MARGIN + SPACING * np.arange(count)
    longitude = WEST - MARGIN + SPACING * np.arange(count)
    times = START + np.arange(hours) * np.timedelta64(1, "h")
    names = tuple(_weather(latitude, longitude, np.arange(hours)))
    dims = ("time", "latitude", "longitude")
    dataset = xr.Dataset(
        {
            name: (dims, values)
            for name, values in _weather(latitude, longitude, np.arange(hours)).items()
        },
        coords={
            "time": times,
            "latitude": latitude,
            "longitude": longitude,
            "forecast_reference_time": START,
            "forecast_period": ("time", times - START),
            "time_bounds": (
                ("time", "bounds"),
                np.stack([times - np.timedelta64(1, "h"), times], 1),
            ),
            "variable": list(names),
        },
        attrs={"source": "files", "source_label": "made fields", "simulated": "false"},
    )
    dataset["step_flag"] = (("variable", "time"), np.zeros((len(names), hours), dtype=np.uint8))
    height = 800 + 700 * np.sin(longitude / 2) * np.cos(latitude[:, np.newaxis] / 3)
    dataset["model_elevation"] = (dims[1:], height.astype(np.float32))
    return dataset


def _weather(
    latitude: npt.NDArray[np.float64], longitude: npt.NDArray[np.float64], hours: npt.NDArray
) -> dict[str, Fields]:
    noise = np.random.default_rng(4)
    shape = (hours.size, latitude.size, longitude.size)
    day = np.sin(2 * np.pi * (hours - 8) / 24)[:, np.newaxis, np.newaxis]
    east = np.sin(longitude / 3 + hours[:, np.newaxis, np.newaxis] / 40)
    north = np.cos(latitude / 4)[:, np.newaxis]

    def field(mean: float, swing: float, wave: float, grain: float) -> Fields:
        values = mean + swing * day + wave * east * north + noise.normal(0, grain, shape)
        return np.asarray(values, dtype=np.float32)

    warmth, u, v = field(15, 5, 6, 0.4), field(2, 1, 4, 0.5), field(1, 1, 4, 0.5)
    return {
        "temperature_2m": warmth,
        "dew_point_2m": warmth - np.abs(field(6, 2, 3, 0.3)),
        "surface_pressure": field(920, 1, 8, 0.2),
        "wind_u_10m": u,
        "wind_v_10m": v,
        "wind_gust_10m": np.hypot(u, v) + np.abs(field(3, 1, 2, 0.3)),
        "precipitation": np.maximum(field(-0.5, 0.2, 1.5, 0.3), 0),
        "shortwave_down": np.maximum(field(100, 500, 50, 10), 0),
        "longwave_down": field(330, 10, 30, 5),
        "cloud_cover": np.clip(field(50, 5, 50, 10), 0, 100),
    }


def main(folder: Path, cells: int, hours: int) -> None:
    """Run, and print what it took as JSON."""
    degrees = cells / 100
    box = BoundingBox(west=WEST, south=SOUTH, east=WEST + degrees, north=SOUTH + degrees)
    region = Region(
        name="large", label_zh="大", label_en="Large", timezone="Asia/Shanghai",
        grid=Grid.from_box(box), terrain=None, shipped=False,
    )  # fmt: skip
    made = NativeRun(
        dataset=native(degrees, hours), members=None, report=IngestReport(()), simulated=False
    )
    place = Workplace(
        store=folder, downloads=folder, terrain=folder, clock=lambda: to_datetime(START)
    )
    begin, spent = time.monotonic(), time.process_time()
    marks: dict[str, float] = {}

    def report(stage: str, done: int, total: int) -> None:
        if done >= total:
            marks[stage.partition(" ")[0]] = round(time.monotonic() - begin, 1)

    with patch.object(cycle, "to_native", lambda *_, **__: made):
        order = RunOrder(region=region, source="files", raw=RawRun([], IngestReport(())))
        outcome = run_cycle(order, place, report=report)
    files = [path for path in (folder / "large" / "cycles").rglob("*") if path.is_file()]
    figures = {
        "values": cells * cells * hours * len(outcome.variables),
        "variables": len(outcome.variables),
        "seconds": time.monotonic() - begin,
        "cpu_seconds": time.process_time() - spent,
        "marks": marks,
        "bytes": sum(path.stat().st_size for path in files),
        "peak_rss": max(
            resource.getrusage(who).ru_maxrss * 1024
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        ),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
