"""The texts of an answer: of each piece of advice, and which of them is the most urgent."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from forecast.advise.advisory import Advisory
from forecast.advise.words import About
from forecast.service.advice.changes import LIGHTS, Before
from forecast.service.advice.question import AdviceQuestion
from forecast.service.served import CycleFacts
from forecast.times import parse_instant

_STATUS: Final = {"warn": 0, "watch": 1}
_NEWS: Final = 2
"""Rank of an all-clear, and of a warning that stands while data are missing."""
_STATES: Final = {"green": 3, "amber": 4, "red": 5, "none": 6, "no-data": 7, "not-applicable": 8}


def ranked(advisories: Iterable[Advisory]) -> list[Advisory]:
    """Advice by urgency: warned of, watched, ended, then lights from green on, then the quiet."""
    return sorted(advisories, key=_urgency)


def _urgency(advisory: Advisory) -> tuple[int, int]:
    level = advisory.state if isinstance(advisory.state, int) else 0
    if advisory.status in _STATUS:
        return _STATUS[advisory.status], -level
    stands = advisory.state == "no-data" and advisory.name is not None
    if (advisory.notify or stands) and advisory.kind not in LIGHTS:
        return _NEWS, 0
    return _STATES[str(advisory.state)], 0


def about_of(
    question: AdviceQuestion, facts: CycleFacts, *, elevation: float, before: Before | None
) -> About:
    """Place and issuer, as texts tell them.

    Args:
        question: what was asked.
        facts: of the cycle.
        elevation: height that is answered for, m.
        before: what the cycle before said, or None.
    """
    place_zh, place_en = _names(question)
    maintainer = question.profile.maintainer
    issuer = maintainer.name if maintainer.signed else ""
    return About(
        place_zh=place_zh,
        place_en=place_en,
        elevation_m=elevation,
        zone=facts.zone,
        simulated=facts.cycle.simulated,
        next_update=_next_update(facts, before),
        issuer_zh=issuer,
        issuer_en=issuer,
    )


def _names(question: AdviceQuestion) -> tuple[str, str]:
    """What the place is called in Chinese and in English; coordinates where it has no name."""
    place, at = question.place, question.lonlat
    north, east = "N" if at.latitude >= 0 else "S", "E" if at.longitude >= 0 else "W"
    here = f"{abs(at.latitude):.2f}°{north} {abs(at.longitude):.2f}°{east}"
    if place is None or place.kind == "coordinates":
        return here, here
    return place.name_zh or place.name_en or here, place.name_en or place.name_zh or here


def _next_update(facts: CycleFacts, before: Before | None) -> datetime | None:
    """When the next run is due, by what lay between the last two; None for a simulated one."""
    if facts.cycle.simulated or before is None or not facts.published_at:
        return None
    return parse_instant(facts.published_at) + (facts.cycle.reference_time - before.run_time)
