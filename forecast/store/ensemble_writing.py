"""Writing the members of a cycle for reads at a place: see `forecast.store.ensemble`."""

import io
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Self

import google_crc32c
import numpy as np

from forecast.errors import DataError
from forecast.store.durable import FileEntry, sha256_of, write_whole
from forecast.store.ensemble import (
    ABOUT,
    FORMAT,
    RECORDS,
    STATIC,
    VALUE,
    Arrays,
    EnsembleLayout,
    identity,
)
from forecast.store.shards import CRC_BYTES


class EnsembleWriter:
    """Writes an ensemble member by member; no more than one member is held in memory.

    Args:
        cycle: folder of the cycle being written.
        cycle_id: its name; every record is bound to it.
        members: numbers of the members, in the order in which they will come.

    Raises:
        DataError: no member, or one twice.
    """

    def __init__(self, cycle: Path, *, cycle_id: str, members: Sequence[int]) -> None:
        if not members or len(set(members)) != len(members):
            raise DataError(
                f"an ensemble of the members {list(members)} was asked; each must stand once,"
                " and there must be one or more"
            )
        self._cycle = cycle
        self._cycle_id = cycle_id
        self._members = tuple(int(member) for member in members)
        self._layout: EnsembleLayout | None = None
        self._checksums: list[int] = []
        self._descriptor = -1
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def add(self, fields: Arrays) -> None:
        """Write the next member.

        Args:
            fields: float32 [node, row, time] by name, alike for all members.

        Raises:
            DataError: more members than were announced, or fields of another shape.
        """
        layout = self._layout or self._begin(fields)
        shapes = {name: (layout.nodes, rows, layout.times) for name, rows in layout.fields.items()}
        found = {name: values.shape for name, values in fields.items()}
        if self._done >= len(self._members) or found != shapes:
            raise DataError(
                f"member {self._done + 1} of {len(self._members)} was given with fields {found};"
                f" allowed are {shapes}"
            )
        parts = [np.asarray(fields[name], dtype=VALUE) for name in layout.fields]
        block = np.ascontiguousarray(np.concatenate(parts, axis=1))
        start = self._done * layout.member_bytes
        for node, values in enumerate(block):
            self._checksums[node] = google_crc32c.extend(self._checksums[node], values.tobytes())
            _write_at(self._descriptor, values.tobytes(), node * layout.record_bytes + start)
        self._done += 1

    def finish(self, static: Arrays) -> tuple[FileEntry, ...]:
        """Write the checksums and what all members share; returns the files.

        Args:
            static: small arrays of any shape and kind but objects.

        Raises:
            DataError: members are still due.
        """
        layout = self._layout
        if layout is None or self._done != len(self._members):
            raise DataError(
                f"an ensemble was ended after {self._done} of {len(self._members)} members"
            )
        end = layout.record_bytes - CRC_BYTES
        for node, checksum in enumerate(self._checksums):
            _write_at(
                self._descriptor,
                checksum.to_bytes(CRC_BYTES, "little"),
                node * layout.record_bytes + end,
            )
        packed = io.BytesIO()
        np.savez(packed, allow_pickle=False, **static)
        about = json.dumps({"format": FORMAT, "cycle_id": self._cycle_id, **asdict(layout)})
        return (
            FileEntry(ABOUT, *write_whole(self._cycle / ABOUT, [about.encode()])),
            FileEntry(STATIC, *write_whole(self._cycle / STATIC, [packed.getvalue()])),
            FileEntry(
                RECORDS, layout.nodes * layout.record_bytes, sha256_of(self._cycle / RECORDS)
            ),
        )

    def _begin(self, fields: Arrays) -> EnsembleLayout:
        """Take the shapes from the first member and make room for all, or fail now."""
        first = next(iter(fields.values()))
        layout = EnsembleLayout(
            members=self._members,
            nodes=first.shape[0],
            times=first.shape[-1],
            fields={name: values.shape[1] for name, values in fields.items()},
        )
        path = self._cycle / RECORDS
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        os.posix_fallocate(self._descriptor, 0, layout.nodes * layout.record_bytes)
        self._checksums = [identity(self._cycle_id, node) for node in range(layout.nodes)]
        self._layout = layout
        return layout


def _write_at(descriptor: int, content: bytes, offset: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written
