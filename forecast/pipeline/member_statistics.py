"""What stations say of the members of a run: coefficients before it is published, more pairs after.

The members are kept for the stations as they are published, with the correction of their run: what
is learnt from them is what that correction has left. Times that had been observed when the run was
made are left out, as the correction knew them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from forecast import calibrate, downscale
from forecast.emos import ATTRIBUTE, STRETCHED, LeadEmos, from_text, to_text
from forecast.pipeline.calibrating import HISTORY
from forecast.pipeline.witnesses import Witnesses, on_grid
from forecast.store import Cycle
from forecast.store.observations.frames import MEAN, SPREAD
from forecast.times import parse_instant, to_datetime64

Report = Callable[[str, int, int], None]

MEMBER: Final = "realization"

KEPT_EVERY_H: Final = 3
"""Only every third hour of UTC is kept: its neighbours say almost the same."""

FEWEST: Final = 2
"""Members without which there is no spread."""


def with_coefficients(
    correction: xr.Dataset,
    found: Witnesses | None,
    *,
    source: str,
    now: datetime,
    simulated: bool = False,
) -> xr.Dataset:
    """A correction with the coefficients for the members of its run, or with why there are none.

    Args:
        correction: of the run.
        found: the stations and what they observed.
        source: name of the run's source, whose earlier runs are looked at.
        now: observations after it are not looked at, aware UTC.
        simulated: whether the run is a bundled scenario.
    """
    if found is None:
        why = "a simulated run" if simulated else "no station in or near the region observed"
        return correction.assign_attrs({ATTRIBUTE: to_text((), refused=(why,))})
    spans: list[LeadEmos] = []
    for name in STRETCHED:
        if name in found.variables:
            pairs = found.store.member_pairs(
                variable=name, source=source, since=now - HISTORY, until=now
            )
            spans += calibrate.fit_leads(pairs, variable=name)
    return calibrate.check(correction.assign_attrs({ATTRIBUTE: to_text(spans)}))


def keep_members(
    found: Witnesses | None, cycle: Cycle, *, correction: xr.Dataset, report: Report
) -> tuple[str, ...]:
    """Keep mean and spread of a published cycle's members at the stations' own heights.

    Members are read and downscaled one by one. A run with a correction is kept for the stations
    within its region only, as beyond it nothing is corrected.

    Args:
        found: from `witnesses.witnesses`.
        cycle: as published.
        correction: that it was published with.
        report: called with (stage, done, total).

    Returns:
        Sentences about what was kept.

    Raises:
        DamagedCycle: a member cannot be read.
    """
    if found is None or not cycle.has("members"):
        return ()
    corrected = bool(correction.sizes["term"])
    if corrected:
        found = on_grid(found, correction)
    names = tuple(name for name in STRETCHED if name in found.variables)
    if found.stations.empty or not names:
        return ()
    members = cycle.members()
    count = members.sizes[MEMBER]
    sums = _Sums()
    for place in range(count):
        member = members.isel({MEMBER: place}, drop=True).load()
        made = downscale.at_points(
            member,
            found.target,
            variables=names,
            correction=correction if corrected else None,
        )
        sums.add(_kept_times(made, correction)[list(names)])
        report(f"members at stations of {cycle.region}", place + 1, count)
    table = _table(sums, found.stations).assign(
        cycle_id=cycle.id, source=cycle.source, reference_time=cycle.reference_time
    )
    intake = found.store.add_forecasts(table)
    return (
        f"mean and spread of {count} members kept for {len(found.stations)} stations",
        *intake.words(),
    )


def words(correction: xr.Dataset) -> tuple[str, ...]:
    """Say in sentences by how much members are stretched, or why they are not.

    Args:
        correction: from `with_coefficients`; of a run without members nothing is said.
    """
    spans, refused = from_text(correction.attrs.get(ATTRIBUTE))
    return (*map(_sentence, spans), *(f"members stay as they are: {why}" for why in refused))


def _sentence(one: LeadEmos) -> str:
    label = f"members of {one.variable}, {one.leads}"
    if one.emos is None or not one.applied:
        return f"{label}: stay as they are: {one.refused}"
    return (
        f"{label}: spread fitted to {one.emos.pairs} pairs of {one.emos.days} days;"
        f" CRPS at hidden days {one.emos.crps_before:.3f} before, {one.emos.crps_after:.3f} after"
    )


class _Sums:
    """Mean and spread of members that come one by one (Welford 1962, Technometrics 4, 419)."""

    def __init__(self) -> None:
        self._count: xr.Dataset | None = None

    def add(self, member: xr.Dataset) -> None:
        """Take one more member; what it lacks is left out."""
        values = member.astype(np.float64)
        known = values.notnull()
        if self._count is None:
            self._count = xr.zeros_like(values)
            self._mean, self._squares = xr.zeros_like(values), xr.zeros_like(values)
        self._count = self._count + known
        departure = (values - self._mean).where(known, 0.0)
        self._mean = self._mean + departure / self._count.clip(min=1.0)
        self._squares = self._squares + departure * (values - self._mean).where(known, 0.0)

    def mean(self) -> xr.Dataset:
        """Mean of the members that are there; missing where there are fewer than two."""
        assert self._count is not None  # noqa: S101 - an ensemble has members
        return self._mean.where(self._count >= FEWEST)

    def spread(self) -> xr.Dataset:
        """Their standard deviation, by n - 1."""
        assert self._count is not None  # noqa: S101 - an ensemble has members
        variance = self._squares / (self._count - 1.0).clip(min=1.0)
        return (variance**0.5).where(self._count >= FEWEST)


def _kept_times(made: xr.Dataset, correction: xr.Dataset) -> xr.Dataset:
    """The hours that are kept: every third, none that had been observed."""
    times = made["time"].values
    hours = times.astype("datetime64[h]").astype(np.int64)
    kept: npt.NDArray[np.bool_] = hours % KEPT_EVERY_H == 0
    if correction.attrs["observed_until"]:
        kept &= times > to_datetime64(parse_instant(correction.attrs["observed_until"]))
    return made.isel(time=np.flatnonzero(kept))


def _table(sums: _Sums, stations: pd.DataFrame) -> pd.DataFrame:
    """Station, time, variable, method and value, one row a number."""
    parts = []
    for method, dataset in ((MEAN, sums.mean()), (SPREAD, sums.spread())):
        for name, field in dataset.data_vars.items():
            values = field.transpose("time", "point").values
            part = {
                "station": np.tile(stations["station"].to_numpy(object), len(values)),
                "time": np.repeat(field["time"].values, len(stations)),
                "variable": str(name),
                "method": method,
                "value": values.ravel(),
            }
            parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True).dropna(subset="value")
