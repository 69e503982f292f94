"""All advice of a profile at one place: rules, windows, sowings, and how they run day by day."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from forecast.advise import because, timelines
from forecast.advise.advice import Advice, StageDate, Timeline
from forecast.advise.advising import Judged, on_rule, on_sowing, on_window
from forecast.advise.advisory import Advisory
from forecast.advise.decision import Decision
from forecast.advise.frosts import frost_after
from forecast.advise.ground import Ground
from forecast.advise.irrigating import irrigation
from forecast.advise.needing import Needs, conditions_in, needs
from forecast.advise.phenology_dates import stage_dates
from forecast.advise.point import Point, point_of
from forecast.advise.ponding import standing_water
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.grammar import step_of
from forecast.advise.profile.rules import Rule, Window
from forecast.advise.profile.sowing import Sowing
from forecast.advise.rule_row import RuleRow, highest_of_days, open_days
from forecast.advise.situation import Situation
from forecast.advise.sowing_gates import avoided, enough_warmth, warm
from forecast.advise.sowing_row import SowingRow
from forecast.advise.sown import done
from forecast.advise.staging import stages_now
from forecast.advise.truths import highest
from forecast.advise.unjudged import why_unjudged
from forecast.advise.weather import Weather
from forecast.advise.window_row import DAYLIGHT, WindowRow
from forecast.parameters import chosen

__all__ = ["Needs", "Situation", "advise", "needs"]


def advise(
    profile: CropProfile,
    weather: Weather,
    *,
    situation: Situation | None = None,
    ground: Ground | None = None,
    before: Mapping[str, Decision] | None = None,
) -> Advice:
    """What a profile says at one place.

    Args:
        profile: of the crop.
        weather: of the place, on (realization,) time and day.
        situation: what the farmer says of the field.
        ground: how the field lies, and what its soil holds, as far as that is known.
        before: decisions of the cycle before, by rule.

    Raises:
        DataError: the weather is that of several places, or ends before now.
        InvalidRequest: a stage was reported that the profile does not have.
        UnknownName: no such soil.
    """
    told = situation or Situation()
    point = point_of(profile, weather, situation=told, ground=ground)
    judged = {rule.id: _rule(point, rule, (before or {}).get(rule.id)) for rule in profile.rules}
    others = [_window(point, window) for window in profile.windows]
    others += [_sowing(point, sowing, told) for sowing in profile.sowing]
    return Advice(
        profile=profile.label,
        stages=stages_now(profile, point.staged, day=point.days.start),
        advisories=(
            *(found.advisory for found, _ in judged.values()),
            *(advisory for advisory, _ in others),
        ),
        timelines=(*(line for _, line in judged.values()), *(line for _, line in others)),
        phenology=_phenology(point, told),
        irrigation=irrigation(profile, weather, situation=told, ground=ground),
        standing_water=standing_water(profile, weather, situation=told, ground=ground),
        decisions={name: found.decision for name, (found, _) in judged.items()},
    )


def _phenology(point: Point, situation: Situation) -> tuple[StageDate, ...]:
    season = point.weather.season
    if season is None:
        return ()
    today = point.dates[point.days.start].astype("datetime64[D]").item()
    report = situation.report
    if report is not None and np.datetime64(report.on, "ns") < season.days["day"].values[0]:
        return ()
    return stage_dates(point.profile, season, today=today, report=report, sown=situation.sown)


def _rule(point: Point, rule: Rule, before: Decision | None) -> tuple[Judged, Timeline]:
    conditions = conditions_in(rule)
    step = step_of(conditions[0])
    sure, possible = (field[:, point.ahead(step)] for field in highest(rule, point.truths))
    if step == "h":
        sure, possible = (highest_of_days(field, parted=point.parted) for field in (sure, possible))
        possible = np.maximum(possible, open_days(point.parted))
    row = RuleRow.of(
        rule,
        point.dates[point.days],
        levels=(sure, possible),
        stage=point.staged.applies(rule.stages, season=rule.season)[:, point.days],
    )
    lacking = point.lacks(*conditions)
    row = row.opened() if lacking else row
    found = on_rule(point.profile, row, issued=point.weather.issued, before=before)
    more = {
        "lacking": lacking,
        "because": because.of_rule(point, row, decision=found.decision),
        **why_unjudged(
            found.advisory.state,
            lacking=lacking,
            members=row.members,
            needed=rule.decide.min_members,
        ),
    }
    advisory = found.advisory.model_copy(update=more)
    return found._replace(advisory=advisory), timelines.of_rule(row)


def _window(point: Point, window: Window) -> tuple[Advisory, Timeline]:
    row = _window_row(point, window)
    at_least = chosen("window_chance")
    first = row.best(at_least=at_least)
    second = first and row.following(first, at_least=at_least)
    openings = [one for one in (first, second) if one]
    advisory = on_window(point.profile, row, openings=openings, issued=point.weather.issued)
    told = advisory.state in {"green", "amber", "red"}
    lacking = point.lacks(*conditions_in(window))
    more = {
        "lacking": lacking,
        "because": because.of_window(point, row, opening=first) if told else None,
        **_unjudged(advisory, lacking, members=row.members),
    }
    line = timelines.of_window(row, at_least=at_least)
    return advisory.model_copy(update=more), line


def _window_row(point: Point, window: Window) -> WindowRow:
    step, ahead = window.step, point.ahead(window.step)
    stage = point.staged.applies(window.stages)
    if step == "h":
        stage = stage[:, point.weather.days.number]
    stage = stage[:, ahead]
    green = point.truths.of(window.green)[:, ahead]
    amber = np.maximum(green, point.truths.of(window.amber)[:, ahead])
    limit = stage
    if window.daylight_only and step == "h":
        limit = np.minimum(stage, point.truths.of(DAYLIGHT)[:, ahead])
    return WindowRow.of(
        window,
        point.steps(step)[ahead],
        truth={"green": np.minimum(green, limit), "amber": np.minimum(amber, limit)},
        stage=stage,
        least=int(chosen("ensemble_least_members")),
    )


def _sowing(point: Point, sowing: Sowing, situation: Situation) -> tuple[Advisory, Timeline]:
    dates = point.dates[point.days]
    gates = _gates(point, sowing, situation.covered)
    row = SowingRow.of(
        sowing,
        dates,
        passed={name: truth[:, point.days] for name, truth in gates},
        frost=frost_after(point.weather, sowing),
        least=int(chosen("ensemble_least_members")),
    ).shut(done(point.profile.phenology, sowing, dates=dates, situation=situation))
    advisory = on_sowing(point.profile, row, issued=point.weather.issued)
    lacking = point.lacks_of(sowing)
    more = {
        "lacking": lacking,
        "because": because.of_sowing(point, row),
        **_unjudged(advisory, lacking, members=row.members),
    }
    return advisory.model_copy(update=more), timelines.of_sowing(row)


def _unjudged(advisory: Advisory, lacking: tuple[str, ...], *, members: int) -> dict[str, Any]:
    """Why a window or sowing cannot be told, as fields of its advisory."""
    needed = int(chosen("ensemble_least_members"))
    return why_unjudged(advisory.state, lacking=lacking, members=members, needed=needed)


def _gates(point: Point, sowing: Sowing, covered: bool) -> Iterator[tuple[str, Any]]:
    """Whether each gate is passed on all days of the weather, three-valued [member, day]."""
    for place, thermal in enumerate(sowing.thermal):
        daily, days = point.warmth(thermal.index)
        yield (
            f"thermal.{place}",
            point.on_days(warm(thermal, daily, days=days, covered=covered), days=days),
        )
    if sowing.heat_sum is not None:
        mean, days = point.warmth("tmean")
        yield "heat_sum", point.on_days(enough_warmth(sowing.heat_sum, mean), days=days)
    for place, condition in enumerate(sowing.avoid):
        yield f"avoid.{place}", avoided(sowing, condition, truth=point.truths.of(condition))
