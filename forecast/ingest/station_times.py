"""Times of station tables as UTC; a wall-clock time must say whose clock it was.

In China eight hours lie between the clock on the wall and the time of a WMO report, and a table
seldom says which one it means. So a zone is never guessed.
"""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.errors import InvalidRequest
from forecast.times import zone_info

_TIME: Final = re.compile(
    r"(?P<year>\d{4})(?:[-/.年]\s?)(?P<month>\d{1,2})(?:[-/.月]\s?)(?P<day>\d{1,2})"
    r"(?:日\s*|\s*T\s*|\s+)(?P<hour>\d{1,2})(?:[:：时]\s?(?:(?P<minute>\d{1,2})分?"
    r"(?:[:：]?(?P<second>\d{1,2})(?:\.\d+)?秒?)?)?)?"
    r"\s*(?P<zone>Z|z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?"
)
_COMPACT: Final = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})[T ]?(?P<hour>\d{2})(?P<minute>\d{2})?"
    r"(?P<second>\d{2})?(?P<zone>Z|z|[+-]\d{2}:?(?:\d{2})?)?"
)
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d{2}))?")
_SPOKEN: Final = {
    "utc": "UTC",
    "gmt": "UTC",
    "z": "UTC",
    "世界时": "UTC",
    "北京时": "Asia/Shanghai",
    "北京时间": "Asia/Shanghai",
}
_PARTS: Final = ("year", "month", "day", "hour", "minute", "second")


def read_zone(text: str) -> tzinfo:
    """A zone by name or offset: `Asia/Shanghai`, `UTC`, `北京时`, `+08:00`.

    Raises:
        InvalidRequest: there is no such zone.
    """
    offset = _OFFSET.fullmatch(text.strip())
    if offset is not None:
        length = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if length < timedelta(hours=24):
            return timezone(length if offset[1] == "+" else -length)
    spoken = _SPOKEN.get(text.strip().lower(), text.strip())
    return UTC if spoken == "UTC" else zone_info(spoken)


def read_times(cells: pd.Series, *, zone: tzinfo | None, where: str) -> tuple[pd.Series, int]:
    """Text as instants, datetime64[ns] UTC, and how many cells are no instants (NaT).

    A cell with an offset or `Z` means that; the others are times on the clock of `zone`. A time
    that a clock skips or shows twice where summer time ends is no instant.

    Args:
        cells: text, ISO 8601 or with year, month and day in this order.
        zone: of the cells that do not say theirs; None where nobody named one.
        where: file and column, for the sentence of a refusal.

    Raises:
        InvalidRequest: a time says no zone and none was named.
    """
    codes, unique = pd.factorize(cells.fillna("").astype(str).str.strip())
    texts = pd.Series(np.asarray(unique, dtype=object), dtype="str")
    parts = _parts(texts)
    wall = _wall_clock(parts)
    said = parts["zone"].notna()
    naive = wall.notna() & ~said
    if naive.any() and zone is None:
        raise InvalidRequest(
            f"{where}: {texts[naive].iloc[0]!r} does not say its zone; write an offset (+08:00) or"
            " Z, or name the zone with --timezone, as in Asia/Shanghai or UTC"
        )
    instants = wall - _offsets(parts["zone"])
    if naive.any() and zone is not None:
        instants[naive] = _from_clock(wall[naive], zone)
    taken = pd.Series(instants.to_numpy()[codes], index=cells.index)
    filled = cells.fillna("").astype(str).str.strip() != ""
    return taken, int((taken.isna() & filled).sum())


def join_parts(parts: dict[str, pd.Series]) -> pd.Series:
    """Columns year, month, day, hour and perhaps minute as text that `read_times` reads."""
    text = parts["year"].str.strip()
    for name in ("month", "day"):
        text = text + "-" + parts[name].str.strip()
    hour = parts["hour"].str.strip()
    minute = parts["minute"].str.strip() if "minute" in parts else "00"
    return text + " " + hour + ":" + minute


def _parts(texts: pd.Series) -> pd.DataFrame:
    """Numbers of the year to the second, and the zone, of each text."""
    rows = []
    for text in texts:
        found = _TIME.fullmatch(text) or _COMPACT.fullmatch(text)
        rows.append(dict.fromkeys((*_PARTS, "zone")) if found is None else found.groupdict())
    table = pd.DataFrame(rows, columns=[*_PARTS, "zone"], dtype=object)
    numbers = {name: pd.to_numeric(table[name]).astype(float) for name in _PARTS}
    zone = table["zone"].where(table["zone"].notna(), None)
    return pd.DataFrame(numbers).assign(zone=zone)


def _wall_clock(parts: pd.DataFrame) -> pd.Series:
    """Time on the clock; 24:00 is the midnight that ends a day."""
    clock = parts[["hour", "minute", "second"]].fillna(0.0)
    allowed = (clock <= [24, 59, 60]).all(axis=1) & (
        (clock["hour"] < 24) | (clock[["minute", "second"]] == 0).all(axis=1)
    )
    day = pd.to_datetime(parts[["year", "month", "day"]], errors="coerce")
    seconds = clock["hour"] * 3600.0 + clock["minute"] * 60.0 + clock["second"]
    wall = day + pd.to_timedelta(seconds, unit="s")
    return wall.where(allowed).astype("datetime64[ns]")


def _offsets(zones: pd.Series) -> pd.Series:
    known = {text: _offset(str(text)) for text in zones.dropna().unique()}
    hours = zones.map(known).astype(float).fillna(0.0)
    return pd.to_timedelta(hours, unit="h")


def _offset(text: str) -> float:
    """Hours east of Greenwich that an offset says."""
    found = _OFFSET.fullmatch(text)
    if found is None:
        return 0.0
    hours = int(found[2]) + int(found[3] or 0) / 60.0
    return hours if found[1] == "+" else -hours


def _from_clock(wall: pd.Series, zone: tzinfo) -> npt.NDArray[np.datetime64]:
    aware = wall.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    return aware.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
