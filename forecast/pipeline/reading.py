"""From files to one native dataset: ingest and normalise, with what was found on the way."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from forecast import ingest, normalise
from forecast.errors import InvalidRequest
from forecast.ingest import Combination, IngestReport
from grids import BoundingBox

Report = Callable[[str, int, int], None]

CONTROL = 0
"""Member number of the unperturbed forecast."""

OROGRAPHY_NAMES = frozenset({"z", "orog", "h", "HGT", "mterh", "hgt", "gh"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeRun:
    """A model run on its own grid.

    Attributes:
        dataset: native contract; the control or the single forecast.
        members: the same with `realization`, or None.
        report: what was read, refused and missing.
        simulated: whether the files say that they are a scenario.
    """

    dataset: xr.Dataset
    members: xr.Dataset | None
    report: IngestReport
    simulated: bool


def read_native(
    paths: tuple[Path, ...],
    *,
    area: BoundingBox,
    source: str,
    orography: Path | None = None,
    expected: Iterable[Combination] = (),
    report: Report,
) -> NativeRun:
    """Read and normalise the files of one model run.

    Args:
        paths: GRIB or netCDF files.
        area: what to keep, degrees.
        source: name of the source.
        orography: file with the model's orography, where the run has none.
        expected: combinations without which the run is incomplete.
        report: called with (stage, done, total).

    Raises:
        SourceError: a file cannot be read, or an expected message is missing.
        DataError: the fields contradict each other.
    """
    raw = ingest.read(
        paths,
        area=area,
        expected=expected,
        progress=lambda done, total: report("reading messages", done, total),
    )
    if expected:
        raw.report.require_complete()
    heights = read_orography(orography, area=area) if orography else None
    ensemble = [field for field in raw.fields if "realization" in field.dims]
    single = [field for field in raw.fields if "realization" not in field.dims]
    single += [
        field.sel(realization=CONTROL, drop=True)
        for field in ensemble
        if CONTROL in field["realization"].values
    ]
    members = (
        normalise.normalise(ensemble, source=source, area=area, orography=heights)
        if _moving(ensemble)
        else None
    )
    if _moving(single) or members is None:
        dataset = normalise.normalise(single, source=source, area=area, orography=heights)
    else:
        dataset = members.isel(realization=0, drop=True)
    return NativeRun(
        dataset=dataset,
        members=members,
        report=raw.report,
        simulated=dataset.attrs.get("simulated") == "true",
    )


def read_orography(path: Path, *, area: BoundingBox) -> xr.DataArray:
    """The model's surface height from a file, m or geopotential by its unit.

    Raises:
        UnreadableFile: the file cannot be read.
        InvalidRequest: it holds no orography.
    """
    raw = ingest.read([path], area=area)
    for field in raw.fields:
        names = {str(field.attrs.get("short_name", "")), str(field.name)}
        if names & OROGRAPHY_NAMES or field.attrs.get("standard_name") == "surface_altitude":
            first = {dim: 0 for dim in ("realization", "step") if dim in field.dims}
            return field.isel(first, drop=True)
    found = ", ".join(sorted({str(field.attrs.get("short_name", "?")) for field in raw.fields}))
    raise InvalidRequest(f"orography file {path.name} was asked; it holds {found}, no orography")


def _moving(fields: list[xr.DataArray]) -> bool:
    """Whether there is more than orography and masks."""
    return any(field.attrs.get("short_name") not in (*OROGRAPHY_NAMES, "lsm") for field in fields)
