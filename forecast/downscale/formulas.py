"""Formulas of `forecast.meteorology` as vector code; the tests hold them to it."""

from __future__ import annotations

import math

from forecast.downscale.lanes import Lanes
from forecast.meteorology import CLEAR_SKY_EMISSIVITY, MAGNUS_B, MAGNUS_C, MAGNUS_HPA
from forecast.units import ZERO_CELSIUS_K

CALM = 1e-6
"""Below this component (m s-1) there is no direction."""

_MIDDLE_K = 265.0
_DEGREES = 57.29577951308232
_ARCTANGENT = (
    0.0028662257,
    -0.0161657367,
    0.0429096138,
    -0.0752896400,
    0.1065626393,
    -0.1420889944,
    0.1999355085,
    -0.3333314528,
)
"""atan(x) / x - 1 in powers of x², error 2e-8 for |x| <= 1 (Abramowitz & Stegun 1964, 4.4.49)."""


def saturation(temperature: Lanes) -> Lanes:
    """Saturation vapour pressure, hPa (Alduchov & Eskridge 1996)."""
    return (temperature * MAGNUS_B / (temperature + MAGNUS_C)).exp() * MAGNUS_HPA


def clear_sky_emissivity(temperature: Lanes, dew_point: Lanes) -> Lanes:
    """`meteorology.clear_sky_emissivity` of temperature and dew point, degC."""
    dry, factor, root = CLEAR_SKY_EMISSIVITY
    vapour = dew_point * MAGNUS_B / (dew_point + MAGNUS_C) + math.log(100.0 * MAGNUS_HPA)
    return ((vapour - logarithm(temperature + ZERO_CELSIUS_K)) * (1.0 / root)).exp() * factor + dry


def logarithm(warmth: Lanes) -> Lanes:
    """Natural logarithm of 200 to 350 K within 1e-7.

    ln a = ln b + 2 (u + u^3 / 3 + u^5 / 5 + ...), u = (a - b) / (a + b) (Abramowitz & Stegun
    1964, 4.1.27).
    """
    part = (warmth - _MIDDLE_K) / (warmth + _MIDDLE_K)
    square = part * part
    series = ((square * (1 / 7) + 1 / 5) * square + 1 / 3) * square + 1.0
    return part * series * 2.0 + math.log(_MIDDLE_K)


def wet_bulb(temperature: Lanes, dew_point: Lanes, *, cooling: Lanes) -> Lanes:
    """`meteorology.wet_bulb`, within 0.02 K; 0.003 K below 20 degC.

    One step of Halley's method (Halley 1694) from the same chord: with f the excess of vapour,
    Tw - 2 f f' / (2 f'^2 - f f'').

    Args:
        temperature: degC.
        dew_point: degC, not above the temperature.
        cooling: psychrometer coefficient times pressure, hPa K-1.
    """
    middle = (temperature + dew_point) * 0.5
    _, slope, _ = _saturation_and_slopes(middle)
    bulb = (cooling * temperature + slope * dew_point) / (cooling + slope)
    saturated, slope, bend = _saturation_and_slopes(bulb)
    excess = saturated - cooling * (temperature - bulb) - saturation(dew_point)
    rise = slope + cooling
    return bulb - excess * rise / (rise * rise - excess * bend * 0.5)


def _saturation_and_slopes(temperature: Lanes) -> tuple[Lanes, Lanes, Lanes]:
    """Saturation vapour pressure, hPa, with its first and second derivative."""
    inverse = temperature.inverse(shift=MAGNUS_C)
    rate = inverse * inverse * (MAGNUS_B * MAGNUS_C)
    saturated = (temperature * inverse * MAGNUS_B).exp() * MAGNUS_HPA
    slope = saturated * rate
    return saturated, slope, slope * (rate - inverse * 2.0)


def direction_from(eastward: Lanes, northward: Lanes) -> Lanes:
    """Direction the wind blows from, degrees; calm is 0."""
    across, along = _size(eastward), _size(northward)
    larger = across.where(">", along, yes=across, no=along)
    smaller = across.where(">", along, yes=along, no=across)
    ratio = smaller / larger.at_least(1e-20)
    square = ratio * ratio
    series = square * _ARCTANGENT[0] + _ARCTANGENT[1]
    for coefficient in _ARCTANGENT[2:]:
        series = series * square + coefficient
    angle = (series * square + 1.0) * ratio * _DEGREES
    angle = across.where(">", along, yes=_minus(90.0, angle), no=angle)
    angle = northward.where(">", 0.0, yes=_minus(180.0, angle), no=angle)
    around = _minus(360.0, angle)
    around = around.where("<", 360.0, yes=around, no=0.0)
    angle = eastward.where(">", 0.0, yes=around, no=angle)
    calm = larger.where(">", -1.0, yes=0.0, no=larger)
    return larger.where(">", CALM, yes=angle, no=calm)


def _size(lanes: Lanes) -> Lanes:
    return lanes.where("<", 0.0, yes=lanes * -1.0, no=lanes)


def _minus(number: float, lanes: Lanes) -> Lanes:
    return lanes * -1.0 + number
