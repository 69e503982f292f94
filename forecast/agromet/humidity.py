"""Air humidity as FAO-56 reckons it, on numbers, numpy arrays or DataArrays of any dims.

The coefficients are the ones printed in Allen, Pereira, Raes & Smith (1998), FAO Irrigation and
Drainage Paper 56 ("FAO-56"), so that its worked examples come out to the last digit; elsewhere the
code base uses `forecast.meteorology`.
"""

from typing import Any

import numpy as np


def saturation_vapour_pressure(temperature: Any) -> Any:
    """Saturation vapour pressure, kPa: 0.6108 exp(17.27 T / (T + 237.3)) (FAO-56 eq. 11).

    Args:
        temperature: degC.
    """
    return 0.6108 * np.exp(17.27 * temperature / (temperature + 237.3))


def mean_saturation_vapour_pressure(temperature_max: Any, temperature_min: Any) -> Any:
    """Mean saturation vapour pressure of a day, kPa: (e°(Tmax) + e°(Tmin)) / 2 (FAO-56 eq. 12).

    Args:
        temperature_max: highest of the day, degC.
        temperature_min: lowest of the day, degC.
    """
    warm = saturation_vapour_pressure(temperature_max)
    return (warm + saturation_vapour_pressure(temperature_min)) / 2.0


def saturation_slope(temperature: Any) -> Any:
    """Slope of the saturation vapour pressure, kPa K-1: 4098 e°(T) / (T + 237.3)² (eq. 13).

    Args:
        temperature: degC.
    """
    return 4098.0 * saturation_vapour_pressure(temperature) / (temperature + 237.3) ** 2


def vapour_pressure_from_dew_point(dew_point: Any) -> Any:
    """Vapour pressure, kPa: e°(Tdew) (FAO-56 eq. 14).

    Args:
        dew_point: mean dew point, degC.
    """
    return saturation_vapour_pressure(dew_point)


def vapour_pressure_from_extremes(
    temperature_max: Any, temperature_min: Any, *, humidity_max: Any, humidity_min: Any
) -> Any:
    """Mean vapour pressure of a day, kPa, from the extremes of humidity (FAO-56 eq. 17).

    (e°(Tmin) RHmax + e°(Tmax) RHmin) / 200.

    Args:
        temperature_max: degC.
        temperature_min: degC.
        humidity_max: highest relative humidity, %.
        humidity_min: lowest relative humidity, %.
    """
    moist = saturation_vapour_pressure(temperature_min) * humidity_max
    return (moist + saturation_vapour_pressure(temperature_max) * humidity_min) / 200.0


def pressure_at(elevation: Any) -> Any:
    """Mean air pressure, kPa: 101.3 ((293 - 0.0065 z) / 293)^5.26 (FAO-56 eq. 7).

    Args:
        elevation: m above sea level.
    """
    return 101.3 * ((293.0 - 0.0065 * elevation) / 293.0) ** 5.26


def psychrometric_constant(pressure: Any) -> Any:
    """Psychrometric constant, kPa K-1: 0.665e-3 P (FAO-56 eq. 8).

    Args:
        pressure: kPa.
    """
    return 0.665e-3 * pressure
