"""Cycles, leads, UTC, zones and days: the one place where text becomes an instant.

A value stands at the END of its interval, so a day holds the times in (start, end]: the rain
at 00:00 local time fell on the day before. Instants are counted in the same way, as in the
surface records of China, where the reading at 20:00 closes the day.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from typing import Final, Self
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import numpy.typing as npt

from forecast.errors import InvalidRequest

_WALL_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_NAMED_DAYS: Final = {"local": time(0), "20-20": time(20), "08-08": time(8)}
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})T?(\d{2})(?:00)?Z?")


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant with a zone (`Z` or an offset) as aware UTC.

    `20250410T00Z` and `2025041000` are read too. A time without a zone is taken as UTC.

    Raises:
        InvalidRequest: the text is no instant.
    """
    compact = _COMPACT.fullmatch(text.strip())
    try:
        if compact is not None:
            year, month, day, hour = (int(group) for group in compact.groups())
            return datetime(year, month, day, hour, tzinfo=UTC)
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidRequest(
            f"time {text!r} was asked; allowed is ISO 8601, as in 2025-04-10T00:00Z"
        ) from None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def iso(instant: datetime | np.datetime64) -> str:
    """Write an instant as ISO 8601 UTC to the second, as in `2025-04-10T00:00:00Z`."""
    if isinstance(instant, np.datetime64):
        return f"{np.datetime_as_string(instant, unit='s')}Z"
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def cycle_label(instant: datetime) -> str:
    """Write a cycle as `20250410T00Z`."""
    return instant.astimezone(UTC).strftime("%Y%m%dT%HZ")


def to_datetime64(instant: datetime) -> np.datetime64:
    """Turn an aware instant into numpy UTC nanoseconds."""
    return np.datetime64(instant.astimezone(UTC).replace(tzinfo=None), "ns")


def to_datetime(instant: np.datetime64) -> datetime:
    """Turn numpy UTC into an aware instant (microseconds kept)."""
    micros = int(instant.astype("datetime64[us]").astype(np.int64))
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def hours_since(times: npt.NDArray[np.datetime64], start: np.datetime64) -> npt.NDArray[np.float64]:
    """Hours from `start` to each of `times`, as float64 of the same shape."""
    return np.asarray((times - start) / np.timedelta64(1, "h"), dtype=np.float64)


@lru_cache(maxsize=64)
def zone_info(zone: str) -> ZoneInfo:
    """Look an IANA zone up, as in `Asia/Shanghai` or `Europe/Oslo`.

    Raises:
        InvalidRequest: there is no such zone; near names are listed.
    """
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        near = get_close_matches(zone, sorted(available_timezones()), n=3, cutoff=0.5)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise InvalidRequest(
            f"time zone {zone!r} was asked; allowed are IANA names, as in Asia/Shanghai{hint}"
        ) from None


def local_iso(times: npt.NDArray[np.datetime64], *, zone: str) -> list[str]:
    """Write instants as ISO 8601 local time, each with the UTC offset it had or will have.

    Args:
        times: UTC, any numpy datetime unit, one dimension.
        zone: IANA zone.
    """
    info = zone_info(zone)
    return [
        instant.replace(tzinfo=UTC).astimezone(info).isoformat()
        for instant in times.astype("datetime64[s]").tolist()
    ]


@dataclass(frozen=True, slots=True)
class DayBoundary:
    """The wall-clock time at which a day begins.

    A day that begins before 12:00 carries the date on which it begins, a later one the date on
    which it ends, so that a date always names the larger part. Hence `20-20` (the agromet day
    of the surface records in China) is named by its end, and a frost at 22:00 counts to the
    next date; `08-08` (the rain day of Chinese hydrology, from 08:00 to 08:00 of the next
    morning) is named by its beginning.

    Attributes:
        text: `local`, `20-20`, `08-08` or `HH:MM`.
        start: wall-clock time of the beginning.
    """

    text: str
    start: time

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `local`, `20-20`, `08-08` or `HH:MM`.

        Raises:
            InvalidRequest: the text is none of these.
        """
        clock = _WALL_CLOCK.fullmatch(text)
        if clock is not None:
            return cls(text=text, start=time(int(clock[1]), int(clock[2])))
        if text in _NAMED_DAYS:
            return cls(text=text, start=_NAMED_DAYS[text])
        raise InvalidRequest(
            f"day boundary {text!r} was asked; allowed are local, 20-20, 08-08"
            " or a wall-clock time HH:MM"
        )

    def begins(self, label: date, *, zone: str) -> datetime:
        """Instant (UTC) at which the day of this date begins in a zone.

        Where the clock jumps over the boundary, the offset before the jump holds; where the
        boundary comes twice, its first coming (PEP 495, fold = 0).
        """
        day = label - timedelta(days=1) if self.start.hour >= 12 else label
        return datetime.combine(day, self.start, tzinfo=zone_info(zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Days:
    """The days that a row of times touches, in order; their intervals (start, end] join.

    Attributes:
        dates: date of each day [day], datetime64[D].
        starts: beginning [day], UTC datetime64[ns], itself outside the day.
        ends: end [day], UTC datetime64[ns], itself within the day.
        number: index of its day for each time [time].
        expected: times that a complete day would hold at the spacing of the row [day].
        present: times that the row holds [day].
    """

    dates: npt.NDArray[np.datetime64]
    starts: npt.NDArray[np.datetime64]
    ends: npt.NDArray[np.datetime64]
    number: npt.NDArray[np.intp]
    expected: npt.NDArray[np.int64]
    present: npt.NDArray[np.int64]

    @property
    def complete(self) -> npt.NDArray[np.bool_]:
        """Whether each day has all its times [day]."""
        return np.asarray(self.present == self.expected)

    @property
    def hours(self) -> npt.NDArray[np.float64]:
        """Length of each day in hours [day]: 24, or 23, 23.5, 24.5, 25 where clocks change."""
        return np.asarray((self.ends - self.starts) / np.timedelta64(1, "h"), dtype=np.float64)


def days(times: npt.NDArray[np.datetime64], *, boundary: DayBoundary, zone: str) -> Days:
    """Part a row of times into days; every time belongs to exactly one.

    Args:
        times: UTC, ascending strictly, ends of intervals, one dimension; the smallest step
            between two of them is taken as the spacing (one hour where there is only one).
        boundary: when a day begins.
        zone: IANA zone of the boundary.

    Raises:
        InvalidRequest: no times, or times that do not ascend.
    """
    instants = times.astype("datetime64[ns]")
    steps = np.diff(instants)
    if instants.size == 0 or np.any(steps <= np.timedelta64(0, "ns")):
        raise InvalidRequest("days were asked of times that are empty or do not ascend")
    spacing = steps.min() if steps.size else np.timedelta64(1, "h")
    labels, edges = _edges(to_datetime(instants[0]), to_datetime(instants[-1]), boundary, zone)
    number = np.searchsorted(edges, instants, side="left") - 1
    touched = np.unique(number)
    passed = (edges - instants[0]) // spacing
    return Days(
        dates=labels[touched],
        starts=edges[touched],
        ends=edges[touched + 1],
        number=np.searchsorted(touched, number),
        expected=np.asarray(np.diff(passed)[touched], dtype=np.int64),
        present=np.bincount(number)[touched].astype(np.int64),
    )


def _edges(
    first: datetime, last: datetime, boundary: DayBoundary, zone: str
) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.datetime64]]:
    """Dates, and the ascending bounds of their days, from before `first` to after `last`.

    A date that a zone left out (Apia, 30 December 2011) has no day and is dropped.
    """
    info = zone_info(zone)
    day = first.astimezone(info).date() - timedelta(days=1)
    final = last.astimezone(info).date() + timedelta(days=3)
    count = (final - day).days
    labels = np.datetime64(day, "D") + np.arange(count)
    edges = np.array(
        [to_datetime64(boundary.begins(day + timedelta(days=i), zone=zone)) for i in range(count)]
    )
    kept = np.append(np.diff(edges) > np.timedelta64(0, "ns"), True)
    return labels[kept], edges[kept]
