"""A small cycle at a local upstream, and patience measured in fractions of a second."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from forecast.ingest.download import fetch
from forecast.ingest.patience import FetchLimits
from forecast.ingest.sources import Order, load_source
from tests.support import small_grib
from tests.support.upstream import Upstream

CYCLE = datetime(2026, 9, 1, tzinfo=UTC)


@cache
def ifs_messages(cycle: datetime = CYCLE, last: int = 6) -> list[bytes]:
    """A small IFS cycle every three hours."""
    steps = range(0, last + 1, 3)
    return [message for step in steps for message in small_grib.ecmwf_step(cycle, step)]


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """An upstream with steps 0, 3 and 6 of one IFS cycle."""
    with Upstream() as server:
        server.publish("ecmwf-ifs", ifs_messages())
        yield server


@pytest.fixture
def order() -> Order:
    """Six hours of that cycle."""
    return Order(source=load_source("ecmwf-ifs"), cycle=CYCLE, hours=6)


@pytest.fixture
def pauses() -> list[float]:
    """Pauses that were made between tries, in seconds; none is slept."""
    return []


@pytest.fixture
def limits(pauses: list[float]) -> FetchLimits:
    """Little patience."""
    return FetchLimits(
        deadline=10,
        connect_timeout=2,
        read_timeout=0.4,
        minimum_rate=1000,
        rate_window=0.3,
        attempts=3,
        sleep=pauses.append,
    )


@pytest.fixture
def get(
    upstream: Upstream, order: Order, limits: FetchLimits, tmp_path: Path
) -> Callable[[], list[Path]]:
    """Fetch the order from the upstream into the test's folder."""
    return lambda: fetch(order, directory=tmp_path, base_url=upstream.url, limits=limits)
