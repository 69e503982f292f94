"""Sections of one GRIB message: do their lengths add up, and what do they declare?

Layouts: WMO Manual on Codes, WMO-No. 306, Volume I.2, FM 92 GRIB editions 1 and 2. Messages of
edition 1 above 8 MiB use ECMWF's convention: the top bit of the length says that it counts
units of 120 bytes, and the length field of section 4 holds the bytes to take off again.
"""

from dataclasses import dataclass, field
from typing import Final

from forecast.ingest.filebytes import FileBytes

END: Final = b"7777"
Piece = tuple[int, int]
"""Offset and length of one section, in bytes."""

_UNKNOWN: Final = 0xFFFFFFFF
_MAX_SECTIONS: Final = 4000
_NEEDED: Final = frozenset({1, 3, 4, 5, 6, 7})
_TWO_DIMENSIONAL: Final = frozenset({0, 1, 2, 3, 10, 20, 30, 40, 41, 42, 43, 140})
"""Grid templates (WMO code table 3.1) with columns at octets 31-34 and rows at 35-38."""


class BrokenMessage(Exception):
    """A message that does not hold together; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Sections:
    """One message: its length in bytes and, per field, its sections and grid points."""

    length: int
    fields: tuple[tuple[tuple[Piece, ...], int], ...]


def edition_1(source: FileBytes, start: int) -> Sections:
    """Check a message of edition 1.

    Args:
        source: the file.
        start: offset of its `GRIB`.

    Raises:
        BrokenMessage: its lengths do not hold together.
    """
    position, points = start + 8, 0
    stated = int.from_bytes(source.read(start + 4, 3), "big")
    product = _section_1(source, position, 8)
    position += len(product)
    if product[7] & 0x80:
        grid = _section_1(source, position, 10)
        points = _points_of_edition_1(grid)
        position += len(grid)
    if product[7] & 0x40:
        position += len(_section_1(source, position, 6))
    data = source.read(position, 11)
    if len(data) < 11:
        raise BrokenMessage("the file is truncated before the data section")
    data_length, length = int.from_bytes(data[:3], "big"), stated
    if stated & 0x800000 and data_length < 120:
        length = (stated & 0x7FFFFF) * 120 - data_length + 4
        data_length = start + length - 4 - position
    _check_end(source, start, max(length, 12))
    if data_length < 0 or position + data_length > start + length - 4:
        raise BrokenMessage("its sections are longer than the message")
    if not data[3] & 0xC0 and data[10] > 64:
        raise BrokenMessage(f"the data section states {data[10]} bits per value")
    return Sections(length, (((), points),))


def edition_2(source: FileBytes, start: int) -> Sections:
    """Check a message of edition 2, which may hold several fields.

    Args:
        source: the file.
        start: offset of its `GRIB`.

    Raises:
        BrokenMessage: its lengths do not hold together.
    """
    length = int.from_bytes(source.read(start + 8, 8), "big")
    if length < 16 + 21 + 4:
        raise BrokenMessage(f"the message states a length of {length} bytes")
    _check_end(source, start, length)
    position, stop = start + 16, start + length - 4
    chain = _Chain(source)
    for _ in range(_MAX_SECTIONS):
        if position >= stop:
            break
        head = source.read(position, 5)
        size, number = int.from_bytes(head[:4], "big"), head[4]
        if size < 5 or position + size > stop or not 1 <= number <= 7:
            raise BrokenMessage(f"section {number} states a length of {size:,} bytes")
        chain.add(number, (position, size))
        position += size
    if position != stop or not chain.fields:
        raise BrokenMessage("its sections do not add up to its length")
    if len(chain.fields) == 1:
        return Sections(length, (((), chain.fields[0][1]),))
    return Sections(length, tuple(chain.fields))


@dataclass(slots=True)
class _Chain:
    """Sections of edition 2 in the order of the file; every section 7 ends one field."""

    source: FileBytes
    current: dict[int, Piece] = field(default_factory=dict)
    bitmap: Piece | None = None
    points: int = 0
    fields: list[tuple[tuple[Piece, ...], int]] = field(default_factory=list)

    def add(self, number: int, piece: Piece) -> None:
        self.current[number] = piece
        offset, size = piece
        if number == 3:
            self.points = _points_of_edition_2(self.source.read(offset, min(size, 96)))
        elif number == 5:
            values = int.from_bytes(self.source.read(offset, min(size, 21))[5:9], "big")
            if values > max(self.points, 1):
                raise BrokenMessage(
                    f"the message states {values:,} values on {self.points:,} grid points"
                )
        elif number == 6:
            self._bitmap(piece)
        elif number == 7:
            self._end_of_field()

    def _bitmap(self, piece: Piece) -> None:
        """Indicator 0: a bitmap follows; 254: the one before it in the message holds on."""
        indicator = self.source.read(piece[0] + 5, 1)
        if indicator == b"\x00":
            self.bitmap = piece
        elif indicator == b"\xfe" and self.bitmap is not None:
            self.current[6] = self.bitmap

    def _end_of_field(self) -> None:
        if not self.current.keys() >= _NEEDED:
            raise BrokenMessage(
                f"sections {sorted(self.current)} are there; 1, 3, 4, 5, 6 and 7 are needed"
            )
        pieces = tuple(self.current[number] for number in sorted(self.current))
        self.fields.append((pieces, self.points))


def _check_end(source: FileBytes, start: int, length: int) -> None:
    if start + length > source.size:
        raise BrokenMessage(
            f"the file is truncated: the message needs {length:,} bytes"
            f" and {source.size - start:,} are there"
        )
    if source.read(start + length - 4, 4) != END:
        raise BrokenMessage(
            f"the message does not end with 7777 after its stated length of {length:,} bytes"
        )


def _section_1(source: FileBytes, position: int, shortest: int) -> bytes:
    """Read one section of edition 1 (product, grid or bitmap; at most 16 MiB by layout)."""
    length = int.from_bytes(source.read(position, 3), "big")
    if length < shortest:
        raise BrokenMessage(f"a section states a length of {length} bytes")
    section = source.read(position, length)
    if len(section) < length:
        raise BrokenMessage("the file is truncated within a section")
    return section


def _points_of_edition_1(grid: bytes) -> int:
    """Grid points that section 2 of edition 1 declares (0 for spectral coefficients)."""
    if grid[5] in (50, 60, 70, 80):
        return 0
    columns, rows = int.from_bytes(grid[6:8], "big"), int.from_bytes(grid[8:10], "big")
    if columns == 0xFFFF and grid[4] != 0xFF:
        first = grid[4] - 1 + 4 * grid[3]
        counts = grid[first : first + 2 * rows]
        return sum(int.from_bytes(counts[i : i + 2], "big") for i in range(0, len(counts) - 1, 2))
    return columns * rows


def _points_of_edition_2(grid: bytes) -> int:
    """Grid points that section 3 of edition 2 declares, by count or by columns × rows."""
    if len(grid) < 14:
        raise BrokenMessage("the grid section is too short")
    points = int.from_bytes(grid[6:10], "big")
    if int.from_bytes(grid[12:14], "big") in _TWO_DIMENSIONAL and len(grid) >= 38:
        columns = int.from_bytes(grid[30:34], "big")
        rows = int.from_bytes(grid[34:38], "big")
        if _UNKNOWN not in (columns, rows):
            points = max(points, columns * rows)
    return points
