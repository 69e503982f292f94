"""A fetch may be killed or interrupted at any moment; the next one goes on and ends whole."""

import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.support import small_grib
from tests.support.data import ROOT
from tests.support.upstream import Upstream

CYCLE = datetime(2026, 9, 1, tzinfo=UTC)
STEPS = (0, 3, 6)
PROGRAM = """
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from forecast import ingest

# a shell that runs the tests in its background has interrupts ignored, and children inherit that
signal.signal(signal.SIGINT, signal.default_int_handler)
source = ingest.load_source("ecmwf-ifs")
order = ingest.Order(source=source, cycle=datetime(2026, 9, 1, tzinfo=UTC), hours=6)
limits = ingest.FetchLimits(deadline=60, minimum_rate=0)
print("READY", flush=True)
for path in ingest.fetch(order, directory=Path(sys.argv[1]), base_url=sys.argv[2], limits=limits):
    print(path)
"""


def _start(folder: Path, url: str) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), url],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "READY\n"
    return child


def test_killed_fetches_are_finished_by_the_next_one(tmp_path: Path) -> None:
    messages = [m for step in STEPS for m in small_grib.ecmwf_step(CYCLE, step)]
    chance = random.Random(20260901)
    with Upstream() as upstream:
        upstream.publish("ecmwf-ifs", messages)
        # a body takes about a second, so that a kill falls into it
        upstream.misbehave("*.grib2", "drip", pause=0.00005)
        for _ in range(6):
            child = _start(tmp_path, upstream.url)
            time.sleep(chance.uniform(0.1, 1.2))
            child.kill()
            child.communicate()
        upstream.behave()
        out, err = _start(tmp_path, upstream.url).communicate(timeout=60)
    paths = [Path(line) for line in out.splitlines()]
    assert err == ""
    assert b"".join(path.read_bytes() for path in paths) == b"".join(messages)
    assert not list(tmp_path.glob("**/*.part*"))


def test_an_interrupt_ends_a_fetch_that_waits_for_a_silent_server(tmp_path: Path) -> None:
    with Upstream() as upstream:
        upstream.publish("ecmwf-ifs", small_grib.ecmwf_step(CYCLE, 0))
        upstream.misbehave("*", "silent")
        child = _start(tmp_path, upstream.url)
        time.sleep(0.8)
        child.send_signal(signal.SIGINT)
        # the read would wait for 30 s, the whole fetch for 60
        child.communicate(timeout=20)
        assert child.returncode != 0
