"""Bounded walk over the sections of a GRIB file, in pure Python, before anything is decoded.

The walk trusts no length: every step moves forward, every count is compared with a limit, and
nothing larger than a section header is held in memory. It finds damage of structure (lengths,
`7777`, truncation, garbage) and declared sizes that no model has; it cannot see a flipped bit
among the values, which no decoder sees either.
"""

from dataclasses import dataclass
from pathlib import Path

from forecast.ingest.filebytes import FileBytes
from forecast.ingest.gribsections import END, BrokenMessage, edition_1, edition_2
from forecast.ingest.limits import DecodeLimits

MAGIC = b"GRIB"
_MAX_CANDIDATES = 20_000
_BULLETIN_BYTES = 128
_BEGUN = (b"G", b"GR", b"GRI")
_TEXT = frozenset(b"\x01\x03\r\n\t") | frozenset(range(0x20, 0x7F))


@dataclass(frozen=True, slots=True)
class GribMessage:
    """One field of a file: where its bytes stand.

    Attributes:
        number: position among the fields of the file, from 1.
        offset: first byte of the GRIB message that holds it.
        length: bytes of that message.
        pieces: (offset, length) of the sections that make this field, where the message holds
            several fields; empty where the whole message is the field.
        edition: 1 or 2.
        points: grid points that the header declares.
        tables: originating centre and local table version, which name its definitions.
    """

    number: int
    offset: int
    length: int
    pieces: tuple[tuple[int, int], ...]
    edition: int
    points: int
    tables: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Fault:
    """A stretch of a file that holds no readable message, and why (a clause without a dot)."""

    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class GribScan:
    """Fields and faults of one file, in the order of the file."""

    fields: tuple[GribMessage, ...]
    faults: tuple[Fault, ...]


def scan(path: Path, *, limits: DecodeLimits) -> GribScan:
    """Walk over a file and list the fields and the faults in it.

    Args:
        path: the file.
        limits: bounds on points, messages and bytes.
    """
    with FileBytes(path) as source:
        if source.size == 0:
            return GribScan((), (Fault(0, "the file is empty (0 bytes)"),))
        if source.size > limits.file_bytes:
            reason = f"the file has {source.size:,} bytes; allowed are {limits.file_bytes:,}"
            return GribScan((), (Fault(0, reason),))
        return _Walk(source, limits).run()


class _Walk:
    """The state of one walk: position, what was found, how many steps are left."""

    def __init__(self, source: FileBytes, limits: DecodeLimits) -> None:
        self.source = source
        self.limits = limits
        self.fields: list[GribMessage] = []
        self.faults: list[Fault] = []
        self.candidates = 0

    def run(self) -> GribScan:
        position, damaged = 0, False
        while (start := self.source.find(MAGIC, position)) >= 0:
            if not damaged:
                self._judge_gap(position, start)
            self.candidates += 1
            if self.candidates > _MAX_CANDIDATES + self.limits.messages:
                self.faults.append(Fault(start, "too many false message starts; the rest is left"))
                return self._result()
            try:
                position = self._message(start)
                damaged = False
            except BrokenMessage as reason:
                if not damaged:
                    self.faults.append(Fault(start, str(reason)))
                position, damaged = start + len(MAGIC), True
            if len(self.fields) > self.limits.messages:
                reason_text = f"more than {self.limits.messages:,} messages; the rest is left"
                self.faults.append(Fault(position, reason_text))
                return self._result()
        if not damaged:
            self._judge_gap(position, self.source.size)
        return self._result()

    def _result(self) -> GribScan:
        return GribScan(tuple(self.fields), tuple(self.faults))

    def _judge_gap(self, start: int, stop: int) -> None:
        """Report bytes between messages, unless they are zeros or a bulletin heading."""
        start = self.source.skip_zeros(start, stop)
        if start >= stop:
            return
        head = self.source.read(start, min(stop - start, 512))
        lowered = head.lstrip().lower()
        if lowered.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
            reason = f"bytes {start:,} to {stop:,} are an HTML or XML page, not GRIB"
        elif _is_bulletin_heading(head, stop - start):
            return
        elif stop == self.source.size and head.endswith(_BEGUN):
            reason = "the file ends within a message header"
        elif not self.fields and stop == self.source.size:
            reason = f"no GRIB message in {stop - start:,} bytes (they begin with {head[:8]!r})"
        else:
            reason = f"bytes {start:,} to {stop:,} belong to no GRIB message"
        self.faults.append(Fault(start, reason))

    def _message(self, start: int) -> int:
        """Check the message at `start`, note its fields and return the offset behind it."""
        head = self.source.read(start, 16)
        if len(head) < 16:
            raise BrokenMessage("the file ends within a message header")
        edition = head[7]
        if edition not in (1, 2):
            raise BrokenMessage(f"GRIB edition {edition} is not known; allowed are 1 and 2")
        found = (edition_1 if edition == 1 else edition_2)(self.source, start)
        tables = (0, 0) if edition == 1 else self._tables(start)
        for pieces, points in found.fields:
            if points > self.limits.points:
                self.faults.append(Fault(start, self._too_many(points)))
                continue
            self.fields.append(
                GribMessage(
                    len(self.fields) + 1, start, found.length, pieces, edition, points, tables
                )
            )
        return start + found.length

    def _tables(self, start: int) -> tuple[int, int]:
        head = self.source.read(start + 16, 11)
        return int.from_bytes(head[5:7], "big"), head[10]

    def _too_many(self, points: int) -> str:
        return f"the header declares {points:,} grid points; allowed are {self.limits.points:,}"


def _is_bulletin_heading(head: bytes, length: int) -> bool:
    """Short text between messages, as the telecommunication system puts around them."""
    is_text = length <= _BULLETIN_BYTES and _TEXT.issuperset(head)
    return is_text and END not in head and not head.endswith(_BEGUN)
