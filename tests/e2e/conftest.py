"""What several end-to-end tests share: made once for all test processes."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support import alps as western_alps
from tests.support import made_grib
from tests.support.alps import Alps
from tests.support.commands import Server, made_once


@pytest.fixture(scope="session")
def alps(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Alps:
    """A published cycle of the western Alps from a real run, by `zhitian run`."""
    western_alps.run_files()
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    return Alps(made_once(shared, "alps", western_alps.publish))


@pytest.fixture(scope="session")
def alps_server(alps: Alps) -> Iterator[Server]:
    """That cycle served over HTTP by `zhitian serve`."""
    with Server(alps.env) as server:
        yield server


@pytest.fixture
def made_messages(tmp_path: Path) -> Path:
    """Temperature and orography over East China, made here."""
    path = tmp_path / "made.grib2"
    height = np.full((made_grib.ROWS, made_grib.COLUMNS), 9.80665 * 100.0)
    path.write_bytes(made_grib.message() + made_grib.message(height, shortName="z"))
    return path


@pytest.fixture
def made_places(tmp_path: Path) -> Path:
    """Two stations at one place there, a kilometre apart in height."""
    path = tmp_path / "places.csv"
    path.write_text(
        "station,latitude,longitude,elevation\nlow,32.5,114.0,100\nhigh,32.5,114.0,1100\n",
        encoding="utf-8",
    )
    return path
