"""All advice of a profile at one place: rules, windows, sowings, and how they run day by day."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from forecast.advise.advice import Advice, Timeline
from forecast.advise.advising import Judged, on_rule, on_sowing, on_window
from forecast.advise.advisory import Advisory
from forecast.advise.conditions import Levels, levels
from forecast.advise.decision import Decision
from forecast.advise.frosts import frost_after
from forecast.advise.hazards import NO_DATA, NONE, assess, highest_by_day
from forecast.advise.needing import Needs, conditions_in, needs
from forecast.advise.place import Place, place_of
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.grammar import step_of
from forecast.advise.profile.rules import Rule, Window
from forecast.advise.profile.sowing import Sowing
from forecast.advise.situation import Situation
from forecast.advise.sowing import gates, sowing_days
from forecast.advise.stages import applies, by_hour
from forecast.advise.staging import stages_now
from forecast.advise.timelines import of_rule, of_sowing, of_window
from forecast.advise.weather import Weather
from forecast.advise.windows import best, following, grades, opened
from forecast.parameters import chosen

__all__ = ["Needs", "Situation", "advise", "needs"]


def advise(
    profile: CropProfile,
    weather: Weather,
    *,
    situation: Situation | None = None,
    ground: object = None,
    before: Mapping[str, Decision] | None = None,
) -> Advice:
    """What a profile says at one place.

    Args:
        profile: of the crop.
        weather: of the place, on (realization,) time and day.
        situation: what the farmer says of the field.
        ground: how the field lies, and what its soil holds.
        before: decisions of the cycle before, by rule.

    Raises:
        DataError: the weather is that of several places, or ends before now.
        InvalidRequest: a stage was reported that the profile does not have.
    """
    told = situation or Situation()
    place = place_of(profile, weather, situation=told)
    judged = {rule.id: _rule(place, rule, (before or {}).get(rule.id)) for rule in profile.rules}
    others = [_window(place, window) for window in profile.windows]
    others += [_sowing(place, sowing, situation=told) for sowing in profile.sowing]
    today = place.stages["day"].values[place.days[0]]
    return Advice(
        profile=profile.label,
        stages=stages_now(profile, place.stages, day=today),
        advisories=(
            *(found.advisory for found, _ in judged.values()),
            *(advisory for advisory, _ in others),
        ),
        timelines=(*(line for _, line in judged.values()), *(line for _, line in others)),
        decisions={name: found.decision for name, (found, _) in judged.items()},
    )


def _rule(place: Place, rule: Rule, before: Decision | None) -> tuple[Judged, Timeline]:
    conditions = conditions_in(rule)
    found = Levels(*(place.ahead(field) for field in levels(rule, place.values)))
    if step_of(conditions[0]) == "h":
        found = highest_by_day(found, place.parted)
    apt = applies(place.stages, rule.stages, season=rule.season).isel(day=place.days)
    days = assess(rule, found, applies=apt)
    lacking = place.lacks(*conditions)
    if lacking:
        days = _open(rule, days)
    judged = on_rule(place.profile, rule, days=days, issued=place.weather.issued, before=before)
    advisory = judged.advisory.model_copy(update={"lacking": lacking})
    return judged._replace(advisory=advisory), of_rule(rule, days, members=place.members)


def _open(rule: Rule, days: xr.Dataset) -> xr.Dataset:
    """Chances of a rule that lacks a quantity: what is not even watched is not known."""
    least = rule.decide.cost_loss * rule.decide.watch_ratio
    reached = days["probability"] >= least
    state = xr.where(days["state"] == NONE, np.int8(NO_DATA), days["state"])
    return days.assign(probability=days["probability"].where(reached), state=state)


def _window(place: Place, window: Window) -> tuple[Advisory, Timeline]:
    conditions = conditions_in(window)
    apt = applies(place.stages, window.stages)
    if window.step == "h":
        times = place.weather.hourly["time"].values
        profile = place.profile
        apt = by_hour(apt, times, boundary=profile.boundary, zone=profile.zone)
    found = grades(window, place.values, applies=apt)
    found = type(found)(*map(place.ahead, found))
    least, at_least = int(chosen("ensemble_least_members")), chosen("window_chance")
    chances = opened(window, found, least=least, applies=place.ahead(apt))
    first = best(found, chances, at_least=at_least)
    second = first and following(found, chances, opening=first, at_least=at_least)
    advisory = on_window(
        place.profile,
        window,
        openings=[one for one in (first, second) if one],
        chances=chances,
        issued=place.weather.issued,
    ).model_copy(update={"lacking": place.lacks(*conditions)})
    line = of_window(window, found, chances, least=least, at_least=at_least)
    return advisory, line


def _sowing(place: Place, sowing: Sowing, *, situation: Situation) -> tuple[Advisory, Timeline]:
    daily = {name: field for name, field in place.values.items() if "day" in field.dims}
    passed = gates(sowing, daily, covered=situation.covered, year=place.year)
    ahead = {name: truth.isel(day=place.days) for name, truth in passed.items()}
    least = int(chosen("ensemble_least_members"))
    days = sowing_days(sowing, ahead, least=least, frost=frost_after(place, sowing))
    advisory = on_sowing(place.profile, sowing, days=days, issued=place.weather.issued)
    lacking = place.lacks_of(sowing)
    advisory = advisory.model_copy(update={"lacking": lacking})
    return advisory, of_sowing(sowing, days, members=place.members)
