"""Messages of a GRIB file as its index lists them: choose the needed ones, merge their bytes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from forecast.ingest.sources import Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of an index.

    Attributes:
        code: the parameter's name in the index.
        level: the level as the index writes it.
        start: beginning of the interval in hours, None for an instant or where unsaid.
        end: step in hours.
        statistic: whether it is a sum, mean or extreme; None where the index does not say.
        member: ensemble member, 0 for the control, None for a single forecast.
        offset: first byte in the file.
        length: bytes of the message, None where only the file's size tells.
    """

    code: str
    level: str
    start: int | None
    end: int
    statistic: bool | None
    member: int | None
    offset: int
    length: int | None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Message:
    """One chosen message, ordered by its place in the file."""

    offset: int
    length: int
    parameter: str
    step: int
    member: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Bytes `start` to `stop` (excluded) of a file."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """Number of bytes."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What an index offers: entries by (parameter, member), and required ones that lack."""

    found: tuple[tuple[str, int | None, Entry], ...]
    lacking: tuple[str, ...]


def choose(
    entries: Iterable[Entry],
    parameters: Sequence[Parameter],
    *,
    step: int,
    members: Sequence[int | None],
) -> Choice:
    """Choose one entry per wanted parameter and member at a step.

    Among several intervals that end at the step the latest beginning is taken (the bucket, not
    the sum since the start, which is packed more coarsely), then the first in the file.

    Args:
        entries: the index.
        parameters: parameters of the source.
        step: hours since the cycle.
        members: members wanted; (None,) for a single forecast.
    """
    by_name: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        by_name[entry.code, entry.level].append(entry)
    found: list[tuple[str, int | None, Entry]] = []
    lacking: list[str] = []
    for parameter in parameters:
        if not parameter.holds_at(step):
            continue
        fitting = _fitting(by_name, parameter, step=step)
        wanted = (None,) if parameter.kind == "static" else members
        for member in wanted:
            best = _best(fitting, member=member, any_member=parameter.kind == "static")
            if best is not None:
                found.append((parameter.name, member, best))
            elif parameter.required:
                name = parameter.name if member is None else f"{parameter.name} of member {member}"
                lacking.append(name)
    return Choice(found=tuple(found), lacking=tuple(lacking))


def _fitting(
    by_name: dict[tuple[str, str], list[Entry]], parameter: Parameter, *, step: int
) -> list[Entry]:
    for code in parameter.codes:
        fitting = [
            entry
            for entry in by_name.get((code, parameter.level), ())
            if entry.end == step and entry.statistic in (None, parameter.kind == "interval")
        ]
        if fitting:
            return sorted(fitting, key=lambda entry: (-(entry.start or 0), entry.offset))
    return []


def _best(fitting: Sequence[Entry], *, member: int | None, any_member: bool) -> Entry | None:
    for entry in fitting:
        if any_member or entry.member == member:
            return entry
    return None


def merge(messages: Iterable[Message]) -> list[Span]:
    """Merge adjacent messages into as few byte ranges as possible, in file order."""
    spans: list[Span] = []
    for message in sorted(messages):
        stop = message.offset + message.length
        if spans and message.offset <= spans[-1].stop:
            spans[-1] = Span(start=spans[-1].start, stop=max(stop, spans[-1].stop))
        else:
            spans.append(Span(start=message.offset, stop=stop))
    return spans
