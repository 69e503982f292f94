"""A small process with ecCodes loaded and warm that forks a limited child per batch of messages.

Started by `forecast.ingest.decoder` as `python -m forecast.ingest.decode_server FD`. It never
decodes anything of a user's itself, holds no data and starts no thread, so forking it is cheap
(a few milliseconds) and safe. `multiprocessing`'s fork server would import the caller's main
module again in every child and cannot be used from daemonic processes; hence this one.

Requests on the control socket: four bytes (centre and local table version of the messages, so
that their definitions are loaded once, before forking) with two descriptors attached, session
and status. The child talks on the session; how it ended is written to the status.
"""

import contextlib
import functools
import json
import os
import resource
import selectors
import signal
import socket
import sys
from multiprocessing.connection import Connection

import eccodes

from forecast.ingest import gribkeys
from forecast.ingest.decode_child import serve_session
from forecast.ingest.forking import BUFR, REQUEST
from forecast.ingest.refusal import Refused

_READY = b"r"
_MADE_HERE = 35
"""Version of the WMO's master tables that are loaded ahead for BUFR."""
_NO_PARAMETER = 250


def main(descriptor: int) -> None:
    """Serve fork requests until the other end closes.

    Args:
        descriptor: inherited file descriptor of the control socket.
    """
    control = socket.socket(fileno=descriptor)
    _warm_up()
    wake_reader, wake_writer = socket.socketpair()
    wake_reader.setblocking(False)
    wake_writer.setblocking(False)
    signal.set_wakeup_fd(wake_writer.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    selector = selectors.DefaultSelector()
    selector.register(control, selectors.EVENT_READ)
    selector.register(wake_reader, selectors.EVENT_READ)
    statuses: dict[int, int] = {}
    _silence()
    control.sendall(_READY)
    while True:
        for key, _ in selector.select():
            if key.fileobj is wake_reader:
                _drain(wake_reader)
                _reap(statuses)
            elif not _fork_on_request(control, statuses):
                return


def _silence() -> None:
    """Send what ecCodes prints about damaged messages nowhere; the report has it in words."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _drain(reader: socket.socket) -> None:
    try:
        while reader.recv(4096):
            pass
    except BlockingIOError:
        return


def _reap(statuses: dict[int, int]) -> None:
    """Report every child that has ended to whoever asked for it."""
    while statuses:
        try:
            child, outcome = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if child == 0:
            return
        status = statuses.pop(child)
        with contextlib.suppress(BrokenPipeError):
            os.write(status, json.dumps(os.waitstatus_to_exitcode(outcome)).encode())
        os.close(status)


def _fork_on_request(control: socket.socket, statuses: dict[int, int]) -> bool:
    """Fork one child; False when the other end of the control socket is gone."""
    message, descriptors, _, _ = socket.recv_fds(control, REQUEST.size, 2)
    if not message:
        return False
    session, status = descriptors
    _load_tables(*REQUEST.unpack(message))
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _leave_server(control, statuses, status)
            serve_session(Connection(session))
            code = 0
        finally:
            os._exit(code)
    os.close(session)
    statuses[child] = status
    return True


def _leave_server(control: socket.socket, statuses: dict[int, int], status: int) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    control.close()
    for other in (*statuses.values(), status):
        os.close(other)


def _warm_up() -> None:
    """Load ecCodes' common definitions once, so that no child has to."""
    for sample in ("GRIB1", "GRIB2"):
        handle = eccodes.codes_grib_new_from_samples(sample)
        gribkeys.header(handle)
        eccodes.codes_get_values(handle)
        eccodes.codes_release(handle)


@functools.cache
def _load_tables(centre: int, local_version: int) -> None:
    """Load the definitions of one centre's local tables (some 0.3 s the first time).

    ecCodes reads them only when it searches for a parameter that the common tables lack, so
    such a parameter is asked for.
    """
    if (centre, local_version) == BUFR:
        _load_bufr_tables()
        return
    handle = eccodes.codes_grib_new_from_samples("GRIB2")
    try:
        eccodes.codes_set(handle, "centre", centre)
        eccodes.codes_set(handle, "localTablesVersion", local_version)
        if local_version:
            eccodes.codes_set(handle, "parameterNumber", _NO_PARAMETER)
        gribkeys.header(handle)
    except (eccodes.CodesInternalError, Refused):
        return
    finally:
        eccodes.codes_release(handle)


def _load_bufr_tables() -> None:
    """Load elements and sequences of synoptic reports, so that no child has to."""
    handle = eccodes.codes_bufr_new_from_samples("BUFR4")
    eccodes.codes_set(handle, "masterTablesVersionNumber", _MADE_HERE)
    eccodes.codes_set_array(handle, "unexpandedDescriptors", [307080])
    eccodes.codes_release(handle)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(int(sys.argv[1]))
