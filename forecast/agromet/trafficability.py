"""Whether a field carries people and machines: no, with care, or yes."""

from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.agromet.spells import amount, steps_since
from forecast.agromet.truth import NO, UNKNOWN, YES, all_of, compare
from forecast.parameters import chosen

IMPASSABLE: Final = 0
RESTRICTED: Final = 1
GOOD: Final = 2
NO_DATA: Final = -1


def entry_wait(field_capacity: Any) -> Any:
    """Hours that a soil needs after heavy rain before it carries, by how much water it holds.

    A straight line between the waits of sand and of clay over the field capacity of both
    (FAO-56, table 19: 0.12 and 0.36).

    Args:
        field_capacity: water by volume, 1; number or field.
    """
    share = np.clip((field_capacity - 0.12) / (0.36 - 0.12), 0.0, 1.0)
    sand, clay = chosen("entry_wait_sand"), chosen("entry_wait_clay")
    return sand + (clay - sand) * share


def trafficability(wetness: xr.DataArray, rain: xr.DataArray, *, wait: Any) -> xr.DataArray:
    """State of the field at each hour: `GOOD`, `RESTRICTED`, `IMPASSABLE` or `NO_DATA`, int8.

    Good: the top soil is at most `workable_wetness` of field capacity and the wait after the last
    heavy rain is over. Impassable: wetter than field capacity. Else restricted.

    Args:
        wetness: water of the top soil (0 to 10 cm) over its field capacity, 1, any dims with time.
        rain: of each hour, mm, the same dims.
        wait: hours after `heavy_rain` within 24 h, as from `entry_wait`; number or field.
    """
    heavy = amount(rain, chosen("heavy_rain"), window=24, side="past")
    # the 23 hours after a sum of 24 are still its own: only the newest rain of it counts
    wet_hour = xr.where((heavy == YES) & (rain < 0.1), np.int8(NO), heavy)
    carries = compare(wetness, 1.0, operator="<=")
    dry = compare(wetness, chosen("workable_wetness"), operator="<=")
    good = all_of(carries, dry, _waited(wet_hour, wait))
    state = xr.where(good == YES, GOOD, xr.where(good == NO, RESTRICTED, NO_DATA))
    state = xr.where(carries == YES, state, NO_DATA)
    result = xr.where(carries == NO, IMPASSABLE, state).astype(np.int8)
    return result.transpose(*wetness.dims).assign_attrs(
        long_name="trafficability",
        flag_values=[IMPASSABLE, RESTRICTED, GOOD],
        flag_meanings="impassable restricted good",
        units="1",
    )


def _waited(wet: xr.DataArray, wait: Any) -> xr.DataArray:
    """Whether the wait is over, three-valued; before the first hour nothing is known."""
    surely_dry = xr.where(wet == NO, np.int8(NO), np.int8(YES))
    since_possible = steps_since(surely_dry)
    since_sure = steps_since(xr.where(wet == YES, np.int8(YES), np.int8(NO)))
    over = since_possible.fillna(_hours(wet)) >= wait
    waiting = since_sure < wait
    return xr.where(waiting, NO, xr.where(over, YES, UNKNOWN)).astype(np.int8)


def _hours(wet: xr.DataArray) -> xr.DataArray:
    """Hours since the one before the first."""
    return xr.DataArray(np.arange(1, wet.sizes["time"] + 1, dtype=np.float32), dims="time")
