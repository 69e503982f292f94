"""What is done with advice after a cycle is published: kept, its soil water carried on, scored."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from forecast.errors import StoreError
from forecast.service.advice.changes import Before
from forecast.service.advice.issuing import Answered, Issued, issue
from forecast.service.advice.question import AdviceQuestion
from forecast.service.advice.scoring import score_region
from forecast.service.advice.watching import Target, targets
from forecast.service.advice.watering import Watered, keep_water
from forecast.service.served import ServedRegion
from forecast.store.advice.scorecard import read_scorecard
from forecast.times import parse_instant

if TYPE_CHECKING:
    from forecast.service.core import ForecastService

Report = Callable[[str, int, int], None]


RESCORED_AFTER: Final = timedelta(hours=20)
"""A scorecard that is younger stays as it is: scoring a year of advice takes minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was done.

    Attributes:
        issued: advice that was kept; None where the region watches nothing.
        watered: what became of the soil water, by crop.
        scored: days and cycles that the scorecard rests on.
    """

    issued: Issued | None = None
    watered: tuple[Watered, ...] = ()
    scored: dict[str, Any] | None = None

    def words(self) -> tuple[str, ...]:
        """Sentences for people."""
        if self.issued is None:
            return ("no advice is kept: the region's file has no [[advice]]",)
        said = [f"soil water of {one.profile}: {one.sentence}" for one in self.watered]
        rows = [] if self.scored is None else self.scored["rows"]
        pairs = sum(row["n"] for row in rows if row["zone"] == row["lead"] == "all")
        return (*self.issued.words(), *said, f"scorecard: {pairs:,} pairs of advice and truth")


def keep_advice(service: "ForecastService", region: str, *, report: Report | None = None) -> Kept:
    """Keep what the current cycle of a region advises, carry its soil water on, and score.

    Args:
        service: that answers for the region.
        region: its name.
        report: called with (stage, done, total) as work goes on.

    Raises:
        ForecastExpired: the cycle is too old for advice.
        UnknownName: the region's file names a crop or place that is not known.
        OutsideArea: it names a place outside the region.
        StoreError: nothing whole is published, or what is kept cannot be read or written.
    """
    served = service.region(region)
    watches = targets(service, served)
    if not watches:
        return Kept()
    issued = issue(served, watches, ask=asking(service), report=report)
    crops = tuple({one.profile.id: one.profile for one in watches}.values())
    watered = keep_water(served, crops, now=service.clock(), report=report)
    scored = _scored(service, served)
    return Kept(issued=issued, watered=watered, scored=scored)


def _scored(service: "ForecastService", served: ServedRegion) -> dict[str, Any]:
    """The scorecard, made anew where it is of another day."""
    now = service.clock()
    try:
        held = read_scorecard(served.path)
    except StoreError:
        held = None
    if held is not None and timedelta(0) <= now - parse_instant(held["made"]) < RESCORED_AFTER:
        return held
    return score_region(served, service.knowledge.crops, now=now)


def asking(service: "ForecastService") -> Callable[[Target, Before | None], Answered]:
    """Advises at a watch as the service answers anybody.

    Args:
        service: that answers for the region.
    """

    def ask(target: Target, before: Before | None) -> Answered:
        question = AdviceQuestion(
            lonlat=target.lonlat,
            place=target.place,
            profile=target.profile,
            elevation=target.spot.elevation,
        )
        return service.advise(question, before=before)

    return ask
