"""Our GFS and GEFS addresses are those of Herbie's templates.

Herbie writes a configuration into the home folder and prints when it is imported, so it runs in
a child process with a home of its own, and without any network.
"""

import importlib.util
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forecast.ingest.sources import load_source

CYCLES = [datetime(2026, 9, 1, hour, tzinfo=UTC) for hour in (0, 6, 12, 18)]
STEPS = (0, 1, 120, 123, 384)
PROGRAM = """
import json, socket, sys
from datetime import datetime

def refuse(*_, **__):
    raise OSError("no network in this test")

socket.socket.connect = refuse
socket.create_connection = refuse
socket.getaddrinfo = refuse
from herbie.models.gefs import gefs
from herbie.models.gfs import gfs

class Asked(gfs):
    get_remoteFileName = ""

class Member(gefs):
    get_remoteFileName = ""

found = {}
for hour, step in json.loads(sys.argv[1]):
    asked = Asked()
    asked.date, asked.fxx, asked.product = datetime(2026, 9, 1, hour), step, "pgrb2.0p25"
    asked.template()
    found[f"{hour} {step}"] = {**asked.SOURCES, "suffixes": asked.IDX_SUFFIX}
    for number in (0, 1, 30):
        asked = Member()
        asked.date, asked.fxx, asked.product = datetime(2026, 9, 1, hour), step, "atmos.25"
        asked.member = number
        asked.template()
        found[f"{hour} {step} {number}"] = {**asked.SOURCES, "suffixes": asked.IDX_SUFFIX}
print("ANSWER", json.dumps(found))
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    if importlib.util.find_spec("herbie") is None:
        pytest.skip("herbie-data is absent")
    home = tmp_path_factory.mktemp("herbie")
    asked = json.dumps([(cycle.hour, step) for cycle in CYCLES for step in STEPS])
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "HERBIE_CONFIG_PATH": str(home)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, asked],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer = next(line for line in done.stdout.splitlines() if line.startswith("ANSWER "))
    return json.loads(answer.removeprefix("ANSWER "))


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("cycle", CYCLES, ids=lambda cycle: f"{cycle:%H}z")
def test_gfs_addresses_equal_those_of_herbie(
    template: dict[str, dict[str, object]], cycle: datetime, step: int
) -> None:
    source = load_source("noaa-gfs")
    theirs = template[f"{cycle.hour} {step}"]
    ours = {f"{base}/{source.file_path(cycle, step)}" for base in source.bases}
    assert ours == {theirs["aws"], theirs["google"], theirs["nomads"]}


@pytest.mark.parametrize("member", [0, 1, 30])
@pytest.mark.parametrize("step", [0, 120])
@pytest.mark.parametrize("cycle", CYCLES, ids=lambda cycle: f"{cycle:%H}z")
def test_gefs_addresses_equal_those_of_herbie(
    template: dict[str, dict[str, object]], cycle: datetime, step: int, member: int
) -> None:
    source = load_source("noaa-gefs")
    theirs = template[f"{cycle.hour} {step} {member}"]
    (piece,) = source.pieces(step, (member,))
    path = source.file_path(cycle, step, part=piece.part)
    ours = {f"{base}/{path}" for base in source.bases}
    assert ours == {theirs["aws"], theirs["google"], theirs["nomads"]}
    first = theirs["suffixes"][0]  # type: ignore[index]
    assert source.index_path(cycle, step, part=piece.part) == path + str(first)


def test_the_gfs_index_has_the_suffix_that_herbie_tries_first(
    template: dict[str, dict[str, object]], tmp_path: Path
) -> None:
    source = load_source("noaa-gfs")
    first = template["0 0"]["suffixes"][0]  # type: ignore[index]
    assert source.index_path(CYCLES[0], 0) == source.file_path(CYCLES[0], 0) + str(first)
