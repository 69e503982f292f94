"""Is the process alive, can it answer, and how old is what it knows."""

from typing import Any

from fastapi import APIRouter, Request, Response

from forecast.api.listings import Alive, Status
from forecast.service import ForecastService

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="The process is alive")
async def healthz() -> Alive:
    """Say that the process answers."""
    return Alive()


@router.get(
    "/readyz",
    response_model=Status,
    responses={503: {"model": Status, "description": "A region cannot be answered for"}},
    summary="Every region has a whole cycle that is not expired",
)
def readyz(request: Request, response: Response) -> dict[str, Any]:
    """Say 200 when every region can be answered for, else 503 with the reasons."""
    service: ForecastService = request.app.state.service
    found = service.status()
    response.status_code = 200 if found["ready"] else 503
    return found


@router.get("/v1/status", response_model=Status, summary="Age and state of every region")
def status(request: Request) -> dict[str, Any]:
    """Tell for each region its cycle, age and what is wrong."""
    service: ForecastService = request.app.state.service
    return service.status()
