"""What was read and what was not: the completeness matrix and its words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import xarray as xr

from forecast.errors import SourceIncomplete

_SHOWN = 6
_EXTREME = re.compile(r"(10fg|mx2t|mn2t)\d+")
"""Names that extremes have by the length of their interval, which changes along a run."""


@dataclass(frozen=True, slots=True)
class Combination:
    """One cell of the completeness matrix: parameter × level × step × member.

    Attributes:
        short_name: ecCodes short name.
        step_hours: end of the interval, hours since the cycle.
        level: level in the unit of its type; None matches any.
        type_of_level: ecCodes' level type; empty matches any.
        member: ensemble member; None matches any.
        cycle: start of the run, ISO 8601; empty matches any.
    """

    short_name: str
    step_hours: float
    level: float | None = None
    type_of_level: str = ""
    member: int | None = None
    cycle: str = ""

    def matches(self, other: "Combination") -> bool:
        """Tell whether `other` satisfies what this one demands."""
        return (
            self.short_name == other.short_name
            and abs(self.step_hours - other.step_hours) < 1e-6
            and self.level in (None, other.level)
            and self.type_of_level in ("", other.type_of_level)
            and self.member in (None, other.member)
            and self.cycle in ("", other.cycle)
        )

    def __str__(self) -> str:
        """Write `2t heightAboveGround 2 +6 h member 3`."""
        level = "" if self.level is None else f" {self.level:g}"
        kind = f" {self.type_of_level}" if self.type_of_level else ""
        member = "" if self.member is None else f" member {self.member}"
        return f"{self.short_name}{kind}{level} +{self.step_hours:g} h{member}"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What one file gave.

    Attributes:
        path: the file as given.
        size: bytes.
        sha256: checksum of its bytes, hexadecimal.
        seen: messages (or netCDF fields) found.
        decoded: messages decoded.
        unwanted: messages left aside because they were not asked for.
        refused: one clause per message or stretch that could not be read.
        notes: repairs and remarks that cost nothing.
    """

    path: str
    size: int
    sha256: str
    seen: int
    decoded: int
    unwanted: int
    refused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one `read` found, refused and missed.

    Attributes:
        files: one report per file.
        present: every decoded combination.
        missing: combinations of the matrix (or of what was expected) that no message filled.
        duplicates: combinations that came twice, in words; the first was kept.
        notes: remarks on the whole.
    """

    files: tuple[FileReport, ...]
    present: tuple[Combination, ...] = ()
    missing: tuple[Combination, ...] = ()
    duplicates: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def refused(self) -> tuple[str, ...]:
        """All refusals, each naming its file."""
        return tuple(f"{file.path}: {reason}" for file in self.files for reason in file.refused)

    @property
    def complete(self) -> bool:
        """Whether nothing was refused and nothing is missing."""
        return not self.refused and not self.missing

    def summary(self) -> str:
        """One sentence for people: counts, refusals, gaps."""
        seen = sum(file.seen for file in self.files)
        decoded = sum(file.decoded for file in self.files)
        parts = [f"{decoded} of {seen} messages read from {_count(len(self.files), 'file')}"]
        unwanted = sum(file.unwanted for file in self.files)
        if unwanted:
            parts.append(f"{unwanted} not asked for")
        if self.refused:
            parts.append(f"{len(self.refused)} refused ({self.refused[0]})")
        if self.missing:
            parts.append(f"{len(self.missing)} missing ({_some(self.missing)})")
        if self.duplicates:
            parts.append(f"{len(self.duplicates)} twice ({self.duplicates[0]})")
        return "; ".join(parts) + "."

    def require_complete(self) -> None:
        """Do nothing where nothing is missing.

        Raises:
            SourceIncomplete: names what is missing or refused.
        """
        if not self.complete:
            raise SourceIncomplete(self.summary())

    def matrix(self) -> xr.DataArray:
        """Presence of every combination, bool [parameter, step, member]; steps in hours."""
        names = sorted({_field(cell) for cell in (*self.present, *self.missing)})
        steps = sorted({cell.step_hours for cell in (*self.present, *self.missing)})
        members = sorted({_member(cell) for cell in (*self.present, *self.missing)})
        table = np.zeros((len(names), len(steps), len(members)), dtype=bool)
        for cell in self.present:
            table[
                names.index(_field(cell)),
                steps.index(cell.step_hours),
                members.index(_member(cell)),
            ] = True
        return xr.DataArray(
            table,
            dims=("parameter", "step_hours", "member"),
            coords={"parameter": names, "step_hours": steps, "member": members},
        )

    def table(self) -> list[tuple[str, str, str, str]]:
        """Rows for a terminal: parameter with level, steps present, members, steps missing."""
        rows = []
        found = self.matrix()
        for name in found["parameter"].values:
            part = found.sel(parameter=name)
            present = part.any("member").values
            gaps = sorted({cell.step_hours for cell in self.missing if _field(cell) == name})
            rows.append((
                str(name),
                _ranges(found["step_hours"].values[present]),
                str(int(part.any("step_hours").sum())),
                _ranges(gaps),
            ))  # fmt: skip
        return rows


def missing_combinations(present: Iterable[Combination]) -> tuple[Combination, ...]:
    """Find the gaps of the matrix: steps and members that other fields of the run have.

    A field with several steps is expected at every step that any field of its run has, except
    step 0, which sums and means lack, and steps that its own coarser spacing passes over (every
    3 hours from some lead on); a field with one step is taken for an invariant. Members are
    expected at every step of their field. Extremes that are named by the length of their interval
    are one field under several names.

    Args:
        present: decoded combinations.
    """
    groups: dict[tuple[str, str, str, float | None], dict[str, set[Combination]]] = {}
    steps: dict[str, set[float]] = {}
    for cell in present:
        found = _EXTREME.fullmatch(cell.short_name)
        key = cell.cycle, found[1] if found else cell.short_name, cell.type_of_level, cell.level
        groups.setdefault(key, {}).setdefault(cell.short_name, set()).add(cell)
        steps.setdefault(cell.cycle, set()).add(cell.step_hours)
    gaps: list[Combination] = []
    for (cycle, _, kind, level), named in groups.items():
        name = max(named, key=lambda each: len(named[each]))
        group = {replace(cell, short_name=name) for cells in named.values() for cell in cells}
        own = {cell.step_hours for cell in group}
        others = {step for step in steps[cycle] - own if step and not _passed_over(step, own)}
        wanted = own if len(own) == 1 else own | others
        members = {cell.member for cell in group}
        cells = {
            Combination(name, step, level, kind, member, cycle)
            for step in wanted
            for member in members
        }
        gaps += cells - group
    return tuple(sorted(gaps, key=_order))


def _passed_over(step: float, own: set[float]) -> bool:
    """Whether a step lies in a gap of a field's steps that has an equal gap beside it."""
    ordered = sorted(own)
    place = sum(other < step for other in ordered)
    if not 0 < place < len(ordered):
        return False
    gaps = [after - before for before, after in pairwise(ordered)]
    beside = gaps[max(place - 2, 0) : place - 1] + gaps[place : place + 1]
    return any(abs(gap - gaps[place - 1]) < 1e-6 for gap in beside)


def unmet(
    expected: Iterable[Combination], present: Iterable[Combination]
) -> tuple[Combination, ...]:
    """Those of `expected` that no combination in `present` satisfies."""
    by_name: dict[str, list[Combination]] = {}
    for cell in present:
        by_name.setdefault(cell.short_name, []).append(cell)
    return tuple(
        demand
        for demand in expected
        if not any(demand.matches(cell) for cell in by_name.get(demand.short_name, ()))
    )


def _order(cell: Combination) -> tuple[str, str, str, float, float, int]:
    level = -1.0 if cell.level is None else cell.level
    return cell.cycle, cell.short_name, cell.type_of_level, level, cell.step_hours, _member(cell)


def _field(cell: Combination) -> str:
    level = "" if cell.level is None else f" {cell.level:g}"
    return f"{cell.short_name} {cell.type_of_level}{level}".strip()


def _member(cell: Combination) -> int:
    return -1 if cell.member is None else cell.member


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _some(cells: tuple[Combination, ...]) -> str:
    shown = ", ".join(str(cell) for cell in cells[:_SHOWN])
    return shown if len(cells) <= _SHOWN else f"{shown} and {len(cells) - _SHOWN} more"


def _ranges(steps: Iterable[float]) -> str:
    """Write steps as `0-24 by 1, 27, 30` hours."""
    values = [float(step) for step in steps]
    parts: list[str] = []
    start = 0
    while start < len(values):
        stop = start + 1
        if stop < len(values):
            spacing = values[stop] - values[start]
            while stop < len(values) and abs(values[stop] - values[stop - 1] - spacing) < 1e-9:
                stop += 1
        if stop - start >= 3:
            parts.append(f"{values[start]:g}-{values[stop - 1]:g} by {spacing:g}")
        else:
            stop = start + 1
            parts.append(f"{values[start]:g}")
        start = stop
    return ", ".join(parts)
