"""When the water balance of a crop began this season, and whether it is asked for today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from forecast.advise.calendar_days import month_day, shift_to, within
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.parts import Season
from forecast.advise.profile.phenology import ANY_STAGE, Stage
from forecast.advise.profile.rules import Water
from forecast.advise.situation import Situation

EMERGED: Final = 9
"""Last code of germination on the BBCH scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterSeason:
    """The season that the coefficients of a crop are counted in.

    Attributes:
        begins: first day of the first of the four stages.
        assumed: whether that is the usual day, because nobody told of sowing or planting.
        applies: whether the crop is watered today.
    """

    begins: date
    assumed: bool
    applies: bool


def water_season(profile: CropProfile, situation: Situation, *, today: date) -> WaterSeason | None:
    """The season of the profile's water; None where it has none, or no day to count from.

    It begins on the day of sowing or planting that was told, on the fixed day of the profile, or
    in the middle of the calendar of the first stage that is watered, moved by a stage that was
    reported. Where that stage comes after emergence, as in a crop that is transplanted, a day
    outside of its calendar is that of sowing in the nursery, and is not used.

    Args:
        profile: of the crop.
        situation: what the farmer says.
        today: day of the profile.
    """
    water = profile.water
    if water is None:
        return None
    watered = [*_watered(profile, water)]
    shift = _shift(profile, situation, today=today)
    told = _told(profile, situation, first=watered[0])
    if told is None and profile.phenology.fixed_date is not None:
        told = _newest(profile.phenology.fixed_date, today)
    if told is not None:
        passed = (today - told).days
        inside = 0 <= passed < sum(water.stage_days)
        if ANY_STAGE not in water.stages:
            inside = inside and _in_any(watered, today - shift)
        return WaterSeason(begins=told, assumed=False, applies=inside)
    if watered[0].calendar is None:
        return None
    usual = _middle(watered[0].calendar, today - shift)
    return WaterSeason(begins=usual + shift, assumed=True, applies=_in_any(watered, today - shift))


def _watered(profile: CropProfile, water: Water) -> Iterator[Stage]:
    for stage in profile.phenology.stages:
        if ANY_STAGE in water.stages or stage.id in water.stages:
            yield stage


def _told(profile: CropProfile, situation: Situation, *, first: Stage) -> date | None:
    sown = situation.sown
    if sown is None or profile.phenology.biofix == "fixed":
        return None
    if first.bbch[0] <= EMERGED or first.calendar is None:
        return sown
    return sown if _within(sown, first.calendar) else None


def _shift(profile: CropProfile, situation: Situation, *, today: date) -> timedelta:
    """Days by which a reported stage moves the calendar."""
    report = situation.report
    if report is None or report.on > today:
        return timedelta(0)
    calendar = {stage.id: stage.calendar for stage in profile.phenology.stages}.get(report.stage)
    moved = shift_to(calendar, np.datetime64(report.on, "D"))
    return timedelta(days=int(moved / np.timedelta64(1, "D")))


def _in_any(stages: list[Stage], day: date) -> bool:
    """Whether a day lies in the calendar of a stage; one without a calendar may be any day."""
    return any(stage.calendar is None or _within(day, stage.calendar) for stage in stages)


def _within(day: date, calendar: Season) -> bool:
    return bool(within(np.array([day], "datetime64[D]"), calendar)[0])


def _newest(text: str, today: date) -> date:
    """The newest day of that month and day that is not ahead."""
    month, day = month_day(text)
    this = date(today.year, month, day)
    return this if this <= today else date(today.year - 1, month, day)


def _middle(calendar: Season, today: date) -> date:
    """Middle of the newest season of a calendar that has begun, or of the first to come."""
    first = _newest(calendar[0], today)
    month, day = month_day(calendar[1])
    last = date(first.year, month, day)
    if last < first:
        last = date(first.year + 1, month, day)
    return first + (last - first) / 2
