"""Whatever an upstream does, a fetch ends in time, with whole data or a sentence that says why."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from forecast.errors import DeadlineExceeded, SourceError, SourceIncomplete, SourceUnavailable
from forecast.ingest.download import fetch
from forecast.ingest.patience import FetchLimits
from forecast.ingest.sources import Order
from tests.support.upstream import Upstream
from tests.unit.ingest_sources.conftest import ifs_messages

Get = Callable[[], list[Path]]
DATA = "*-3h-oper-fc.grib2"
INDEX = "*-3h-oper-fc.index"


def _complete(paths: list[Path]) -> bool:
    return b"".join(path.read_bytes() for path in paths) == b"".join(ifs_messages())


def test_late_steps_are_named_with_the_time_at_which_they_usually_appear(
    upstream: Upstream, get: Get
) -> None:
    upstream.misbehave("*-[36]h-oper-fc.*", "absent")
    with pytest.raises(SourceIncomplete) as caught:
        get()
    sentence = str(caught.value)
    assert "steps 3, 6 h are not there yet (2 of 3)" in sentence
    assert "usually appears at 2026-09-01T06:45:37Z" in sentence


def test_late_steps_are_told_before_anything_is_downloaded(upstream: Upstream, get: Get) -> None:
    upstream.misbehave("*-6h-oper-fc.*", "absent")
    with pytest.raises(SourceIncomplete):
        get()
    assert upstream.count("*.grib2") == 0


def test_a_cycle_that_is_absent_as_a_whole_is_not_called_late(upstream: Upstream, get: Get) -> None:
    upstream.misbehave("*", "absent")
    with pytest.raises(SourceUnavailable, match="is not at .* at all .*address has changed"):
        get()


def test_a_file_that_is_absent_though_its_index_is_there_is_named(
    upstream: Upstream, get: Get
) -> None:
    upstream.misbehave(DATA, "absent")
    with pytest.raises(SourceUnavailable, match=r"3h-oper-fc.grib2 is not there \(404\)"):
        get()


def test_an_index_that_lacks_a_required_parameter_is_incomplete(
    upstream: Upstream, get: Get
) -> None:
    upstream.publish("ecmwf-ifs", ifs_messages()[:1])
    with pytest.raises(SourceIncomplete, match="the index of step 0 h lacks 2t, 2d"):
        get()


def test_a_busy_server_is_asked_again_after_the_pause_it_wants(
    upstream: Upstream, get: Get, pauses: list[float]
) -> None:
    upstream.misbehave(DATA, "busy", times=2, retry_after=4)
    assert _complete(get())
    assert pauses == [4.0, 4.0]


def test_a_pause_may_be_given_as_a_date(upstream: Upstream, get: Get, pauses: list[float]) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=6), usegmt=True)
    upstream.misbehave(DATA, "busy", times=1, retry_after=moment)
    assert _complete(get())
    assert 2 < pauses[0] <= 6


def test_a_pause_beyond_the_deadline_is_not_waited_for(upstream: Upstream, get: Get) -> None:
    upstream.misbehave(DATA, "busy", retry_after=3600)
    with pytest.raises(DeadlineExceeded, match="the next try would be in 3600 s"):
        get()


def test_pauses_grow_and_differ_where_the_server_asks_for_none(
    upstream: Upstream, order: Order, limits: FetchLimits, pauses: list[float], tmp_path: Path
) -> None:
    upstream.misbehave(DATA, "error")
    patient = replace(limits, attempts=5, backoff=1.0, longest_pause=4.0)
    with pytest.raises(SourceUnavailable, match="HTTP 500"):
        fetch(order, directory=tmp_path, base_url=upstream.url, limits=patient)
    assert all(
        longest / 2 <= pause <= longest for pause, longest in zip(pauses, (1, 2, 4, 4), strict=True)
    )


def test_what_is_forbidden_is_not_tried_again(
    upstream: Upstream, get: Get, pauses: list[float]
) -> None:
    upstream.misbehave(INDEX, "forbidden")
    with pytest.raises(SourceUnavailable, match="HTTP 403"):
        get()
    assert pauses == []


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        *((kind, DATA) for kind in ("cut", "cut_unsaid", "reset", "silent", "too_long", "error")),
        *((kind, INDEX) for kind in ("cut", "reset", "silent", "too_long", "error")),
    ],
)
def test_what_goes_wrong_once_is_mended_by_another_try(
    upstream: Upstream, get: Get, kind: str, what: str
) -> None:
    upstream.misbehave(what, kind, times=1)
    assert _complete(get())


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("cut", "peer closed connection|was cut"),
        ("cut_unsaid", "was cut at byte"),
        ("reset", "disconnected|reset"),
        ("silent", "ReadTimeout"),
        ("drip", r"bytes/s came, at least 1000 are needed"),
        ("html", r"a web page \(text/html\) came instead of data"),
        ("html_as_data", "was cut at byte"),
        ("too_short", r"bytes \d+-\d+ were asked"),
        ("too_long", r"bytes \d+-\d+ were asked"),
        ("wrong_range", r"bytes \d+-\d+ were asked"),
        ("elsewhere", "a redirect to another host was refused"),
        ("gzip", r"is encoded \(gzip\) unasked"),
    ],
)
def test_what_goes_wrong_for_ever_ends_in_a_sentence(
    upstream: Upstream, get: Get, kind: str, reason: str
) -> None:
    upstream.misbehave(DATA, kind)
    begin = time.monotonic()
    with pytest.raises(SourceError, match=reason):
        get()
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("html", "a web page"),
        ("html_as_data", "line 1 is '<!DOCTYPE html>"),
        ("cut_unsaid", "says no bytes as its length"),
        ("elsewhere", "a redirect to another host was refused"),
        ("drip_head", "did not end within its 2 s"),
    ],
)
def test_an_index_that_is_none_is_refused(
    upstream: Upstream, order: Order, limits: FetchLimits, tmp_path: Path, kind: str, reason: str
) -> None:
    upstream.misbehave(INDEX, kind)
    with pytest.raises((SourceError, DeadlineExceeded), match=reason):
        fetch(
            order, directory=tmp_path, base_url=upstream.url, limits=replace(limits, deadline=2.0)
        )


def test_a_drip_in_the_header_ends_at_the_deadline(
    upstream: Upstream, order: Order, limits: FetchLimits, tmp_path: Path
) -> None:
    upstream.misbehave(DATA, "drip_head")
    begin = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"did not end within its 1\.5 s"):
        fetch(
            order, directory=tmp_path, base_url=upstream.url, limits=replace(limits, deadline=1.5)
        )
    assert time.monotonic() - begin < 5


def test_a_slow_body_ends_at_the_deadline_even_where_any_rate_is_allowed(
    upstream: Upstream, order: Order, limits: FetchLimits, tmp_path: Path
) -> None:
    upstream.misbehave(DATA, "drip")
    slow = replace(limits, minimum_rate=0, deadline=1.5)
    with pytest.raises(DeadlineExceeded, match=r"did not end within its 1\.5 s"):
        fetch(order, directory=tmp_path, base_url=upstream.url, limits=slow)


def test_no_thread_outlives_a_failed_fetch(
    upstream: Upstream, order: Order, limits: FetchLimits, tmp_path: Path
) -> None:
    before = {thread.name for thread in threading.enumerate() if "ThreadPool" in thread.name}
    upstream.misbehave("*", "drip_head")
    with pytest.raises(DeadlineExceeded):
        fetch(
            order, directory=tmp_path, base_url=upstream.url, limits=replace(limits, deadline=0.8)
        )
    after = {thread.name for thread in threading.enumerate() if "ThreadPool" in thread.name}
    assert after <= before
