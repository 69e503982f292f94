"""Issuing: what is kept of an answer, what is passed over, and from what a warning goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecast import regions
from forecast.advise.advice import Advice, Timeline
from forecast.advise.advisory import Advisory, Span
from forecast.advise.decision import Decision, Period
from forecast.advise.profile import shipped_profile
from forecast.errors import DataError, ForecastExpired
from forecast.service.advice.changes import Before
from forecast.service.advice.issuing import issue
from forecast.service.advice.recording import decisions_of, issued_days, standing_of
from forecast.service.advice.watching import Target, targets
from forecast.service.served import CycleFacts
from forecast.store.advice import AdviceLedger, Spot
from forecast.store.observations import ObservationStore
from forecast.store.paths import StorePaths
from tests.support.small_region import CYCLE, NOW, SmallRegion

RICE = shipped_profile("rice.xiaozhan.ninghe")
DAYS = ("2025-04-10", "2025-04-11", "2025-04-12")
WARNED = Decision(
    status="warn",
    level=2,
    warned=2,
    window=Period(*(np.datetime64(day, "ns") for day in (DAYS[1], DAYS[2], DAYS[0], DAYS[2]))),
    change="raised",
    notify=True,
)
COMMON: dict[str, Any] = {
    "profile": RICE.label,
    "issued": "2025-04-10T00:00:00Z",
    "members": 20,
    "missing": 0,
    "citations": {},
    "change": "first",
    "notify": False,
    "name": None,
    "action": None,
}
COLD = Advisory(
    rule="nursery.cold_wind", kind="hazard", state=2, status="warn", window=None, **COMMON
)
SPRAY = Advisory(
    rule="spray_drone",
    kind="window",
    state="green",
    status="none",
    probability=0.7,
    window=Span(begins="2025-04-10T22:00:00Z", ends="2025-04-11T03:00:00Z"),
    **COMMON,
)
COLD_LINE = Timeline(
    rule=COLD.rule,
    kind="hazard",
    name=None,
    step="d",
    times=DAYS,
    states=("none", 2, "none"),
    probability={"1": (0.1, 0.9, 0.2), "2": (0.0, 0.6, None)},
)
ADVICE = Advice(
    profile=RICE.label,
    stages=(),
    advisories=(COLD, SPRAY),
    timelines=(COLD_LINE,),
    decisions={COLD.rule: WARNED},
)
WATCH = Target(spot=Spot(zone="宁河", place="宁河", longitude=117.72, latitude=39.45), profile=RICE)


@dataclass
class Answer:
    """An answer as the service gives it."""

    facts: CycleFacts
    advice: Advice = ADVICE
    now: datetime = NOW

    def document(self) -> Mapping[str, Any]:
        told = [one.model_dump(mode="json") for one in self.advice.advisories]
        return {"advisories": [{**one, "text": {"zh": {}}} for one in told]}


@pytest.fixture
def served(region: SmallRegion, serve):
    region.publish(simulated=False)
    return serve(region).served[0]


def ledger_of(served) -> AdviceLedger:
    return AdviceLedger.open(StorePaths(served.path).advice)


def test_a_day_keeps_its_chances_and_a_standing_warning_covers_its_days() -> None:
    rows = [one for one in issued_days(ADVICE, RICE) if one.rule == COLD.rule]
    assert [(one.day.isoformat(), one.state, one.warned) for one in rows] == [
        ("2025-04-10", "none", 0),
        ("2025-04-11", "2", 2),
        ("2025-04-12", "none", 2),
    ]
    assert rows[2].chances == {"1": 0.2, "2": None}
    # the agromet day of 11 April ends at 20:00 Beijing time
    assert rows[1].ends == datetime(2025, 4, 11, 12, tzinfo=UTC)


def test_a_window_is_kept_for_its_shortest_length_on_the_day_of_its_first_hour() -> None:
    (row,) = [one for one in issued_days(ADVICE, RICE) if one.kind == "window"]
    assert row.begins == datetime(2025, 4, 10, 22, tzinfo=UTC)
    assert row.ends == datetime(2025, 4, 11, 0, tzinfo=UTC)
    assert (row.day, row.chances) == (date(2025, 4, 11), {"green": 0.7})


def test_a_decision_goes_through_the_ledger_unchanged() -> None:
    decisions = {"a": WARNED, "b": replace(WARNED, status="none", level=0, warned=0, window=None)}
    assert decisions_of(standing_of(decisions)) == decisions


def test_all_watches_are_kept_once(served) -> None:
    higher = replace(WATCH, spot=replace(WATCH.spot, elevation=50.0))
    done: list[tuple[str, int, int]] = []
    asked: list[Target] = []

    def ask(target: Target, before: Before | None) -> Answer:
        asked.append(target)
        return Answer(served.current())

    first = issue(served, (WATCH, higher), ask=ask, report=lambda *said: done.append(said))
    assert (first.new, first.known, dict(first.failed)) == (2, 0, {})
    assert done[-1] == ("keeping advice", 2, 2)
    again = issue(served, (WATCH, higher), ask=ask)
    assert (again.new, again.known) == (0, 2)
    assert asked == [WATCH, higher]
    assert len(ledger_of(served).days()) == 2 * (3 + 1)


def test_what_an_interrupted_issuing_left_out_is_made_up(served) -> None:
    class Stopped(Exception):
        pass

    other = replace(WATCH, spot=replace(WATCH.spot, zone="宝坻", place="宝坻"))

    def ask(target: Target, before: Before | None) -> Answer:
        if target is other:
            raise Stopped
        return Answer(served.current())

    with pytest.raises(Stopped):
        issue(served, (WATCH, other), ask=ask)
    again = issue(served, (WATCH, other), ask=lambda *_: Answer(served.current()))
    assert (again.new, again.known) == (1, 1)


def test_one_watch_that_cannot_be_advised_keeps_no_other_out(served) -> None:
    def ask(target: Target, before: Before | None) -> Answer:
        if target.spot.elevation is not None:
            raise DataError("no hours")
        return Answer(served.current())

    high = replace(WATCH, spot=replace(WATCH.spot, elevation=900.0))
    done = issue(served, (high, WATCH), ask=ask)
    assert done.new == 1
    assert done.words()[1] == ("no advice kept for rice.xiaozhan.ninghe in 宁河 at 900 m: no hours")


def test_an_expired_cycle_keeps_nothing(served) -> None:
    def ask(target: Target, before: Before | None) -> Answer:
        raise ForecastExpired("too old")

    with pytest.raises(ForecastExpired):
        issue(served, (WATCH,), ask=ask)
    assert ledger_of(served).days().empty


def issued_later(region: SmallRegion, served, *, hours: int, simulated: bool) -> Before | None:
    """What the issuing of a later cycle is told of the one before."""
    issue(served, (WATCH,), ask=lambda *_: Answer(served.current()))
    later = CYCLE + pd.Timedelta(hours=hours)
    region.publish(simulated=simulated, reference_time=later)
    served.store._served.look_again()
    told: list[Before | None] = []

    def ask(target: Target, before: Before | None) -> Answer:
        told.append(before)
        return Answer(served.current())

    issue(served, (WATCH,), ask=ask)
    return told[0]


def test_a_warning_goes_on_from_what_was_really_said(region: SmallRegion, served) -> None:
    before = issued_later(region, served, hours=12, simulated=False)
    assert before is not None
    assert before.run_time == CYCLE
    assert before.decisions == {COLD.rule: WARNED}
    assert before.advisories == {COLD.rule: COLD, SPRAY.rule: SPRAY}


def test_a_simulated_cycle_goes_on_from_no_real_one(region: SmallRegion, served) -> None:
    assert issued_later(region, served, hours=12, simulated=True) is None


def test_what_was_said_four_days_ago_is_no_longer_the_cycle_before(
    region: SmallRegion, served
) -> None:
    assert issued_later(region, served, hours=96, simulated=False) is None


def test_every_station_in_the_region_is_watched_for_its_crops(region: SmallRegion, serve) -> None:
    watch = regions.Watch(crop=RICE.id, zone="宁河", place="宁河")
    service = serve(region)
    served = service.served[0]
    served.region = replace(served.region, advice=(watch,))
    store = ObservationStore.create(StorePaths(served.path).observations)
    places = {"station": ["54527", "54511"], "longitude": [117.7, 116.3], "latitude": 39.45}
    kind = {"elevation": 5.0, "name": ["", "北京"], "kind": "synop"}
    store.add_stations(pd.DataFrame({**places, **kind}))
    named, station = targets(service, served)
    assert (named.spot.zone, named.spot.station, named.spot.elevation) == ("宁河", "", None)
    assert (station.spot.zone, station.spot.station) == ("54527", "54527")
    assert (station.spot.elevation, station.profile.id) == (5.0, RICE.id)
