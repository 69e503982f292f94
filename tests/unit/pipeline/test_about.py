"""What a cycle says about itself before its first tile is written."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from forecast import downscale
from forecast.ingest import IngestReport
from forecast.normalise import normalise
from forecast.pipeline.about import describe
from forecast.pipeline.ground import region_terrain
from forecast.pipeline.reading import NativeRun
from forecast.regions import Region
from forecast.store import CycleDescription
from tests.support.raw_fields import rain_records, raw_field, screen_temperature

AT_2M = {"type_of_level": "heightAboveGround", "level": 2.0}


def described(region: Region, fields: Sequence[xr.DataArray], folder: Path) -> CycleDescription:
    static = raw_field("z", 100.0, steps=[0], units="m**2 s**-2")
    native = normalise([*fields, static], source="files")
    terrain = region_terrain(region, folder=folder)
    hourly = downscale.hourly(native)
    return describe(
        region,
        NativeRun(dataset=native, members=None, report=IngestReport(()), simulated=False),
        hourly=hourly,
        plan=downscale.prepare(hourly, terrain),
        terrain=terrain,
    )


def flags(cycle: CycleDescription, name: str) -> list[int]:
    found: list[int] = cycle.step_flag[cycle.variables.index(name)].tolist()
    return found


def test_what_needs_two_quantities_is_missing_where_either_is(
    region: Region, tmp_path: Path
) -> None:
    warmth = screen_temperature([0, 1, 3])
    dew = raw_field("2d", 275.0, steps=[0, 1, 2, 3], param=168, **AT_2M)
    cycle = described(region, [warmth.isel(step=[0, 1]), dew], tmp_path)
    assert flags(cycle, "dew_point_2m") == [0, 0, 0, 0]
    assert flags(cycle, "temperature_2m") == [0, 0, 2, 2]
    assert flags(cycle, "relative_humidity_2m") == [0, 0, 2, 2]
    assert flags(cycle, "vapour_pressure_deficit") == [0, 0, 2, 2]


def test_a_sum_has_no_value_at_the_start_of_the_run(region: Region, tmp_path: Path) -> None:
    rain = rain_records([1.0, 2.0, 3.0], [(0, 1), (0, 2), (0, 3)])
    cycle = described(region, [screen_temperature([0, 1, 2, 3]), *rain], tmp_path)
    assert flags(cycle, "precipitation") == [2, 0, 0, 0]
    assert flags(cycle, "temperature_2m") == [0, 0, 0, 0]


def test_an_hour_inside_a_longer_sum_is_interpolated_and_its_bounds_are_an_hour(
    region: Region, tmp_path: Path
) -> None:
    rain = rain_records([1.0, 2.0, 3.0], [(0, 3)])
    cycle = described(region, [screen_temperature([0, 3]), *rain], tmp_path)
    assert flags(cycle, "precipitation") == [2, 1, 1, 1]
    assert flags(cycle, "temperature_2m") == [0, 1, 1, 0]
    lengths = np.diff(cycle.time_bounds, axis=1).ravel()[1:]
    assert set(lengths.tolist()) == {3_600_000_000_000}


def test_what_contradicts_physics_stands_in_the_report(region: Region, tmp_path: Path) -> None:
    dew = raw_field("2d", 290.0, steps=[0, 1], param=168, **AT_2M)
    cycle = described(region, [screen_temperature([0, 1], 283.15), dew], tmp_path)
    assert any("dew_point_2m exceeds" in sentence for sentence in cycle.report["findings"])
