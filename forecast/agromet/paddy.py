"""Water standing in a rice field, day by day, and resumable.

A field with a bund over a soil that lets water through slowly: rain and irrigation first fill the
soil to saturation, then stand; what rises above the bund runs off; standing water evaporates at
the crop's full rate and seeps at a constant one, a soil below saturation loses by the crop alone.
The bookkeeping is that of a bucket; the crop's rate is Kc ET0 (Allen et al. 1998, FAO-56, eq. 58).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.agromet.balance import Balance, course, need, unbroken

STATE: Final = ("ponded_depth", "saturation_deficit")
"""mm of water that stand, and mm that the root zone misses to saturation."""

RESULTS: Final = {
    "ponded_depth": "mm",
    "saturation_deficit": "mm",
    "evapotranspiration": "mm",
    "percolation": "mm",
    "overflow": "mm",
}

NEEDS: Final = ("crop_evapotranspiration", "precipitation_sum")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paddy:
    """A bunded field; numbers or fields over cells.

    Attributes:
        bund: height above the soil at which water runs off, mm.
        percolation: rate at which standing water seeps away, mm d-1.
        deepest_deficit: mm below saturation at which the crop takes no more.
    """

    bund: Any
    percolation: Any
    deepest_deficit: Any


def flooded_rice(weather: xr.Dataset, *, paddy: Paddy, state: xr.Dataset) -> Balance:
    """Standing water and deficit of a rice field for each day.

    Args:
        weather: on (realization,) day, …: `crop_evapotranspiration` (Kc ET0, mm),
            `precipitation_sum` (mm) and, where there is irrigation, `irrigation` (mm).
        paddy: the field.
        state: `ponded_depth` and `saturation_deficit` (mm) at the beginning.

    Returns:
        Days on the dims of the weather; rain + irrigation = evapotranspiration + percolation +
        overflow + gain of the pond - gain of the deficit, on every day.

    Raises:
        DataError: a field of the weather or of the state is absent.
    """
    need("the rice field", (weather, NEEDS), (state, STATE))
    rain = weather["precipitation_sum"]
    gained = rain + weather["irrigation"] if "irrigation" in weather else rain
    fields = unbroken((gained, weather["crop_evapotranspiration"]), dim="day")
    ground = [xr.DataArray(one) for one in (paddy.bund, paddy.percolation, paddy.deepest_deficit)]
    results = xr.apply_ufunc(
        _packed,
        *fields,
        *ground,
        *(state[name] for name in STATE),
        input_core_dims=[["day"]] * 2 + [[]] * 5,
        output_core_dims=[["quantity", "day"]],
        dask="parallelized",
        output_dtypes=[np.float64],
        dask_gufunc_kwargs={"output_sizes": {"quantity": len(RESULTS)}},
    )
    days = course(results, units=RESULTS, like=rain)
    return Balance(course=days, state=days[list(STATE)].isel(day=-1).drop_vars("day"))


def walk(gained: Any, demand: Any, *, paddy: Paddy, start: tuple[Any, Any]) -> dict[str, Any]:
    """The same on arrays, day by day along the last axis.

    Args:
        gained: rain and irrigation, mm, days last.
        demand: Kc ET0, mm, likewise.
        paddy: the field.
        start: `ponded_depth` and `saturation_deficit` (mm) before the first day.

    Returns:
        Each of `RESULTS` by name, in the shape of the inputs.
    """
    rest = (paddy.bund, paddy.percolation, paddy.deepest_deficit, *start)
    shape = np.broadcast_shapes(gained.shape[:-1], demand.shape[:-1], *map(np.shape, rest))
    pond, deficit = (np.broadcast_to(one, shape).astype(np.float64) for one in start)
    rows = []
    for day in range(gained.shape[-1]):
        water = pond + gained[..., day]
        filled = np.minimum(water, deficit)
        water, deficit = water - filled, deficit - filled
        standing = np.minimum(demand[..., day], water)
        water = water - standing
        room = np.maximum(paddy.deepest_deficit - deficit, 0.0)
        taken = np.clip(demand[..., day] - standing, 0.0, room)
        deficit = deficit + taken
        seeped = np.minimum(paddy.percolation, water)
        water = water - seeped
        over = np.maximum(water - paddy.bund, 0.0)
        pond = water - over
        row = (pond, deficit, standing + taken, seeped, over)
        rows.append([np.broadcast_to(one, shape) for one in row])
    columns = zip(*rows, strict=True)
    return {name: np.stack(each, axis=-1) for name, each in zip(RESULTS, columns, strict=True)}


def _packed(gained: Any, demand: Any, *rest: Any) -> Any:
    """Results [..., quantity, day]."""
    bund, percolation, deepest, *start = rest
    paddy = Paddy(bund=bund, percolation=percolation, deepest_deficit=deepest)
    found = walk(gained, demand, paddy=paddy, start=(start[0], start[1]))
    return np.stack([found[name] for name in RESULTS], axis=-2)
