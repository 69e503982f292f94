"""The stages of a crop on the days of a forecast, from the season around it and what was seen."""

from datetime import date

import numpy as np
import xarray as xr

from forecast.advise.advice import StageNow
from forecast.advise.calendar_days import month_day
from forecast.advise.chances import MEMBER
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.phenology import Phenology
from forecast.advise.situation import Situation
from forecast.advise.stages import Report, stages, warmth
from forecast.advise.weather import Season, Weather
from forecast.agromet.truth import NO, UNKNOWN, YES

_NEEDS = ("temperature_2m_max", "temperature_2m_min")


def present(profile: CropProfile, weather: Weather, *, situation: Situation) -> xr.DataArray:
    """Whether the crop is in each stage on the days of the forecast.

    Args:
        profile: of the crop.
        weather: with its season, if degree-days are to tell of stages.
        situation: what was seen.

    Returns:
        As `stages.stages`, on the days of `weather.days`.
    """
    phenology = profile.phenology
    wanted = weather.days.dates.astype("datetime64[ns]")
    report = seen(phenology, situation)
    start = biofix(phenology, weather, situation=situation)
    sums = _sums(phenology, weather.season, start, report)
    if sums is None or start is None:
        return stages(phenology, wanted, report=report)
    dates = np.union1d(sums["day"].values, wanted)
    told = stages(phenology, dates, sums=sums.reindex(day=dates), report=report)
    found = told.sel(day=wanted)
    if phenology.biofix == "fixed":
        return found
    early = found["day"] < np.datetime64(start, "ns")
    by_sum = found["reason"] == "degree-days"
    return xr.where(early & by_sum, np.int8(NO), found).transpose(*found.dims).astype(np.int8)


def seen(phenology: Phenology, situation: Situation) -> Report | None:
    """The newest of what was reported: a stage, or that the crop was sown.

    Sowing tells a stage only where the stages of the profile begin with the dry seed (BBCH 0) and
    do not follow degree-days: the crop is from that day in the first stage beyond it.
    """
    told = situation.report
    if situation.sown is None or phenology.biofix == "fixed" or phenology.stages[0].bbch[0] > 0:
        return told
    if any(stage.gdd_from is not None for stage in phenology.stages):
        return told
    begun = next((stage for stage in phenology.stages if stage.bbch[1] > 0), None)
    if begun is None or (told is not None and told.on >= situation.sown):
        return told
    return Report(begun.id, situation.sown)


def biofix(phenology: Phenology, weather: Weather, *, situation: Situation) -> date | None:
    """Day from which degree-days are summed; None where nobody said when the crop was sown.

    A fixed day is the last one of the season that is not ahead, else the first one in it.
    """
    if phenology.biofix != "fixed":
        return situation.sown
    if weather.season is None or phenology.fixed_date is None:
        return None
    days = weather.season.days["day"].values.astype("datetime64[D]")
    month, day = month_day(phenology.fixed_date)
    years = range(int(str(days[0])[:4]), int(str(days[-1])[:4]) + 1)
    found = [date(year, month, day) for year in years]
    held = [one for one in found if days[0] <= np.datetime64(one) <= days[-1]]
    today = weather.days.dates[weather.ahead[0]]
    past = [one for one in held if np.datetime64(one) <= today]
    return past[-1] if past else held[0] if held else None


def stages_now(
    profile: CropProfile, told: xr.DataArray, *, day: np.datetime64
) -> tuple[StageNow, ...]:
    """Stages that the crop is in on a day, or may be.

    Args:
        profile: of the crop.
        told: from `present`.
        day: the day.
    """
    today = told.sel(day=day)
    found = []
    for stage in profile.phenology.stages:
        row = today.sel(stage=stage.id)
        members = np.atleast_1d(row.values)
        known = members[members != UNKNOWN]
        if known.size and not (known == YES).any():
            continue
        share = float((known == YES).mean()) if known.size and MEMBER in row.dims else None
        if share is not None:
            share = round(share, 4)
        reason = str(row["reason"].values)
        found.append(StageNow(id=stage.id, name=stage.name, reason=reason, probability=share))
    return tuple(found)


def _sums(
    phenology: Phenology, season: Season | None, start: date | None, report: Report | None
) -> xr.DataArray | None:
    """Degree-days since the biofix; None where the season does not tell them or needs none."""
    if season is None or start is None:
        return None
    if not any(stage.gdd_from is not None for stage in phenology.stages):
        return None
    if any(name not in season.days for name in _NEEDS):
        return None
    first = season.days["day"].values[0]
    if first > np.datetime64(start, "ns"):
        return None
    if report is not None and np.datetime64(report.on, "ns") < first:
        return None
    highest, lowest = (season.days[name] for name in _NEEDS)
    return warmth(phenology, highest=highest, lowest=lowest, biofix=start)
