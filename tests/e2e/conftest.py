"""What several end-to-end tests share: made once for all test processes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support import advice_events, made_grib
from tests.support import alps as western_alps
from tests.support.advice_events import Garden
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


@pytest.fixture(scope="session")
def tea_garden(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Garden:
    """The tea hills of March 2021, published."""
    return _laid_out(tmp_path_factory, worker_id, advice_events.TEA, advice_events.make_tea)


@pytest.fixture(scope="session")
def baodi_fields(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Garden:
    """The rice fields of Baodi before a rainstorm, published."""
    return _laid_out(tmp_path_factory, worker_id, advice_events.BAODI, advice_events.make_baodi)


@pytest.fixture(scope="session")
def ninghe_nursery(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Garden:
    """Ninghe before the cold wave of April 2025, published from the bundled scenario."""
    return _laid_out(tmp_path_factory, worker_id, advice_events.TIANJIN, advice_events.make_tianjin)


def _laid_out(
    factory: pytest.TempPathFactory,
    worker_id: str,
    garden: Garden,
    make: Callable[[Path], None],
) -> Garden:
    base = factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    return replace(garden, folder=made_once(shared, str(garden.folder), make))


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
