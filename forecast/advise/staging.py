"""The stages of a crop on the days of a forecast, from the season around it and what was seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import xarray as xr

from forecast.advise.advice import StageNow
from forecast.advise.calendar_days import month_day, within
from forecast.advise.gathering import row_of
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.parts import Season as DaysOfYear
from forecast.advise.profile.phenology import ANY_STAGE, Phenology
from forecast.advise.situation import Situation
from forecast.advise.stage_rows import Reason, Report, StageRow
from forecast.advise.stages import stages, warmth
from forecast.advise.weather import Season, Weather
from forecast.agromet.degree_days import degree_days
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
    season = weather.season
    if season is None or start is None or not _summed(phenology, season, start, report):
        return stages(phenology, wanted, report=report)
    until_then = season.days.sel(day=slice(None, wanted[-1]))
    highest, lowest = (until_then[name] for name in _NEEDS)
    sums = warmth(phenology, highest=highest, lowest=lowest, biofix=start)
    dates = np.union1d(sums["day"].values, wanted)
    told = stages(phenology, dates, sums=sums.reindex(day=dates), report=report)
    found = told.sel(day=wanted)
    if phenology.biofix == "fixed":
        return found
    early = (found["day"] < np.datetime64(start, "ns")) & (found["reason"] == "degree-days")
    return xr.where(early, np.int8(NO), found).transpose(*found.dims).astype(np.int8)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Staged:
    """The same at one place, on bare arrays.

    Attributes:
        dates: days of the weather [day], datetime64[ns].
        truth: by stage, three-valued [member, day].
        reasons: by stage, what tells it on each day.
    """

    dates: Any
    truth: Mapping[str, Any]
    reasons: Mapping[str, Sequence[Reason]]

    def applies(self, names: Sequence[str], *, season: DaysOfYear | None = None) -> Any:
        """Whether a rule for some stages and days of the year applies [member, day]."""
        if ANY_STAGE in names:
            held = np.full((1, self.dates.size), YES, np.int8)
        else:
            held = np.maximum.reduce(np.broadcast_arrays(*(self.truth[name] for name in names)))
        if season is None:
            return held
        return np.where(within(self.dates, season), held, np.int8(NO))


def present_at(profile: CropProfile, weather: Weather, *, situation: Situation) -> Staged:
    """As `present`, at one place on bare arrays.

    Args:
        profile: of the crop.
        weather: at one place.
        situation: what was seen.
    """
    phenology = profile.phenology
    wanted = weather.days.dates.astype("datetime64[ns]")
    report = seen(phenology, situation)
    start = biofix(phenology, weather, situation=situation)
    dates: Any = wanted
    sums: Any = None
    season = weather.season
    if season is not None and start is not None and _summed(phenology, season, start, report):
        dates = np.union1d(season.days["day"].values, wanted)
        sums = _sums_on(dates, phenology, season, start)
    row = StageRow.of(phenology, dates, report=report, summed=sums is not None)
    held = np.searchsorted(dates, wanted)
    truth, reasons = {}, {}
    for place, stage in enumerate(phenology.stages):
        by_sum = sums is not None and stage.gdd_from is not None
        told = row.by_sum(place, sums) if by_sum else row.by_calendar(place)[np.newaxis]
        known = ~np.isnan(sums).all(axis=0) if by_sum else np.zeros(dates.size, bool)
        if by_sum and phenology.biofix != "fixed":
            told = np.where(known & (dates < np.datetime64(str(start), "ns")), np.int8(NO), told)
        truth[stage.id] = told[:, held]
        every = row.reasons(place, known)
        reasons[stage.id] = [every[number] for number in held.tolist()]
    return Staged(dates=wanted, truth=truth, reasons=reasons)


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


def stages_now(profile: CropProfile, told: Staged, *, day: int) -> tuple[StageNow, ...]:
    """Stages that the crop is in on a day, or may be.

    Args:
        profile: of the crop.
        told: from `present_at`.
        day: place of the day.
    """
    found = []
    for stage in profile.phenology.stages:
        members = told.truth[stage.id][:, day]
        known = members[members != UNKNOWN]
        if known.size and not (known == YES).any():
            continue
        share = round(float((known == YES).mean()), 4) if known.size and members.size > 1 else None
        reason = told.reasons[stage.id][day]
        found.append(StageNow(id=stage.id, name=stage.name, reason=reason, probability=share))
    return tuple(found)


def _summed(phenology: Phenology, season: Season, start: date, report: Report | None) -> bool:
    """Whether the season tells degree-days since the biofix, and stages are told by them."""
    if not any(stage.gdd_from is not None for stage in phenology.stages):
        return False
    if any(name not in season.days for name in _NEEDS):
        return False
    first = season.days["day"].values[0]
    if first > np.datetime64(start, "ns"):
        return False
    return report is None or np.datetime64(report.on, "ns") >= first


def _sums_on(dates: Any, phenology: Phenology, season: Season, start: date) -> Any:
    """Degree-days since the biofix [member, day]; missing on days beyond the season."""
    highest, lowest = (np.atleast_2d(row_of(season.days, name, dim="day")) for name in _NEEDS)
    amounts = degree_days(
        highest,
        lowest,
        method=phenology.method,
        limits=(phenology.base_celsius, phenology.upper_celsius),
        cut_off=phenology.cutoff,
    )
    days = season.days["day"].values
    sums = np.full((amounts.shape[0], dates.size), np.nan)
    counted = np.where(days >= np.datetime64(start, "ns"), amounts, 0.0)
    sums[:, np.searchsorted(dates, days)] = np.cumsum(counted, axis=-1)
    return sums
