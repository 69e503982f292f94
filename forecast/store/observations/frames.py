"""Tables handed to the store, checked row by row before any of it is written."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.errors import DataError, UnknownName
from forecast.stations import KINDS, observable

OBSERVATION: Final = ("station", "time", "variable", "value")
STATION: Final = ("station", "longitude", "latitude", "elevation", "name", "kind")
Test: TypeAlias = Callable[[pd.DataFrame], Any]
"""Which rows of a table pass."""

FORECAST: Final = (
    *("cycle_id", "source", "reference_time", "station", "time"),
    *("variable", "method", "value"),
)
SINGLE: Final = ("zhitian", "calibrated", "bilinear", "nearest", "fixed-lapse")
"""Methods that give one value for a station and time."""

MEAN, SPREAD = "ensemble-mean", "ensemble-spread"
"""What is kept of all members together: their mean, and their standard deviation (n - 1)."""

METHODS: Final = (*SINGLE, MEAN, SPREAD)


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows that may be stored, and how many may not, by reason."""

    rows: pd.DataFrame
    refused: Mapping[str, int]


def require_columns(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The columns asked for, in order, with a plain index.

    Raises:
        DataError: the table lacks one.
    """
    lacking = [name for name in columns if name not in table.columns]
    if lacking:
        raise DataError(
            f"a table with the columns {', '.join(map(str, table.columns))} was handed to the"
            f" observation store; it lacks {', '.join(lacking)}"
        )
    return table[list(columns)].reset_index(drop=True)


def seconds(times: pd.Series) -> npt.NDArray[np.int64]:
    """Instants as seconds since 1970 UTC; NaT becomes the smallest integer.

    Args:
        times: datetime64, aware or UTC without a zone.

    Raises:
        DataError: they are no instants.
    """
    if not pd.api.types.is_datetime64_any_dtype(times.dtype):
        raise DataError(f"times of kind {times.dtype} were handed over; allowed is datetime64 UTC")
    if isinstance(times.dtype, pd.DatetimeTZDtype):
        times = times.dt.tz_convert("UTC").dt.tz_localize(None)
    return times.to_numpy().astype("datetime64[s]").astype(np.int64)


def check_observations(table: pd.DataFrame) -> Checked:
    """Sort out rows without a number or time, of unknown quantities; NaN is no observation."""
    with_flag = (*OBSERVATION, "flag") if "flag" in table.columns else OBSERVATION
    rows = require_columns(table, with_flag)
    rows["time"] = seconds(rows["time"])
    rows["value"] = pd.to_numeric(rows["value"], errors="coerce").astype(float)
    return _sift(
        rows,
        {
            "without a time": lambda kept: kept["time"] != np.iinfo(np.int64).min,
            "without a value": lambda kept: np.isfinite(kept["value"]),
            **_known_variables(rows),
        },
    )


def check_forecasts(table: pd.DataFrame) -> Checked:
    """Sort out rows without a number or time, of unknown quantities or methods."""
    rows = require_columns(table, FORECAST)
    for name in ("time", "reference_time"):
        rows[name] = seconds(rows[name])
    rows["value"] = pd.to_numeric(rows["value"], errors="coerce").astype(float)
    lowest = np.iinfo(np.int64).min
    return _sift(
        rows,
        {
            "without a time": lambda kept: kept[["time", "reference_time"]].min(axis=1) != lowest,
            "without a value": lambda kept: np.isfinite(kept["value"]),
            f"of a method other than {', '.join(METHODS)}": lambda kept: kept["method"].isin(
                METHODS
            ),
            **_known_variables(rows),
        },
    )


def check_stations(table: pd.DataFrame) -> Checked:
    """Sort out stations without a name or a place, and copies within the table."""
    rows = require_columns(table.assign(**_unnamed(table)), STATION)
    rows = rows.astype(dict.fromkeys(("station", "name", "kind"), "str"))
    for name in ("longitude", "latitude", "elevation"):
        rows[name] = pd.to_numeric(rows[name], errors="coerce").astype(float)
    return _sift(
        rows,
        {
            "without an identifier": lambda kept: kept["station"].str.strip() != "",
            "without a place on the earth": lambda kept: (
                kept["latitude"].between(-90, 90) & kept["longitude"].between(-180, 360)
            ),
            "without an elevation": lambda kept: np.isfinite(kept["elevation"]),
            f"of a kind other than {', '.join(KINDS)}": lambda kept: kept["kind"].isin(KINDS),
            "named twice in the table": lambda kept: ~kept["station"].duplicated(),
        },
    )


def tolerances(variables: pd.Series) -> npt.NDArray[np.float64]:
    """Half the last digit kept of each variable: two values closer than that are one report."""
    digits = {name: 0.5 * 10.0 ** -observable(name).decimals + 1e-9 for name in variables.unique()}
    return variables.map(digits).to_numpy(dtype=np.float64)


def outside_limits(rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether each value lies outside what its variable can be at all."""
    entries = {name: observable(name) for name in rows["variable"].unique()}
    low = rows["variable"].map({name: entry.valid_min for name, entry in entries.items()})
    high = rows["variable"].map({name: entry.valid_max for name, entry in entries.items()})
    return np.asarray((rows["value"] < low) | (rows["value"] > high))


def _unnamed(table: pd.DataFrame) -> dict[str, Any]:
    return {} if "name" in table.columns else {"name": ""}


def _known_variables(rows: pd.DataFrame) -> dict[str, Test]:
    unknown = [str(name) for name in rows["variable"].unique() if not _is_observable(name)]
    if not unknown:
        return {}
    reason = f"of a quantity that stations do not observe ({', '.join(unknown[:5])})"
    return {reason: lambda kept: ~kept["variable"].isin(unknown)}


def _is_observable(name: Any) -> bool:
    try:
        observable(str(name))
    except UnknownName:
        return False
    return True


def _sift(rows: pd.DataFrame, tests: Mapping[str, Test]) -> Checked:
    refused: Counter[str] = Counter()
    for reason, test in tests.items():
        passed = np.asarray(test(rows), dtype=bool)
        if not passed.all():
            refused[reason] += int((~passed).sum())
            rows = rows[passed]
    return Checked(rows.reset_index(drop=True), dict(refused))
