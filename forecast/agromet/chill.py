"""Winter chill of fruit trees: hours, Utah units and the portions of the dynamic model."""

from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.agromet.timewise import along

UTAH: Final = (
    (1.4, 0.0),
    (2.4, 0.5),
    (9.1, 1.0),
    (12.4, 0.5),
    (15.9, 0.0),
    (18.0, -0.5),
    (np.inf, -1.0),
)
"""Highest temperature (degC) of each class and what an hour in it counts (Richardson et al. 1974,
HortScience 9, 331, table 1)."""

ENERGY_FORMING: Final = 4153.5
ENERGY_BREAKING: Final = 12888.8
RATE_FORMING: Final = 139500.0
RATE_BREAKING: Final = 2.567e18
SLOPE: Final = 1.6
THRESHOLD: Final = 277.0
"""Constants of the dynamic model, K, h-1 and K (Fishman et al. 1987, J. theor. Biol. 124, 473;
Erez et al. 1990, Acta Hortic. 276, 165)."""


def chill_hours(temperature: Any, *, lowest: float = 0.0, highest: float = 7.2) -> Any:
    """1 for an hour between two temperatures, else 0 (Weinberger 1950: 0 to 45 degF, 7.2 degC).

    Args:
        temperature: of the hour, degC; any dims. Missing stays missing.
        lowest: degC, included.
        highest: degC, included.
    """
    cold = (temperature >= lowest - 1e-4) & (temperature <= highest + 1e-4)
    return xr.where(np.isnan(temperature), np.nan, xr.where(cold, 1.0, 0.0))


def utah_units(temperature: Any) -> Any:
    """Chill units of an hour, -1 to 1 (Richardson et al. 1974).

    Args:
        temperature: of the hour, degC; any dims. The table is printed to 0.1 degC, so the value
            is rounded to it first.
    """
    tenths = np.rint(temperature * 10.0) / 10.0
    units: Any = np.nan
    for highest, count in reversed(UTAH):
        units = xr.where(tenths <= highest + 1e-6, count, units)
    return units


def chill_portions(temperature: xr.DataArray, *, dim: str = "time") -> xr.DataArray:
    """Portions of the dynamic model collected up to each hour, float64.

    An intermediate product forms and breaks with two Arrhenius rates towards an equilibrium; when
    it has reached 1, a share of it that depends on temperature is kept for good (Fishman et al.
    1987). A missing hour leaves all that follow missing.

    Args:
        temperature: hourly, degC, any dims with `dim`.
        dim: the dim of time.
    """
    return along(_portions, temperature, dim=dim, dtype=np.float64)


def _portions(temperature: Any) -> Any:
    kelvin = temperature.astype(np.float64) + 273.0
    steep = SLOPE * THRESHOLD * (kelvin - THRESHOLD) / kelvin
    kept = 1.0 / (1.0 + np.exp(-steep))
    gain = ENERGY_BREAKING - ENERGY_FORMING
    balance = RATE_FORMING / RATE_BREAKING * np.exp(gain / kelvin)
    left = np.exp(-RATE_BREAKING * np.exp(-ENERGY_BREAKING / kelvin))
    product, total = np.zeros(kelvin.shape[:-1]), np.zeros(kelvin.shape[:-1])
    portions = np.empty_like(kelvin)
    for hour in range(kelvin.shape[-1]):
        product = balance[..., hour] - (balance[..., hour] - product) * left[..., hour]
        fixed = np.where(product >= 1.0, product * kept[..., hour], 0.0)
        fixed = np.where(np.isnan(product), np.nan, fixed)
        total = total + fixed
        product = product - fixed
        portions[..., hour] = total
    return portions
