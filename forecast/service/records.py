"""The hours of one place: the record of its cell, alone or behind the hours that are past."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from forecast.query.derived import derive, needs
from forecast.query.seamless import join
from forecast.service.archive import Archive, Past, run_of
from forecast.service.heights import counts_at_heights
from forecast.service.question import PointQuestion
from forecast.service.served import CycleFacts
from forecast.service.timeline import Timeline, beginning
from forecast.store import Cycle
from forecast.times import parse_instant, to_datetime, to_datetime64
from forecast.variables import pack
from grids.lookup import CellChoice

Counts = npt.NDArray[np.int16]
Flags = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Record:
    """Hours of one place in all variables of the newest cycle, in its order and packing.

    Attributes:
        cycle: the newest.
        times: valid times [time], UTC.
        counts: packed [variable, time].
        flags: origin of each step [variable, time].
        timeline: where the hours come from if not all from one cycle, else None.
    """

    cycle: Cycle
    times: npt.NDArray[np.datetime64]
    counts: Counts
    flags: Flags
    timeline: Timeline | None = None

    @property
    def past(self) -> int:
        """How many hours lie before the newest cycle."""
        return 0 if self.timeline is None else self.timeline.joined.past

    def chosen(self, names: tuple[str, ...], hours: slice) -> tuple[Counts, Flags]:
        """Counts and step flags [name, time] of published and derived variables.

        Args:
            names: all of them held by the cycle, or made from what it holds.
            hours: of the record.
        """
        held = self.cycle.variables
        if names == held:
            return self.counts[:, hours], self.flags[:, hours]
        counts = np.empty((len(names), len(self.times[hours])), dtype=np.int16)
        flags = np.empty(counts.shape, dtype=np.uint8)
        for place, name in enumerate(names):
            own = [held.index(one) for one in ((name,) if name in held else needs(name, held))]
            flags[place] = self.flags[own, hours].max(axis=0)
            counts[place] = self.counts[own[0], hours] if name in held else self._made(name, hours)
        return counts, flags

    def _made(self, name: str, hours: slice) -> Counts:
        """A derived variable from the published values as they are answered."""
        values = self.cycle.unpack(self.counts[:, hours])
        made = derive(name, dict(zip(self.cycle.variables, values, strict=True)))
        return pack(made, name)


def record_of(cycle: Cycle, counts: Counts) -> Record:
    """The record of a place out of one cycle alone.

    Args:
        cycle: to answer from.
        counts: packed [variable, time].
    """
    return Record(cycle=cycle, times=cycle.times, counts=counts, flags=cycle.step_flag)


def records(
    facts: CycleFacts,
    questions: Sequence[PointQuestion],
    *,
    choices: Sequence[CellChoice],
    past: Past | None,
    starts: Sequence[datetime],
) -> list[Record]:
    """The record of each question; heights of one cycle are worked out together.

    Args:
        facts: of the newest cycle.
        questions: all of one group.
        choices: the cell of each.
        past: earlier cycles, or None where no question asks for them.
        starts: for each question the instant after which its hours begin.

    Raises:
        DamagedCycle: what was read of the newest cycle fails its checksum.
        StoreMissing: a height was asked and the cycle has no model fields.
    """
    cycle = facts.cycle
    made: list[Record] = []
    newest = _counts(cycle, questions, choices)
    for question, choice, start, counts in zip(questions, choices, starts, newest, strict=True):
        if past is None or not question.past_days:
            made.append(record_of(cycle, counts))
            continue
        joined = join(
            run_of(cycle, like=cycle, read=lambda _, own=counts: own),  # type: ignore[misc]
            past.runs(lambda one, q=question, c=choice: _counts(one, [q], [c])[0]),  # type: ignore[misc]
            begin=to_datetime64(start),
        )
        timeline = Timeline(joined=joined, past=past, zone=facts.zone)
        made.append(
            Record(
                cycle=cycle,
                times=joined.times,
                counts=joined.counts,
                flags=joined.flags,
                timeline=timeline,
            )
        )
    return made


def start_of(question: PointQuestion, facts: CycleFacts, *, now: datetime) -> datetime:
    """Instant after which the hours of an answer begin.

    For a cycle that was named, today is no later than its beginning.

    Args:
        question: with its days in the past and its day boundary.
        facts: of the newest cycle.
        now: what counts as now.
    """
    if not question.past_days:
        return now
    first = to_datetime(facts.cycle.times[0])
    anchor = min(now, first) if question.cycle else now
    begin = beginning(question.past_days, now=anchor, boundary=question.day, zone=facts.zone)
    return min(begin, first)


def past_of(
    archive: Archive,
    facts: CycleFacts,
    *,
    questions: Sequence[PointQuestion],
    starts: Sequence[datetime],
) -> Past | None:
    """The earlier cycles that a group of questions may use, or None where none asks for them.

    A question as of a moment, or of a named cycle, sees only what had been published then: its
    answer stays the same whatever is published later.

    Args:
        archive: of the region.
        facts: of the newest cycle.
        questions: alike in `cycle` and `as_of`.
        starts: of each.
    """
    if not any(question.past_days for question in questions):
        return None
    as_of = questions[0].as_of
    if questions[0].cycle and facts.published_at:
        as_of = parse_instant(facts.published_at)
    archive.close_idle()
    entries = archive.entries(facts.cycle, begin=min(starts), as_of=as_of)
    past = Past(archive, facts.cycle, entries)
    past.published[facts.cycle.id] = facts.published_at
    return past


def _counts(
    cycle: Cycle, questions: Sequence[PointQuestion], choices: Sequence[CellChoice]
) -> list[Counts]:
    """Packed counts [variable, time] for each question; heights are worked out together."""
    lifted = [
        (choice, question.elevation)
        for question, choice in zip(questions, choices, strict=True)
        if question.elevation is not None
    ]
    at_heights = iter(counts_at_heights(cycle, lifted) if lifted else ())
    return [
        cycle.point(choice.row, choice.column) if question.elevation is None else next(at_heights)
        for question, choice in zip(questions, choices, strict=True)
    ]
