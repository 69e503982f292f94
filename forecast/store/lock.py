"""Locks that the kernel drops when their holder dies: one writer, any number of leases."""

import fcntl
import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from forecast.errors import StoreBusy, StoreError
from forecast.times import iso


class WriterLock:
    """The right to change a store; held by one process, non-blocking, gone with the process.

    Args:
        path: the lock file.

    Raises:
        StoreBusy: on entering, when another writer holds it; the sentence names its pid.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def acquire(self) -> None:
        """Take the lock or raise at once.

        Raises:
            StoreBusy: another writer holds it.
            StoreError: the lock file cannot be opened.
        """
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreError(f"the lock {self._path} cannot be opened: {error.strerror}") from error
        # a lock file that was replaced meanwhile locks nothing
        if not (_lock_now(descriptor) and _same_file(descriptor, self._path)):
            holder = _holder(descriptor)
            os.close(descriptor)
            raise StoreBusy(
                f"the store {self._path.parent} is being written by {holder}; one writer at a"
                " time is allowed: wait for it or stop it"
            )
        content = {"pid": os.getpid(), "host": socket.gethostname(), "since": iso(_now())}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(content).encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


class Lease:
    """A reader's promise of interest in a cycle: the garbage collector leaves it alone.

    A shared lock on the cycle's manifest; it ends with the object or the process.

    Args:
        manifest: path of the cycle's manifest.
    """

    __slots__ = ("_descriptor",)

    def __init__(self, manifest: Path) -> None:
        self._descriptor = os.open(manifest, os.O_RDONLY)
        # a collector that is deciding just now holds it exclusively for microseconds
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def __del__(self) -> None:
        descriptor = getattr(self, "_descriptor", None)
        if descriptor is not None:
            os.close(descriptor)


def is_leased(manifest: Path) -> bool:
    """Whether a reader of this machine has the cycle open."""
    try:
        descriptor = os.open(manifest, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return not _lock_now(descriptor)
    finally:
        os.close(descriptor)


def _lock_now(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _same_file(descriptor: int, path: Path) -> bool:
    try:
        named = path.stat()
    except FileNotFoundError:
        return False
    held = os.fstat(descriptor)
    return (held.st_dev, held.st_ino) == (named.st_dev, named.st_ino)


def _holder(descriptor: int) -> str:
    try:
        content = json.loads(os.pread(descriptor, 4096, 0))
        return f"process {content['pid']} on {content['host']} since {content['since']}"
    except (ValueError, KeyError, TypeError, OSError):
        return "another process that has just begun"


def _now() -> datetime:
    return datetime.now(UTC)
