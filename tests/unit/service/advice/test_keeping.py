"""What is done after a cycle: advice kept as the service gives it, and scored once a day."""

from datetime import timedelta

import pytest

from forecast.service.advice.keeping import keep_advice
from forecast.service.advice.question import ask_advice
from forecast.store.advice import AdviceLedger, Spot
from forecast.store.advice.scorecard import read_scorecard
from forecast.store.paths import StorePaths
from tests.support.small_region import NAME, NOW, SmallRegion

TEA = "tea.cuilan.yuexi"
WATCH = f"""
[[advice]]
crop = "{TEA}"
latitude = 39.45
longitude = 117.72
zone = "茶园"
"""


@pytest.fixture
def watched(region: SmallRegion) -> SmallRegion:
    text = region.file.read_text(encoding="utf-8")
    region.file.write_text(text + WATCH, encoding="utf-8")
    region.publish(simulated=False)
    return region


def test_a_region_without_watches_keeps_nothing_and_says_so(region: SmallRegion, serve) -> None:
    region.publish(simulated=False)
    kept = keep_advice(serve(region), NAME)
    assert kept.words() == ("no advice is kept: the region's file has no [[advice]]",)
    assert not StorePaths(region.root / NAME).advice.exists()


def test_what_is_kept_is_what_the_service_answers(watched: SmallRegion, serve) -> None:
    service = serve(watched)
    kept = keep_advice(service, NAME)
    assert kept.issued is not None
    assert (kept.issued.new, dict(kept.issued.failed)) == (1, {})
    answer = service.advise(ask_advice(service, latitude=39.45, longitude=117.72, crop=TEA))
    ledger = AdviceLedger.open(StorePaths(watched.root / NAME).advice)
    spot = Spot(zone="茶园", place="茶园", longitude=117.72, latitude=39.45)
    document = ledger.document(answer.facts.cycle.id, spot, profile=TEA)
    for told, said in zip(document["advisories"], answer.advice.advisories, strict=True):
        assert (told["rule"], told["state"], told["window"]) == (
            said.rule,
            said.state,
            said.window and said.window.model_dump(),
        )
    frost = ledger.days()[lambda days: days["rule"] == "frost.spring"]
    line = next(one for one in answer.advice.timelines if one.rule == "frost.spring")
    assert [str(day)[:10] for day in frost["day"]] == list(line.times)
    assert frost["state"].tolist() == list(map(str, line.states))


def test_the_scorecard_is_made_once_a_day(watched: SmallRegion, serve) -> None:
    made = []
    for hours in (0, 6, 26):
        keep_advice(serve(watched, now=NOW + timedelta(hours=hours)), NAME)
        document = read_scorecard(watched.root / NAME)
        assert document is not None
        made.append(document["made"])
    assert made == ["2025-04-10T06:00:00Z", "2025-04-10T06:00:00Z", "2025-04-11T08:00:00Z"]
