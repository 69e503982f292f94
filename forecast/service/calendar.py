"""The days of an answer: past, forecast and normals in one table, each day with its origin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from forecast.query.climatology import LocalNormals
from forecast.query.reduction import LEAST_SHARE
from forecast.service.days import LABELS, ORIGIN, Hours, daily_documents, rounded
from forecast.service.question import PointQuestion
from forecast.service.records import Record
from forecast.service.timeline import CLIMATOLOGY, FORECAST, PAST
from forecast.times import DayBoundary, Days, days, local_iso, to_datetime64
from forecast.variables import variable
from grids.lookup import CellChoice

MIXED: Final = "past and forecast"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One question on its way to an answer.

    Attributes:
        question: what was asked.
        choice: the cell that answers.
        record: its hours.
        daily: its days, empty where none were asked.
        zone: IANA zone of its days.
    """

    question: PointQuestion
    choice: CellChoice
    record: Record
    daily: dict[str, Any]
    zone: str

    @property
    def elevation(self) -> float:
        """Height that is answered for, m."""
        asked = self.question.elevation
        return float(self.choice.elevation if asked is None else asked)


def cases(
    questions: Sequence[PointQuestion],
    choices: Sequence[CellChoice],
    *,
    held: Sequence[Record],
    zone: str,
) -> list[Case]:
    """Put each question together with its record and its days; like days are reduced together.

    Args:
        questions: of one group.
        choices: the cell of each.
        held: the record of each.
        zone: IANA zone of the days.

    Raises:
        UnknownName: a daily variable cannot be made from the hours.
    """
    documents: list[dict[str, Any]] = [{} for _ in questions]
    groups: dict[tuple[object, ...], list[int]] = {}
    for index, question in enumerate(questions):
        if question.daily != ():
            key = (question.daily, question.day, question.past_days)
            groups.setdefault(key, []).append(index)
    for members in groups.values():
        first, record = questions[members[0]], held[members[0]]
        values = record.cycle.unpack(np.stack([held[index].counts for index in members]))
        hours = Hours(variables=record.cycle.variables, times=record.times, values=values)
        made = daily_documents(hours, names=first.daily, boundary=first.day, zone=zone)
        for index, document in zip(members, made, strict=True):
            documents[index] = document
    return [
        Case(question=question, choice=choice, record=record, daily=document, zone=zone)
        for question, choice, record, document in zip(
            questions, choices, held, documents, strict=True
        )
    ]


def with_origins(case: Case) -> dict[str, Any]:
    """The days of a case, each with its origin: past, forecast, or both.

    Args:
        case: with days.
    """
    parted = _parted(case)
    first = case.record.cycle.times[0]
    hour = np.timedelta64(1, "h")
    origins = [
        FORECAST
        if not case.record.past or start >= first - hour
        else PAST
        if end < first
        else MIXED
        for start, end in zip(parted.starts, parted.ends, strict=True)
    ]
    kept: dict[str, Any] = {name: case.daily[name] for name in LABELS if name in case.daily}
    return {**kept, ORIGIN: origins, **case.daily}


def without_past(
    daily: Mapping[str, Any], columns: Mapping[str, list[float | None]]
) -> dict[str, list[float | None]]:
    """Columns without the days that are past: what has happened has no spread.

    Args:
        daily: days, with their origins where there are any past ones.
        columns: values by day.
    """
    origins = daily.get(ORIGIN, [FORECAST] * len(daily["time"]))
    return {
        name: [
            None if origin == PAST else value for origin, value in zip(origins, column, strict=True)
        ]
        for name, column in columns.items()
    }


def with_normals(case: Case, daily: dict[str, Any], *, normals: LocalNormals) -> dict[str, Any]:
    """Days with the normals behind them, from the first day that the forecast does not give.

    A last day of which the forecast holds less than four fifths has no forecast value of its
    own, so the normals begin with it.

    Args:
        case: with days.
        daily: its days with their origins.
        normals: of the place.
    """
    parted = _parted(case)
    short = parted.present[-1] < LEAST_SHARE * parted.expected[-1]
    kept = len(parted.dates) - int(short)
    last = parted.dates[-1].astype(object)
    first = last if short else last + timedelta(days=1)
    dates = [first + timedelta(days=n) for n in range(case.question.climatology_days)]
    added: dict[str, list[Any]] = {
        **_labels(dates, boundary=case.question.day, zone=case.zone),
        ORIGIN: [CLIMATOLOGY] * len(dates),
    }
    for name in daily:
        if name not in added:
            added[name] = [None] * len(dates)
            if name in normals.values:
                values = np.array([normals.on(name, dates)])
                added[name] = rounded(values, variable(name).decimals)[0]
    return {name: [*column[:kept], *added[name]] for name, column in daily.items()}


def _labels(dates: Sequence[date], *, boundary: str, zone: str) -> dict[str, list[Any]]:
    parsed = DayBoundary.parse(boundary)
    edges = [
        to_datetime64(parsed.begins(day, zone=zone))
        for day in (*dates, *(day + timedelta(days=1) for day in dates[-1:]))
    ]
    bounds = np.array(edges)
    expected = np.diff(bounds) // np.timedelta64(1, "h")
    columns = (
        [day.isoformat() for day in dates],
        local_iso(bounds[:-1], zone=zone),
        local_iso(bounds[1:], zone=zone),
        expected.astype(int).tolist(),
    )
    return dict(zip(LABELS, columns, strict=False))


def _parted(case: Case) -> Days:
    boundary = DayBoundary.parse(case.question.day)
    return days(case.record.times, boundary=boundary, zone=case.zone)
