"""Warmth that a day adds to the growth of crops and pests: degree days and crop heat units.

Methods of one name give different sums, so method, base, upper limit, cut-off and the date from
which is counted (the biofix) are written beside every sum.
"""

from typing import Any, Final, Literal

import numpy as np
import xarray as xr

from forecast.errors import InvalidRequest

Method = Literal["simple", "modified", "single_sine"]
CutOff = Literal["horizontal", "intermediate", "vertical"]

METHODS: Final = ("simple", "modified", "single_sine")
CUT_OFFS: Final = ("horizontal", "intermediate", "vertical")


def degree_days(
    temperature_max: Any,
    temperature_min: Any,
    *,
    method: Method,
    limits: tuple[float, float | None],
    cut_off: CutOff = "horizontal",
) -> Any:
    """Degree days of a day by a named method, K d; numbers, arrays or DataArrays of any dims.

    `simple`: the mean, at most the upper limit, less the base. `modified`: both extremes brought
    between base and upper limit first (NOAA 86/50). `single_sine`: the area between a sine through
    both extremes and the base (Baskerville & Emin 1969, Ecology 50, 514), above the upper limit
    by the cut-off (Zalom et al. 1983, University of California leaflet 21373): `horizontal`, no
    more growth; `intermediate`, less growth by the excess; `vertical`, none.

    Args:
        temperature_max: highest of the day, degC.
        temperature_min: lowest of the day, degC.
        method: `simple`, `modified` or `single_sine`.
        limits: base and upper limit (or None), in the unit of the temperatures.
        cut_off: of `single_sine`.

    Raises:
        InvalidRequest: no such method or cut-off, or the upper limit is not above the base.
    """
    base, upper = limits
    if method not in METHODS or cut_off not in CUT_OFFS:
        raise InvalidRequest(
            f"degree days by {method!r} with cut-off {cut_off!r} were asked; allowed are"
            f" {', '.join(METHODS)} and {', '.join(CUT_OFFS)}"
        )
    if upper is not None and not upper > base:
        raise InvalidRequest(
            f"degree days between {base:g} and {upper:g} degC were asked;"
            " the upper limit must be above the base"
        )
    if method == "simple":
        mean = (temperature_max + temperature_min) / 2.0
        return np.maximum((mean if upper is None else np.minimum(mean, upper)) - base, 0.0)
    if method == "modified":
        warm, cold = (_between(value, base, upper) for value in (temperature_max, temperature_min))
        return (warm + cold) / 2.0 - base
    return _single_sine(temperature_max, temperature_min, limits, cut_off)


def describe(
    amounts: xr.DataArray,
    *,
    method: Method,
    limits: tuple[float, float | None],
    cut_off: CutOff = "horizontal",
    biofix: str | None = None,
) -> xr.DataArray:
    """Write beside degree days how they were counted.

    Args:
        amounts: degree days or their sum, K d.
        method: as in `degree_days`.
        limits: base and upper limit, degC.
        cut_off: of `single_sine` with an upper limit.
        biofix: from when they are summed, in words or as a date.
    """
    base, upper = limits
    attributes = {
        "long_name": "growing degree days",
        "units": "K d",
        "method": method,
        "base": f"{base:g} degC",
        "upper": "none" if upper is None else f"{upper:g} degC",
    }
    if method == "single_sine" and upper is not None:
        attributes["cut_off"] = cut_off
    if biofix is not None:
        attributes["biofix"] = biofix
    return amounts.assign_attrs(attributes)


def accumulate(daily: xr.DataArray, *, biofix: Any, dim: str = "day") -> xr.DataArray:
    """Sum from the biofix on, its own day included; 0 before it.

    Missing from the first missing day after the biofix on.

    Args:
        daily: per day, any dims with `dim` and its coordinate of dates.
        biofix: date (datetime64) or field of dates without `dim`; NaT gives missing.
        dim: the dim of days.
    """
    start = biofix if isinstance(biofix, xr.DataArray) else xr.DataArray(np.datetime64(biofix))
    counted = daily.where(daily[dim] >= start, 0.0).where(~np.isnat(start))
    return counted.cumsum(dim, skipna=False).assign_coords({dim: daily[dim]})


def active_temperature(mean: Any, *, threshold: float) -> Any:
    """The day's mean where it reaches a threshold, else 0, K d (活动积温 when summed).

    Args:
        mean: mean temperature of the day, degC; any dims.
        threshold: degC, included.
    """
    return xr.where(mean < threshold - 1e-4, 0.0, mean)


def crop_heat_units(temperature_max: Any, temperature_min: Any) -> Any:
    """Crop heat units of maize and soybean of a day (Brown & Bootsma 1993, OMAFRA factsheet).

    Mean of 1.8 (Tn - 4.44) and 3.33 (Tx - 10) - 0.084 (Tx - 10)², neither below 0.

    Args:
        temperature_max: highest of the day, degC.
        temperature_min: lowest of the night, degC.
    """
    night = np.maximum(1.8 * (temperature_min - 4.44), 0.0)
    above = np.maximum(temperature_max - 10.0, 0.0)
    return (night + np.maximum(3.33 * above - 0.084 * above**2, 0.0)) / 2.0


def _between(value: Any, base: float, upper: float | None) -> Any:
    raised = np.maximum(value, base)
    return raised if upper is None else np.minimum(raised, upper)


def _single_sine(warm: Any, cold: Any, limits: tuple[float, float | None], cut_off: CutOff) -> Any:
    base, upper = limits
    amount, _ = _above(warm, cold, base)
    if upper is not None:
        excess, share = _above(warm, cold, upper)
        lost = {
            "horizontal": excess,
            "intermediate": 2.0 * excess,
            "vertical": excess + (upper - base) * share,
        }
        amount = amount - lost[cut_off]
    return np.maximum(amount, 0.0)


def _above(warm: Any, cold: Any, level: float) -> tuple[Any, Any]:
    """Degree days of a sine above a level, and the share of the day it is above."""
    mean, amplitude = (warm + cold) / 2.0, np.maximum((warm - cold) / 2.0, 1e-6)
    crossing = np.arcsin(np.clip((level - mean) / amplitude, -1.0, 1.0))
    half = np.pi / 2.0 - crossing
    return ((mean - level) * half + amplitude * np.cos(crossing)) / np.pi, half / np.pi
