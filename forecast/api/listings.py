"""Shapes of the listings and of the state of the service."""

from typing import Any, Literal

from pydantic import BaseModel

from forecast.api.location_models import Precision


class PlaceNote(BaseModel):
    """What is to be said of a place that stands for the one that was asked."""

    zh: str
    en: str


class FoundPlace(BaseModel):
    """A place, the region that answers for it, and how far it is from where one asks.

    Coordinates that were typed say how exact their digits are; a name has no such `precision`.
    """

    code: str
    kind: Literal["city", "county", "town", "own", "coordinates"]
    name_zh: str
    name_en: str
    pinyin: str
    aliases: list[str]
    province: str
    province_en: str
    city: str
    city_en: str
    county: str
    longitude: float
    latitude: float
    population: int
    source: str
    elevation: float | None
    stands_for: str
    note: PlaceNote | None
    region: str | None
    distance_m: int | None
    precision: Precision | None


class Places(BaseModel):
    """Places that a text may mean, best first; or those around a point, nearest first."""

    places: list[FoundPlace]


class ZoneNames(BaseModel):
    """What a zone is called, and the list that it stands in."""

    list: str
    code: str
    name_zh: str
    name_en: str


class ZoneOutline(BaseModel):
    """Corners of a zone, longitude before latitude, degrees, WGS 84."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: Any


class ZoneFeature(BaseModel):
    """A zone as a GeoJSON feature."""

    type: Literal["Feature"]
    properties: ZoneNames
    bbox: tuple[float, float, float, float]
    geometry: ZoneOutline


class Zones(BaseModel):
    """The operator's zones as a GeoJSON feature collection."""

    type: Literal["FeatureCollection"]
    features: list[ZoneFeature]


class RegionEntry(BaseModel):
    """A region and its grid."""

    name: str
    label_zh: str
    label_en: str
    timezone: str
    box: str
    rows: int
    columns: int
    spacing_degrees: float


class Regions(BaseModel):
    """Regions of this service."""

    regions: list[RegionEntry]


class VariableEntry(BaseModel):
    """A quantity of the vocabulary."""

    name: str
    units: str
    standard_name: str | None
    cell_method: str
    valid_min: float
    valid_max: float
    role: Literal["published", "derived", "native", "daily", "terrain"]
    label_zh: str
    label_en: str


class Variables(BaseModel):
    """The vocabulary."""

    variables: list[VariableEntry]


class CycleEntry(BaseModel):
    """A published cycle."""

    cycle: str
    run_time: str
    source: str
    simulated: bool
    published_at: str
    current: bool
    withdrawn: bool
    damaged: bool


class Cycles(BaseModel):
    """Published cycles of a region, last published first."""

    region: str
    cycles: list[CycleEntry]


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class RegionStatus(BaseModel):
    """How a region stands; without a cycle only the reason is known."""

    region: str
    state: Literal["fresh", "late", "stale", "expired", "missing"]
    reason: str | None = None
    age_hours: float | None = None
    cycle: str | None = None
    source: str | None = None
    simulated: bool | None = None
    run_time: str | None = None
    published_at: str | None = None
    degraded: str | None = None
    last_time: str | None = None


class Status(BaseModel):
    """How the service stands: ready when every region has a cycle that is not expired."""

    now: str
    ready: bool
    regions: list[RegionStatus]
