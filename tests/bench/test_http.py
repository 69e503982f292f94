"""The forecast of a point over HTTP, in CPU time of the server, beside the default idiom."""

import random
import sys
from collections.abc import Callable, Iterator

import orjson
import pytest

from tests.support.bench_application import ANNOTATED, DEFAULT, STATIC
from tests.support.benchmark import Measurements
from tests.support.http_server import Connection, Server, serving
from tests.support.small_region import SmallRegion

HOURS = 168
ROUNDS = 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("bench")
    region = SmallRegion.create(folder, hours=HOURS)
    region.publish()
    module = "tests.support.bench_application"
    command = [sys.executable, "-m", module, str(region.root), str(region.file)]
    with serving(command, folder / "server.log") as running:
        yield running


def cpu_per_request(server: Server, target: Callable[[], str], *, requests: int) -> float:
    """Least CPU seconds of the server for one request, over some rounds."""
    connection = Connection(server.port)
    best = float("inf")
    try:
        for _ in range(20):
            connection.get(target())
        for _ in range(ROUNDS):
            start = server.cpu_seconds()
            for _ in range(requests):
                status, _body = connection.get(target())
                assert status == 200
            best = min(best, (server.cpu_seconds() - start) / requests)
    finally:
        connection.close()
    return best


def test_a_point_over_http_is_far_from_the_default_idiom_and_near_static_bytes(
    server: Server, measurements: Measurements
) -> None:
    chance = random.Random(3)

    def query() -> str:
        return f"lat={chance.uniform(39.36, 39.54):.4f}&lon={chance.uniform(117.61, 117.79):.4f}"

    connection = Connection(server.port)
    same = "?lat=39.45&lon=117.72"
    ours, default, static = (
        connection.get(f"{path}{same}")[1] for path in ("/v1/forecast", DEFAULT, STATIC)
    )
    connection.close()
    assert orjson.loads(ours) == orjson.loads(default)
    assert ours == static
    ours_s = cpu_per_request(server, lambda: f"/v1/forecast?{query()}", requests=3000)
    default_s = cpu_per_request(server, lambda: f"{DEFAULT}?{query()}", requests=200)
    annotated_s = cpu_per_request(server, lambda: f"{ANNOTATED}?{query()}", requests=600)
    static_s = cpu_per_request(server, lambda: STATIC, requests=5000)
    how = f"12 variables x {HOURS + 1} hours, {len(ours) / 1000:.0f} kB, uvicorn, one connection"
    measurements.add(
        "GET /v1/forecast, one point", f"{ours_s * 1e6:.0f} µs CPU", wanted="–", how=how
    )
    measurements.add(
        "GET /v1/forecast beside the same route returning a dict, no annotation",
        f"{default_s / ours_s:.1f} x ({default_s * 1e6:.0f} µs)",
        wanted="≥ 10 x",
        how=how,
    )
    measurements.add(
        "GET /v1/forecast beside the same route annotated `-> dict` (pydantic writes it)",
        f"{annotated_s / ours_s:.1f} x ({annotated_s * 1e6:.0f} µs)",
        wanted="–",
        how=how,
    )
    measurements.add(
        "GET /v1/forecast beside the same bytes, static",
        f"{100 * static_s / ours_s:.0f} % ({static_s * 1e6:.0f} µs)",
        wanted="≥ 15 %",
        how=how,
    )
    assert default_s / ours_s >= 10
    assert static_s / ours_s >= 0.15
