"""Shapes of advice and of crop profiles, as the documentation shows them."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from forecast.advise.advice import Irrigation, StageDate, StageNow, StandingWater, Timeline
from forecast.advise.advisory import Advisory
from forecast.advise.profile.parts import Text
from forecast.advise.words import AdviceText
from forecast.api.models import CellPassport
from forecast.api.questions import AS_OF, CELL, DATUM, PLACE, PRECISION, STRICT, Datum

CROP = (
    "a profile's id or its first part (rice), an EPPO code (ORYSA) or a name (水稻); see /v1/crops"
)
DATE = "a date, as 2025-04-10"


class AdviceQuery(BaseModel):
    """Query of `GET /v1/advisories`."""

    place: str = Field("", description=PLACE, examples=["宁河"], max_length=200)
    lat: float | None = Field(None, ge=-90, le=90, description="degrees north")
    lon: float | None = Field(None, ge=-180, le=360, description="degrees east")
    elevation: float | None = Field(None, ge=-500, le=9000, description="answer for this height, m")
    datum: Datum = Field("wgs84", description=DATUM)
    precision: str = Field("", description=PRECISION, examples=["30m"])
    crop: str = Field(description=CROP, examples=["rice"], max_length=100)
    sown: str = Field("", description=f"day of sowing or planting: {DATE}")
    stage: str = Field("", description="stage that was seen, one of the profile's")
    stage_on: str = Field("", description=f"day on which it was seen, today if not given: {DATE}")
    covered: bool = Field(False, description="whether the seedbed is under film")
    soil: str = Field("", description="texture, as loam or silty_clay; assumed if not given")
    soil_moisture: float | None = Field(
        None, ge=0, le=150, description="of the root zone today, % of field capacity"
    )
    cycle: str = Field("", description="a published cycle, see /v1/cycles")
    as_of: str = Field("", description=AS_OF)
    cell: Literal["land", "nearest"] = Field("land", description=CELL)
    strict: bool = Field(False, description=STRICT)
    format: Literal["json", "text", "html"] = Field(
        "json", description="text and html give the bulletin"
    )
    lang: Literal["zh", "en"] = Field("zh", description="of the bulletin; json holds both")


class MemberCount(BaseModel):
    """How many forecasts stand behind the chances."""

    count: int


class KeptWater(BaseModel):
    """Soil water that was kept for the cell: to the end of which day, and since when assumed."""

    day: str | None
    assumed_from: str | None
    trouble: str | None


class AdvicePassport(CellPassport):
    """Where every number of the advice comes from."""

    members: MemberCount
    soil_water: KeptWater | None = Field(None, description="that the water balance goes on from")


class Heights(BaseModel):
    """Heights of the field and of the model, and what the terrain added between them."""

    asked_m: float | None
    cell_m: float
    used_m: float
    model_m: float
    mean_temperature_correction_k: float | None
    zh: str
    en: str


class Signature(BaseModel):
    """Who answers for the numbers of a profile."""

    by: str
    on: str
    version: str


class Evidence(BaseModel):
    """How many sources of a profile were read, quoted by another, or are from memory."""

    read: int
    secondary: int
    memory: int


class CropPassport(BaseModel):
    """The profile that advice rests on."""

    id: str
    version: str
    eppo: str
    name: Text
    region: Text
    maintainer: str
    signed: Signature | None
    evidence: Evidence


class Said(BaseModel):
    """What the farmer said, as it was understood."""

    sown: str | None
    stage: str | None
    stage_on: str | None
    covered: bool
    soil: str | None
    soil_moisture: float | None


class Compared(BaseModel):
    """The earlier cycle that changes are told against."""

    cycle: str
    run_time: str


class Messages(BaseModel):
    """The most urgent piece of advice in one text message."""

    zh: str | None
    en: str | None


class BothTexts(BaseModel):
    """Advice as sentences of both languages."""

    zh: AdviceText
    en: AdviceText


class Told(BaseModel):
    """What is said, in both languages."""

    zh: str
    en: str


class ToldStage(StageNow):
    """A stage that the crop is in, in words too."""

    text: Told


class ToldDate(StageDate):
    """When a stage is reached, in words too."""

    text: Told


class ToldIrrigation(Irrigation):
    """When and how much to water, in words too."""

    text: Told


class ToldWater(StandingWater):
    """Standing water, in words too."""

    text: Told


class ToldAdvisory(Advisory):
    """One piece of advice with its sentences."""

    text: BothTexts


class Score(BaseModel):
    """How good such advice has proved; `measured` is false where none was scored."""

    measured: bool
    reason: str | None = Field(description="why there is no score, or why it tells little")
    period: dict[str, Any] | None
    rules: list[dict[str, Any]] = Field(description="rows of /v1/scorecard, all zones and leads")


class Caveat(BaseModel):
    """What must be known before the advice is followed."""

    id: str
    zh: str
    en: str


class Advice(BaseModel):
    """Advice on a crop at a place; a missing value is null."""

    model_config = ConfigDict(extra="forbid")

    simulated: bool
    place: dict[str, Any] | None
    passport: AdvicePassport
    heights: Heights
    timezone: str
    now: str
    crop: CropPassport
    situation: Said
    stages: list[ToldStage]
    season: dict[str, Any] | None = Field(
        description="origins of the days of this year: past, forecast, normals, missing"
    )
    compared: Compared | None
    messages: Messages
    advisories: list[ToldAdvisory]
    timelines: list[Timeline]
    phenology: list[ToldDate]
    irrigation: ToldIrrigation | None
    standing_water: ToldWater | None
    score: Score
    caveats: list[Caveat]


class CropStage(BaseModel):
    """A stage of a crop."""

    id: str
    name: Text
    bbch: list[int]
    calendar: list[str] | None
    gdd_from: float | None


class LevelName(BaseModel):
    """A level of a rule."""

    level: int
    name: Text


class RuleEntry(BaseModel):
    """A hazard, pest, disease or operation."""

    id: str
    name: Text | None = Field(None, description="null where the profile gives it none")
    kind: Literal["hazard", "pest", "disease", "operation"]
    levels: list[LevelName]


class NamedPart(BaseModel):
    """A window for work, or a sowing."""

    id: str
    name: Text


class CropEntry(CropPassport):
    """A crop profile in short."""

    origin: Literal["shipped", "own"]
    valid_from: str
    review_by: str
    review_overdue: bool
    day_boundary: str
    stages: list[CropStage]
    rules: list[RuleEntry]
    windows: list[NamedPart]
    sowing: list[NamedPart]


class Crops(BaseModel):
    """Crop profiles of this service."""

    crops: list[CropEntry]


class Explained(BaseModel):
    """All that a profile says, as plain text."""

    zh: str
    en: str


class Crop(CropEntry):
    """A crop profile in full."""

    explained: Explained
    profile: dict[str, Any] = Field(description="agroprofile/1, as it was read")
