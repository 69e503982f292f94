"""Stack decoded messages into raw fields: one array per parameter, level, kind of step and grid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.ingest.decoder import DecodedField
from forecast.ingest.report import Combination
from forecast.ingest.winds import turn_winds

Key = tuple[Any, ...]

_KEY: Final = (
    "short_name", "param", "parameter", "units", "step_type", "type_of_level", "level",
    "level_bottom", "cycle", "origin", "derived", "wind_on_grid",
)  # fmt: skip
_NANOSECONDS: Final = 1_000_000_000


@dataclass(slots=True)
class Assembly:
    """Raw fields with what was noticed on the way.

    Attributes:
        fields: dims [realization,] step, then latitude, longitude or node; float32, NaN = missing.
        present: the combinations that were decoded.
        duplicates: combinations that came twice, in words.
        notes: remarks, in words.
    """

    fields: list[xr.DataArray] = field(default_factory=list)
    present: list[Combination] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def assemble(messages: Sequence[DecodedField]) -> Assembly:
    """Group messages by key and stack steps and members.

    Sums and means are separated by the kind of their intervals: those that all begin with the
    run ("since-start") and those that begin again and again ("buckets", as GFS has beside the
    former); the first bucket belongs to both.

    Args:
        messages: decoded messages in any order; the first of equal ones is kept.
    """
    result = Assembly(present=[combination(message) for message in messages])
    groups: dict[Key, list[DecodedField]] = {}
    for message in messages:
        key = (*(message.header[name] for name in _KEY), message.grid_key)
        groups.setdefault(key, []).append(message)
    for group in groups.values():
        unique = _unique(group, result.duplicates)
        for kind, series in _series(unique):
            result.fields.append(_stack(series, kind))
    angles = {m.grid_key: m.grid.angle for m in messages if m.grid.angle is not None}
    result.fields, remarks = turn_winds(result.fields, angles)
    result.notes += remarks
    return result


def combination(message: DecodedField) -> Combination:
    """The cell of the completeness matrix that a message fills."""
    header = message.header
    return Combination(
        header["short_name"],
        header["end"] / 3600,
        header["level"],
        header["type_of_level"],
        header["member"],
        header["cycle"] or "",
    )


def _unique(group: list[DecodedField], duplicates: list[str]) -> list[DecodedField]:
    """Keep the first message per member and interval; say what else came."""
    kept: dict[Key, DecodedField] = {}
    for message in group:
        header = message.header
        key = (header["member"], header["start"], header["end"])
        first = kept.setdefault(key, message)
        if first is not message:
            same = np.array_equal(first.values, message.values, equal_nan=True)
            duplicates.append(
                f"{combination(message)} in {message.path.name}"
                + (" (identical)" if same else " (with other values; the first was kept)")
            )
    return list(kept.values())


def _series(group: list[DecodedField]) -> Iterator[tuple[str, list[DecodedField]]]:
    """Split one parameter's messages into series whose intervals are of one kind."""
    if group[0].header["step_type"] == "instant":
        yield "instant", group
        return
    later = [message for message in group if message.header["start"] != 0]
    from_start = [message for message in group if message.header["start"] == 0]
    if not later:
        yield "since-start", group
        return
    second_bucket = min(message.header["start"] for message in later)
    shared = [message for message in from_start if message.header["end"] <= second_bucket]
    if len(shared) < len(from_start):
        yield "since-start", from_start
    intervals = {(message.header["start"], message.header["end"]) for message in later}
    if len({end for _, end in intervals}) == len(intervals):
        yield "buckets", shared + later
        return
    for length in sorted({end - start for start, end in intervals}):
        yield "buckets", [m for m in shared + later if _length(m) == length]


def _length(message: DecodedField) -> int:
    return int(message.header["end"] - message.header["start"])


def _stack(series: list[DecodedField], kind: str) -> xr.DataArray:
    """Stack one series over steps and members; combinations that are absent stay NaN."""
    first = series[0]
    starts = {message.header["end"]: message.header["start"] for message in series}
    steps = sorted(starts)
    members = sorted({_member(message) for message in series})
    values = np.full((len(members), len(steps), *first.values.shape), np.nan, dtype=np.float32)
    for message in series:
        place = members.index(_member(message)), steps.index(message.header["end"])
        values[place] = message.values
    horizontal = ("latitude", "longitude") if first.grid.regular else ("node",)
    in_ensemble = any(message.header["member"] is not None for message in series)
    stacked = xr.DataArray(
        values,
        dims=("realization", "step", *horizontal),
        coords=_coordinates(first, steps, [starts[step] for step in steps]),
        name=first.header["short_name"],
        attrs=_attributes(series, kind),
    ).assign_coords(realization=("realization", members))
    return stacked if in_ensemble else stacked.isel(realization=0, drop=True)


def _member(message: DecodedField) -> int:
    """Member number; a message that names none stands for the control, member 0."""
    return int(message.header["member"] or 0)


def _coordinates(first: DecodedField, steps: list[int], starts: list[int]) -> dict[str, Any]:
    cycle = np.datetime64(first.header["cycle"] or "NaT", "ns")
    horizontal = ("latitude",) if first.grid.regular else ("node",)
    return {
        "step": ("step", _timedelta(steps)),
        "step_start": ("step", _timedelta(starts)),
        "forecast_reference_time": cycle,
        "latitude": (horizontal, first.grid.latitude),
        "longitude": (("longitude",) if first.grid.regular else ("node",), first.grid.longitude),
    }


def _timedelta(seconds: list[int]) -> npt.NDArray[np.timedelta64]:
    return (np.array(seconds, dtype=np.int64) * _NANOSECONDS).astype("timedelta64[ns]")


def _attributes(series: list[DecodedField], kind: str) -> dict[str, Any]:
    """Raw-field attributes; all plain strings and numbers."""
    first = series[0]
    header = first.header
    attributes = {
        "short_name": header["short_name"],
        "param": header["param"],
        "parameter": header["parameter"],
        "units": header["units"],
        "step_type": header["step_type"],
        "interval_kind": kind,
        "type_of_level": header["type_of_level"],
        "level": float(header["level"]),
        "origin": header["origin"],
        "edition": header["edition"],
        "packing": header["packing"],
        "grid_type": header["grid_type"],
        "grid_key": first.grid_key,
        "source_file": ", ".join(dict.fromkeys(message.path.name for message in series)),
        "wind_relative_to_grid": "true" if first.grid.angle is not None else "false",
        "simulated": "true" if any(m.header["simulated"] for m in series) else "false",
        "packing_error": max(float(m.header["packing_error"]) for m in series),
    }
    if header["level_bottom"] is not None:
        attributes["level_bottom"] = float(header["level_bottom"])
    return attributes
