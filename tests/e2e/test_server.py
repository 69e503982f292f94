"""`zhitian serve` as a process of its own: every route over a socket, change under load, stop."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.data import ROOT
from tests.support.http_server import Connection, Server, serving, zhitian
from tests.support.small_region import NAME, SmallRegion

CLOCK = ("--now", "2025-04-10T06:00Z")


def options(region: SmallRegion) -> list[str]:
    return ["--store", str(region.root), "--region", str(region.file), *CLOCK]


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    return SmallRegion.create(tmp_path)


@pytest.fixture(scope="module")
def steady_region(tmp_path_factory: pytest.TempPathFactory) -> SmallRegion:
    made = SmallRegion.create(tmp_path_factory.mktemp("steady"))
    made.publish()
    return made


@pytest.fixture(scope="module")
def steady(steady_region: SmallRegion) -> Iterator[Server]:
    """A server for tests that change nothing."""
    command = zhitian("serve", "--port", "0", *options(steady_region))
    with serving(command, steady_region.root / "server.log") as running:
        yield running


@pytest.fixture
def server(region: SmallRegion, tmp_path: Path) -> Iterator[Server]:
    region.publish()
    command = zhitian("serve", "--port", "0", *options(region))
    with serving(command, tmp_path / "server.log") as running:
        yield running


def test_every_route_answers_over_a_socket(steady: Server, steady_region: SmallRegion) -> None:
    with httpx.Client(base_url=steady.url, timeout=20) as client:
        answer = client.get("/v1/forecast", params={"lat": "39.385", "lon": "117.655"})
        assert answer.status_code == 200
        expected = steady_region.value("temperature_2m", row=3, column=5, step=0)
        assert answer.json()["hourly"]["temperature_2m"][0] == expected
        assert "server" not in answer.headers
        assert (
            client.get(
                "/v1/forecast?lat=39.385&lon=117.655", headers={"if-none-match": "*"}
            ).status_code
            == 304
        )
        body = {"points": [{"place": "宁河"}], "daily": "all", "day": "20-20"}
        assert client.post("/v1/forecast", json=body).json()["answers"][0]["daily"]
        for path in (
            "/",
            "/?place=宁河",
            "/plain",
            "/web/plain/style.css",
            "/docs",
            "/openapi.json",
            "/healthz",
            "/readyz",
            "/v1/status",
            "/v1/places?q=宁河",
            "/v1/regions",
            "/v1/variables",
            f"/v1/cycles?region={NAME}",
        ):
            assert client.get(path).status_code == 200, path
        refused = client.get("/v1/forecast?lat=1_0&lon=1")
        assert (refused.status_code, refused.headers["content-type"]) == (
            400,
            "application/problem+json",
        )


def test_command_line_and_server_give_the_same_bytes(
    steady: Server, steady_region: SmallRegion
) -> None:
    command = zhitian(
        "point", "--place", "宁河", "--daily", "all", "--json", *options(steady_region)
    )
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    served = httpx.get(f"{steady.url}/v1/forecast?place=宁河&daily=all").content
    assert json.loads(printed) == json.loads(served)


def test_a_new_cycle_is_taken_over_under_load_and_answers_are_whole(
    server: Server, region: SmallRegion
) -> None:
    seen: list[tuple[str, float]] = []
    faults: list[str] = []
    done = threading.Event()

    def ask() -> None:
        connection = Connection(server.port)
        while not done.is_set():
            target = "/v1/forecast?lat=39.385,39.355&lon=117.655,117.605&hourly=temperature_2m"
            status, body = connection.get(target)
            if status != 200:
                faults.append(body.decode())
                return
            answers = json.loads(body)["answers"]
            cycles = {answer["passport"]["cycle"] for answer in answers}
            first, second = (answer["hourly"]["temperature_2m"][0] for answer in answers)
            # 3 rows and 5 columns between the two: 9 + 10 counts of 0.1 K in any version
            if len(cycles) != 1 or round(first - second, 6) != 1.9:
                faults.append(body.decode())
            seen.append((cycles.pop(), first))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    newest = region.publish(version=2)
    deadline = time.monotonic() + 15
    while (not seen or seen[-1][0] != newest) and time.monotonic() < deadline:
        time.sleep(0.05)
    done.set()
    for thread in threads:
        thread.join()
    assert faults == []
    values = dict(seen)
    assert len(values) == 2
    assert values[newest] == region.value("temperature_2m", row=3, column=5, step=0, version=2)


def test_a_byte_that_flips_on_the_disk_is_never_answered(
    server: Server, region: SmallRegion
) -> None:
    newest = region.publish(version=1)
    time.sleep(1.1)
    cycle = region.store.cycle(newest)
    (tile,) = cycle.manifest.layout.tiles()
    shard = next(region.root.glob(f"**/{newest}")) / cycle.manifest.layout.series_file(tile)
    content = bytearray(shard.read_bytes())
    content[(3 * 24 + 5) * (12 * 49 * 2 + 4) + 17] ^= 1
    with shard.open("r+b") as handle:
        handle.write(content)
    url = f"{server.url}/v1/forecast?lat=39.385&lon=117.655"
    answer = httpx.get(url, timeout=20).json()
    assert newest in answer["passport"]["degraded"]
    expected = region.value("temperature_2m", row=3, column=5, step=0, version=0)
    assert answer["hourly"]["temperature_2m"][0] == expected


def test_the_server_is_up_before_anything_is_published(region: SmallRegion, tmp_path: Path) -> None:
    command = zhitian("serve", "--port", "0", *options(region))
    with serving(command, tmp_path / "server.log") as running:
        assert httpx.get(f"{running.url}/healthz").status_code == 200
        assert httpx.get(f"{running.url}/readyz").status_code == 503
        region.publish()
        assert httpx.get(f"{running.url}/readyz").status_code == 200


def test_the_server_stops_in_order_and_says_where_it_cannot_begin(
    server: Server, region: SmallRegion
) -> None:
    command = zhitian("serve", "--port", str(server.port), *options(region))
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert second.returncode == 3
    assert second.stderr.startswith(f"error: address 127.0.0.1, port {server.port}")
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(timeout=15) == 0


def test_a_client_that_never_ends_its_header_does_not_stop_the_others(steady: Server) -> None:
    idle = [socket.create_connection(("127.0.0.1", steady.port)) for _ in range(50)]
    for connection in idle:
        connection.sendall(b"GET /v1/forecast?lat=39.4&lon=117.7 HTTP/1.1\r\nHost: x\r\nX-Slow:")
    assert httpx.get(f"{steady.url}/healthz", timeout=5).status_code == 200
    for connection in idle:
        connection.close()


def test_help_takes_less_than_half_a_second_of_cpu() -> None:
    command = zhitian("--help")
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    best = min(_cpu_seconds(command) for _ in range(3))
    assert best < 0.5


def test_help_loads_no_heavy_library() -> None:
    heavy = ("xarray", "pandas", "numba", "dask", "scipy", "pydantic", "fastapi", "zarr", "h5py")
    code = f"import sys, forecast.cli; print(*sorted(set({heavy!r}) & set(sys.modules)))"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""


def test_a_closed_pipe_ends_the_command_quietly(steady_region: SmallRegion) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = zhitian("point", "--lat", "39.4", "--lon", "117.7", "--json", *options(steady_region))
    result = subprocess.run(
        command, cwd=ROOT, stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (result.returncode, result.stderr) == (1, "")


def _cpu_seconds(command: list[str]) -> float:
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return usage.ru_utime + usage.ru_stime
