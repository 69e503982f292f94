"""From files to one native dataset: ingest and normalise, with what was found on the way."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from forecast import ingest, normalise
from forecast.errors import InvalidRequest
from forecast.ingest import Combination, IngestReport, RawRun
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
        single: which member `dataset` is: `the control` or `member N`; empty without members.
        orography: where the model's heights came from, if not from the run; or empty.
    """

    dataset: xr.Dataset
    members: xr.Dataset | None
    report: IngestReport
    simulated: bool
    orography: str = ""
    single: str = ""


def read_raw(
    paths: tuple[Path, ...],
    *,
    area: BoundingBox,
    expected: Collection[Combination] = (),
    report: Report,
) -> RawRun:
    """Read the files of one model run, for one region or for several.

    Args:
        paths: GRIB or netCDF files.
        area: what to keep, degrees, margin included.
        expected: combinations without which the run is incomplete.
        report: called with (stage, done, total).

    Raises:
        SourceError: a file cannot be read, or an expected message is missing.
    """
    raw = ingest.read(
        paths,
        area=area,
        expected=expected,
        progress=lambda done, total: report("reading messages", done, total),
    )
    if expected:
        raw.report.require_complete()
    return raw


def to_native(
    raw: RawRun, *, area: BoundingBox, source: str, orography: Path | None = None
) -> NativeRun:
    """Normalise a run for one region: the control, and the members where there are some.

    Args:
        raw: what was read.
        area: what to keep, degrees, margin included.
        source: name of the source.
        orography: file with the model's orography, where the run has none.

    Raises:
        DataError: the fields contradict each other.
        SourceError: the orography file cannot be read.
    """
    heights = read_orography(orography, area=area) if orography else None

    def normalised(fields: list[xr.DataArray]) -> xr.Dataset:
        return normalise.normalise(fields, source=source, area=area, orography=heights)

    ensemble = [field for field in raw.fields if "realization" in field.dims]
    single = [field for field in raw.fields if "realization" not in field.dims]
    static = [field for field in single if not _moves(field)]
    members = normalised([*ensemble, *static]) if any(map(_moves, ensemble)) else None
    single += [
        field.sel(realization=CONTROL, drop=True)
        for field in ensemble
        if CONTROL in field["realization"].values
    ]
    shown = "the control" if members is not None else ""
    if members is None or any(map(_moves, single)):
        dataset = normalised(single)
    else:
        dataset = members.isel(realization=0, drop=True)
        shown = f"member {members['realization'].values[0]}, as there is no control,"
    return NativeRun(
        dataset=dataset,
        members=members,
        report=raw.report,
        single=shown,
        simulated=dataset.attrs.get("simulated") == "true",
        orography=f"file {orography.name}" if orography and _is_given(dataset) else "",
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


def _is_given(dataset: xr.Dataset) -> bool:
    """Whether the model's heights came from a file beside the run."""
    height = dataset.get("model_elevation")
    return height is not None and str(height.attrs.get("origin_of_field", "")).startswith("given")


def _moves(field: xr.DataArray) -> bool:
    """Whether a field is more than orography or a mask."""
    return field.attrs.get("short_name") not in (*OROGRAPHY_NAMES, "lsm")
