"""The disposable child: decodes the messages of one session under hard limits, then ends.

It speaks JSON and raw float32 bytes, never pickles, because what decoded a damaged file is not
to be trusted. Per message: request in; header (or refusal) out; verdict in; field out.
"""

import json
import os
import resource
import signal
from multiprocessing.connection import Connection
from typing import Any

import eccodes
import numpy as np

from forecast.ingest.axes import Box
from forecast.ingest.bufr_child import BufrSession
from forecast.ingest.gribkeys import Header, header
from forecast.ingest.lattice import Lattice, lattice, verify
from forecast.ingest.refusal import Refused

MISSING = 1.0e34
"""Marker set in each message for missing points; nothing real comes near it."""


def serve_session(connection: Connection) -> None:
    """Answer requests until the other end closes.

    Args:
        connection: the session with the parent.
    """
    opening = json.loads(connection.recv_bytes())
    _limit(memory=opening["memory_bytes"], cpu=opening["cpu_seconds"])
    area = tuple(opening["area"]) if opening.get("area") else None
    descriptor = os.open(opening["path"], os.O_RDONLY)
    connection.send_bytes(json.dumps({"pid": os.getpid()}).encode())
    session: _Session | BufrSession
    if opening.get("kind") == "bufr":
        session = BufrSession(connection, descriptor, opening["message_seconds"])
    else:
        session = _Session(connection, descriptor, area, opening["message_seconds"])
    while True:
        try:
            request = json.loads(connection.recv_bytes())
        except EOFError:
            return
        session.answer(request)


def _limit(*, memory: int, cpu: int) -> None:
    """Bound address space, processor time and file size; forbid core dumps and writing."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


class _Session:
    """One file's messages, with the grids met so far."""

    def __init__(
        self, connection: Connection, descriptor: int, area: Box | None, seconds: float
    ) -> None:
        self.connection = connection
        self.descriptor = descriptor
        self.area = area
        self.seconds = seconds
        self.lattices: dict[str, Lattice] = {}
        self.shipped: set[str] = set()

    def answer(self, request: dict[str, Any]) -> None:
        """Serve one message; the alarm ends the process if that takes too long."""
        signal.setitimer(signal.ITIMER_REAL, self.seconds)
        handle = None
        try:
            handle = eccodes.codes_new_from_message(_message(self.descriptor, request["pieces"]))
            found = header(handle)
            self._say({"header": found})
            if self.connection.recv_bytes() == b"take":
                self._field(handle, found)
        except Refused as reason:
            self._say({"refused": str(reason)})
        except MemoryError:
            self._say({"refused": "it needs more memory than the decoding child may use"})
        except (eccodes.CodesInternalError, ValueError, OverflowError) as error:
            self._say({"refused": f"it is damaged or not decodable ({_words(error)})"})
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            if handle is not None:
                eccodes.codes_release(handle)

    def _field(self, handle: int, found: Header) -> None:
        name = str(eccodes.codes_get(handle, "md5GridSection"))
        if name not in self.lattices:
            self.lattices[name] = lattice(handle, grid_type=found["grid_type"], area=self.area)
        grid = self.lattices[name]
        eccodes.codes_set(handle, "missingValue", MISSING)
        values = eccodes.codes_get_values(handle)
        if values.size != eccodes.codes_get(handle, "numberOfDataPoints", int):
            raise Refused(f"it decodes to {values.size:,} values for another number of points")
        verify(grid, handle=handle, values=values)
        field = _as_float32(grid.place(values))
        reply: dict[str, Any] = {"grid": grid.key, "shape": field.shape}
        fresh = grid.key not in self.shipped
        if fresh:
            reply["axes"] = {
                "regular": grid.regular,
                "sizes": [grid.latitude.size, grid.longitude.size],
                "angle": grid.angle is not None,
                "notes": grid.notes,
            }
        self._say(reply)
        if fresh:
            self.shipped.add(grid.key)
            for axis in (grid.latitude, grid.longitude, grid.angle):
                if axis is not None:
                    self.connection.send_bytes(np.ascontiguousarray(axis).tobytes())
        self.connection.send_bytes(np.ascontiguousarray(field).data)

    def _say(self, message: dict[str, Any]) -> None:
        self.connection.send_bytes(json.dumps(message).encode())


def _message(descriptor: int, pieces: list[list[int]]) -> bytes:
    """Read a message; several pieces are sections that become one message of edition 2."""
    parts = [os.pread(descriptor, length, offset) for offset, length in pieces]
    if len(parts) == 1:
        return parts[0]
    head, sections = parts[0], b"".join(parts[1:])
    length = 16 + len(sections) + 4
    return head[:8] + length.to_bytes(8, "big") + sections + b"7777"


def _as_float32(values: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, Any]:
    """Turn the missing marker into NaN; anything else that is not finite is damage."""
    missing = values >= 0.99 * MISSING
    if not np.isfinite(values).all() or np.abs(values[~missing]).max(initial=0.0) > 1e30:
        raise Refused("it decodes to values that are not finite numbers")
    field = np.where(missing, 0.0, values).astype(np.float32)
    field[missing] = np.nan
    return field


def _words(error: Exception) -> str:
    return str(error).strip().replace("\n", " ")[:200] or type(error).__name__
