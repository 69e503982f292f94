"""Live sources: where a model's files lie, which steps and parameters they hold.

Every address stands once, in `forecast/data/sources/*.toml`.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from forecast.errors import InvalidRequest, UnknownName
from forecast.ingest.report import Combination
from forecast.times import cycle_label

Kind = Literal["instant", "interval", "static"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a source.

    Attributes:
        name: ecCodes short name.
        codes: names it may have in the source's index, the preferred one first.
        level: level as the index writes it.
        kind: `instant`, `interval` (sum, mean or extreme: absent at step 0) or `static`.
        required: a cycle without it is refused.
    """

    name: str
    codes: tuple[str, ...]
    level: str
    kind: Kind
    required: bool

    def holds_at(self, step: int) -> bool:
        """Whether a message of this parameter is wanted at a step in hours."""
        return {"instant": True, "interval": step > 0, "static": step == 0}[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One remote file of a step: the whole step, or some of its members.

    Attributes:
        step: hours since the cycle.
        part: name of the part in the file's path; empty where a step is one file.
        members: members that are wanted of it; (None,) for a single forecast.
        first: whether it is the step's first one, of which static fields are taken.
    """

    step: int
    part: str = ""
    members: tuple[int | None, ...] = (None,)
    first: bool = True

    @property
    def stem(self) -> str:
        """Name of its local files, without their endings."""
        return f"f{self.step:03d}.{self.part}" if self.part else f"f{self.step:03d}"

    def __str__(self) -> str:
        """Write `step 6 h` or `step 6 h of p07`."""
        return f"step {self.step} h of {self.part}" if self.part else f"step {self.step} h"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A live source as its TOML file describes it.

    Attributes:
        name: name used in commands, as `ecmwf-ifs`.
        label: name for people.
        licence: licence of the data.
        attribution: sentence that must go with the data.
        bases: base addresses, in the order in which they are tried.
        path: path template below a base with `cycle`, `stream`, `step` and `part`.
        index: kind of index and how its address follows from the file's.
        usual_delay: hours from the cycle until its first and last step usually appear.
        streams: stream names by hour and date; the first that fits counts.
        cycles: hours of the day and their steps as (first, last, interval) in hours.
        members: perturbed members, 0 for a single forecast.
        parameters: parameters that are read.
        parts: where a step is several files: name (a template with `member`) and members, from
            first to last, `each` in a file of its own or all in one.
        control: whether member 0 is always there and wanted with the others.
    """

    name: str
    label: str
    licence: str
    attribution: str
    bases: tuple[str, ...]
    path: str
    index: dict[str, str]
    usual_delay: dict[str, float]
    streams: tuple[dict[str, Any], ...]
    cycles: tuple[dict[str, Any], ...]
    members: int
    parameters: tuple[Parameter, ...]
    parts: tuple[dict[str, Any], ...] = ()
    control: bool = False

    def stream(self, cycle: datetime) -> str:
        """Name of the stream that holds a cycle."""
        for entry in self.streams:
            hours: Sequence[int] = entry.get("hours", range(24))
            before: date = entry.get("before", date.max)
            if cycle.hour in hours and cycle.date() < before:
                return str(entry["name"])
        raise InvalidRequest(f"source {self.name} names no stream for cycle {cycle_label(cycle)}")

    def file_path(self, cycle: datetime, step: int, *, part: str = "") -> str:
        """Path of a step's GRIB file, or of a part of it, below a base address."""
        return self.path.format(cycle=cycle, step=step, stream=self.stream(cycle), part=part)

    def index_path(self, cycle: datetime, step: int, *, part: str = "") -> str:
        """Path of the index beside it."""
        path = self.file_path(cycle, step, part=part)
        return path.removesuffix(self.index["replace"]) + self.index["by"]

    def pieces(self, step: int, members: Sequence[int | None]) -> tuple[Piece, ...]:
        """The files of a step that hold the members wanted.

        Args:
            step: hours since the cycle.
            members: wanted; (None,) for a single forecast.
        """
        if not self.parts:
            return (Piece(step=step, members=tuple(members)),)
        wanted = [member for member in members if member is not None]
        found: list[tuple[str, tuple[int, ...]]] = []
        for entry in self.parts:
            low, high = entry["members"]
            inside = tuple(member for member in wanted if low <= member <= high)
            groups = [(member,) for member in inside] if entry.get("each") else [inside]
            found += [(entry["name"].format(member=group[0]), group) for group in groups if group]
        return tuple(
            Piece(step=step, part=name, members=group, first=place == 0)
            for place, (name, group) in enumerate(found)
        )

    def all_members(self) -> tuple[int | None, ...]:
        """All members that it always has; one None for a single forecast."""
        if not self.members:
            return (None,)
        return tuple(range(0 if self.control else 1, self.members + 1))

    def all_steps(self, cycle: datetime) -> tuple[int, ...]:
        """All steps in hours that the source makes for a cycle of this hour of the day.

        Raises:
            InvalidRequest: the source has no cycle at this hour.
        """
        for entry in self.cycles:
            if cycle.hour in entry["hours"] and cycle == cycle.replace(minute=0, second=0):
                spans = entry["steps"]
                return tuple(s for a, b, by in spans for s in range(a, b + 1, by))
        allowed = ", ".join(f"{hour:02d}" for hour in self.cycle_hours)
        raise InvalidRequest(
            f"cycle {cycle:%Y-%m-%dT%H:%MZ} was asked of {self.name}; it starts at {allowed} UTC"
        )

    def steps(self, cycle: datetime, hours: int) -> tuple[int, ...]:
        """Steps in hours that cover a forecast of `hours` from a cycle, the last one included.

        Raises:
            InvalidRequest: the cycle does not reach that far, or does not exist.
        """
        steps = self.all_steps(cycle)
        if not 1 <= hours <= steps[-1]:
            raise InvalidRequest(
                f"{hours} hours were asked of {self.name} {cycle_label(cycle)}; "
                f"allowed are 1 to {steps[-1]} hours for this cycle"
            )
        last = next(step for step in steps if step >= hours)
        return tuple(step for step in steps if step <= last)

    @property
    def cycle_hours(self) -> tuple[int, ...]:
        """Hours of the day (UTC) at which the model starts."""
        return tuple(sorted(hour for entry in self.cycles for hour in entry["hours"]))

    @property
    def reach(self) -> int:
        """Hours that the longest cycles of this source reach."""
        return max(int(last) for entry in self.cycles for _, last, _ in entry["steps"])

    def usual_arrival(self, cycle: datetime, step: int) -> datetime:
        """When a step usually appears, between the delays of the first and the last step."""
        share = step / self.all_steps(cycle)[-1]
        first, last = self.usual_delay["first"], self.usual_delay["last"]
        return cycle + timedelta(hours=first + share * (last - first))


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of a source: one cycle, the hours to cover and the members.

    Attributes:
        source: the source.
        cycle: model start, aware UTC.
        hours: hours of forecast to cover.
        members: ensemble members, empty for all that the source has (or a single forecast).
    """

    source: Source
    cycle: datetime
    hours: int
    members: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.cycle.tzinfo is None:
            raise InvalidRequest("a cycle without a zone was asked; give it in UTC")
        object.__setattr__(self, "cycle", self.cycle.astimezone(UTC))
        if self.members and not set(self.members) <= set(range(self.source.members + 1)):
            raise InvalidRequest(
                f"members {list(self.members)} were asked of {self.source.name}; "
                f"allowed are 0 to {self.source.members}"
                if self.source.members
                else f"members were asked of {self.source.name}; it is a single forecast"
            )

    @property
    def steps(self) -> tuple[int, ...]:
        """Steps in hours that cover the order."""
        return self.source.steps(self.cycle, self.hours)

    @property
    def wanted_members(self) -> tuple[int | None, ...]:
        """Members asked for; one None for a single forecast."""
        return self.members or self.source.all_members()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The remote files that hold what is asked."""
        members = self.wanted_members
        return tuple(piece for step in self.steps for piece in self.source.pieces(step, members))


def expected(order: Order) -> tuple[Combination, ...]:
    """Messages without which the answer to an order is incomplete: parameter × step × member."""
    return tuple(
        Combination(short_name=parameter.name, step_hours=float(step), member=member)
        for step in order.steps
        for parameter in order.source.parameters
        if parameter.required and parameter.holds_at(step)
        for member in order.wanted_members
    )


@cache
def available_sources() -> tuple[str, ...]:
    """Names of the live sources, sorted."""
    folder = files("forecast").joinpath("data/sources")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def load_source(name: str) -> Source:
    """Read a source's description.

    Raises:
        UnknownName: there is no such source; near names are listed.
    """
    if name not in available_sources():
        near = get_close_matches(name, available_sources(), n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UnknownName(
            f"source {name!r} was asked; allowed are {', '.join(available_sources())}{hint}"
        )
    file = files("forecast").joinpath(f"data/sources/{name}.toml")
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    table["parameters"] = tuple(_parameter(entry) for entry in table["parameters"])
    for key in ("bases", "streams", "cycles", "parts"):
        table[key] = tuple(table.get(key, ()))
    return Source(name=name, **{"members": 0, **table})


def _parameter(entry: dict[str, Any]) -> Parameter:
    return Parameter(
        name=entry["name"],
        codes=tuple(entry.get("codes", (entry["name"],))),
        level=entry["level"],
        kind=entry["kind"],
        required=entry.get("required", True),
    )
