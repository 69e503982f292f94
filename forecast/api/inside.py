"""The application asked from within its own process, as a browser would ask it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

_SERVER = ("127.0.0.1", 80)


@dataclass(frozen=True, slots=True)
class Told:
    """An answer.

    Attributes:
        status: as of HTTP.
        content: the body, not packed.
    """

    status: int
    content: bytes


class Inside:
    """Asks an application, one question after another; a context manager.

    Args:
        app: the application, complete.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        """Begin."""
        self._runner.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End; no thread is left."""
        self._runner.__exit__(kind, error, trace)

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Told:
        """Ask by GET.

        Args:
            path: with its `/`.
            query: parameters; None is left out.

        Returns:
            The answer, also where the question was refused.
        """
        given = {name: value for name, value in (query or {}).items() if value is not None}
        return self._runner.run(self._asked(path, urlencode(given)))

    async def _asked(self, path: str, query: str) -> Told:
        status, body = 0, bytearray()

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            body.extend(message.get("body", b""))

        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(b"host", b"localhost"), (b"accept", b"application/json")],
            "client": _SERVER,
            "server": _SERVER,
            "state": {},
        }
        await self._app(scope, receive, send)
        return Told(status, bytes(body))
