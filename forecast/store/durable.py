"""Files that survive a crash: whole or absent, hashed, and on the disk when we say so."""

import errno
import hashlib
import os
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from forecast.errors import DamagedCycle, StoreError

PARTIAL_SUFFIX: Final = ".part"
_BLOCK_BYTES: Final = 1 << 22
_DAMAGE: Final = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EIO, errno.ENXIO, errno.ENODATA, 117}
)
"""Errors that lie in the file (117 is EUCLEAN); others lie in the process or the machine."""

Buffer: TypeAlias = bytes | bytearray | memoryview


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a cycle.

    Attributes:
        path: path inside the cycle's folder, with `/`.
        size: bytes.
        sha256: hash of the bytes, hexadecimal.
        probe: CRC-32C over a sample of a shard's checksums; -1 for other files. Two shards
            that changed places have right checksums and wrong probes.
    """

    path: str
    size: int
    sha256: str
    probe: int = -1

    def to_list(self) -> list[Any]:
        """Write the entry as a short JSON list."""
        return [self.path, self.size, self.sha256, self.probe]


def write_whole(path: Path, parts: Iterable[Buffer]) -> tuple[int, str]:
    """Write a file that is never seen half-written; return its size and sha256.

    The bytes go to a temporary neighbour that is then renamed, so that two writers of the
    same content may race and a killed one leaves only a `.part` file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}{PARTIAL_SUFFIX}")
    digest = hashlib.sha256()
    size = 0
    try:
        with temporary.open("wb", buffering=0) as file:
            for part in parts:
                digest.update(part)
                size += _write_all(file.fileno(), part)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return size, digest.hexdigest()


def replace_durably(
    path: Path, content: bytes, *, before_swap: Callable[[], None] = lambda: None
) -> None:
    """Replace a small file atomically and durably: temporary, fsync, rename, fsync folder.

    Args:
        path: the file to replace.
        content: its new bytes.
        before_swap: called when the temporary file is safe and not yet in place.
    """
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}{PARTIAL_SUFFIX}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        before_swap()
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(root: Path) -> None:
    """Make every file and folder under `root` durable, files first."""
    for folder, _, names in os.walk(root, topdown=False):
        for name in names:
            descriptor = os.open(Path(folder, name), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        sync_folder(Path(folder))


def sha256_of(path: Path) -> str:
    """Hash a file's bytes as they are on the disk.

    Raises:
        DamagedCycle: the file is gone or the disk cannot read it.
        StoreError: the machine cannot read it now.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb", buffering=0) as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
    except OSError as error:
        raise unreadable(path, error) from error
    return digest.hexdigest()


def unreadable(path: Path | str, error: OSError) -> StoreError:
    """The error for a file of a cycle that could not be read.

    Only what lies in the file itself is damage: too many open files, no memory or no permission
    are no reason to put a good cycle into quarantine.
    """
    kind = DamagedCycle if error.errno in _DAMAGE else StoreError
    return kind(f"the file {path} cannot be read: {error.strerror}")


def list_files(root: Path) -> dict[str, int]:
    """Size of every file under `root`, by its path inside `root` with `/`."""
    found: dict[str, int] = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            found[path.relative_to(root).as_posix()] = path.stat().st_size
    return found


def remove_partial(root: Path) -> None:
    """Delete what killed writers left under `root`."""
    for path in root.rglob(f"*{PARTIAL_SUFFIX}"):
        path.unlink(missing_ok=True)


def _write_all(descriptor: int, part: Buffer) -> int:
    view = memoryview(part).cast("B")
    written = 0
    while written < len(view):
        written += os.write(descriptor, view[written:])
    return written
