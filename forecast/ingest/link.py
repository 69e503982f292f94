"""HTTP to an upstream that may be slow, absent, wrong or changing: nothing waits for ever.

A request that may succeed later is tried again with growing, jittered pauses or the pause that
the server asks for (`Retry-After`), within one total deadline. A watchdog closes the sockets at
the deadline, so that not even an answer of one byte a second outlives it.
"""

import random
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any, Self, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from forecast.errors import DeadlineExceeded, SourceUnavailable
from forecast.ingest.patience import FetchLimits, NotThere, Stopped, Transient

_ANSWER = TypeVar("_ANSWER")
_WAIT_AND_TRY = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = 3
USER_AGENT = f"zhitian/{version('zhitian')}"
"""What upstreams see of us."""


class Link:
    """HTTP client for one piece of work; a context manager, safe for several threads."""

    def __init__(self, limits: FetchLimits) -> None:
        self.limits = limits
        self._ends = limits.monotonic() + limits.deadline
        self._stop = threading.Event()
        self._sockets: list[socket.socket] = []
        self._watchdog = threading.Timer(limits.deadline, self._cut)
        self._watchdog.daemon = True
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
        self._client = httpx.Client(headers=headers, follow_redirects=False)

    def __enter__(self) -> Self:
        self._watchdog.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._watchdog.cancel()
        self.stop()
        self._client.close()

    def stop(self) -> None:
        """End all requests under way, and refuse new ones."""
        self._stop.set()
        self._cut()

    def persist(self, what: str, act: Callable[[], _ANSWER]) -> _ANSWER:
        """Do something until it succeeds, with pauses, within the deadline.

        Args:
            what: the address, for the error's sentence.
            act: the work; it raises `Transient` for what may pass.

        Raises:
            SourceUnavailable: it never succeeded.
            DeadlineExceeded: the time is over.
        """
        reason = Transient("it was not tried")
        for attempt in range(self.limits.attempts):
            self.check(what)
            try:
                return act()
            except Transient as error:
                reason = error
                self.check(what)
            if attempt + 1 < self.limits.attempts:
                self._pause(attempt, what=what, reason=reason)
        raise SourceUnavailable(f"{what}: {reason} ({self.limits.attempts} tries)") from reason

    def check(self, what: str) -> None:
        """Raise where the time is over or the work was stopped."""
        if self._stop.is_set():
            raise Stopped
        if self.limits.monotonic() >= self._ends:
            raise DeadlineExceeded(
                f"{what}: the work did not end within its {self.limits.deadline:g} s"
            )

    @contextmanager
    def open(
        self, url: str, *, method: str = "GET", headers: dict[str, str] | None = None
    ) -> Iterator[httpx.Response]:
        """Open one answer (2xx, 304 or 416), its body unread; redirects stay on the host.

        Raises:
            NotThere: 404 or 410.
            Transient: it may succeed later.
            SourceUnavailable: it will not.
        """
        for _ in range(_REDIRECTS + 1):
            self.check(url)
            request = self._request(url, method=method, headers=headers)
            try:
                response = self._client.send(request, stream=True)
            except httpx.TransportError as error:
                raise Transient(_say(error)) from error
            with _closing(response):
                if not response.has_redirect_location:
                    _judge(response)
                    yield response
                    return
                url = _same_host(url, response.headers.get("location", ""))
        raise SourceUnavailable(f"{url}: more than {_REDIRECTS} redirects")

    @contextmanager
    def body(self, response: httpx.Response) -> Iterator[Iterator[bytes]]:
        """Iterate over a body as it arrives; ends it where it is too slow, large or late.

        Raises:
            Transient: the connection broke or the rate fell below the minimum.
            SourceUnavailable: more than `max_bytes` came.
        """
        with closing(self._chunks(response)) as chunks:
            yield chunks

    def _chunks(self, response: httpx.Response) -> Generator[bytes, None, None]:
        limits, total, recent = self.limits, 0, 0
        since = limits.monotonic()
        try:
            for chunk in response.iter_raw():
                self.check(str(response.url))
                total, recent = total + len(chunk), recent + len(chunk)
                if total > limits.max_bytes:
                    raise SourceUnavailable(
                        f"{response.url}: the answer is larger than {limits.max_bytes} bytes"
                    )
                yield chunk
                passed = limits.monotonic() - since
                if passed >= limits.rate_window:
                    if recent < limits.minimum_rate * passed:
                        raise Transient(
                            f"only {recent / passed:.0f} bytes/s came, "
                            f"at least {limits.minimum_rate:.0f} are needed"
                        )
                    since, recent = limits.monotonic(), 0
        except httpx.TransportError as error:
            raise Transient(_say(error)) from error

    def _request(self, url: str, *, method: str, headers: dict[str, str] | None) -> httpx.Request:
        if urlsplit(url).scheme not in ("http", "https"):
            raise SourceUnavailable(f"{url}: only http and https addresses are read")
        left = max(0.001, self._ends - self.limits.monotonic())
        timeout = httpx.Timeout(
            min(self.limits.read_timeout, left),
            connect=min(self.limits.connect_timeout, left),
        )
        extensions: dict[str, Any] = {"trace": self._trace, "timeout": timeout.as_dict()}
        return self._client.build_request(method, url, headers=headers, extensions=extensions)

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            found = info["return_value"].get_extra_info("socket")
            if found is not None:
                self._sockets.append(found)
            if self._stop.is_set():
                self._cut()

    def _cut(self) -> None:
        for connection in tuple(self._sockets):
            # the base class's method: it wakes a thread that waits in a TLS read, too
            with suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def _pause(self, attempt: int, *, what: str, reason: Transient) -> None:
        longest = min(self.limits.longest_pause, self.limits.backoff * 2**attempt)
        seconds = longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads clients, hides nothing
        if reason.pause is not None:
            seconds = max(seconds, reason.pause)
        left = self._ends - self.limits.monotonic()
        if seconds >= left:
            raise DeadlineExceeded(
                f"{what}: {reason}; the next try would be in {seconds:.0f} s, "
                f"after the deadline of {self.limits.deadline:g} s"
            )
        (self.limits.sleep or self._stop.wait)(seconds)


@contextmanager
def _closing(response: httpx.Response) -> Iterator[None]:
    try:
        yield
    finally:
        response.close()


def _judge(response: httpx.Response) -> None:
    status, url = response.status_code, response.url
    if status in (404, 410):
        raise NotThere(str(url))
    if status in _WAIT_AND_TRY:
        raise Transient(f"HTTP {status}", pause=_retry_after(response))
    if status not in (200, 206, 304, 416):
        raise SourceUnavailable(f"{url}: HTTP {status} {response.reason_phrase}".rstrip())
    if response.headers.get("content-encoding", "identity") != "identity":
        raise SourceUnavailable(
            f"{url}: the answer is encoded ({response.headers['content-encoding']}) unasked"
        )
    kind = response.headers.get("content-type", "")
    if status in (200, 206) and kind.startswith("text/html"):
        raise SourceUnavailable(f"{url}: a web page (text/html) came instead of data")


def _retry_after(response: httpx.Response) -> float | None:
    asked = response.headers.get("retry-after", "").strip()
    if asked.isdigit():
        return float(asked)
    try:
        moment = parsedate_to_datetime(asked)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())


def _same_host(url: str, location: str) -> str:
    target = urljoin(url, location)
    if urlsplit(target)[:2] != urlsplit(url)[:2]:
        raise SourceUnavailable(f"{url}: a redirect to another host was refused ({target})")
    return target


def _say(error: httpx.TransportError) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")
