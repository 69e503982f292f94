"""The route that nearly all requests take, answered before the framework looks at them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forecast.api import problems
from forecast.api.guards import Guards
from forecast.errors import ZhitianError
from grids import GridsError

LEAST_COMPRESSED: Final = 2048
COMPRESSION: Final = 1
METHODS: Final = ("GET", "HEAD", "POST")

Endpoint = Callable[[Request], Awaitable[Response]]


def install(app: FastAPI, *, path: str, endpoint: Endpoint, origins: Sequence[str] = ()) -> None:
    """Let an application answer GET of one path before its own routing.

    The framework's routing and parsing cost more than the answer itself. Limits, headers,
    compression and errors are those of every other route. Called last: the order of the
    application's middleware is fixed here.

    Args:
        app: the application, complete.
        path: answered directly for GET; other methods go the usual way.
        endpoint: makes the response, or raises one of our errors.
        origins: web origins whose pages may ask, `*` for all; none by default.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await endpoint(request)
        except (ZhitianError, GridsError) as error:
            response = problems.told(request, error)
        await response(scope, receive, send)

    direct = ServerErrorMiddleware(Guards(_compressed(answer)), handler=problems.unknown)
    whole = _heads(_by_path(direct, app.build_middleware_stack(), path=path))
    if origins:
        whole = CORSMiddleware(whole, allow_origins=origins, allow_methods=METHODS)
    app.middleware_stack = whole


def _heads(app: ASGIApp) -> ASGIApp:
    """Answer HEAD as GET without the body."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await app({**scope, "method": "GET"}, receive, without_body)

    return answer


def _compressed(app: ASGIApp) -> ASGIApp:
    """Compress for those who ask for it, without the middleware's cost for those who do not."""
    gzip = GZipMiddleware(app, LEAST_COMPRESSED, COMPRESSION)

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        for name, value in scope["headers"]:
            if name == b"accept-encoding" and b"gzip" in value:
                await gzip(scope, receive, send)
                return

        async def vary(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"vary", b"Accept-Encoding")]
            await send(message)

        await app(scope, receive, vary)

    return choose


def _by_path(direct: ASGIApp, usual: ASGIApp, *, path: str) -> ASGIApp:
    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        is_direct = scope["type"] == "http" and scope["path"] == path and scope["method"] == "GET"
        await (direct if is_direct else usual)(scope, receive, send)

    return dispatch
