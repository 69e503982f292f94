"""Data that are not what the index promised, or that change while they are read."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from forecast.errors import SourceError, SourceUnavailable
from forecast.ingest.download import fetch, latest_cycle
from forecast.ingest.patience import FetchLimits
from forecast.ingest.sources import Order, load_source
from tests.support.upstream import Upstream
from tests.unit.ingest_sources.conftest import CYCLE, ifs_messages

Get = Callable[[], list[Path]]
DATA = "*-3h-oper-fc.grib2"


def _complete(paths: list[Path]) -> bool:
    return b"".join(path.read_bytes() for path in paths) == b"".join(ifs_messages())


def test_a_server_that_ignores_ranges_is_read_whole_and_cut_to_the_messages(
    upstream: Upstream, get: Get
) -> None:
    upstream.misbehave("*.grib2", "no_ranges")
    assert _complete(get())
    assert upstream.count("*.grib2") == 3


def test_a_large_file_is_not_read_whole(
    upstream: Upstream, order: Order, limits: FetchLimits, tmp_path: Path
) -> None:
    upstream.misbehave("*.grib2", "no_ranges")
    small = replace(limits, whole_file_bytes=5000)
    with pytest.raises(SourceUnavailable, match="ignores ranges and would send"):
        fetch(order, directory=tmp_path, base_url=upstream.url, limits=small)


def test_an_answer_larger_than_allowed_is_refused(
    upstream: Upstream, order: Order, limits: FetchLimits, tmp_path: Path
) -> None:
    small = replace(limits, max_bytes=100)
    with pytest.raises(SourceUnavailable, match="larger than 100 bytes"):
        fetch(order, directory=tmp_path, base_url=upstream.url, limits=small)


def test_messages_that_are_no_grib_are_refused_and_not_kept(
    upstream: Upstream, get: Get, tmp_path: Path
) -> None:
    path = next(path for path in upstream.files if path.endswith("-3h-oper-fc.grib2"))
    whole = upstream.files[path]
    upstream.put(path, b"\0" * len(whole))
    with pytest.raises(SourceUnavailable, match="is no whole GRIB message"):
        get()
    assert not list(tmp_path.glob("**/f003*part*"))
    upstream.put(path, whole)
    assert _complete(get())


def test_messages_of_another_length_than_the_index_says_are_refused(
    upstream: Upstream, get: Get
) -> None:
    path = next(path for path in upstream.files if path.endswith("-3h-oper-fc.grib2"))
    body = bytearray(upstream.files[path])
    body[15] ^= 1
    upstream.put(path, bytes(body))
    with pytest.raises(SourceUnavailable, match="is no whole GRIB message"):
        get()


def test_an_index_longer_than_its_file_is_refused(upstream: Upstream, get: Get) -> None:
    path = next(path for path in upstream.files if path.endswith("-3h-oper-fc.grib2"))
    upstream.put(path, upstream.files[path][:40])
    with pytest.raises(SourceError, match="were asked|ends before byte"):
        get()


def test_a_file_replaced_between_two_ranges_refuses_the_cycle(
    upstream: Upstream, get: Get, tmp_path: Path
) -> None:
    upstream.misbehave(DATA, "new_etag", after=1)
    upstream.misbehave(DATA, "cut", times=1)
    upstream.tricks[1].after = 0
    with pytest.raises(SourceUnavailable, match="was replaced while it was read"):
        get()
    assert not list(tmp_path.glob("**/f003.grib2*"))
    upstream.behave()
    assert _complete(get())


def test_a_file_replaced_after_it_was_read_refuses_the_cycle(upstream: Upstream, get: Get) -> None:
    upstream.misbehave(DATA, "new_etag", after=1)
    with pytest.raises(SourceUnavailable, match=r"replaced after it was read .* became \"new\""):
        get()
    upstream.behave()
    assert _complete(get())
    assert {asked.path.split("-")[1] for asked in upstream.asked if asked.range} == {"3h"}


def test_a_rewritten_cycle_is_listed_and_read_anew(upstream: Upstream, get: Get) -> None:
    get()
    rewritten = list(reversed(ifs_messages()))
    upstream.publish("ecmwf-ifs", rewritten)
    upstream.behave()
    paths = get()
    assert upstream.count("*.grib2") == 3
    assert b"".join(path.read_bytes() for path in paths) != b"".join(ifs_messages())


def test_a_redirect_on_the_same_host_is_followed(upstream: Upstream, get: Get) -> None:
    upstream.misbehave(DATA, "elsewhere", times=1, target=upstream.url)
    assert _complete(get())


def test_an_endless_redirect_ends(upstream: Upstream, get: Get) -> None:
    upstream.misbehave(DATA, "elsewhere", target=upstream.url)
    with pytest.raises(SourceUnavailable, match="more than 3 redirects"):
        get()


def test_a_bomb_is_not_inflated(upstream: Upstream, get: Get) -> None:
    path = next(path for path in upstream.files if path.endswith("-3h-oper-fc.index"))
    upstream.put(path, gzip.compress(b"\0" * 10_000_000))
    with pytest.raises(SourceUnavailable, match="not usable"):
        get()


def test_other_schemes_are_not_read(order: Order, limits: FetchLimits, tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="only http and https"):
        fetch(order, directory=tmp_path, base_url="file:///etc", limits=limits)


def test_nobody_at_the_address_is_said_so(
    order: Order, limits: FetchLimits, tmp_path: Path
) -> None:
    with pytest.raises(SourceUnavailable, match="ConnectError"):
        fetch(order, directory=tmp_path, base_url="http://127.0.0.1:9", limits=limits)
    with pytest.raises(SourceUnavailable, match="ConnectError"):
        latest_cycle(
            load_source("ecmwf-ifs"), now=CYCLE, base_url="http://127.0.0.1:9", limits=limits
        )
