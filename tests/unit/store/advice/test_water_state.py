"""Kept soil water: whole or not at all, and refused where it was damaged."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from forecast.errors import StoreError
from forecast.store.advice.water_state import WaterState, read_water, water_path, write_water
from grids.grid import Grid

GRID = Grid(
    west=117.0, south=39.0, longitude_spacing=0.01, latitude_spacing=0.01, rows=2, columns=3
)
STATE = WaterState(
    profile="wheat",
    simulated=False,
    day=date(2025, 4, 9),
    assumed_from=date(2025, 4, 1),
    season_begins=date(2024, 10, 5),
    soil="loam",
    cycle_id="20250409T12Z-ecmwf-ifs-1",
    grid=GRID,
    fields={
        "root_zone_depletion": np.array([[1.1, 2.2, 3.3], [4.4, np.nan, 0.0]]),
        "root_depth": np.full((2, 3), 0.31),
    },
)


def test_a_state_comes_back_to_the_last_bit(tmp_path: Path) -> None:
    write_water(tmp_path, STATE)
    found = read_water(tmp_path, "wheat", simulated=False)
    assert found is not None
    assert replace(found, fields={}).__repr__() == replace(STATE, fields={}).__repr__()
    for name, field in STATE.fields.items():
        np.testing.assert_array_equal(found.fields[name], field)


def test_a_crop_without_a_file_has_no_state(tmp_path: Path) -> None:
    assert read_water(tmp_path, "wheat", simulated=False) is None


def test_the_water_of_a_scenario_is_another_file(tmp_path: Path) -> None:
    write_water(tmp_path, replace(STATE, simulated=True))
    assert read_water(tmp_path, "wheat", simulated=False) is None
    assert read_water(tmp_path, "wheat", simulated=True) is not None


@pytest.mark.parametrize("place", [3, 40, 300, -1])
def test_one_changed_byte_is_refused_in_one_sentence(tmp_path: Path, place: int) -> None:
    path = write_water(tmp_path, STATE)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged or of another format than zhitian-water/1"):
        read_water(tmp_path, "wheat", simulated=False)


def test_a_file_that_was_cut_is_refused(tmp_path: Path) -> None:
    path = write_water(tmp_path, STATE)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(StoreError, match="remove it, and the next cycle begins anew"):
        read_water(tmp_path, "wheat", simulated=False)


KILLED = """
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from forecast.store.advice.water_state import write_water
from tests.unit.store.advice.test_water_state import STATE
write_water(Path(sys.argv[1]), replace(STATE, day=date(2025, 4, 10)))
"""


def test_a_kill_between_write_and_rename_leaves_the_old_state(tmp_path: Path) -> None:
    path = write_water(tmp_path, STATE)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        env={"ZHITIAN_FAILPOINT": "water:kill", "PYTHONPATH": ":".join(sys.path)},
        check=False,
    )
    assert ended.returncode == -9
    assert len(list(path.parent.iterdir())) == 2
    found = read_water(tmp_path, "wheat", simulated=False)
    assert found is not None
    assert found.day == STATE.day
    write_water(tmp_path, replace(STATE, day=date(2025, 4, 10)))
    again = read_water(tmp_path, "wheat", simulated=False)
    assert again is not None
    assert again.day == date(2025, 4, 10)
    assert list(path.parent.iterdir()) == [path]
    assert path == water_path(tmp_path, "wheat", simulated=False)
