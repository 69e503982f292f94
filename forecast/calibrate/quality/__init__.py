"""Quality control of station observations: verdicts beside the values, nothing is deleted.

Pure functions on tables. The checks are those of Zahumensky (2004, WMO) and of WMO-No. 8, part
III: range, step, persistence, comparison with neighbours; and one for clocks that are wrong.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.calibrate.quality.buddies import apart_from_buddies
from forecast.calibrate.quality.clocks import doubtful_clocks
from forecast.calibrate.quality.continuity import broken_steps, standing_still
from forecast.calibrate.quality.limits import above_temperature, beyond_climate, beyond_limits
from forecast.store.observations.flags import Flag

__all__ = ["Verdicts", "check_observations", "conflicts"]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What quality control found.

    Attributes:
        flags: station, time, variable, value, flag (bits of `Flag`), in the order given.
        clocks: stations whose clock is in doubt, and the hours by which it seems to be off;
            their rows stay unchecked, so that nobody uses them.
    """

    flags: pd.DataFrame
    clocks: dict[str, float]


def check_observations(rows: pd.DataFrame, stations: pd.DataFrame) -> Verdicts:
    """Check observations and say what is wrong with which.

    Args:
        rows: station, time (datetime64 UTC), variable, value (unit of the vocabulary); in a
            column `flag` the bit of a conflict is kept, other bits are found anew.
        stations: station, longitude, latitude (degrees), elevation (m).
    """
    kept = rows.reset_index(drop=True)
    known = kept["flag"].to_numpy(dtype=np.int64) if "flag" in kept else np.zeros(len(kept))
    place = stations.drop_duplicates("station").set_index("station")
    located = kept.assign(
        latitude=kept["station"].map(place["latitude"]),
        elevation=kept["station"].map(place["elevation"]),
    )
    flag = np.where(known.astype(np.int64) & int(Flag.CONFLICT), int(Flag.CONFLICT), 0)
    flag |= np.where(conflicts(kept), int(Flag.CONFLICT), 0)
    out = beyond_limits(located) | beyond_climate(located) | above_temperature(located)
    flag |= np.where(out, int(Flag.RANGE), 0)
    clocks = doubtful_clocks(kept[flag == 0], stations)
    doubted = kept["station"].isin(clocks).to_numpy()
    for _, part in located.groupby("variable", sort=False):
        _judge(part, stations, flag=flag, doubted=doubted)
    flag |= np.where(doubted, int(Flag.UNCHECKED), 0)
    columns = ["station", "time", "variable", "value"]
    return Verdicts(flags=kept[columns].assign(flag=flag), clocks=clocks)


def conflicts(rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether another row of the same station, time and variable has another value.

    Args:
        rows: station, time, variable, value.
    """
    key = ["station", "time", "variable"]
    twice = rows.duplicated(key, keep=False)
    if not twice.any():
        return np.zeros(len(rows), dtype=bool)
    spread = rows[twice].groupby(key)["value"].transform(lambda values: values.max() - values.min())
    return np.asarray(spread.reindex(rows.index, fill_value=0.0) > 0.0, dtype=bool)


def _judge(
    part: pd.DataFrame,
    stations: pd.DataFrame,
    *,
    flag: npt.NDArray[np.int64],
    doubted: npt.NDArray[np.bool_],
) -> None:
    """Add the verdicts of the checks in time and space for one variable; changes `flag`."""
    own = part.index.to_numpy()
    usable = own[flag[own] == 0]
    rows = part.loc[usable].sort_values(["station", "time"])
    rows = rows.drop_duplicates(["station", "time"])
    order = rows.index.to_numpy()
    flag[order] |= np.where(broken_steps(rows), int(Flag.STEP), 0)
    flag[order] |= np.where(standing_still(rows), int(Flag.PERSISTENCE), 0)
    skip = (flag[order] != 0) | doubted[order]
    apart = apart_from_buddies(rows, stations, skip=skip)
    flag[order] |= np.where(apart, int(Flag.BUDDY), 0)
