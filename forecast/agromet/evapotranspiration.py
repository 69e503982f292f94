"""Reference evapotranspiration by Penman-Monteith: the day as the record, hours for display.

Allen et al. (1998), FAO Irrigation and Drainage Paper 56, eq. 6 (day) and 53 (hour), and the
standardised form of ASCE-EWRI (2005), which differs by the hour on purpose: it resists less by
day and more by night. Numbers, numpy arrays or DataArrays of any dims.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import xarray as xr

from forecast.agromet import humidity, radiation
from forecast.agromet.radiation import HourlySun
from forecast.errors import InvalidRequest
from forecast.parameters import chosen

LATENT: Final = 0.408
"""mm of water that 1 MJ m-2 evaporates (FAO-56, eq. 20)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Coefficients of a form of the equation.

    Attributes:
        name: written into metadata.
        numerator: Cn, K mm s3 Mg-1 per day or hour.
        resistance: Cd by day and by night, s m-1.
        soil_heat: G / Rn by day and by night, 1.
        night_below_zero: whether night is where Rn is below 0 (ASCE), not where the sun is down.
    """

    name: str
    numerator: float
    resistance: tuple[float, float]
    soil_heat: tuple[float, float] = (0.0, 0.0)
    night_below_zero: bool = False


FORMS: Final = MappingProxyType(
    {
        form.name: form
        for form in (
            Form(name="fao56-daily", numerator=900.0, resistance=(0.34, 0.34)),
            Form(name="asce-tall-daily", numerator=1600.0, resistance=(0.38, 0.38)),
            Form(
                name="fao56-hourly",
                numerator=37.0,
                resistance=(0.34, 0.34),
                soil_heat=(0.1, 0.5),
            ),
            Form(
                name="asce-short-hourly",
                numerator=37.0,
                resistance=(0.24, 0.96),
                soil_heat=(0.1, 0.5),
                night_below_zero=True,
            ),
            Form(
                name="asce-tall-hourly",
                numerator=66.0,
                resistance=(0.25, 1.7),
                soil_heat=(0.04, 0.2),
                night_below_zero=True,
            ),
        )
    }
)
"""FAO-56 eq. 6 and 53; ASCE-EWRI (2005), table 1 and eq. 65 and 66. The short form of a day is the
same in both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWeather:
    """Weather of a day.

    Attributes:
        temperature_max: degC.
        temperature_min: degC.
        vapour_pressure: mean, kPa.
        wind_2m: mean at 2 m, m s-1.
        shortwave: Rs, MJ m-2 d-1.
    """

    temperature_max: Any
    temperature_min: Any
    vapour_pressure: Any
    wind_2m: Any
    shortwave: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class HourWeather:
    """Weather of an hour.

    Attributes:
        temperature: mean, degC.
        vapour_pressure: mean, kPa.
        wind_2m: mean at 2 m, m s-1.
        shortwave: Rs, MJ m-2 h-1.
    """

    temperature: Any
    vapour_pressure: Any
    wind_2m: Any
    shortwave: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the equation is made of, and its result; energies in MJ m-2 per day or hour.

    Attributes:
        pressure: kPa.
        psychrometric_constant: γ, kPa K-1.
        slope: Δ, kPa K-1.
        deficit: es - ea, kPa.
        extraterrestrial: Ra.
        clear_sky: Rso.
        net_shortwave: Rns.
        net_longwave: Rnl.
        net_radiation: Rn.
        soil_heat: G.
        evapotranspiration: ET0, mm per day or hour; below 0 where dew forms.
    """

    pressure: Any
    psychrometric_constant: Any
    slope: Any
    deficit: Any
    extraterrestrial: Any
    clear_sky: Any
    net_shortwave: Any
    net_longwave: Any
    net_radiation: Any
    soil_heat: Any
    evapotranspiration: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class _Air:
    """What the equation asks of the air."""

    temperature: Any
    deficit: Any
    wind_2m: Any
    pressure: Any


def daily_terms(
    weather: DayWeather,
    above: Any,
    *,
    elevation: Any,
    soil_heat: Any = 0.0,
    form: str = "fao56-daily",
) -> Terms:
    """Reference evapotranspiration of a day with all its terms (FAO-56, eq. 6).

    Where the sun does not rise, the sky is taken as clear as nights are (`night_clearness`).

    Args:
        weather: of the day.
        above: Ra, from `radiation.extraterrestrial`, MJ m-2 d-1.
        elevation: m above sea level.
        soil_heat: G, MJ m-2 d-1; 0 for a day (eq. 42).
        form: `fao56-daily` or `asce-tall-daily`.

    Raises:
        InvalidRequest: no such form.
    """
    warm, cold, vapour = weather.temperature_max, weather.temperature_min, weather.vapour_pressure
    clear = radiation.clear_sky(above, elevation)
    known = radiation.clearness(weather.shortwave, clear)
    ratio = xr.where(clear > 0.0, known, chosen("night_clearness"))
    long = radiation.net_longwave_of_day(warm, cold, vapour_pressure=vapour, ratio=ratio)
    air = _Air(
        temperature=(warm + cold) / 2.0,
        deficit=humidity.mean_saturation_vapour_pressure(warm, cold) - vapour,
        wind_2m=weather.wind_2m,
        pressure=humidity.pressure_at(elevation),
    )
    sky = {"extraterrestrial": above, "clear_sky": clear, "net_longwave": long}
    short = radiation.net_shortwave(weather.shortwave)
    named = form_named(form, ending="-daily")
    return _combine(air, named, short=short, sky=sky, ground=(soil_heat, named.resistance[0]))


def hourly_terms(
    weather: HourWeather,
    sun: HourlySun,
    *,
    elevation: Any,
    night_clearness: Any,
    form: str = "fao56-hourly",
) -> Terms:
    """Reference evapotranspiration of an hour with all its terms (FAO-56, eq. 53).

    Args:
        weather: of the hour.
        sun: from `radiation.hourly_sun`.
        elevation: m above sea level.
        night_clearness: Rs / Rso that stands for the sky while the sun is down, as from
            `carried_clearness`; 0.4 to 0.6 where it is humid, 0.7 to 0.8 where it is dry.
        form: `fao56-hourly`, `asce-short-hourly` or `asce-tall-hourly`.

    Raises:
        InvalidRequest: no such form.
    """
    named = form_named(form, ending="-hourly")
    clear = radiation.clear_sky(sun.extraterrestrial, elevation)
    known = radiation.clearness(weather.shortwave, clear)
    ratio = xr.where(sun.is_up & (clear > 0.0), known, night_clearness)
    long = radiation.net_longwave_of_hour(
        weather.temperature, vapour_pressure=weather.vapour_pressure, ratio=ratio
    )
    short = radiation.net_shortwave(weather.shortwave)
    by_day = (short - long) >= 0.0 if named.night_below_zero else sun.is_up
    saturated = humidity.saturation_vapour_pressure(weather.temperature)
    air = _Air(
        temperature=weather.temperature,
        deficit=saturated - weather.vapour_pressure,
        wind_2m=weather.wind_2m,
        pressure=humidity.pressure_at(elevation),
    )
    sky = {
        "extraterrestrial": sun.extraterrestrial,
        "clear_sky": clear,
        "net_longwave": long,
    }
    heat = xr.where(by_day, *named.soil_heat) * (short - long)
    return _combine(
        air, named, short=short, sky=sky, ground=(heat, xr.where(by_day, *named.resistance))
    )


def hargreaves(temperature_max: Any, temperature_min: Any, *, above: Any) -> Any:
    """Reference evapotranspiration from temperature alone, mm d-1 (FAO-56, eq. 52).

    0.0023 (Tmean + 17.8) √(Tmax - Tmin) 0.408 Ra.

    Args:
        temperature_max: degC.
        temperature_min: degC.
        above: Ra, MJ m-2 d-1.
    """
    mean = (temperature_max + temperature_min) / 2.0
    return 0.0023 * (mean + 17.8) * np.sqrt(temperature_max - temperature_min) * LATENT * above


def form_named(name: str, *, ending: str) -> Form:
    """The form of a name.

    Raises:
        InvalidRequest: no form of that name and ending; those that are are listed.
    """
    allowed = [form for form in FORMS if form.endswith(ending)]
    if name not in allowed:
        raise InvalidRequest(
            f"evapotranspiration in the form {name!r} was asked; allowed are {', '.join(allowed)}"
        )
    return FORMS[name]


def _combine(
    air: _Air, form: Form, *, short: Any, sky: dict[str, Any], ground: tuple[Any, Any]
) -> Terms:
    """Put energy and drying power together; `ground` is soil heat and resistance."""
    heat, resistance = ground
    net = short - sky["net_longwave"]
    slope = humidity.saturation_slope(air.temperature)
    gamma = humidity.psychrometric_constant(air.pressure)
    drying = gamma * form.numerator / (air.temperature + 273.0) * air.wind_2m * air.deficit
    rate = (LATENT * slope * (net - heat) + drying) / (
        slope + gamma * (1.0 + resistance * air.wind_2m)
    )
    return Terms(
        pressure=air.pressure,
        psychrometric_constant=gamma,
        slope=slope,
        deficit=air.deficit,
        net_shortwave=short,
        net_radiation=net,
        soil_heat=heat,
        evapotranspiration=rate,
        **sky,
    )
