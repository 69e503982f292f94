"""The science alone: files in, a file out, without a store; and how good it is at stations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import xarray as xr

from forecast import downscale, export
from forecast.errors import InvalidRequest
from forecast.fields import cycle_of
from forecast.pipeline.about import FILES
from forecast.pipeline.reading import NativeRun, read_raw, to_native
from forecast.pipeline.tiles import model_height
from forecast.times import iso
from forecast.variables import require
from forecast.verify import ScoreRow, Stations, compare, read_stations
from grids import BoundingBox, Grid, terrain

Report = Callable[[str, int, int], None]

MARGIN_DEGREES: Final = 2.5
GROSS_ERROR_K: Final = 12.0
"""A difference above this at the plain interpolation is a wrong report, not an error of it."""
STEEP_M: Final = 300.0
FLAT_M: Final = 50.0
SCORED: Final = "temperature_2m"
METHODS_SCORED: Final = ("bilinear", "fixed-lapse")


@dataclass(frozen=True, slots=True, kw_only=True)
class DownscaleOrder:
    """What to downscale.

    Attributes:
        inputs: GRIB or netCDF files.
        terrain: elevation file; the target grid, or the model orography for stations.
        box: part of the terrain's grid.
        points: station list, or None for a grid.
        output: file to write, or None for scores only.
        format: `netcdf` or `csv`, or None.
        method: `zhitian`, `bilinear`, `nearest` or `fixed-lapse`.
        orography: file with the model's orography.
        variables: names, or None for all that the input allows.
        hourly: whether hours between the model's steps are filled.
    """

    inputs: tuple[Path, ...]
    terrain: Path | None
    box: BoundingBox | None
    points: Path | None
    output: Path | None
    format: str | None
    method: str
    orography: Path | None
    variables: tuple[str, ...] | None
    hourly: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DownscaleOutcome:
    """What came of it: sentences for people, and scores where there were observations."""

    words: tuple[str, ...]
    scores: tuple[ScoreRow, ...] = ()


def downscale_files(order: DownscaleOrder, *, report: Report) -> DownscaleOutcome:
    """Downscale model output to a terrain's grid or to stations.

    Raises:
        InvalidRequest: neither terrain nor stations were given, or they contradict.
        SourceError: a file cannot be read.
    """
    if order.variables is not None:
        require(order.variables)
    if order.points is not None:
        return _to_stations(order, order.points, report=report)
    if order.terrain is None:
        raise InvalidRequest("no target was asked; give --terrain, --points, or both")
    return _to_grid(order, order.terrain, report=report)


def _to_grid(order: DownscaleOrder, path: Path, *, report: Report) -> DownscaleOutcome:
    elevation = terrain.load(path)
    ground = terrain.on_grid(elevation, _grid_of(elevation, order.box), kind="file")
    box = Grid.from_coordinates(
        latitude=ground["latitude"].values, longitude=ground["longitude"].values
    ).bounds
    native, run = _native(order, box, report=report)
    result = downscale.downscale(native, ground, method=order.method, variables=order.variables)
    written = result.assign(elevation=ground["elevation"])
    if order.output is None:
        raise InvalidRequest("no --output was asked; name a file ending in .nc or .csv")
    writer = export.write_netcdf if order.format == "netcdf" else export.write_csv
    done = writer(written, order.output, provenance=_provenance(result, run), report=report)
    size = f"{len(done.variables)} variables, {done.size / 1e6:.1f} MB"
    words = (
        run.report.summary(),
        f"terrain: {path.name}; model orography: {result.attrs.get('model_orography', '')}",
        f"{done.cells:,} cells x {done.times} times x {size}",
    )
    return DownscaleOutcome(words=words)


def _grid_of(elevation: xr.DataArray, box: BoundingBox | None) -> Grid:
    """The terrain file's own grid, or the part of it whose centres lie in the box.

    Raises:
        InvalidRequest: no cell of the terrain lies in the box.
    """
    grid = Grid.from_coordinates(
        latitude=elevation["latitude"].values, longitude=elevation["longitude"].values
    )
    if box is None:
        return grid
    rows = np.flatnonzero((grid.latitudes >= box.south) & (grid.latitudes <= box.north))
    offset = (grid.longitudes - box.west) % 360.0
    columns = np.flatnonzero(offset <= box.east - box.west)
    if rows.size == 0 or columns.size == 0:
        raise InvalidRequest(f"--box {box} was asked; the terrain covers {grid.bounds}")
    return grid.window(
        rows=slice(int(rows[0]), int(rows[-1]) + 1),
        columns=slice(int(columns[0]), int(columns[-1]) + 1),
    )


def _to_stations(order: DownscaleOrder, path: Path, *, report: Report) -> DownscaleOutcome:
    stations = read_stations(path)
    points = stations.points
    ground = None
    words = [f"{path.name}: {note} left out" for note in stations.dropped]
    if order.terrain is not None:
        elevation = terrain.load(order.terrain)
        points, note = _on_terrain(points, elevation)
        words += note
        ground = elevation.to_dataset(name="elevation")
    native, run = _native(order, _around(points), report=report)
    target = downscale.Target.points(points, terrain=ground)
    result = _at(native, target, points, order, method=order.method)
    words.append(run.report.summary())
    words.append(f"model orography: {result.attrs.get('model_orography', '')}")
    if order.output is not None:
        writer = export.write_csv if order.format == "csv" else _refuse_netcdf
        writer(result, order.output, provenance=_provenance(result, run), report=report)
    scores = _scores(native, target, points, order=order, stations=stations, ours=result)
    return DownscaleOutcome(words=tuple(words), scores=tuple(scores))


def _at(
    native: xr.Dataset,
    target: downscale.Target,
    points: xr.Dataset,
    order: DownscaleOrder,
    *,
    method: str,
) -> xr.Dataset:
    result = downscale.at_points(native, target, method=method, variables=order.variables)
    return result.assign_coords(station=("point", points["station"].values))


def _native(
    order: DownscaleOrder, box: BoundingBox, *, report: Report
) -> tuple[xr.Dataset, NativeRun]:
    area = box.expand(MARGIN_DEGREES)
    raw = read_raw(order.inputs, area=area, report=report)
    run = to_native(raw, area=area, source=FILES, orography=order.orography)
    native = run.dataset if run.members is None else run.members
    return (downscale.hourly(native) if order.hourly else native), run


def _around(points: xr.Dataset) -> BoundingBox:
    """A box around the stations, across the dateline where that is narrower."""
    latitude, longitude = points["latitude"].values, np.sort(points["longitude"].values % 360.0)
    gaps = np.diff(longitude, append=longitude[0] + 360.0)
    widest = int(np.argmax(gaps))
    west = float(longitude[(widest + 1) % longitude.size])
    width = 360.0 - float(gaps[widest])
    west = west - 360.0 if west >= 180.0 else west
    return BoundingBox(
        west=west,
        south=max(-90.0, float(latitude.min()) - 0.01),
        east=west + max(width, 0.02),
        north=min(90.0, float(latitude.max()) + 0.01),
    )


def _on_terrain(points: xr.Dataset, elevation: xr.DataArray) -> tuple[xr.Dataset, list[str]]:
    """Keep the stations that the terrain covers."""
    grid = Grid.from_coordinates(
        latitude=elevation["latitude"].values, longitude=elevation["longitude"].values
    )
    box = grid.bounds
    offset = (points["longitude"].values - box.west) % 360.0
    latitude = points["latitude"].values
    inside = (offset <= box.east - box.west) & (latitude >= box.south) & (latitude <= box.north)
    if not inside.any():
        raise InvalidRequest(f"no station lies on the terrain, which covers {box}")
    outside = int((~inside).sum())
    note = [f"{outside} stations outside the terrain left out"] if outside else []
    return points.isel(point=np.flatnonzero(inside)), note


def _scores(
    native: xr.Dataset,
    target: downscale.Target,
    points: xr.Dataset,
    *,
    order: DownscaleOrder,
    stations: Stations,
    ours: xr.Dataset,
) -> list[ScoreRow]:
    """Score against the observations of the station file, where it holds temperatures."""
    if SCORED not in stations.observations.columns or SCORED not in ours:
        return []
    forecasts = {"bilinear": _at(native, target, points, order, method="bilinear")}
    if order.method != "fixed-lapse":
        forecasts["fixed 6.5 K/km"] = _at(native, target, points, order, method="fixed-lapse")
    forecasts[order.method] = ours
    pairs = _pairs(forecasts, stations.observations)
    if pairs.empty:
        return []
    pairs = pairs[pairs["bilinear"].abs() <= GROSS_ERROR_K]
    plan = downscale.prepare(native, target, variables=(SCORED,))
    height = points["elevation"].values - model_height(plan)
    climb = pairs["station"].map(dict(zip(points["station"].values, height, strict=True))).abs()
    where = points.to_dataframe().set_index("station")
    return compare(
        {name: pairs[name].to_numpy(float) for name in forecasts},
        groups={
            "all": np.ones(len(pairs), dtype=bool),
            f"height difference < {FLAT_M:.0f} m": (climb < FLAT_M).to_numpy(),
            f"height difference > {STEEP_M:.0f} m": (climb > STEEP_M).to_numpy(),
        },
        longitude=pairs["station"].map(where["longitude"]).to_numpy(float),
        latitude=pairs["station"].map(where["latitude"]).to_numpy(float),
        reference="bilinear",
    )


def _pairs(forecasts: Mapping[str, xr.Dataset], observed: pd.DataFrame) -> pd.DataFrame:
    """Forecast minus observation of each method at common stations and times, all finite."""
    table = observed[["station", "time", SCORED]].dropna()
    for name, dataset in forecasts.items():
        field = dataset[SCORED]
        if "realization" in field.dims:
            field = field.mean("realization")
        frame = (
            pd.DataFrame(
                field.transpose("point", "time").values,
                index=dataset["station"].values,
                columns=dataset["time"].values,
            )
            .rename_axis(index="station", columns="time")
            .melt(ignore_index=False, value_name=name)
            .reset_index()
        )
        table = table.merge(frame, on=["station", "time"])
        table[name] = table[name] - table[SCORED]
    return table.dropna()


def _refuse_netcdf(*_: Any, **__: Any) -> None:
    raise InvalidRequest("--points writes a table; name an --output ending in .csv")


def _provenance(result: xr.Dataset, run: NativeRun) -> dict[str, Any]:
    return {
        "source": str(run.dataset.attrs.get("source", "files")),
        "source_label": str(run.dataset.attrs.get("source_label", "files")),
        "run_time": iso(cycle_of(result)),
        "created": iso(cycle_of(result)),
        "simulated": run.simulated,
        "downscaling": str(result.attrs.get("downscaling", "")),
        "model_orography": str(result.attrs.get("model_orography", "")),
        "files": [
            {"name": Path(entry.path).name, "sha256": entry.sha256, "size": entry.size}
            for entry in run.report.files
        ],
    }
