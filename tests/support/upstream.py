"""A local upstream: real GRIB files under the real layouts, and every misbehaviour on purpose.

    with Upstream() as upstream:
        upstream.publish("ecmwf-ifs", messages)          # list of GRIB messages, any steps
        upstream.publish_files("noaa-gfs", [path, …])    # the same from files
        upstream.misbehave("*-6h-oper-fc.grib2", "busy", times=2, retry_after=0)
        … base_url=upstream.url …
        upstream.asked                                    # what came: method, path, range, status

Tricks, chosen per path pattern (`fnmatch`; the last one set counts first), for `times` requests
(None: always) after the first `after` ones:

    absent        404
    forbidden     403
    error         500
    busy          503 with Retry-After: `retry_after`
    cut           half of the body, then the connection ends; Content-Length says the whole
    cut_unsaid    half of the body without any length, then the connection ends
    html          200 with a web page
    html_as_data  200 with a web page that calls itself application/octet-stream
    new_etag      the right body under another ETag, and another Last-Modified
    no_ranges     200 with the whole file where a range was asked
    drip          one byte every `pause` seconds
    drip_head     the same already in the header
    silent        no answer until the server closes
    too_long      Content-Length larger than the body
    too_short     Content-Length smaller than the range that was asked
    wrong_range   206 of other bytes than those asked
    elsewhere     302 to `target`
    gzip          Content-Encoding: gzip, unasked
    reset         the connection ends before any answer
"""

import gzip
import hashlib
import re
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from tests.support import upstream_layout as layout

PAGE = b"<!DOCTYPE html><html><body>Scheduled maintenance</body></html>"
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass
class Trick:
    """One misbehaviour; see the module's text."""

    pattern: str
    kind: str
    times: int | None = None
    after: int = 0
    retry_after: float | str = 0
    pause: float = 0.05
    target: str = "http://127.0.0.2:9/"

    def takes(self, path: str) -> bool:
        """Whether it applies to this request; counts down."""
        if not fnmatch(path, self.pattern):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


@dataclass(frozen=True)
class Asked:
    """One request that came."""

    method: str
    path: str
    range: str | None
    agent: str
    status: int


class Upstream:
    """The server; a context manager."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[Asked] = []
        self.tricks: list[Trick] = []
        self.closing = threading.Event()
        self.lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"upstream": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )

    @property
    def url(self) -> str:
        """Base address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def put(self, path: str, body: bytes) -> None:
        """Serve bytes at a path."""
        self.files[path.lstrip("/")] = body

    def publish(self, source: str, messages: Iterable[bytes]) -> list[str]:
        """Serve messages under a source's layout, with indexes; returns the GRIB paths."""
        groups = defaultdict(list)
        for each in layout.seen(messages):
            groups[each.cycle, each.step, layout.part_of(source, each)].append(each.message)
        return self._publish(source, groups)

    def publish_files(self, source: str, paths: Iterable[Path]) -> list[str]:
        """Serve GRIB files under a source's layout, with indexes; returns the GRIB paths."""
        groups = {(*key, ""): messages for key, messages in layout.by_step(paths).items()}
        return self._publish(source, groups)

    def _publish(self, source: str, groups: dict[Any, list[bytes]]) -> list[str]:
        paths = []
        for key, messages in sorted(groups.items()):
            paths.append(layout.file_path(source, *key))
            self.put(paths[-1], b"".join(messages))
            index = layout.index_text(source, messages)
            self.put(layout.index_path(source, *key), index.encode("utf-8"))
        return paths

    def misbehave(self, pattern: str, kind: str, **how: Any) -> None:
        """Let requests for matching paths go wrong in the named way."""
        self.tricks.insert(0, Trick(pattern, kind, **how))

    def behave(self) -> None:
        """Forget all misbehaviour and all requests."""
        self.tricks.clear()
        self.asked.clear()

    def count(self, pattern: str, *, method: str = "GET") -> int:
        """Number of requests for matching paths."""
        return sum(fnmatch(a.path, pattern) and a.method == method for a in self.asked)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    upstream: Upstream

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Stay quiet."""

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        path = self.path.lstrip("/")
        with self.upstream.lock:
            trick = next((t for t in self.upstream.tricks if t.takes(path)), Trick("", ""))
        try:
            self._go(path, trick, with_body=with_body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _go(self, path: str, trick: Trick, *, with_body: bool) -> None:
        refusals = {"absent": 404, "forbidden": 403, "error": 500, "busy": 503, "elsewhere": 302}
        if trick.kind == "silent":
            self.upstream.closing.wait(30)
        if trick.kind in ("silent", "reset"):
            self._note(0)
            self.close_connection = True
            return
        body = self.upstream.files.get(path)
        if body is None or trick.kind in refusals:
            status = refusals.get(trick.kind, 404)
            headers = {"Retry-After": str(trick.retry_after)} if status == 503 else {}
            if status == 302:
                headers["Location"] = f"{trick.target.rstrip('/')}/{path}"
            self._send(status, b"", headers=headers, with_body=with_body)
        elif trick.kind.startswith("html"):
            kind = "text/html" if trick.kind == "html" else "application/octet-stream"
            self._send(200, PAGE, headers={"Content-Type": kind}, with_body=with_body)
        else:
            self._data(body, trick, with_body=with_body)

    def _data(self, body: bytes, trick: Trick, *, with_body: bool) -> None:
        tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
        headers = {"ETag": f'"{tag}"', "Last-Modified": "Tue, 10 Mar 2026 08:00:00 GMT"}
        if trick.kind == "new_etag":
            headers = {"ETag": '"new"', "Last-Modified": "Tue, 10 Mar 2026 09:00:00 GMT"}
        if self.headers.get("If-None-Match") == headers["ETag"]:
            self._send(304, b"", headers=headers, with_body=False)
            return
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        if asked and trick.kind != "no_ranges":
            first, last = int(asked[1]), min(int(asked[2]), len(body) - 1)
            if first >= len(body):
                headers["Content-Range"] = f"bytes */{len(body)}"
                self._send(416, b"", headers=headers, with_body=with_body)
                return
            if trick.kind == "wrong_range":
                first += 1
            headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
            self._send(206, body[first : last + 1], headers=headers, how=trick, with_body=with_body)
        else:
            self._send(200, body, headers=headers, how=trick, with_body=with_body)

    def _send(
        self,
        status: int,
        body: bytes,
        *,
        headers: dict[str, str],
        with_body: bool,
        how: Trick | None = None,
    ) -> None:
        how = how or Trick("", "")
        self._note(status)
        length: int | None = len(body)
        if how.kind == "gzip":
            body = gzip.compress(body)
            headers["Content-Encoding"], length = "gzip", len(body)
        length = {"cut_unsaid": None, "too_long": len(body) + 7, "too_short": len(body) - 7}.get(
            how.kind, length
        )
        lines = [f"HTTP/1.1 {status} .", *(f"{k}: {v}" for k, v in headers.items())]
        if length is not None and status != 304:
            lines.append(f"Content-Length: {length}")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self._write(head, how, slow=how.kind == "drip_head")
        if how.kind in ("cut", "cut_unsaid", "too_long"):
            self.close_connection = True
        if how.kind in ("cut", "cut_unsaid"):
            body = body[: len(body) // 2]
        if with_body:
            self._write(body[:length], how, slow=how.kind == "drip")

    def _write(self, data: bytes, how: Trick, *, slow: bool) -> None:
        if not slow:
            self.wfile.write(data)
            return
        for at in range(len(data)):
            if self.upstream.closing.wait(how.pause):
                self.close_connection = True
                return
            self.wfile.write(data[at : at + 1])

    def _note(self, status: int) -> None:
        path, headers = self.path.lstrip("/"), self.headers
        entry = Asked(
            self.command, path, headers.get("Range"), headers.get("User-Agent", ""), status
        )
        with self.upstream.lock:
            self.upstream.asked.append(entry)
