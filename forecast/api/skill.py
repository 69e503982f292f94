"""`GET /v1/skill`: how good this service's forecasts have proved, by variable, lead and height."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from forecast.api.documents import REFUSALS
from forecast.api.questions import PLACE
from forecast.service import ForecastService, ask
from forecast.service.skill import refuse_two

router = APIRouter(prefix="/v1", tags=["catalogue"], responses=REFUSALS)


class SkillRow(BaseModel):
    """Scores of one variable, method and class; figures that were not measured are null."""

    variable: str
    unit: str
    method: str = Field(description="zhitian, calibrated, or what it is compared with")
    lead: str = Field(description="class of the lead, `all` for no split")
    dz: str = Field(description="class of the height difference, station minus model")
    sun: str = Field(description="`day`, `night` or `all`")
    n: int = Field(description="pairs of forecast and observation")
    stations: int
    mae: float | None
    rmse: float | None
    bias: float | None
    within: float | None = Field(description="share of errors of at most `tolerance`")
    tolerance: float | None = None
    skill: float | None = Field(description="1 - MAE / MAE of the reference")
    low: float | None = Field(description="lower bound of `skill`")
    high: float | None = Field(description="upper bound of `skill`")
    interval_by: str | None = None
    p_value: float | None = None
    small: bool = Field(description="below 30 pairs: the figures say next to nothing")


class SkillPlace(BaseModel):
    """The cell that was asked and the class that its height difference falls into."""

    longitude: float
    latitude: float
    elevation_m: float
    height_difference_m: float
    dz: Literal["0–50 m", "50–200 m", "> 200 m"]
    sentence: str | None = None


class SkillPeriod(BaseModel):
    """What was compared; `from` is the first valid time."""

    since: str | None = Field(None, alias="from")
    until: str | None
    stations: int
    cycles: int
    pairs: int | None = None


class Skill(BaseModel):
    """How good the forecasts of a region have proved; `measured` is false where nothing was."""

    region: str
    measured: bool
    sentence: str
    rows: list[SkillRow]
    place: SkillPlace | None = None
    made: str | None = None
    source: list[str] = []
    simulated: bool | None = None
    period: SkillPeriod | None = None
    reference: str | None = None
    confidence: float | None = None
    looks: int | None = None
    limits: list[str] = []
    notes: list[str] = []
    seen: list[str] = []


@router.get("/skill", response_model=Skill, summary="How good the forecasts have proved")
def skill(
    request: Request,
    region: Annotated[str | None, Query(max_length=64, description="its name")] = None,
    place: Annotated[str | None, Query(max_length=200, description=PLACE)] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90, description="degrees north")] = None,
    lon: Annotated[float | None, Query(ge=-180, le=360, description="degrees east")] = None,
    variable: Annotated[
        str | None, Query(max_length=60, description="hourly variable; all if not given")
    ] = None,
) -> dict[str, Any]:
    """Say what was measured, by variable, method, lead, height difference and day or night.

    For a place only the rows of its height class and of no class are given.
    """
    service: ForecastService = request.app.state.service
    refuse_two(region, has_place=place is not None or lat is not None or lon is not None)
    if region is not None:
        return service.skill_of(region, name=variable)
    return service.skill_at(ask(service, place=place, latitude=lat, longitude=lon), name=variable)
