"""Soil water under a crop by the single crop coefficient of FAO-56, resumable.

Simpler than the dual coefficient and the default of irrigation advice: evaporation of wet soil is
inside the coefficient (Allen et al. 1998, FAO-56, eq. 58 and 82 to 88).
"""

from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.agromet.balance import Balance, course, need, unbroken
from forecast.agromet.crop_coefficients import Crop, Soil, coefficient_on

STATE: Final = ("root_zone_depletion", "root_depth")
"""Dr (mm) and Zr (m)."""

RESULTS: Final = {
    "crop_coefficient": "1",
    "available_water": "mm",
    "readily_available_water": "mm",
    "stress_coefficient": "1",
    "evapotranspiration": "mm",
    "deep_percolation": "mm",
    "root_zone_depletion": "mm",
    "root_depth": "m",
}
"""Unit of each daily result: Kc, TAW, RAW, Ks, ETa, DP, Dr, Zr."""

NEEDS: Final = ("reference_evapotranspiration", "precipitation_sum", "season_day")


def single_coefficient(
    weather: xr.Dataset, *, crop: Crop, soil: Soil, state: xr.Dataset
) -> Balance:
    """Water balance by one coefficient for evaporation and transpiration together.

    Args:
        weather: on (realization,) day, …: `reference_evapotranspiration` (mm),
            `precipitation_sum` (mm), `season_day` (days since sowing) and, where there is
            irrigation, `irrigation` (mm).
        crop: the crop.
        soil: numbers or fields over cells.
        state: `root_zone_depletion` (mm) and `root_depth` (m), from a run before or from
            `water_balance.initial_state`.

    Raises:
        DataError: a field of the weather or of the state is absent.
    """
    need("the water balance", (weather, NEEDS), (state, STATE))
    rain = weather["precipitation_sum"]
    inputs = [
        coefficient_on(weather["season_day"], crop.kc, stages=crop.stages),
        coefficient_on(weather["season_day"], (0.0, 1.0, 1.0), stages=crop.stages),
        weather["reference_evapotranspiration"],
        rain + weather["irrigation"] if "irrigation" in weather else rain,
    ]
    fields = unbroken(inputs, dim="day")
    held = xr.DataArray(1000.0 * (soil.field_capacity - soil.wilting_point))
    results, last = xr.apply_ufunc(
        lambda *arrays: _packed(arrays[:4], crop, held=arrays[4], start=arrays[5:]),
        *fields,
        held,
        *(state[name] for name in STATE),
        input_core_dims=[["day"]] * 4 + [[]] * 3,
        output_core_dims=[["quantity", "day"], ["remembered"]],
        dask="parallelized",
        output_dtypes=[np.float64, np.float64],
        dask_gufunc_kwargs={
            "output_sizes": {"quantity": len(RESULTS), "remembered": len(STATE)},
        },
    )
    days = course(results, units=RESULTS, like=rain)
    after = {name: last.isel(remembered=number) for number, name in enumerate(STATE)}
    return Balance(course=days, state=xr.Dataset(after))


def walk(
    inputs: tuple[Any, ...], *, crop: Crop, held: Any, start: tuple[Any, Any]
) -> dict[str, Any]:
    """The same on arrays, day by day along the last axis.

    Args:
        inputs: Kc, growth from 0 to 1 (of the roots), ET0 (mm), and rain with irrigation (mm);
            arrays that broadcast, days last.
        crop: the crop.
        held: water that a metre of soil holds for plants, mm m-1.
        start: Dr (mm) and Zr (m) before the first day.

    Returns:
        Each of `RESULTS` by name, in the shape of the inputs.
    """
    kc, grown, et0, gained = inputs
    shape = np.broadcast_shapes(*(one.shape[:-1] for one in inputs), *map(np.shape, (held, *start)))
    dr, zr = (np.broadcast_to(one, shape).astype(np.float64) for one in start)
    rows = []
    for day in range(et0.shape[-1]):
        full = kc[..., day] * et0[..., day]
        deepest = crop.roots[0] + (crop.roots[1] - crop.roots[0]) * grown[..., day]
        zr = np.maximum(zr, deepest)
        taw = held * zr
        raw = np.clip(crop.depletion + 0.04 * (5.0 - full), 0.1, 0.8) * taw
        ks = np.clip((taw - dr) / (taw - raw), 0.0, 1.0)
        actual = ks * full
        percolation = np.maximum(gained[..., day] - actual - dr, 0.0)
        dr = np.clip(dr - gained[..., day] + actual + percolation, 0.0, taw)
        row = (kc[..., day], taw, raw, ks, actual, percolation, dr, zr)
        rows.append([np.broadcast_to(one, shape) for one in row])
    columns = zip(*rows, strict=True)
    return {name: np.stack(each, axis=-1) for name, each in zip(RESULTS, columns, strict=True)}


def _packed(
    inputs: tuple[Any, ...], crop: Crop, *, held: Any, start: tuple[Any, ...]
) -> tuple[Any, Any]:
    """Results [..., quantity, day], and the state after the last day [..., remembered]."""
    found = walk(inputs, crop=crop, held=held, start=(start[0], start[1]))
    last = np.stack([found[name][..., -1] for name in STATE], axis=-1)
    return np.stack([found[name] for name in RESULTS], axis=-2), last
