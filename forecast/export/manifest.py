"""The manifest beside an export: what it holds, from which cycle, and its checksum."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import xarray as xr

from forecast.fields import STEP_FLAG

Report = Callable[[str, int, int], None]
"""Called with (stage, done, total)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportReport:
    """What was written.

    Attributes:
        file: name of the file.
        size: bytes.
        sha256: checksum of the whole file, hexadecimal.
        variables: names, in order.
        times: number of hours.
        cells: number of grid cells or stations.
        provenance: cycle, source, licence and the other facts of the cycle.
    """

    file: str
    size: int
    sha256: str
    variables: tuple[str, ...]
    times: int
    cells: int
    provenance: Mapping[str, Any]


def timed(dataset: xr.Dataset) -> tuple[str, ...]:
    """Names of the fields that change in time, in order; flags of steps are no field."""
    fields = dataset.data_vars
    return tuple(str(n) for n in fields if n != STEP_FLAG and "time" in fields[n].dims)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path that becomes `path` only when everything was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    try:
        yield partial
        with partial.open("rb+") as handle:
            os.fsync(handle.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_manifest(
    path: Path,
    *,
    variables: tuple[str, ...],
    times: int,
    cells: int,
    provenance: Mapping[str, Any],
) -> ExportReport:
    """Write `<file>.manifest.json` beside a finished export and return what it says."""
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    report = ExportReport(
        file=path.name,
        size=path.stat().st_size,
        sha256=digest,
        variables=variables,
        times=times,
        cells=cells,
        provenance=dict(provenance),
    )
    beside = path.with_name(f"{path.name}.manifest.json")
    with whole_file(beside) as partial:
        partial.write_text(
            json.dumps(asdict(report), indent=2, ensure_ascii=False), encoding="utf-8"
        )
    return report
