"""Water that stands in a field after rain, how long it stays, and where it gathers.

A bucket of the root zone by the hour: rain stands until it soaks in; what is above field capacity
drains away; ditches and pumps take what stands; evaporation takes standing water first. Water is
kept: rain = standing + soil + drained + led off + evaporated, to rounding.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.agromet.balance import Balance, course, need, unbroken
from forecast.agromet.crop_coefficients import Soil
from forecast.agromet.spells import run, steps_until
from forecast.agromet.timewise import along
from forecast.agromet.trafficability import RESTRICTED, entry_wait
from forecast.agromet.truth import all_of, compare
from forecast.parameters import chosen

STATE: Final = ("ponded_depth", "soil_water")
"""mm that stand, and mm in the root zone."""

RESULTS: Final = {
    "ponded_depth": "mm",
    "soil_water": "mm",
    "drained": "mm",
    "led_off": "mm",
    "evaporated": "mm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field that may be waterlogged; numbers or fields over cells.

    Attributes:
        soil: of the root zone.
        depth: of the root zone, m.
        outflow: what ditches or pumps take of standing water, mm h-1; 0 where they are full.
        seepage: what the ground below the root zone lets through, mm h-1.
    """

    soil: Soil
    depth: Any
    outflow: Any
    seepage: Any


def antecedent_rain(rain: xr.DataArray, *, dim: str = "day") -> xr.DataArray:
    """Antecedent precipitation index of each day, mm: API = k API of the day before + P.

    Kohler & Linsley (1951), US Weather Bureau Research Paper 34. Starts at 0 before the first day;
    a missing day leaves all that follow missing.

    Args:
        rain: of the day, mm, any dims with `dim`.
        dim: the dim of days.
    """
    keep = chosen("antecedent_rain_recession")

    def work(data: Any) -> Any:
        index = np.empty(data.shape, dtype=np.float64)
        held = np.zeros(data.shape[:-1])
        for day in range(data.shape[-1]):
            held = keep * held + data[..., day]
            index[..., day] = held
        return index

    attributes = {"long_name": "antecedent precipitation index", "units": "mm"}
    return along(work, rain, dim=dim, dtype=np.float64).assign_attrs(attributes)


def stand_and_drain(weather: xr.Dataset, *, field: Field, state: xr.Dataset) -> Balance:
    """Standing water and water of the root zone for each hour.

    Args:
        weather: on (realization,) time, …, hourly: `precipitation` (mm) and
            `reference_evapotranspiration` (mm, of the hour).
        field: the field.
        state: `ponded_depth` and `soil_water` (mm) before the first hour.

    Returns:
        Hours on the dims of the weather, with `wetness`, water
        over field capacity; and the state after the last.

    Raises:
        DataError: a quantity of the weather or of the state is absent.
    """
    needs = ("precipitation", "reference_evapotranspiration")
    need("standing water", (weather, needs), (state, STATE))
    hours = unbroken((weather[name] for name in needs), dim="time")
    soil = field.soil
    ground = (soil.field_capacity, soil.wilting_point, soil.saturation, field.depth)
    rates = (soil.conductivity, field.outflow, field.seepage)
    results = xr.apply_ufunc(
        _packed,
        *hours,
        *(xr.DataArray(one) for one in (*ground, *rates)),
        *(state[name] for name in STATE),
        input_core_dims=[["time"]] * 2 + [[]] * 9,
        output_core_dims=[["quantity", "time"]],
        dask="parallelized",
        output_dtypes=[np.float64],
        dask_gufunc_kwargs={"output_sizes": {"quantity": len(RESULTS)}},
    )
    found = course(results, units=RESULTS, like=hours[0])
    capacity = 1000.0 * xr.DataArray(field.depth) * soil.field_capacity
    found["wetness"] = (found["soil_water"] / capacity).assign_attrs(units="1")
    return Balance(course=found, state=found[list(STATE)].isel(time=-1).drop_vars("time"))


def hours_to_drain(ponded_depth: xr.DataArray) -> xr.DataArray:
    """Hours until no water stands, from each hour on, float32; infinite if not within the data.

    Args:
        ponded_depth: mm, hourly, any dims with time; up to `standing_water` counts as none.
    """
    return steps_until(compare(ponded_depth, chosen("standing_water"), operator="<="))


def hours_until_entry(
    state: xr.DataArray, ponded_depth: xr.DataArray, *, work_hours: int = 1
) -> xr.DataArray:
    """Hours until the field can be entered for some hours on end, from each hour on, float32.

    Infinite where it cannot within the data; missing where that is not known.

    Args:
        state: from `trafficability`; restricted counts as enterable.
        ponded_depth: mm, the same hours.
        work_hours: hours in a row that are needed.
    """
    known = state.where(state >= 0)
    carries = compare(known, float(RESTRICTED), operator=">=")
    dry = compare(ponded_depth, chosen("standing_water"), operator="<=")
    return steps_until(run(all_of(carries, dry), at_least=work_hours, mark="start"))


def walk(rain: Any, demand: Any, *, field: Field, start: tuple[Any, Any]) -> dict[str, Any]:
    """The same on arrays, hour by hour along the last axis.

    Args:
        rain: mm of each hour, hours last.
        demand: reference evapotranspiration of each hour, mm, likewise.
        field: the field.
        start: `ponded_depth` and `soil_water` (mm) before the first hour.

    Returns:
        Each of `RESULTS` by name, in the shape of the inputs.
    """
    soil, store = field.soil, 1000.0 * np.asarray(field.depth)
    wilting, capacity = store * soil.wilting_point, store * soil.field_capacity
    full = store * soil.saturation
    loses = 1.0 - chosen("drained_excess") ** (1.0 / entry_wait(soil.field_capacity))
    rates = (wilting, loses, soil.conductivity, field.outflow, field.seepage, *start)
    shape = np.broadcast_shapes(rain.shape[:-1], demand.shape[:-1], *map(np.shape, rates))
    pond, water = (np.broadcast_to(one, shape).astype(np.float64) for one in start)
    results = np.empty((rain.shape[-1], len(RESULTS), *shape))
    rain, need = (np.moveaxis(one, -1, 0) for one in (rain, np.maximum(demand, 0.0)))
    for hour, row in enumerate(results):
        pond = pond + rain[hour]
        drained = np.minimum(np.maximum(water - capacity, 0.0) * loses, field.seepage)
        water = water - drained
        soaked = np.minimum(np.minimum(pond, soil.conductivity), np.maximum(full - water, 0.0))
        pond, water = pond - soaked, water + soaked
        standing = np.minimum(need[hour], pond)
        taken = np.minimum(need[hour] - standing, np.maximum(water - wilting, 0.0))
        led_off = np.minimum(pond - standing, field.outflow)
        pond, water = pond - standing - led_off, water - taken
        row[0], row[1], row[2], row[3], row[4] = pond, water, drained, led_off, standing + taken
    return {name: np.moveaxis(results[:, place], 0, -1) for place, name in enumerate(RESULTS)}


def _packed(rain: Any, demand: Any, *rest: Any) -> Any:
    """Results [..., quantity, time]; the soil's numbers are those that vary over cells."""
    capacity, wilting, saturation, depth, conductivity, outflow, seepage, *start = rest
    soil = Soil(
        field_capacity=capacity,
        wilting_point=wilting,
        saturation=saturation,
        readily=np.nan,
        layer=np.nan,
        conductivity=conductivity,
    )
    field = Field(soil=soil, depth=depth, outflow=outflow, seepage=seepage)
    found = walk(rain, demand, field=field, start=(start[0], start[1]))
    return np.stack([found[name] for name in RESULTS], axis=-2)
