"""Shapes of the forecast, as the documentation shows them."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from forecast.api.location_models import Location

Values = list[float | None]
Origin = Literal["past", "forecast", "missing"]


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


class CorrectionTerm(BaseModel):
    """One part of a correction, and what it did at stations that were hidden from it."""

    kind: str
    stations: int
    hidden_mae_before_k: float | None
    hidden_mae_after_k: float | None


class VariableCorrection(BaseModel):
    """How much was added to a variable in the answered hours, K."""

    mean_k: float | None
    extreme_k: float | None
    terms: list[CorrectionTerm]


class CalibrationState(BaseModel):
    """Whether observations corrected the forecast, and by how much."""

    applied: bool
    reason: str | None = None
    observed_until: str | None = None
    variables: dict[str, VariableCorrection] = {}
    following: list[str] = []
    refused: list[str] = []


class Neighbourhood(BaseModel):
    """What a probability from one forecast alone stands on."""

    cells_across: int
    hours_early_and_late: int
    members_equivalent: float


class MemberSpan(BaseModel):
    """Coefficients of a variable's members in a span of leads, and what hidden days say of them.

    The observation is normal with mean `shift` + m and variance `floor`² + `stretch`² s².
    """

    leads: str
    applied: bool
    reason: str | None = None
    pairs: int | None = None
    days: int | None = None
    crps_before: float | None = None
    crps_after: float | None = None
    shift: float | None = None
    floor: float | None = None
    stretch: float | None = None


class MembersCalibration(BaseModel):
    """Whether members were moved and stretched to the spread of their errors."""

    applied: bool
    reason: str | None = None
    variables: dict[str, list[MemberSpan]] = {}
    following: list[str] = []


class ToldError(BaseModel):
    """Quantiles from the error that stations have told of the forecast, where members are few."""

    variable: str
    method: str
    quantile_definition: str
    hours: int
    smallest_k: float | None
    largest_k: float | None


class MembersState(BaseModel):
    """How many members stand behind quantiles and probabilities, and by which method."""

    count: int
    method: Literal["members", "neighbourhood", "error of the forecast at stations"]
    least: int | None = None
    quantile_definition: str | None = None
    calibration: MembersCalibration | None = None
    told_error: ToldError | None = None
    not_given: dict[str, str] = {}
    neighbourhoods: dict[str, Neighbourhood] = {}


class EarlierCycle(BaseModel):
    """A cycle that gave hours of the answer; its terrain where that is another."""

    cycle: str
    source: str
    source_label: str
    run_time: str
    published_at: str
    simulated: bool
    corrected: bool
    terrain: dict[str, str] | None


class Stretch(BaseModel):
    """Hours in a row from one cycle, from the hour `first` of the answer on."""

    first: int
    time: str
    origin: Origin
    cycle: str | None
    source: str | None
    lead_hours: float | None


class Stretches(BaseModel):
    """Variables whose hours come from the same cycles."""

    variables: list[str]
    runs: list[Stretch]


class Seam(BaseModel):
    """Where one cycle follows another: what the later says less what the earlier said."""

    first: int
    time: str
    jump_k: float | None


class LeftOut(BaseModel):
    """A cycle that was not used, and why."""

    cycle: str
    reason: str


class SeriesOrigin(BaseModel):
    """Where each hour of a series with past days comes from."""

    begins: str
    past_hours: int
    cycles: list[EarlierCycle]
    stretches: list[Stretches]
    seams: dict[str, list[Seam]]
    largest_jump_k: float | None
    left_out: list[LeftOut]


class ClimatologyOrigin(BaseModel):
    """Where normals come from and how they were brought to the height."""

    days: int
    origin: str
    method: str | None = None
    station: str | None = None
    distance_km: float | None = None
    elevation_m: float | None
    height_difference_m: float | None
    adjusted_k: dict[str, float]


class CellPassport(BaseModel):
    """Which run, which cell, how high, how old."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    cycle: str
    source: str
    source_label: str
    source_label_zh: str
    simulated: bool
    run_time: str
    published_at: str
    age: Age
    degraded: str | None
    region: str
    terrain: dict[str, str]
    terrain_source_zh: str
    licence: str
    attribution: str
    datum: str
    asked: Asked
    cell: Cell
    elevation_used_m: float
    model_elevation_m: float
    height_difference_m: float
    mean_temperature_correction_k: float | None
    location: Location | None = None


class Passport(CellPassport):
    """Where every number of an answer comes from."""

    steps: dict[str, list[tuple[int, Literal["model", "interpolated", "missing"]]]]
    calibration: CalibrationState
    members: MembersState | None = None
    series: SeriesOrigin | None = None
    climatology: ClimatologyOrigin | None = None


class BestStart(BaseModel):
    """The start with the highest probability; the earliest of equals."""

    start: str
    probability: float
    members: int
    expected_hours: float
    shortest_hours: int


class EventAnswer(BaseModel):
    """In how many members an event happens, for a window from each start."""

    name: str
    event: str
    method: Literal["members"]
    members: int
    start: list[str]
    probability: Values
    members_known: list[int]
    probability_at_any_start: float | None
    best: BestStart | None


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
    events: list[EventAnswer] = []


class ManyAnswers(BaseModel):
    """The forecasts of several places, in the order asked."""

    model_config = ConfigDict(extra="forbid")

    simulated: bool
    answers: list[PointAnswer]
