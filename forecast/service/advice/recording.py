"""Advice as rows of the ledger, and decisions of the ledger as advice goes on from them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, get_args

import numpy as np

from forecast.advise.advice import Advice, Timeline
from forecast.advise.advisory import Advisory
from forecast.advise.decision import Change, Decision, Period, Status
from forecast.advise.profile import CropProfile
from forecast.advise.profile.parts import hours_of
from forecast.store.advice import IssuedDay, Standing
from forecast.times import days, parse_instant, to_datetime, to_datetime64

JOINT = "all"
"""Key of the chance that all gates of a sowing are passed, in its timeline."""


def issued_days(advice: Advice, profile: CropProfile) -> tuple[IssuedDay, ...]:
    """What advice says of each day: levels of rules, lights of sowings, the window that is named.

    Args:
        advice: at one place.
        profile: that it is of.
    """
    lines = {line.rule: line for line in advice.timelines}
    found: list[IssuedDay] = []
    for advisory in advice.advisories:
        if advisory.kind == "window":
            found += _window(advisory, profile)
        elif advisory.rule in lines:
            decision = advice.decisions.get(advisory.rule)
            found += _by_day(lines[advisory.rule], advisory, profile, decision)
    return tuple(found)


def standing_of(decisions: Mapping[str, Decision]) -> tuple[Standing, ...]:
    """Decisions by rule as the ledger keeps them."""
    return tuple(
        Standing(
            rule=rule,
            status=one.status,
            level=one.level,
            warned=one.warned,
            period=None if one.window is None else _edges(one.window),
            step="d" if one.window is None else one.window.step,
            change=one.change,
            notify=one.notify,
        )
        for rule, one in decisions.items()
    )


def decisions_of(standing: Iterable[Standing]) -> dict[str, Decision]:
    """Decisions by rule from the ledger; one in words that are no longer known is left out."""
    return {
        one.rule: Decision(
            status=one.status,  # type: ignore[arg-type]
            level=one.level,
            warned=one.warned,
            window=None if one.period is None else _period(one),
            change=one.change,  # type: ignore[arg-type]
            notify=one.notify,
        )
        for one in standing
        if one.status in get_args(Status) and one.change in get_args(Change)
    }


def advisories_of(document: Mapping[str, Any]) -> dict[str, Advisory]:
    """Advice by rule, window or sowing, from a document of the ledger.

    What an answer adds to an advisory is left out; one of another shape is left out whole.
    """
    found: dict[str, Advisory] = {}
    for entry in document.get("advisories", ()):
        held = {key: value for key, value in entry.items() if key in Advisory.model_fields}
        try:
            told = Advisory.model_validate(held)
        except ValueError:
            continue
        found[told.rule] = told
    return found


def _by_day(
    line: Timeline, advisory: Advisory, profile: CropProfile, decision: Decision | None
) -> Iterator[IssuedDay]:
    stands = decision if decision is not None and decision.status == "warn" else None
    for place, text in enumerate(line.times):
        day, state = date.fromisoformat(text), line.states[place]
        level: int = state if isinstance(state, int) else 0
        if stands is not None and _covers(stands.window, day):
            level = max(level, stands.warned)
        chances = {
            "green" if name == JOINT else name: row[place] for name, row in line.probability.items()
        }
        yield IssuedDay(
            rule=line.rule,
            kind=line.kind,
            day=day,
            ends=profile.boundary.begins(day + timedelta(days=1), zone=profile.zone),
            state=str(state),
            status=advisory.status,
            warned=level,
            members=advisory.members,
            chances=chances,
        )


def _window(advisory: Advisory, profile: CropProfile) -> Iterator[IssuedDay]:
    """The window that advice names, for as long as its chance is told: its shortest length."""
    if advisory.window is None or advisory.state not in ("green", "amber"):
        return
    text = advisory.window.begins
    window = next(one for one in profile.windows if one.id == advisory.rule)
    if window.step == "d":
        begins = profile.boundary.begins(date.fromisoformat(text), zone=profile.zone)
    else:
        begins = parse_instant(text)
    yield IssuedDay(
        rule=advisory.rule,
        kind=advisory.kind,
        day=day_of(begins + timedelta(hours=1), profile),
        begins=begins,
        ends=begins + timedelta(hours=hours_of(window.min_length)),
        state=str(advisory.state),
        status=advisory.status,
        members=advisory.members,
        chances={str(advisory.state): advisory.probability},
    )


def day_of(instant: datetime, profile: CropProfile) -> date:
    """Date of the profile's day that an hour's end belongs to."""
    times = np.array([to_datetime64(instant)])
    parted = days(times, boundary=profile.boundary, zone=profile.zone)
    found: date = parted.dates[0].astype(object)
    return found


def _covers(window: Period | None, day: date) -> bool:
    held = np.datetime64(day, "D")
    return window is not None and bool(
        window.begins.astype("datetime64[D]") <= held <= window.ends.astype("datetime64[D]")
    )


def _edges(window: Period) -> tuple[datetime, datetime, datetime, datetime]:
    return (
        to_datetime(window.begins),
        to_datetime(window.ends),
        to_datetime(window.first),
        to_datetime(window.last),
    )


def _period(one: Standing) -> Period | None:
    if one.period is None:
        return None
    begins, ends, first, last = map(to_datetime64, one.period)
    return Period(begins, ends, first, last, "h" if one.step == "h" else "d")
