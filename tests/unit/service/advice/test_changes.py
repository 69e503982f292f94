"""What the cycles before said: which are asked, how far back, and what is remembered."""

from datetime import UTC, datetime, timedelta

import pytest

from forecast.advise.advice import Advice
from forecast.advise.decision import Decision
from forecast.errors import DamagedCycle
from forecast.service.advice.changes import LONGEST_CHAIN, Before, Chain, Memory
from forecast.service.advice.weather import cell_of
from forecast.service.question import PointQuestion
from forecast.service.served import CycleFacts, ServedRegion
from grids import LonLat
from tests.support.small_region import CYCLE, SmallRegion

SIX = timedelta(hours=6)


class Judge:
    """Says of each cycle how many cycles before it were heard; notes in which order."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str | None]] = []
        self.damaged = ""

    def __call__(self, facts: CycleFacts, before: Before | None) -> Advice:
        if facts.cycle.id == self.damaged:
            raise DamagedCycle("a shard fails its checksum")
        self.heard.append((facts.cycle.id, before and before.cycle))
        length = 1 if before is None else before.decisions["r"].level + 1
        decision = Decision(
            status="warn", level=length, warned=length, window=None, change="first", notify=False
        )
        return Advice(
            profile="small@0.1.0",
            stages=(),
            advisories=(),
            timelines=(),
            decisions={"r": decision},
        )


@pytest.fixture
def judge() -> Judge:
    return Judge()


def chain(region: SmallRegion, judge: Judge, **fields: object) -> tuple[Chain, CycleFacts]:
    """A chain over the region's cycles, and the facts of the current one."""
    served = ServedRegion(region.region, region.root / region.region.name)
    given = {"memory": Memory(), "field": ("here",), **fields}
    return Chain(served=served, judge=judge, **given), served.current()  # type: ignore[arg-type]


def said(made: Chain, facts: CycleFacts) -> Before | None:
    cell = cell_of(facts, PointQuestion(lonlat=LonLat(longitude=117.7, latitude=39.4)))
    return made.before(facts, cell=cell)


def published(region: SmallRegion, count: int) -> list[str]:
    """Cycles every six hours, the last one at the usual start."""
    return [
        region.publish(reference_time=CYCLE - SIX * (count - 1 - place)) for place in range(count)
    ]


def test_the_first_cycle_has_none_before_it(region: SmallRegion, judge: Judge) -> None:
    published(region, 1)
    assert said(*chain(region, judge)) is None
    assert judge.heard == []


def test_each_cycle_goes_on_from_the_one_before_it(region: SmallRegion, judge: Judge) -> None:
    first, second, third, _ = published(region, 4)
    found = said(*chain(region, judge))
    assert found is not None
    assert (found.cycle, found.run_time) == (third, CYCLE - SIX)
    assert judge.heard == [(first, None), (second, first), (third, second)]
    assert found.decisions["r"].level == 3


def test_it_goes_back_a_day_of_runs_at_most(region: SmallRegion, judge: Judge) -> None:
    published(region, LONGEST_CHAIN + 3)
    found = said(*chain(region, judge))
    assert found is not None
    assert found.decisions["r"].level == LONGEST_CHAIN


def test_what_was_said_is_judged_once(region: SmallRegion, judge: Judge) -> None:
    published(region, 3)
    made, facts = chain(region, judge)
    assert said(made, facts) is said(made, facts)
    assert len(judge.heard) == 2


def test_another_field_is_judged_anew(region: SmallRegion, judge: Judge) -> None:
    published(region, 2)
    memory = Memory()
    for field in (("here", 300.0), ("here", 900.0), ("here", 300.0)):
        said(*chain(region, judge, memory=memory, field=field))
    assert len(judge.heard) == 2


@pytest.mark.parametrize("simulated", [True, False])
def test_real_and_simulated_cycles_are_never_compared(
    region: SmallRegion, judge: Judge, simulated: bool
) -> None:
    region.publish(reference_time=CYCLE - SIX, simulated=not simulated)
    region.publish(simulated=simulated)
    assert said(*chain(region, judge)) is None
    assert judge.heard == []


def test_a_damaged_cycle_is_passed_over(region: SmallRegion, judge: Judge) -> None:
    first, second, _ = published(region, 3)
    judge.damaged = second
    found = said(*chain(region, judge))
    assert found is not None
    assert found.cycle == first


def test_a_run_of_last_week_is_not_the_one_before(region: SmallRegion, judge: Judge) -> None:
    region.publish(reference_time=CYCLE - timedelta(days=7))
    region.publish()
    assert said(*chain(region, judge)) is None


def test_only_what_had_been_published_by_then_counts(region: SmallRegion, judge: Judge) -> None:
    region.publish(reference_time=CYCLE - SIX)
    region.publish()
    long_ago = datetime(2001, 1, 1, tzinfo=UTC)
    assert said(*chain(region, judge, until=long_ago)) is None


def test_a_cycle_that_is_named_sees_none_that_came_after_it(
    region: SmallRegion, judge: Judge
) -> None:
    region.publish()
    late = region.publish(reference_time=CYCLE - SIX)
    made, facts = chain(region, judge, named=True)
    assert facts.cycle.id == late
    named = made.served.answer(lambda held: held, cycle=region.store.published()[1].cycle_id)
    assert named.cycle.reference_time == CYCLE
    assert said(made, named) is None
