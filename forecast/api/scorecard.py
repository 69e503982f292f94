"""`GET /v1/scorecard`: how good this service's advice has proved, by rule, zone and lead."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from forecast.api.documents import REFUSALS
from forecast.service import ForecastService
from forecast.service.advice.scorecard import region_scorecard

router = APIRouter(prefix="/v1", tags=["advice"], responses=REFUSALS)


class Bin(BaseModel):
    """Days to which a chance within a class was given."""

    low: float
    high: float
    n: int
    said: float = Field(description="mean of the chances")
    came: float = Field(description="share of the days on which it came")


class Expense(BaseModel):
    """Mean expense as a share of the loss that acting avoids."""

    ours: float = Field(description="acting on the warnings that were issued")
    always: float
    never: float
    climatology: float = Field(description="the cheaper of the two, by the scored days themselves")
    perfect: float
    value: float | None = Field(description="share of what perfect foresight saves that ours saves")


class ScorecardRow(BaseModel):
    """Scores of one rule and level in one class; figures that were not measured are null."""

    profile: str
    rule: str
    kind: str
    level: str = Field(description="1 to 4 and higher ones; of windows the grade that was named")
    zone: str = Field(description="name of the zone, `all` for all together")
    lead: str = Field(description="class of the lead to the end of the day, `all` for no split")
    n: int = Field(description="days as told by a cycle at a spot, beside what was observed")
    days: int = Field(description="different days among them")
    unknown: int = Field(description="likewise, for which the observations do not tell")
    events: int
    hits: int
    misses: int
    false_alarms: int
    correct_negatives: int
    frequency: float | None = Field(description="events / n")
    pod: float | None = Field(description="hits / events")
    pod_low: float | None
    pod_high: float | None
    far: float | None = Field(description="false alarms / warnings")
    far_low: float | None
    far_high: float | None
    chances: int = Field(description="days that were told with a chance, not by one forecast")
    brier: float | None
    brier_skill: float | None = Field(description="beside always saying their own frequency")
    brier_skill_low: float | None
    brier_skill_high: float | None
    reliability: list[Bin]
    cost_loss: float | None
    expense: Expense | None
    value: float | None
    value_low: float | None
    value_high: float | None
    small: bool = Field(description="below 30 events: the figures say next to nothing")


class ScoredSpot(BaseModel):
    """Where advice was issued, and which station tells what came of it."""

    zone: str
    place: str
    elevation_m: float | None
    station: str | None
    distance_km: float | None
    height_difference_m: float | None
    reason: str | None = Field(description="why no station tells it")


class ScoredPeriod(BaseModel):
    """What was issued and is over; `from` is the first day."""

    model_config = ConfigDict(populate_by_name=True)

    since: str | None = Field(None, alias="from")
    until: str | None
    days: int
    cycles: int
    spots: int


class Scorecard(BaseModel):
    """How good the advice of a region has proved; `measured` is false where nothing was."""

    region: str
    measured: bool
    sentence: str
    rows: list[ScorecardRow]
    made: str | None = None
    source: list[str] = []
    confidence: float | None = None
    period: ScoredPeriod | None = None
    spots: list[ScoredSpot] = []
    left_out: dict[str, int] = Field({}, description="days that were not scored, by reason")
    limits: list[str] = []


@router.get("/scorecard", response_model=Scorecard, summary="How good the advice has proved")
def scorecard(
    request: Request,
    region: Annotated[str, Query(max_length=64, description="its name")],
    crop: Annotated[
        str | None, Query(max_length=100, description="id or name of a crop; all if not given")
    ] = None,
    zone: Annotated[
        str | None, Query(max_length=100, description="a zone, or `all` for all together")
    ] = None,
    rule: Annotated[str | None, Query(max_length=60, description="id of a rule or window")] = None,
) -> dict[str, Any]:
    """Say what came of issued advice: hits, misses, false alarms, reliability and worth."""
    service: ForecastService = request.app.state.service
    profile = None if crop is None else service.knowledge.crops.named(crop).id
    return region_scorecard(service.region(region), crop=profile, zone=zone, rule=rule)
