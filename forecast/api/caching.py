"""Headers that let clients and proxies keep an answer: ETag, Last-Modified, Expires."""

import hashlib
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Final

from fastapi import Request

from forecast.service import PointSeries
from forecast.times import parse_instant

FRESH_S: Final = 300
JITTER_S: Final = 120


def entity_tag(request: Request, answers: Sequence[PointSeries]) -> str:
    """Weak tag of an answer: cycles, age states, the question and what moved its coordinates.

    The age in hours may differ.
    """
    digest = hashlib.blake2b(request.scope["query_string"], digest_size=12)
    digest.update(request.scope["path"].encode())
    for series in answers:
        cycle = series.facts.cycle
        state = series.passport["age"]["state"]
        digest.update(f"{cycle.manifest_sha256} {state} {cycle.degraded} {series.first}".encode())
        coordinates = series.question.coordinates
        if coordinates is not None and coordinates.moved is not None:
            digest.update(repr(coordinates.moved).encode())
        if series.timeline is not None:
            digest.update(" ".join(series.timeline.joined.runs).encode())
            digest.update(series.times()[0].encode())
    return f'W/"{digest.hexdigest()}"'


def content_tag(request: Request, content: bytes) -> str:
    """Weak tag of an answer by what it says, and of the question.

    Args:
        request: the question.
        content: what the answer says, without what differs from one second to the next.
    """
    digest = hashlib.blake2b(request.scope["query_string"], digest_size=12)
    digest.update(request.scope["path"].encode())
    digest.update(content)
    return f'W/"{digest.hexdigest()}"'


def cache_headers(tag: str, *, published_at: str) -> dict[str, str]:
    """Headers of an answer; the jitter keeps clients from all coming back at once.

    Args:
        tag: of the answer.
        published_at: when its cycle was published, ISO 8601 UTC.
    """
    seconds = FRESH_S + int(tag[3:7], 16) % JITTER_S
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={seconds}",
        # by the real clock: the service's own may stand in the time of an archived cycle
        "Expires": _http_date(int(time.time()) + seconds),
    }
    if published_at:
        headers["Last-Modified"] = _http_date(_seconds(published_at))
    return headers


def is_known(request: Request, tag: str) -> bool:
    """Whether the client already has this answer (If-None-Match, weak comparison)."""
    offered = request.headers.get("if-none-match")
    if offered is None:
        return False
    known = [part.strip().removeprefix("W/") for part in offered.split(",")]
    return "*" in known or tag.removeprefix("W/") in known


@lru_cache(maxsize=1024)
def _http_date(seconds: int) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


@lru_cache(maxsize=64)
def _seconds(text: str) -> int:
    return int(parse_instant(text).timestamp())
