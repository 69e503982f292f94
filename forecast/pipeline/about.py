"""What a cycle says about itself: origin, variables, times, terrain and files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast import downscale, fields, ingest, normalise
from forecast.downscale import Plan
from forecast.ingest import IngestReport
from forecast.pipeline.reading import NativeRun
from forecast.regions import Region
from forecast.store import CycleDescription, SourceFile
from forecast.times import to_datetime

FILES: Final = "files"
SCENARIO: Final = "scenario"

_GIVEN: Final[Mapping[str, tuple[str, str, str]]] = {
    FILES: ("files given by the operator", "as given with the files", ""),
    SCENARIO: ("Zhitian cold wave of April 2025, simulated", "CC BY 4.0", "made by Zhitian"),
}
"""Label, licence and attribution of what is not fetched."""


def describe(
    region: Region,
    native: NativeRun,
    *,
    hourly: xr.Dataset,
    plan: Plan,
    terrain: xr.Dataset,
) -> CycleDescription:
    """Describe a cycle before its first tile is written.

    Args:
        region: where.
        native: the model run as it was read.
        hourly: its control, hour by hour, on the model grid.
        plan: says which variables are published.
        terrain: the target.
    """
    source = str(native.dataset.attrs.get("source", FILES))
    label, licence, attribution = _origin(source)
    return CycleDescription(
        region=region.name,
        source=source,
        source_label=label,
        simulated=native.simulated,
        reference_time=to_datetime(fields.cycle_of(hourly)),
        grid=region.grid,
        variables=plan.variables,
        times=hourly["time"].values,
        time_bounds=_bounds(hourly),
        step_flag=_step_flags(hourly, plan.variables),
        terrain={
            "kind": str(terrain.attrs["terrain_kind"]),
            "source": str(terrain.attrs["terrain_source"]),
        },
        source_files=tuple(
            SourceFile(name=Path(entry.path).name, size=entry.size, sha256=entry.sha256)
            for entry in native.report.files
        ),
        report={
            "summary": native.report.summary(),
            "notes": notes(native.report),
            "messages": [list(row) for row in native.report.table()],
            "findings": [found.sentence for found in normalise.check_physics(native.dataset)],
            "ignored": list(hourly.attrs.get("ignored", [])),
            "licence": licence,
            "attribution": attribution,
            **plan.notes,
        },
    )


def notes(report: IngestReport) -> list[str]:
    """Remarks on the files of a run, each once: repairs, assumptions, newer cycles passed over."""
    told = (*report.notes, *(note for file in report.files for note in file.notes))
    return list(dict.fromkeys(told))


def _step_flags(hourly: xr.Dataset, names: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    """Origin of each step of the published variables [variable, time].

    A step at which something that a variable is made from has no value anywhere (the start of a
    sum, a gap) is missing, whatever was flagged.
    """
    flags = downscale.step_flags(hourly, names)
    for place, name in enumerate(names):
        for source in downscale.sources(hourly, name):
            field = hourly[source]
            empty = field.isnull().all([dim for dim in field.dims if dim != "time"]).values
            flags[place, empty] = fields.FLAG_MISSING
    return flags


def _bounds(hourly: xr.Dataset) -> npt.NDArray[np.datetime64]:
    if "time_bounds" in hourly.variables:
        return np.asarray(hourly["time_bounds"].values, dtype="datetime64[ns]")
    ends = hourly["time"].values
    return np.stack([ends - np.timedelta64(1, "h"), ends], axis=1)


def _origin(source: str) -> tuple[str, str, str]:
    """Label, licence and attribution of a source."""
    if source in _GIVEN:
        return _GIVEN[source]
    known = ingest.load_source(source)
    return known.label, known.licence, known.attribution
