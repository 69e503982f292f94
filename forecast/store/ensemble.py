"""The members of a cycle as one reads them for a place: one record per node of the model grid.

A record holds, for every member in turn, whatever rows of hours the writer needs at that node
(float32, exactly as they were worked out), and ends with a CRC-32C that also covers which cycle
and which node it is: a record in another's place is damage, not another place's weather. So a
point is a handful of positioned reads of whole records, each checked, and nothing is decoded.

    ensemble/about.json    which members, which fields
    ensemble/static.npz    arrays that all members share
    ensemble/records.bin   the records, node after node
"""

import hashlib
import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import google_crc32c
import numpy as np
import numpy.typing as npt

from forecast.errors import DamagedCycle, DataError, StoreMissing
from forecast.store.durable import FileEntry, unreadable
from forecast.store.shards import CRC_BYTES, CRC_RESIDUE, pooled

NAME: Final = "ensemble"
ABOUT: Final = f"{NAME}/about.json"
STATIC: Final = f"{NAME}/static.npz"
RECORDS: Final = f"{NAME}/records.bin"

FORMAT: Final = "zhitian-ensemble/1"
VALUE: Final = np.dtype("<f4")

Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnsembleLayout:
    """How the records of an ensemble lie.

    Attributes:
        members: member numbers in the order of the records; 0 is the control.
        nodes: number of records.
        times: hours of every row.
        fields: number of rows of each field at one node and member, by name, in order.
    """

    members: tuple[int, ...]
    nodes: int
    times: int
    fields: dict[str, int]

    @property
    def rows(self) -> int:
        """Rows of one member at one node."""
        return sum(self.fields.values())

    @property
    def member_bytes(self) -> int:
        """Bytes of one member at one node."""
        return self.rows * self.times * VALUE.itemsize

    @property
    def record_bytes(self) -> int:
        """Bytes of one node with its checksum."""
        return len(self.members) * self.member_bytes + CRC_BYTES


class Ensemble:
    """The members of a published cycle, read node by node; safe to use from many threads.

    Args:
        cycle: folder of the cycle.
        cycle_id: its name.
        files: the manifest's files by path.

    Attributes:
        layout: members, hours and fields.

    Raises:
        StoreMissing: the cycle was published without members.
        DamagedCycle: what describes the records is gone or changed.
    """

    def __init__(self, cycle: Path, *, cycle_id: str, files: Mapping[str, FileEntry]) -> None:
        if ABOUT not in files:
            raise StoreMissing(f"members were asked; cycle {cycle_id} was published without them")
        self._cycle = cycle
        self._cycle_id = cycle_id
        self._files = files
        about = _parsed(self._whole(ABOUT), name=ABOUT)
        if (about.pop("format", None), about.pop("cycle_id", None)) != (FORMAT, cycle_id):
            raise DamagedCycle(f"the file {ABOUT} of cycle {cycle_id} belongs to another cycle")
        self.layout = EnsembleLayout(**{**about, "members": tuple(about["members"])})
        try:
            self._descriptor = os.open(cycle / RECORDS, os.O_RDONLY)
        except OSError as error:
            raise unreadable(cycle / RECORDS, error) from error

    def __del__(self) -> None:
        descriptor = getattr(self, "_descriptor", None)
        if descriptor is not None:
            os.close(descriptor)

    @cached_property
    def static(self) -> dict[str, npt.NDArray[Any]]:
        """Arrays that all members share, loaded.

        Raises:
            DamagedCycle: they are gone or changed.
        """
        with np.load(io.BytesIO(self._whole(STATIC)), allow_pickle=False) as held:
            return {name: held[name] for name in held.files}

    def read(
        self,
        nodes: Sequence[int] | npt.NDArray[np.integer],
        *,
        place: Callable[[str, tuple[int, ...]], npt.NDArray[np.float32]] | None = None,
    ) -> dict[str, npt.NDArray[np.float32]]:
        """Fields of some nodes, float32 [node, row, member, time] by name, each record checked.

        Args:
            nodes: numbers of the records.
            place: gives the array to fill for a field's name and shape; made when None.

        Raises:
            DataError: a node that the ensemble does not hold.
            DamagedCycle: a record is short, fails its checksum or stands in another's place.
        """
        layout = self.layout
        make = place or (lambda _, shape: np.empty(shape, dtype=np.float32))
        shape = (len(nodes), len(layout.members), layout.times)
        fields = {
            name: make(name, (shape[0], rows, *shape[1:])) for name, rows in layout.fields.items()
        }
        for number, node in enumerate(nodes):
            record = self._record(int(node))
            first = 0
            for name, rows in layout.fields.items():
                fields[name][number] = record[:, first : first + rows].transpose(1, 0, 2)
                first += rows
        return fields

    def _record(self, node: int) -> npt.NDArray[np.float32]:
        """One record [member, row, time], valid until this thread reads the next."""
        layout = self.layout
        if not 0 <= node < layout.nodes:
            raise DataError(f"node {node} was asked of an ensemble that holds {layout.nodes} nodes")
        size = layout.record_bytes
        raw = pooled("ensemble", size)
        try:
            have = os.preadv(self._descriptor, [raw.data], node * size)
        except OSError as error:
            raise unreadable(self._cycle / RECORDS, error) from error
        if have != size or _checksum(raw, self._cycle_id, node) != CRC_RESIDUE:
            raise DamagedCycle(
                f"node {node} of the members of cycle {self._cycle_id} fails its CRC-32C checksum"
            )
        shape = len(layout.members), layout.rows, layout.times
        return raw[:-CRC_BYTES].view(VALUE).reshape(shape)

    def _whole(self, path: str) -> bytes:
        """A small file, compared with the manifest."""
        entry = self._files[path]
        try:
            content = (self._cycle / path).read_bytes()
        except OSError as error:
            raise unreadable(self._cycle / path, error) from error
        if hashlib.sha256(content).hexdigest() != entry.sha256:
            raise DamagedCycle(
                f"the file {path} of cycle {self._cycle_id} does not have the hash that the"
                " manifest names"
            )
        return content


def identity(cycle_id: str, node: int) -> int:
    """Where a record's checksum begins: with the cycle and the node it belongs to."""
    return int(google_crc32c.value(f"{cycle_id}/{node}".encode()))


def _checksum(raw: npt.NDArray[np.uint8], cycle_id: str, node: int) -> int:
    return int(google_crc32c.extend(identity(cycle_id, node), raw))


def _parsed(content: bytes, *, name: str) -> dict[str, Any]:
    try:
        return dict(json.loads(content))
    except ValueError as error:
        raise DamagedCycle(f"the file {name} cannot be read: {error}") from error
