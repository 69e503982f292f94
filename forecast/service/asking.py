"""From what people type (names, numbers, lists by comma) to a checked question."""

from datetime import datetime
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
    hourly: str | None = None,
    daily: str = "",
    **others: Any,
) -> PointQuestion:
    """Check and complete a question for one place.

    Args:
        service: looks names of places up.
        place: a name or coordinates as text; excludes latitude and longitude.
        latitude: degrees north.
        longitude: degrees east.
        hourly: names by comma; None or `all` for every variable, `none` for none.
        daily: names by comma; `all` for every daily variable, empty for none.
        **others: the other fields of `PointQuestion`.

    Raises:
        InvalidRequest: neither or both of place and coordinates, or a value not allowed.
        UnknownName: a variable or place is not known.
    """
    lonlat, found = _where(service, place=place, latitude=latitude, longitude=longitude)
    others["day"] = _day(others.get("day") or "local")
    others["cell"] = _cell(others.get("cell") or "land")
    as_of = others.pop("as_of", None)
    return PointQuestion(
        lonlat=lonlat,
        place=found,
        hourly=_names(hourly, kind="hourly"),
        daily=_names(daily, kind="daily"),
        as_of=parse_instant(as_of) if isinstance(as_of, str) else cast("datetime | None", as_of),
        **others,
    )


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
