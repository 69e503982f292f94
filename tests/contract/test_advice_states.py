"""Missing is never "no risk": every part of every shipped profile, at a place of which nothing is
known, in its stage and out of it; and a value at a threshold is that threshold after packing.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Final

import numpy as np
import pytest
import xarray as xr

from forecast.advise.advisory import Advisory
from forecast.advise.calendar_days import within
from forecast.advise.conditions import evaluate
from forecast.advise.judging import Situation, advise
from forecast.advise.needing import conditions_of
from forecast.advise.profile import CropProfile, shipped_names, shipped_profile
from forecast.advise.profile.grammar import Comparison, leaves
from forecast.advise.profile.parts import Season
from forecast.advise.profile.phenology import ANY_STAGE
from forecast.advise.profile.rules import Rule, Window
from forecast.advise.profile.sowing import Sowing
from forecast.advise.stages import Report
from forecast.agromet.truth import NO, YES
from forecast.variables import pack, unpack
from tests.unit.advise.weathers import MILD, weather

NOTHING: Final = dict.fromkeys(MILD, np.nan)
YEAR: Final = [date(2025, 1, 1) + timedelta(days=number) for number in range(365)]
Part = Rule | Window | Sowing

PARTS: Final = [
    pytest.param(profile, part, id=f"{profile.id}-{part.id}")
    for profile in map(shipped_profile, shipped_names())
    for part in (*profile.rules, *profile.windows, *profile.sowing)
]


@cache
def _advice(name: str, on: date, stage: str | None) -> Mapping[str, Advisory]:
    """What a profile says on a day without any weather, of a stage that was seen that day."""
    profile = shipped_profile(name)
    report = None if stage is None else Report(stage, on)
    given = weather(profile, now=f"{on}T00", hours=NOTHING, size=(24, 48, 12))
    advice = advise(profile, given, situation=Situation(report=report))
    return {one.rule: one for one in advice.advisories}


def _told(profile: CropProfile, part: Part, *, on: date, stage: str | None) -> Advisory:
    return _advice(profile.id, on, stage)[part.id]


def _inside(season: Season | None) -> date:
    """A day of a season that is still one three days later."""
    days = np.array(YEAR, "datetime64[D]")
    held = np.ones(days.size, bool) if season is None else within(days, season)
    usable = held & np.roll(held, -3)
    return YEAR[int(np.flatnonzero(usable)[0])]


def _season(part: Part) -> Season | None:
    if isinstance(part, Sowing):
        return (part.earliest, part.latest)
    return part.season if isinstance(part, Rule) else None


def _stage(part: Part) -> str | None:
    named = () if isinstance(part, Sowing) else part.stages
    return next((name for name in named if name != ANY_STAGE), None)


@pytest.mark.parametrize(("profile", "part"), PARTS)
def test_a_place_without_weather_has_no_data_in_its_stage(profile: CropProfile, part: Part) -> None:
    told = _told(profile, part, on=_inside(_season(part)), stage=_stage(part))
    assert (told.state, told.status, told.probability) == ("no-data", "no-data", None)
    assert told.window is None


@pytest.mark.parametrize(("profile", "part"), PARTS)
def test_a_wrong_stage_is_not_applicable_and_neither_none_nor_no_data(
    profile: CropProfile, part: Part
) -> None:
    if isinstance(part, Sowing):
        outside = next(day for day in YEAR[3:-3] if _far_from(day, (part.earliest, part.latest)))
        assert _told(profile, part, on=outside, stage=None).state == "not-applicable"
        return
    wrong = _wrong_stage(profile, part)
    if wrong is None:
        assert ANY_STAGE in part.stages
        return
    told = _told(profile, part, on=wrong[1], stage=wrong[0])
    assert (told.state, told.status, told.probability) == ("not-applicable",) * 2 + (None,)


def _far_from(day: date, season: Season) -> bool:
    days = np.datetime64(day) + np.arange(4)
    return not within(days, season).any()


def _wrong_stage(profile: CropProfile, part: Rule | Window) -> tuple[str, date] | None:
    """A stage that is none of the part's, on a day on which none of those is usual."""
    if ANY_STAGE in part.stages:
        return None
    own = {stage.id: stage.calendar for stage in profile.phenology.stages}
    for stage in profile.phenology.stages:
        if stage.id in part.stages or stage.calendar is None:
            continue
        for day in YEAR:
            days = np.datetime64(day) + np.arange(4)
            usual = [own[name] for name in part.stages]
            free = all(each is not None and not within(days, each).any() for each in usual)
            if free and within(days[:1], stage.calendar)[0]:
                return stage.id, day
    raise AssertionError(f"{profile.id} has no day on which {part.id} is out of its stage")


COMPARED: Final = {
    (leaf.var, leaf.op, leaf.limit): leaf
    for profile in map(shipped_profile, shipped_names())
    for condition in conditions_of(profile)
    for leaf in leaves(condition)
    if isinstance(leaf, Comparison)
    and leaf.measure.reduction in {"value", "daily"}
    and (leaf.limit * leaf.measure.scale).is_integer()
}
"""Thresholds that can be kept as they are: 15 degF lies between two tenths of a degree Celsius."""


@pytest.mark.parametrize(
    "leaf", COMPARED.values(), ids=lambda leaf: f"{leaf.var}{leaf.op}{leaf.value}"
)
def test_a_value_at_a_threshold_is_that_threshold_after_packing(leaf: Comparison) -> None:
    name = leaf.measure.vocabulary
    kept = unpack(pack([leaf.limit], name), name)
    plain = leaf.model_copy(update={"agg": None, "window": None})
    dim = "time" if leaf.measure.step == "h" else "day"
    told = evaluate(plain, {leaf.var: xr.DataArray(kept, dims=dim)})
    assert told.item() == (YES if leaf.op.endswith("=") else NO)
