"""Skill of forecasts as a report: at stations, against a finer model, or of a region's archive."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pandas as pd
import xarray as xr

from forecast.errors import InvalidRequest
from forecast.parameters import seen_on
from forecast.pipeline.hidden_truth import TRUTH, HiddenPairs, TruthOrder, hidden_pairs
from forecast.pipeline.station_calibration import with_stations
from forecast.pipeline.station_skill import StationOrder, StationPairs, station_pairs
from forecast.times import iso
from forecast.variables import require
from forecast.verify.areas import field_table, fss_table
from forecast.verify.classes import Split
from forecast.verify.comparison import Comparison, with_persistence
from forecast.verify.continuous import Rule, score_table
from forecast.verify.events import (
    FROST_VARIABLE,
    RAIN,
    RAIN_MM,
    daily_rain,
    frost_table,
    rain_table,
)
from forecast.verify.members import member_scores, ranks
from forecast.verify.resampling import BLOCK_DEGREES
from forecast.verify.section import Section, SkillReport, limits_of
from forecast.verify.significance import looks
from grids import BoundingBox

Report = Callable[[str, int, int], None]

PERSISTENCE: Final = "persistence"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOrder:
    """What to verify.

    Attributes:
        forecasts: model files, downscaled files, or the coarse run beside `truth`.
        observations: station file with observations, or None.
        truth: files of a finer model, or empty.
        terrain: elevation file, or None.
        orography: file with the model's orography, or None.
        variables: names, or None for all that both sides have.
        splits: what to split by.
        box: part of the truth to score, or None.
        block_cells: side of the blocks of the truth whose means make a coarse run, or None.
        every: step between the truth's nodes that are kept, or None.
        hours: length of the steps that are refined to hours, or None.
        block_degrees: side of the bootstrap's squares.
        dataset: name of the data in the table of parameters, or empty.
        title: of the report.
        calibrate: whether stations correct the forecast too, those that are scored hidden.
        timezone: zone of times of observations that do not say theirs, or None.
    """

    forecasts: tuple[Path, ...] = ()
    observations: Path | None = None
    truth: tuple[Path, ...] = ()
    terrain: Path | None = None
    orography: Path | None = None
    variables: tuple[str, ...] | None = None
    splits: tuple[Split, ...] = ()
    box: BoundingBox | None = None
    block_cells: int | None = None
    every: int | None = None
    hours: int | None = None
    block_degrees: float = BLOCK_DEGREES
    dataset: str = ""
    title: str = "Skill"
    calibrate: bool = False
    timezone: str | None = None


def verify(order: VerifyOrder, *, report: Report) -> SkillReport:
    """Compare forecasts with observations, or with a finer model.

    Raises:
        InvalidRequest: the two sides have nothing in common, or contradict.
        SourceError: a file cannot be read.
    """
    if order.variables is not None:
        require(order.variables)
    if order.truth and order.observations:
        raise InvalidRequest(
            "--truth and --observations were given; compare with one of them at a time"
        )
    if order.truth:
        return _against_truth(order, report=report)
    if order.observations is None or not order.forecasts:
        raise InvalidRequest(
            "nothing to compare was given; name --forecast files and --observations, --truth"
            " files, or --region"
        )
    return _at_stations(order, order.observations, report=report)


def _at_stations(order: VerifyOrder, observations: Path, *, report: Report) -> SkillReport:
    asked = StationOrder(
        forecasts=order.forecasts,
        observations=observations,
        terrain=order.terrain,
        orography=order.orography,
        variables=order.variables,
        timezone=order.timezone,
    )
    found = station_pairs(asked, report=report)
    rule = Rule(order.splits, found.reference, order.block_degrees)
    sections = [*continuous(found.comparison, rule), *events(found.comparison, rule)]
    persisted = with_persistence(found.comparison, found.observed)
    if persisted is not None:
        sections.append(
            Section(
                title="Beside persistence: the same hour of the day before",
                kind="continuous",
                table=score_table(persisted, rule._replace(reference=PERSISTENCE)),
                notes=("Only pairs whose day before was observed and known at the start.",),
            )
        )
    sections += _of_members(found)
    if order.calibrate:
        heights = found.stations.points["elevation"].values
        elevation = pd.Series(heights, index=found.stations.points["station"].values)
        sections.append(with_stations(found.comparison, rule, elevation=elevation))
    return _finished(order, found.comparison, sections, words=found.words, ahead=True)


def _against_truth(order: VerifyOrder, *, report: Report) -> SkillReport:
    asked = TruthOrder(
        truth=order.truth,
        forecasts=order.forecasts,
        terrain=order.terrain,
        orography=order.orography,
        variables=order.variables,
        box=order.box,
        block=order.block_cells,
        every=order.every,
        hours=order.hours,
    )
    found = hidden_pairs(asked, report=report)
    rule = Rule(order.splits, found.reference, order.block_degrees)
    sections = [] if found.comparison is None else continuous(found.comparison, rule)
    sections += _of_rain(found)
    made = _finished(order, found.comparison, sections, words=found.words, ahead=found.ahead)
    if found.comparison is None and found.extent is not None:
        seen = seen_on(order.dataset) if order.dataset else ()
        return replace(made, limits=limits_of(found.extent, seen=seen))
    return made


def continuous(comparison: Comparison, rule: Rule) -> list[Section]:
    """The section of error measures.

    Args:
        comparison: pairs that all methods have.
        rule: classes and reference.
    """
    table = score_table(comparison, rule)
    return [
        Section(
            title=f"Errors, and their change beside {rule.reference}",
            kind="continuous",
            table=table,
            notes=(*comparison.notes, looks(int(table["mae_low"].notna().sum()))),
        )
    ]


def events(comparison: Comparison, rule: Rule) -> list[Section]:
    """The sections of frost and of daily rain, where there was any.

    Args:
        comparison: pairs that all methods have.
        rule: classes.
    """
    sections = []
    if FROST_VARIABLE in comparison.variables:
        frost = frost_table(comparison, rule)
        if frost["events"].any():
            title = "Frost: air temperature at or below the limit, °C"
            sections.append(Section(title=title, kind="frost", table=frost))
    if RAIN in comparison.variables:
        daily = daily_rain(comparison)
        if not daily.table.empty:
            title = "Rain of 24 h at or above the limit, mm"
            sections.append(Section(title=title, kind="rain", table=rain_table(daily, rule)))
    return sections


def _of_rain(found: HiddenPairs) -> list[Section]:
    if not found.rain:
        return []
    truth = found.rain[TRUTH]
    forecasts = {name: field for name, field in found.rain.items() if name != TRUTH}
    return [
        Section(
            title="Rain, sum over the run, cell by cell, mm",
            kind="field",
            table=field_table(forecasts, truth),
            notes=("Intervals: blocks of 20 x 20 cells of the truth.",),
        ),
        Section(
            title="Rain, fractions skill score in neighbourhoods of the truth's cells",
            kind="fss",
            table=fss_table(forecasts, truth, thresholds=RAIN_MM),
            notes=("1 is perfect; useful from 0.5 + half the frequency on.",),
        ),
    ]


def _of_members(found: StationPairs) -> list[Section]:
    if not found.members:
        return []
    rows, histograms = [], []
    for name in found.comparison.variables:
        observed = found.observed[found.observed["variable"] == name]
        for method, dataset in found.members.items():
            members, truth = _stacked(dataset[name], observed)
            rows.append({"variable": name, "method": method} | member_scores(members, truth))
            shares = ranks(members, truth).assign(variable=name, method=method)
            histograms.append(shares)
    return [
        Section(title="Members", kind="members", table=pd.DataFrame(rows)),
        Section(
            title="Ranks of the observation among the members",
            kind="ranks",
            table=pd.concat(histograms, ignore_index=True),
            notes=("Flat is right; high ends mean too little spread.",),
        ),
    ]


def _stacked(field: xr.DataArray, observed: pd.DataFrame) -> tuple[xr.DataArray, xr.DataArray]:
    """Members (realization, pair) and observations (pair) at common stations and times."""
    rows = pd.Index(field["station"].values).get_indexer(observed["station"])
    steps = pd.DatetimeIndex(field["time"].values).get_indexer(pd.DatetimeIndex(observed["time"]))
    known = (rows >= 0) & (steps >= 0)
    values = field.transpose("realization", "point", "time").values[:, rows[known], steps[known]]
    truth = observed["observed"].to_numpy(float)[known]
    return xr.DataArray(values, dims=("realization", "pair")), xr.DataArray(truth, dims="pair")


def _finished(
    order: VerifyOrder,
    comparison: Comparison | None,
    sections: list[Section],
    *,
    words: tuple[str, ...],
    ahead: bool,
) -> SkillReport:
    seen = seen_on(order.dataset) if order.dataset else ()
    facts = list(words)
    limits: tuple[str, ...] = ()
    if comparison is not None:
        facts.append(extent(comparison.table))
        limits = limits_of(comparison.table, seen=seen, ahead=ahead)
    return SkillReport(
        title=order.title,
        sections=tuple(sections),
        facts=tuple(facts),
        limits=limits,
        pairs=comparison,
    )


def extent(table: pd.DataFrame) -> str:
    """How many pairs, of what, where and when, in one sentence.

    Args:
        table: pairs.
    """
    ends = table["time"].min(), table["time"].max()
    first, last = (iso(end.to_datetime64()) for end in ends)
    period = first if first == last else f"{first} to {last}"
    return (
        f"{len(table):,} pairs of {table['variable'].nunique()} variables at"
        f" {table['station'].nunique():,} stations or cells, {period}"
    )
