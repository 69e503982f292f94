"""Advice made by hand, whole enough to be put into words."""

import operator
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from forecast.advise.advisory import Advisory, Because, Span
from forecast.advise.profile import CropProfile
from forecast.advise.profile.grammar import AnyCondition, Comparison, leaves
from forecast.advise.profile.rules import Rule, Window
from forecast.advise.profile.sowing import Sowing
from forecast.advise.words import About

BAOJIA = About(
    place_zh="包家乡",
    place_en="Baojia",
    elevation_m=600.0,
    zone="Asia/Shanghai",
    simulated=False,
    next_update=datetime(2025, 4, 6, 10, tzinfo=UTC),
    issuer_zh="岳西气象",
    issuer_en="Yuexi Met",
)

FROST = Because(
    subject="t2m",
    op="<=",
    value=1.2,
    threshold=2.0,
    unit="degC",
    at="2025-04-06T21:00:00Z",
    margin=0.8,
    margin_in_spread=1.0,
    flip=0.9,
    holds=True,
)
"""1.2 degC at 5 in the morning of 7 April in China."""

GUSTS = Because(
    subject="gustmax",
    op=">=",
    value=26.0,
    threshold=17.2,
    unit="m s-1",
    at="2025-04-12",
    margin=8.8,
    margin_in_spread=2.0,
    flip=-8.9,
    holds=True,
)
"""Force 10 on 12 April."""


FEW: dict[str, Any] = {
    "state": "no-data",
    "status": "no-data",
    "no_data": "few-members",
    "members": 5,
    "members_needed": 10,
    "probability": None,
}
"""Advice of a run that has too few members."""


def days(begins: str, ends: str = "") -> Span:
    """Days from the first to the last, or one."""
    return Span(begins=begins, ends=ends or begins)


def on(profile: CropProfile, name: str, **changed: Any) -> Advisory:
    """Advice on a rule, window or sowing; `level` gives it that level's name and action."""
    part = next(one for one in parts(profile) if one.id == name)
    level = changed.pop("level", None)
    fields: dict[str, Any] = {
        "profile": profile.label,
        "rule": name,
        "kind": kind(part),
        "issued": "2025-04-06T00:00:00Z",
        "state": "none",
        "status": "none",
        "probability": 0.72,
        "members": 21,
        "missing": 0,
        "window": None,
        "name": None if isinstance(part, Rule) else part.name,
        "action": None,
        "citations": {},
        "change": "first",
        "notify": False,
    }
    if isinstance(part, Rule) and level is not None:
        found = next(each for each in part.levels if each.level == level)
        told = {"state": level, "status": "warn", "name": found.name, "action": found.action}
        fields.update(told)
    return Advisory.model_validate({**fields, **changed})


def parts(profile: CropProfile) -> tuple[Rule | Window | Sowing, ...]:
    """Everything that a profile advises on."""
    return (*profile.rules, *profile.windows, *profile.sowing)


def kind(part: Rule | Window | Sowing) -> str:
    """Kind of advice on a part."""
    if isinstance(part, Rule):
        return part.kind
    return "window" if isinstance(part, Window) else "sowing"


def numbers(condition: AnyCondition) -> Iterator[Because]:
    """A deciding number for each comparison of a condition: below, at and above its threshold."""
    for leaf in leaves(condition):
        step = leaf.measure.step if isinstance(leaf, Comparison) else leaf.kernel.step
        unit = leaf.measure.units if isinstance(leaf, Comparison) else leaf.kernel.units
        limit = leaf.limit if isinstance(leaf, Comparison) else leaf.number
        threshold = 1.0 if limit is None else limit
        judge = {"<": operator.lt, "<=": operator.le, ">": operator.gt}.get(
            leaf.op or ">=", operator.ge
        )
        for value in (threshold - 1.3, threshold, threshold + 1.3):
            above = (leaf.op or ">=").startswith(">")
            yield Because(
                subject=leaf.var if isinstance(leaf, Comparison) else leaf.key,
                op=leaf.op or "",
                value=round(value, 2),
                threshold=threshold,
                unit=unit,
                at="2025-04-12" if step == "d" else "2025-04-11T21:00:00Z",
                margin=round(value - threshold if above else threshold - value, 2),
                margin_in_spread=None,
                holds=judge(value, threshold),
                flip=(round(threshold - value, 2) or None) if leaf.op else None,
            )
