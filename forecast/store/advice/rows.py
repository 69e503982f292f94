"""Rows of the advice ledger: from values to columns and back."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from forecast.store.advice.issue import CHANCES, IssuedDay, Standing

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_NAMES: Final = (
    *("issue", "source", "reference_time", "issued_at", "profile", "version"),
    *(
        "spot",
        "zone",
        "place",
        "longitude",
        "latitude",
        "elevation",
        "station",
        "rule",
        "kind",
        "day",
        "begins",
        "ends",
    ),
    *("state", "status", "warned", "members", *CHANCES),
)


def table(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Days as a table with times; of cycles made more than once the later issue."""
    made = pd.DataFrame(rows, columns=list(_NAMES))
    made[list(CHANCES)] = made[list(CHANCES)].astype(np.float64)
    made["elevation"] = made["elevation"].astype(np.float64)
    for name in ("reference_time", "issued_at", "begins", "ends"):
        made[name] = pd.to_datetime(made[name].astype("Int64"), unit="s").astype("datetime64[ns]")
    made["day"] = pd.to_datetime(made["day"].astype("Int64"), unit="D").astype("datetime64[ns]")
    key = ["reference_time", "source", "profile", "spot", "rule", "day"]
    newest = made.sort_values("issue", kind="stable").drop_duplicates(key, keep="last")
    return newest.drop(columns="issue").reset_index(drop=True)


def of_day(issue: int, day: IssuedDay) -> tuple[Any, ...]:
    """Columns of a day of an issue."""
    begins = None if day.begins is None else seconds(day.begins)
    chances = (day.chances.get(name) for name in CHANCES)
    number = (day.day - _EPOCH.date()).days
    said = (day.state, day.status, day.warned, day.members)
    return (issue, day.rule, number, day.kind, begins, seconds(day.ends), *said, *chances)


def of_standing(issue: int, one: Standing) -> tuple[Any, ...]:
    """Columns of a decision of an issue."""
    period = (None,) * 4 if one.period is None else tuple(map(seconds, one.period))
    said = (one.status, one.level, one.warned)
    return (issue, one.rule, *said, *period, one.step, one.change, int(one.notify))


def standing(row: tuple[Any, ...]) -> Standing:
    """A decision from its columns, without the issue."""
    rule, status, level, warned, *period, step, change, notify = row
    first, last, begins, ends = period
    known = None if first is None else (at(first), at(last), at(begins), at(ends))
    return Standing(
        rule=rule,
        status=status,
        level=level,
        warned=warned,
        period=known,
        step=step,
        change=change,
        notify=bool(notify),
    )


def seconds(instant: datetime) -> int:
    """An aware instant as the ledger keeps it."""
    return int((instant - _EPOCH).total_seconds())


def at(moment: int) -> datetime:
    """An aware instant from what the ledger keeps."""
    return _EPOCH + timedelta(seconds=moment)
