"""Decoding children: what brings one down costs one message and never the reader."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import eccodes
import numpy as np
import pytest

from forecast import ingest
from forecast.errors import UnreadableFile
from forecast.ingest.forking import fork_server
from tests.support.made_grib import message


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.grib"


def children() -> list[int]:
    server = fork_server().process.pid
    listed = Path(f"/proc/{server}/task/{server}/children")
    if not listed.exists():
        pytest.skip("this kernel does not list child processes")
    return [int(child) for child in listed.read_text().split()]


@pytest.mark.parametrize("blow", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_message_that_crashes_its_child_costs_that_message_only(
    path: Path, blow: signal.Signals
) -> None:
    path.write_bytes(b"".join(message(step=step) for step in range(5)))

    def strike_at_step_2(header: dict[str, Any]) -> bool:
        if header["end"] == 2 * 3600:
            for child in children():
                os.kill(child, blow)
        return True

    run = ingest.read(path, wanted=strike_at_step_2)
    assert run.fields[0].sizes["step"] == 4
    (refusal,) = run.report.refused
    assert "message 3" in refusal
    assert blow.name in refusal


def test_after_too_many_crashes_the_rest_of_the_batch_is_refused(path: Path) -> None:
    path.write_bytes(b"".join(message(step=step) for step in range(6)))

    def strike(header: dict[str, Any]) -> bool:
        for child in children():
            os.kill(child, signal.SIGSEGV)
        return header["end"] >= 0

    with pytest.raises(UnreadableFile, match="SIGSEGV") as caught:
        ingest.Reader(ingest.DecodeLimits(crashes=2)).read(path, wanted=strike)
    assert "and 5 more" in str(caught.value)


def test_a_message_that_takes_too_long_is_ended_by_the_alarm(path: Path) -> None:
    path.write_bytes(message())
    reader = ingest.Reader(ingest.DecodeLimits(message_seconds=0.00002))
    with pytest.raises(UnreadableFile, match="wall time"):
        reader.read(path)


def test_a_message_that_needs_more_memory_than_allowed_is_refused(path: Path) -> None:
    handle = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
    for key, value in {"Ni": 6000, "Nj": 6000, "bitsPerValue": 0}.items():
        eccodes.codes_set(handle, key, value)
    eccodes.codes_set_values(handle, np.full(36_000_000, 280.0))
    constant = bytes(eccodes.codes_get_message(handle))
    eccodes.codes_release(handle)
    assert len(constant) < 1000
    path.write_bytes(constant + message())
    run = ingest.Reader(ingest.DecodeLimits(memory_bytes=600 << 20)).read(path)
    assert run.fields[0].shape == (1, 12, 16)
    assert len(run.report.refused) == 1


def test_children_end_with_the_reading(path: Path) -> None:
    path.write_bytes(message())
    ingest.read(path)
    for _ in range(200):
        if not children():
            return
        signal.sigtimedwait([], 0.01)
    pytest.fail("a decoding child outlived its session")


def test_a_dead_fork_server_is_replaced(path: Path) -> None:
    path.write_bytes(message())
    ingest.read(path)
    first = fork_server().process
    first.kill()
    first.wait()
    assert len(ingest.read(path).fields) == 1
    assert fork_server().process.pid != first.pid


def test_a_script_without_main_guard_can_read_and_its_server_ends_with_it(path: Path) -> None:
    path.write_bytes(message())
    script = path.with_name("script.py")
    script.write_text(
        textwrap.dedent(f"""
        from forecast import ingest
        from forecast.ingest.forking import fork_server
        print(len(ingest.read({str(path)!r}).fields), fork_server().process.pid)
        """),
        encoding="utf-8",
    )
    answer = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=True, timeout=60
    )
    fields, server = answer.stdout.split()
    assert fields == "1"
    assert not Path(f"/proc/{server}").exists()


def test_the_reading_process_does_not_load_the_decoder() -> None:
    code = "import forecast.ingest.reading, sys; print('eccodes' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.strip() == "False"
