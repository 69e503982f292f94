"""Errors as `application/problem+json` (RFC 9457): one clear sentence, the right status."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from forecast.errors import ZhitianError, verdict
from grids import GridsError

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = "30"
SENTENCES = 3
"""Faults of a body that are told, so that an answer stays short."""


class Problem(BaseModel):
    """What went wrong: a title for the kind, a sentence for the case."""

    title: str
    status: int
    detail: str
    instance: str


def install(app: FastAPI) -> None:
    """Make every error of the application a problem document."""
    handlers: dict[Any, Callable[[Request, Any], Awaitable[Response]]] = {
        ZhitianError: _known,
        GridsError: _known,
        RequestValidationError: _validation,
        HTTPException: _http,
        Exception: unknown,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def problem(request: Request, *, status: int, title: str, detail: str) -> Response:
    """Build the answer; 503 says when to come back."""
    document = Problem(title=title, status=status, detail=detail, instance=request.url.path)
    headers = {"Retry-After": RETRY_AFTER_S} if status == 503 else None
    return Response(
        orjson.dumps(document.model_dump()),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def told(request: Request, error: Exception) -> Response:
    """The answer to one of our own errors: its status, its title, its sentence."""
    known = verdict(error)
    return problem(request, status=known.status, title=known.title, detail=str(error))


async def unknown(request: Request, error: Exception) -> Response:
    """The answer to an error that nobody raised on purpose; the server logs it."""
    del error
    return problem(
        request,
        status=500,
        title="Internal error",
        detail="this is a fault of the service, not of the request; it was logged",
    )


async def _known(request: Request, error: Exception) -> Response:
    return told(request, error)


async def _validation(request: Request, error: RequestValidationError) -> Response:
    sentences = []
    for fault in error.errors()[:SENTENCES]:
        name = ".".join(str(part) for part in fault["loc"][1:]) or "request"
        given = fault.get("input")
        shown = f" {str(given)[:60]!r}" if isinstance(given, str | int | float) else ""
        sentences.append(f"{name}{shown} was asked; {fault['msg'][:1].lower()}{fault['msg'][1:]}")
    return problem(request, status=400, title="Invalid request", detail="; ".join(sentences))


async def _http(request: Request, error: HTTPException) -> Response:
    title, detail = HTTPStatus(error.status_code).phrase, str(error.detail)
    if error.status_code == 404:
        detail = f"{request.url.path} was asked; the routes are listed at /docs"
    if error.status_code == 405:
        detail = f"{request.method} {request.url.path} was asked; see /docs for what is allowed"
    return problem(request, status=error.status_code, title=title, detail=detail)
