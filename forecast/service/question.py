"""What is asked of the service, checked before any data are touched."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from forecast.errors import InvalidRequest, RequestTooLarge
from forecast.query.places import Place
from grids import LonLat

HIGHEST_ELEVATION_M = 9000.0
LOWEST_ELEVATION_M = -500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PointQuestion:
    """A question for one place.

    Attributes:
        lonlat: the place, WGS 84.
        place: the gazetteer entry it came from, or None.
        elevation: height asked for, m above sea level, or None for the cell's own.
        hourly: names of hourly variables; None asks for all that the cycle holds.
        daily: names of daily variables; empty asks for none, None for all.
        day: day boundary: `local`, `20-20`, `08-08` or `HH:MM`.
        cell: `land` prefers a land cell of similar height, `nearest` takes the nearest.
        cycle: id of a published cycle, or None for the current one.
        as_of: answer from the newest cycle that was published by then, or None.
        hours: number of hours from the first that is not past, or None for the whole cycle.
        strict: refuse instead of answering from a stale, degraded or moved cell.
    """

    lonlat: LonLat
    place: Place | None = None
    elevation: float | None = None
    hourly: tuple[str, ...] | None = None
    daily: tuple[str, ...] | None = ()
    day: str = "local"
    cell: Literal["land", "nearest"] = "land"
    cycle: str | None = None
    as_of: datetime | None = None
    hours: int | None = None
    strict: bool = False

    def __post_init__(self) -> None:
        """Check the ranges that need no data.

        Raises:
            InvalidRequest: elevation or hours out of range.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one request may ask for, counted before data are touched.

    Attributes:
        points: places in one request.
        values: places x hours x variables in one answer.
        export_values: cells x hours x variables in one export.
    """

    points: int = 100
    values: int = 500_000
    export_values: int = 600_000_000

    def check_points(self, count: int) -> None:
        """Refuse a request for too many places, or for none.

        Raises:
            InvalidRequest: no place was asked for.
            RequestTooLarge: more places than one request may ask for.
        """
        if count == 0:
            raise InvalidRequest("no point was asked; allowed are 1 or more")
        if count > self.points:
            raise RequestTooLarge(
                f"{count} points were asked; allowed are {self.points} in one request,"
                " more through `zhitian export`"
            )

    def check_values(self, *, points: int, values: int) -> None:
        """Refuse an answer with too many numbers.

        Raises:
            RequestTooLarge: points x hours x variables is over the limit.
        """
        if values > self.values:
            raise RequestTooLarge(
                f"{values:,} values (points x hours x variables) for {points} points were asked;"
                f" allowed are {self.values:,} in one answer"
            )

    def check_export(self, *, cells: int, hours: int, variables: int) -> None:
        """Refuse an export with too many numbers.

        Raises:
            RequestTooLarge: cells x hours x variables is over the limit.
        """
        asked = cells * hours * variables
        if asked > self.export_values:
            raise RequestTooLarge(
                f"{cells:,} cells x {hours} hours x {variables} variables ="
                f" {asked:,} values were asked; allowed are {self.export_values:,} in one export"
            )
