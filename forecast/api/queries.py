"""Queries read by hand, first that of `GET /v1/forecast`: every fault is one sentence, no guessing.

Reading by hand costs a tenth of the framework's model and refuses what float() lets pass:
`1_000`, ` 5 `, `nan`, `1e400`, full-width digits.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from forecast.errors import InvalidRequest
from forecast.query.coordinates import Rounding, half_unit

_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,6}(\.[0-9]{1,15})?")
_COUNT: Final = re.compile(r"[0-9]{1,6}")
_TRUTH: Final = {"true": True, "1": True, "false": False, "0": False}
_TEXTS: Final = (
    *("hourly", "daily", "day", "cell", "cycle", "as_of"),
    *("quantiles", "probability", "event", "datum", "precision"),
)
_COUNTS: Final = ("hours", "past_days", "climatology_days", "over", "event_hours")
_TRUTHS: Final = ("strict", "corrections", "doubt")
_LONGEST_SHOWN: Final = 60
FORMATS: Final = ("json", "csv")
KNOWN: Final = ("place", "lat", "lon", "elevation", "format", *_TEXTS, *_COUNTS, *_TRUTHS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastQuery:
    """What a query asks for.

    Attributes:
        points: for each place its arguments of `forecast.service.ask`.
        options: the arguments that all places share.
        form: `json` or `csv`.
        many: whether a list was asked, and so a list is answered.
    """

    points: tuple[dict[str, Any], ...]
    options: dict[str, Any]
    form: str
    many: bool


def read_query(query: bytes) -> ForecastQuery:
    """Read a raw query string.

    Raises:
        InvalidRequest: a parameter is unknown, asked twice, or no such value.
    """
    given = read_parameters(query, known=KNOWN)
    options: dict[str, Any] = {}
    for name, text in given.items():
        if name in _TEXTS:
            options[name] = text
        elif name in _COUNTS:
            options[name] = read_count(text, name=name)
        elif name in _TRUTHS:
            options[name] = read_truth(text, name=name)
    form = read_choice(given, "format", allowed=FORMATS)
    points = read_points(given)
    return ForecastQuery(
        points=points, options=options, form=form, many="," in given.get("lat", "")
    )


def read_numbers(text: str, *, name: str) -> list[float]:
    """Read decimal numbers by comma, as in `39.45,30.92`.

    Raises:
        InvalidRequest: one of them is no plain decimal number.
    """
    parts = text.split(",")
    for part in parts:
        if _DECIMAL.fullmatch(part) is None:
            raise InvalidRequest(
                f"{name} {_shown(part)} was asked; allowed are decimal numbers, as in 39.45"
            )
    return [float(part) for part in parts]


def read_count(text: str, *, name: str) -> int:
    """Read a whole number.

    Raises:
        InvalidRequest: it is none.
    """
    if _COUNT.fullmatch(text) is None:
        raise InvalidRequest(
            f"{name} {_shown(text)} was asked; allowed are whole numbers from 0 on"
        )
    return int(text)


def read_truth(text: str, *, name: str) -> bool:
    """Read true or false.

    Raises:
        InvalidRequest: it is neither.
    """
    if text not in _TRUTH:
        raise InvalidRequest(f"{name} {_shown(text)} was asked; allowed are true and false")
    return _TRUTH[text]


def read_choice(given: Mapping[str, str], name: str, *, allowed: Sequence[str]) -> str:
    """Read one of a few words, the first where none is given.

    Raises:
        InvalidRequest: it is another word.
    """
    word = given.get(name, allowed[0])
    if word not in allowed:
        raise InvalidRequest(f"{name} {_shown(word)} was asked; allowed are {', '.join(allowed)}")
    return word


def read_parameters(query: bytes, *, known: Sequence[str]) -> dict[str, str]:
    """Part a raw query string into names and texts.

    Args:
        query: as it came.
        known: names that the route has.

    Raises:
        InvalidRequest: a name is not known or comes twice, or the query is not UTF-8.
    """
    given: dict[str, str] = {}
    for pair in query.split(b"&"):
        if not pair:
            continue
        before, _, after = pair.partition(b"=")
        name, value = _decoded(before), _decoded(after)
        if name not in known:
            near = get_close_matches(name[:_LONGEST_SHOWN], known, n=1)
            allowed = f"allowed are {', '.join(known)}" if known else "this route has none"
            hint = f"; did you mean {near[0]}?" if near else f"; {allowed}"
            raise InvalidRequest(f"parameter {_shown(name)} was asked{hint}")
        if name in given:
            raise InvalidRequest(f"parameter {name} was asked twice; many values go by comma")
        given[name] = value
    return given


def _decoded(part: bytes) -> str:
    """Undo percent and plus of a form, UTF-8."""
    try:
        if b"%" in part or b"+" in part:
            return unquote_to_bytes(part.replace(b"+", b" ")).decode()
        return part.decode()
    except UnicodeDecodeError:
        raise InvalidRequest("the query is not UTF-8, percent-encoded") from None


def read_points(given: Mapping[str, str]) -> tuple[dict[str, Any], ...]:
    """The places of a query, each as arguments of `forecast.service.ask`.

    Coordinates come with their rounding, by their digits as they were typed.

    Args:
        given: `place`, or `lat` and `lon` (lists by comma), and `elevation`.

    Raises:
        InvalidRequest: no place, a text that is no number, or lists of unlike length.
    """
    latitudes, longitudes, elevations = [
        read_numbers(given[name], name=name) if name in given else []
        for name in ("lat", "lon", "elevation")
    ]
    if "place" in given:
        if latitudes or longitudes:
            raise InvalidRequest("place and coordinates were both asked; allowed is one of them")
        if len(elevations) > 1:
            raise InvalidRequest("several elevations were asked for one place; allowed is one")
        return ({"place": given["place"], "elevation": elevations[0] if elevations else None},)
    if not latitudes and not longitudes:
        raise InvalidRequest(
            "no place was asked; give place, or lat and lon in degrees north and east"
        )
    if len(latitudes) != len(longitudes) or len(elevations) not in (0, 1, len(latitudes)):
        raise InvalidRequest(
            f"{len(latitudes)} lat, {len(longitudes)} lon and {len(elevations)} elevation were"
            " asked; allowed are as many lat as lon, and one elevation, none, or as many"
        )
    heights: list[float | None] = [*elevations]
    if len(heights) < len(latitudes):
        heights = (heights or [None]) * len(latitudes)
    norths, easts = given["lat"].split(","), given["lon"].split(",")
    return tuple(
        [
            {
                "latitude": latitude,
                "longitude": longitude,
                "elevation": height,
                "rounding": Rounding(half_unit(east), half_unit(north)),
            }
            for latitude, longitude, height, north, east in zip(
                latitudes, longitudes, heights, norths, easts, strict=True
            )
        ]
    )


def _shown(text: str) -> str:
    """A text as a sentence quotes it, cut where it is long."""
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")
