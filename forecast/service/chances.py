"""What is asked of members, read from what people type: levels, conditions, events."""

import re
from collections.abc import Sequence
from typing import Any, Final, cast

from forecast.errors import InvalidRequest
from forecast.query.events import Comparison, Condition, Event, Statistic
from forecast.times import parse_instant
from forecast.variables import variable

MOST_LEVELS: Final = 21
MOST_CONDITIONS: Final = 12
MOST_EVENTS: Final = 8
GET_EVENT: Final = "event"
"""Name of an event that was asked without one."""

_CONDITION: Final = re.compile(r"\s*([a-z0-9_]{1,60})\s*(<=|>=|==|<|>)\s*([+-]?[0-9.]{1,12})\s*")
_LEVEL: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,6}(\.[0-9]{1,6})?")
_NAME: Final = re.compile(r"[\w .:-]{1,60}")
_SHOWN: Final = 60


def read_levels(text: str) -> tuple[float, ...]:
    """Read percentages by comma, as in `10,50,90`; the same twice counts once.

    Raises:
        InvalidRequest: one is no number from 0 to 100, or there are too many.
    """
    levels: dict[float, None] = {}
    for part in text.split(","):
        if _LEVEL.fullmatch(part.strip()) is None or float(part) > 100.0:
            raise InvalidRequest(
                f"quantiles {part[:_SHOWN]!r} was asked; allowed are numbers from 0 to 100 by"
                " comma, as in 10,50,90"
            )
        levels[float(part)] = None
    _few(len(levels), "quantiles", MOST_LEVELS)
    return tuple(levels)


def read_conditions(text: str, *, over: int = 1) -> tuple[Condition, ...]:
    """Read conditions by comma, as in `precipitation>=1,temperature_2m<0`.

    Args:
        text: as written.
        over: hours; more than 1 makes amounts sums, and others the extreme that the comparison
            looks for.

    Raises:
        InvalidRequest: one of them is no condition, or there are too many.
        UnknownName: the vocabulary has no such variable.
    """
    conditions = tuple(_condition(part, over) for part in text.split(","))
    _few(len(conditions), "conditions", MOST_CONDITIONS)
    return conditions


def made_events(given: Sequence[dict[str, Any]]) -> tuple[tuple[str, Event], ...]:
    """Check events that were given as values.

    Args:
        given: for each its `name`, `conditions` (fields of `Condition`), `hours`, `at_least`,
            and `begin` and `end` as ISO 8601 or None.

    Raises:
        InvalidRequest: a name is empty or there twice, or a number is out of range.
        UnknownName: the vocabulary has no such variable.
    """
    _few(len(given), "events", MOST_EVENTS)
    events: dict[str, Event] = {}
    for one in given:
        name = one["name"]
        if _NAME.fullmatch(name) is None or name in events:
            raise InvalidRequest(
                f"an event named {name[:_SHOWN]!r} was asked; a name is 1 to 60 letters, and"
                " stands once"
            )
        _few(len(one["conditions"]), "conditions", MOST_CONDITIONS)
        events[name] = Event(
            conditions=tuple(_hourly(Condition(**condition)) for condition in one["conditions"]),
            hours=one["hours"],
            at_least=one["at_least"],
            begin=parse_instant(one["begin"]) if one["begin"] else None,
            end=parse_instant(one["end"]) if one["end"] else None,
        )
    return tuple(events.items())


def label(condition: Condition) -> str:
    """Name of a condition's probability in an answer, as `probability(precipitation>=1)`."""
    name = condition.variable
    if condition.statistic != "value":
        name = f"{condition.statistic}_{condition.over_hours}h({name})"
    return f"probability({name}{condition.comparison}{condition.value:g})"


def quantile_name(name: str, level: float) -> str:
    """Name of a quantile in an answer, as `temperature_2m_p10`."""
    return f"{name}_p{level:g}"


def _condition(text: str, over: int) -> Condition:
    found = _CONDITION.fullmatch(text)
    if found is None or _NUMBER.fullmatch(found[3]) is None:
        raise InvalidRequest(
            f"condition {text[:_SHOWN]!r} was asked; allowed is a variable, one of < <= > >= ==,"
            " and a number, as in precipitation>=1"
        )
    name, comparison = found[1], cast("Comparison", found[2])
    statistic: Statistic = "value"
    if over != 1:
        statistic = _statistic(name, comparison)
    return _hourly(
        Condition(
            variable=name,
            comparison=comparison,
            value=float(found[3]),
            over_hours=over,
            statistic=statistic,
        )
    )


def _hourly(condition: Condition) -> Condition:
    if variable(condition.variable).role not in ("published", "derived"):
        raise InvalidRequest(
            f"a condition on {condition.variable} was asked; allowed are hourly variables"
        )
    return condition


def _statistic(name: str, comparison: Comparison) -> Statistic:
    """What several hours are looked at for: the sum of an amount, else the extreme that decides."""
    if variable(name).cell_method == "sum":
        return "sum"
    return "maximum" if comparison in (">", ">=", "==") else "minimum"


def _few(count: int, what: str, most: int) -> None:
    if not 1 <= count <= most:
        raise InvalidRequest(f"{count} {what} were asked; allowed are 1 to {most}")
