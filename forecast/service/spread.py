"""What the members of a cycle say of a place: quantiles, probabilities, joint events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.query.ensemble import TYPES, exceedance, least_members, quantiles
from forecast.query.events import Condition, Event
from forecast.query.occurrence import best_start, occurrence
from forecast.query.reduction import derivable, source_of
from forecast.service.calendar import Case
from forecast.service.chances import label, quantile_name
from forecast.service.columns import Column, of_number, of_variable
from forecast.service.days import Hours, reduced, rounded
from forecast.service.error_quantiles import quantiles_by_error
from forecast.service.member_hours import MemberHours, stretching_passport
from forecast.service.question import PointQuestion
from forecast.service.served import CycleFacts
from forecast.service.told_error import VARIABLE as TEMPERATURE
from forecast.times import iso, to_datetime
from forecast.variables import variable

METHOD: Final = "members"
DEFINITION: Final = "inverted_cdf"
NO_ORDER: Final = "a direction has no order, so it has no quantiles"
_HOUR: Final = np.timedelta64(1, "h")

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What an answer gives beside the variables themselves.

    Attributes:
        columns: hourly quantiles and probabilities.
        daily: quantiles by name, values by day.
        events: documents of the joint events, in the order asked.
        passport: how many members, by which method, what is not given and why.
    """

    columns: tuple[Column, ...] = ()
    daily: Mapping[str, list[float | None]] = field(default_factory=dict)
    events: tuple[dict[str, Any], ...] = ()
    passport: Mapping[str, Any] = field(default_factory=dict)


def spread(facts: CycleFacts, case: Case, *, hours: slice) -> Spread:
    """Answer what is asked of members.

    Args:
        facts: of the cycle.
        case: a question with levels, conditions or events, its record and its cell.
        hours: of the record that are answered.

    Raises:
        InvalidRequest: the cycle is a single forecast, or its members lack a variable.
        DamagedCycle: a record of a member fails its checksum.
    """
    question, held = case.question, MemberHours(facts, case)
    names = _ordered(question, facts)
    passport: dict[str, Any] = {
        "count": held.count,
        "method": METHOD,
        "least": least_members(),
        "not_given": {},
        "calibration": stretching_passport(facts),
    }
    columns: list[Column] = []
    if question.quantiles:
        passport["quantile_definition"] = f"{DEFINITION}, type {TYPES[DEFINITION]}"
        passport["not_given"] = {
            name: NO_ORDER if _is_direction(name) else "the members do not hold it"
            for name in names
            if _is_direction(name) or not held.holds(name)
        }
        few = held.count < least_members()
        told = quantiles_by_error(facts, case, hours=hours) if few else None
        if told is not None:
            passport["told_error"] = told.told
            columns += told.columns
        for name in names:
            if name not in passport["not_given"] and (told is None or name != TEMPERATURE):
                columns += _quantile_columns(held, name, question.quantiles, hours=hours)
    columns += [_chance(held, condition, hours) for condition in question.probability]
    return Spread(
        columns=tuple(columns),
        daily=_daily(held, question, zone=facts.zone) if question.quantiles else {},
        events=tuple(_event(held, name, event, hours) for name, event in question.events),
        passport=passport,
    )


def _ordered(question: PointQuestion, facts: CycleFacts) -> tuple[str, ...]:
    return facts.cycle.variables if question.hourly is None else question.hourly


def _is_direction(name: str) -> bool:
    return variable(name).units == "degree"


def _quantile_columns(
    held: MemberHours, name: str, levels: Sequence[float], *, hours: slice
) -> list[Column]:
    """Quantiles of a variable; hours that are past have none."""
    values = quantiles(
        held.of(name)[:, hours], [level / 100.0 for level in levels], definition=DEFINITION
    )
    values[:, : max(0, held.past - hours.start)] = np.nan
    return [
        of_variable(quantile_name(name, level), row, name=name)
        for level, row in zip(levels, values, strict=True)
    ]


def _chance(held: MemberHours, condition: Condition, hours: slice) -> Column:
    values = exceedance(held.of(condition.variable), condition)[hours]
    values[: max(0, held.past - hours.start)] = np.nan
    return of_number(label(condition), values, units="1", decimals=3)


def _daily(
    held: MemberHours, question: PointQuestion, *, zone: str
) -> dict[str, list[float | None]]:
    """Quantiles over members of each daily value: every member has its own day."""
    asked = question.daily
    if asked == ():
        return {}
    days = _member_days(held, asked, boundary=question.day, zone=zone)
    found: dict[str, list[float | None]] = {}
    for name in days:
        spread_out = quantiles(days[name], [level / 100.0 for level in question.quantiles])
        rows = rounded(spread_out, variable(name).decimals)
        for level, row in zip(question.quantiles, rows, strict=True):
            found[quantile_name(name, level)] = row
    return found


def _member_days(
    held: MemberHours, asked: tuple[str, ...] | None, *, boundary: str, zone: str
) -> dict[str, Floats]:
    """Daily values [member, day] of what has quantiles and can be had from the members."""
    offered = derivable(held.variables) if asked is None else asked
    names = [name for name in offered if not _is_direction(name) and held.holds(source_of(name))]
    if not names:
        return {}
    sources = tuple(dict.fromkeys(source_of(name) for name in names))
    values = np.stack([held.of(name) for name in sources], axis=1)[np.newaxis]
    hours = Hours(variables=sources, times=held.times, values=values)
    days = reduced(hours, names=tuple(names), boundary=boundary, zone=zone)
    return {name: days[name].isel(point=0).values for name in names}


def _event(held: MemberHours, name: str, event: Event, hours: slice) -> dict[str, Any]:
    """The document of a joint event within the hours that are answered and not past."""
    first = max(held.past, hours.start)
    begin, end = to_datetime(held.times[first] - _HOUR), to_datetime(held.times[hours.stop - 1])
    within = replace(
        event,
        begin=begin if event.begin is None else max(begin, event.begin),
        end=end if event.end is None else min(end, event.end),
    )
    found = occurrence({one: held.of(one) for one in event.variables}, within, times=held.times)
    best = best_start(found)
    return {
        "name": name,
        "event": str(event),
        "method": METHOD,
        "members": held.count,
        "start": [iso(start) for start in found.starts],
        "probability": _numbers(found.probability()),
        "members_known": found.members().tolist(),
        "probability_at_any_start": _numbers(np.atleast_1d(found.ever()))[0],
        "best": None
        if best is None
        else {
            "start": iso(best.start),
            "probability": round(best.probability, 3),
            "members": best.members,
            "expected_hours": round(best.expected_hours, 1),
            "shortest_hours": best.worst_hours,
        },
    }


def _numbers(values: npt.NDArray[np.floating]) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 3) for value in values]
