"""Hours that are past come from the archive of published cycles, each with its origin."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from forecast.errors import RequestTooLarge
from forecast.service import ForecastService, PointSeries, ask
from forecast.store import Cycle
from tests.support.archive import Archive, published
from tests.support.small_region import CYCLE, SmallRegion

HERE = {"latitude": 39.385, "longitude": 117.655}
ROW, COLUMN = 3, 5
NAMES = ("temperature_2m", "precipitation", "cloud_cover")
Serve = Callable[..., ForecastService]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Runs every 6 hours for two days, each of 30 hours."""
    folder: Path = tmp_path_factory.mktemp("archive")
    return published(folder, range(0, 54, 6), hours=30)


@pytest.fixture
def service(archive: Archive, serve: Serve) -> ForecastService:
    return serve(archive.region, now=CYCLE + timedelta(hours=50))


def document(series: PointSeries) -> dict[str, Any]:
    return orjson.loads(series.to_json())


def stretches_of(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    (own,) = [one for one in told["passport"]["series"]["stretches"] if name in one["variables"]]
    return own["runs"]


def test_every_hour_is_that_of_the_run_and_lead_that_the_passport_names(
    archive: Archive, service: ForecastService
) -> None:
    told = document(service.series(ask(service, **HERE, hourly=",".join(NAMES), past_days=1)))
    hourly = told["hourly"]
    # now is 10:00 on 12 April in Shanghai: the day before began at 16:00 UTC on 10 April
    assert hourly["time"][0] == "2025-04-10T17:00:00Z"
    assert hourly["local_time"][0] == "2025-04-11T01:00:00+08:00"
    assert len(hourly["time"]) == 31 + 31
    for name in NAMES:
        runs = stretches_of(told, name)
        ends = [run["first"] for run in runs[1:]] + [len(hourly["time"])]
        for run, end in zip(runs, ends, strict=True):
            for hour in range(run["first"], end):
                if run["cycle"] is None:
                    assert hourly[name][hour] is None
                    continue
                lead = int(run["lead_hours"]) + hour - run["first"]
                value = archive.value(name, cycle=run["cycle"], lead=lead, row=ROW, column=COLUMN)
                assert hourly[name][hour] == value, (name, hour)
                start = archive.starts[run["cycle"]]
                valid = datetime.fromisoformat(hourly["time"][hour])
                assert valid == start + timedelta(hours=lead)
    assert hourly["origin"] == ["past"] * 31 + ["forecast"] * 31
    assert told["passport"]["series"]["past_hours"] == 31


def test_each_run_gives_its_shortest_leads_and_the_cycles_are_told(
    archive: Archive, service: ForecastService
) -> None:
    told = document(service.series(ask(service, **HERE, hourly="temperature_2m", past_days=1)))
    runs = stretches_of(told, "temperature_2m")
    used = archive.names[-1:1:-1]
    assert [run["cycle"] for run in runs] == used[::-1]
    # 10 April 17:00 UTC is 5 h after the run of 12:00; the others begin with their own start
    assert [run["lead_hours"] for run in runs] == [5, 0, 0, 0, 0, 0, 0]
    assert [run["origin"] for run in runs] == ["past"] * 6 + ["forecast"]
    cycles = told["passport"]["series"]["cycles"]
    assert [one["cycle"] for one in cycles] == used
    assert all(one["source"] == "ecmwf-ifs" and not one["simulated"] for one in cycles)
    assert told["passport"]["series"]["left_out"] == []


def test_the_jump_at_a_seam_is_told_and_never_smoothed(
    archive: Archive, service: ForecastService
) -> None:
    told = document(service.series(ask(service, **HERE, hourly="temperature_2m", past_days=1)))
    seams = told["passport"]["series"]["seams"]["temperature_2m"]
    assert [seam["time"][11:13] for seam in seams] == ["18", "00", "06", "12", "18", "00"]
    # a run is 1 K above the one before and begins its course of 0.1 K an hour anew: 1.0 - 0.6
    assert [seam["jump_k"] for seam in seams] == pytest.approx([0.4] * 6)
    assert told["passport"]["series"]["largest_jump_k"] == pytest.approx(0.4)


def test_a_mixed_day_is_reduced_from_the_joined_hours(service: ForecastService) -> None:
    asked = {"daily": "temperature_2m_max,precipitation_sum,temperature_2m_mean"}
    told = document(service.series(ask(service, **HERE, **asked, past_days=1)))
    hourly, daily = told["hourly"], told["daily"]
    assert daily["time"] == ["2025-04-11", "2025-04-12", "2025-04-13"]
    assert daily["origin"] == ["past", "past and forecast", "forecast"]
    for day, first in ((0, 0), (1, 24)):
        values = hourly["temperature_2m"][first : first + 24]
        assert daily["temperature_2m_max"][day] == max(values)
        assert daily["temperature_2m_mean"][day] == pytest.approx(np.mean(values), abs=0.051)
        rain = sum(hourly["precipitation"][first : first + 24])
        assert daily["precipitation_sum"][day] == pytest.approx(rain, abs=0.051)
    assert daily["precipitation_sum"][2] is None


@pytest.mark.parametrize(
    ("label", "first", "now", "hours"),
    [
        ("2025-03-30", datetime(2025, 3, 29, 12, tzinfo=UTC), (2025, 3, 31, 13), 23),
        ("2025-10-26", datetime(2025, 10, 25, 12, tzinfo=UTC), (2025, 10, 27, 13), 25),
    ],
)
def test_days_on_which_clocks_change_have_their_23_or_25_hours(
    tmp_path: Path,
    serve: Serve,
    label: str,
    first: datetime,
    now: tuple[int, int, int, int],
    hours: int,
) -> None:
    archive = published(tmp_path, range(0, 54, 12), zone="Europe/Berlin", first=first, hours=24)
    service = serve(archive.region, now=datetime(*now, tzinfo=UTC))
    asked = {"hourly": "precipitation", "daily": "precipitation_sum", "past_days": 1}
    told = document(service.series(ask(service, **HERE, **asked)))
    assert told["daily"]["time"][0] == label
    assert told["daily"]["expected_hours"][0] == hours
    local = [time for time in told["hourly"]["local_time"] if time.startswith(label)]
    # the hour that ends the day carries the next date, the one that begins it does not exist
    assert len(local) == hours - 1
    rain = sum(told["hourly"]["precipitation"][:hours])
    assert told["daily"]["precipitation_sum"][0] == pytest.approx(rain, abs=0.051)


def test_hours_from_now_stand_behind_the_past(service: ForecastService) -> None:
    told = document(
        service.series(ask(service, **HERE, hourly="precipitation", past_days=1, hours=3))
    )
    assert told["hourly"]["time"][-1] == "2025-04-12T04:00:00Z"
    assert told["hourly"]["time"][0] == "2025-04-10T17:00:00Z"
    assert len(told["hourly"]["precipitation"]) == 31 + 5


def test_hours_before_the_archive_are_missing(service: ForecastService) -> None:
    told = document(service.series(ask(service, **HERE, hourly="temperature_2m", past_days=3)))
    hourly = told["hourly"]
    first = hourly["time"].index("2025-04-10T00:00:00Z")
    assert first == 31
    assert hourly["temperature_2m"][:first] == [None] * first
    assert hourly["origin"][:first] == ["missing"] * first
    assert hourly["temperature_2m"][first] is not None
    assert stretches_of(told, "temperature_2m")[0]["origin"] == "missing"
    assert told["passport"]["steps"]["temperature_2m"][0] == [0, "missing"]


def test_only_the_cycles_that_are_needed_are_read(
    archive: Archive, service: ForecastService, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    plain = Cycle.point

    def counted(cycle: Cycle, row: int, column: int) -> Any:
        read.append(cycle.id)
        return plain(cycle, row, column)

    monkeypatch.setattr(Cycle, "point", counted)
    service.series(ask(service, **HERE, hourly="temperature_2m", past_days=1))
    assert read == archive.names[:1:-1]


def test_cycles_stay_open_between_questions(
    service: ForecastService, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = ask(service, **HERE, past_days=1)
    first = service.series(question).to_json()

    def opened(*arguments: object, **named: object) -> None:
        raise AssertionError("a cycle was opened again")

    monkeypatch.setattr("forecast.store.region_store.Cycle", opened)
    assert service.series(question).to_json() == first


def test_many_places_are_answered_as_each_alone(service: ForecastService) -> None:
    other = {"latitude": 39.355, "longitude": 117.605}
    questions = [
        ask(service, **HERE, past_days=1, daily="all"),
        ask(service, **other),
        ask(service, **other, past_days=2),
    ]
    for question, series in zip(questions, service.many(questions), strict=True):
        assert series.to_json() == service.series(question).to_json()


def test_real_hours_are_never_completed_by_simulated_ones(tmp_path: Path, serve: Serve) -> None:
    region = SmallRegion.create(tmp_path, hours=30)
    simulated = region.publish(simulated=True)
    start = CYCLE + timedelta(hours=12)
    real = region.publish(version=1, simulated=False, reference_time=start)
    service = serve(region, now=start + timedelta(hours=2))
    told = document(service.series(ask(service, **HERE, hourly="temperature_2m", past_days=1)))
    assert told["simulated"] is False
    hourly = told["hourly"]
    before = hourly["time"].index("2025-04-10T12:00:00Z")
    assert hourly["temperature_2m"][:before] == [None] * before
    (left,) = told["passport"]["series"]["left_out"]
    assert left["cycle"] == simulated
    assert "simulated" in left["reason"]
    assert [one["cycle"] for one in told["passport"]["series"]["cycles"]] == [real]


def test_a_simulated_series_says_so_of_every_cycle(tmp_path: Path, serve: Serve) -> None:
    archive = published(tmp_path, (0, 6, 12), hours=30, simulated=True)
    service = serve(archive.region, now=CYCLE + timedelta(hours=12))
    told = document(service.series(ask(service, **HERE, past_days=1)))
    assert told["simulated"] is True
    assert [one["simulated"] for one in told["passport"]["series"]["cycles"]] == [True] * 3


def test_a_withdrawn_and_a_damaged_cycle_give_no_hour(tmp_path: Path, serve: Serve) -> None:
    archive = published(tmp_path, (0, 6, 12, 18), hours=30)
    names = archive.names
    archive.region.store.rollback(names[2])
    spoilt = next(archive.region.root.glob(f"**/{names[1]}/manifest.json"))
    spoilt.write_bytes(spoilt.read_bytes()[:-1] + b" ")
    service = serve(archive.region, now=CYCLE + timedelta(hours=13))
    told = document(service.series(ask(service, **HERE, hourly="temperature_2m", past_days=1)))
    runs = stretches_of(told, "temperature_2m")
    assert [run["cycle"] for run in runs] == [None, names[0], names[2]]
    (left,) = told["passport"]["series"]["left_out"]
    assert (left["cycle"], left["reason"].startswith("damaged")) == (names[1], True)
    assert told["passport"]["degraded"] is None


def test_an_answer_as_of_a_moment_stays_the_same_for_ever(tmp_path: Path, serve: Serve) -> None:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    archive = published(tmp_path, (-24, -18, -12), first=now, hours=48)
    moment = datetime.now(UTC) + timedelta(seconds=1)
    asked = {**HERE, "past_days": 1, "daily": "all", "as_of": moment.isoformat()}
    service = serve(archive.region, now=None)
    before = service.series(ask(service, **asked))
    assert before.passport["series"]["past_hours"] > 0
    service.clock = lambda: moment + timedelta(days=2)
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()) + 1.1)
    for hours, version in ((-21, 7), (-9, 8), (-6, 9)):
        start = now + timedelta(hours=hours)
        archive.region.publish(version=version, simulated=False, reference_time=start)
    assert service.series(ask(service, **asked)).to_json() == before.to_json()


def test_a_named_cycle_sees_only_what_was_published_before_it(
    archive: Archive, service: ForecastService
) -> None:
    named = archive.names[4]
    asked = {**HERE, "cycle": named, "past_days": 1, "hourly": "temperature_2m"}
    told = document(service.series(ask(service, **asked)))
    # it starts at 08:00 on 11 April in Shanghai: the day before began at 16:00 UTC on 9 April
    assert told["hourly"]["time"][0] == "2025-04-09T17:00:00Z"
    runs = stretches_of(told, "temperature_2m")
    assert [run["cycle"] for run in runs] == [None, *archive.names[:5]]


def test_values_of_the_past_count_before_data_are_touched(
    archive: Archive, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = serve(archive.region, now=CYCLE + timedelta(hours=50), max_values=1000)
    asked = {**HERE, "hourly": "temperature_2m"}
    # 31 hours of the past and 31 of the forecast, 12 variables: 744; three days more: over 1000
    assert service.series(ask(service, **asked, past_days=1)).counts.shape == (1, 62)

    def touched(*arguments: object) -> None:
        raise AssertionError("data were touched")

    monkeypatch.setattr("forecast.store.Cycle.point", touched)
    with pytest.raises(RequestTooLarge, match=r"1,320 values .* allowed are 1,000"):
        service.series(ask(service, **asked, past_days=3))
