"""From what members say at one place to advice: rules, windows for work, and sowing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from forecast.advise.advisory import Advisory, Duration, Span, State
from forecast.advise.chances import ROUNDING
from forecast.advise.comparing import RANK, compared
from forecast.advise.decision import Decision, Period, decide, out_of_season
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.parts import Citation
from forecast.advise.profile.rules import Level, Window
from forecast.advise.rule_row import RuleRow
from forecast.advise.sowing_row import LIGHTS, STAGE, SowingRow, SowingWindow
from forecast.advise.window_row import Opening, WindowRow
from forecast.times import iso, to_datetime64

__all__ = ["Judged", "compared", "on_rule", "on_sowing", "on_window"]


class Judged(NamedTuple):
    """Advice on a rule.

    Attributes:
        advisory: what is said.
        decision: what the next cycle compares itself with.
    """

    advisory: Advisory
    decision: Decision


def on_rule(
    profile: CropProfile,
    row: RuleRow,
    *,
    issued: datetime,
    before: Decision | None = None,
) -> Judged:
    """Advice on a hazard, pest, disease or operation at one place.

    Args:
        profile: that the rule is of.
        row: the rule on the days from today on.
        issued: reference time of the forecast, aware.
        before: decision of the cycle before.
    """
    rule, apt = row.rule, row.applying()
    decision = _decided(apt, before) if apt.dates.size else out_of_season(before)
    level = next((each for each in rule.levels if each.level == decision.level), None)
    peak = _peak(apt, decision.level)
    status = decision.status
    state: State = decision.level if status == "warn" else "none"  # type: ignore[assignment]
    advisory = Advisory(
        profile=profile.label,
        rule=rule.id,
        rule_name=rule.name,
        kind=rule.kind,
        issued=iso(to_datetime64(issued)),
        state=status if status in {"not-applicable", "no-data"} else state,
        status=status,
        probability=peak.chance,
        members=peak.members,
        missing=int(np.isnan(apt.probability[0]).sum()),
        window=_span(decision.window),
        name=level.name if level else None,
        action=level.action if level else None,
        citations=_citations(profile, level),
        chances=peak.by_level,
        change=decision.change,
        notify=decision.notify,
    )
    return Judged(advisory, decision)


def on_window(
    profile: CropProfile, row: WindowRow, *, openings: Sequence[Opening], issued: datetime
) -> Advisory:
    """Advice on when work can be done at one place; against the cycle before see `compared`.

    Args:
        profile: that the window is of.
        row: the window on the steps ahead.
        openings: the best one and the next one, as far as there are any.
        issued: reference time of the forecast, aware.
    """
    window = row.window
    first = openings[0] if openings else None
    known = ~np.isnan(row.probability["amber"])
    state: State = first.grade if first else "red"
    if not row.applicable.any():
        state = "not-applicable"
    elif first is None and _gaps(known):
        state = "no-data"
    spans = [_length(window, opening) for opening in openings[:2]]
    return Advisory(
        profile=profile.label,
        rule=window.id,
        rule_name=window.name,
        kind="window",
        issued=iso(to_datetime64(issued)),
        state=state,
        status="none" if state in RANK else state,
        probability=_chance(first.probability, first.members) if first else None,
        members=first.members if first else int(max(map(np.max, row.known.values()))),
        missing=int((~known).sum()),
        window=spans[0] if spans else None,
        name=window.name,
        action=None,
        citations={key: profile.citations[key] for key in window.cite},
        next_window=spans[1] if len(spans) > 1 else None,
        duration=_duration(window, first) if first else None,
        change="first",
        notify=False,
    )


def on_sowing(profile: CropProfile, row: SowingRow, *, issued: datetime) -> Advisory:
    """Advice on sowing or planting at one place: the light of the first known day, and the windows.

    Args:
        profile: that the sowing is of.
        row: the sowing on the days from today on.
        issued: reference time of the forecast, aware.
    """
    sowing = row.sowing
    windows = row.windows() or row.windows("amber")
    state: State = LIGHTS[int(row.light[row.told])] if row.in_season else "not-applicable"
    failing = int(row.failing[row.told])
    gate = row.gates[failing] if failing >= 0 else None
    spans = [_days(each) for each in windows[:2]]
    place = int(np.argmax(row.dates == windows[0].first)) if windows else 0
    members = int(row.known[place])
    best = windows[0].probability if windows else float("nan")
    return Advisory(
        profile=profile.label,
        rule=sowing.id,
        rule_name=sowing.name,
        kind="sowing",
        issued=iso(to_datetime64(issued)),
        state=state,
        status="none" if state in RANK else state,
        probability=_chance(best, members),
        members=members,
        missing=int(np.isnan(row.probability).sum()),
        window=spans[0] if spans else None,
        name=sowing.name,
        action=None,
        citations={key: profile.citations[key] for key in sowing.cite},
        next_window=spans[1] if len(spans) > 1 else None,
        gate=STAGE if row.done[row.told] else gate,
        change="first",
        notify=False,
    )


class _Peak(NamedTuple):
    """The likeliest day of a level, of the lowest where there is none.

    Attributes:
        chance: of the level on it.
        members: that are known.
        by_level: chance of each level on it.
    """

    chance: float | None
    members: int
    by_level: dict[str, float | None]


def _decided(apt: RuleRow, before: Decision | None) -> Decision:
    policy = apt.rule.decide
    peaks = np.fmax.reduce(apt.probability, axis=1).tolist()
    chances = dict(zip(apt.levels, peaks, strict=True))
    level = decide(chances, policy, before=before).level
    return decide(chances, policy, window=_period(apt, level=level), before=before)


def _period(apt: RuleRow, *, level: int) -> Period | None:
    """The first days in a row on which the level is likely enough to be warned of, or watched."""
    if level == 0:
        return None
    probability = apt.probability[apt.levels.index(level)]
    policy = apt.rule.decide
    for limit in (policy.cost_loss, policy.cost_loss * policy.watch_ratio):
        places = np.flatnonzero(probability >= limit - ROUNDING)
        if places.size:
            breaks = np.flatnonzero(np.diff(places) > 1)
            last = places[breaks[0]] if breaks.size else places[-1]
            return Period(apt.dates[places[0]], apt.dates[last], apt.dates[0], apt.dates[-1])
    return None


def _peak(apt: RuleRow, level: int) -> _Peak:
    if not apt.dates.size:
        return _Peak(None, 0, {})
    rank = apt.levels.index(level) if level else 0
    probability = apt.probability[rank]
    if np.isnan(probability).all():
        return _Peak(None, int(apt.known[rank].max()), {})
    place = int(np.nanargmax(probability))
    members = apt.known[:, place].tolist()
    shares = zip(apt.probability[:, place].tolist(), members, strict=True)
    chances = [_chance(share, known) for share, known in shares]
    by_level = dict(zip(map(str, apt.levels), chances, strict=True))
    return _Peak(chances[rank], members[rank], by_level)


def _gaps(known: Any) -> bool:
    """Whether steps are not known besides those at the end, which look beyond the forecast."""
    last = known.size - np.argmax(known[::-1])
    return not known.any() or not known[:last].all()


def _duration(window: Window, opening: Opening) -> Duration:
    return Duration(expected=round(opening.expected, 1), worst=opening.worst, unit=window.step)


def _chance(probability: float, members: int) -> float | None:
    """A share of members; that of one forecast is no chance."""
    return None if np.isnan(probability) or members < 2 else round(probability, 4)


def _citations(profile: CropProfile, level: Level | None) -> dict[str, Citation]:
    return {key: profile.citations[key] for key in level.cite} if level else {}


def _span(period: Period | None) -> Span | None:
    return None if period is None else Span.of(period.begins, period.ends, daily=True)


def _length(window: Window, opening: Opening) -> Span:
    if window.step == "h":
        end = opening.begins + np.timedelta64(opening.length, "h")
        return Span.of(opening.begins, end, daily=False)
    return Span.of(
        opening.begins, opening.begins + np.timedelta64(opening.length - 1, "D"), daily=True
    )


def _days(window: SowingWindow) -> Span:
    return Span.of(window.first, window.last, daily=True)
