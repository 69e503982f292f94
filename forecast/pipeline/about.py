"""What a cycle says about itself: origin, variables, times, terrain and files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast import fields, ingest
from forecast.downscale import Plan
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

_CARRIERS: Final[Mapping[str, tuple[str, ...]]] = {
    "relative_humidity_2m": ("dew_point_2m",),
    "vapour_pressure_deficit": ("dew_point_2m",),
    "surface_pressure": ("pressure_msl",),
    "wind_speed_10m": ("wind_u_10m",),
    "wind_direction_10m": ("wind_u_10m",),
}


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
    flags = np.stack([_flags(name, hourly) for name in plan.variables])
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
        step_flag=flags,
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
            "ignored": list(hourly.attrs.get("ignored", [])),
            "licence": licence,
            "attribution": attribution,
            **plan.notes,
        },
    )


def _flags(name: str, hourly: xr.Dataset) -> npt.NDArray[np.uint8]:
    """Origin of each step of a published variable, from the quantity that carries it.

    A step without any value (the start of a sum, a gap) is missing, whatever was flagged.
    """
    known = set(hourly["variable"].values.tolist())
    carrier = next(one for one in (name, *_CARRIERS.get(name, ())) if one in known)
    flags = hourly[fields.STEP_FLAG].sel(variable=carrier).values.astype(np.uint8)
    field = hourly[carrier]
    empty = field.isnull().all([dim for dim in field.dims if dim != "time"]).values
    return np.where(empty, np.uint8(fields.FLAG_MISSING), flags)


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
