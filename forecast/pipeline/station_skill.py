"""Skill at stations: model files downscaled by every method, or products, beside observations."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from forecast import downscale
from forecast.errors import InvalidRequest, UnreadableFile
from forecast.fields import cycle_of
from forecast.ingest.stations import Stations, read_stations
from forecast.pipeline.about import FILES
from forecast.pipeline.offline import MARGIN_DEGREES, around, on_terrain
from forecast.pipeline.pairing import (
    at_stations,
    compared,
    land_around,
    plain_climb,
    with_places,
)
from forecast.pipeline.reading import read_raw, to_native
from forecast.times import parse_instant, to_datetime64
from forecast.verify.comparison import Comparison
from grids import terrain

Report = Callable[[str, int, int], None]

METHODS: Final = ("nearest", "bilinear", "fixed-lapse", "zhitian")
OURS: Final = "zhitian"
PLAIN: Final = "bilinear"
INSTITUTION: Final = "Zhitian self-hosted service"
"""What our own netCDF files carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationPairs:
    """What was found at stations.

    Attributes:
        comparison: pairs of every method.
        observed: `variable`, `station`, `time`, `observed`: all there is, for persistence.
        members: by method, members downscaled to the stations, or empty.
        native: the model run, for calibration; None for products.
        stations: the list with its observations.
        reference: method that the others are held against.
        words: what was read.
    """

    comparison: Comparison
    observed: pd.DataFrame
    members: dict[str, xr.Dataset]
    native: xr.Dataset | None
    stations: Stations
    reference: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StationOrder:
    """What to compare at stations.

    Attributes:
        forecasts: model files, or files that `downscale` and `export` wrote.
        observations: station file with observations.
        terrain: elevation file, or None.
        orography: file with the model's orography, or None.
        variables: names, or None for all that both sides have.
        timezone: zone of times of observations that do not say theirs, or None.
    """

    forecasts: tuple[Path, ...]
    observations: Path
    terrain: Path | None
    orography: Path | None
    variables: tuple[str, ...] | None
    timezone: str | None = None


def station_pairs(order: StationOrder, *, report: Report) -> StationPairs:
    """Pair forecasts and observations at stations.

    Raises:
        InvalidRequest: the two have no variable or time in common, or the kinds are mixed.
        SourceError: a file cannot be read.
    """
    stations = read_stations(order.observations, timezone=order.timezone)
    if stations.observations.columns.size <= 2:
        raise InvalidRequest(
            f"{order.observations.name} was given as observations; it needs a time and at least"
            " one observed variable beside station, latitude, longitude and elevation"
        )
    products = [is_product(path) for path in order.forecasts]
    if any(products) and not all(products):
        raise InvalidRequest(
            "model files and downscaled files were given together; compare one kind at a time"
        )
    notes = tuple(f"{order.observations.name}: {note} left out" for note in stations.dropped)
    notes += tuple(f"{order.observations.name}: {note}" for note in stations.notes)
    if all(products):
        return _of_products(order, stations, notes)
    return _of_model(order, stations, notes, report=report)


def is_product(path: Path) -> bool:
    """Whether a file was written by `downscale` or `export`: a table, or netCDF of ours."""
    if path.suffix == ".csv":
        return True
    if path.suffix != ".nc":
        return False
    try:
        with xr.open_dataset(path, engine="h5netcdf") as dataset:
            return bool(dataset.attrs.get("institution") == INSTITUTION)
    except (OSError, ValueError):
        return False


def _of_model(
    order: StationOrder, stations: Stations, notes: tuple[str, ...], *, report: Report
) -> StationPairs:
    points, ground, said = stations.points, None, list(notes)
    if order.terrain is not None:
        ground = terrain.load(order.terrain)
        points, left = on_terrain(points, ground)
        said += left
    area = around(points).expand(MARGIN_DEGREES)
    raw = read_raw(order.forecasts, area=area, report=report)
    run = to_native(raw, area=area, source=FILES, orography=order.orography)
    native = downscale.hourly(run.dataset)
    said.append(run.report.summary())
    target = downscale.Target.points(
        points, terrain=None if ground is None else ground.to_dataset(name="elevation")
    )
    names = _variables(order, downscale.available(native), stations.observations)
    forecasts = {
        method: _named(downscale.at_points(native, target, method=method, variables=names), points)
        for method in METHODS
    }
    members = {}
    if run.members is not None:
        hours = downscale.hourly(run.members)
        members = {
            method: _named(
                downscale.at_points(hours, target, method=method, variables=names), points
            )
            for method in (PLAIN, OURS)
        }
    plan = downscale.prepare(native, target, variables=names[:1])
    places = _places(points, ground).assign(dz=plain_climb(plan))
    table = at_stations(forecasts, stations.observations, variables=names)
    said.append(f"model orography: {run.orography or forecasts[OURS].attrs['model_orography']}")
    return StationPairs(
        comparison=_comparison(table, places, METHODS, reference=PLAIN),
        observed=long_observations(stations.observations, names),
        members=members,
        native=native,
        stations=stations,
        reference=PLAIN,
        words=tuple(said),
    )


def _of_products(order: StationOrder, stations: Stations, notes: tuple[str, ...]) -> StationPairs:
    forecasts = {}
    for path in order.forecasts:
        name = _method_of(path)
        name = path.stem if name in forecasts else name
        forecasts[name] = product_at_stations(path, stations.points)
    common = set.intersection(*(set(map(str, found.data_vars)) for found in forecasts.values()))
    names = _variables(order, tuple(sorted(common)), stations.observations)
    ground = None if order.terrain is None else terrain.load(order.terrain)
    places = _places(stations.points, ground).assign(dz=np.nan)
    table = at_stations(forecasts, stations.observations, variables=names)
    methods = tuple(forecasts)
    reference = PLAIN if PLAIN in methods else methods[0]
    said = "the model's heights are not in downscaled files: no classes of height difference"
    return StationPairs(
        comparison=_comparison(table, places, methods, reference=reference),
        observed=long_observations(stations.observations, names),
        members={},
        native=None,
        stations=stations,
        reference=reference,
        words=(*notes, said),
    )


def product_at_stations(path: Path, points: xr.Dataset) -> xr.Dataset:
    """A downscaled file's values at stations, over time and point.

    Args:
        path: CSV at stations, or netCDF on a grid, of which the cell around each is taken.
        points: `station`, `latitude`, `longitude` on point.

    Raises:
        UnreadableFile: the file cannot be read.
    """
    start = _manifest(path).get("run_time")
    reference = np.datetime64("NaT", "ns") if start is None else to_datetime64(parse_instant(start))
    if path.suffix == ".csv":
        table = read_stations(path).observations
        wide = table.set_index(["time", "station"]).to_xarray()
        found = wide.rename(station="point").reset_index("point").rename_vars(point="station")
        return found.assign_coords(forecast_reference_time=reference)
    try:
        with xr.open_dataset(path, engine="h5netcdf") as dataset:
            loaded = dataset.load()
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"{path}: cannot be read as netCDF ({error})") from error
    fields = loaded[[name for name in loaded.data_vars if loaded[name].dims[:1] == ("time",)]]
    fields = fields.drop_vars([n for n in fields.data_vars if "latitude" not in fields[n].dims])
    return _at_cells(fields, points).assign_coords(forecast_reference_time=cycle_of(loaded))


def long_observations(observed: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Observations as `variable`, `station`, `time`, `observed`, missing ones left out."""
    long = observed.melt(id_vars=["station", "time"], value_vars=list(names), value_name="observed")
    return long.dropna(subset=["observed"])


def _at_cells(fields: xr.Dataset, points: xr.Dataset) -> xr.Dataset:
    """The cell around each point, NaN where none is."""
    places, inside = {}, np.ones(points.sizes["point"], dtype=bool)
    for axis in ("latitude", "longitude"):
        centres, wanted = fields[axis].values, points[axis].values
        half = 0.5 * abs(float(centres[-1] - centres[0])) / max(centres.size - 1, 1)
        if axis == "longitude":
            wanted = centres[0] - half + (wanted - centres[0] + half) % 360.0
        nearest = np.abs(centres[:, np.newaxis] - wanted).argmin(axis=0)
        inside &= np.abs(centres[nearest] - wanted) <= half * (1.0 + 1e-9)
        places[axis] = xr.DataArray(nearest, dims="point")
    found = fields.isel(places).where(xr.DataArray(inside, dims="point"))
    return found.assign_coords(station=("point", points["station"].values))


def _variables(
    order: StationOrder, possible: tuple[str, ...], observed: pd.DataFrame
) -> tuple[str, ...]:
    seen = [name for name in observed.columns if name not in ("station", "time")]
    wanted = order.variables or tuple(name for name in possible if name in seen)
    absent = [name for name in wanted if name not in possible or name not in seen]
    if absent or not wanted:
        raise InvalidRequest(
            f"scores of {', '.join(absent) or 'any variable'} were asked; the forecast allows"
            f" {', '.join(possible) or 'none'}, the observations hold {', '.join(seen) or 'none'}"
        )
    return tuple(wanted)


def _comparison(
    table: pd.DataFrame, places: pd.DataFrame, methods: tuple[str, ...], *, reference: str
) -> Comparison:
    if table.empty:
        raise InvalidRequest(
            "the forecast and the observations have no station and valid time in common"
        )
    comparison = compared(with_places(table, places), methods, reference=reference)
    if comparison.table.empty:
        raise InvalidRequest("no pair of forecast and observation is left that every method has")
    return comparison


def _named(dataset: xr.Dataset, points: xr.Dataset) -> xr.Dataset:
    return dataset.assign_coords(station=("point", points["station"].values))


def _places(points: xr.Dataset, ground: xr.DataArray | None) -> pd.DataFrame:
    longitude = points["longitude"].values.astype(float)
    latitude = points["latitude"].values.astype(float)
    land = np.full(longitude.size, np.nan)
    if ground is not None:
        land = land_around(ground, longitude=longitude, latitude=latitude)
    return pd.DataFrame(
        {"longitude": longitude, "latitude": latitude, "land_fraction": land},
        index=pd.Index(points["station"].values, name="station"),
    )


def _manifest(path: Path) -> dict[str, str]:
    beside = path.with_name(f"{path.name}.manifest.json")
    try:
        return dict(json.loads(beside.read_text(encoding="utf-8"))["provenance"])
    except (OSError, ValueError, KeyError):
        return {}


def _method_of(path: Path) -> str:
    return str(_manifest(path).get("downscaling") or path.stem)
