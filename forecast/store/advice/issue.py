"""Advice as the ledger keeps it: what was said for a spot from one cycle, day by day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

CHANCES: Final = ("1", "2", "3", "4", "amber", "green")
"""What a day may have a chance of: levels of rules, grades of windows and sowing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where advice was issued.

    Attributes:
        zone: name under which it is counted.
        place: name of the place, or of the station.
        longitude: degrees east.
        latitude: degrees north.
        elevation: m above sea level that was asked; None for that of the cell.
        station: identifier of the station that stands there, or empty.
    """

    zone: str
    place: str
    longitude: float
    latitude: float
    elevation: float | None = None
    station: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedDay:
    """What was said of a rule, window or sowing for one day.

    Attributes:
        rule: its id.
        kind: `hazard`, …, `window` or `sowing`.
        day: date of the profile's day.
        ends: end of the day, or of the window that is meant, aware; leads count to it.
        begins: beginning of the window that is meant, aware; None for rules and sowing.
        state: as advice has it: `none`, `no-data`, `not-applicable`, a level, or a light.
        status: `warn`, `watch`, `none`, or why nothing was said.
        warned: level that was warned of on this day, 0 for none.
        members: members that were known.
        chances: probability of each level or grade, None where it was not known; of a single
            forecast 0 or 1, with `members` 1.
    """

    rule: str
    kind: str
    day: date
    ends: datetime
    begins: datetime | None = None
    state: str
    status: str
    warned: int = 0
    members: int
    chances: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The decision on a rule, which the next cycle goes on from.

    Attributes:
        rule: its id.
        status: `warn`, `watch`, `none`, or why nothing was said.
        level: that was warned of or watched, 0 for none.
        warned: level of the warning that stood, 0 for none.
        period: first and last step of the hazard, first and last step that were looked at,
            aware; None where there was no hazard.
        step: `h` or `d`.
        change: against the cycle before.
        notify: whether a message was due.
    """

    rule: str
    status: str
    level: int
    warned: int
    period: tuple[datetime, datetime, datetime, datetime] | None = None
    step: str = "d"
    change: str
    notify: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """All that was said of one crop at one spot from one cycle.

    Attributes:
        cycle_id: name of the cycle.
        source: of the cycle.
        simulated: whether the cycle is a scenario.
        reference_time: start of the model run, aware.
        issued_at: when the advice was made, aware.
        spot: where.
        profile: id of the crop profile.
        version: of the profile.
        days: by rule and day.
        standing: decisions by rule.
        document: the whole answer, as it was given.
    """

    cycle_id: str
    source: str
    simulated: bool
    reference_time: datetime
    issued_at: datetime
    spot: Spot
    profile: str
    version: str
    days: tuple[IssuedDay, ...] = ()
    standing: tuple[Standing, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)
