"""Skill of a region's published forecasts from the pairs that its observation store keeps."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from forecast import regions
from forecast.errors import InvalidRequest, StoreMissing
from forecast.parameters import seen_on
from forecast.pipeline.pairing import compared, land_around, with_places
from forecast.pipeline.verification import PERSISTENCE, VerifyOrder, continuous, events, extent
from forecast.store import Cycle, RegionStore
from forecast.store.observations import ObservationStore
from forecast.store.paths import StorePaths
from forecast.store.skill import write_skill
from forecast.variables import published
from forecast.verify.comparison import KEY, Comparison, with_persistence
from forecast.verify.continuous import Rule, score_table
from forecast.verify.document import About, skill_document
from forecast.verify.section import Section, SkillReport, limits_of
from grids import LonLat, OutsideGrid
from grids.regrid import Mesh, apply, covers, interpolation

Floats = npt.NDArray[np.float64]

REFERENCES: Final = ("bilinear", "nearest", "fixed-lapse", "zhitian")
"""The first of these that the store has is what the others are held against."""

CALIBRATED: Final = "calibrated"

LAND: Final = 0.5
"""Share of land from which a cell counts as land."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionOrder:
    """Whose archive to score.

    Attributes:
        region: name, or a region file.
        store: folder of all regions' stores.
        now: aware UTC, when the document is made.
    """

    region: str
    store: Path
    now: datetime


def verify_region(order: VerifyOrder, asked: RegionOrder) -> SkillReport:
    """Score a region's archive of pairs and keep the skill document beside its store.

    Args:
        order: splits, variables, dataset and title; files are not used.
        asked: the region.

    Raises:
        StoreMissing: the region has no store or no observations.
        InvalidRequest: no forecast stands beside an observation yet.
    """
    name = regions.load(asked.region).name
    root = asked.store / name
    store = ObservationStore.open(StorePaths(root).observations)
    cycle = _cycle(root)
    table, found = _pairs(store, order.variables, source=cycle.source if cycle else None)
    table = with_places(table, _places(store.stations(), cycle))
    # corrected values are there for some hours and stations only: they are compared apart
    methods = tuple(method for method in found if method != CALIBRATED) or found
    reference = next((method for method in REFERENCES if method in methods), methods[0])
    comparison = compared(table, methods, reference=reference)
    if comparison.table.empty:
        raise InvalidRequest(f"region {name}: no pair is left that every method has")
    rule = Rule(order.splits, reference, order.block_degrees)
    sections = [*continuous(comparison, rule), *events(comparison, rule)]
    sections += _beside_persistence(store, comparison, rule)
    seen = seen_on(order.dataset) if order.dataset else ()
    about = About(
        region=name,
        sources=() if cycle is None else (cycle.source,),
        simulated=cycle is not None and cycle.simulated,
        made=asked.now,
    )
    document = skill_document(comparison, about, reference=reference, seen=seen)
    if CALIBRATED in found and CALIBRATED not in methods:
        corrected = compared(table, found, reference=reference)
        sections += _corrected(corrected, rule)
        apart = skill_document(corrected, about, reference=reference, seen=seen)
        document["rows"] += [row for row in apart["rows"] if row["method"] == CALIBRATED]
    path = write_skill(root, document)
    return SkillReport(
        title=order.title,
        sections=tuple(sections),
        facts=(extent(comparison.table), f"skill document: {path.name} beside the store of {name}"),
        limits=limits_of(comparison.table, seen=seen),
        pairs=comparison,
    )


def _pairs(
    store: ObservationStore, variables: tuple[str, ...] | None, *, source: str | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """A wide table of one source's runs, one column a method, and the methods.

    Raises:
        InvalidRequest: there are none.
    """
    found = []
    for name in variables or published():
        pairs = store.pairs(variable=name, source=source)
        if not pairs.empty:
            found.append(pairs.assign(variable=name))
    if not found:
        raise InvalidRequest(
            f"the region's store holds no forecast{f' of {source}' if source else ''} beside a good"
            " observation yet; take in observations with `zhitian observations` and run a cycle"
        )
    long = pd.concat(found, ignore_index=True)
    long = long.drop_duplicates([*KEY, "method"], keep="last")
    methods = tuple(map(str, long["method"].drop_duplicates()))
    wide = long.pivot(index=KEY, columns="method", values="forecast")
    observed = long.drop_duplicates(KEY).set_index(KEY)["observed"]
    return wide.join(observed).reset_index(), methods


def _corrected(comparison: Comparison, rule: Rule) -> list[Section]:
    """Scores where the run was corrected from observations, all methods at those pairs."""
    if comparison.table.empty:
        return []
    title = "Where observations corrected the run: the same hours and stations for all"
    return [Section(title=title, kind="continuous", table=score_table(comparison, rule))]


def _beside_persistence(
    store: ObservationStore, comparison: Comparison, rule: Rule
) -> list[Section]:
    observed = store.observations(variables=list(comparison.variables))
    persisted = with_persistence(comparison, observed.rename(columns={"value": "observed"}))
    if persisted is None:
        return []
    table = score_table(persisted, rule._replace(reference=PERSISTENCE))
    title = "Beside persistence: the same hour of the day before"
    return [Section(title=title, kind="continuous", table=table)]


def _cycle(root: Path) -> Cycle | None:
    """The current cycle, whose model heights tell the classes; None where none is published."""
    try:
        return RegionStore.open(root).current()
    except StoreMissing:
        return None


def _places(stations: pd.DataFrame, cycle: Cycle | None) -> pd.DataFrame:
    """Where stations stand, how far above the model and in how much land, where that is known."""
    places = stations.set_index("station")[["longitude", "latitude", "elevation"]].copy()
    places["dz"] = np.nan
    places["land_fraction"] = np.nan
    if cycle is None:
        return places.drop(columns="elevation")
    terrain = cycle.terrain()
    longitude, latitude = (places[axis].to_numpy(float) for axis in ("longitude", "latitude"))
    heights = _model_heights(cycle, terrain, longitude=longitude, latitude=latitude)
    places["dz"] = places["elevation"].to_numpy(float) - heights
    if "land_fraction" in terrain:
        land = terrain["land_fraction"].load()
        places["land_fraction"] = land_around(
            land.where(land >= LAND), longitude=longitude, latitude=latitude
        )
    return places.drop(columns="elevation")


def _model_heights(
    cycle: Cycle, terrain: xr.Dataset, *, longitude: Floats, latitude: Floats
) -> Floats:
    """The model's height at each station, m: of its cell, beyond the region of the model's nodes.

    Missing where the run gave no heights, or does not reach.
    """
    heights = np.full(longitude.size, np.nan)
    native = cycle.native()
    if "model_elevation" in native:
        mesh = Mesh.from_dataset(native)
        reached = covers(mesh, longitude=longitude, latitude=latitude)
        weights = interpolation(mesh, longitude=longitude[reached], latitude=latitude[reached])
        heights[reached] = apply(weights, native["model_elevation"].values.ravel())
    if "model_elevation" in terrain:
        field = terrain["model_elevation"].transpose("latitude", "longitude").values
        for place, (east, north) in enumerate(zip(longitude, latitude, strict=True)):
            try:
                heights[place] = field[cycle.grid.locate(LonLat(longitude=east, latitude=north))]
            except OutsideGrid:
                continue
    return heights
