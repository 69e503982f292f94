"""Answers for one place or many out of exactly one cycle."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from forecast.errors import ForecastExpired, InvalidRequest
from forecast.query.selection import parse_names
from forecast.service.days import daily_documents
from forecast.service.heights import counts_at_heights
from forecast.service.passport import cell_passport, cycle_passport
from forecast.service.question import PointQuestion
from forecast.service.series import PointSeries
from forecast.service.served import CycleFacts, step_runs
from forecast.store import Cycle
from forecast.times import hours_since, iso, to_datetime64
from grids.lookup import CellChoice, choose_cell

STRICT_STATES: Final = ("fresh", "late")

Counts = npt.NDArray[np.int16]


def answer(
    facts: CycleFacts, questions: Sequence[PointQuestion], *, now: datetime, zone: str
) -> list[PointSeries]:
    """Answer questions for places of one region, in their order, from one cycle.

    Args:
        facts: the cycle.
        questions: all in its region.
        now: what counts as now.
        zone: IANA zone of the region's local time.

    Raises:
        UnknownName: the cycle does not hold a variable.
        ForecastExpired: the cycle ends before the hours asked, or `strict` refuses its age.
        InvalidRequest: `strict` refuses the cell.
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
    about = cycle_passport(facts, now=now)
    for question, choice in zip(questions, choices, strict=True):
        if question.strict:
            _refuse_doubtful(about, choice)
    counts = _counts(facts, questions, choices)
    days = _days(facts, questions, counts, zone=zone)
    answers: list[PointSeries] = []
    for index, question in enumerate(questions):
        names, hours = (
            asked_names(question, facts.cycle),
            asked_hours(question, facts.cycle, now=now),
        )
        passport = {
            **about,
            **cell_passport(facts, choices[index], question=question),
            "steps": _steps(facts, names=names, hours=hours),
        }
        answers.append(
            PointSeries(
                question=question,
                facts=facts,
                names=names,
                counts=_selected(counts[index], facts, names=names, hours=hours),
                first=hours.start,
                passport=passport,
                timezone=zone,
                daily=days[index],
            )
        )
    return answers


def asked_names(question: PointQuestion, cycle: Cycle) -> tuple[str, ...]:
    """Hourly variables of an answer, in order.

    Raises:
        UnknownName: the cycle does not hold one.
    """
    if question.hourly is None:
        return cycle.variables
    return parse_names(question.hourly, kind="hourly", held=cycle.variables)


def asked_hours(question: PointQuestion, cycle: Cycle, *, now: datetime) -> slice:
    """Steps of an answer.

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


def _counts(
    facts: CycleFacts, questions: Sequence[PointQuestion], choices: Sequence[CellChoice]
) -> list[Counts]:
    """Packed counts [variable, time] for each question; heights are worked out together."""
    lifted = [
        (choice, question.elevation)
        for question, choice in zip(questions, choices, strict=True)
        if question.elevation is not None
    ]
    at_heights = iter(counts_at_heights(facts, lifted) if lifted else ())
    return [
        facts.cycle.point(choice.row, choice.column)
        if question.elevation is None
        else next(at_heights)
        for question, choice in zip(questions, choices, strict=True)
    ]


def _days(
    facts: CycleFacts, questions: Sequence[PointQuestion], counts: list[Counts], *, zone: str
) -> list[dict[str, Any]]:
    """Daily part of each answer; questions with the same days are reduced together."""
    documents: list[dict[str, Any]] = [{} for _ in questions]
    groups: dict[tuple[tuple[str, ...] | None, str], list[int]] = {}
    for index, question in enumerate(questions):
        if question.daily != ():
            groups.setdefault((question.daily, question.day), []).append(index)
    for (names, boundary), members in groups.items():
        values = facts.cycle.unpack(np.stack([counts[index] for index in members]))
        made = daily_documents(facts.cycle, values, names=names, boundary=boundary, zone=zone)
        for index, document in zip(members, made, strict=True):
            documents[index] = document
    return documents


def _selected(counts: Counts, facts: CycleFacts, *, names: tuple[str, ...], hours: slice) -> Counts:
    if names != facts.cycle.variables:
        counts = counts[[facts.places[name] for name in names]]
    return counts[:, hours]


def _steps(
    facts: CycleFacts, *, names: tuple[str, ...], hours: slice
) -> dict[str, Any] | orjson.Fragment:
    """Runs of steps of the hours that are answered."""
    cycle = facts.cycle
    if hours.start == 0 and hours.stop == len(cycle.times):
        if names == cycle.variables:
            return facts.steps_json
        return {name: facts.steps[name] for name in names}
    return {name: step_runs(cycle.step_flag[facts.places[name], hours]) for name in names}


def _refuse_doubtful(about: dict[str, Any], choice: CellChoice) -> None:
    """Refuse what `strict` does not allow: an old or degraded cycle, a cell elsewhere."""
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
