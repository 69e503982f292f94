"""Skill against a finer model: what downscaling makes of coarse fields beside what was hidden."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from forecast import downscale
from forecast.errors import InvalidRequest
from forecast.pipeline.about import FILES
from forecast.pipeline.coarsening import Hidden, block_means, every_node, longer_steps
from forecast.pipeline.offline import MARGIN_DEGREES
from forecast.pipeline.pairing import at_nodes, plain_climb, with_places
from forecast.pipeline.reading import read_raw, to_native
from forecast.pipeline.station_skill import METHODS, OURS, PLAIN
from forecast.pipeline.truth_cells import (
    bounds_of,
    ground_around,
    heights_of,
    points_of,
    shared,
)
from forecast.variables import variable
from forecast.verify.comparison import Comparison
from grids import BoundingBox

Report = Callable[[str, int, int], None]

GLOBE: Final = BoundingBox(west=-180.0, south=-90.0, east=180.0, north=90.0)
UNIFORM: Final = "uniform"
"""A step's mean in all its hours, instants on straight lines: what hours cost without thought."""
RAIN: Final = "precipitation"
TRUTH: Final = "truth"


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthOrder:
    """What to hide and to compare.

    Attributes:
        truth: files of the finer model, its orography among them where it has one.
        forecasts: files of a coarser run; empty where the truth itself is coarsened.
        terrain: elevation file for heights that neither model brings, or None.
        orography: file with the coarse model's orography, or None.
        variables: names, or None for all that both have.
        box: part of the truth to score, or None.
        block: side of the blocks whose means make the coarse run, cells, or None.
        every: step between the nodes that are kept, or None.
        hours: length of the steps that are refined to hours, or None.
    """

    truth: tuple[Path, ...]
    forecasts: tuple[Path, ...]
    terrain: Path | None
    orography: Path | None
    variables: tuple[str, ...] | None
    box: BoundingBox | None
    block: int | None
    every: int | None
    hours: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenPairs:
    """What was compared with the truth.

    Attributes:
        comparison: pairs of every method; rain as fields instead where these are regular.
        rain: 24 h rain of every method and `truth`, on latitude and longitude, or empty.
        reference: method that the others are held against.
        ahead: whether the coarse run is a model's own.
        words: what was read and made.
        extent: `time`, `longitude` and `latitude` of the fields of rain, for what they show.
    """

    comparison: Comparison | None
    rain: Mapping[str, xr.DataArray]
    reference: str
    ahead: bool
    words: tuple[str, ...]
    extent: pd.DataFrame | None = None


def hidden_pairs(order: TruthOrder, *, report: Report) -> HiddenPairs:
    """Downscale a coarse run to the cells of a finer one and pair the two.

    Raises:
        InvalidRequest: nothing says what the coarse run is, or the two have nothing in common.
        SourceError: a file cannot be read.
    """
    ways = [order.block, order.every, order.hours, order.forecasts or None]
    if sum(way is not None for way in ways) != 1:
        raise InvalidRequest(
            "--truth needs one coarse run: --forecast FILES, or made from the truth by --coarsen,"
            " --every or --refine"
        )
    area = order.box.expand(MARGIN_DEGREES) if order.box else GLOBE
    fine = to_native(
        read_raw(order.truth, area=area, report=report), area=area, source=FILES
    ).dataset
    if order.hours is not None:
        return _refined(order, fine, order.hours)
    if order.forecasts:
        return _of_runs(order, fine, report=report)
    cells = order.block or order.every or 0
    hidden = (block_means if order.block else every_node)(fine, cells=cells)
    return _of_hidden(order, fine, hidden)


def _of_hidden(order: TruthOrder, fine: xr.Dataset, hidden: Hidden) -> HiddenPairs:
    names = _variables(order, hidden.coarse, fine)
    points = points_of(fine, heights_of(fine, order.terrain), nodes=hidden.nodes)
    target = downscale.Target.points(points)
    points = _with_climb(points, hidden.coarse, target, names[0])
    made = _by_every_method(hidden.coarse, target, names)
    comparison = _compare(made, _values(fine, points, names), points)
    # the coarse run is the truth of the same hour: nothing was forecast ahead
    comparison.table["lead_h"] = np.nan
    return HiddenPairs(
        comparison=comparison, rain={}, reference=PLAIN, ahead=False, words=(hidden.words,)
    )


def _of_runs(order: TruthOrder, fine: xr.Dataset, *, report: Report) -> HiddenPairs:
    area = bounds_of(fine).expand(MARGIN_DEGREES)
    raw = read_raw(order.forecasts, area=area, report=report)
    run = to_native(raw, area=area, source=FILES, orography=order.orography)
    coarse = downscale.hourly(run.dataset)
    fine, coarse = shared(fine, coarse, box=order.box)
    names = _variables(order, coarse, fine)
    words = [run.report.summary()]
    heights = heights_of(fine, order.terrain)
    rain: Mapping[str, xr.DataArray] = {}
    if RAIN in names and "node" not in fine.dims:
        rain = _rain_fields(order, fine, coarse, heights)
        words.append(f"rain: the sum of {fine.sizes['time']} hours on the cells of the truth")
        names = tuple(name for name in names if name != RAIN)
    middle = {axis: float(fine[axis].mean()) for axis in ("longitude", "latitude")}
    extent = pd.DataFrame({"time": fine["time"].values, **middle})
    comparison = None
    if names:
        points = points_of(fine, heights, nodes=np.arange(heights.size))
        target = downscale.Target.points(points, terrain=ground_around(order.terrain, fine))
        points = _with_climb(points, coarse, target, names[0])
        made = _by_every_method(coarse, target, names)
        comparison = _compare(made, _values(fine, points, names), points)
    return HiddenPairs(
        comparison=comparison,
        rain=rain,
        reference=PLAIN,
        ahead=True,
        words=tuple(words),
        extent=extent,
    )


def _refined(order: TruthOrder, fine: xr.Dataset, hours: int) -> HiddenPairs:
    """Longer steps brought back to hours on the truth's own nodes, beside the plain way."""
    coarse = longer_steps(fine, hours=hours)
    ours = downscale.hourly(coarse)
    hours_shared = ours["time"].values[1:]
    names = _variables(order, fine, ours)
    heights = heights_of(fine, order.terrain)
    points = points_of(fine, heights, nodes=np.arange(heights.size))
    fine, ours = fine.sel(time=hours_shared), ours.sel(time=hours_shared)
    runs = {UNIFORM: _uniform(coarse, hours_shared, hours), OURS: ours}
    made = {method: _values(run, points, names) for method, run in runs.items()}
    comparison = _compare(made, _values(fine, points, names), points)
    comparison.table["lead_h"] = np.nan
    words = (f"steps of {hours} h made from the truth's hours and brought back to hours",)
    return HiddenPairs(comparison=comparison, rain={}, reference=UNIFORM, ahead=False, words=words)


def _by_every_method(
    coarse: xr.Dataset, target: downscale.Target, names: tuple[str, ...]
) -> dict[str, xr.Dataset]:
    return {
        method: downscale.at_points(coarse, target, method=method, variables=names)
        for method in METHODS
    }


def _rain_fields(
    order: TruthOrder, fine: xr.Dataset, coarse: xr.Dataset, heights: npt.NDArray[np.float32]
) -> dict[str, xr.DataArray]:
    """Rain of all hours on the truth's cells by every method, and the truth itself."""
    cells = fine[["latitude", "longitude"]]
    dims = ("latitude", "longitude")
    shape = fine.sizes["latitude"], fine.sizes["longitude"]
    ground = cells.assign(elevation=(dims, heights.reshape(shape)))
    target = downscale.Target.cells(ground, around=ground_around(order.terrain, fine))
    fields = {
        method: downscale.downscale(coarse, target, method=method, variables=(RAIN,))[RAIN]
        for method in METHODS
    }
    sums = {name: field.sum("time", skipna=False).compute() for name, field in fields.items()}
    total = fine[RAIN].sum("time", skipna=False).transpose(*dims)
    return {**sums, TRUTH: total}


def _uniform(coarse: xr.Dataset, times: npt.NDArray[np.datetime64], hours: int) -> xr.Dataset:
    """Each step's mean in all its hours, its sum in equal parts, instants on straight lines."""
    names = [name for name, field in coarse.data_vars.items() if "time" in field.dims]
    data = {}
    for name in names:
        if name == "step_flag":
            continue
        kind = variable(str(name)).cell_method
        if kind == "point":
            data[name] = coarse[name].interp(time=times).astype(np.float32)
            continue
        spread = coarse[name].reindex(time=times, method="bfill")
        data[name] = spread / np.float32(hours) if kind == "sum" else spread
    lead = times - coarse["forecast_reference_time"].values
    kept = coarse.drop_dims(["time", "bounds", "variable"], errors="ignore")
    bare = {name: field.drop_vars("forecast_period") for name, field in data.items()}
    return kept.assign(bare).assign_coords(forecast_period=("time", lead))


def _values(native: xr.Dataset, points: xr.Dataset, names: tuple[str, ...]) -> xr.Dataset:
    """A run's own values at its nodes, derived quantities from the node's own."""
    return downscale.at_points(native, points, method="nearest", variables=names)


def _compare(made: Mapping[str, xr.Dataset], truth: xr.Dataset, points: xr.Dataset) -> Comparison:
    """Pairs of every method and the truth with their places; `dz` stands in `points`."""
    names = tuple(str(name) for name in truth.data_vars if "point" in truth[name].dims)
    numbers = np.arange(points.sizes["point"])
    places = pd.DataFrame(
        {
            "longitude": points["longitude"].values,
            "latitude": points["latitude"].values,
            "dz": points["dz"].values,
            "land_fraction": points["land_fraction"].values,
        },
        index=pd.Index(numbers, name="station"),
    )
    table = at_nodes(made, truth.assign_coords(station=("point", numbers)), variables=names)
    return Comparison.common(with_places(table, places), tuple(made))


def _variables(order: TruthOrder, *runs: xr.Dataset) -> tuple[str, ...]:
    """What was asked, or all that every run allows.

    Raises:
        InvalidRequest: a run does not allow one, or they have nothing in common.
    """
    allowed = [downscale.available(run) for run in runs]
    common = tuple(name for name in allowed[0] if all(name in one for one in allowed))
    wanted = order.variables or common
    absent = [name for name in wanted if name not in common]
    if absent or not wanted:
        raise InvalidRequest(
            f"scores of {', '.join(absent) or 'any variable'} were asked; truth and forecast"
            f" have {', '.join(common) or 'nothing'} in common"
        )
    return wanted


def _with_climb(
    points: xr.Dataset, native: xr.Dataset, target: downscale.Target, name: str
) -> xr.Dataset:
    plan = downscale.prepare(native, target, variables=(name,))
    return points.assign(dz=("point", plain_climb(plan)))
