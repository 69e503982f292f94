"""Exports: a region, a box or stations of one cycle, through the export stage."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import numpy as np
import xarray as xr

from forecast import export
from forecast.errors import InvalidRequest, OutsideArea
from forecast.export import ExportReport
from forecast.query.selection import parse_names
from forecast.service.limits import Limits
from forecast.service.passport import cycle_passport
from forecast.service.served import CycleFacts, ServedRegion
from forecast.stations import read_places
from forecast.store import Cycle
from forecast.times import iso, to_datetime64
from forecast.variables import derived
from grids import BoundingBox, Grid, LonLat, OutsideGrid

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOrder:
    """What to export.

    Attributes:
        region: name of the region.
        output: file to write.
        format: `netcdf` or `csv`.
        box: part of the region, or None for all of it.
        points: station list (CSV), or None for the grid.
        variables: names, or None for all.
        cycle: a published cycle, or None for the current one.
    """

    region: str
    output: Path
    format: Literal["netcdf", "csv"]
    box: BoundingBox | None = None
    points: Path | None = None
    variables: tuple[str, ...] | None = None
    cycle: str | None = None


def write_export(
    served: ServedRegion,
    order: ExportOrder,
    *,
    limits: Limits,
    now: datetime,
    report: Report | None = None,
) -> ExportReport:
    """Write an export of exactly one cycle, in blocks, with its manifest.

    Raises:
        InvalidRequest: the order cannot be met as given.
        RequestTooLarge: more values than one export may hold.
        StoreError: nothing whole is published.
    """
    if order.points is not None and (order.box is not None or order.format != "csv"):
        raise InvalidRequest("stations are exported as csv, without a box")

    def write(facts: CycleFacts) -> ExportReport:
        window = _window(facts.cycle.grid, order.box)
        stations = None if order.points is None else read_places(order.points).points
        cells = _cells(window) if stations is None else stations.sizes["point"]
        names = _names(facts.cycle, order)
        limits.check_export(cells=cells, hours=len(facts.cycle.times), variables=len(names))
        dataset = (
            _fields(facts, names, window)
            if stations is None
            else _at_stations(facts, names, stations)
        )
        about = cycle_passport(facts, now=now)
        writer = export.write_netcdf if order.format == "netcdf" else export.write_csv
        return writer(
            dataset,
            order.output,
            provenance={
                **about,
                "cycle_id": about["cycle"],
                "created": iso(now),
                "stations_outside": _outside(stations, dataset),
            },
            report=report,
        )

    return served.answer(write, cycle=order.cycle)


def _window(grid: Grid, box: BoundingBox | None) -> tuple[slice, slice]:
    try:
        return grid.within(box or grid.bounds)
    except OutsideGrid as error:
        raise OutsideArea(f"box {box} was asked; the region covers {grid.bounds}") from error


def _cells(window: tuple[slice, slice]) -> int:
    rows, columns = window
    return int((rows.stop - rows.start) * (columns.stop - columns.start))


def _fields(facts: CycleFacts, names: tuple[str, ...], window: tuple[slice, slice]) -> xr.Dataset:
    rows, columns = window
    dataset = facts.cycle.window(names, rows=rows, columns=columns)
    heights = facts.surface["elevation"][rows, columns]
    return dataset.assign(elevation=(("latitude", "longitude"), heights))


def _at_stations(facts: CycleFacts, names: tuple[str, ...], points: xr.Dataset) -> xr.Dataset:
    """Values of the cells that hold the stations, stations outside the region left out."""
    cycle = facts.cycle
    inside = [
        index
        for index in range(points.sizes["point"])
        if cycle.grid.bounds.contains(_lonlat(points, index))
    ]
    if not inside:
        raise OutsideArea(f"no station lies in the region, {cycle.grid.bounds}")
    points = points.isel(point=inside)
    cells = [cycle.grid.locate(_lonlat(points, index)) for index in range(len(inside))]
    rows, columns = (np.array(axis) for axis in zip(*cells, strict=True))
    values = cycle.unpack(cycle.points(rows, columns))
    start = to_datetime64(cycle.reference_time)
    return xr.Dataset(
        {name: (("time", "point"), values[:, facts.places[name]].T) for name in names},
        coords={
            **{name: points[name] for name in ("station", "latitude", "longitude")},
            "elevation": ("point", facts.surface["elevation"][rows, columns]),
            "time": cycle.times,
            "forecast_reference_time": start,
        },
    )


def _outside(stations: xr.Dataset | None, dataset: xr.Dataset) -> list[str]:
    """Names of the stations that were asked for and lie outside the region."""
    if stations is None:
        return []
    held = set(dataset["station"].values.tolist())
    return [name for name in stations["station"].values.tolist() if name not in held]


def _lonlat(points: xr.Dataset, index: int) -> LonLat:
    return LonLat(
        longitude=float(points["longitude"][index]), latitude=float(points["latitude"][index])
    )


def _names(cycle: Cycle, order: ExportOrder) -> tuple[str, ...]:
    if order.variables is None:
        return cycle.variables
    asked = {part.strip() for text in order.variables for part in text.split(",")}
    made = [name for name in derived() if name in asked]
    if made:
        raise InvalidRequest(
            f"an export of {', '.join(made)} was asked; derived quantities are for places only,"
            f" allowed are {', '.join(cycle.variables)}"
        )
    return parse_names(order.variables, kind="hourly", held=cycle.variables)
