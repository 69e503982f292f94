"""Weather for late blight of potato and tomato: Hutton, Smith, and severity values of Wallin."""

from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.agromet.timewise import along
from forecast.agromet.truth import all_of, compare

LOWEST: Final = 10.0
"""degC that the night does not fall below, in both rules."""

SEVERITY: Final = (
    (7.2, 11.6, (16, 19, 22, 25)),
    (11.7, 15.0, (13, 16, 19, 22)),
    (15.1, 26.6, (10, 13, 16, 19)),
)
"""Temperature range (degC) and the hours of wetness from which the severity is 1, 2, 3 and 4
(Wallin 1962, Am. Potato J. 39, 403; Krause, Massie & Hyre 1975, Plant Dis. Rep. 59, 95)."""


def hutton(lowest: xr.DataArray, humid_hours: xr.DataArray, *, dim: str = "day") -> xr.DataArray:
    """Whether a day ends a Hutton period, three-valued.

    Two days running with at least 10 degC and at least 6 h of at least 90 % (Dancey, Skelsey &
    Cooke 2017, James Hutton Institute / AHDB).

    Args:
        lowest: lowest temperature of the day, degC.
        humid_hours: hours of the day with relative humidity at or above 90 %.
        dim: the dim of days.
    """
    return _two_days(lowest, humid_hours, hours=(6.0, 6.0), dim=dim)


def smith(
    lowest: xr.DataArray,
    humid_hours: xr.DataArray,
    *,
    hours: tuple[float, float] = (11.0, 11.0),
    dim: str = "day",
) -> xr.DataArray:
    """Whether a day ends a Smith period, three-valued.

    Two days running with at least 10 degC and at least 11 h above 90 % (Smith 1956, Plant Pathol.
    5, 83); a wording in use asks 10 h of the first day and 11 h of the second.

    Args:
        lowest: lowest temperature of the day, degC.
        humid_hours: hours of the day with relative humidity above 90 %.
        hours: that the first and the second day need.
        dim: the dim of days.
    """
    return _two_days(lowest, humid_hours, hours=hours, dim=dim)


def severity_value(temperature: xr.DataArray, wet_hours: xr.DataArray) -> xr.DataArray:
    """Disease severity value of a day, 0 to 4, float32 (the table of BLITECAST).

    The table is printed to 0.1 degC, so the temperature is rounded to it first.

    Args:
        temperature: mean over the hours of wetness, degC.
        wet_hours: hours of relative humidity at or above 90 %.
    """

    def work(warmth: Any, hours: Any) -> Any:
        tenths = np.round(warmth * 10.0) / 10.0
        value = np.zeros(np.broadcast(warmth, hours).shape, dtype=np.float32)
        for lowest, highest, steps in SEVERITY:
            inside = (tenths >= lowest - 1e-4) & (tenths <= highest + 1e-4)
            reached = sum((hours >= step - 1e-4).astype(np.float32) for step in steps)
            value = np.where(inside, reached, value)
        return np.where(np.isnan(warmth) | np.isnan(hours), np.float32(np.nan), value)

    return xr.apply_ufunc(
        work, temperature, wet_hours, dask="parallelized", output_dtypes=[np.float32]
    )


def _two_days(
    lowest: xr.DataArray, humid: xr.DataArray, *, hours: tuple[float, float], dim: str
) -> xr.DataArray:
    warm = compare(lowest, LOWEST, operator=">=")
    first = all_of(warm, compare(humid, hours[0], operator=">="))
    second = all_of(warm, compare(humid, hours[1], operator=">="))

    def before(data: Any) -> Any:
        return np.concatenate([np.ones_like(data[..., :1]), data[..., :-1]], axis=-1)

    return all_of(along(before, first, dim=dim, dtype=np.int8), second)
