"""Two versions of a profile compared: what changed, and which number of the version is due.

A changed threshold raises the second number, a changed meaning the first, another wording or
source the third. `39.2 degF` in the place of `4 degC` is no change of a threshold.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from pydantic import BaseModel

from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.grammar import Comparison
from forecast.advise.profile.quantities import comparable

_WORDING: Final = frozenset(
    {"name", "region", "action", "cite", "citations", "maintainer", "review_by", "valid_from"}
)
"""Keys below which only words and sources stand."""

_MEANING: Final = frozenset(
    {"id", "schema", "crop_eppo", "day_boundary", "kind", "stages", "var", "op", "agg", "at"}
    | {"model", "method", "index", "direction", "cutoff", "biofix", "step", "daylight_only"}
    | {"flooded", "level", "looks", "from", "last_stage"}
)
"""Keys that say what is asked; all others hold numbers."""

_PARTS: Final = frozenset({"rules", "windows", "sowing"})
"""Lists that may grow without a change in what stands there."""

Flat = dict[tuple[str, ...], Any]


class Weight(IntEnum):
    """How much a change weighs, and which number of the version it raises."""

    NONE = 0
    WORDING = 1
    THRESHOLD = 2
    MEANING = 3


BUMP: Final[Mapping[Weight, str]] = {
    Weight.NONE: "none",
    Weight.WORDING: "patch",
    Weight.THRESHOLD: "minor",
    Weight.MEANING: "major",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference.

    Attributes:
        path: where, as people read it.
        before: as text; empty where it was not there.
        after: likewise.
        weight: of the change.
    """

    path: str
    before: str
    after: str
    weight: Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All differences of two profiles.

    Attributes:
        changes: in the order of the profile.
        weight: the heaviest.
        due: lowest version that the second may carry.
        enough: whether it carries that or a higher one.
    """

    changes: tuple[Change, ...]
    weight: Weight
    due: str
    enough: bool


def compare(before: CropProfile, after: CropProfile) -> Difference:
    """Say what changed from one profile to another, and which version is due.

    Args:
        before: older profile.
        after: newer one.
    """
    old, new = _flat(before), _flat(after)
    changes = tuple(_changes(old, new))
    weight = max((change.weight for change in changes), default=Weight.NONE)
    due = _raised(before.version, weight)
    return Difference(
        changes=changes, weight=weight, due=due, enough=_numbers(after.version) >= _numbers(due)
    )


def _changes(old: Flat, new: Flat) -> Iterator[Change]:
    """Differences; a rule, window or sowing that came or went is one of them."""
    gone = {path[:2] for path in old if path[0] in _PARTS} - {path[:2] for path in new}
    come = {path[:2] for path in new if path[0] in _PARTS} - {path[:2] for path in old}
    for part in sorted(gone):
        yield Change(path=".".join(part), before="there", after="", weight=Weight.MEANING)
    for part in sorted(come):
        yield Change(path=".".join(part), before="", after="new", weight=Weight.THRESHOLD)
    for path in dict.fromkeys([*old, *new]):
        if path[:2] in gone | come:
            continue
        was, now = old.get(path), new.get(path)
        if _alike(was) != _alike(now):
            yield Change(
                path=".".join(path),
                before="" if was is None else str(was),
                after="" if now is None else str(now),
                weight=_weight(path, changed=path in old and path in new),
            )
        elif was != now:
            yield Change(
                path=".".join(path), before=str(was), after=str(now), weight=Weight.WORDING
            )


def _weight(path: tuple[str, ...], *, changed: bool) -> Weight:
    if not _WORDING.isdisjoint(path):
        return Weight.WORDING
    if not changed or path[-1] in _MEANING or "stages" in path[-2:]:
        return Weight.MEANING
    return Weight.THRESHOLD


def _alike(value: Any) -> Any:
    """What is compared: a quantity as a number, whatever its unit."""
    return comparable(value) if isinstance(value, str) else value


def _flat(profile: CropProfile) -> Flat:
    found: Flat = {}
    _fill(found, (), profile)
    found.pop(("version",))
    return found


def _fill(found: Flat, path: tuple[str, ...], value: Any) -> None:
    """Put every single value below its path; what is not given is left out."""
    if isinstance(value, BaseModel):
        for key, inner in _fields(value):
            _fill(found, (*path, key), inner)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _fill(found, (*path, str(key)), inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for place, inner in enumerate(value):
            _fill(found, (*path, _named(inner, place)), inner)
    elif value is not None:
        found[path] = value


def _fields(part: BaseModel) -> Iterator[tuple[str, Any]]:
    """Fields by the name that the file has; a window's side is apart from its length."""
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if isinstance(part, Comparison) and name == "window" and value is not None:
            side, _, length = value.partition(" ")
            yield "looks", side
            yield "window", length
        else:
            yield field.alias or name, value


def _named(part: Any, place: int) -> str:
    name = getattr(part, "id", None) or getattr(part, "level", None)
    return str(name if name is not None else place)


def _raised(version: str, weight: Weight) -> str:
    major, minor, patch = _numbers(version)
    match weight:
        case Weight.MEANING:
            return f"{major + 1}.0.0"
        case Weight.THRESHOLD:
            return f"{major}.{minor + 1}.0"
        case Weight.WORDING:
            return f"{major}.{minor}.{patch + 1}"
        case _:
            return version


def _numbers(version: str) -> tuple[int, int, int]:
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch
