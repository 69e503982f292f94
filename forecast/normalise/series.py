"""Raw fields of one quantity gathered into one series of records, checked to belong together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.errors import NormaliseError
from forecast.normalise.names import Meaning, Shape
from forecast.times import iso

_SINCE_START_PARAMS: Final = frozenset({142, 143, 144, 169, 175, 176, 177, 178, 179, 228})
"""Parameters of ECMWF's table 128 that are, by their definition, summed since the start."""

_RUNNING_STEPS: Final = 4
"""A series of amounts without bounds must be this long to be told from a running sum."""


@dataclass(frozen=True, slots=True)
class Record:
    """One field in time: values in the file's units, from `start` to `end` (ns since 1970)."""

    start: int
    end: int
    values: npt.NDArray[np.float32]
    packing_error: float


@dataclass(frozen=True, slots=True)
class Series:
    """All records of one quantity of one run.

    Attributes:
        quantity: name of the vocabulary, or of a quantity that serves to derive one.
        shape: how the records stand for time.
        units: unit of the values, as the file spells it.
        origin: the fields' short names, for messages.
        records: by end, then start.
        realization: member numbers, or None without members.
    """

    quantity: str
    shape: Shape
    units: str
    origin: str
    records: tuple[Record, ...]
    realization: tuple[int, ...] | None


def gather(meaning: Meaning, fields: Sequence[xr.DataArray]) -> Series:
    """Gather the raw fields of one quantity into a series.

    Raises:
        NormaliseError: units or members differ between the fields, or two fields give the same
            instant.
    """
    units = {str(field.attrs.get("units", "")) for field in fields}
    members = {_members(field) for field in fields}
    origin = ", ".join(sorted({str(field.attrs.get("short_name", "?")) for field in fields}))
    if len(units) > 1 or len(members) > 1:
        raise NormaliseError(
            f"{meaning.quantity}: fields {origin} come in units {sorted(units)} and "
            f"{len(members)} sets of members; allowed is one of each"
        )
    records = [record for field in fields for record in _records(field, meaning.shape)]
    records.sort(key=lambda record: (record.end, record.start))
    if meaning.shape != "interval":
        _refuse_duplicates(meaning.quantity, records)
    return Series(meaning.quantity, meaning.shape, units.pop(), origin, tuple(records), *members)


def _members(field: xr.DataArray) -> tuple[int, ...] | None:
    if "realization" not in field.dims:
        return None
    return tuple(int(member) for member in field["realization"].values)


def _records(field: xr.DataArray, shape: Shape) -> Iterable[Record]:
    starts, ends = _bounds(field, shape)
    front = ("realization",) if "realization" in field.dims else ()
    values = field.transpose("step", *front, ...).values
    error = float(field.attrs.get("packing_error", 0.0))
    for start, end, block in zip(starts, ends, values, strict=True):
        if shape == "interval" and end <= start:
            continue  # the sum over no time at the start of a run
        yield Record(int(start), int(end), block, error)


def _bounds(
    field: xr.DataArray, shape: Shape
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Start and end of each record in ns since 1970, by the field's own metadata."""
    cycle = field["forecast_reference_time"].values.astype("datetime64[ns]").astype(np.int64)
    ends = cycle + field["step"].values.astype("timedelta64[ns]").astype(np.int64)
    if "step_start" in field.coords:
        offsets = field["step_start"].values.astype("timedelta64[ns]").astype(np.int64)
        starts = cycle + np.broadcast_to(offsets, ends.shape)
    else:
        starts = ends.copy()
    declared = str(field.attrs.get("step_type", "instant")).lower() != "instant"
    if shape != "interval" or np.any(ends > starts) or (declared and ends.size == 1):
        return starts, ends
    if _is_since_start(field):
        return np.full_like(ends, cycle), ends
    return _adjoining(field, ends), ends


def _is_since_start(field: xr.DataArray) -> bool:
    """Say whether the parameter's definition makes it a sum since the start (ECMWF GRIB 1)."""
    attributes = field.attrs
    grib = int(attributes.get("edition", 0)) in (1, 2)
    return (
        grib
        and str(attributes.get("origin", "")).lower() in ("ecmf", "98")
        and int(attributes.get("param", -1)) in _SINCE_START_PARAMS
    )


def _adjoining(field: xr.DataArray, ends: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Starts of sums that adjoin, for files that give amounts without any bounds (ERA5 netCDF).

    Such a file is read as sums over the step before each time, unless no value ever falls in
    time, which is how a running sum looks: then nothing is assumed.
    """
    name = field.attrs.get("short_name", "?")
    steps = np.diff(np.sort(ends))
    if ends.size < 2 or np.any(steps != steps[0]):
        raise NormaliseError(
            f"{name}: amounts at {ends.size} irregular time(s) come without interval bounds; "
            "allowed are bounds in the file's metadata, or a regular series of sums"
        )
    values = field.transpose("step", ...).values[np.argsort(ends)]
    falls = np.any(values[1:] < values[:-1] - 1e-6 * np.nanmax(np.abs(values), initial=0.0))
    if ends.size >= _RUNNING_STEPS and np.nanmax(values, initial=0.0) > 0.0 and not falls:
        raise NormaliseError(
            f"{name}: amounts come without interval bounds and never fall in time, as a running "
            "sum would; allowed are bounds in the file's metadata, or sums over each step"
        )
    return ends - steps[0]


def _refuse_duplicates(quantity: str, records: Sequence[Record]) -> None:
    for before, after in pairwise(records):
        if before.end == after.end:
            raise NormaliseError(
                f"{quantity}: two fields are valid at {iso(np.datetime64(after.end, 'ns'))}; "
                "allowed is one field for each time (one run, one level)"
            )
