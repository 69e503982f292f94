"""Scoring: what is paired with what, what is left out and why, and what the scorecard says."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from forecast.advise.profile import shipped_profile
from forecast.errors import StoreMissing
from forecast.service.advice.crops import Crops
from forecast.service.advice.scoring import score_region
from forecast.service.advice.stations import stations_near
from forecast.store.advice import AdviceLedger, Issue, IssuedDay, Spot
from forecast.store.advice.scorecard import read_scorecard
from forecast.store.observations import ObservationStore
from forecast.store.paths import StorePaths
from tests.support.small_region import SmallRegion

TEA = shipped_profile("tea.cuilan.yuexi")
STATION = Spot(
    zone="岳西", place="岳西", longitude=117.7, latitude=39.45, elevation=30.0, station="58314"
)
RUN = datetime(2025, 4, 10, tzinfo=UTC)
NOW = datetime(2025, 5, 1, tzinfo=UTC)


def told(day: int, chance: float, **changed: object) -> IssuedDay:
    """What was said of light frost on a day of April."""
    said = IssuedDay(
        rule="frost.spring",
        kind="hazard",
        day=date(2025, 4, day),
        ends=datetime(2025, 4, day, 12, tzinfo=UTC),
        state="1" if chance >= 0.15 else "none",
        status="none",
        warned=int(chance >= 0.15),
        members=20,
        chances={"1": chance, "2": 0.0, "3": 0.0, "4": 0.0},
    )
    return replace(said, **changed)  # type: ignore[arg-type]


ISSUE = Issue(
    cycle_id="a",
    source="ecmwf-ifs-ens",
    simulated=False,
    reference_time=RUN,
    issued_at=RUN,
    spot=STATION,
    profile=TEA.id,
    version=TEA.version,
    days=(told(11, 0.9), told(12, 0.3), told(13, 0.0), told(14, 0.1)),
)


@pytest.fixture
def served(region: SmallRegion, serve):
    """A region whose station had frosts on the mornings of 11 and 14 April, and no 13 April."""
    region.publish(simulated=False)
    served = serve(region).served[0]
    store = ObservationStore.create(StorePaths(served.path).observations)
    place = {"longitude": 117.7, "latitude": 39.45, "elevation": 30.0}
    store.add_stations(pd.DataFrame({"station": ["58314"], **place, "name": "岳西", "kind": "csv"}))
    times = pd.date_range("2025-04-07", "2025-04-20", freq="h")
    table = pd.DataFrame({"time": times, "value": 10.0, "station": "58314", "flag": 0})
    frosts = [pd.Timestamp("2025-04-10T21:00"), pd.Timestamp("2025-04-13T21:00")]
    table.loc[table["time"].isin(frosts), "value"] = 3.0
    lost = (table["time"] > "2025-04-12T12:00") & (table["time"] <= "2025-04-13T12:00")
    store.add_observations(table[~lost].assign(variable="temperature_2m"))
    return served


def scored(served, *issues: Issue, now: datetime = NOW) -> dict:
    ledger = AdviceLedger.create(StorePaths(served.path).advice)
    for issue in issues:
        ledger.add(issue)
    return score_region(served, Crops(), now=now)


def light(document: dict, zone: str = "all", lead: str = "all") -> dict:
    """Scores of light frost."""
    (row,) = [
        row
        for row in document["rows"]
        if (row["level"], row["zone"], row["lead"]) == ("1", zone, lead)
    ]
    return row


def test_four_days_are_a_hit_a_false_alarm_a_miss_and_one_that_is_not_known(served) -> None:
    row = light(scored(served, ISSUE))
    assert (row["n"], row["unknown"], row["events"]) == (3, 1, 2)
    assert (row["hits"], row["false_alarms"], row["misses"]) == (1, 1, 1)
    assert row["brier"] == pytest.approx((0.1**2 + 0.3**2 + 0.9**2) / 3)
    assert row["cost_loss"] == 0.15
    assert row["expense"]["ours"] == pytest.approx((2 * 0.15 + 1) / 3)
    assert row["small"]
    assert row["pod_low"] is None


def test_leads_count_to_the_end_of_the_day(served) -> None:
    document = scored(served, ISSUE)
    # the day of 11 April ends 36 h after the run, that of 12 April after 60 h
    assert light(document, lead="1–2 d")["n"] == 1
    assert light(document, lead="2–3 d")["n"] == 1
    assert light(document, zone="岳西", lead="3–5 d") == {
        **light(document, lead="3–5 d"),
        "zone": "岳西",
    }


def test_days_to_come_are_not_scored(served) -> None:
    document = scored(served, ISSUE, now=datetime(2025, 4, 11, 12, tzinfo=UTC))
    assert light(document)["n"] == 1
    assert document["period"] == {
        "from": "2025-04-11", "until": "2025-04-11", "days": 1, "cycles": 1, "spots": 1,
    }  # fmt: skip


def test_what_is_left_out_is_counted_by_reason(served) -> None:
    far = replace(STATION, zone="宝坻", station="", longitude=117.62, latitude=39.54)
    high = replace(STATION, zone="高山", station="", elevation=900.0)
    days = (
        told(11, 0.9, state="not-applicable"),
        told(12, 0.9, state="no-data"),
        told(13, 0.9, rule="sow", kind="sowing"),
    )
    document = scored(
        served,
        replace(ISSUE, days=days),
        replace(ISSUE, spot=far),
        replace(ISSUE, spot=high),
        replace(ISSUE, cycle_id="b", version="0.9.0", reference_time=RUN + timedelta(hours=6)),
    )
    assert document["left_out"] == {
        "of sowing, whose truth shows when the season is over": 1,
        "where no station is near": 8,
        "of a version of the profile with other thresholds": 4,
        "on which the rule did not apply": 1,
        "of which nothing was known when the advice was given": 1,
    }
    assert document["rows"] == []


def test_a_spot_says_which_station_tells_its_truth_or_why_none_does(served) -> None:
    near = replace(STATION, zone="宁河", station="", longitude=117.72)
    high = replace(near, zone="高山", elevation=900.0)
    document = scored(served, replace(ISSUE, spot=near), replace(ISSUE, spot=high))
    first, second = document["spots"]
    assert (first["zone"], first["station"], first["distance_km"]) == ("宁河", "58314", 1.7)
    assert (second["station"], second["height_difference_m"]) == (None, None)
    assert second["reason"] == (
        "the nearest station is 2 km away, its height differs by -870 m; allowed are 10 km"
        " and 100 m"
    )


def test_a_spot_without_a_height_has_that_of_its_cell(served, region: SmallRegion) -> None:
    AdviceLedger.create(StorePaths(served.path).advice).add(
        replace(ISSUE, spot=replace(STATION, elevation=None, station=""))
    )
    days = AdviceLedger.open(StorePaths(served.path).advice).days()
    (found,) = stations_near(served, days, stations=None).values()
    row, column = region.region.grid.locate(served.region.grid.bounds and _lonlat(117.7, 39.45))
    assert found.elevation_m == float(region.terrain["elevation"].values[row, column])


def _lonlat(longitude: float, latitude: float):
    from grids import LonLat

    return LonLat(longitude=longitude, latitude=latitude)


def test_advice_from_simulated_cycles_is_never_scored(served) -> None:
    document = scored(served, replace(ISSUE, simulated=True))
    assert document["rows"] == []
    assert document["period"]["days"] == 0


def test_a_changed_word_in_the_profile_keeps_its_scores(served) -> None:
    patched = TEA.version.rpartition(".")[0] + ".7"
    assert light(scored(served, replace(ISSUE, version=patched)))["n"] == 3


def test_without_observations_nothing_is_scored_and_it_is_said(region: SmallRegion, serve) -> None:
    region.publish(simulated=False)
    served = serve(region).served[0]
    document = scored(served, ISSUE)
    assert document["left_out"] == {"where no station is near": 4}
    assert document["spots"][0]["reason"].startswith("the region has no observations")


def test_the_scorecard_is_kept_beside_the_store_and_needs_a_ledger(served) -> None:
    with pytest.raises(StoreMissing, match="there is no advice ledger"):
        score_region(served, Crops(), now=NOW)
    document = scored(served, ISSUE)
    assert read_scorecard(served.path) == document


def test_a_window_that_was_named_is_scored_by_whether_it_held(served) -> None:
    begins = datetime(2025, 4, 11, 2, tzinfo=UTC)
    window = IssuedDay(
        rule="pluck",
        kind="window",
        day=date(2025, 4, 11),
        begins=begins,
        ends=begins + timedelta(hours=3),
        state="amber",
        status="none",
        members=20,
        chances={"amber": 0.8},
    )
    store = ObservationStore.open(StorePaths(served.path).observations)
    times = pd.date_range("2025-04-10T12:00", "2025-04-11T12:00", freq="h")
    dry = pd.DataFrame({"time": times, "value": 0.0, "station": "58314", "flag": 0})
    store.add_observations(dry.assign(variable="precipitation"))
    (every, *_) = scored(served, replace(ISSUE, days=(window,)))["rows"]
    assert (every["rule"], every["level"], every["n"], every["hits"]) == ("pluck", "amber", 1, 1)
    assert every["brier"] == pytest.approx(0.04)
    assert every["expense"] is None
