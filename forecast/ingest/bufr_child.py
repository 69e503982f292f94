"""Reading synoptic reports out of BUFR messages, inside the disposable child.

Elements of WMO BUFR table B by ecCodes' names. In a template (307080 and its kin) the period of
an amount and the height of a sensor come before the value they belong to and hold until the
next, so the elements are walked in their order.
"""

import json
import os
import signal
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Final

import eccodes

from forecast.ingest.refusal import Refused

Report = dict[str, Any]

MOST_SUBSETS: Final = 5_000
LAND_STATIONS: Final = 0
"""Data category of reports from land, BUFR table A."""
_ABSENT: Final = -1e99
_PLACE: Final = {
    "latitude": "latitude",
    "longitude": "longitude",
    "heightOfStationGroundAboveMeanSeaLevel": "elevation",
    "heightOfStation": "elevation",
    "blockNumber": "block",
    "stationNumber": "number",
    "year": "year",
    "month": "month",
    "day": "day",
    "hour": "hour",
    "minute": "minute",
    "wigosIdentifierSeries": "wigos_series",
    "wigosIssuerOfIdentifier": "wigos_issuer",
    "wigosIssueNumber": "wigos_issue",
}
_TEXTS: Final = {"wigosLocalIdentifierCharacter": "wigos_local", "stationOrSiteName": "name"}
_VALUES: Final = {
    "airTemperature": "airtemperature",
    "airTemperatureAt2M": "airtemperature",
    "dewpointTemperature": "dewpointtemperature",
    "dewpointTemperatureAt2M": "dewpointtemperature",
    "relativeHumidity": "relativehumidity",
    "nonCoordinatePressure": "noncoordinatepressure",
    "pressureReducedToMeanSeaLevel": "pressurereducedtomeansealevel",
    "windDirection": "winddirection",
    "windDirectionAt10M": "winddirection",
    "windSpeed": "windspeed",
    "windSpeedAt10M": "windspeed",
    "cloudCoverTotal": "cloudcovertotal",
    "totalPrecipitationPast1Hour": "totalprecipitationpast1hour",
    "totalPrecipitationPast3Hours": "totalprecipitationpast3hours",
    "totalPrecipitationPast6Hours": "totalprecipitationpast6hours",
    "totalPrecipitationPast12Hours": "totalprecipitationpast12hours",
    "totalPrecipitationPast24Hours": "totalprecipitationpast24hours",
}
_SENSORS: Final = {
    **dict.fromkeys(("airtemperature", "dewpointtemperature", "relativehumidity"), (1.0, 3.0)),
    **dict.fromkeys(("winddirection", "windspeed"), (8.0, 12.0)),
}
"""Heights (m) of sensors that stand for 2 m and 10 m."""
_SENSOR: Final = "heightOfSensorAboveLocalGroundOrDeckOfMarinePlatform"
_RAIN: Final = "totalPrecipitationOrTotalWaterEquivalent"
_GUST: Final = "maximumWindGustSpeed"
_NUMBERS: Final = frozenset({*_PLACE, *_VALUES, _RAIN, _GUST})


class BufrSession:
    """One file's messages."""

    def __init__(self, connection: Connection, descriptor: int, seconds: float) -> None:
        self.connection = connection
        self.descriptor = descriptor
        self.seconds = seconds

    def answer(self, request: dict[str, Any]) -> None:
        """Serve one message; the alarm ends the process if that takes too long."""
        signal.setitimer(signal.ITIMER_REAL, self.seconds)
        reply: dict[str, Any]
        try:
            content = os.pread(self.descriptor, request["length"], request["offset"])
            reply = {"reports": read_message(content)}
        except Refused as reason:
            reply = {"refused": str(reason)}
        except MemoryError:
            reply = {"refused": "it needs more memory than the decoding child may use"}
        except (eccodes.CodesInternalError, ValueError, OverflowError, KeyError) as error:
            words = str(error).strip().replace("\n", " ")[:200] or type(error).__name__
            reply = {"refused": f"it is damaged or not decodable ({words})"}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        self.connection.send_bytes(json.dumps(reply).encode())


def read_message(content: bytes) -> list[Report]:
    """The reports of one message, one a subset.

    Args:
        content: the message, from `BUFR` to `7777`.

    Raises:
        Refused: it is of another category, or holds too many subsets.
    """
    handle = eccodes.codes_new_from_message(content)
    try:
        category = eccodes.codes_get(handle, "dataCategory", int)
        if category != LAND_STATIONS:
            raise Refused(f"it is of data category {category}; read are land stations (0)")
        subsets = eccodes.codes_get(handle, "numberOfSubsets", int)
        if subsets > MOST_SUBSETS:
            raise Refused(f"it declares {subsets:,} subsets; allowed are {MOST_SUBSETS:,}")
        eccodes.codes_set(handle, "unpack", 1)
        if subsets == 1:
            return [_walk(handle)]
        return [_subset(handle, number) for number in range(1, subsets + 1)]
    finally:
        eccodes.codes_release(handle)


def _subset(handle: int, number: int) -> Report:
    eccodes.codes_set(handle, "extractSubset", number)
    eccodes.codes_set(handle, "doExtractSubsets", 1)
    alone = eccodes.codes_new_from_message(eccodes.codes_get_message(handle))
    try:
        eccodes.codes_set(alone, "unpack", 1)
        return _walk(alone)
    finally:
        eccodes.codes_release(alone)


@dataclass(slots=True)
class _Walk:
    """What has been met of a report so far."""

    place: dict[str, float] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    sensor: float | None = None
    period_h: float | None = None


def _walk(handle: int) -> Report:
    walk = _Walk()
    iterator = eccodes.codes_bufr_keys_iterator_new(handle)
    try:
        while eccodes.codes_bufr_keys_iterator_next(iterator):
            key = eccodes.codes_bufr_keys_iterator_get_name(iterator)
            _take(handle, key, walk)
    finally:
        eccodes.codes_bufr_keys_iterator_delete(iterator)
    return {
        "place": walk.place,
        "texts": walk.texts,
        "values": walk.values,
        "left": walk.left,
    }


def _take(handle: int, key: str, walk: _Walk) -> None:
    """Note one element; the first of its name counts, rain and gusts by their period."""
    name = key.rpartition("#")[2]
    if name in _TEXTS:
        text = str(eccodes.codes_get(handle, key, str)).strip("\x00\xff ")
        if text and text != "MISSING" and text.isprintable():
            walk.texts.setdefault(_TEXTS[name], text)
    elif name == "timePeriod":
        walk.period_h = _period(handle, key)
    elif name == _SENSOR:
        walk.sensor = _number(handle, key)
    elif name in _NUMBERS and (value := _number(handle, key)) is not None:
        _note(walk, name, value)


def _note(walk: _Walk, name: str, value: float) -> None:
    if name in _PLACE:
        walk.place.setdefault(_PLACE[name], value)
    elif name == _RAIN:
        _note_rain(walk, value)
    elif name in _VALUES:
        _note_value(walk, _VALUES[name], value)
    elif walk.period_h == -1.0:
        walk.values.setdefault("maximumwindgustspeed", value)


def _note_rain(walk: _Walk, value: float) -> None:
    hours = -(walk.period_h or 0.0)
    if hours >= 1.0 and hours == int(hours) and hours <= 24.0:
        walk.values.setdefault(f"rain {int(hours)}", value)
    else:
        walk.left.append(f"rain of a period of {hours:g} h")


def _note_value(walk: _Walk, name: str, value: float) -> None:
    """Keep temperature of screen height and wind of 10 m; other heights are told."""
    low, high = _SENSORS.get(name, (0.0, 0.0))
    if name in _SENSORS and walk.sensor is not None and not low <= walk.sensor <= high:
        walk.left.append(f"{name} at {walk.sensor:g} m")
    else:
        walk.values.setdefault(name, value)


def _number(handle: int, key: str) -> float | None:
    value = float(eccodes.codes_get(handle, key, float))
    return value if value > _ABSENT else None


def _period(handle: int, key: str) -> float | None:
    """A period in hours, negative for the past."""
    value = _number(handle, key)
    if value is None:
        return None
    unit = str(eccodes.codes_get(handle, f"{key}->units", str))
    return value / 60.0 if unit.startswith("min") else value
