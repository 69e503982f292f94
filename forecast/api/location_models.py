"""Shapes of what an answer says of its coordinates, as the documentation shows them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Degrees(BaseModel):
    """A place, degrees."""

    longitude: float
    latitude: float


class Transformed(BaseModel):
    """What the operator's transform did to the coordinates."""

    by: str
    origin: Degrees = Field(alias="from")
    to: Degrees
    distance_m: int


class Precision(BaseModel):
    """How far the field may lie to each side of the coordinates, degrees, and what says so."""

    read_from: Literal["digits", "precision"]
    longitude: float
    latitude: float


class Reading(BaseModel):
    """Where the field lies if the coordinates are in a datum: how far and on which side."""

    datum: Literal["wgs84", "gcj02", "bd09"]
    field_m: int
    field_towards: Literal["N", "NE", "E", "SE", "S", "SW", "W", "NW"] | None
    chance_other_cell: float


class CandidateCell(BaseModel):
    """A cell in which the field may lie, with the share of each datum's box."""

    row: int
    column: int
    longitude: float
    latitude: float
    elevation_m: float
    land_fraction: float
    share: dict[str, float]


class Extremes(BaseModel):
    """The least and the most over the cells that are compared, the answer's own included."""

    lowest: float
    highest: float


class Spread(Extremes):
    """The same beside the value of the answer."""

    answer: float


class TemperatureDifference(BaseModel):
    """Temperatures of the cells less the answer's, K; and their lowest, degC."""

    mean_k: Extremes
    hour_k: Extremes
    minimum_degc: Spread


class PrecipitationDifference(BaseModel):
    """Sums over the hours of the answer, mm."""

    sum_mm: Spread


class Difference(BaseModel):
    """How much the answer differs in the cells in which the field may lie."""

    cells: int
    hours: int
    temperature_2m: TemperatureDifference | None
    precipitation: PrecipitationDifference | None


class Location(BaseModel):
    """Where the coordinates stand in the cell, and how sure that is."""

    model_config = ConfigDict(extra="forbid")

    datum: Literal["wgs84", "cgcs2000", "gcj02", "bd09", "unknown"]
    datum_declared: bool
    transformed: Transformed | None
    precision: Precision | None
    radius_m: float | None
    edge_m: int
    chance_other_cell: float | None
    readings: list[Reading] | None = None
    cells: list[CandidateCell] | None = None
    outside_region: float | None = None
    difference: Difference | None = None
    reason: str | None = None
