"""Parent side of decoding: sessions with disposable children, judged by how they end.

A message that kills its child (signal, limit, time) costs that message only: the rest goes on in
a fresh child, a bounded number of times.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.ingest.conversation import ChildEnded, Conversation
from forecast.ingest.gribscan import GribMessage
from forecast.ingest.limits import DecodeLimits
from grids import BoundingBox

Header = dict[str, Any]
Wanted = Callable[[Header], bool]


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Grid of decoded fields: axes (regular) or one pair per node, degrees.

    Attributes:
        regular: whether latitude and longitude are axes.
        latitude, longitude: float64.
        angle: radians from east to the grid's x axis per node, where winds follow the grid.
        notes: repairs, in words.
    """

    regular: bool
    latitude: npt.NDArray[np.float64]
    longitude: npt.NDArray[np.float64]
    angle: npt.NDArray[np.float64] | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecodedField:
    """One decoded message: header, float32 values ([latitude, longitude] or [node]), grid."""

    path: Path
    message: GribMessage
    header: Header
    values: npt.NDArray[np.float32]
    grid_key: str
    grid: Coordinates


@dataclass(frozen=True, slots=True)
class Refusal:
    """One message that was not read, and why (a clause without a dot)."""

    message: GribMessage
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeJob:
    """What to decode of one file."""

    path: Path
    messages: Sequence[GribMessage]
    area: BoundingBox | None
    wanted: Wanted | None
    limits: DecodeLimits


def decode(job: DecodeJob) -> Iterator[DecodedField | Refusal | None]:
    """Decode messages one by one; None stands for one that was not wanted.

    Args:
        job: file, messages, area, predicate and limits.

    Raises:
        SourceError: no decoding child can be started.
    """
    left, crashes = list(job.messages), 0
    while left:
        with _Session(job) as session:
            while left:
                message = left.pop(0)
                try:
                    yield session.decode(message)
                except ChildEnded as end:
                    yield Refusal(message, f"it brought the decoding child down ({end})")
                    crashes += 1
                    break
        if crashes >= job.limits.crashes:
            for message in left:
                yield Refusal(message, f"{crashes} children died over earlier messages of the file")
            return


class _Session:
    """One child decoding messages of one job."""

    def __init__(self, job: DecodeJob) -> None:
        self.job = job
        self.grids: dict[str, Coordinates] = {}
        area = job.area
        self.child = Conversation(
            job.path.name,
            {
                "path": str(job.path),
                "area": None if area is None else [area.west, area.south, area.east, area.north],
            },
            tables=job.messages[0].tables,
            limits=job.limits,
        )

    def __enter__(self) -> "_Session":
        self.child.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.child.__exit__()

    def decode(self, message: GribMessage) -> DecodedField | Refusal | None:
        pieces = message.pieces or ((message.offset, message.length),)
        if message.pieces:
            pieces = ((message.offset, 16), *pieces)
        self.child.send({"pieces": pieces})
        reply = self.child.receive()
        if "refused" in reply:
            return Refusal(message, str(reply["refused"]))
        header: Header = reply["header"]
        if self.job.wanted is not None and not self.job.wanted(header):
            self.child.send_bytes(b"leave")
            return None
        self.child.send_bytes(b"take")
        reply = self.child.receive()
        if "refused" in reply:
            return Refusal(message, f"{header['short_name']}: {reply['refused']}")
        return self._field(message, header, reply)

    def _field(self, message: GribMessage, header: Header, reply: Header) -> DecodedField:
        key = str(reply["grid"])
        if "axes" in reply:
            self.grids[key] = self._coordinates(reply["axes"])
        shape = tuple(int(size) for size in reply["shape"])
        count = int(np.prod(shape))
        if count > self.job.limits.points or key not in self.grids:
            raise ChildEnded("it answered nonsense")
        values = np.frombuffer(self.child.receive_bytes(4 * count), dtype=np.float32)
        if values.size != count:
            raise ChildEnded("it answered nonsense")
        return DecodedField(
            self.job.path, message, header, values.reshape(shape), key, self.grids[key]
        )

    def _coordinates(self, axes: Header) -> Coordinates:
        def receive(size: int) -> npt.NDArray[np.float64]:
            if not 0 < size <= self.job.limits.points:
                raise ChildEnded("it answered nonsense")
            return np.frombuffer(self.child.receive_bytes(8 * size), dtype=np.float64)

        rows, columns = (int(size) for size in axes["sizes"])
        latitude, longitude = receive(rows), receive(columns)
        angle = receive(rows) if axes["angle"] else None
        return Coordinates(
            bool(axes["regular"]), latitude, longitude, angle, tuple(map(str, axes["notes"]))
        )
