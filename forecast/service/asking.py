"""From what people type (names, numbers, lists by comma) to a checked question."""

from typing import TYPE_CHECKING, Any, Literal, cast

from forecast.errors import InvalidRequest
from forecast.query.places import Place
from forecast.query.selection import parse_names
from forecast.service.question import PointQuestion
from forecast.times import DayBoundary, parse_instant
from grids import LonLat

if TYPE_CHECKING:
    from forecast.service.core import ForecastService

ALL, NONE = "all", "none"


def ask(
    service: "ForecastService",
    *,
    place: str | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    **options: Any,
) -> PointQuestion:
    """Check and complete a question for one place.

    Args:
        service: looks names of places up.
        place: a name or coordinates as text; excludes latitude and longitude.
        latitude: degrees north.
        longitude: degrees east.
        **options: the other fields of `PointQuestion`; `hourly` and `daily` as names by comma
            (`all` for all that the cycle holds, `none` for none), `as_of` as ISO 8601.

    Raises:
        InvalidRequest: neither or both of place and coordinates, or a value not allowed.
        UnknownName: a variable or place is not known.
    """
    lonlat, found = _where(service, place=place, latitude=latitude, longitude=longitude)
    options["hourly"] = _names(options.get("hourly"), kind="hourly")
    options["daily"] = _names(options.get("daily") or NONE, kind="daily")
    options["day"] = _day(options.get("day") or "local")
    options["cell"] = _cell(options.get("cell") or "land")
    if isinstance(options.get("as_of"), str):
        options["as_of"] = parse_instant(options["as_of"])
    return PointQuestion(lonlat=lonlat, place=found, **options)


def _names(text: str | None, *, kind: Literal["hourly", "daily"]) -> tuple[str, ...] | None:
    """Names by comma; None stands for all that the cycle holds, `none` and empty for none."""
    if text is None or ALL in [part.strip() for part in text.split(",")]:
        return None
    if text.strip() == NONE:
        return ()
    return parse_names(text, kind=kind)


def _where(
    service: "ForecastService",
    *,
    place: str | None,
    latitude: float | None,
    longitude: float | None,
) -> tuple[LonLat, Place | None]:
    if place is not None:
        if latitude is not None or longitude is not None:
            raise InvalidRequest("place and coordinates were both asked; allowed is one of them")
        found = service.resolve(place)
        return LonLat(longitude=found.longitude, latitude=found.latitude), found
    if latitude is None or longitude is None:
        raise InvalidRequest(
            "no place was asked; give place, or lat and lon in degrees north and east"
        )
    return LonLat(longitude=longitude, latitude=latitude), None


def _day(text: str) -> str:
    DayBoundary.parse(text)
    return text


def _cell(text: str) -> Literal["land", "nearest"]:
    if text not in ("land", "nearest"):
        raise InvalidRequest(f"cell {text!r} was asked; allowed are land and nearest")
    return cast("Literal['land', 'nearest']", text)
