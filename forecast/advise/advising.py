"""From what members say at one place to advice: rules, windows for work, and sowing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np
import xarray as xr

from forecast.advise.advisory import Advisory, Duration, Span, State
from forecast.advise.chances import ROUNDING
from forecast.advise.decision import SHIFT, Change, Decision, Period, decide, out_of_season
from forecast.advise.hazards import NOT_APPLICABLE
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.parts import Citation, steps_of
from forecast.advise.profile.rules import Level, Rule, Window
from forecast.advise.profile.sowing import Sowing
from forecast.advise.sowing import LIGHTS, SEASON, SowingWindow, sowing_windows
from forecast.advise.windows import Opening
from forecast.errors import DataError
from forecast.times import iso, to_datetime64

_RANK: Final[Mapping[State, int]] = {"red": 0, "amber": 1, "green": 2}


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
    rule: Rule,
    *,
    days: xr.Dataset,
    issued: datetime,
    before: Decision | None = None,
) -> Judged:
    """Advice on a hazard, pest, disease or operation at one place.

    Args:
        profile: that the rule is of.
        rule: the rule.
        days: from `hazards.assess`, of the days from today on, with the dims level and day only.
        issued: reference time of the forecast, aware.
        before: decision of the cycle before.

    Raises:
        DataError: there are further dims.
    """
    if set(days["probability"].dims) != {"level", "day"}:
        raise DataError(f"advice was asked at one place; the data have {dict(days.sizes)}")
    apt = days.isel(day=np.flatnonzero(days["state"].values != NOT_APPLICABLE))
    decision = _decided(rule, apt, before) if apt.sizes["day"] else out_of_season(before)
    level = next((each for each in rule.levels if each.level == decision.level), None)
    probability, members = _peak(apt, decision.level)
    status = decision.status
    state: State = decision.level if status == "warn" else "none"  # type: ignore[assignment]
    advisory = Advisory(
        profile=profile.label,
        rule=rule.id,
        kind=rule.kind,
        issued=iso(to_datetime64(issued)),
        state=status if status in {"not-applicable", "no-data"} else state,
        status=status,
        probability=probability,
        members=members,
        missing=int(apt["probability"].isel(level=0).isnull().sum()),
        window=_span(decision.window),
        name=level.name if level else None,
        action=level.action if level else None,
        citations=_citations(profile, level),
        chances=_by_level(apt, decision.level),
        change=decision.change,
        notify=decision.notify,
    )
    return Judged(advisory, decision)


def on_window(
    profile: CropProfile,
    window: Window,
    *,
    openings: Sequence[Opening],
    chances: xr.Dataset,
    issued: datetime,
) -> Advisory:
    """Advice on when work can be done at one place; against the cycle before see `compared`.

    Args:
        profile: that the window is of.
        window: the window.
        openings: the best one and the next one, as far as there are any.
        chances: from `windows.opened`.
        issued: reference time of the forecast, aware.
    """
    first = openings[0] if openings else None
    known = chances["probability"].sel(grade="amber").notnull()
    state: State = first.grade if first else "red"
    if not bool(chances["applicable"].any()):
        state = "not-applicable"
    elif first is None and _gaps(known.values):
        state = "no-data"
    spans = [_length(window, opening) for opening in openings[:2]]
    return Advisory(
        profile=profile.label,
        rule=window.id,
        kind="window",
        issued=iso(to_datetime64(issued)),
        state=state,
        status="none" if state in _RANK else state,
        probability=_chance(first.probability, first.members) if first else None,
        members=first.members if first else int(chances["known"].max()),
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


def on_sowing(
    profile: CropProfile, sowing: Sowing, *, days: xr.Dataset, issued: datetime
) -> Advisory:
    """Advice on sowing or planting at one place: the light of the first day, and the windows.

    Args:
        profile: that the sowing is of.
        sowing: the sowing.
        days: from `sowing.sowing_days`, of the days from today on, with the dim day only.
        issued: reference time of the forecast, aware.

    Raises:
        DataError: there are further dims.
    """
    windows = sowing_windows(days) or sowing_windows(days, light="amber")
    today: State = LIGHTS[int(days["light"].values[0])]
    if not bool((days["gate_probability"].sel(gate=SEASON) > 0).any()):
        today = "not-applicable"
    failing = int(days["failing"].values[0])
    spans = [_days(each) for each in windows[:2]]
    first = windows[0].first if windows else days["day"].values[0]
    members = int(days["known"].sel(day=first))
    best = windows[0].probability if windows else float("nan")
    return Advisory(
        profile=profile.label,
        rule=sowing.id,
        kind="sowing",
        issued=iso(to_datetime64(issued)),
        state=today,
        status="none" if today in _RANK else today,
        probability=_chance(best, members),
        members=members,
        missing=int(days["probability"].isnull().sum()),
        window=spans[0] if spans else None,
        name=sowing.name,
        action=None,
        citations={key: profile.citations[key] for key in sowing.cite},
        next_window=spans[1] if len(spans) > 1 else None,
        gate=str(days["gate"].values[failing]) if failing >= 0 else None,
        change="first",
        notify=False,
    )


def compared(advisory: Advisory, before: Advisory | None) -> Advisory:
    """The same advice on a window or sowing with what changed against the cycle before.

    Args:
        advisory: of this cycle.
        before: of the cycle before.
    """
    if before is None:
        return advisory
    change = _changed(advisory, before)
    notify = change in {"raised", "lowered", "shifted", "cleared", "ended"}
    return advisory.model_copy(update={"change": change, "notify": notify})


def _changed(now: Advisory, before: Advisory) -> Change:
    if now.state not in _RANK or before.state not in _RANK:
        if now.state == before.state:
            return "unchanged"
        return "ended" if now.state == "not-applicable" and before.window else "not known"
    if now.state != before.state:
        return "raised" if _RANK[now.state] > _RANK[before.state] else "lowered"
    if now.window is None or before.window is None:
        return "unchanged" if now.window == before.window else "shifted"
    least = SHIFT["d" if now.kind == "sowing" else "h"]
    begins = max(
        _instant(before.window.begins),
        _instant(now.issued).astype("datetime64[D]")
        if now.kind == "sowing"
        else _instant(now.issued),
    )
    return "shifted" if abs(_instant(now.window.begins) - begins) >= least else "unchanged"


def _instant(text: str) -> np.datetime64:
    return np.datetime64(text.removesuffix("Z"), "ns")


def _decided(rule: Rule, days: xr.Dataset, before: Decision | None) -> Decision:
    peaks = days["probability"].max("day").values.tolist()
    chances = dict(zip(days["level"].values.tolist(), peaks, strict=True))
    level = decide(chances, rule.decide, before=before).level
    return decide(chances, rule.decide, window=_period(rule, days, level=level), before=before)


def _period(rule: Rule, days: xr.Dataset, *, level: int) -> Period | None:
    """The first days in a row on which the level is likely enough to be warned of, or watched."""
    if level == 0:
        return None
    probability = days["probability"].sel(level=level).values
    policy = rule.decide
    for limit in (policy.cost_loss, policy.cost_loss * policy.watch_ratio):
        places = np.flatnonzero(probability >= limit - ROUNDING)
        if places.size:
            breaks = np.flatnonzero(np.diff(places) > 1)
            last = places[breaks[0]] if breaks.size else places[-1]
            dates = days["day"].values
            return Period(dates[places[0]], dates[last], dates[0], dates[-1])
    return None


def _peak(days: xr.Dataset, level: int) -> tuple[float | None, int]:
    """Chance of the level, the lowest where there is none, on its likeliest day, and members."""
    if not days.sizes["day"]:
        return None, 0
    told = days.sel(level=level) if level else days.isel(level=0)
    probability = told["probability"].values
    if np.isnan(probability).all():
        return None, int(told["known"].max())
    place = int(np.nanargmax(probability))
    members = int(told["known"].values[place])
    return _chance(float(probability[place]), members), members


def _by_level(days: xr.Dataset, level: int) -> dict[str, float | None]:
    """Chance of each level on the likeliest day of the one that is told; none with one forecast."""
    if not days.sizes["day"]:
        return {}
    told = days["probability"].sel(level=level) if level else days["probability"].isel(level=0)
    if np.isnan(told.values).all():
        return {}
    place = int(np.nanargmax(told.values))
    rows = days.isel(day=place)
    return {
        str(number): _chance(share, members)
        for number, share, members in zip(
            rows["level"].values.tolist(),
            rows["probability"].values.tolist(),
            rows["known"].values.tolist(),
            strict=True,
        )
    }


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
    """From the beginning for as long as it lasts on the average, at least its shortest length."""
    steps = max(round(opening.expected), steps_of(window.min_length, window.step))
    if window.step == "h":
        return Span.of(opening.begins, opening.begins + np.timedelta64(steps, "h"), daily=False)
    return Span.of(opening.begins, opening.begins + np.timedelta64(steps - 1, "D"), daily=True)


def _days(window: SowingWindow) -> Span:
    return Span.of(window.first, window.last, daily=True)
