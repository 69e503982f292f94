"""`GET /v1/zones`: the operator's zones with their outlines, for the map and for other programs."""

from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Query, Request, Response

from forecast.api.caching import content_tag, is_known
from forecast.api.documents import REFUSALS
from forecast.api.listings import Zones
from forecast.service import ForecastService
from forecast.service.placing import zones_of

router = APIRouter(prefix="/v1", tags=["catalogue"], responses=REFUSALS)

ALWAYS_ASK: Final = "no-cache"
"""Whoever has just added zones wants to see them: kept copies are asked about each time."""


@router.get("/zones", response_model=Zones, summary="The operator's zones, as GeoJSON")
def zones(
    request: Request,
    region: Annotated[
        str | None, Query(max_length=64, description="only those that touch its box")
    ] = None,
) -> Response:
    """Give the zones that `zhitian places add` has taken, with their outlines."""
    service: ForecastService = request.app.state.service
    body = orjson.dumps(zones_of(service, region))
    tag = content_tag(request, body)
    headers = {"ETag": tag, "Cache-Control": ALWAYS_ASK}
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
