"""Talking with a disposable child: requests, answers within a time, and how it ended."""

import contextlib
import json
import os
import select
import signal
from typing import Any, Self

from forecast.errors import SourceError
from forecast.ingest.forking import fork_server
from forecast.ingest.limits import DecodeLimits

Message = dict[str, Any]

_GRACE_SECONDS = 5.0
MAX_JSON = 1 << 20


class ChildEnded(Exception):
    """The child is gone; the text says how."""


class Conversation:
    """One child and the talk with it; a context manager that begins and ends it.

    Args:
        name: of the file, for the sentence when no child starts.
        opening: what the child must know before the first request.
        tables: centre and local table version of the messages, see `decode_server`.
        limits: memory and time of the child.

    Raises:
        SourceError: no decoding child can be started.
    """

    def __init__(
        self, name: str, opening: Message, *, tables: tuple[int, int], limits: DecodeLimits
    ) -> None:
        self.name = name
        self.opening = opening
        self.limits = limits
        self.child = 0
        self.connection, self.status = fork_server().fork(tables)

    def __enter__(self) -> Self:
        self.send({
            **self.opening,
            "memory_bytes": self.limits.memory_bytes,
            "cpu_seconds": self.limits.cpu_seconds,
            "message_seconds": self.limits.message_seconds,
        })  # fmt: skip
        try:
            self.child = int(self.receive()["pid"])
        except ChildEnded as end:
            self.__exit__()
            raise SourceError(f"{self.name}: the decoding child did not start ({end})") from None
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        os.close(self.status)

    def send(self, message: Message) -> None:
        """Send a request.

        Raises:
            ChildEnded: the child is gone.
        """
        self.send_bytes(json.dumps(message).encode())

    def send_bytes(self, message: bytes) -> None:
        """Send bytes.

        Raises:
            ChildEnded: the child is gone.
        """
        try:
            self.connection.send_bytes(message)
        except OSError:
            raise ChildEnded(self._ending()) from None

    def receive(self, most: int = MAX_JSON) -> Message:
        """The next answer, of so many bytes at most.

        Raises:
            ChildEnded: the child is gone, silent, or answered nonsense.
        """
        try:
            reply = json.loads(self.receive_bytes(most))
        except ValueError:
            raise ChildEnded("it answered nonsense") from None
        if not isinstance(reply, dict):
            raise ChildEnded("it answered nonsense")
        return reply

    def receive_bytes(self, most: int) -> bytes:
        """The next bytes, so many at most.

        Raises:
            ChildEnded: the child is gone or silent for longer than a message may take.
        """
        seconds = self.limits.message_seconds + _GRACE_SECONDS
        try:
            if not self.connection.poll(seconds):
                if self.child:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(self.child, signal.SIGKILL)
                raise ChildEnded(f"no answer for {seconds:g} s")
            return self.connection.recv_bytes(most)
        except (EOFError, OSError):
            raise ChildEnded(self._ending()) from None

    def _ending(self) -> str:
        """Say how the child ended: time, signal or exit code."""
        if not select.select([self.status], [], [], _GRACE_SECONDS)[0]:
            return "no word of how it ended"
        code = int(os.read(self.status, 32) or b"1")
        if code == -signal.SIGALRM:
            return f"more than {self.limits.message_seconds:g} s of wall time"
        if code == -signal.SIGXCPU:
            return f"more than {self.limits.cpu_seconds} s of processor time"
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
