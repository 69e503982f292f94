"""Limits and headers that hold for every request, as plain ASGI (no per-request tasks)."""

from typing import Any, Final

import orjson
from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forecast.api.problems import MEDIA_TYPE

MAX_URL_BYTES: Final = 8192
MAX_BODY_BYTES: Final = 262_144
HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)


class Guards:
    """Refuse what is too long before it is parsed; add the headers of a careful server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if len(scope["raw_path"]) + len(scope["query_string"]) > MAX_URL_BYTES:
            await _refuse(scope, send, status=414, detail=_too_long("URL", MAX_URL_BYTES))
            return
        if _declared(scope) > MAX_BODY_BYTES:
            await _refuse(scope, send, status=413, detail=_too_long("body", MAX_BODY_BYTES))
            return
        read = 0

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > MAX_BODY_BYTES:
                raise HTTPException(413, _too_long("body", MAX_BODY_BYTES))
            return message

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await self._app(scope, bounded, with_headers)


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else MAX_BODY_BYTES + 1
    return 0


def _too_long(what: str, limit: int) -> str:
    return f"a {what} of more than {limit:,} bytes was sent; allowed are {limit:,} bytes"


async def _refuse(scope: Scope, send: Send, *, status: int, detail: str) -> None:
    document: dict[str, Any] = {
        "title": "Request too large",
        "status": status,
        "detail": detail,
        "instance": scope["path"],
    }
    headers = [(b"content-type", MEDIA_TYPE.encode()), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": orjson.dumps(document)})
