"""CF netCDF-4 of a window of a cycle, packed as it is stored, written hour block by block."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final

import netCDF4
import numpy as np
import xarray as xr

from forecast.export.manifest import ExportReport, Report, timed, whole_file, write_manifest
from forecast.fields import cycle_of
from forecast.times import hours_since, iso
from forecast.variables import FILL, Variable, pack, variable
from grids.cf import AXES, GRID_MAPPING, WGS84, cell_bounds

_LOCK: Final = Lock()
"""The netCDF library is not safe in threads: every use of it here holds this lock."""

BLOCK_HOURS: Final = 12
CHUNK_CELLS: Final = 128
CONVENTIONS: Final = "CF-1.8"
ONE_CELL_DEGREES: Final = 0.01
"""Size taken for a cell that is alone in its file."""

_TIME: Final = "valid time, end of the interval for sums, means and extremes"
_START: Final = {
    "standard_name": "forecast_reference_time",
    "long_name": "start of the model run",
}


def write_netcdf(
    dataset: xr.Dataset,
    path: Path,
    *,
    provenance: Mapping[str, Any],
    report: Report | None = None,
) -> ExportReport:
    """Write a contract dataset as CF netCDF-4 (zlib, fletcher32), in blocks of hours.

    Args:
        dataset: dims time, latitude, longitude; lazy data are computed a block at a time.
        path: the file; it appears only when it is whole.
        provenance: facts for the global attributes and the manifest.
        report: called with (stage, done, total) as blocks are written.

    Returns:
        What was written; the same stands in `<path>.manifest.json`.
    """
    names = timed(dataset)
    with new_file(path) as file:
        _write_axes(file, dataset)
        _write_static(file, dataset)
        file.setncatts(_global_attributes(dataset, provenance))
        for name in names:
            _create(file, variable(name), dataset)
        _write_blocks(file, dataset, names=names, report=report)
    return write_manifest(
        path,
        variables=names,
        times=dataset.sizes["time"],
        cells=dataset.sizes["latitude"] * dataset.sizes["longitude"],
        provenance=provenance,
    )


@contextmanager
def new_file(path: Path) -> Iterator[netCDF4.Dataset]:
    """Open a netCDF-4 file to write; it appears only when it is whole.

    Args:
        path: of the file, replaced if there is one.
    """
    with (
        _LOCK,
        whole_file(path) as partial,
        netCDF4.Dataset(partial, "w", format="NETCDF4") as file,
    ):
        yield file


def _write_axes(file: netCDF4.Dataset, dataset: xr.Dataset) -> None:
    reference = cycle_of(dataset)
    hours = hours_since(dataset["time"].values, reference)
    intervals = _intervals(dataset, hours, since=reference)
    write_axis(file, "time", values=hours, bounds=intervals, attributes=time_axis(_TIME, reference))
    write_grid(file, dataset, since=reference)


def write_grid(file: netCDF4.Dataset, dataset: xr.Dataset, *, since: np.datetime64) -> None:
    """Write the cells, where they lie, and the start of the model run.

    Args:
        file: to write into.
        dataset: with latitude and longitude.
        since: start of the model run; the hours of all axes of time count from it.
    """
    for name, attributes in AXES.items():
        centres = dataset[name].values
        edges = cell_bounds(centres, spacing=spacing_of(dataset, name))
        write_axis(file, name, values=centres, bounds=edges, attributes=attributes)
    start = file.createVariable("forecast_reference_time", "f8", ())
    start.setncatts(_START | _counted(since))
    start[...] = 0.0
    file.createVariable(GRID_MAPPING, "i4", ()).setncatts(WGS84)


def time_axis(long_name: str, since: np.datetime64) -> dict[str, str]:
    """Attributes of an axis of time.

    Args:
        long_name: what its values are.
        since: start of the model run.
    """
    named = {"standard_name": "time", "long_name": long_name, "axis": "T"}
    return named | _counted(since)


def write_axis(
    file: netCDF4.Dataset,
    name: str,
    *,
    values: np.ndarray,
    bounds: np.ndarray,
    attributes: Mapping[str, str],
) -> None:
    """Write a coordinate with the bounds of its cells.

    Args:
        file: to write into.
        name: of the dim and coordinate.
        values: of the coordinate [name].
        bounds: of its cells [name, bounds].
        attributes: of the coordinate.
    """
    if "bounds" not in file.dimensions:
        file.createDimension("bounds", 2)
    file.createDimension(name, values.size)
    axis = file.createVariable(name, "f8", (name,))
    axis.setncatts({**attributes, "bounds": f"{name}_bounds"})
    axis[:] = values
    file.createVariable(f"{name}_bounds", "f8", (name, "bounds"))[:] = bounds


def spacing_of(dataset: xr.Dataset | xr.DataArray, name: str) -> float:
    """Cell size along an axis, degrees; a single row or column is as wide as the others."""
    for axis in (name, *AXES):
        centres = dataset[axis].values
        if centres.size > 1:
            return float(centres[-1] - centres[0]) / (centres.size - 1)
    return ONE_CELL_DEGREES


def _intervals(dataset: xr.Dataset, hours: np.ndarray, *, since: np.datetime64) -> np.ndarray:
    """Bounds of the intervals that end at each time, hours [time, bounds]; an hour if unsaid."""
    if "time_bounds" not in dataset.variables:
        return np.stack([hours - 1.0, hours], axis=1)
    starts = dataset["time_bounds"].values[:, 0]
    return np.stack([hours_since(starts, since), hours], axis=1)


def _counted(since: np.datetime64) -> dict[str, str]:
    return {
        "units": f"hours since {iso(since)[:-1].replace('T', ' ')}",
        "calendar": "standard",
    }


def _write_static(file: netCDF4.Dataset, dataset: xr.Dataset) -> None:
    for name, field in dataset.data_vars.items():
        if "time" not in field.dims:
            entry = variable(str(name))
            created = file.createVariable(
                str(name),
                "f4",
                ("latitude", "longitude"),
                zlib=True,
                fletcher32=True,
                fill_value=np.nan,
            )
            created.setncatts({**entry.attributes(), "grid_mapping": GRID_MAPPING})
            created[:] = field.values


def _create(file: netCDF4.Dataset, entry: Variable, dataset: xr.Dataset) -> None:
    rows, columns = dataset.sizes["latitude"], dataset.sizes["longitude"]
    created = file.createVariable(
        entry.name,
        "i2",
        ("time", "latitude", "longitude"),
        zlib=True,
        complevel=1,
        shuffle=True,
        fletcher32=True,
        fill_value=np.int16(FILL),
        chunksizes=(
            min(BLOCK_HOURS, dataset.sizes["time"]),
            min(CHUNK_CELLS, rows),
            min(CHUNK_CELLS, columns),
        ),
    )
    created.set_auto_maskandscale(False)
    created.setncatts(
        {
            **entry.attributes(),
            "scale_factor": 1.0 / entry.scale,
            "add_offset": 0.0,
            "valid_range": np.array(
                [entry.valid_min * entry.scale, entry.valid_max * entry.scale]
            ).astype(np.int16),
            "grid_mapping": GRID_MAPPING,
            "coordinates": "forecast_reference_time",
        }
    )


def _write_blocks(
    file: netCDF4.Dataset,
    dataset: xr.Dataset,
    *,
    names: tuple[str, ...],
    report: Report | None,
) -> None:
    steps = range(0, dataset.sizes["time"], BLOCK_HOURS)
    for count, first in enumerate(steps, start=1):
        hours = slice(first, first + BLOCK_HOURS)
        block = dataset[list(names)].isel(time=hours).compute(scheduler="synchronous")
        for name in names:
            file[name][hours] = pack(block[name].values, name)
        if report is not None:
            report("writing netCDF", count, len(steps))


def file_attributes(
    provenance: Mapping[str, Any], *, title: str, source: str, **more: str
) -> dict[str, str]:
    """Global attributes that every file of ours has.

    Args:
        provenance: facts of the cycle.
        title: what the file holds.
        source: what became of the model run.
        more: further ones.
    """
    simulated = bool(provenance.get("simulated"))
    label = provenance.get("source_label", provenance.get("source", ""))
    return {
        "Conventions": CONVENTIONS,
        "title": ("SIMULATED " if simulated else "") + title,
        "institution": "Zhitian self-hosted service",
        "source": f"{label}, {source}",
        "license": str(provenance.get("licence", "")),
        "attribution": str(provenance.get("attribution", "")),
        "simulated": "true" if simulated else "false",
        **more,
    }


def _global_attributes(dataset: xr.Dataset, provenance: Mapping[str, Any]) -> dict[str, str]:
    cycle = iso(cycle_of(dataset))
    return file_attributes(
        provenance,
        title="Zhitian 1 km forecast",
        source=f"cycle {cycle}, downscaled with terrain",
        history=f"{provenance.get('created', cycle)} zhitian export",
        comment="Values stand for cells of the grid; sums, means and extremes end at time.",
        cycle_id=str(provenance.get("cycle_id", "")),
    )
