"""ECMWF open data index: one JSON object per line, in MARS language, with offset and length."""

import json
from typing import Any

from forecast.errors import SourceUnavailable
from forecast.ingest.messages import Entry


def parse(text: str, *, name: str) -> list[Entry]:
    """Read an `.index` file.

    Args:
        text: the whole file.
        name: its address, for the error's sentence.

    Raises:
        SourceUnavailable: a line is no index entry.
    """
    entries = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = _entry(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SourceUnavailable(
                f"index {name} is not usable: line {number} is {line[:60]!r} "
                f"where a JSON object with param, step, _offset and _length was expected"
            ) from error
        if entry is not None:
            entries.append(entry)
    return entries


def _entry(line: dict[str, Any]) -> Entry | None:
    """One entry; None for products that are no forecast fields (probabilities, means)."""
    members = {"fc": None, "cf": 0, "pf": -1}
    kind = line["type"]
    if kind not in members:
        return None
    start, _, end = str(line["step"]).rpartition("-")
    level = line["levtype"]
    offset, length = int(line["_offset"]), int(line["_length"])
    if offset < 0 or length <= 0:
        raise ValueError(line)
    return Entry(
        code=line["param"],
        level=level if "levelist" not in line else f"{level} {line['levelist']}",
        start=int(start) if start else None,
        end=int(end),
        statistic=None,
        member=int(line["number"]) if kind == "pf" else members[kind],
        offset=offset,
        length=length,
    )
