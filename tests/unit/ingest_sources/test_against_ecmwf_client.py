"""Our addresses and byte ranges are those of ECMWF's own client for the same request."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from forecast.ingest.link import Link
from forecast.ingest.listing import list_piece
from forecast.ingest.patience import FetchLimits
from forecast.ingest.sources import Order, load_source
from tests.support import small_grib
from tests.support.upstream import Upstream

NEW = datetime(2026, 9, 1, tzinfo=UTC)
OLD = datetime(2025, 4, 10, tzinfo=UTC)
REQUESTS: dict[str, dict[str, Any]] = {
    "ecmwf-ifs": {"model": "ifs", "stream": "oper", "type": "fc"},
    "ecmwf-aifs": {"model": "aifs-single", "stream": "oper", "type": "fc"},
    "ecmwf-ifs-ens": {"model": "ifs", "stream": "enfo", "type": ["pf"]},
}


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        yield server


def _client(url: str) -> Any:
    opendata = pytest.importorskip("ecmwf.opendata", reason="the ecmwf-opendata client is absent")
    return opendata.Client(source=url, maximum_retries=1, retry_after=0)


@pytest.mark.parametrize("day", [OLD, NEW], ids=["before 50r1", "since 50r1"])
@pytest.mark.parametrize("hour", [0, 6, 12, 18])
@pytest.mark.parametrize("name", REQUESTS)
def test_addresses_equal_those_of_the_client(name: str, hour: int, day: datetime) -> None:
    source = load_source(name)
    cycle = day.replace(hour=hour)
    steps = source.all_steps(cycle)
    result = _client("https://upstream.example")._get_urls(
        date=cycle.strftime("%Y-%m-%d %H:%M:%S"), step=list(steps), param="2t", **REQUESTS[name]
    )
    ours = [f"https://upstream.example/{source.file_path(cycle, step)}" for step in steps]
    assert result.urls == ours


@pytest.mark.parametrize("step", [0, 6])
@pytest.mark.parametrize(
    ("name", "members"),
    [("ecmwf-ifs", (None,)), ("ecmwf-aifs", (None,)), ("ecmwf-ifs-ens", (1, 2, 5))],
)
def test_byte_ranges_equal_those_of_the_client(
    upstream: Upstream, tmp_path: Path, name: str, members: tuple[int | None, ...], step: int
) -> None:
    source = load_source(name)
    every = (None,) if members == (None,) else (3, 1, 0, 2, 4, 5)
    names = ("10u", "z", "2t", "tp", "2d", "sp", "10v", "tcc", "ssrd", "msl")
    upstream.publish(name, small_grib.ecmwf_step(NEW, step, names=names, members=every))
    chosen = tuple(member for member in members if member is not None)
    order = Order(source=source, cycle=NEW, hours=6, members=chosen)
    with Link(FetchLimits(deadline=20)) as link:
        (piece,) = source.pieces(step, order.wanted_members)
        listed = list_piece(order, piece, base=upstream.url, folder=tmp_path, link=link)
    assert listed.plan is not None
    ours = sorted((m.offset, m.length) for m in listed.plan.messages if m.parameter != "z")
    wanted = [p.codes[0] for p in source.parameters if p.holds_at(step) and p.name in names]
    result = _client(upstream.url)._get_urls(
        use_index=True,
        date=NEW.strftime("%Y-%m-%d %H:%M:%S"),
        step=step,
        param=[param for param in wanted if param != "z"],
        **REQUESTS[name],
        **({"number": list(chosen)} if chosen else {}),
    )
    ((url, theirs),) = result.urls
    assert url == listed.plan.url
    assert ours == sorted(theirs)


@pytest.mark.parametrize("kind", ["cf", "pf"])
@pytest.mark.parametrize("hour", [0, 6, 12, 18])
def test_aifs_ensemble_addresses_equal_those_of_the_client(kind: str, hour: int) -> None:
    source = load_source("ecmwf-aifs-ens")
    cycle = NEW.replace(hour=hour)
    steps = source.all_steps(cycle)
    result = _client("https://upstream.example")._get_urls(
        date=cycle.strftime("%Y-%m-%d %H:%M:%S"),
        step=list(steps),
        param="2t",
        model="aifs-ens",
        stream="enfo",
        type=kind,
    )
    parts = [{each.part: each for each in source.pieces(s, source.all_members())} for s in steps]
    ours = [source.file_path(cycle, part[kind].step, part=kind) for part in parts]
    assert result.urls == [f"https://upstream.example/{path}" for path in ours]


@pytest.mark.parametrize("step", [0, 6])
def test_aifs_ensemble_byte_ranges_equal_those_of_the_client(
    upstream: Upstream, tmp_path: Path, step: int
) -> None:
    source = load_source("ecmwf-aifs-ens")
    names = ("10u", "2t", "tp", "2d", "sp", "10v", "tcc", "ssrd", "msl")
    messages = small_grib.ecmwf_step(NEW, step, names=names, members=(3, 1, 0, 2, 4, 5))
    upstream.publish("ecmwf-aifs-ens", messages)
    order = Order(source=source, cycle=NEW, hours=6, members=(0, 2, 5))
    pieces = [piece for piece in order.pieces if piece.step == step]
    assert [(piece.part, piece.members) for piece in pieces] == [("cf", (0,)), ("pf", (2, 5))]
    wanted = [p.name for p in source.parameters if p.holds_at(step) and p.name in names]
    for piece in pieces:
        with Link(FetchLimits(deadline=20)) as link:
            listed = list_piece(order, piece, base=upstream.url, folder=tmp_path, link=link)
        assert listed.plan is not None
        ours = [(message.offset, message.length) for message in listed.plan.messages]
        result = _client(upstream.url)._get_urls(
            use_index=True,
            date=NEW.strftime("%Y-%m-%d %H:%M:%S"),
            step=step,
            param=wanted,
            model="aifs-ens",
            stream="enfo",
            type=piece.part,
            **({"number": [2, 5]} if piece.part == "pf" else {}),
        )
        ((url, theirs),) = result.urls
        assert url == listed.plan.url
        assert sorted(ours) == sorted(theirs)


def test_the_index_stands_where_the_client_looks_for_it(upstream: Upstream) -> None:
    source = load_source("ecmwf-ifs")
    upstream.publish("ecmwf-ifs", small_grib.ecmwf_step(NEW, 6, names=("2t",)))
    _client(upstream.url)._get_urls(
        use_index=True, date="2026-09-01", time=0, step=6, param="2t", type="fc"
    )
    assert [asked.path for asked in upstream.asked] == [source.index_path(NEW, 6)]


def test_the_mirrors_are_those_that_the_client_knows() -> None:
    urls = pytest.importorskip("ecmwf.opendata.urls", reason="the ecmwf-opendata client is absent")
    for name in REQUESTS:
        assert set(load_source(name).bases) <= set(urls.URLS.values())
