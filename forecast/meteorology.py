"""Pure formulas of the lower atmosphere, on numbers, numpy arrays or DataArrays.

One saturation formula serves the whole code base (Alduchov & Eskridge 1996); FAO-56 keeps
its own inside reference evapotranspiration.
"""

from typing import Any, Final

import numpy as np

from forecast.units import STANDARD_GRAVITY, ZERO_CELSIUS_K

GAS_CONSTANT_DRY: Final = 287.05
"""J kg-1 K-1."""
SOLAR_CONSTANT: Final = 1361.0
"""W m-2, total solar irradiance (Kopp & Lean 2011, Geophys. Res. Lett. 38, L01706)."""
MAGNUS_HPA: Final = 6.1094
MAGNUS_B: Final = 17.625
MAGNUS_C: Final = 243.04
VAPOUR_RATIO: Final = 0.62198
"""Ratio of the molar masses of water vapour and dry air."""
PSYCHROMETER_COEFFICIENT: Final = 6.62e-4
"""K-1, of a ventilated psychrometer, air passing at 5 m s-1 (Allen et al. 1998, FAO Irrigation and
Drainage Paper 56, eq. 16; WMO-No. 8, annex 4.B gives the same at 14 degC of the wet bulb)."""
STEFAN_BOLTZMANN: Final = 5.670374e-8
"""W m-2 K-4 (CODATA 2018)."""
STANDARD_PRESSURE_HPA: Final = 1013.25
"""hPa at the sea level of the standard atmosphere (ISO 2533:1975)."""
SNOW_SHARE: Final = (6.99e-5, 2.0, 3.97)
"""Of `snow_share`: factor, K-1, K."""
CLEAR_SKY_EMISSIVITY: Final = (0.23, 0.43, 5.7)
"""Of `clear_sky_emissivity`: emissivity of dry air, factor (K Pa-1)^(1/5.7), root."""

_WET_BULB_PASSES: Final = 5
_STEEPEST_EXPONENT: Final = 60.0


def saturation_vapour_pressure(temperature: Any) -> Any:
    """Saturation vapour pressure over water, hPa, any dims.

    e_s = 6.1094 exp(17.625 t / (t + 243.04)) (Alduchov & Eskridge 1996, J. Appl. Meteor. 35,
    601-609, eq. 21).

    Args:
        temperature: degC.
    """
    return MAGNUS_HPA * np.exp(MAGNUS_B * temperature / (temperature + MAGNUS_C))


def _saturation_slope(temperature: Any, saturated: Any) -> Any:
    """Slope of the saturation vapour pressure, hPa K-1, from its value."""
    return saturated * (MAGNUS_B * MAGNUS_C) / (temperature + MAGNUS_C) ** 2


def dew_point_from_vapour_pressure(vapour_pressure: Any) -> Any:
    """Dew point in degC: the inverse of `saturation_vapour_pressure`.

    Args:
        vapour_pressure: hPa, above 0.
    """
    ratio = np.log(vapour_pressure / MAGNUS_HPA)
    return MAGNUS_C * ratio / (MAGNUS_B - ratio)


def relative_humidity(temperature: Any, dew_point: Any) -> Any:
    """Relative humidity over water, %, capped at 100 where the dew point exceeds T.

    Args:
        temperature: degC.
        dew_point: degC, same dims.
    """
    ratio = saturation_vapour_pressure(dew_point) / saturation_vapour_pressure(temperature)
    return np.minimum(100.0 * ratio, 100.0)


def dew_point(temperature: Any, humidity: Any) -> Any:
    """Dew point, degC, from temperature and relative humidity.

    Args:
        temperature: degC.
        humidity: relative humidity over water, %, above 0.
    """
    vapour = saturation_vapour_pressure(temperature) * np.clip(humidity, 0.1, 100.0) / 100.0
    return dew_point_from_vapour_pressure(vapour)


def dew_point_from_specific_humidity(specific_humidity: Any, pressure: Any) -> Any:
    """Dew point, degC, from specific humidity.

    e = q p / (0.62198 + 0.37802 q), the definition of q (WMO-No. 8, annex 4.B).

    Args:
        specific_humidity: kg kg-1.
        pressure: hPa.
    """
    vapour = (
        specific_humidity * pressure / (VAPOUR_RATIO + (1.0 - VAPOUR_RATIO) * specific_humidity)
    )
    return dew_point_from_vapour_pressure(np.maximum(vapour, 1e-4))


def vapour_pressure_deficit(temperature: Any, dew_point: Any) -> Any:
    """Vapour pressure deficit, kPa, never below 0.

    Args:
        temperature: degC.
        dew_point: degC, same dims.
    """
    deficit = saturation_vapour_pressure(temperature) - saturation_vapour_pressure(dew_point)
    return np.maximum(deficit, 0.0) / 10.0


def wet_bulb(temperature: Any, dew_point: Any, *, pressure: Any) -> Any:
    """Temperature of a ventilated wet bulb, degC, between dew point and temperature.

    The root of e_s(Tw) - A p (T - Tw) = e (psychrometer equation; Allen et al. 1998, FAO-56,
    eq. 15, A = 6.62e-4 K-1), over water also below 0 degC. By Newton's method from the chord with
    the slope of e_s midway between dew point and temperature; 1e-7 K after 4 passes between -60
    and 50 degC, 400 and 1050 hPa.

    Args:
        temperature: degC.
        dew_point: degC, same dims; one above the temperature counts as saturation.
        pressure: hPa, same dims or a number.
    """
    dew = np.minimum(dew_point, temperature)
    vapour = saturation_vapour_pressure(dew)
    cooling = PSYCHROMETER_COEFFICIENT * pressure
    middle = (temperature + dew) / 2.0
    slope = _saturation_slope(middle, saturation_vapour_pressure(middle))
    bulb = (cooling * temperature + slope * dew) / (cooling + slope)
    for _ in range(_WET_BULB_PASSES):
        saturated = saturation_vapour_pressure(bulb)
        excess = saturated - cooling * (temperature - bulb) - vapour
        bulb = bulb - excess / (_saturation_slope(bulb, saturated) + cooling)
    return bulb


def delta_t(temperature: Any, dew_point: Any, *, pressure: Any) -> Any:
    """Depression of the wet bulb ("Delta T" of sprayers), K, never below 0.

    Args:
        temperature: degC.
        dew_point: degC, same dims.
        pressure: hPa, same dims or a number.
    """
    return np.maximum(temperature - wet_bulb(temperature, dew_point, pressure=pressure), 0.0)


def snow_share(bulb: Any) -> Any:
    """Share of precipitation that falls as snow, 0 to 1.

    1 / (1 + 6.99e-5 exp(2 (Tw + 3.97))) (Wang et al. 2019, Geophys. Res. Lett. 46, 13825, eq. 1):
    one half at 0.81 degC.

    Args:
        bulb: wet-bulb temperature, degC.
    """
    factor, rate, shift = SNOW_SHARE
    exponent = np.minimum(rate * (bulb + shift), _STEEPEST_EXPONENT)
    return 1.0 / (1.0 + factor * np.exp(exponent))


def clear_sky_emissivity(temperature: Any, vapour_pressure: Any) -> Any:
    """Emissivity of the cloudless sky.

    0.23 + 0.43 (e / T)^(1/5.7), e in Pa and T in K (Konzelmann et al. 1994, Global Planet. Change
    9, 143; coefficients of Gubler et al. 2012 as in Fiddes & Gruber 2014, Geosci. Model Dev. 7,
    387, eq. 8).

    Args:
        temperature: at 2 m, degC.
        vapour_pressure: at 2 m, hPa.
    """
    dry, factor, root = CLEAR_SKY_EMISSIVITY
    warmth = temperature + ZERO_CELSIUS_K
    return dry + factor * (100.0 * vapour_pressure / warmth) ** (1.0 / root)


def standard_pressure(height: Any) -> Any:
    """Pressure of the standard atmosphere, hPa, below 11 km.

    1013.25 (1 - 0.0065 h / 288.15)^(g / (0.0065 R)) (ISO 2533:1975).

    Args:
        height: m above sea level.
    """
    power = STANDARD_GRAVITY / (0.0065 * GAS_CONSTANT_DRY)
    return STANDARD_PRESSURE_HPA * (1.0 - 0.0065 * height / 288.15) ** power


def hypsometric_pressure(pressure: Any, height_difference: Any, *, mean_temperature: Any) -> Any:
    """Pressure after a climb, in the unit of `pressure`.

    p2 = p1 exp(-g dz / (R_d T)) (hypsometric equation; Wallace & Hobbs 2006, eq. 3.29).

    Args:
        pressure: at the lower end.
        height_difference: climb, m (negative for a descent).
        mean_temperature: mean of the layer, degC.
    """
    layer_k = mean_temperature + ZERO_CELSIUS_K
    return pressure * np.exp(-STANDARD_GRAVITY * height_difference / (GAS_CONSTANT_DRY * layer_k))


def wind_direction(eastward: Any, northward: Any) -> Any:
    """Direction the wind blows from, degrees in [0, 360); calm (0, 0) gives 0.

    Args:
        eastward: u, m s-1.
        northward: v, m s-1.
    """
    calm = (eastward == 0.0) & (northward == 0.0)
    direction = np.degrees(np.arctan2(-eastward, -northward)) % 360.0
    return np.where(calm, 0.0, direction) if np.ndim(direction) else (0.0 if calm else direction)


def solar_declination(day_angle: Any) -> Any:
    """Declination of the sun, radians (Spencer 1971, Search 2, 172).

    Args:
        day_angle: 2 π (day of year - 1) / 365, radians, fractional days allowed.
    """
    g = day_angle
    return (
        0.006918
        - 0.399912 * np.cos(g)
        + 0.070257 * np.sin(g)
        - 0.006758 * np.cos(2 * g)
        + 0.000907 * np.sin(2 * g)
        - 0.002697 * np.cos(3 * g)
        + 0.00148 * np.sin(3 * g)
    )


def equation_of_time(day_angle: Any) -> Any:
    """Equation of time, minutes (Spencer 1971, Search 2, 172)."""
    g = day_angle
    return 229.18 * (
        0.000075
        + 0.001868 * np.cos(g)
        - 0.032077 * np.sin(g)
        - 0.014615 * np.cos(2 * g)
        - 0.040849 * np.sin(2 * g)
    )


def earth_sun_factor(day_angle: Any) -> Any:
    """(mean distance / distance)² of earth and sun (Spencer 1971, Search 2, 172)."""
    g = day_angle
    return (
        1.00011
        + 0.034221 * np.cos(g)
        + 0.00128 * np.sin(g)
        + 0.000719 * np.cos(2 * g)
        + 0.000077 * np.sin(2 * g)
    )


def day_angle(times: Any) -> Any:
    """Day angle of UTC instants (datetime64), radians, float64.

    2 π (day of year - 1 + hour / 24) / 365 (Spencer 1971).
    """
    instants = np.asarray(times, dtype="datetime64[ns]")
    year_start = instants.astype("datetime64[Y]").astype("datetime64[ns]")
    days = (instants - year_start) / np.timedelta64(1, "D")
    return 2.0 * np.pi * days / 365.0


def wind_speed_at_2m(speed: Any, *, height: float = 10.0) -> Any:
    """Wind speed at 2 m over short grass, m s-1, any dims.

    u2 = u_z 4.87 / ln(67.8 z - 5.42) (Allen et al. 1998, FAO Irrigation and Drainage Paper 56,
    eq. 47).

    Args:
        speed: u_z, m s-1.
        height: z of the measurement, m.
    """
    return speed * (4.87 / np.log(67.8 * height - 5.42))
