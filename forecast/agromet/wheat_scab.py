"""Weather for Fusarium head blight (scab, 赤霉病) of wheat around flowering."""

from types import MappingProxyType
from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.agromet.truth import all_of, compare
from forecast.errors import UnknownName

RESISTANCE: Final = MappingProxyType(
    {
        "very susceptible": 0.0,
        "susceptible": -0.828,
        "moderately susceptible": -1.481,
        "moderately resistant": -1.848,
    }
)
"""Term of the variety in the logistic model of the US scab forecast."""

CLASSES: Final = (0.01, 0.24, 0.32)
"""Lowest chance of low, medium and high risk in the US forecast. Not calibrated for China: with a
very susceptible variety 60 % of humidity is "high" already."""


def favourable_day(mean: xr.DataArray, rain: xr.DataArray) -> xr.DataArray:
    """Whether a day favours infection, three-valued: mean at least 15 degC and rain above 0.1 mm.

    The day count of Chinese services; three in heading to flowering call for a spray.

    Args:
        mean: mean temperature of the day, degC.
        rain: of the day, mm.
    """
    return all_of(compare(mean, 15.0, operator=">="), compare(rain, 0.1, operator=">"))


def epidemic_chance(humidity: Any, *, variety: str) -> Any:
    """Chance of an epidemic by the US forecast, 0 to 1; any dims.

    logit p = -3.6433 + r + 0.05146 RH14, RH14 the mean humidity of 14 days before flowering
    (Shah et al. 2013, Phytopathology 103, 906, as run by the US scab initiative).

    Args:
        humidity: mean relative humidity of 14 days, %.
        variety: a key of `RESISTANCE`.

    Raises:
        UnknownName: no such variety.
    """
    if variety not in RESISTANCE:
        raise UnknownName(f"variety {variety!r} was asked; allowed are {', '.join(RESISTANCE)}")
    return 1.0 / (1.0 + np.exp(-(-3.6433 + RESISTANCE[variety] + 0.05146 * humidity)))
