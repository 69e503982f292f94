"""What several end-to-end tests share: made once for all test processes."""

from collections.abc import Iterator

import pytest

from tests.support import alps as western_alps
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
