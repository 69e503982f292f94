"""Advice at a place: numbers of one cycle, what changed since the last, and where it is refused.

At 宁河 the temperature of version 0 is -5.0 °C + 0.1 K x (54 + hour of the day): 0.4 to 2.7 °C, so
that it freezes by the small profile (level 2: at most 2 °C). Each version is 1 K
warmer; from version 4 on there is no frost.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from forecast.errors import ForecastExpired, InvalidRequest
from forecast.service import AdviceAnswer, ForecastService, ask_advice
from tests.support.advice import AT_ONCE, own_crops
from tests.support.small_members import members_of, published_with
from tests.support.small_native import VARIABLES, native_fields
from tests.support.small_region import CYCLE, NOW, SmallRegion

SIX = timedelta(hours=6)
WARM = 30


@pytest.fixture
def advised(
    region: SmallRegion, serve: Callable[..., ForecastService], tmp_path: Path
) -> Callable[..., AdviceAnswer]:
    """Ask the small profile at 宁河."""
    crops = own_crops(tmp_path / "crops", AT_ONCE)

    def ask(**options: Any) -> AdviceAnswer:
        service = serve(region, crops=crops, now=options.pop("now", NOW))
        return service.advise(ask_advice(service, place="宁河", crop="small", **options))

    return ask


def frost(answer: AdviceAnswer) -> Any:
    return next(one for one in answer.advice.advisories if one.rule == "frost")


def caveats(answer: AdviceAnswer) -> set[str]:
    return {one["id"] for one in answer.caveats()}


def test_frost_is_warned_of_with_its_level_and_the_cycle_that_says_so(
    region: SmallRegion, advised: Callable[..., AdviceAnswer]
) -> None:
    cycle = region.publish()
    answer = advised()
    assert (frost(answer).state, frost(answer).status) == (2, "warn")
    assert frost(answer).name.en == "moderate frost"
    assert answer.passport["cycle"] == cycle
    assert answer.passport["age"] == {"hours": 6.0, "state": "fresh"}
    assert answer.passport["members"] == {"count": 1}
    assert frost(answer).probability is None


def test_the_document_says_that_it_is_simulated_in_all_its_parts(
    region: SmallRegion, advised: Callable[..., AdviceAnswer]
) -> None:
    region.publish()
    document = advised().document()
    assert document["simulated"] is True
    assert document["passport"]["simulated"] is True
    for advisory in document["advisories"]:
        assert "模拟" in advisory["text"]["zh"]["message"]
        assert "simulated" in advisory["text"]["en"]["message"]
    assert document["caveats"][0]["id"] == "simulated"


def test_the_first_warning_is_news_but_no_change(
    region: SmallRegion, advised: Callable[..., AdviceAnswer]
) -> None:
    region.publish()
    answer = advised()
    assert answer.before is None
    assert (frost(answer).change, frost(answer).notify) == ("first", True)


def with_frost_from(region: SmallRegion, step: int) -> Any:
    """Counts of a warm cycle that freezes from a step on."""
    packed = region.counts(WARM)
    for name in ("temperature_2m", "dew_point_2m"):
        place = region.variables.index(name)
        packed[:, :, place, step:] = region.counts()[:, :, place, step:]
    return packed


@pytest.mark.parametrize(
    ("before", "now", "change", "notify"),
    [
        (None, 20, "raised", True),
        (26, 20, "unchanged", False),
        (26, None, "cleared", True),
        (None, None, "unchanged", False),
    ],
)
def test_a_change_is_told_against_the_cycle_before(
    region: SmallRegion,
    advised: Callable[..., AdviceAnswer],
    before: int | None,
    now: int | None,
    change: str,
    notify: bool,
) -> None:
    never = region.hours + 1
    counts = [with_frost_from(region, never if one is None else one) for one in (before, now)]
    earlier = region.publish(reference_time=CYCLE - SIX, packed=counts[0])
    region.publish(packed=counts[1])
    answer = advised()
    assert answer.document()["compared"] == {"cycle": earlier, "run_time": "2025-04-09T18:00:00Z"}
    assert (frost(answer).change, frost(answer).notify) == (change, notify)


def test_a_window_that_closes_is_told(
    region: SmallRegion, advised: Callable[..., AdviceAnswer]
) -> None:
    dry = region.counts(WARM)
    dry[:, :, region.variables.index("precipitation")] = 0
    region.publish(reference_time=CYCLE - SIX, packed=dry)
    region.publish()
    (window,) = (one for one in advised().advice.advisories if one.kind == "window")
    assert (window.state, window.change, window.notify) == ("red", "lowered", True)


@pytest.mark.parametrize("hours", [36.5, 100.0])
def test_nothing_is_advised_from_an_expired_forecast(
    region: SmallRegion, advised: Callable[..., AdviceAnswer], hours: float
) -> None:
    cycle = region.publish()
    with pytest.raises(ForecastExpired, match=f"{cycle}, {hours:.0f} h old and expired: nothing"):
        advised(now=CYCLE + timedelta(hours=hours))


def test_a_stale_forecast_is_a_caveat_and_strict_refuses_it(
    region: SmallRegion, advised: Callable[..., AdviceAnswer]
) -> None:
    region.publish()
    late = CYCLE + timedelta(hours=20)
    assert "stale" in caveats(advised(now=late))
    assert "stale" not in caveats(advised())
    with pytest.raises(ForecastExpired, match="strict was asked; the cycle is stale, 20 h old"):
        advised(now=late, strict=True)


def test_an_old_cycle_may_be_asked_as_of_then_but_not_by_name_now(
    region: SmallRegion, advised: Callable[..., AdviceAnswer]
) -> None:
    old = region.publish(reference_time=CYCLE - timedelta(days=2))
    region.publish()
    with pytest.raises(ForecastExpired, match="54 h old and expired"):
        advised(cycle=old)


def test_two_heights_differ_and_the_answer_says_why(
    region: SmallRegion, advised: Callable[..., AdviceAnswer]
) -> None:
    held = replace(region, variables=VARIABLES)
    held.publish(native=native_fields(held))
    low, high = (advised(elevation=height) for height in (100.0, 1100.0))
    added = [one.heights["mean_temperature_correction_k"] for one in (low, high)]
    # the fields fall by 6.5 K in 1000 m
    assert added[0] - added[1] == pytest.approx(6.5, abs=0.5)
    assert high.heights["used_m"] == 1100.0
    for part in ("40 米", "1100 米"):
        assert part.replace(" ", "") in high.heights["zh"]
    assert f"{abs(added[1]):.1f} °C added" in high.heights["en"]


def test_members_give_chances(region: SmallRegion, advised: Callable[..., AdviceAnswer]) -> None:
    published_with(region, members_of(region, count=12))
    answer = advised()
    assert answer.passport["members"] == {"count": 12}
    assert frost(answer).members == 12
    assert 0.0 <= frost(answer).probability <= 1.0
    assert "single" not in caveats(answer)


def test_what_the_answer_rests_on_is_a_caveat(
    region: SmallRegion, advised: Callable[..., AdviceAnswer]
) -> None:
    region.publish()
    assert {"simulated", "single", "unsigned", "memory"} <= caveats(advised())
    memory = next(one for one in advised().caveats() if one["id"] == "memory")
    assert "中度霜冻" in memory["zh"]
    assert "moderate frost" in memory["en"]


def test_a_day_of_sowing_behind_the_forecast_is_refused(
    region: SmallRegion, advised: Callable[..., AdviceAnswer]
) -> None:
    region.publish()
    with pytest.raises(InvalidRequest, match="sown 2025-04-13 was asked"):
        advised(sown="2025-04-13")
    assert advised(sown="2025-04-12").document()["situation"]["sown"] == "2025-04-12"
