"""Soil water under a crop, day by day, by the dual crop coefficient of FAO-56, and resumable.

Allen et al. (1998), FAO Irrigation and Drainage Paper 56, chapters 7 and 8. What a cell remembers
from one day to the next is a dataset of five fields, so that two runs of five days give what one
run of ten gives. A missing day leaves the cell missing until its soil water is reported anew.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.agromet.balance import Balance, course, need, unbroken
from forecast.agromet.crop_coefficients import Crop, Soil, coefficient_on

STATE: Final = (
    "root_zone_depletion",
    "surface_depletion",
    "root_depth",
    "plant_height",
    "wetted_fraction",
)
"""Dr (mm), De (mm), Zr (m), h (m) and fw (1)."""

RESULTS: Final = {
    "basal_coefficient": "1",
    "evaporation_coefficient": "1",
    "crop_coefficient": "1",
    "available_water": "mm",
    "readily_available_water": "mm",
    "stress_coefficient": "1",
    "evaporation": "mm",
    "evapotranspiration": "mm",
    "deep_percolation": "mm",
    "root_zone_depletion": "mm",
    "surface_depletion": "mm",
    "root_depth": "m",
}
"""Unit of each daily result: Kcb, Ke, Kc, TAW, RAW, Ks, E, ETa, DP, Dr, De, Zr."""

NEEDS: Final = (
    "reference_evapotranspiration",
    "precipitation_sum",
    "wind_speed_2m_mean",
    "relative_humidity_2m_min",
    "season_day",
)
IRRIGATION: Final = ("irrigation", "irrigated_fraction")
WETTING_RAIN: Final = 3.0
"""mm of rain that wet the whole surface (FAO-56, p. 149)."""


@dataclass(slots=True, kw_only=True)
class _Cell:
    """State and weather of one day, arrays over cells."""

    dr: Any
    de: Any
    zr: Any
    h: Any
    fw: Any


def initial_state(crop: Crop, soil: Soil, *, moisture: Any) -> xr.Dataset:
    """State on the day of sowing: dry surface, root zone at a known moisture (FAO-56, eq. 87).

    Args:
        crop: the crop.
        soil: numbers or fields.
        moisture: water of the root zone by volume, 1; number or field.
    """
    depletion = 1000.0 * (soil.field_capacity - moisture) * crop.roots[0]
    values = (depletion, soil.evaporable, crop.roots[0], crop.height[0], 1.0)
    fields = dict(zip(STATE, map(xr.DataArray, values), strict=True))
    shape = xr.broadcast(*fields.values())
    return xr.Dataset({name: field.drop_attrs() for name, field in zip(STATE, shape, strict=True)})


def reported_moisture(state: xr.Dataset, soil: Soil, *, moisture: Any) -> xr.Dataset:
    """State with the root zone set to an observed moisture, as a farmer or a probe reports it.

    Args:
        state: as from `dual_coefficient`.
        soil: numbers or fields.
        moisture: water of the root zone by volume, 1; missing where nothing was reported.
    """
    observed = 1000.0 * (soil.field_capacity - xr.DataArray(moisture)) * state["root_depth"]
    kept = state["root_zone_depletion"]
    return state.assign(
        root_zone_depletion=xr.where(observed.isnull(), kept, observed.clip(min=0.0))
    )


def dual_coefficient(weather: xr.Dataset, *, crop: Crop, soil: Soil, state: xr.Dataset) -> Balance:
    """Water balance by evaporation and transpiration apart (FAO-56, eq. 69 to 88).

    Args:
        weather: on (realization,) day, …: `reference_evapotranspiration` (mm),
            `precipitation_sum` (mm), `wind_speed_2m_mean` (m s-1), `relative_humidity_2m_min` (%),
            `season_day` (days since sowing; may have `day` only) and, where there is irrigation,
            `irrigation` (mm) and `irrigated_fraction` (share of the surface that it wets, 1).
        crop: the crop.
        soil: numbers or fields over cells.
        state: at the beginning, from `initial_state` or a run before.

    Raises:
        DataError: a field of the weather or of the state is absent.
    """
    need("the water balance", (weather, NEEDS), (state, STATE))
    kcb = coefficient_on(weather["season_day"], crop.kcb, stages=crop.stages)
    inputs = [kcb, *(weather[name] for name in NEEDS[:4]), *_irrigation(weather)]
    fields = unbroken(inputs, dim="day")
    ground = [xr.DataArray(one) for one in (soil.field_capacity, soil.wilting_point)]
    ground += [xr.DataArray(one) for one in (soil.evaporable, soil.readily)]
    results, last = xr.apply_ufunc(
        lambda *arrays: _walk(arrays, crop),
        *fields,
        *ground,
        *(state[name] for name in STATE),
        input_core_dims=[["day"]] * len(fields) + [[]] * (len(ground) + len(STATE)),
        output_core_dims=[["quantity", "day"], ["remembered"]],
        dask="parallelized",
        output_dtypes=[np.float64, np.float64],
        dask_gufunc_kwargs={
            "output_sizes": {"quantity": len(RESULTS), "remembered": len(STATE)},
            "allow_rechunk": True,
        },
    )
    days = course(results, units=RESULTS, like=weather["precipitation_sum"])
    after = {name: last.isel(remembered=number) for number, name in enumerate(STATE)}
    return Balance(course=days, state=xr.Dataset(after))


def _irrigation(weather: xr.Dataset) -> list[xr.DataArray]:
    """Irrigation and its wetted share; none, and the whole surface, where none is given."""
    rain = weather["precipitation_sum"]
    if "irrigation" not in weather:
        return [xr.zeros_like(rain), xr.ones_like(rain)]
    return [weather[name] for name in IRRIGATION]


def _walk(arrays: tuple[Any, ...], crop: Crop) -> tuple[Any, Any]:
    """All days of a block: [..., quantity, day], and the state after them [..., remembered]."""
    kcb, et0, rain, wind, humidity, irrigation, share = arrays[:7]
    soil = dict(zip(("fc", "wp", "tew", "rew"), arrays[7:11], strict=True))
    shape = np.broadcast_shapes(*(one.shape[:-1] for one in arrays[:7]), *map(np.shape, arrays[7:]))
    cell = _Cell(
        **dict(
            zip(
                ("dr", "de", "zr", "h", "fw"),
                (np.broadcast_to(one, shape).astype(np.float64) for one in arrays[11:]),
                strict=True,
            )
        )
    )
    results = np.empty((*shape, len(RESULTS), et0.shape[-1]))
    for day in range(et0.shape[-1]):
        water = {
            "rain": rain[..., day],
            "irrigation": irrigation[..., day],
            "share": share[..., day],
            "et0": et0[..., day],
        }
        canopy = _canopy(cell, crop, kcb[..., day], (wind[..., day], humidity[..., day]))
        cell, row = _advance(cell, crop, soil, water | canopy)
        for number, value in enumerate(row):
            results[..., number, day] = value
    last = np.stack([cell.dr, cell.de, cell.zr, cell.h, cell.fw], axis=-1)
    return results, last


def _canopy(cell: _Cell, crop: Crop, kcb: Any, air: tuple[Any, Any]) -> dict[str, Any]:
    """Height, roots, upper limit of the coefficient (eq. 72) and cover (eq. 76)."""
    first, middle, _ = crop.kcb
    grown = (kcb - first) / (middle - first)
    height = np.maximum(crop.height[0] + (crop.height[1] - crop.height[0]) * grown, cell.h)
    roots = np.maximum(crop.roots[0] + (crop.roots[1] - crop.roots[0]) * grown, cell.zr)
    wind, humidity = np.clip(air[0], 1.0, 6.0), np.clip(air[1], 20.0, 80.0)
    climate = 0.04 * (wind - 2.0) - 0.004 * (humidity - 45.0)
    upper = np.maximum(1.2 + climate * (height / 3.0) ** 0.3, kcb + 0.05)
    bare = np.maximum((kcb - first) / (upper - first), 0.0)
    cover = np.clip(bare ** (1.0 + 0.5 * height), 0.0, 0.99)
    return {"kcb": kcb, "h": height, "zr": roots, "upper": upper, "cover": cover}


def _advance(
    cell: _Cell, crop: Crop, soil: dict[str, Any], day: dict[str, Any]
) -> tuple[_Cell, tuple[Any, ...]]:
    """One day: the new state, and the results in the order of `RESULTS`."""
    irrigated = day["irrigation"] > 0.0
    wetted = np.where(irrigated, day["share"], np.where(day["rain"] >= WETTING_RAIN, 1.0, cell.fw))
    exposed = np.clip(np.minimum(1.0 - day["cover"], wetted), 0.01, 1.0)
    room = (soil["tew"] - cell.de) / (soil["tew"] - soil["rew"])
    ke = np.minimum(np.clip(room, 0.0, 1.0) * (day["upper"] - day["kcb"]), exposed * day["upper"])
    evaporation = ke * day["et0"]
    on_surface = day["rain"] + day["irrigation"] / wetted
    through = np.maximum(on_surface - cell.de, 0.0)
    de = np.clip(cell.de - on_surface + evaporation / exposed + through, 0.0, soil["tew"])
    kc = ke + day["kcb"]
    taw = 1000.0 * (soil["fc"] - soil["wp"]) * day["zr"]
    raw = np.clip(crop.depletion + 0.04 * (5.0 - kc * day["et0"]), 0.1, 0.8) * taw
    ks = np.clip((taw - cell.dr) / (taw - raw), 0.0, 1.0)
    actual = (ks * day["kcb"] + ke) * day["et0"]
    gained = day["rain"] + day["irrigation"]
    percolation = np.maximum(gained - actual - cell.dr, 0.0)
    dr = np.clip(cell.dr - gained + actual + percolation, 0.0, taw)
    after = replace(cell, dr=dr, de=de, zr=day["zr"], h=day["h"], fw=wetted)
    row = (day["kcb"], ke, kc, taw, raw, ks, evaporation, actual, percolation, dr, de, day["zr"])
    return after, row
