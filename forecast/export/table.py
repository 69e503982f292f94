"""CSV in the long form: one row for each place and hour, one column for each variable."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.export.manifest import ExportReport, Report, timed, whole_file, write_manifest
from forecast.times import iso
from forecast.variables import variable

ROWS_A_BLOCK: Final = 64
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def write_csv(
    dataset: xr.Dataset,
    path: Path,
    *,
    provenance: Mapping[str, Any],
    report: Report | None = None,
) -> ExportReport:
    """Write a dataset over `time` and `point`, or `time, latitude, longitude`, as CSV.

    Columns: station (points only), latitude, longitude, elevation (where known), time (ISO
    8601 UTC, end of the interval), then one per variable; a missing value is an empty cell.

    Args:
        dataset: float32 under the names of the vocabulary; lazy data are computed in blocks.
        path: the file; it appears only when it is whole.
        provenance: facts for the manifest.
        report: called with (stage, done, total) as blocks are written.
    """
    names = timed(dataset)
    cells = 0
    with (
        whole_file(path) as partial,
        partial.open("w", encoding="utf-8", newline="") as handle,
    ):
        writer = csv.writer(handle, lineterminator="\n")
        blocks = list(_blocks(dataset))
        writer.writerow([*_place_columns(blocks[0]), "time", *names])
        for count, block in enumerate(blocks, start=1):
            loaded = block.compute(scheduler="synchronous")
            cells += loaded.sizes["point"]
            writer.writerows(_rows(loaded, names))
            if report is not None:
                report("writing CSV", count, len(blocks))
    return write_manifest(
        path, variables=names, times=dataset.sizes["time"], cells=cells, provenance=provenance
    )


def format_value(value: float, decimals: int) -> str:
    """Write a number with the decimals that are stored; NaN is empty, -0 is 0."""
    if np.isnan(value):
        return ""
    text = f"{value:.{decimals}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def safe_text(text: str) -> str:
    """Keep a spreadsheet from running a name as a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _blocks(dataset: xr.Dataset) -> Iterator[xr.Dataset]:
    """Cut the dataset into pieces of bounded size, each with dim `point`."""
    if "point" in dataset.dims:
        for first in range(0, dataset.sizes["point"], ROWS_A_BLOCK):
            yield dataset.isel(point=slice(first, first + ROWS_A_BLOCK))
        return
    for row in range(dataset.sizes["latitude"]):
        yield (
            dataset.isel(latitude=[row])
            .stack(point=("latitude", "longitude"), create_index=False)
            .transpose("time", ...)
        )


def _place_columns(block: xr.Dataset) -> list[str]:
    names = ["station"] if "station" in block.coords else []
    names += ["latitude", "longitude"]
    return [*names, "elevation"] if "elevation" in block.variables else names


def _rows(block: xr.Dataset, names: tuple[str, ...]) -> Iterator[list[str]]:
    times = [iso(time) for time in block["time"].values]
    decimals = [variable(name).decimals for name in names]
    arrays = [block[name].transpose("point", "time").values for name in names]
    for index in range(block.sizes["point"]):
        place = _place(block, index)
        for step, time in enumerate(times):
            values = [
                format_value(float(array[index, step]), digits)
                for array, digits in zip(arrays, decimals, strict=True)
            ]
            yield [*place, time, *values]


def _place(block: xr.Dataset, index: int) -> list[str]:
    cells = []
    for name in _place_columns(block):
        value = block[name].values[index]
        if name == "station":
            cells.append(safe_text(str(value)))
        else:
            cells.append(f"{float(value):.10g}" if name != "elevation" else f"{float(value):.1f}")
    return cells
