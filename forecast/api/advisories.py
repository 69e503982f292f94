"""`GET /v1/advisories`: what to do for a crop at a place; `GET /v1/crops`: what that rests on."""

from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from forecast.api.advice_models import Advice, AdviceQuery, Crop, Crops
from forecast.api.advice_queries import AdviceRequest, read_advice_query
from forecast.api.caching import cache_headers, content_tag, is_known
from forecast.api.documents import REFUSALS, parameters_of
from forecast.service import ForecastService, ask_advice

router = APIRouter(prefix="/v1", tags=["advice"], responses=REFUSALS)

MEDIA: Final = {
    "json": "application/json",
    "text": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
HEADERS: Final = {
    "html": {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"},
}
"""A bulletin holds its own style and nothing else."""


@router.get(
    "/advisories",
    response_model=Advice,
    responses={
        200: {
            "content": {
                "text/plain": {"schema": {"type": "string"}},
                "text/html": {"schema": {"type": "string"}},
            }
        }
    },
    openapi_extra={"parameters": parameters_of(AdviceQuery)},
    summary="Advice on a crop at a place",
)
async def advisories(request: Request) -> Response:
    """Say what to do, when, how sure that is, and why; for one crop at one place.

    Nothing is advised from an expired forecast.
    """
    query = read_advice_query(request.scope["query_string"])
    service: ForecastService = request.app.state.service
    return await run_in_threadpool(_answered, service, query, request=request)


@router.get("/crops", response_model=Crops, summary="Crop profiles of this service")
def crops(request: Request) -> dict[str, Any]:
    """List the profiles with their stages, rules and how well they are founded."""
    service: ForecastService = request.app.state.service
    return {"crops": service.crops()}


@router.get("/crops/{name}", response_model=Crop, summary="One crop profile in full")
def crop(request: Request, name: str) -> dict[str, Any]:
    """Give a profile, by id, EPPO code or name: told in both languages, and as it was read."""
    service: ForecastService = request.app.state.service
    return service.crop(name)


def _answered(service: ForecastService, query: AdviceRequest, *, request: Request) -> Response:
    answer = service.advise(ask_advice(service, **query.options))
    document = answer.document()
    tag = content_tag(request, orjson.dumps(_lasting(document)))
    headers = cache_headers(tag, published_at=answer.facts.published_at)
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    if query.form == "json":
        return Response(orjson.dumps(document), media_type=MEDIA["json"], headers=headers)
    page = answer.bulletin(query.form, query.language)
    headers |= HEADERS.get(query.form, {})
    return Response(page, media_type=MEDIA[query.form], headers=headers)


def _lasting(document: dict[str, Any]) -> dict[str, Any]:
    """A document without what differs from one second to the next."""
    passport = document["passport"]
    age = {"state": passport["age"]["state"]}
    return {**document, "now": None, "passport": {**passport, "age": age}}
