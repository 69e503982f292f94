"""What a netCDF file declares, checked before any library decodes it.

A truncated netCDF-3 file opens without complaint and gives wrong numbers, so the size that its
header implies is compared with its length. A netCDF-4 file may declare arrays far larger than
itself, or point to other files; both are looked at before a value is read.

Layout of netCDF-3: "The NetCDF Classic Format Specification" (Unidata; CDF-1, CDF-2, CDF-5).
"""

import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Final, Literal

import h5py

from forecast.ingest.filebytes import FileBytes
from forecast.ingest.limits import DecodeLimits
from forecast.ingest.refusal import Refused

Engine = Literal["scipy", "h5netcdf"]

CLASSIC: Final = b"CDF"
HDF5: Final = b"\x89HDF\r\n\x1a\n"
_TYPE_BYTES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}
_HEADER_LIMIT: Final = 16 << 20
_MAX_OBJECTS: Final = 20_000


def is_netcdf(path: Path) -> bool:
    """Tell whether a file begins as netCDF-3 or HDF5 does."""
    with FileBytes(path) as source:
        return source.read(0, 3) == CLASSIC or source.read(0, 8) == HDF5


def check(path: Path, *, limits: DecodeLimits) -> Engine:
    """Check a netCDF file's declared sizes and name the engine that may open it.

    Args:
        path: the file.
        limits: bounds on the bytes of the file and of what it declares.

    Raises:
        Refused: it is truncated, declares too much, or points outside itself.
    """
    with FileBytes(path) as source:
        if source.size > limits.file_bytes:
            raise Refused(f"it has {source.size:,} bytes; allowed are {limits.file_bytes:,}")
        head = source.read(0, _HEADER_LIMIT) if source.read(0, 3) == CLASSIC else b""
        size = source.size
    if not head:
        _check_hdf5(path, limits)
        return "h5netcdf"
    try:
        declared = _ClassicHeader(head).read()
    except (struct.error, IndexError, KeyError):
        raise Refused("its netCDF-3 header is damaged or truncated") from None
    if declared.end > size:
        raise Refused(
            f"it is truncated: its header needs {declared.end:,} bytes and {size:,} are there"
        )
    _check_declared(declared.values_bytes, limits)
    return "scipy"


def _check_declared(declared: int, limits: DecodeLimits) -> None:
    if declared > limits.decoded_bytes:
        raise Refused(
            f"it declares {declared / 2**30:,.1f} GiB of values;"
            f" allowed are {limits.decoded_bytes / 2**30:,.1f} GiB"
        )


def _check_hdf5(path: Path, limits: DecodeLimits) -> None:
    """Walk over the objects of an HDF5 file by hard links only, a bounded number of times."""
    declared = objects = 0
    try:
        with h5py.File(path, "r") as file:
            waiting: list[h5py.Group] = [file]
            while waiting:
                group = waiting.pop()
                for name in group:
                    objects += 1
                    if objects > _MAX_OBJECTS:
                        raise Refused(f"it holds more than {_MAX_OBJECTS:,} objects")
                    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                        raise Refused(f"its entry {name!r} is a link to elsewhere")
                    entry = group[name]
                    if isinstance(entry, h5py.Dataset):
                        if entry.external or entry.is_virtual:
                            raise Refused(f"its variable {name!r} keeps its values in other files")
                        declared += entry.size * max(entry.dtype.itemsize, 4)
                    elif isinstance(entry, h5py.Group):
                        waiting.append(entry)
    except (OSError, RuntimeError, KeyError, ValueError) as error:
        raise Refused(f"it is damaged or truncated ({str(error)[:160]})") from None
    _check_declared(declared, limits)


@dataclass(frozen=True, slots=True)
class _Declared:
    end: int
    values_bytes: int


class _ClassicHeader:
    """Reader of a netCDF-3 header; every count is bounded by the bytes of the header."""

    def __init__(self, head: bytes) -> None:
        self.head = head
        self.position = 4
        version = head[3]
        if version not in (1, 2, 5):
            raise Refused(f"its netCDF version {version} is not known; allowed are 1, 2 and 5")
        self.count_format = ">Q" if version == 5 else ">I"
        self.offset_format = ">I" if version == 1 else ">Q"

    def read(self) -> _Declared:
        records = self._number(self.count_format)
        streaming = records == (1 << 8 * struct.calcsize(self.count_format)) - 1
        if streaming:
            raise Refused("its number of records is not written (a stream that was not closed)")
        lengths = [self._dimension() for _ in range(self._count())]
        for _ in range(self._count()):
            self._attribute()
        variables = [self._variable(lengths) for _ in range(self._count())]
        record_sizes = [size for size, _, by_record in variables if by_record]
        stride = record_sizes[0] if len(record_sizes) == 1 else sum(map(_padded, record_sizes))
        end, total = self.position, 0
        for size, begin, by_record in variables:
            if by_record and not records:
                continue
            end = max(end, begin + size + (stride * (records - 1) if by_record else 0))
            total += size * (records if by_record else 1)
        return _Declared(end, total)

    def _number(self, layout: str) -> int:
        (value,) = struct.unpack_from(layout, self.head, self.position)
        self.position += struct.calcsize(layout)
        return int(value)

    def _count(self) -> int:
        """Read a list's tag and number of elements."""
        self._number(">I")
        count = self._number(self.count_format)
        if count > len(self.head):
            raise Refused("its netCDF-3 header is damaged or truncated")
        return count

    def _skip(self, length: int) -> None:
        self.position += _padded(length)
        if self.position > len(self.head):
            raise Refused("its netCDF-3 header is damaged or truncated")

    def _dimension(self) -> int:
        self._skip(self._number(self.count_format))
        return self._number(self.count_format)

    def _attribute(self) -> None:
        self._skip(self._number(self.count_format))
        kind = self._number(">I")
        self._skip(self._number(self.count_format) * _TYPE_BYTES[kind])

    def _variable(self, lengths: list[int]) -> tuple[int, int, bool]:
        """Size of the values (of one record), offset, and whether it grows by records."""
        self._skip(self._number(self.count_format))
        rank = self._number(self.count_format)
        if rank > len(lengths) + 64:
            raise Refused("its netCDF-3 header is damaged or truncated")
        shape = [lengths[self._number(self.count_format)] for _ in range(rank)]
        for _ in range(self._count()):
            self._attribute()
        kind = self._number(">I")
        self._number(self.count_format)
        begin = self._number(self.offset_format)
        by_record = bool(shape) and shape[0] == 0
        size = prod(shape[1:] if by_record else shape) * _TYPE_BYTES[kind]
        return size, begin, by_record


def _padded(length: int) -> int:
    return -(-length // 4) * 4
