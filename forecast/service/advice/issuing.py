"""Issuing: after a cycle is published, what is advised at each watch goes into the ledger.

Everything is judged as `/v1/advisories` judges it, but for one thing: a warning goes on from what
was said at the watch before, which the ledger knows. A watch whose advice is in the ledger already
is passed over, so that an issuing that was killed is taken up where it was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from forecast.advise.advice import Advice
from forecast.errors import ForecastExpired, ZhitianError
from forecast.service.advice.changes import LONGEST_SINCE, Before
from forecast.service.advice.recording import advisories_of, decisions_of, issued_days, standing_of
from forecast.service.advice.watching import Target
from forecast.service.served import CycleFacts, ServedRegion
from forecast.store.advice import AdviceLedger, Issue
from forecast.store.paths import StorePaths
from grids import GridsError

Report = Callable[[str, int, int], None]

SHOWN = 3
"""Watches that a sentence names before it counts the others."""


class Answered(Protocol):
    """What an answer on a crop must hold so that it can be kept."""

    @property
    def advice(self) -> Advice:
        """What the profile says."""

    @property
    def facts(self) -> CycleFacts:
        """Of the cycle that was asked."""

    @property
    def now(self) -> datetime:
        """What counted as now."""

    def document(self) -> Mapping[str, Any]:
        """The whole answer, ready for JSON."""


Ask = Callable[[Target, Before | None], Answered]
"""Advises at a watch, with what was said there from the cycle before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What an issuing did.

    Attributes:
        cycle: name of the cycle.
        new: watches that were added.
        known: watches whose advice was in the ledger already.
        failed: sentences by watch.
    """

    cycle: str
    new: int
    known: int
    failed: Mapping[str, str]

    def words(self) -> tuple[str, ...]:
        """Sentences for people."""
        known = f", kept already for {self.known}" if self.known else ""
        said = [f"advice of cycle {self.cycle} kept for {self.new} watches{known}"]
        reasons: dict[str, list[str]] = {}
        for watch, reason in self.failed.items():
            reasons.setdefault(reason, []).append(watch)
        said += [f"no advice kept for {_some(watches)}: {why}" for why, watches in reasons.items()]
        return tuple(said)


def issue(
    served: ServedRegion, watches: Sequence[Target], *, ask: Ask, report: Report | None = None
) -> Issued:
    """Keep what the current cycle of a region says at each watch.

    Each watch is kept by itself, whole or not at all; one that cannot be advised keeps no other
    out.

    Args:
        served: the region.
        watches: from `watching.targets`.
        ask: advises at a watch.
        report: called with (stage, done, total) as work goes on.

    Raises:
        ForecastExpired: the cycle is too old for advice.
        StoreError: nothing whole is published, or the ledger cannot be used.
    """
    ledger = AdviceLedger.create(StorePaths(served.path).advice)
    facts = served.current()
    kept = ledger.issued(facts.cycle.id)
    new, known, failed = 0, 0, dict[str, str]()
    for number, target in enumerate(watches):
        if report is not None:
            report("keeping advice", number, len(watches))
        if (target.spot, target.profile.id, target.profile.version) in kept:
            known += 1
            continue
        said = before(ledger, target, facts=facts)
        try:
            answered = ask(target, said)
        except ForecastExpired:
            raise
        except (ZhitianError, GridsError) as error:
            failed[str(target)] = str(error)
            continue
        new += ledger.add(issue_of(answered, target))
    if report is not None:
        report("keeping advice", len(watches), len(watches))
    return Issued(cycle=facts.cycle.id, new=new, known=known, failed=failed)


def before(ledger: AdviceLedger, target: Target, *, facts: CycleFacts) -> Before | None:
    """What was said at a watch from the newest cycle of the same kind before; None without one.

    One that is older than `changes.LONGEST_SINCE` is no longer the one before.

    Args:
        ledger: of the region.
        target: the watch.
        facts: of the cycle that goes on.
    """
    cycle = facts.cycle
    found = ledger.before(
        target.spot, target.profile.id, before=cycle.reference_time, simulated=cycle.simulated
    )
    if found is None or cycle.reference_time - found.reference_time > LONGEST_SINCE:
        return None
    return Before(
        cycle=found.cycle_id,
        run_time=found.reference_time,
        decisions=decisions_of(found.standing),
        advisories=advisories_of(found.document),
    )


def issue_of(answered: Answered, target: Target) -> Issue:
    """An answer as the ledger keeps it.

    Args:
        answered: at the watch.
        target: the watch.
    """
    cycle = answered.facts.cycle
    return Issue(
        cycle_id=cycle.id,
        source=cycle.source,
        simulated=cycle.simulated,
        reference_time=cycle.reference_time,
        issued_at=answered.now,
        spot=target.spot,
        profile=target.profile.id,
        version=target.profile.version,
        days=issued_days(answered.advice, target.profile),
        standing=standing_of(answered.advice.decisions),
        document=answered.document(),
    )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
