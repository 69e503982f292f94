"""Cycles, leads and UTC: the one place where text becomes an instant."""

import re
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from forecast.errors import InvalidRequest

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


def hours_since(
    times: npt.NDArray[np.datetime64], start: np.datetime64
) -> npt.NDArray[np.float64]:
    """Hours from `start` to each of `times`, as float64 of the same shape."""
    return np.asarray((times - start) / np.timedelta64(1, "h"), dtype=np.float64)
