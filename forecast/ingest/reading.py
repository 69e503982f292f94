"""Read files into raw fields: scan, decode in children, assemble, report."""

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

import xarray as xr

from forecast.errors import RequestTooLarge, UnreadableFile
from forecast.ingest.assemble import Assembly, assemble
from forecast.ingest.decoder import DecodedField, DecodeJob, Refusal, Wanted, decode
from forecast.ingest.filebytes import sha256
from forecast.ingest.gribscan import GribScan, scan
from forecast.ingest.limits import DecodeLimits
from forecast.ingest.netcdf import NetcdfOutcome, read_netcdf
from forecast.ingest.netcdf_guard import is_netcdf
from forecast.ingest.refusal import Refused
from forecast.ingest.report import (
    Combination,
    FileReport,
    IngestReport,
    missing_combinations,
    unmet,
)
from grids import BoundingBox

Progress = Callable[[int, int], None]
Selection = Collection[str] | Callable[[dict[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class RawRun:
    """What files gave: raw fields, and the report on what was read, refused and missing."""

    fields: list[xr.DataArray]
    report: IngestReport


def read(
    paths: str | Path | Iterable[str | Path],
    *,
    area: BoundingBox | None = None,
    wanted: Selection | None = None,
    expected: Iterable[Combination] = (),
    progress: Progress | None = None,
) -> RawRun:
    """Read GRIB and netCDF files into raw fields, in the files' units and signs.

    Decoding happens in limited, disposable child processes. A damaged message costs that message
    only and stands in the report.

    Args:
        paths: one file or several.
        area: what to keep, degrees, already grown by the caller's margin; regular grids keep one
            more row and column on each side.
        wanted: short names, or a predicate on the header (short_name, param, units, step_type,
            start and end in seconds, type_of_level, level, member, cycle, origin, …).
        expected: combinations whose absence is to be reported.
        progress: called with (messages done, messages in all).

    Raises:
        UnreadableFile: not one message of the files could be read; says file and reason.
        RequestTooLarge: the decoded fields would exceed the limit.
        SourceError: no decoding child can be started.
    """
    return Reader().read(paths, area=area, wanted=wanted, expected=expected, progress=progress)


@dataclass(frozen=True, slots=True)
class Reader:
    """A way to read with other limits than the default ones."""

    limits: DecodeLimits = field(default_factory=DecodeLimits)

    def read(
        self,
        paths: str | Path | Iterable[str | Path],
        *,
        area: BoundingBox | None = None,
        wanted: Selection | None = None,
        expected: Iterable[Combination] = (),
        progress: Progress | None = None,
    ) -> RawRun:
        """Read as the module's `read` does, under this reader's limits."""
        files = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
        if not files:
            raise UnreadableFile("no file was given; at least one GRIB or netCDF file is needed")
        for path in files:
            if not path.is_file():
                raise UnreadableFile(f"{path}: there is no such file")
        grib = [path for path in files if not is_netcdf(path)]
        scans = [scan(path, limits=self.limits) for path in grib]
        template = DecodeJob(
            path=files[0], messages=(), area=area, wanted=_predicate(wanted), limits=self.limits
        )
        outcomes = _decode_all(grib, scans, template, progress)
        decoded = [item for part in outcomes for item in part if isinstance(item, DecodedField)]
        assembly = assemble(decoded)
        reports = list(map(_file_report, grib, scans, outcomes))
        reports += [_add_netcdf(template, path, assembly) for path in files if path not in grib]
        return _conclude(assembly, tuple(reports), tuple(expected))


def _predicate(wanted: Selection | None) -> Wanted | None:
    if wanted is None or callable(wanted):
        return wanted
    names = {wanted} if isinstance(wanted, str) else frozenset(wanted)
    return lambda header: header["short_name"] in names


def _decode_all(
    files: Sequence[Path],
    scans: Sequence[GribScan],
    template: DecodeJob,
    progress: Progress | None,
) -> list[list[DecodedField | Refusal | None]]:
    """Decode all files, `workers` batches at a time; outcomes per file in message order."""
    limits = template.limits
    jobs = [
        (index, replace(template, path=path, messages=found.fields[start : start + limits.batch]))
        for index, (path, found) in enumerate(zip(files, scans, strict=True))
        for start in range(0, len(found.fields), limits.batch)
    ]
    tally = _Tally(sum(len(found.fields) for found in scans), limits.decoded_bytes, progress)
    outcomes: list[list[DecodedField | Refusal | None]] = [[] for _ in files]
    workers = max(1, min(limits.workers, os.cpu_count() or 1, len(jobs)))
    with ThreadPoolExecutor(workers) as pool:
        parts = pool.map(lambda job: tally.run(job[1]), jobs)
        try:
            for (index, _), part in zip(jobs, parts, strict=True):
                outcomes[index] += part
        except BaseException:
            tally.stopped = True
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return outcomes


class _Tally:
    """Counts messages for the progress bar and bytes for the limit, over all threads."""

    def __init__(self, total: int, bytes_allowed: int, progress: Progress | None) -> None:
        self.total = total
        self.bytes_allowed = bytes_allowed
        self.progress = progress
        self.done = 0
        self.bytes = 0
        self.stopped = False
        self.lock = Lock()

    def run(self, job: DecodeJob) -> list[DecodedField | Refusal | None]:
        outcomes: list[DecodedField | Refusal | None] = []
        for outcome in decode(job):
            outcomes.append(outcome)
            with self.lock:
                self._count(outcome, job.path)
            if self.stopped:
                break
        return outcomes

    def _count(self, outcome: DecodedField | Refusal | None, path: Path) -> None:
        self.done += 1
        if isinstance(outcome, DecodedField):
            self.bytes += outcome.values.nbytes
        if self.bytes > self.bytes_allowed:
            raise RequestTooLarge(
                f"{path}: the decoded fields exceed {self.bytes_allowed / 2**30:.3g} GiB;"
                " ask for a smaller area or fewer parameters"
            )
        if self.progress is not None:
            self.progress(self.done, self.total)


def _file_report(
    path: Path, found: GribScan, outcomes: list[DecodedField | Refusal | None]
) -> FileReport:
    decoded = [item for item in outcomes if isinstance(item, DecodedField)]
    refused = [
        f"message {item.message.number} (byte {item.message.offset:,}): {item.reason}"
        for item in outcomes
        if isinstance(item, Refusal)
    ]
    faults = [f"byte {fault.offset:,}: {fault.reason}" for fault in found.faults]
    notes = [note for item in decoded for note in (*item.header["notes"], *item.grid.notes)]
    return FileReport(
        str(path),
        path.stat().st_size,
        sha256(path),
        len(found.fields) + len(faults),
        len(decoded),
        sum(item is None for item in outcomes),
        (*faults, *refused),
        tuple(dict.fromkeys(notes)),
    )


def _add_netcdf(job: DecodeJob, path: Path, assembly: Assembly) -> FileReport:
    """Read one netCDF file into the assembly and report on it."""
    area = job.area
    box = None if area is None else (area.west, area.south, area.east, area.north)
    try:
        outcome = read_netcdf(path, area=box, wanted=job.wanted, limits=job.limits)
    except Refused as reason:
        outcome = NetcdfOutcome([], [str(reason)], [])
    assembly.fields += outcome.fields
    assembly.present += outcome.combinations()
    return FileReport(
        str(path),
        path.stat().st_size,
        sha256(path),
        len(outcome.fields) + outcome.unwanted + len(outcome.refused),
        len(outcome.fields),
        outcome.unwanted,
        tuple(outcome.refused),
        tuple(outcome.notes),
    )


def _conclude(
    assembly: Assembly, files: tuple[FileReport, ...], expected: tuple[Combination, ...]
) -> RawRun:
    """Build the report; with nothing decoded there is no run."""
    missing = (*missing_combinations(assembly.present), *unmet(expected, assembly.present))
    report = IngestReport(
        files,
        tuple(assembly.present),
        tuple(dict.fromkeys(missing)),
        tuple(assembly.duplicates),
        tuple(assembly.notes),
    )
    if not assembly.fields:
        reasons = report.refused or tuple(f"{file.path}: no field that was asked" for file in files)
        more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
        raise UnreadableFile(f"{reasons[0]}{more}")
    return RawRun(assembly.fields, report)
