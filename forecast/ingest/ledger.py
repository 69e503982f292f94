"""What has been fetched of a cycle: a small JSON file beside the GRIB files, always whole."""

import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

from forecast.ingest.filebytes import sha256
from forecast.ingest.patience import Version

Key: TypeAlias = tuple[int, str]
"""Step in hours and part of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One fetched file.

    Attributes:
        step: hours since the cycle.
        file: name of the GRIB file in the folder of the cycle.
        url: address of the whole remote file.
        etag: its ETag when it was read.
        last_modified: its Last-Modified when it was read.
        remote_size: bytes of the remote file.
        size: bytes that were taken.
        sha256: hash of the bytes that were taken.
        plan: hash of the index and of the chosen messages.
        part: which file of the step, where it is several.
    """

    step: int
    file: str
    url: str
    etag: str | None
    last_modified: str | None
    remote_size: int | None
    size: int
    sha256: str
    plan: str
    part: str = ""

    @property
    def version(self) -> Version:
        """Version of the remote file that was read."""
        return Version(etag=self.etag, last_modified=self.last_modified, size=self.remote_size)


class Ledger:
    """Records of one cycle's folder; safe for several threads, one process writes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "ledger.json"
        self._lock = threading.Lock()
        self._records: dict[Key, Record] = {}
        try:
            rows = json.loads(self._path.read_text(encoding="utf-8"))["steps"]
            records = [Record(**row) for row in rows]
            self._records = {(record.step, record.part): record for record in records}
        except (OSError, ValueError, KeyError, TypeError):
            # without a readable ledger nothing counts as fetched
            self._records = {}

    def record(self, key: Key) -> Record | None:
        """The record of a file, if it was fetched."""
        return self._records.get(key)

    def whole(self, key: Key, *, plan: str) -> Record | None:
        """The record of a file that is there, unharmed and fetched by the same plan."""
        record = self._records.get(key)
        if record is None or record.plan != plan:
            return None
        path = self._path.parent / record.file
        if not path.is_file() or path.stat().st_size != record.size:
            return None
        return record if sha256(path) == record.sha256 else None

    def put(self, record: Record) -> None:
        """Write a file down, durably."""
        with self._lock:
            self._records[record.step, record.part] = record
            self._save()

    def drop(self, key: Key) -> None:
        """Forget a file and remove it."""
        with self._lock:
            record = self._records.pop(key, None)
            if record is not None:
                self._save()
                (self._path.parent / record.file).unlink(missing_ok=True)

    def _save(self) -> None:
        rows = [asdict(self._records[key]) for key in sorted(self._records)]
        text = json.dumps({"steps": rows}, indent=1)
        part = self._path.with_suffix(".json.part")
        part.write_text(text, encoding="utf-8")
        settle(part, self._path)


def settle(part: Path, path: Path) -> None:
    """Make a finished part durable under its final name: fsync, rename, fsync of the folder."""
    _sync(part, os.O_RDWR)
    part.replace(path)
    _sync(path.parent, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
