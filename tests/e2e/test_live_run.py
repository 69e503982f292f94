"""`zhitian run` from a live source: fetched once, patient when busy, refused when late."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support import small_cycle
from tests.support.commands import environment, refusal, succeed
from tests.support.upstream import Upstream

CYCLE = datetime(2026, 9, 1, tzinfo=UTC)
LATER = CYCLE + timedelta(hours=12)
NINGHE = ("--lat", "39.45", "--lon", "117.72", "--json")


class Station:
    """A machine with a store that runs cycles of Tianjin from a local upstream."""

    def __init__(self, folder: Path, upstream: Upstream) -> None:
        self.upstream = upstream
        self.env = environment(
            store=folder / "store",
            downloads=folder / "downloads",
            terrain=folder / "terrain",
            regions="tianjin",
            source_url=upstream.url,
            hours=6,
            deadline_minutes=1,
        )

    def run(self, source: str, *, now: datetime) -> tuple[str, ...]:
        """Arguments of a run of the newest cycle."""
        return ("run", "--region", "tianjin", "--source", source, "--now", now.isoformat())

    def passport(self, *, now: datetime) -> dict:
        asked = ("point", *NINGHE, "--now", now.isoformat())
        return json.loads(succeed(*asked, env=self.env).stdout)["passport"]

    def bodies(self) -> list[str]:
        """Paths of GRIB files of which bytes were sent."""
        sent = [asked for asked in self.upstream.asked if asked.status in (200, 206)]
        return [one.path for one in sent if one.method == "GET" and not is_index(one.path)]


def is_index(path: str) -> bool:
    return path.endswith((".index", ".idx"))


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with Upstream() as upstream:
        yield Station(tmp_path, upstream)


def test_an_ecmwf_cycle_is_published_once_and_kept_when_the_next_is_late(
    station: Station,
) -> None:
    upstream = station.upstream
    upstream.publish("ecmwf-ifs", small_cycle.ecmwf(CYCLE, (0, 3, 6)))
    upstream.misbehave("*-3h-oper-fc.grib2", "busy", times=2, retry_after=0)
    now = CYCLE + timedelta(hours=9)
    ended = succeed(*station.run("ecmwf-ifs", now=now), env=station.env)
    assert "published 20260901T00Z-ecmwf-ifs-" in ended.stderr
    assert upstream.count("*-3h-oper-fc.grib2") > 2
    first = station.passport(now=now)
    assert first["simulated"] is False
    assert (first["source"], first["run_time"]) == ("ecmwf-ifs", "2026-09-01T00:00:00Z")
    assert first["age"] == {"hours": 9.0, "state": "fresh"}

    upstream.behave()
    succeed(*station.run("ecmwf-ifs", now=now), env=station.env)
    assert station.bodies() == []
    again = station.passport(now=now)
    assert again["cycle"] != first["cycle"]
    assert again["run_time"] == first["run_time"]

    upstream.publish("ecmwf-ifs", small_cycle.ecmwf(LATER, (0, 3)))
    late = (*station.run("ecmwf-ifs", now=LATER + timedelta(hours=9)), "--cycle", LATER.isoformat())
    code, said = refusal(*late, env=station.env)
    assert code == 4
    assert "20260901T12Z is not complete" in said
    assert "6 h are not there yet" in said
    assert station.passport(now=now)["cycle"] == again["cycle"]


def test_a_gfs_cycle_is_published_with_its_buckets(station: Station) -> None:
    station.upstream.publish("noaa-gfs", small_cycle.gfs(CYCLE, range(9)))
    now = CYCLE + timedelta(hours=6)
    succeed(*station.run("noaa-gfs", now=now), "--hours", "8", env=station.env)
    asked = ("point", *NINGHE, "--now", now.isoformat())
    answer = json.loads(succeed(*asked, env=station.env).stdout)
    assert answer["passport"]["source"] == "noaa-gfs"
    assert answer["simulated"] is False
    hourly = answer["hourly"]
    assert hourly["time"][-1] == "2026-09-01T08:00:00Z"
    # one amount an hour all along, across the seam of the buckets at 6 h
    assert hourly["precipitation"][0] is None
    assert max(hourly["precipitation"][1:]) - min(hourly["precipitation"][1:]) <= 0.02
    assert hourly["shortwave_down"][1:] == pytest.approx([300] * 8, abs=60)
    assert None not in hourly["temperature_2m"]
    assert None not in hourly["wind_gust_10m"]


def test_an_upstream_without_any_cycle_is_said(station: Station) -> None:
    code, said = refusal(*station.run("ecmwf-ifs", now=CYCLE), env=station.env)
    assert code == 4
    assert "no complete cycle of ecmwf-ifs within two days" in said
    code, said = refusal("point", *NINGHE, env=station.env)
    assert code == 7
