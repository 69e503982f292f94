"""What members say of each rule, window and sowing on the steps ahead, at a place or over cells.

The part of judging that reduces time and members only: all other dims ride along, and what is lazy
stays lazy. `grading` makes maps of it.
"""

import numpy as np
import xarray as xr

from forecast.advise.chances import reaches
from forecast.advise.conditions import Levels, levels
from forecast.advise.frosts import frost_after
from forecast.advise.hazards import NO_DATA, NONE, NOT_APPLICABLE, assess, highest_by_day
from forecast.advise.needing import conditions_in
from forecast.advise.place import Place
from forecast.advise.profile.grammar import step_of
from forecast.advise.profile.rules import Rule, Window
from forecast.advise.profile.sowing import Sowing
from forecast.advise.situation import Situation
from forecast.advise.sowing import gates, sowing_days
from forecast.advise.sown import done
from forecast.advise.stages import applies, by_hour
from forecast.advise.windows import Grades, applicable, grades, lights
from forecast.parameters import chosen


def rule_days(place: Place, rule: Rule) -> xr.Dataset:
    """Chances and state of a rule on each day ahead.

    Args:
        place: what it is judged on.
        rule: of the profile.

    Returns:
        As `hazards.assess`; what a rule that lacks a quantity does not even watch is not known.
    """
    conditions = conditions_in(rule)
    found = Levels(*(place.ahead(field) for field in levels(rule, place.values)))
    if step_of(conditions[0]) == "h":
        found = highest_by_day(found, place.parted)
    apt = applies(place.stages, rule.stages, season=rule.season).isel(day=place.days)
    days = assess(rule, found, applies=apt)
    return _open(rule, days) if place.lacks(*conditions) else days


def window_lights(place: Place, window: Window) -> xr.Dataset:
    """Light of a window on each step ahead, and how likely it is.

    Args:
        place: what it is judged on.
        window: of the profile.

    Returns:
        As `windows.lights`.
    """
    apt = applies(place.stages, window.stages)
    if window.step == "h":
        times = place.weather.hourly["time"].values
        profile = place.profile
        apt = by_hour(apt, times, boundary=profile.boundary, zone=profile.zone)
    found = Grades(*map(place.ahead, grades(window, place.values, applies=apt)))
    possible = xr.Dataset({"applicable": applicable(found, place.ahead(apt))})
    least, at_least = int(chosen("ensemble_least_members")), chosen("window_chance")
    return lights(window, found, chances=possible, least=least, at_least=at_least)


def sowing_lights(place: Place, sowing: Sowing, *, situation: Situation) -> xr.Dataset:
    """Light, chance and failing gate of a sowing on each day ahead.

    Args:
        place: what it is judged on.
        sowing: of the profile.
        situation: whether the seedbed is under film, and whether the crop is sown already.

    Returns:
        As `sowing.sowing_days`.
    """
    daily = {name: field for name, field in place.values.items() if "day" in field.dims}
    passed = gates(sowing, daily, covered=situation.covered, year=place.year)
    ahead = {name: truth.isel(day=place.days) for name, truth in passed.items()}
    least = int(chosen("ensemble_least_members"))
    frost = frost_after(place.weather, sowing)
    if frost is not None:
        ahead = {name: truth.broadcast_like(frost) for name, truth in ahead.items()}
    days = sowing_days(sowing, ahead, least=least, frost=frost)
    over = done(place.profile.phenology, sowing, dates=days["day"].values, situation=situation)
    shut = xr.DataArray(over, dims="day", coords={"day": days["day"].values})
    light = days["light"].where(~shut, np.int8(NOT_APPLICABLE)).astype(np.int8)
    return days.assign(light=light.transpose(*days["light"].dims))


def _open(rule: Rule, days: xr.Dataset) -> xr.Dataset:
    """Chances of a rule that lacks a quantity: what is not even watched is not known."""
    least = rule.decide.cost_loss * rule.decide.watch_ratio
    reached = reaches(days["probability"], least)
    state = xr.where(days["state"] == NONE, np.int8(NO_DATA), days["state"])
    return days.assign(probability=days["probability"].where(reached), state=state)
