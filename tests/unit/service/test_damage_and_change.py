"""A damaged cycle is never answered from; a new one is taken over without a restart."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from forecast.errors import DamagedCycle
from forecast.service import ForecastService, PointSeries, ask
from tests.support.small_region import SmallRegion

HERE = {"latitude": 39.385, "longitude": 117.655}
IN_RECORD = (3 * 24 + 5) * (12 * 49 * 2 + 4) + 17
"""A byte of the record of cell (3, 5): 24 columns, 12 variables, 49 hours, a checksum."""


def flip(path: Path, at: int) -> None:
    """Change one byte of a file."""
    content = bytearray(path.read_bytes())
    content[at] ^= 0x40
    path.write_bytes(content)


def shard_of(region: SmallRegion, cycle_id: str) -> Path:
    """The file that holds the records of a cycle."""
    (tile,) = region.store.cycle(cycle_id).manifest.layout.tiles()
    path = region.store.cycle(cycle_id).manifest.layout.series_file(tile)
    return next(region.root.glob(f"**/{cycle_id}")) / path


def version_of(series: PointSeries, region: SmallRegion) -> int:
    """Which version of the cycle an answer holds, after checking every number of it."""
    names = [name for name in region.variables if name != "cloud_cover"]
    cell = series.passport["cell"]
    for version in range(5):
        counts = region.counts(version)[cell["row"], cell["column"]]
        if all(
            np.array_equal(
                series.counts[series.names.index(name)], counts[region.variables.index(name)]
            )
            for name in names
        ):
            return version
    raise AssertionError("the answer is of no version")


def test_a_flipped_byte_makes_the_cycle_before_answer_degraded(
    region: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    region.publish()
    newest = region.publish(version=1)
    service = serve(region)
    assert version_of(service.series(ask(service, **HERE)), region) == 1
    shard = shard_of(region, newest)
    flip(shard, IN_RECORD)
    series = service.series(ask(service, **HERE))
    assert version_of(series, region) == 0
    assert newest in series.passport["degraded"]
    assert service.status()["regions"][0]["degraded"]


def test_when_every_cycle_is_damaged_nothing_is_answered(
    region: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    region.publish()
    service = serve(region)
    for manifest in region.root.glob("**/manifest.json"):
        flip(manifest, 30)
    with pytest.raises(DamagedCycle):
        service.series(ask(service, **HERE))
    assert not service.status()["ready"]


def test_a_damaged_cycle_that_was_named_is_refused(
    region: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    named = region.publish()
    region.publish(version=1)
    flip(next(region.root.glob(f"**/{named}/manifest.json")), 30)
    service = serve(region)
    with pytest.raises(DamagedCycle):
        service.series(ask(service, **HERE, cycle=named))
    series = service.series(ask(service, **HERE, as_of="2100-01-01T00:00Z"))
    assert version_of(series, region) == 1


def test_a_list_is_answered_from_one_cycle_though_damage_is_found_in_the_middle(
    region: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    region.publish()
    newest = region.publish(version=1)
    shard = shard_of(region, newest)
    flip(shard, IN_RECORD)
    service = serve(region)
    whole = ask(service, latitude=39.355, longitude=117.605)
    answers = service.many([whole, ask(service, **HERE), whole])
    assert {version_of(series, region) for series in answers} == {0}


def test_readers_change_to_a_new_cycle_and_never_mix_two(
    region: SmallRegion, serve: Callable[..., ForecastService]
) -> None:
    region.publish()
    service = serve(region)
    seen: list[int] = []
    faults: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        places = [HERE, {"latitude": 39.355, "longitude": 117.605}]
        try:
            while not done.is_set():
                answers = service.many([ask(service, **place) for place in places])
                versions = {version_of(series, region) for series in answers}
                assert len({series.passport["cycle"] for series in answers}) == 1
                assert len(versions) == 1
                seen.extend(versions)
                time.sleep(0.005)
        except BaseException as error:  # noqa: BLE001 a thread's fault is told by the test
            faults.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    region.publish(version=1)
    deadline = time.monotonic() + 10
    while 1 not in seen[-3:] and time.monotonic() < deadline:
        time.sleep(0.05)
    done.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert set(seen) == {0, 1}
