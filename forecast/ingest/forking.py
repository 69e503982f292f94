"""The fork server seen from the process that reads files: started once, asked for children."""

import atexit
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

import forecast
from forecast.errors import SourceError

REQUEST = struct.Struct("!HBx")
"""A request for a child: centre (WMO common table C-11) and local table version of its messages."""

BUFR = (0xFFFF, 0)
"""What stands in a request for a child that decodes BUFR; no centre has that number."""

_START_SECONDS = 60.0


class ForkServer:
    """The fork server process of this process, started when first needed."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.lock = threading.Lock()
        self.control, theirs = socket.socketpair()
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(forecast.__file__).parents[1]),
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        command = [sys.executable, "-P", "-m", "forecast.ingest.decode_server"]
        with theirs, tempfile.TemporaryFile() as words:
            self.process = subprocess.Popen(
                [*command, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=words,
            )
            theirs.close()
            self._await_start(words)

    def _await_start(self, words: IO[bytes]) -> None:
        """Wait until ecCodes is loaded; say the last words of a process that ends instead."""
        self.control.settimeout(_START_SECONDS)
        try:
            ready = self.control.recv(1)
        except (TimeoutError, ConnectionError):
            ready = b""
        if ready:
            return
        self.process.kill()
        self.stop()
        words.seek(0)
        last = words.read()[-2000:].decode(errors="replace").strip().rpartition("\n")[2]
        raise SourceError(
            f"the decoding process did not start in {_START_SECONDS:g} s ({last or 'no word'})"
        )

    @property
    def usable(self) -> bool:
        """Whether it belongs to this process and still runs."""
        return self.owner == os.getpid() and self.process.poll() is None

    def fork(self, tables: tuple[int, int]) -> tuple[Connection, int]:
        """Start a child; return the session with it and the descriptor of its ending."""
        request = REQUEST.pack(*tables)
        ours, theirs = socket.socketpair()
        status_reader, status_writer = os.pipe()
        with theirs:
            try:
                with self.lock:
                    socket.send_fds(self.control, [request], [theirs.fileno(), status_writer])
            except OSError as error:
                ours.close()
                os.close(status_reader)
                raise SourceError(f"no decoding child can be started ({error})") from None
            finally:
                os.close(status_writer)
        return Connection(ours.detach()), status_reader

    def stop(self) -> None:
        """Close the control socket, upon which the process ends."""
        self.control.close()
        if self.owner == os.getpid():
            self.process.wait()


_servers: list[ForkServer] = []
_servers_lock = threading.Lock()


def fork_server() -> ForkServer:
    """The running fork server, started or replaced as needed."""
    with _servers_lock:
        if not _servers or not _servers[-1].usable:
            for old in _servers:
                old.stop()
            _servers[:] = [ForkServer()]
        return _servers[-1]


@atexit.register
def _stop_servers() -> None:
    for server in _servers:
        server.stop()
