"""Answers for one place or many out of one cycle, and of earlier ones where they are asked."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from forecast.errors import ForecastExpired, InvalidRequest
from forecast.query import derived
from forecast.query.climatology import Normals
from forecast.query.history import History
from forecast.query.selection import parse_names
from forecast.service.archive import Archive
from forecast.service.calendar import Case, cases, with_normals, with_origins, without_past
from forecast.service.corrected import correction_columns, correction_passport
from forecast.service.doubt import doubt_passport
from forecast.service.nearby import nearby
from forecast.service.passport import cell_passport, cycle_passport
from forecast.service.question import PointQuestion
from forecast.service.records import past_of, record_of, records, start_of
from forecast.service.series import PointSeries
from forecast.service.served import CycleFacts, step_runs
from forecast.service.spread import Spread, spread
from forecast.store import Cycle
from forecast.times import hours_since, iso, to_datetime, to_datetime64
from grids.lookup import CellChoice, choose_cell

STRICT_STATES: Final = ("fresh", "late")
NO_NORMALS: Final = (
    "climatology_days was asked; this service has no normals, the operator names a file of them in"
    " ZHITIAN_NORMALS, or of past years in ZHITIAN_HISTORY"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What an answer may need beside its cycle.

    Attributes:
        now: what counts as now.
        archive: earlier cycles of the region.
        normals: daily normals, or None where the operator has none.
        history: daily values of past years, likewise.
    """

    now: datetime
    archive: Archive
    normals: Normals | None = None
    history: History | None = None


def answer(
    facts: CycleFacts, questions: Sequence[PointQuestion], *, beside: Beside
) -> list[PointSeries]:
    """Answer questions for places of one region, in their order, from one cycle.

    Args:
        facts: the cycle.
        questions: all in its region, alike in `cycle` and `as_of`.
        beside: what else may be needed.

    Raises:
        UnknownName: the cycle does not hold a variable.
        ForecastExpired: the cycle ends before the hours asked, or `strict` refuses its age.
        InvalidRequest: `strict` refuses the cell, or members or normals are asked and missing.
        DamagedCycle: what was read fails its checksum.
    """
    choices = [
        choose_cell(
            facts.cycle.grid,
            facts.surface,
            lonlat=question.lonlat,
            elevation=question.elevation,
            preference=question.cell,
        )
        for question in questions
    ]
    about = cycle_passport(facts, now=beside.now)
    for question, choice in zip(questions, choices, strict=True):
        if question.strict:
            refuse_doubtful(about, choice)
        if question.climatology_days:
            _refuse_normals(facts, beside.normals)
    return [
        _series(facts, case, about=about, beside=beside)
        for case in _cases(facts, questions, choices, beside=beside)
    ]


def _cases(
    facts: CycleFacts,
    questions: Sequence[PointQuestion],
    choices: Sequence[CellChoice],
    *,
    beside: Beside,
) -> list[Case]:
    """Each question with its hours and days; one plain question takes the short way."""
    if len(questions) == 1 and questions[0].is_plain:
        (question,), (choice,) = questions, choices
        record = record_of(facts.cycle, facts.cycle.point(choice.row, choice.column))
        return [Case(question=question, choice=choice, record=record, daily={}, zone=facts.zone)]
    starts = [start_of(question, facts, now=beside.now) for question in questions]
    past = past_of(beside.archive, facts, questions=questions, starts=starts)
    held = records(facts, questions, choices=choices, past=past, starts=starts)
    return cases(questions, choices, held=held, zone=facts.zone)


def asked_names(question: PointQuestion, cycle: Cycle) -> tuple[str, ...]:
    """Hourly variables of an answer, in order.

    Raises:
        UnknownName: the cycle does not hold one, nor what it is made from.
    """
    if question.hourly is None:
        return cycle.variables
    held = (*cycle.variables, *derived.derivable(cycle.variables))
    return parse_names(question.hourly, kind="hourly", held=held)


def asked_hours(question: PointQuestion, cycle: Cycle, *, now: datetime) -> slice:
    """Steps of the cycle that an answer holds.

    Raises:
        ForecastExpired: hours from now on were asked and the cycle ends before.
    """
    count = len(cycle.times)
    if question.hours is None:
        return slice(0, count)
    first = int(np.searchsorted(hours_since(cycle.times, to_datetime64(now)), 0.0))
    if first >= count:
        raise ForecastExpired(
            f"the next {question.hours} hours were asked; cycle {cycle.id} ends at"
            f" {iso(cycle.times[-1])} and now is {iso(now)}"
        )
    return slice(first, min(first + question.hours, count))


def answer_size(
    facts: CycleFacts, question: PointQuestion, *, now: datetime
) -> tuple[int, int, int]:
    """Hours, variables and columns beside them that an answer takes, without touching data.

    Of hours that are past every variable counts, for all of them are read.

    Args:
        facts: of the cycle.
        question: what was asked.
        now: what counts as now.

    Raises:
        UnknownName: the cycle does not hold a variable.
        ForecastExpired: hours from now on were asked and the cycle ends before.
    """
    hours = asked_hours(question, facts.cycle, now=now)
    names = len(asked_names(question, facts.cycle))
    count = hours.stop - hours.start
    if question.is_plain:
        return count, names, 0
    if question.past_days:
        span = to_datetime(facts.cycle.times[0]) - start_of(question, facts, now=now)
        count = hours.stop + max(0, math.ceil(span / timedelta(hours=1)) - 1)
        names = max(names, len(facts.cycle.variables))
    events = sum(len(event.conditions) for _, event in question.events)
    columns = len(question.quantiles) * names + len(question.probability) + events
    return count, names, columns


def _series(facts: CycleFacts, case: Case, *, about: dict[str, Any], beside: Beside) -> PointSeries:
    """The answer of one case, with its passport."""
    question, record = case.question, case.record
    names = asked_names(question, facts.cycle)
    hours = asked_hours(question, facts.cycle, now=beside.now)
    if question.past_days:
        hours = slice(0, record.past + hours.stop)
    counts, flags = record.chosen(names, hours)
    members = _members(facts, case, hours=hours)
    passport = {
        **about,
        **cell_passport(facts, case.choice, question=question),
        "steps": _steps(facts, names, flags=flags),
        "calibration": correction_passport(facts, case, hours=hours),
    }
    if question.doubt:
        passport["location"] |= doubt_passport(facts, case, hours=hours)
    if members is not None:
        passport["members"] = members.passport
    if record.timeline is not None:
        passport["series"] = record.timeline.passport(
            [name for name in names if name in facts.places], hours=hours
        )
    daily = _daily(case, members, beside=beside, passport=passport)
    return PointSeries(
        question=question,
        facts=facts,
        names=names,
        counts=counts,
        first=hours.start,
        passport=passport,
        timezone=facts.zone,
        daily=daily,
        timeline=record.timeline,
        columns=(
            *(() if members is None else members.columns),
            *correction_columns(facts, case, names=names, hours=hours),
        ),
        events=() if members is None else members.events,
    )


def _members(facts: CycleFacts, case: Case, *, hours: slice) -> Spread | None:
    """What members say, or the neighbourhood of the only one; None where nothing was asked."""
    if not case.question.needs_members:
        return None
    if facts.members.count == 1:
        return nearby(facts, case, hours=hours)
    return spread(facts, case, hours=hours)


def _daily(
    case: Case, members: Spread | None, *, beside: Beside, passport: dict[str, Any]
) -> dict[str, Any]:
    """The days of a case with quantiles, origins and normals, as far as they were asked."""
    question = case.question
    if not case.daily:
        return {}
    daily = case.daily
    if question.past_days or question.climatology_days:
        daily = with_origins(case)
    if members is not None:
        daily = {**daily, **without_past(daily, members.daily)}
    if question.climatology_days and beside.normals is not None:
        local = beside.normals.at(question.lonlat, elevation=case.elevation)
        passport["climatology"] = {"days": question.climatology_days, **local.passport}
        daily = with_normals(case, daily, normals=local)
    return daily


def _steps(
    facts: CycleFacts, names: tuple[str, ...], *, flags: npt.NDArray[np.uint8]
) -> dict[str, Any] | orjson.Fragment:
    """Runs of steps of the hours that are answered."""
    cycle = facts.cycle
    if flags.shape == cycle.step_flag.shape and names == cycle.variables:
        return facts.steps_json
    return {name: step_runs(row) for name, row in zip(names, flags, strict=True)}


def _refuse_normals(facts: CycleFacts, normals: Normals | None) -> None:
    """Refuse days of normals where there are none, or made-up ones behind a real forecast."""
    if normals is None:
        raise InvalidRequest(NO_NORMALS)
    if normals.simulated and not facts.cycle.simulated:
        raise InvalidRequest(
            "climatology_days was asked; the normals of this service are simulated and the cycle"
            " is real, allowed are both of one kind"
        )


def refuse_doubtful(about: Mapping[str, Any], choice: CellChoice) -> None:
    """Refuse what `strict` does not allow: an old or degraded cycle, a cell elsewhere.

    Args:
        about: passport of the cycle.
        choice: the cell that was taken and why.

    Raises:
        ForecastExpired: the cycle is too old, or not the one that should be served.
        InvalidRequest: another cell than the nearest was taken.
    """
    state = about["age"]["state"]
    if state not in STRICT_STATES:
        raise ForecastExpired(
            f"strict was asked; the cycle is {state}, {about['age']['hours']:.0f} h old,"
            f" allowed are {' and '.join(STRICT_STATES)}"
        )
    if about["degraded"]:
        raise ForecastExpired(f"strict was asked; {about['degraded']}")
    if choice.reason != "nearest":
        raise InvalidRequest(
            f"strict was asked; the nearest cell was not used ({choice.reason},"
            f" {choice.distance_m:.0f} m away)"
        )
