"""The science alone: files in, a file out, without a store; and how good it is at stations."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr

from forecast import downscale, export
from forecast.errors import InvalidRequest
from forecast.fields import cycle_of
from forecast.ingest.stations import read_stations
from forecast.pipeline.about import FILES
from forecast.pipeline.reading import NativeRun, read_raw, to_native
from forecast.pipeline.scoring import at_stations, score
from forecast.times import iso
from forecast.variables import require
from forecast.verify import ScoreRow
from grids import BoundingBox, Grid, terrain

Report = Callable[[str, int, int], None]

MARGIN_DEGREES: Final = 2.5


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
        timezone: zone of times of observations that do not say theirs, or None.
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
    timezone: str | None = None


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
    if order.output is None:
        raise InvalidRequest("no --output was asked; name a file ending in .nc or .csv")
    elevation = terrain.load(path)
    own = _grid_of(elevation)
    rows, columns = own.within(order.box or own.bounds)
    wanted = own.window(rows=rows, columns=columns)
    # the ground around the box too: model cells at its edge are averaged from it
    up, along = own.within(wanted.bounds.expand(MARGIN_DEGREES))
    ground = _ground(elevation, rows, columns)
    target = downscale.Target.cells(ground, around=_ground(elevation, up, along))
    native, run = _native(order, wanted.bounds, report=report)
    result = downscale.downscale(native, target, method=order.method, variables=order.variables)
    written = result.assign(elevation=(("latitude", "longitude"), ground["elevation"].values))
    writer = export.write_netcdf if order.format == "netcdf" else export.write_csv
    done = writer(written, order.output, provenance=_provenance(result, run), report=report)
    size = f"{len(done.variables)} variables, {done.size / 1e6:.1f} MB"
    words = (
        run.report.summary(),
        *_said_of_members(run),
        f"terrain: {path.name}; model orography: {_orography(result, run)}",
        f"{done.cells:,} cells x {done.times} times x {size}",
    )
    return DownscaleOutcome(words=words)


def _ground(elevation: xr.DataArray, rows: slice, columns: slice) -> xr.Dataset:
    """Cells of the terrain as they are: height (m, 0 at sea) and whether they are land."""
    part = elevation.transpose("latitude", "longitude").isel(latitude=rows, longitude=columns)
    land = part.notnull().astype(np.float32)
    return xr.Dataset({"elevation": part.fillna(0.0), "land_fraction": land})


def _grid_of(elevation: xr.DataArray) -> Grid:
    return Grid.from_coordinates(
        latitude=elevation["latitude"].values, longitude=elevation["longitude"].values
    )


def _to_stations(order: DownscaleOrder, path: Path, *, report: Report) -> DownscaleOutcome:
    stations = read_stations(path, timezone=order.timezone)
    points = stations.points
    ground = None
    words = [f"{path.name}: {note} left out" for note in stations.dropped]
    words += [f"{path.name}: {note}" for note in stations.notes]
    if order.terrain is not None:
        elevation = terrain.load(order.terrain)
        points, note = on_terrain(points, elevation)
        words += note
        ground = elevation.to_dataset(name="elevation")
    native, run = _native(order, around(points), report=report)
    target = downscale.Target.points(points, terrain=ground)
    result = at_stations(
        native, target, stations=points, method=order.method, variables=order.variables
    )
    words += [run.report.summary(), *_said_of_members(run)]
    words.append(f"model orography: {_orography(result, run)}")
    if order.output is not None:
        writer = export.write_csv if order.format == "csv" else _refuse_netcdf
        writer(result, order.output, provenance=_provenance(result, run), report=report)
    scores = score(result, native=native, target=target, observed=stations.observations)
    return DownscaleOutcome(words=tuple(words), scores=tuple(scores))


def _native(
    order: DownscaleOrder, box: BoundingBox, *, report: Report
) -> tuple[xr.Dataset, NativeRun]:
    area = box.expand(MARGIN_DEGREES)
    raw = read_raw(order.inputs, area=area, report=report)
    run = to_native(raw, area=area, source=FILES, orography=order.orography)
    return (downscale.hourly(run.dataset) if order.hourly else run.dataset), run


def _orography(result: xr.Dataset, run: NativeRun) -> str:
    """Where the model's heights came from, in words."""
    return run.orography or str(result.attrs.get("model_orography", ""))


def _said_of_members(run: NativeRun) -> tuple[str, ...]:
    if run.members is None:
        return ()
    return (f"{run.members.sizes['realization']} members were found; {run.single} is downscaled",)


def around(points: xr.Dataset) -> BoundingBox:
    """A box around the stations, across the dateline where that is narrower.

    Args:
        points: `latitude` and `longitude` (degrees) on the dim `point`.
    """
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


def on_terrain(points: xr.Dataset, elevation: xr.DataArray) -> tuple[xr.Dataset, list[str]]:
    """Keep the stations that the terrain covers, and say how many it does not.

    Args:
        points: `latitude` and `longitude` (degrees) on the dim `point`.
        elevation: from `terrain.load`.

    Raises:
        InvalidRequest: it covers none.
    """
    box = _grid_of(elevation).bounds
    offset = (points["longitude"].values - box.west) % 360.0
    latitude = points["latitude"].values
    inside = (offset <= box.east - box.west) & (latitude >= box.south) & (latitude <= box.north)
    if not inside.any():
        raise InvalidRequest(f"no station lies on the terrain, which covers {box}")
    outside = int((~inside).sum())
    note = [f"{outside} stations outside the terrain left out"] if outside else []
    return points.isel(point=np.flatnonzero(inside)), note


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
        "model_orography": _orography(result, run),
        "files": [
            {"name": Path(entry.path).name, "sha256": entry.sha256, "size": entry.size}
            for entry in run.report.files
        ],
    }
