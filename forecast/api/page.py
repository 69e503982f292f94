"""The page at `/` and its files below `/web/`: static, from this origin alone."""

import re
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response

from forecast.api.caching import is_known
from forecast.api.site import VERSION_DIGITS, Site, WebFile, site

router = APIRouter(include_in_schema=False)

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; font-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ALWAYS_ASK: Final = "no-cache"
FOR_EVER: Final = "public, max-age=31536000, immutable"
WORKER: Final = "sw.js"
_VERSIONED: Final = re.compile(rf"([0-9a-f]{{{VERSION_DIGITS}}})/(.+)")


@router.api_route("/", methods=["GET", "HEAD"])
async def home(request: Request) -> Response:
    """Give the page; what it shows it asks from the interface."""
    return _given(request, site().index, keep=ALWAYS_ASK)


@router.api_route("/sw.js", methods=["GET", "HEAD"])
async def worker(request: Request) -> Response:
    """Give the worker that keeps the last answers, which must come from the page's own folder."""
    answer = _given(request, _found(site(), WORKER), keep=ALWAYS_ASK)
    answer.headers["Service-Worker-Allowed"] = "/"
    return answer


@router.api_route("/web/listing.json", methods=["GET", "HEAD"])
async def listing() -> Response:
    """List the files of the page with their sizes and hashes."""
    headers = HEADERS | {"Cache-Control": ALWAYS_ASK}
    return Response(site().listing(), media_type="application/json", headers=headers)


@router.api_route("/web/{path:path}", methods=["GET", "HEAD"])
async def file(request: Request, path: str) -> Response:
    """Give a file; below the present version it never changes and may be kept for ever."""
    now = site()
    versioned = _VERSIONED.fullmatch(path)
    if versioned is None:
        return _given(request, _found(now, path), keep=ALWAYS_ASK)
    version, name = versioned.groups()
    keep = FOR_EVER if version == now.version else ALWAYS_ASK
    return _given(request, _found(now, name), keep=keep)


def _found(now: Site, name: str) -> WebFile:
    if name not in now.files:
        raise HTTPException(404)
    return now.files[name]


def _given(request: Request, found: WebFile, *, keep: str) -> Response:
    """Answer with a file, packed where the client takes that and it is worth it."""
    tag = f'W/"{found.sha256[:32]}"'
    headers = HEADERS | {"ETag": tag, "Cache-Control": keep}
    if found.compressible:
        headers["Vary"] = "Accept-Encoding"
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    content = found.content
    if found.compressible and "gzip" in request.headers.get("accept-encoding", ""):
        content = found.packed()
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type=found.media_type, headers=headers)
