"""Shapes of questions, as the documentation shows them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

PLACE = "a name (宁河, ninghe, Yuexi Anhui) or coordinates as text; excludes lat and lon"
HOURLY = "names by comma; all that the cycle holds if not given, `none` for none"
DAILY = "daily names by comma, `all`, or none if not given"
DAY = "`local`, `20-20`, `08-08` or `HH:MM`, in the region's zone"
CELL = "`land` prefers a land cell of similar height, `nearest` takes the nearest"
AS_OF = "answer as the service would have then, ISO 8601"
PAST_DAYS = "days before today whose hours come from the archive of earlier cycles, 0 to 92"
CLIMATOLOGY_DAYS = "days after the forecast whose daily values are the operator's normals, 0 to 366"
CORRECTIONS = "give what observations corrected, hour by hour, in K"
QUANTILES = "percentages over the members by comma, as 10,50,90; adds temperature_2m_p10 and so on"
PROBABILITY = "conditions by comma, as precipitation>=1,temperature_2m<0; probability hour by hour"
OVER = "hours up to each hour over which `probability` looks: sums of amounts, extremes of others"
EVENT = "conditions by comma that must hold together, in the same members"
EVENT_HOURS = "consecutive hours in which `event` must hold"
DATUM = (
    "what the coordinates are in: wgs84, cgcs2000, gcj02 (Chinese street maps), bd09 (Baidu) or"
    " unknown; nothing is moved unless the operator has a transform"
)
PRECISION = (
    "how far the field may lie to each side: degrees (0.005) or a length (30m, 2km); by the last"
    " digit of the coordinates if not given"
)
DOUBT = "give the cells in which the field may lie, and how much the answer differs there"
STRICT = "refuse rather than answer from a stale or degraded cycle, or from another cell"

Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09", "unknown"]
Number = Annotated[float, Field(allow_inf_nan=False, strict=True)]


_EXAMPLE: dict[str, Any] = {
    "points": [{"place": "宁河"}, {"lat": 30.92, "lon": 116.2}],
    "hours": 48,
    "quantiles": "10,50,90",
    "events": [
        {
            "name": "spraying",
            "hours": 6,
            "conditions": [
                {"variable": "wind_speed_10m", "comparison": "<", "value": 4},
                {"variable": "precipitation", "comparison": "<=", "value": 0.1},
            ],
        }
    ],
}


class PointQuery(BaseModel):
    """Query of `GET /v1/forecast`; lists by comma ask for many points."""

    place: str = Field("", description=PLACE, examples=["宁河"], max_length=200)
    lat: str = Field("", description="degrees north, or a list by comma", examples=["39.45"])
    lon: str = Field("", description="degrees east, or a list by comma", examples=["117.72"])
    elevation: str = Field("", description="answer for this height, m, or a list by comma")
    datum: Datum = Field("wgs84", description=DATUM)
    precision: str = Field("", description=PRECISION, examples=["30m"])
    doubt: bool = Field(False, description=DOUBT)
    hourly: str = Field("all", description=HOURLY)
    daily: str = Field("none", description=DAILY)
    day: str = Field("local", description=DAY)
    cell: Literal["land", "nearest"] = Field("land", description=CELL)
    cycle: str = Field("", description="a published cycle, see /v1/cycles")
    as_of: str = Field("", description=AS_OF)
    hours: int = Field(0, ge=1, le=384, description="only so many hours from now on")
    strict: bool = Field(False, description=STRICT)
    past_days: int = Field(0, ge=0, le=92, description=PAST_DAYS)
    climatology_days: int = Field(0, ge=0, le=366, description=CLIMATOLOGY_DAYS)
    corrections: bool = Field(False, description=CORRECTIONS)
    quantiles: str = Field("", description=QUANTILES, examples=["10,50,90"])
    probability: str = Field("", description=PROBABILITY, examples=["precipitation>=1"])
    over: int = Field(1, ge=1, le=240, description=OVER)
    event: str = Field(
        "", description=EVENT, examples=["wind_speed_10m<4,precipitation<=0.1,temperature_2m>5"]
    )
    event_hours: int = Field(1, ge=1, le=240, description=EVENT_HOURS)
    format: Literal["json", "csv"] = Field("json", description="csv for one place only")


class PointOfMany(BaseModel):
    """One place of a list."""

    model_config = ConfigDict(extra="forbid")

    place: str | None = Field(None, description=PLACE, max_length=200)
    lat: Number | None = Field(None, ge=-90, le=90, description="degrees north")
    lon: Number | None = Field(None, ge=-180, le=360, description="degrees east")
    elevation: Number | None = Field(None, ge=-500, le=9000, description="m above sea level")
    datum: str | None = Field(None, description=DATUM, max_length=20)
    precision: str | Number | None = Field(
        None, description=f"{PRECISION}; JSON numbers lose zeros at their end"
    )


class OneCondition(BaseModel):
    """One variable against one number, at every hour."""

    model_config = ConfigDict(extra="forbid")

    variable: str = Field(max_length=60, description="hourly variable")
    comparison: Literal["<", "<=", ">", ">=", "=="]
    value: Number = Field(description="in the unit of the variable")
    over_hours: int = Field(1, strict=True, description="hours that the statistic covers")
    statistic: Literal["value", "sum", "mean", "minimum", "maximum"] = "value"


class JointEvent(BaseModel):
    """Conditions that must hold together, for hours in a row, in one and the same member."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=60, description="how the answer names it")
    conditions: list[OneCondition] = Field(min_length=1, description="all must hold")
    hours: int = Field(1, strict=True, description="consecutive hours of a window, 1 to 240")
    at_least: int | None = Field(None, strict=True, description="hours that must count; all if not")
    begin: str | None = Field(None, max_length=40, description="no window earlier, ISO 8601")
    end: str | None = Field(None, max_length=40, description="no window later, ISO 8601")


class ManyPoints(BaseModel):
    """Body of `POST /v1/forecast`; the options hold for every place."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [_EXAMPLE]},
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
    past_days: int = Field(0, strict=True, description=PAST_DAYS)
    climatology_days: int = Field(0, strict=True, description=CLIMATOLOGY_DAYS)
    corrections: bool = Field(False, strict=True, description=CORRECTIONS)
    doubt: bool = Field(False, strict=True, description=DOUBT)
    quantiles: str | None = Field(None, description=QUANTILES, max_length=400)
    probability: str | None = Field(None, description=PROBABILITY, max_length=1000)
    over: int | None = Field(None, strict=True, description=OVER)
    event: str | None = Field(None, description=EVENT, max_length=1000)
    event_hours: int | None = Field(None, strict=True, description=EVENT_HOURS)
    events: list[JointEvent] = Field([], description="joint events, the full form")

    def questions(self) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The places and the shared options, as arguments of `forecast.service.ask`."""
        points = [
            {"place": one.place, "elevation": one.elevation}
            | {"latitude": one.lat, "longitude": one.lon}
            | {"datum": one.datum, "precision": one.precision}
            for one in self.points
        ]
        return points, self.model_dump(exclude={"points"})
