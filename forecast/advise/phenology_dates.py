"""When stages are reached by degree-days: dates over members, years that were, and thresholds.

A future is a member up to the end of its forecast, then a year of the past (or the long-term
mean, where no years are known), with a threshold drawn from its normal distribution. Draws are
the middles of strata of equal chance, so that the same question has the same answer.
"""

from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.advise.advice import StageDate
from forecast.advise.calendar_days import month_day
from forecast.advise.chances import MEMBER
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.phenology import Phenology, Stage
from forecast.advise.quantiles import at_share
from forecast.advise.stages import Report
from forecast.advise.weather import Season
from forecast.agromet.degree_days import degree_days
from forecast.errors import DataError, InvalidRequest

DRAWS: Final = 9
"""Strata of a threshold's distribution: 5.6, 16.7, … 94.4 %."""

NEAR: Final = 1e-6
"""degC d; a sum this near to a threshold reaches it."""

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sums:
    """Degree-days since the biofix, degC d.

    Attributes:
        dates: days from the biofix on [day].
        members: up to the end of each day that is past or forecast [member, day].
        later: what each year adds after these, up to the end of each day [year, day].
        years: of the past that were laid on; 0 where the long-term mean stands for them.
    """

    dates: npt.NDArray[np.datetime64]
    members: Doubles
    later: Doubles
    years: int


def stage_dates(
    profile: CropProfile,
    season: Season,
    *,
    today: date,
    report: Report | None = None,
    sown: date | None = None,
) -> tuple[StageDate, ...]:
    """Dates of the newest stage that was reached, and of all to come that go by degree-days.

    None where nothing tells the day from which is counted, or a day since then is not known. A
    report of a stage counts as in `forecast.advise.stages`: where the sum puts the crop elsewhere
    on that day, the stage is taken to begin on it, and the stages after it move along.

    Args:
        profile: of the crop.
        season: days of the year at the place.
        today: day of the profile; stages reached before it are past.
        report: newest report of the farmer.
        sown: day of sowing or planting.

    Raises:
        InvalidRequest: the report names a stage that the profile does not have.
        DataError: a stage was reported before the first day of the season.
    """
    phenology = profile.phenology
    anchor = None if report is None else _anchor(phenology, season, report)
    biofix = _biofix(phenology, season, today=today, sown=sown)
    if biofix is None and anchor is not None:
        biofix = anchor.on
    if biofix is None or all(stage.gdd_from is None for stage in phenology.stages):
        return ()
    sums = _sums(phenology, season, biofix=biofix, today=today)
    if sums is None:
        return ()
    found = [
        _dated(stage, _reached(place, phenology, sums, anchor), sums, today=today)
        for place, stage in enumerate(phenology.stages)
        if stage.gdd_from is not None
    ]
    past = [place for place, one in enumerate(found) if one.reached is not None]
    return tuple(found[past[-1] if past else 0 :])


class _Anchor(NamedTuple):
    """A stage that was seen: its place in the profile, and the day."""

    place: int
    on: np.datetime64


def _anchor(phenology: Phenology, season: Season, report: Report) -> _Anchor:
    names = [stage.id for stage in phenology.stages]
    if report.stage not in names:
        raise InvalidRequest(
            f"stage {report.stage!r} was reported; the profile has {', '.join(names)}"
        )
    on, first = np.datetime64(report.on, "D"), _dates(season)[0]
    if on < first:
        raise DataError(
            f"a stage was reported on {on}; degree-days are at hand from {first} on,"
            " and must reach back to it"
        )
    return _Anchor(names.index(report.stage), on)


def _dates(season: Season) -> npt.NDArray[np.datetime64]:
    return np.asarray(season.days["day"].values.astype("datetime64[D]"))


def _biofix(
    phenology: Phenology, season: Season, *, today: date, sown: date | None
) -> np.datetime64 | None:
    """Day from which is counted: as told, or the newest fixed one, or the first to come."""
    dates = _dates(season)
    if phenology.fixed_date is None:
        held = [] if sown is None else [np.datetime64(sown, "D")]
    else:
        month, day = month_day(phenology.fixed_date)
        years = range(int(str(dates[0])[:4]), int(str(dates[-1])[:4]) + 1)
        held = [np.datetime64(date(year, month, day), "D") for year in years]
    held = [one for one in held if dates[0] <= one <= dates[-1]]
    past = [one for one in held if one <= np.datetime64(today, "D")]
    return past[-1] if past else held[0] if held else None


def _sums(
    phenology: Phenology, season: Season, *, biofix: np.datetime64, today: date
) -> Sums | None:
    """Sums of all futures; None where a day since the biofix is not known."""
    dates = _dates(season)
    start = int(np.searchsorted(dates, biofix))
    dates = dates[start:]
    daily = _amounts(phenology, season.days, MEMBER)[:, start:]
    origin = season.days["origin"].values[start:]
    told = int(np.isin(origin, ("past", "forecast")).sum())
    daily = daily[np.isfinite(daily[:, :told]).any(axis=1)] if told else daily[:1]
    known = np.isfinite(daily[:, :told]).all(axis=0) & bool(len(daily))
    end = told if known.all() else int(np.argmin(known))
    if end < min(told, int((dates < np.datetime64(today, "D")).sum())):
        return None
    later, years = daily[:1, end:], 0
    if season.years is not None:
        past = _amounts(phenology, season.years, "year")[:, start:][:, end:]
        past = past[np.isfinite(past[:, :1]).all(axis=1)]
        later, years = (past, len(past)) if len(past) else (later, 0)
    return Sums(
        dates=dates,
        members=np.cumsum(daily[:, :end], axis=1),
        later=np.maximum.accumulate(np.nan_to_num(np.cumsum(later, axis=1)), axis=1),
        years=years,
    )


def _amounts(phenology: Phenology, days: xr.Dataset, outer: str) -> Doubles:
    """Degree-days of each day by the method of the profile [member or year, day]."""
    names = ("temperature_2m_max", "temperature_2m_min")
    fields = [days[name].transpose(..., "day") for name in names]
    if any(field.dims not in {("day",), (outer, "day")} for field in fields):
        raise DataError(
            f"dates of stages were asked at a place; the season has the dims {dict(days.sizes)}"
        )
    warm, cold = (field.values.astype(np.float64) for field in fields)
    limits = (phenology.base_celsius, phenology.upper_celsius)
    amounts = degree_days(
        warm, cold, method=phenology.method, limits=limits, cut_off=phenology.cutoff
    )
    return np.atleast_2d(amounts)


def _reached(place: int, phenology: Phenology, sums: Sums, anchor: _Anchor | None) -> Doubles:
    """Place of the day on which a stage is reached [member, year, draw]; infinite for never."""
    stage = phenology.stages[place]
    thresholds = _thresholds(stage)
    if anchor is None:
        return _crossed(sums, thresholds, np.zeros(len(sums.members)))
    on = float((anchor.on - sums.dates[0]).astype(int))
    moved = _moves(phenology, sums, anchor)
    if place < anchor.place:
        return np.minimum(_crossed(sums, thresholds, np.zeros_like(moved)), max(on, 0.0))
    found = _crossed(sums, thresholds, moved)
    if place > anchor.place:
        return np.maximum(found, on)
    return np.where(moved[:, np.newaxis, np.newaxis] != 0.0, on, np.minimum(found, on))


def _moves(phenology: Phenology, sums: Sums, anchor: _Anchor) -> Doubles:
    """What the sums of each member miss to the threshold of a stage that was seen; 0 if nothing."""
    stages = phenology.stages
    begins = stages[anchor.place].gdd_from
    at = int((anchor.on - sums.dates[0]).astype(int))
    if begins is None or not 0 <= at < sums.members.shape[1]:
        return np.zeros(len(sums.members))
    later = (stage.gdd_from for stage in stages[anchor.place + 1 :] if stage.gdd_from is not None)
    seen = sums.members[:, at]
    agrees = (seen >= begins) & (seen < next(later, np.inf))
    return np.where(agrees, 0.0, begins - seen)


def _thresholds(stage: Stage) -> Doubles:
    """Middles of strata of equal chance of the threshold [draw]; one where it has no spread."""
    middle = stage.gdd_from or 0.0
    if stage.gdd_sd == 0.0:
        return np.array([middle])
    shares = (np.arange(DRAWS) + 0.5) / DRAWS
    spread = NormalDist(middle, stage.gdd_sd)
    return np.maximum([spread.inv_cdf(share) for share in shares], 0.0)


def _crossed(sums: Sums, thresholds: Doubles, moved: Doubles) -> Doubles:
    """Place of the first day whose sum, moved by member, reaches each threshold."""
    wanted = thresholds - moved[:, np.newaxis]
    told = sums.members.shape[1]
    within = (sums.members[:, np.newaxis] < wanted[:, :, np.newaxis] - NEAR).sum(axis=-1)
    rest = wanted - (sums.members[:, -1:] if told else 0.0) - NEAR
    after = np.stack([told + np.searchsorted(year, rest) for year in sums.later], axis=1)
    found = np.where((within < told)[:, np.newaxis], within[:, np.newaxis], after)
    return np.where(found < sums.dates.size, found.astype(np.float64), np.inf)


def _dated(stage: Stage, places: Doubles, sums: Sums, *, today: date) -> StageDate:
    early, median, late = (_date(sums, at_share(places, share)) for share in (0.1, 0.5, 0.9))
    past = median is not None and median < np.datetime64(today, "D")
    return StageDate(
        id=stage.id,
        name=stage.name,
        reached=str(median) if past else None,
        p10=None if early is None else str(early),
        p50=None if median is None else str(median),
        p90=None if late is None else str(late),
        chance_in_forecast=float((places < sums.members.shape[1]).mean()),
        futures=places.size,
        members=len(sums.members),
        years=sums.years,
        threshold=stage.gdd_from or 0.0,
        threshold_sd=stage.gdd_sd,
    )


def _date(sums: Sums, place: float) -> np.datetime64 | None:
    return None if np.isinf(place) else sums.dates[int(place)]
