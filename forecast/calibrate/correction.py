"""The correction of a run: cold pool, then bias, then the newest residuals, each from the rest.

What each finds is taken off the errors before the next looks, at the value that the grid will
have there, so that the terms add up and nothing is corrected twice. A term stands only where
hidden stations gain by it; otherwise the reason stands in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from forecast.calibrate.bias_map import map_bias
from forecast.calibrate.cold_pool import fading, fit_pool, refusal, still_pairs
from forecast.calibrate.cross_validation import Method, Solver, spread_residuals
from forecast.calibrate.decaying_average import hour_weights
from forecast.calibrate.evidence import Evidence, Places, cells_of, errors_of, places_of
from forecast.calibrate.hidden import Labels, Verdict, suitable_blocks
from forecast.calibrate.newest import believed, lead_weight, newest_errors
from forecast.calibrate.terms import CORRECTED, Term, Told, assemble
from forecast.calibrate.terrain_features import terrain_features
from forecast.parameters import chosen
from grids.errors import OutsideGrid
from grids.geometry import LonLat
from grids.grid import Grid

Doubles = npt.NDArray[np.float64]
Times = npt.NDArray[np.datetime64]

FAINT = 0.05
"""Largest weight below which the newest residuals are too old to use."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Region:
    """Where and when a correction is made.

    `cells` holds the cells, then the stations: whatever is spread to the grid is known at the
    stations too. `features` [feature, cell and station] are NaN at stations off the grid.
    """

    grid: Grid
    times: Times
    stations: Places
    cells: Places
    features: Doubles
    method: Method

    def split(self, values: Doubles) -> tuple[Doubles, Doubles]:
        """Values at cells [row, column] and at stations."""
        count = self.grid.rows * self.grid.columns
        return values[:count].reshape(self.grid.shape), values[count:]


@dataclass(kw_only=True, eq=False)
class _Work:
    """One variable on its way: what is left of its errors, and what was found."""

    variable: str
    errors: pd.DataFrame
    labels: Labels
    terms: list[Term] = field(default_factory=list)
    before: dict[str, float] = field(default_factory=dict)
    after: dict[str, float] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def refuse(self, kind: str, why: str) -> None:
        """Note why a kind of term is not made."""
        self.refused.append(f"{self.variable}: no {kind} term: {why}")

    def measure(self, kind: str, verdict: Verdict) -> None:
        """Note what hidden stations say."""
        self.before[f"{kind} {self.variable}"] = verdict.before
        self.after[f"{kind} {self.variable}"] = verdict.after

    def add(self, kind: str, pattern: Doubles, weight: Doubles, **about: object) -> None:
        """Note a term."""
        named = {"variable": self.variable, "kind": kind, "pattern": pattern, "weight": weight}
        self.terms.append(Term(**named, **about))  # type: ignore[arg-type]


def correction(
    evidence: Evidence,
    terrain: xr.Dataset,
    *,
    times: Times,
    reference_time: np.datetime64,
    solver: Solver = "own",
) -> xr.Dataset:
    """Make the correction of a run from what stations observed.

    Args:
        evidence: stations, pairs of the uncorrected forecast and observations, still nights.
        terrain: `elevation` (m) of the region on ascending latitude and longitude.
        times: valid times of the run, UTC [time].
        reference_time: start of the run; pairs of later runs are left out.
        solver: `own`, or `gridpp` where it is installed.

    Returns:
        The correction (see `terms`); without terms where there is nothing to go by. The lead is
        counted from the newest observation used; times before it have its full weight.

    Raises:
        DataError: a table lacks a column.
        InvalidRequest: an unknown solver, or gridpp is not installed.
    """
    grid, cells = cells_of(terrain)
    stations = places_of(evidence.stations)
    region = _Region(
        grid=grid,
        times=times.astype("datetime64[ns]"),
        stations=stations,
        cells=_joined(cells, stations),
        features=_features(evidence, terrain, grid, stations),
        method=Method.of(solver),
    )
    labels = suitable_blocks(stations, cells) if stations.size else np.empty(0, dtype=np.intp)
    works = []
    for variable in CORRECTED:
        if variable not in evidence.pairs:
            continue
        errors = errors_of(evidence.pairs[variable], evidence.stations)
        errors = errors[errors["reference_time"] <= reference_time]
        works.append(_Work(variable=variable, errors=errors, labels=labels))
        _find(works[-1], region, evidence.stillness)
    newest = [work.errors["time"].max() for work in works if work.terms]
    told = Told(
        observed_until=max(newest).to_datetime64() if newest else None,
        before={name: mae for work in works for name, mae in work.before.items()},
        after={name: mae for work in works for name, mae in work.after.items()},
        refused=tuple(sentence for work in works for sentence in work.refused),
    )
    terms = [term for work in works for term in work.terms]
    return assemble(terms, grid, times=times, told=told)


def _find(work: _Work, region: _Region, stillness: xr.DataArray | None) -> None:
    """Find the terms of one variable."""
    stations, fewest = work.errors["place"].nunique(), chosen("fewest_stations")
    if stations < fewest:
        work.refused.append(
            f"{work.variable}: nothing is corrected: {stations} stations with pairs; at least"
            f" {fewest:.0f} are needed"
        )
        return
    _cold_pool(work, region, stillness)
    _bias(work, region)
    _analysis(work, region)


def _cold_pool(work: _Work, region: _Region, stillness: xr.DataArray | None) -> None:
    kind = "cold pool"
    if stillness is None or "stillness" not in work.errors.columns:
        work.refuse(kind, "nothing is known of still nights")
        return
    at_stations = region.features[:, region.cells.size - region.stations.size :]
    pairs = still_pairs(work.errors, at_stations)
    if why := refusal(pairs):
        work.refuse(kind, why)
        return
    pool = fit_pool(pairs, at_stations, labels=work.labels)
    work.measure(kind, pool.verdict)
    if not pool.verdict.gains:
        work.refuse(kind, _no_gain(pool.verdict))
        return
    fitted_at = region.stations.at(np.unique(pairs["place"].to_numpy()))
    ground = np.nan_to_num(region.features)
    patterns = pool.patterns(ground) * fading(region.cells, fitted_at)
    weight = stillness.reindex(time=region.times).fillna(0.0).values.astype(np.float64)
    spread = region.split(pool.spread(ground))[0]
    for pattern in patterns:
        if np.any(pattern):
            cells, there = region.split(pattern)
            work.add(kind, cells, weight, stations=pool.stations, spread=spread)
            still = np.nan_to_num(work.errors["stillness"].to_numpy())
            _take_off(work, still * there[work.errors["place"].to_numpy()])


def _bias(work: _Work, region: _Region) -> None:
    days, fewest = work.errors["time"].dt.floor("D").nunique(), chosen("fewest_days")
    if days < fewest:
        work.refuse("bias", f"{days} days with pairs; at least {fewest:.0f} are needed")
        return
    found = map_bias(
        work.errors,
        region.stations,
        to=region.cells,
        labels=work.labels,
        method=region.method,
    )
    work.measure("bias", found.verdict)
    if not found.verdict.gains:
        work.refuse("bias", _no_gain(found.verdict))
        return
    place, weights = work.errors["place"].to_numpy(), hour_weights(work.errors["time"].to_numpy())
    about = {
        "stations": int(work.errors["place"].nunique()),
        "spread": region.split(found.spread)[0],
    }
    cells, there = region.split(found.mean)
    work.add("bias", cells, np.ones(region.times.size), **about)
    taken = there[place]
    for part, (pattern, weight) in enumerate(
        zip(found.departure, hour_weights(region.times), strict=False)
    ):
        cells, there = region.split(pattern)
        work.add("bias", cells, weight, **about)
        taken = taken + weights[part] * there[place]
    _take_off(work, taken)


def _analysis(work: _Work, region: _Region) -> None:
    kind = "analysis"
    newest = newest_errors(work.errors)
    observed = newest["time"].max().to_datetime64()
    weight = lead_weight(region.times, observed=observed)
    if weight.max() < FAINT:
        work.refuse(kind, f"the newest observation, {observed}, is too old")
        return
    place = newest["place"].to_numpy()
    residual = -newest["error"].to_numpy()
    kept = believed(residual, region.stations.at(place))
    if not kept.all():
        work.refused.append(f"{work.variable}: {int((~kept).sum())} stations disbelieved")
    place, residual = place[kept], residual[kept]
    if place.size < chosen("fewest_stations"):
        work.refuse(kind, f"{place.size} stations observed lately")
        return
    made = spread_residuals(
        residual,
        region.stations.at(place),
        to=region.cells,
        labels=work.labels[place],
        method=region.method,
    )
    work.measure(kind, made.verdict)
    if not made.verdict.gains:
        work.refuse(kind, _no_gain(made.verdict))
        return
    pattern, spread = (
        region.split(values)[0] for values in (made.analysis.increment, made.analysis.spread)
    )
    work.add(kind, pattern, weight, stations=int(place.size), spread=spread)


def _take_off(work: _Work, correction_k: Doubles) -> None:
    """Take what a term corrects off the errors (forecast minus observation) that are left."""
    work.errors = work.errors.assign(error=work.errors["error"].to_numpy() + correction_k)


def _no_gain(verdict: Verdict) -> str:
    return (
        f"{verdict.stations} hidden values in {verdict.blocks} blocks gain nothing"
        f" ({verdict.before:.2f} K before, {verdict.after:.2f} K after)"
    )


def _joined(cells: Places, stations: Places) -> Places:
    return Places(
        longitude=np.concatenate([cells.longitude, stations.longitude]),
        latitude=np.concatenate([cells.latitude, stations.latitude]),
        elevation=np.concatenate([cells.elevation, stations.elevation]),
    )


def _features(evidence: Evidence, terrain: xr.Dataset, grid: Grid, stations: Places) -> Doubles:
    """Night features of cells and stations [feature, place]; none where nights are not known."""
    if evidence.stillness is None:
        return np.empty((0, grid.rows * grid.columns + stations.size))
    cells = terrain_features(terrain).values.astype(np.float64)
    at_stations = np.full((len(cells), stations.size), np.nan)
    for number, (longitude, latitude) in enumerate(
        zip(stations.longitude, stations.latitude, strict=True)
    ):
        try:
            row, column = grid.locate(LonLat(longitude=longitude, latitude=latitude))
        except OutsideGrid:
            continue
        at_stations[:, number] = cells[:, row, column]
    return np.concatenate([cells.reshape(len(cells), -1), at_stations], axis=1)
