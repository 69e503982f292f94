"""`GET` and `POST /v1/forecast`: the forecast of one place or of many."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from forecast.api.caching import cache_headers, entity_tag, is_known
from forecast.api.documents import REFUSALS, parameters_of
from forecast.api.models import ManyAnswers, PointAnswer
from forecast.api.queries import ForecastQuery, read_query
from forecast.api.questions import ManyPoints, PointQuery
from forecast.errors import InvalidRequest
from forecast.service import ForecastService, PointSeries, ask

router = APIRouter(prefix="/v1", tags=["forecast"], responses=REFUSALS)
PATH: Final = "/v1/forecast"
JSON: Final = "application/json"
CSV: Final = "text/csv; charset=utf-8"


@router.get(
    "/forecast",
    response_model=PointAnswer | ManyAnswers,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    openapi_extra={"parameters": parameters_of(PointQuery)},
    summary="Forecast of a place, or of many",
)
async def forecast(request: Request) -> Response:
    """Forecast by place, or by lat and lon (lists by comma for many points)."""
    service: ForecastService = request.app.state.service
    query = read_query(request.scope["query_string"])
    if query.many and query.form == "csv":
        raise InvalidRequest("format csv was asked for many points; allowed is one point")
    answers = await _answers(service, query.points, query.options)
    tag = entity_tag(request, answers)
    headers = cache_headers(tag, published_at=answers[0].facts.published_at)
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    return _encoded(answers, query, headers=headers)


@router.post("/forecast", response_model=ManyAnswers, summary="Forecast of many places")
async def forecast_many(request: Request, body: ManyPoints) -> Response:
    """Forecast of many places in one request."""
    service: ForecastService = request.app.state.service
    answers = await _answers(service, *body.questions())
    return Response(_list(answers), media_type=JSON)


async def _answers(
    service: ForecastService, points: Sequence[dict[str, Any]], options: dict[str, Any]
) -> list[PointSeries]:
    """Answer on the event loop where that is quick, in a thread where it is work."""
    service.limits.check_points(len(points))
    if len(points) == 1 and "place" not in points[0]:
        question = ask(service, **points[0], **options)
        if service.is_quick(question):
            return service.many([question])
        return await run_in_threadpool(service.many, [question])

    def work() -> list[PointSeries]:
        return service.many([ask(service, **point, **options) for point in points])

    return await run_in_threadpool(work)


def _encoded(
    answers: list[PointSeries], query: ForecastQuery, *, headers: dict[str, str]
) -> Response:
    if query.form == "csv":
        return Response(answers[0].to_csv(), media_type=CSV, headers=headers)
    body = _list(answers) if query.many else answers[0].to_json()
    return Response(body, media_type=JSON, headers=headers)


def _list(answers: list[PointSeries]) -> bytes:
    document = {
        "simulated": any(series.facts.cycle.simulated for series in answers),
        "answers": [orjson.Fragment(series.to_json()) for series in answers],
    }
    return orjson.dumps(document)
