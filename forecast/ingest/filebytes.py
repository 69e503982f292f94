"""Reading of a file by offset without mapping it, so that a file cut meanwhile is no signal."""

import hashlib
import os
from pathlib import Path
from typing import Self

_CHUNK = 1 << 20


class FileBytes:
    """A read-only file: short reads at an offset, search, and its size.

    Args:
        path: the file.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        """Open the file."""
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.size = os.fstat(self._descriptor).st_size

    def __enter__(self) -> Self:
        """Use as a context manager."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes at `offset` (fewer at the end of the file)."""
        return os.pread(self._descriptor, length, offset)

    def find(self, pattern: bytes, start: int) -> int:
        """Return the offset of the next `pattern` at or after `start`, or -1."""
        length = 64
        while start < self.size:
            chunk = self.read(start, length)
            place = chunk.find(pattern)
            if place >= 0:
                return start + place
            if len(chunk) < len(pattern):
                return -1
            start += len(chunk) - len(pattern) + 1
            length = min(length * 16, _CHUNK)
        return -1

    def skip_zeros(self, start: int, stop: int) -> int:
        """Return the offset of the first byte of a stretch that is not zero, or its end."""
        while start < stop:
            chunk = self.read(start, min(_CHUNK, stop - start))
            rest = chunk.lstrip(b"\0")
            if rest or not chunk:
                return start + len(chunk) - len(rest) if chunk else stop
            start += len(chunk)
        return stop


def sha256(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
