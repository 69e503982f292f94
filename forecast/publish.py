"""The last stage: a staged cycle is read back, judged, and made the one that is served."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial, reduce
from operator import add
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from forecast.errors import QualityGate
from forecast.store import Cycle, Manifest, Staging
from forecast.store.execution import execute
from forecast.store.failpoints import failpoint
from forecast.store.groups import open_group
from forecast.store.readback import TileStatistics, check_entry, inspect_tile
from forecast.times import to_datetime64
from forecast.variables import FILL, LAND_SHARE, Variable, require

_SAMPLES_PER_AXIS: Final = 12

_ORDERED: Final = (
    ("dew_point_2m", "temperature_2m"),
    ("wind_speed_10m", "wind_gust_10m"),
    ("snowfall_water", "precipitation"),
)
_MEDIAN_CHANGE: Final = {
    "temperature_2m": 12.0,
    "dew_point_2m": 15.0,
    "surface_pressure": 25.0,
    "relative_humidity_2m": 50.0,
    "wind_speed_10m": 12.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """What a cycle must satisfy before it is published.

    Attributes:
        min_finite: smallest share of cells with a value, for every variable and every step
            that is not flagged as missing.
        max_missing_steps: largest share of steps flagged as missing, for every variable; the
            start of the run does not count for sums, means and extremes.
        ordered: pairs of variables of which the first never exceeds the second.
        median_change: for a variable, the largest median absolute difference from the cycle
            before at equal valid times, in its unit; beyond it a unit or a sign is wrong.
    """

    min_finite: float = 0.99
    max_missing_steps: float = 0.25
    ordered: tuple[tuple[str, str], ...] = _ORDERED
    median_change: Mapping[str, float] = field(default_factory=lambda: _MEDIAN_CHANGE)


def publish(
    staging: Staging,
    *,
    gates: Gates | None = None,
    previous: Cycle | None = None,
    deadline_s: float = 3600.0,
) -> Manifest:
    """Judge a completely written cycle by what the disk gives back, then publish it.

    Args:
        staging: the cycle; all its files recorded.
        gates: what it must satisfy, or None for the defaults.
        previous: the cycle served until now, to compare with; one of another kind
            (simulated or not) is not compared.
        deadline_s: seconds for reading everything back.

    Returns:
        The manifest of the published cycle.

    Raises:
        DataError: files are missing or foreign.
        DamagedCycle: a file on the disk is not the one that was written.
        QualityGate: the numbers cannot be right; every reason is named.
        StoreBusy: another writer published meanwhile.
        DeadlineExceeded: reading back took too long.
    """
    judged = gates or Gates()
    draft = staging.manifest(quality={})
    failpoint("verify")
    statistics = _read_back(staging, draft, gates=judged, deadline_s=deadline_s)
    failpoint("gates")
    land = _land_share(staging, draft)
    quality, faults = _judge(statistics, staging, gates=judged, land=land)
    if previous is not None and previous.simulated == staging.description.simulated:
        changes = median_change(staging, draft, previous=previous)
        quality["median_change"] = changes
        faults += _jumps(changes, judged)
    if faults:
        raise QualityGate(
            f"cycle {staging.cycle_id} is not published, the one before stays: {'; '.join(faults)}"
        )
    manifest = staging.seal(quality=quality)
    staging.commit(manifest)
    return manifest


def median_change(staging: Staging, draft: Manifest, *, previous: Cycle) -> dict[str, float]:
    """Median absolute difference from the cycle before, per variable, in its unit.

    Over at most 144 evenly spread cells and the valid times that both cycles have; empty when
    the grids differ or no time is common.

    Args:
        staging: the new cycle.
        draft: its manifest so far.
        previous: the cycle to compare with.
    """
    about = staging.description
    common = np.intersect1d(about.times, previous.times)
    if previous.grid != about.grid or len(common) == 0:
        return {}
    rows, columns = (
        np.unique(np.linspace(0, size - 1, _SAMPLES_PER_AXIS).astype(int))
        for size in about.grid.shape
    )
    places = [axis.ravel() for axis in np.meshgrid(rows, columns, indexing="ij")]
    new = staging.points(draft, rows=places[0], columns=places[1])
    old = previous.points(places[0], places[1])
    new_steps = np.searchsorted(about.times, common)
    old_steps = np.searchsorted(previous.times, common)
    changes: dict[str, float] = {}
    for name in set(about.variables) & set(previous.variables):
        now = new[:, about.variables.index(name)][:, new_steps].astype(np.int32)
        then = old[:, previous.variables.index(name)][:, old_steps].astype(np.int32)
        both = (now != FILL) & (then != FILL)
        if both.any():
            difference = np.median(np.abs(now - then)[both])
            changes[name] = float(difference) / require([name])[0].scale
    return changes


def _read_back(
    staging: Staging, draft: Manifest, *, gates: Gates, deadline_s: float
) -> TileStatistics:
    """Hash every file from the disk again and count over all tiles."""
    layout, files = draft.layout, draft.by_path
    held = {name for pair in gates.ordered for name in pair} & set(layout.variables)
    ordered = [pair for pair in gates.ordered if held.issuperset(pair)]
    inspect = partial(inspect_tile, staging.path, layout=layout, files=files, ordered=ordered)
    shards = set(layout.shard_files())
    for entry in draft.files:
        if entry.path not in shards:
            check_entry(staging.path, entry)
    tasks = ((inspect, (tile,)) for tile in staging.tiles())
    statistics: list[TileStatistics] = execute(tasks, deadline_s=deadline_s)
    return reduce(add, statistics)


def _land_share(staging: Staging, draft: Manifest) -> float:
    """Share of the cells that hold values of what is on land only; 1 without a terrain."""
    if "terrain/zarr.json" not in draft.by_path:
        return 1.0
    terrain = open_group(staging.path, "terrain", files=draft.by_path)
    if "land_fraction" not in terrain:
        return 1.0
    return float((terrain["land_fraction"] >= LAND_SHARE).mean())


def _judge(
    statistics: TileStatistics, staging: Staging, *, gates: Gates, land: float
) -> tuple[dict[str, Any], list[str]]:
    """Figures for the manifest, and a sentence for every gate that is not passed."""
    about = staging.description
    faults: list[str] = []
    figures: dict[str, Any] = {}
    for place, entry in enumerate(require(about.variables)):
        flagged = about.step_flag[place] == 2
        share = statistics.finite[place] / statistics.cells
        low = int(statistics.minimum[place]) / entry.scale
        high = int(statistics.maximum[place]) / entry.scale
        due = _due(staging, entry)
        if flagged[due].sum() > gates.max_missing_steps * due.sum():
            faults.append(f"{entry.name} has {flagged[due].sum()} of {due.sum()} steps missing")
        present = share[~flagged]
        needed = gates.min_finite * (land if entry.land_only else 1.0)
        if present.size and present.min() < needed:
            faults.append(
                f"{entry.name} has values in {present.min():.1%} of the cells at one step;"
                f" {needed:.1%} are needed"
            )
        if share.any() and not (entry.valid_min <= low and high <= entry.valid_max):
            faults.append(
                f"{entry.name} runs from {low:g} to {high:g} {entry.units}; allowed is"
                f" {entry.valid_min:g} to {entry.valid_max:g}"
            )
        figures[entry.name] = {
            "minimum": low if share.any() else None,
            "maximum": high if share.any() else None,
            "finite": round(float(share.mean()), 6),
            "missing_steps": int(flagged[due].sum()),
        }
    held = [pair for pair in gates.ordered if set(pair) <= set(about.variables)]
    for (lower, upper), count in zip(held, statistics.disordered.tolist(), strict=True):
        if count:
            faults.append(f"{lower} is above {upper} in {count} values")
    return {"variables": figures, "gates": "passed"}, faults


def _due(staging: Staging, entry: Variable) -> npt.NDArray[np.bool_]:
    """Steps at which a variable must have a value [time]: a sum has none as the run starts."""
    about = staging.description
    if entry.cell_method == "point":
        return np.ones(len(about.times), dtype=bool)
    return np.asarray(about.times > to_datetime64(about.reference_time))


def _jumps(changes: Mapping[str, float], gates: Gates) -> list[str]:
    return [
        f"{name} differs from the cycle before by {change:g} in the median;"
        f" {gates.median_change[name]:g} is allowed"
        for name, change in sorted(changes.items())
        if change > gates.median_change.get(name, np.inf)
    ]
