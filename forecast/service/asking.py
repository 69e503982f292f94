"""From what people type (names, numbers, lists by comma) to a checked question."""

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from forecast.errors import InvalidRequest
from forecast.query.coordinate_doubt import Coordinates, ReadFrom, read_precision, rounding_of
from forecast.query.coordinates import Rounding, read_typed
from forecast.query.datum import SHIFTED, TRUE, WGS84, read_datum
from forecast.query.events import Event
from forecast.query.places import Place
from forecast.query.selection import parse_names
from forecast.service.chances import GET_EVENT, made_events, read_conditions, read_levels
from forecast.service.question import PointQuestion
from forecast.times import DayBoundary, parse_instant
from grids import LonLat

if TYPE_CHECKING:
    from forecast.service.core import ForecastService

ALL, NONE, LOCAL = "all", "none", "local"
_MEMBER_OPTIONS = frozenset({"quantiles", "probability", "over", "event", "event_hours", "events"})


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
        **options: what `located` takes, and the other fields of `PointQuestion`; `hourly` and
            `daily` as names by comma (`all` for all that the cycle holds, `none` for none),
            `as_of` as ISO 8601, `quantiles` and `probability` as text by comma, `over` hours for
            the latter, `event` as conditions by comma for `event_hours`, `events` as values.

    Raises:
        InvalidRequest: neither or both of place and coordinates, or a value not allowed.
        UnknownName: a variable or place is not known.
    """
    where = located(service, options, place=place, latitude=latitude, longitude=longitude)
    options["hourly"] = _names(options.get("hourly"), kind="hourly")
    options["daily"] = _names(options.get("daily") or NONE, kind="daily")
    options["day"] = _day(options.get("day") or LOCAL)
    options["cell"] = cell_preference(options.get("cell") or "land")
    if isinstance(options.get("as_of"), str):
        options["as_of"] = parse_instant(options["as_of"])
    if not _MEMBER_OPTIONS.isdisjoint(options):
        options.update(_of_members(options))
    return PointQuestion(
        lonlat=where.lonlat, place=where.place, coordinates=where.coordinates, **options
    )


def _of_members(options: dict[str, Any]) -> dict[str, Any]:
    """What is asked of members; what the texts are read into leaves the options.

    Raises:
        InvalidRequest: a text is not what is allowed, or says how long but not what.
        UnknownName: a variable is not known.
    """
    quantiles, probability = options.pop("quantiles", None), options.pop("probability", None)
    over, event = options.pop("over", None), options.pop("event", None)
    event_hours, given = options.pop("event_hours", None), options.pop("events", None)
    for name, value, other, asked in (
        ("over", over, "probability", probability),
        ("event_hours", event_hours, "event", event),
    ):
        if value is not None and asked is None:
            raise InvalidRequest(f"{name} was asked without {other}; allowed is with it")
    events = made_events(given) if given else ()
    if event is not None:
        together = Event(
            conditions=read_conditions(event), hours=1 if event_hours is None else event_hours
        )
        events = ((GET_EVENT, together), *events)
    return {
        "quantiles": () if quantiles is None else read_levels(quantiles),
        "probability": ()
        if probability is None
        else read_conditions(probability, over=1 if over is None else over),
        "events": events,
    }


def _names(text: str | None, *, kind: Literal["hourly", "daily"]) -> tuple[str, ...] | None:
    """Names by comma; None stands for all that the cycle holds, `none` and empty for none."""
    if text is None or ALL in [part.strip() for part in text.split(",")]:
        return None
    if text.strip() == NONE:
        return ()
    return parse_names(text, kind=kind)


class Located(NamedTuple):
    """Where a question stands.

    Attributes:
        lonlat: the point that is asked for, WGS 84.
        place: its entry of the gazetteer where a name was given, or None.
        coordinates: what is known of the coordinates; None of a place by name alone.
    """

    lonlat: LonLat
    place: Place | None
    coordinates: Coordinates | None


def located(
    service: "ForecastService",
    options: dict[str, Any],
    *,
    place: str | None,
    latitude: float | None,
    longitude: float | None,
) -> Located:
    """The point that is asked for, and what is known of its coordinates.

    Args:
        service: looks names of places up, and holds the operator's transform.
        options: `datum`, `precision` and `rounding` (of the digits that were typed) are read and
            leave them.
        place: a name or coordinates as text; excludes latitude and longitude.
        latitude: degrees north.
        longitude: degrees east.

    Raises:
        InvalidRequest: neither or both of place and coordinates, a datum or a precision that is
            none, or the datum of a street map for a place by name.
        UnknownPlace: there is no such place.
        SettingsError: the operator's transform fails.
    """
    rounding = options.pop("rounding", None)
    if place is not None:
        if latitude is not None or longitude is not None:
            raise InvalidRequest("place and coordinates were both asked; allowed is one of them")
        found = service.resolve(place)
        typed = read_typed(place) if found.kind == "coordinates" else None
        return _declared(service, options, found.lonlat, found, typed and typed.rounding)
    if latitude is None or longitude is None:
        raise InvalidRequest(
            "no place was asked; give place, or lat and lon in degrees north and east"
        )
    lonlat = LonLat(longitude=longitude, latitude=latitude)
    rounding = rounding or rounding_of(lonlat)
    if "datum" not in options and "precision" not in options:
        return Located(lonlat, None, Coordinates(WGS84, False, rounding, "digits"))
    return _declared(service, options, lonlat, None, rounding)


def _declared(
    service: "ForecastService",
    options: dict[str, Any],
    lonlat: LonLat,
    place: Place | None,
    rounding: Rounding | None,
) -> Located:
    """A point with what the caller declares of it, moved where the operator's transform is due.

    Args:
        service: holds the operator's transform.
        options: `datum` and `precision` are read and leave them.
        lonlat: the point.
        place: its entry of the gazetteer, or None.
        rounding: by the digits of its coordinates; None of a name.
    """
    given, precision = options.pop("datum", None), options.pop("precision", None)
    by_name = rounding is None
    if by_name and given is None and precision is None:
        return Located(lonlat, place, None)
    datum = WGS84 if given is None else read_datum(given)
    if by_name and datum not in TRUE:
        raise InvalidRequest(
            f"datum {datum} was asked of a place by name; the points of places are WGS 84, allowed"
            " is with coordinates"
        )
    read_from: ReadFrom | None = None if by_name else "digits"
    if precision is not None:
        rounding = read_precision(precision, latitude=lonlat.latitude)
        read_from = "precision"
    moved = None
    transform = service.knowledge.transform
    if transform is not None and datum in SHIFTED:
        moved = transform.moved(lonlat, datum=datum)
        lonlat, place = moved.to, place and Place.at(moved.to)
    return Located(
        lonlat,
        place,
        Coordinates(
            datum=datum,
            declared=given is not None,
            rounding=rounding,
            read_from=read_from,
            moved=moved,
        ),
    )


def _day(text: str) -> str:
    if text != LOCAL:
        DayBoundary.parse(text)
    return text


def cell_preference(text: str) -> Literal["land", "nearest"]:
    """Which cell is to answer, from its text.

    Raises:
        InvalidRequest: it is neither `land` nor `nearest`.
    """
    if text not in ("land", "nearest"):
        raise InvalidRequest(f"cell {text!r} was asked; allowed are land and nearest")
    return cast("Literal['land', 'nearest']", text)
