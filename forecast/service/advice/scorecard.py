"""How good the advice of a region has proved: its scorecard, whole, or beside an answer."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from forecast.errors import StoreError, UnknownName
from forecast.service.served import ServedRegion
from forecast.store.advice.scorecard import read_scorecard

ALL: Final = "all"
FEWEST_DAYS: Final = 10
"""Below so many days no interval is told, and a sentence says so."""

NOT_SCORED: Final = "no issued advice of this region was scored yet"
NOT_THIS: Final = "no issued advice of this kind was scored yet"
NO_TRUTH: Final = (
    "advice was issued, but none of it could be compared with observations yet; left_out says why"
)
FEW_DAYS: Final = "too few days to judge by: {days} of at least 10"
FEW_EVENTS: Final = "too few events to judge by: {events} of at least 30"

_BESIDE: Final = (
    *("rule", "kind", "level", "n", "days", "events", "hits", "misses", "false_alarms"),
    *("pod", "pod_low", "pod_high", "far", "far_low", "far_high"),
    *("brier_skill", "brier_skill_low", "brier_skill_high"),
    *("cost_loss", "value", "value_low", "value_high", "small"),
)
"""What an answer on a crop holds of each row."""


def region_scorecard(
    served: ServedRegion,
    *,
    crop: str | None = None,
    zone: str | None = None,
    rule: str | None = None,
) -> dict[str, Any]:
    """What the scorecard of a region says, whole or of one crop, zone or rule.

    Args:
        served: the region.
        crop: id of a crop profile, or None for all.
        zone: name of a zone, `all` for the rows of all zones together, or None for both.
        rule: id of a rule or window, or None for all.

    Raises:
        UnknownName: no advice was issued in a zone of that name.
        StoreError: the document cannot be read.
    """
    document = read_scorecard(served.path)
    about: dict[str, Any] = {"region": served.region.name, "measured": False, "rows": []}
    if document is None:
        return {**about, "sentence": NOT_SCORED}
    zones = [spot["zone"] for spot in document["spots"]]
    if zone not in (None, ALL, *zones):
        known = ", ".join(dict.fromkeys((ALL, *zones)))
        raise UnknownName(f"zone {zone!r} was asked; the region's advice has {known}")
    wanted = {"profile": crop, "zone": zone, "rule": rule}
    rows = [
        row
        for row in document["rows"]
        if all(value in (None, row[key]) for key, value in wanted.items())
    ]
    kept = {key: value for key, value in document.items() if key not in ("format", "rows")}
    if not any(row["n"] for row in rows):
        sentence = NOT_THIS if document["rows"] else NO_TRUTH
        return {**about, **kept, "rows": rows, "sentence": sentence}
    return {**about, **kept, "measured": True, "sentence": _sentence(document), "rows": rows}


def summary(root: Path, profile: str, *, rules: Collection[str]) -> dict[str, Any]:
    """The scores of some rules of a crop, all zones and leads together, for an answer.

    Args:
        root: folder of the region's store, `STORE/<region>`.
        profile: id of the crop profile.
        rules: ids of its rules and windows.

    Returns:
        `measured`, `reason` (a sentence where nothing was measured or it is too little to judge
        by, else None), `period`, and `rules`: a row for each rule and level. A document that
        cannot be read is such a reason too.
    """
    nothing: dict[str, Any] = {"measured": False, "reason": NOT_SCORED, "period": None, "rules": []}
    try:
        document = read_scorecard(root)
    except StoreError as error:
        return {**nothing, "reason": str(error)}
    if document is None:
        return nothing
    rows = [
        {name: row[name] for name in _BESIDE}
        for row in document["rows"]
        if row["profile"] == profile and row["rule"] in rules
        if row["zone"] == row["lead"] == ALL and row["n"]
    ]
    if not rows:
        return {**nothing, "reason": NOT_THIS if document["rows"] else NO_TRUTH}
    return {
        "measured": True,
        "reason": doubt(rows),
        "period": document["period"],
        "rules": rows,
    }


def doubt(rows: Collection[dict[str, Any]]) -> str | None:
    """Why rows are too little to judge by, by the fullest of them; None where they are not."""
    days, events = (max(row[name] for row in rows) for name in ("days", "events"))
    if days < FEWEST_DAYS:
        return FEW_DAYS.format(days=days)
    return FEW_EVENTS.format(events=events) if all(row["small"] for row in rows) else None


def _sentence(document: dict[str, Any]) -> str:
    period = document["period"]
    return (
        f"advice of {period['cycles']} cycles at {period['spots']} spots for {period['days']} days,"
        f" from {period['from']} until {period['until']}"
    )
