"""How patient we are with an upstream: limits, and what an answer may mean."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How long, how slow and how large an upstream may be.

    Attributes:
        deadline: seconds that the whole work may take.
        connect_timeout: seconds until a connection stands.
        read_timeout: seconds without any byte.
        minimum_rate: bytes per second that an answer must reach over every `rate_window`.
        rate_window: seconds over which the rate is judged.
        attempts: tries per request.
        backoff: seconds before the second try; doubled each time, up to `longest_pause`.
        longest_pause: longest pause in seconds that is chosen here.
        max_bytes: largest answer that is read.
        whole_file_bytes: largest file that is read whole where a server ignores ranges.
        workers: requests at the same time.
        monotonic: clock in seconds.
        sleep: replaces the pause between tries (tests).
    """

    deadline: float = 3600.0
    connect_timeout: float = 15.0
    read_timeout: float = 30.0
    minimum_rate: float = 10_000.0
    rate_window: float = 60.0
    attempts: int = 6
    backoff: float = 1.0
    longest_pause: float = 60.0
    max_bytes: int = 8_000_000_000
    whole_file_bytes: int = 500_000_000
    workers: int = 4
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] | None = None


class NotThere(Exception):
    """The address answered 404 or 410."""


class Stopped(Exception):
    """The work was stopped from outside, by an interrupt or by another worker's failure."""


class Replaced(Exception):
    """The upstream put another file in the place of one that is being read."""


class Transient(Exception):
    """A failure that may pass; `pause` is what the server asked for, in seconds."""

    def __init__(self, reason: str, *, pause: float | None = None) -> None:
        super().__init__(reason)
        self.pause = pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What tells one version of a remote file from another."""

    etag: str | None = None
    last_modified: str | None = None
    size: int | None = None

    def differs_from(self, other: "Version") -> bool:
        """Whether both say something on the same point and do not agree."""
        pairs = (
            (self.etag, other.etag),
            (self.last_modified, other.last_modified),
            (self.size, other.size),
        )
        return any(a is not None and b is not None and a != b for a, b in pairs)

    def __str__(self) -> str:
        return self.etag or self.last_modified or f"{self.size} bytes"
