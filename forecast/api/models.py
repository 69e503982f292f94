"""Shapes of questions and of the forecast, as the documentation shows them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

PLACE = "a name (宁河, ninghe, Yuexi Anhui) or coordinates as text; excludes lat and lon"
HOURLY = "names by comma; all that the cycle holds if not given, `none` for none"
DAILY = "daily names by comma, `all`, or none if not given"
DAY = "`local`, `20-20`, `08-08` or `HH:MM`, in the region's zone"
CELL = "`land` prefers a land cell of similar height, `nearest` takes the nearest"
AS_OF = "answer as the service would have then, ISO 8601"
STRICT = "refuse rather than answer from a stale or degraded cycle, or from another cell"

Number = Annotated[float, Field(allow_inf_nan=False, strict=True)]
Values = list[float | None]


class PointQuery(BaseModel):
    """Query of `GET /v1/forecast`; lists by comma ask for many points."""

    place: str = Field("", description=PLACE, examples=["宁河"], max_length=200)
    lat: str = Field("", description="degrees north, or a list by comma", examples=["39.45"])
    lon: str = Field("", description="degrees east, or a list by comma", examples=["117.72"])
    elevation: str = Field("", description="answer for this height, m, or a list by comma")
    hourly: str = Field("all", description=HOURLY)
    daily: str = Field("none", description=DAILY)
    day: str = Field("local", description=DAY)
    cell: Literal["land", "nearest"] = Field("land", description=CELL)
    cycle: str = Field("", description="a published cycle, see /v1/cycles")
    as_of: str = Field("", description=AS_OF)
    hours: int = Field(0, ge=1, le=384, description="only so many hours from now on")
    strict: bool = Field(False, description=STRICT)
    format: Literal["json", "csv"] = Field("json", description="csv for one place only")


class PointOfMany(BaseModel):
    """One place of a list."""

    model_config = ConfigDict(extra="forbid")

    place: str | None = Field(None, description=PLACE, max_length=200)
    lat: Number | None = Field(None, ge=-90, le=90, description="degrees north")
    lon: Number | None = Field(None, ge=-180, le=360, description="degrees east")
    elevation: Number | None = Field(None, ge=-500, le=9000, description="m above sea level")


class ManyPoints(BaseModel):
    """Body of `POST /v1/forecast`; the options hold for every place."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"points": [{"place": "宁河"}, {"lat": 30.92, "lon": 116.2}], "hours": 24}]
        },
    )

    points: list[PointOfMany] = Field(description="the places")
    hourly: str | None = Field(None, description=HOURLY, max_length=1000)
    daily: str = Field("", description=DAILY, max_length=1000)
    day: str = Field("local", description=DAY, max_length=8)
    cell: str = Field("land", description=CELL, max_length=8)
    cycle: str | None = Field(None, description="a published cycle", max_length=80)
    as_of: str | None = Field(None, description=AS_OF, max_length=40)
    hours: int | None = Field(None, strict=True, description="only so many hours from now on")
    strict: bool = Field(False, strict=True, description=STRICT)

    def questions(self) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The places and the shared options, as arguments of `forecast.service.ask`."""
        points = [
            {"place": one.place, "elevation": one.elevation}
            | {"latitude": one.lat, "longitude": one.lon}
            for one in self.points
        ]
        return points, self.model_dump(exclude={"points"})


class Age(BaseModel):
    """How old the model run is."""

    hours: float
    state: Literal["fresh", "late", "stale", "expired"]


class Asked(BaseModel):
    """The place that was asked for."""

    longitude: float
    latitude: float
    elevation_m: float | None


class Cell(BaseModel):
    """The grid cell that answers."""

    row: int
    column: int
    longitude: float
    latitude: float
    elevation_m: float
    land_fraction: float
    distance_m: int
    reason: Literal["nearest", "moved_to_land", "moved_to_height"]


class Passport(BaseModel):
    """Where every number of an answer comes from."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    cycle: str
    source: str
    source_label: str
    simulated: bool
    run_time: str
    published_at: str
    age: Age
    degraded: str | None
    region: str
    terrain: dict[str, str]
    licence: str
    attribution: str
    datum: str
    asked: Asked
    cell: Cell
    elevation_used_m: float
    model_elevation_m: float
    height_difference_m: float
    mean_temperature_correction_k: float | None
    steps: dict[str, list[tuple[int, Literal["model", "interpolated", "missing"]]]]


class PointAnswer(BaseModel):
    """The forecast of one place; a missing value is null."""

    model_config = ConfigDict(extra="forbid")

    simulated: bool
    place: dict[str, Any] | None
    passport: Passport
    timezone: str
    units: dict[str, str]
    hourly: dict[str, list[str] | Values]
    daily_units: dict[str, str] = {}
    daily: dict[str, list[str] | list[int] | Values] = {}


class ManyAnswers(BaseModel):
    """The forecasts of several places, in the order asked."""

    model_config = ConfigDict(extra="forbid")

    simulated: bool
    answers: list[PointAnswer]
