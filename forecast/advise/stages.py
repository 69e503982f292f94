"""Which stages the crop is in on each day: as reported, by degree-days, or by the calendar.

What the farmer reports wins from its day on. Where the model of the stage (degree-days or
calendar) puts the crop elsewhere on that day, the reported stage is taken to begin on it, and the
stages after it move along. Stages of a calendar overlap, as those of a county's fields do, so a
stage is a condition of its own on each day: no, unknown or yes.

A stage told by degree-days whose sum is not known, at all or on a day, is told by its calendar;
without one it is unknown, which is not the same as a wrong stage.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import xarray as xr

from forecast.advise.calendar_days import Dates, shift_to, within
from forecast.advise.profile.parts import Season
from forecast.advise.profile.phenology import ANY_STAGE, Phenology, Stage
from forecast.agromet.degree_days import accumulate, degree_days, describe
from forecast.agromet.truth import NO, UNKNOWN, YES, all_of
from forecast.errors import DataError, InvalidRequest
from forecast.times import DayBoundary, days

Reason = Literal["reported", "degree-days", "calendar", "not known"]


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody saw in the field.

    Attributes:
        stage: name of the stage in the profile.
        on: day on which it was seen.
    """

    stage: str
    on: date


def warmth(
    phenology: Phenology,
    *,
    highest: xr.DataArray,
    lowest: xr.DataArray,
    biofix: date,
    before: Any = 0.0,
) -> xr.DataArray:
    """Degree-days since the biofix by the method of the profile, degC d.

    Args:
        phenology: of the profile.
        highest: daily maximum, degC, any dims with `day`.
        lowest: daily minimum, degC, alike.
        biofix: day from which is counted, itself included.
        before: sum up to the first day of the series, where it begins after the biofix.

    Returns:
        Sum up to the end of each day; method, limits and biofix in its attributes.

    Raises:
        DataError: the series begins after the biofix and no sum is given.
    """
    first = highest["day"].values[0].astype("datetime64[D]")
    begin = np.datetime64(biofix, "D")
    if first > begin and np.ndim(before) == 0 and before == 0.0:
        raise DataError(
            f"degree-days since {begin} were asked of days from {first} on;"
            " give the sum up to there, or the days"
        )
    limits = (phenology.base_celsius, phenology.upper_celsius)
    amounts = degree_days(
        highest, lowest, method=phenology.method, limits=limits, cut_off=phenology.cutoff
    )
    total = accumulate(amounts, biofix=begin.astype("datetime64[ns]")) + before
    return describe(
        total,
        method=phenology.method,
        limits=limits,
        cut_off=phenology.cutoff,
        biofix=begin.item().isoformat(),
    )


def stages(
    phenology: Phenology,
    dates: Dates,
    *,
    sums: xr.DataArray | None = None,
    report: Report | None = None,
) -> xr.DataArray:
    """Whether the crop is in each stage on each day.

    Args:
        phenology: of the profile.
        dates: days [day], ascending.
        sums: degree-days since the biofix, from `warmth`, with these days and any other dims.
        report: newest report of the farmer.

    Returns:
        int8 `NO`, `UNKNOWN`, `YES` on (stage, …, day), lazy where the sums are, with the coord
        `reason` (stage, day).

    Raises:
        InvalidRequest: the report names a stage that the profile does not have.
        DataError: the sums are not those of these days.
    """
    known = dates.astype("datetime64[ns]")
    reported = None if report is None else _reported(phenology, report)
    if sums is not None:
        _check(sums, known, reported)
    rows, reasons = [], []
    for place, stage in enumerate(phenology.stages):
        row = _by_calendar(phenology.stages, place, known, reported)
        told = None
        if sums is not None and stage.gdd_from is not None:
            told = _by_sum(phenology.stages, place, sums, reported)
            row = told if stage.calendar is None else xr.where(told == UNKNOWN, row, told)
            row = row.transpose(*sums.dims)
        rows.append(row)
        reasons.append(_reason(stage, known, by_sum=told, reported=reported))
    joined = xr.concat(rows, dim="stage", coords="minimal", compat="override")
    names = [stage.id for stage in phenology.stages]
    return joined.assign_coords(stage=names, reason=(("stage", "day"), np.array(reasons)))


def applies(
    present: xr.DataArray, names: Sequence[str], *, season: Season | None = None
) -> xr.DataArray:
    """Whether a rule for some stages and days of the year applies on each day, three-valued.

    Args:
        present: from `stages`.
        names: stages of the rule; `any` for all days.
        season: first and last day of the year.
    """
    dates = present["day"].values
    if ANY_STAGE in names:
        held = xr.DataArray(np.full(dates.size, YES, np.int8), dims="day", coords={"day": dates})
    else:
        held = present.sel(stage=list(names)).drop_vars("reason").max("stage")
    if season is None:
        return held
    inside = np.where(within(dates, season), np.int8(YES), np.int8(NO))
    return all_of(held, xr.DataArray(inside, dims="day", coords={"day": dates}))


def by_hour(truth: xr.DataArray, times: Dates, *, boundary: DayBoundary, zone: str) -> xr.DataArray:
    """Spread what holds on days over their hours; unknown on days that are not at hand.

    Args:
        truth: three-valued, with the dim `day`.
        times: hours [time], UTC, ends of intervals.
        boundary: when a day begins.
        zone: IANA zone of the boundary.
    """
    parted = days(times, boundary=boundary, zone=zone)
    wanted = parted.dates.astype("datetime64[ns]")
    held = truth.reindex(day=wanted, fill_value=np.int8(UNKNOWN))
    hours = held.isel(day=xr.DataArray(parted.number, dims="time"))
    order = ["time" if dim == "day" else dim for dim in truth.dims]
    return hours.drop_vars("day").transpose(*order).assign_coords(time=times)


def _reported(phenology: Phenology, report: Report) -> tuple[int, np.datetime64]:
    names = [stage.id for stage in phenology.stages]
    if report.stage not in names:
        raise InvalidRequest(
            f"stage {report.stage!r} was reported; the profile has {', '.join(names)}"
        )
    return names.index(report.stage), np.datetime64(report.on, "ns")


def _check(sums: xr.DataArray, dates: Dates, reported: tuple[int, np.datetime64] | None) -> None:
    if not np.array_equal(sums["day"].values, dates):
        raise DataError("stages were asked of days other than those of the degree-days")
    if reported is not None and reported[1] < dates[0]:
        raise DataError(
            f"a stage was reported on {str(reported[1])[:10]}; degree-days are at hand from"
            f" {str(dates[0])[:10]} on, and must reach back to it"
        )


def _by_sum(
    known: Sequence[Stage], place: int, sums: Any, reported: tuple[int, np.datetime64] | None
) -> xr.DataArray:
    begin, end = _span(known, place)
    row = _between(sums, begin, end)
    if reported is None:
        return row
    seen, on = reported
    after = sums["day"] >= on
    seen_from, seen_to = _span(known, seen)
    if known[seen].gdd_from is None or not bool(after.any()):
        return xr.where(after & (place < seen), np.int8(NO), row).transpose(*sums.dims)
    at_report = sums.isel(day=int(np.argmax(after.values)), drop=True)
    agrees = (at_report >= seen_from) & (at_report < seen_to)
    moved = sums + xr.where(agrees, 0.0, seen_from - at_report)
    anchored = np.int8(NO) if place < seen else _between(moved, begin, end)
    result = xr.where(after, anchored, row)
    if place == seen:
        result = xr.where(sums["day"] == on, np.int8(YES), result)
    return result.transpose(*sums.dims).astype(np.int8)


def _span(known: Sequence[Stage], place: int) -> tuple[float, float]:
    """Degree-days from which to which a stage lasts."""
    later = (stage.gdd_from for stage in known[place + 1 :] if stage.gdd_from is not None)
    return known[place].gdd_from or 0.0, next(later, np.inf)


def _between(sums: xr.DataArray, begin: float, end: float) -> xr.DataArray:
    inside = (sums >= begin) & (sums < end)
    truth = xr.where(inside, np.int8(YES), np.int8(NO))
    return xr.where(sums.isnull(), np.int8(UNKNOWN), truth).astype(np.int8)


def _by_calendar(
    known: Sequence[Stage], place: int, dates: Dates, reported: tuple[int, np.datetime64] | None
) -> xr.DataArray:
    plain = _in_calendar(known[place], dates, np.timedelta64(0, "D"))
    if reported is not None:
        seen, on = reported
        moved = _in_calendar(known[place], dates, shift_to(known[seen].calendar, on))
        if place < seen:
            moved = np.full(dates.size, NO, np.int8)
        elif place == seen:
            lasting = known[seen].calendar is None
            moved = np.where((dates == on) | lasting, np.int8(YES), moved)
        plain = np.where(dates >= on, moved, plain)
    return xr.DataArray(plain.astype(np.int8), dims="day", coords={"day": dates})


def _in_calendar(stage: Stage, dates: Dates, shift: np.timedelta64) -> Any:
    if stage.calendar is None:
        return np.full(dates.size, UNKNOWN, np.int8)
    return np.where(within(dates - shift, stage.calendar), np.int8(YES), np.int8(NO))


def _reason(
    stage: Stage,
    dates: Dates,
    *,
    by_sum: xr.DataArray | None,
    reported: tuple[int, np.datetime64] | None,
) -> list[Reason]:
    """What tells a stage on each day; sums that are lazy count as known."""
    plain: Reason = "calendar" if stage.calendar else "not known"
    summed = np.zeros(dates.size, bool)
    if by_sum is not None:
        known = by_sum != UNKNOWN
        others = [dim for dim in by_sum.dims if dim != "day"]
        lazy = by_sum.chunks is not None
        summed = np.ones(dates.size, bool) if lazy else known.any(others).values
    models: list[Reason] = ["degree-days" if by else plain for by in summed]
    return [
        "reported" if reported and day >= reported[1] else model
        for day, model in zip(dates, models, strict=True)
    ]
