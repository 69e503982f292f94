"""Step and persistence checks: how fast a quantity may change, and how long it may stand still.

Zahumensky (2004, Guidelines on quality control procedures for data from automatic weather
stations, WMO) asks for both; its figures are for values a minute apart, so those for hours are
chosen here.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.parameters import chosen
from forecast.variables import variable

Mask = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]

LONGEST_SPIKE: Final = 3
"""Reports in a row that may be one spike."""
FEWEST_REPORTS: Final = 6
"""Reports that a station must have made while its value stood still."""
_BRIDGED_HOURS: Final = 3.0
_SPIKE_HOURS: Final = 6.0


def steps() -> dict[str, float]:
    """Largest change within an hour by variable, in its unit."""
    return {
        "temperature_2m": chosen("step_temperature"),
        "dew_point_2m": chosen("step_dew_point"),
        "relative_humidity_2m": chosen("step_humidity"),
        "surface_pressure": chosen("step_pressure"),
        "pressure_msl": chosen("step_pressure"),
        "wind_speed_10m": chosen("step_wind"),
    }


def broken_steps(rows: pd.DataFrame) -> Mask:
    """Whether a value stands off from those around it, or jumps farther than an hour allows.

    A value (up to three in a row) is a spike where it leaves the values on both sides by half
    the hourly step in the same direction; then, without the spikes, the first value after a
    jump of more than the step (times the root of the hours between, up to 3) is flagged.

    Args:
        rows: one variable: station, time, value; sorted by station and time, no copies.
    """
    limit = steps().get(str(rows["variable"].iloc[0])) if len(rows) else None
    if limit is None:
        return np.zeros(len(rows), dtype=bool)
    station = pd.factorize(rows["station"])[0]
    hours = _hours(rows["time"])
    value = rows["value"].to_numpy(dtype=np.float64)
    spikes = np.zeros(len(rows), dtype=bool)
    for length in range(1, LONGEST_SPIKE + 1):
        spikes |= _spikes(value, hours, station=station, length=length, limit=0.5 * limit)
    kept = np.flatnonzero(~spikes)
    jumped = _jumps(value[kept], hours[kept], station=station[kept], limit=limit)
    spikes[kept[jumped]] = True
    return spikes


def standing_still(rows: pd.DataFrame) -> Mask:
    """Whether a value belongs to a run of equal values that is too long to be weather.

    A calm, a dry spell, an overcast or clear sky and saturated air may last; temperature, dew
    point, pressure and a wind that blows may not.

    Args:
        rows: one variable: station, time, value; sorted by station and time, no copies.
    """
    if rows.empty:
        return np.zeros(0, dtype=bool)
    name = str(rows["variable"].iloc[0])
    if not may_not_stand(name):
        return np.zeros(len(rows), dtype=bool)
    value = rows["value"].to_numpy(dtype=np.float64)
    station = pd.factorize(rows["station"])[0]
    hours = _hours(rows["time"])
    same = (np.abs(np.diff(value)) < 1e-9) & (np.diff(station) == 0)
    run = np.concatenate([[0], np.cumsum(~same)])
    count = np.bincount(run)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    length = hours[first + count - 1] - hours[first]
    stuck = (length >= chosen("persistence_hours")) & (count >= FEWEST_REPORTS)
    return np.asarray(stuck[run] & ~_may_last(name, value), dtype=bool)


def may_not_stand(name: str) -> bool:
    """Whether a quantity must change within a day."""
    return name in steps()


def _may_last(name: str, value: Doubles) -> Mask:
    if name == "wind_speed_10m":
        return np.asarray(value == 0.0)
    if name == "relative_humidity_2m":
        return np.asarray(value >= variable(name).valid_max - 2.0)
    return np.zeros(value.size, dtype=bool)


def _spikes(
    value: Doubles, hours: Doubles, *, station: npt.NDArray[np.intp], length: int, limit: float
) -> Mask:
    """Runs of so many values that leave those before and after in the same direction."""
    found = np.zeros(value.size, dtype=bool)
    starts = np.arange(1, value.size - length)
    if not starts.size:
        return found
    before, after = starts - 1, starts + length
    one = (station[before] == station[after]) & (hours[after] - hours[before] <= _SPIKE_HOURS)
    inside = value[starts[:, None] + np.arange(length)]
    over = (inside - np.maximum(value[before], value[after])[:, None]).min(axis=1)
    under = (np.minimum(value[before], value[after])[:, None] - inside).min(axis=1)
    back = np.abs(value[after] - value[before])
    away = np.maximum(over, under)
    chosen_starts = starts[one & (away > limit) & (back < away)]
    found[(chosen_starts[:, None] + np.arange(length)).ravel()] = True
    return found


def _jumps(value: Doubles, hours: Doubles, *, station: npt.NDArray[np.intp], limit: float) -> Mask:
    change, apart = np.abs(np.diff(value)), np.diff(hours)
    near = (np.diff(station) == 0) & (apart <= _BRIDGED_HOURS)
    jump = near & (change > limit * np.sqrt(np.maximum(apart, 1.0)))
    return np.concatenate([[False], jump])


def _hours(times: pd.Series) -> Doubles:
    return times.to_numpy().astype("datetime64[s]").astype(np.int64) / 3600.0
