"""Which stages the crop is in on each day: as reported, by degree-days, or by the calendar.

What the farmer reports wins from its day on. Where the model of the stage (degree-days or
calendar) puts the crop elsewhere on that day, the reported stage is taken to begin on it, and the
stages after it move along. Stages of a calendar overlap, as those of a county's fields do, so a
stage is a condition of its own on each day: no, unknown or yes.

A stage told by degree-days whose sum is not known, at all or on a day, is told by its calendar;
without one it is unknown, which is not the same as a wrong stage.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import xarray as xr

from forecast.advise.calendar_days import Dates, within
from forecast.advise.profile.parts import Season
from forecast.advise.profile.phenology import ANY_STAGE, Phenology
from forecast.advise.stage_rows import Reason, Report, StageRow
from forecast.agromet.degree_days import accumulate, degree_days, describe
from forecast.agromet.timewise import along
from forecast.agromet.truth import NO, UNKNOWN, YES, all_of
from forecast.errors import DataError
from forecast.times import DayBoundary, days

__all__ = ["Reason", "Report", "applies", "by_hour", "stages", "warmth"]


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
        DataError: the sums are not those of these days, or do not reach back to the report.
    """
    known = dates.astype("datetime64[ns]")
    if sums is not None and not np.array_equal(sums["day"].values, known):
        raise DataError("stages were asked of days other than those of the degree-days")
    row = StageRow.of(phenology, known, report=report, summed=sums is not None)
    rows, reasons = [], []
    for place, stage in enumerate(phenology.stages):
        told, summed = row.by_calendar(place), np.zeros(known.size, bool)
        truth = xr.DataArray(told, dims="day", coords={"day": known})
        if sums is not None and stage.gdd_from is not None:
            truth = along(partial(row.by_sum, place), sums, dim="day", dtype=np.int8)
            truth = truth.assign_coords(day=known)
            others = [dim for dim in sums.dims if dim != "day"]
            lazy = sums.chunks is not None
            summed = np.ones(known.size, bool) if lazy else sums.notnull().any(others).values
        rows.append(truth)
        reasons.append(row.reasons(place, summed))
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
