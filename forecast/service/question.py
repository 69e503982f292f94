"""What is asked of the service, checked before any data are touched."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from forecast.errors import InvalidRequest
from forecast.query.coordinate_doubt import Coordinates
from forecast.query.events import Condition, Event
from forecast.query.places import Place
from grids import LonLat

HIGHEST_ELEVATION_M = 9000.0
LOWEST_ELEVATION_M = -500.0
LONGEST_PAST_DAYS = 92
LONGEST_CLIMATOLOGY_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class PointQuestion:
    """A question for one place.

    Attributes:
        lonlat: the place, WGS 84.
        place: the gazetteer entry it came from, or None.
        coordinates: what is known of its coordinates; None of a place by name.
        elevation: height asked for, m above sea level, or None for the cell's own.
        hourly: names of hourly variables; None asks for all that the cycle holds.
        daily: names of daily variables; empty asks for none, None for all.
        day: day boundary: `local`, `20-20`, `08-08` or `HH:MM`.
        cell: `land` prefers a land cell of similar height, `nearest` takes the nearest.
        cycle: id of a published cycle, or None for the current one.
        as_of: answer from the newest cycle that was published by then, or None.
        hours: number of hours from the first that is not past, or None for the whole cycle.
        strict: refuse instead of answering from a stale, degraded or moved cell.
        past_days: days before today whose hours come from earlier cycles, 0 to 92.
        climatology_days: days after the forecast whose daily values are the normals, 0 to 366.
        corrections: give what observations corrected, hour by hour.
        quantiles: percentages over the members for every hourly and daily variable.
        probability: conditions whose probability is given hour by hour.
        events: conditions that must hold together, by name.
        doubt: give the cells in which the field may lie, and how the answer differs there.
    """

    lonlat: LonLat
    place: Place | None = None
    coordinates: Coordinates | None = None
    elevation: float | None = None
    hourly: tuple[str, ...] | None = None
    daily: tuple[str, ...] | None = ()
    day: str = "local"
    cell: Literal["land", "nearest"] = "land"
    cycle: str | None = None
    as_of: datetime | None = None
    hours: int | None = None
    strict: bool = False
    past_days: int = 0
    climatology_days: int = 0
    corrections: bool = False
    quantiles: tuple[float, ...] = ()
    probability: tuple[Condition, ...] = ()
    events: tuple[tuple[str, Event], ...] = ()
    doubt: bool = False

    def __post_init__(self) -> None:
        """Check the ranges that need no data.

        Raises:
            InvalidRequest: a number out of range, or options that exclude each other.
        """
        if self.elevation is not None and not (
            LOWEST_ELEVATION_M <= self.elevation <= HIGHEST_ELEVATION_M
        ):
            raise InvalidRequest(
                f"elevation {self.elevation:g} was asked; allowed are"
                f" {LOWEST_ELEVATION_M:g} to {HIGHEST_ELEVATION_M:g} m above sea level"
            )
        if self.hours is not None and not 1 <= self.hours <= 384:
            raise InvalidRequest(f"hours {self.hours} was asked; allowed are 1 to 384 hours")
        if self.cycle is not None and self.as_of is not None:
            raise InvalidRequest("cycle and as_of were both asked; allowed is one of them")
        if self.past_days:
            _within(self.past_days, "past_days", LONGEST_PAST_DAYS)
        if self.climatology_days:
            _within(self.climatology_days, "climatology_days", LONGEST_CLIMATOLOGY_DAYS)
        if self.climatology_days and self.daily == ():
            raise InvalidRequest(
                "climatology_days was asked without daily; normals are daily values, so name"
                " daily variables"
            )
        if self.strict and self.place is not None and self.place.stands_for:
            raise InvalidRequest(
                f"strict was asked; no place list has the code {self.place.stands_for}, the place"
                f" would be {self.place}"
            )
        if self.doubt and (self.coordinates is None or self.coordinates.rounding is None):
            raise InvalidRequest(
                "doubt was asked of a place by name, whose point stands for it; allowed is with"
                " coordinates or a precision"
            )

    @property
    def is_plain(self) -> bool:
        """Whether the answer is the record of one cell and no more."""
        return (
            self.elevation is None
            and self.daily == ()
            and not self.past_days
            and not self.corrections
            and not self.doubt
            and not self.needs_members
        )

    @property
    def needs_members(self) -> bool:
        """Whether anything is asked that only several forecasts can tell."""
        return bool(self.quantiles or self.probability or self.events)


def _within(count: int, name: str, most: int) -> None:
    if not 0 <= count <= most:
        raise InvalidRequest(f"{name} {count} was asked; allowed are 0 to {most} days")
