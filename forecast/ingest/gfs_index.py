"""NOAA GFS and GEFS index (wgrib2 inventory): colon-separated lines with byte offsets."""

import re
from itertools import pairwise

from forecast.errors import SourceUnavailable
from forecast.ingest.messages import Entry

_LINE = re.compile(
    r"[\d.]+:(?P<offset>\d+):d=\d+:(?P<code>[^:]+):(?P<level>[^:]+):(?P<when>[^:]+)(?::(?P<rest>.*)|$)"
)
_MEMBER = re.compile(r"(?:^|:)ENS=(?:\+(?P<number>\d+)|(?P<control>(?:low|hi)-res ctl))(?:$|:)")
_INTERVAL = re.compile(r"(\d+)-(\d+) (min|hour|day) (?:acc|ave|max|min) fcst")
_INSTANT = re.compile(r"(\d+) (min|hour|day) fcst")
_HOURS = {"min": 1 / 60, "hour": 1.0, "day": 24.0}


def parse(text: str, *, name: str) -> list[Entry]:
    """Read an `.idx` file; a message ends where the next one begins.

    The last message's length is None: it follows from the size of the GRIB file. Submessages
    (`12.1`, `12.2`) share their offset and their length.

    Args:
        text: the whole file.
        name: its address, for the error's sentence.

    Raises:
        SourceUnavailable: a line is no inventory entry.
    """
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        row = _LINE.match(line)
        if row is None:
            raise SourceUnavailable(
                f"index {name} is not usable: line {number} is {line[:60]!r} where "
                f"number:offset:d=date:name:level:time was expected"
            )
        rows.append((int(row["offset"]), row["code"], row["level"], row["when"], row["rest"]))
    following = dict(pairwise(sorted({row[0] for row in rows})))
    return [
        entry
        for offset, code, level, when, rest in rows
        if (
            entry := _entry(code, level, when=when, span=(offset, following.get(offset)), rest=rest)
        )
    ]


def _entry(
    code: str, level: str, *, when: str, span: tuple[int, int | None], rest: str | None
) -> Entry | None:
    """One entry; None where the time is neither an instant nor an interval of whole hours."""
    start: float | None = None
    if when == "anl":
        end: float = 0
    elif interval := _INTERVAL.fullmatch(when):
        hours = _HOURS[interval[3]]
        start, end = int(interval[1]) * hours, int(interval[2]) * hours
    elif instant := _INSTANT.fullmatch(when):
        end = int(instant[1]) * _HOURS[instant[2]]
    else:
        return None
    if end != int(end) or (start is not None and start != int(start)):
        return None
    offset, following = span
    return Entry(
        code=code,
        level=level,
        start=None if start is None else int(start),
        end=int(end),
        statistic=start is not None,
        member=_member(rest or ""),
        offset=offset,
        length=None if following is None else following - offset,
    )


def _member(rest: str) -> int | None:
    """The member that a line names, 0 for the control; None for a single forecast."""
    found = _MEMBER.search(rest)
    if found is None:
        return None
    return 0 if found["control"] else int(found["number"])
