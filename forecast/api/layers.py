"""`GET /v1/layers`: what the map can show, with legends, hours and rules."""

from typing import Literal

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from forecast.api.caching import cache_headers, content_tag, is_known
from forecast.api.documents import REFUSALS
from forecast.service import ForecastService
from forecast.service.maps import layers as listed
from forecast.service.maps.own_ground import OwnGround

router = APIRouter(prefix="/v1", tags=["maps"], responses=REFUSALS)

State = Literal["fresh", "late", "stale", "expired", "missing"]


class Edges(BaseModel):
    """A box in degrees."""

    west: float
    south: float
    east: float
    north: float


class Both(BaseModel):
    """A text in both languages."""

    zh: str
    en: str


class LayerRegion(BaseModel):
    """A region with its current cycle; without one only the reason is known."""

    name: str
    label_zh: str
    label_en: str
    timezone: str
    bounds: Edges
    state: State
    reason: str | None = None
    cycle: str | None = None
    run_time: str | None = None
    published_at: str | None = None
    age_hours: float | None = None
    degraded: str | None = None
    source: str | None = None
    source_label: str | None = None
    simulated: bool | None = None
    licence: str | None = None
    attribution: str | None = None
    members: int | None = None
    times: list[str] = []
    times_local: list[str] = []
    variables: list[str] = []
    quantile_variables: list[str] = []
    hillshade: bool = False
    water: bool = False


class Stop(BaseModel):
    """A value and its colour."""

    value: float
    colour: str


class LayerVariable(BaseModel):
    """A variable of the map with its legend."""

    name: str
    label_zh: str
    label_en: str
    units: str
    cell_method: str
    decimals: int
    counts_per_unit: int
    scale: str
    kind: Literal["continuous", "steps"]
    legend: list[Stop]
    mark: float | None
    quantiles: list[int]


class Named(BaseModel):
    """A stage of a crop."""

    id: str
    name: Both


class GradeSign(BaseModel):
    """How a grade is drawn."""

    code: int
    name: Both
    colour: str
    pattern: str


class LayerRule(BaseModel):
    """A rule, window or sowing of the map with its legend."""

    id: str
    kind: str
    name: Both
    legend: list[GradeSign]
    note: Both | None = Field(None, description="why the map has no data where it has none")


class LayerCrop(BaseModel):
    """A crop with its rules, and by region the days that these are drawn for."""

    crop: str
    name: Both
    region: Both
    day_boundary: str
    days: dict[str, list[str]]
    stages: list[Named]
    rules: list[LayerRule]


class BaseLayer(BaseModel):
    """The operator's own base layer, with what must be shown beside it."""

    name_zh: str
    name_en: str
    attribution: str
    review_number: str
    min_zoom: int
    max_zoom: int
    template: str


class Layers(BaseModel):
    """What the map can show, and by which addresses."""

    simulated: bool
    state: State
    style: str
    cycles: str
    bounds: Edges
    min_zoom: int
    max_zoom: int
    advice_min_zoom: int
    tile_size: int
    templates: dict[str, str]
    base_layer: BaseLayer | None
    regions: list[LayerRegion]
    times: list[str]
    variables: list[LayerVariable]
    advice: list[LayerCrop]


@router.get("/layers", response_model=Layers, summary="What the map can show")
def layers(request: Request) -> Response:
    """List variables with colours and units, hours and state of each region, rules of each crop."""
    service: ForecastService = request.app.state.service
    ground: OwnGround | None = request.app.state.own_ground
    document = {**listed(service), "base_layer": ground and ground.told()}
    lasting = [{**region, "age_hours": None} for region in document["regions"]]
    tag = content_tag(request, orjson.dumps({**document, "regions": lasting}))
    headers = cache_headers(tag, published_at="")
    if is_known(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(orjson.dumps(document), media_type="application/json", headers=headers)
