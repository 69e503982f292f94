"""A cycle is fetched by the needed messages only, once, resumably, and found when asked for."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import eccodes
import pytest

from forecast.errors import InvalidRequest, SourceIncomplete, SourceUnavailable
from forecast.ingest.download import fetch, latest_cycle
from forecast.ingest.filebytes import sha256
from forecast.ingest.patience import FetchLimits
from forecast.ingest.sources import Order, expected, load_source
from tests.support import small_grib
from tests.support.upstream import Upstream
from tests.support.upstream_layout import messages_of, seen
from tests.unit.ingest_sources.conftest import CYCLE, ifs_messages

Get = Callable[[], list[Path]]


def _found(paths: list[Path]) -> set[tuple[str, int]]:
    messages = seen(message for path in paths for message in messages_of(path))
    return {(each.keys["shortName"], each.step) for each in messages}


def test_what_is_expected_is_what_the_files_hold(get: Get, order: Order) -> None:
    found = _found(get())
    wanted = expected(order)
    assert {(entry.short_name, entry.step_hours) for entry in wanted} <= found
    assert len(wanted) == 6 + 8 + 8


def test_there_is_one_file_per_step_in_the_folder_of_the_cycle(get: Get, tmp_path: Path) -> None:
    folder = tmp_path / "ecmwf-ifs" / "20260901T00Z"
    assert get() == [folder / "f000.grib2", folder / "f003.grib2", folder / "f006.grib2"]


def test_only_the_bytes_that_are_needed_are_asked_for(upstream: Upstream, get: Get) -> None:
    messages = small_grib.ecmwf_step(CYCLE, 3)
    noise = small_grib.ecmwf_step(CYCLE, 3, names=("10fg",))
    upstream.publish("ecmwf-ifs", [messages[0], *noise, *messages[1:]])
    paths = get()
    ranges = [a.range for a in upstream.asked if a.method == "GET" and "-3h-" in a.path and a.range]
    first, gap = len(messages[0]), len(noise[0])
    total = first + gap + sum(map(len, messages[1:]))
    # 10fg is the preferred name of the gust: 10fg3 at the end is what is left out
    assert ranges == [f"bytes=0-{total - len(messages[-1]) - 1}"]
    assert paths[1].read_bytes() == b"".join([messages[0], *noise, *messages[1:-1]])


def test_messages_apart_are_fetched_by_ranges_of_their_own(upstream: Upstream, get: Get) -> None:
    messages = small_grib.ecmwf_step(CYCLE, 3)
    noise = small_grib.ecmwf_step(CYCLE, 3, names=("mucape", "lsm"))
    upstream.publish("ecmwf-ifs", [messages[0], *noise, *messages[1:]])
    assert get()[1].read_bytes() == b"".join(messages)
    ranges = [a.range for a in upstream.asked if "-3h-" in a.path and a.range]
    assert len(ranges) == 2


def test_we_say_who_we_are(upstream: Upstream, get: Get) -> None:
    get()
    assert all(asked.agent.startswith("zhitian/") for asked in upstream.asked)


def test_a_second_fetch_reads_no_message_again(upstream: Upstream, get: Get) -> None:
    first = [path.read_bytes() for path in get()]
    upstream.behave()
    assert [path.read_bytes() for path in get()] == first
    assert upstream.count("*.grib2") == 0
    assert {asked.status for asked in upstream.asked if asked.method == "GET"} == {304}


def test_more_hours_fetch_only_the_new_steps(
    upstream: Upstream, get: Get, order: Order, limits: FetchLimits, tmp_path: Path
) -> None:
    get()
    upstream.publish("ecmwf-ifs", ifs_messages(CYCLE, 12))
    upstream.behave()
    longer = replace(order, hours=12)
    fetch(longer, directory=tmp_path, base_url=upstream.url, limits=limits)
    taken = {asked.path for asked in upstream.asked if asked.range}
    assert {path.split("-")[1] for path in taken} == {"9h", "12h"}


def test_a_harmed_file_is_fetched_again(upstream: Upstream, get: Get) -> None:
    paths = get()
    whole = paths[1].read_bytes()
    paths[1].write_bytes(whole[:-5] + b"#7777")
    upstream.behave()
    assert get()[1].read_bytes() == whole
    assert {asked.path.split("-")[1] for asked in upstream.asked if asked.range} == {"3h"}


def test_an_unreadable_ledger_counts_for_nothing(upstream: Upstream, get: Get) -> None:
    folder = get()[0].parent
    (folder / "ledger.json").write_text("{", encoding="utf-8")
    upstream.behave()
    get()
    assert upstream.count("*.grib2") == 3


def test_the_ledger_holds_the_hash_and_the_version_of_every_step(get: Get) -> None:
    paths = get()
    rows = json.loads((paths[0].parent / "ledger.json").read_text(encoding="utf-8"))["steps"]
    assert [row["sha256"] for row in rows] == [sha256(path) for path in paths]
    assert all(row["etag"] and row["url"].startswith("http") for row in rows)


def test_an_interrupted_step_goes_on_at_the_last_whole_message(
    upstream: Upstream, get: Get, tmp_path: Path
) -> None:
    messages = small_grib.ecmwf_step(CYCLE, 3)
    upstream.misbehave("*-3h-oper-fc.grib2", "busy")
    upstream.misbehave("*-3h-oper-fc.grib2", "cut", times=1)
    with pytest.raises(SourceUnavailable, match=r"HTTP 503 \(3 tries\)"):
        get()
    (part,) = tmp_path.glob("**/f003.grib2.part")
    assert 0 < part.stat().st_size < sum(map(len, messages))
    upstream.behave()
    assert get()[1].read_bytes() == b"".join(messages)
    ranges = [asked.range or "" for asked in upstream.asked if "-3h-oper-fc.grib2" in asked.path]
    start = int(ranges[0].removeprefix("bytes=").split("-")[0])
    assert start in {sum(map(len, messages[:n])) for n in range(1, len(messages))}


def test_a_cut_answer_goes_on_where_it_ended(upstream: Upstream, get: Get) -> None:
    upstream.misbehave("*-6h-oper-fc.grib2", "cut", times=1)
    paths = get()
    assert paths[2].read_bytes() == b"".join(small_grib.ecmwf_step(CYCLE, 6))
    ranges = [asked.range for asked in upstream.asked if asked.range and "-6h-" in asked.path]
    assert ranges[0] is not None
    assert ranges[0].startswith("bytes=0-")
    assert ranges[1] is not None
    assert not ranges[1].startswith("bytes=0-")


def test_progress_ends_with_all_bytes(
    upstream: Upstream, order: Order, limits: FetchLimits, tmp_path: Path
) -> None:
    told: list[tuple[int, int, str]] = []
    paths = fetch(
        order,
        directory=tmp_path,
        base_url=upstream.url,
        limits=limits,
        progress=lambda done, total, label: told.append((done, total, label)),
    )
    size = sum(path.stat().st_size for path in paths)
    assert told[-1][:2] == (size, size)
    assert all(total == size for _, total, _ in told)
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)


def test_an_interrupt_leaves_whole_steps_and_a_ledger(
    upstream: Upstream, order: Order, limits: FetchLimits, tmp_path: Path
) -> None:
    def interrupt(done: int, total: int, label: str) -> None:
        if done > total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(order, directory=tmp_path, base_url=upstream.url, limits=limits, progress=interrupt)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("fetch")]
    paths = fetch(order, directory=tmp_path, base_url=upstream.url, limits=limits)
    assert b"".join(p.read_bytes() for p in paths) == b"".join(ifs_messages())


def test_two_fetches_at_once_share_the_work(upstream: Upstream, get: Get) -> None:
    answers: list[list[Path]] = []
    threads = [threading.Thread(target=lambda: answers.append(get())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers[0] == answers[1]
    assert upstream.count("*.grib2") == 3


def test_chosen_members_only_are_fetched(limits: FetchLimits, tmp_path: Path) -> None:
    order = Order(source=load_source("ecmwf-ifs-ens"), cycle=CYCLE, hours=3, members=(2, 4))
    with Upstream() as upstream:
        for step in (0, 3):
            members = range(6)
            upstream.publish("ecmwf-ifs-ens", small_grib.ecmwf_step(CYCLE, step, members=members))
        paths = fetch(order, directory=tmp_path, base_url=upstream.url, limits=limits)
    held = seen(messages_of(paths[1]))
    assert {each.keys["perturbationNumber"] for each in held} == {"2", "4"}
    assert len(held) == 9 * 2


def test_a_gfs_step_whose_last_message_is_needed_takes_its_length_from_the_file(
    limits: FetchLimits, tmp_path: Path
) -> None:
    order = Order(source=load_source("noaa-gfs"), cycle=CYCLE, hours=1)
    messages = {step: small_grib.gfs_step(CYCLE, step) for step in (0, 1)}
    with Upstream() as upstream:
        for each in messages.values():
            upstream.publish("noaa-gfs", each)
        paths = fetch(order, directory=tmp_path, base_url=upstream.url, limits=limits)
    assert paths[0].read_bytes() == b"".join(messages[0])
    handle = eccodes.codes_new_from_message(messages_of(paths[0])[-1])
    assert eccodes.codes_get(handle, "shortName") == "lsm"
    eccodes.codes_release(handle)


def test_the_newest_complete_cycle_is_found_and_newer_ones_are_named(
    upstream: Upstream, limits: FetchLimits
) -> None:
    newer = CYCLE + timedelta(hours=12)
    upstream.publish("ecmwf-ifs", ifs_messages(newer, 3))
    found = latest_cycle(
        load_source("ecmwf-ifs"),
        now=CYCLE + timedelta(hours=19, minutes=40),
        hours=6,
        base_url=upstream.url,
        limits=limits,
    )
    assert found.cycle == CYCLE
    assert found.passed_over == (
        "20260901T18Z: not there",
        "20260901T12Z: step 6 h is not there yet",
        "20260901T06Z: not there",
    )


def test_a_cycle_too_short_for_the_hours_is_passed_over(
    upstream: Upstream, limits: FetchLimits
) -> None:
    with pytest.raises(SourceIncomplete, match="20260901T06Z: it reaches only 144 h"):
        latest_cycle(
            load_source("ecmwf-ifs"),
            now=CYCLE + timedelta(hours=7),
            hours=240,
            base_url=upstream.url,
            limits=limits,
        )


def test_a_second_mirror_is_tried_where_the_first_does_not_answer(
    upstream: Upstream, order: Order, limits: FetchLimits, tmp_path: Path
) -> None:
    source = replace(order.source, bases=("http://127.0.0.1:9", upstream.url))
    paths = fetch(replace(order, source=source), directory=tmp_path, limits=limits)
    assert len(paths) == 3


def test_another_mirror_goes_on_with_what_the_first_gave(
    upstream: Upstream, order: Order, limits: FetchLimits, tmp_path: Path
) -> None:
    fetch(order, directory=tmp_path, base_url=upstream.url, limits=limits)
    with Upstream() as mirror:
        mirror.files = upstream.files
        mirror.misbehave("*.grib2", "new_etag")
        fetch(order, directory=tmp_path, base_url=mirror.url, limits=limits)
        assert mirror.count("*.grib2") == 0


def test_an_order_that_the_cycle_cannot_meet_asks_nobody(
    upstream: Upstream, order: Order, tmp_path: Path
) -> None:
    with pytest.raises(InvalidRequest, match="allowed are 1 to 360"):
        fetch(replace(order, hours=361), directory=tmp_path, base_url=upstream.url)
    assert upstream.asked == []
