"""Weather for leaf blast of rice: an index of favourable days, no count of lesions."""

from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.agromet.truth import YES, any_of, compare

RESPONSE: Final = ((10.0, 15.0, 20.0, 25.0, 30.0, 35.0), (0.0, 0.5, 1.0, 0.6, 0.2, 0.05))
"""Temperature (degC) and infection relative to the best, of blast in EPIRICE (Savary et al. 2012,
Crop Prot. 34, 6, with its optimum at 20 degC)."""


def is_wet_day(humidity: xr.DataArray, rain: xr.DataArray) -> xr.DataArray:
    """Whether a day is wet enough to infect, three-valued (Savary et al. 2012).

    Args:
        humidity: relative humidity of the day, %; at or above 90 is wet.
        rain: of the day, mm; 5 or more is wet.
    """
    return any_of(compare(humidity, 90.0, operator=">="), compare(rain, 5.0, operator=">="))


def temperature_response(temperature: Any) -> Any:
    """Infection relative to the best, 0 to 1: straight lines between the points of `RESPONSE`.

    0 below 10 degC and above 35 degC, where the curve has no points; missing stays missing.

    Args:
        temperature: mean of the day, degC; any dims.
    """
    points, values = RESPONSE

    def work(warmth: Any) -> Any:
        return np.interp(warmth, points, values, left=0.0, right=0.0)

    return xr.apply_ufunc(work, temperature, dask="parallelized", output_dtypes=[np.float64])


def favourable_weather(
    temperature: xr.DataArray, *, humidity: xr.DataArray, rain: xr.DataArray
) -> xr.DataArray:
    """Index 0 to 1 of a day: the response to temperature on wet days, 0 on dry ones.

    Args:
        temperature: mean of the day, degC.
        humidity: relative humidity of the day, %.
        rain: of the day, mm.
    """
    wet = is_wet_day(humidity, rain)
    response = temperature_response(temperature)
    index = xr.where(wet == YES, response, xr.where(wet == 0, 0.0 * response, np.nan))
    return index.assign_attrs(long_name="favourable weather for rice blast", units="1")
