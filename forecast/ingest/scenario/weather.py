"""The cold wave as fields: temperature, moisture, wind, pressure, cloud, rain and radiation.

A model of an event, not of the atmosphere: each field is a function of the time since the
front passed, of latitude, height and local solar time. Numbers are chosen so that Ninghe gets
what the Tianjin agriculture commission announced on 10 April 2025 for 12-13 April: gusts of
force 10-11 (24.5-32.6 m/s), a fall of 8-12 °C and nights around 6 °C.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast import meteorology
from forecast.ingest.scenario.front import Perturbation, hours_since_passage
from forecast.ingest.scenario.relief import LATITUDE, LONGITUDE, Relief
from forecast.units import ZERO_CELSIUS_K

Floats = npt.NDArray[np.float64]

STEFAN_BOLTZMANN: Final = 5.670374e-8
"""W m-2 K-4 (CODATA 2018)."""
_STANDARD_LAPSE: Final = 6.5e-3
"""K m-1."""


@dataclass(frozen=True, slots=True)
class Weather:
    """State at instants, (time, latitude, longitude), in the units of ECMWF's files.

    Attributes:
        temperature: at 2 m, K.
        dew_point: at 2 m, K.
        wind_u, wind_v: at 10 m, m s-1.
        gust: m s-1.
        pressure_msl, pressure: Pa.
        cloud: 0..1.
        rain_rate: mm h-1.
        shortwave, longwave: W m-2, downward at the surface.
    """

    temperature: Floats
    dew_point: Floats
    wind_u: Floats
    wind_v: Floats
    gust: Floats
    pressure_msl: Floats
    pressure: Floats
    cloud: Floats
    rain_rate: Floats
    shortwave: Floats
    longwave: Floats


@dataclass(frozen=True, slots=True)
class _Scene:
    """What all fields share at the instants asked."""

    passed: Floats  # h since the front passed
    behind: Floats  # 0 ahead of the front, 1 behind it
    solar_hour: Floats  # local mean solar time, h
    sun: Floats  # cosine of the zenith angle, 0 at night
    north: Floats  # latitude
    south: Floats  # 0 in the north, 1 in the moist south
    height: Floats
    land: Floats
    change: Perturbation
    hours: Floats


def weather(
    hours: Floats, surface: Relief, *, cycle: np.datetime64, change: Perturbation
) -> Weather:
    """Compute the state at instants.

    Args:
        hours: since the cycle, (time,).
        surface: of the model.
        cycle: start of the run, UTC.
        change: how the member differs.
    """
    scene = _scene(hours, surface, cycle, change)
    cloud = _cloud(scene)
    rain = _rain_rate(scene)
    temperature, dew_point = _wetted(_temperature(scene, cloud), _dew_point(scene), rain)
    wind_u, wind_v, gust = _wind(scene)
    msl = _pressure_msl(scene)
    sea_warmth = temperature + _STANDARD_LAPSE * scene.height / 2.0 - ZERO_CELSIUS_K
    pressure = meteorology.hypsometric_pressure(
        msl, height_difference=scene.height, mean_temperature=sea_warmth
    )
    return Weather(
        temperature=temperature,
        dew_point=dew_point,
        wind_u=wind_u,
        wind_v=wind_v,
        gust=gust,
        pressure_msl=msl,
        pressure=pressure,
        cloud=cloud,
        rain_rate=rain,
        shortwave=_shortwave(scene, cloud),
        longwave=_longwave(temperature, dew_point, cloud),
    )


def between_steps(
    hours: Floats, surface: Relief, *, cycle: np.datetime64, change: Perturbation
) -> tuple[Floats, Floats]:
    """The rain (mm h-1) and the gust (m s-1) of `weather` alone."""
    scene = _scene(hours, surface, cycle, change)
    return _rain_rate(scene), _wind(scene)[2]


def air_temperature(
    hours: Floats, surface: Relief, *, cycle: np.datetime64, change: Perturbation
) -> Floats:
    """The temperature of `weather` alone, K, before rain cools it."""
    scene = _scene(hours, surface, cycle, change)
    return _temperature(scene, _cloud(scene))


def _scene(hours: Floats, surface: Relief, cycle: np.datetime64, change: Perturbation) -> _Scene:
    passed = hours_since_passage(hours, latitude=LATITUDE, longitude=LONGITUDE, delay=change.delay)
    times = cycle + np.rint(hours * 3600.0).astype("timedelta64[s]")
    north = np.broadcast_to(LATITUDE[:, None], surface.elevation.shape)
    clock = (times - times.astype("datetime64[D]")) / np.timedelta64(1, "h")
    solar_hour = (clock[:, None, None] + LONGITUDE[None, None, :] / 15.0) % 24.0
    return _Scene(
        passed=passed,
        behind=_rise(passed / 2.0),
        solar_hour=solar_hour,
        sun=_cosine_of_zenith(times, solar_hour, north),
        north=north,
        south=np.clip((36.0 - north) / 5.0, 0.0, 1.0),
        height=surface.elevation,
        land=surface.land_fraction,
        change=change,
        hours=np.asarray(hours)[:, None, None],
    )


def _rise(value: Floats) -> Floats:
    """Smooth step from 0 to 1 around 0."""
    return 0.5 * (1.0 + np.tanh(value))


def _hump(value: Floats, width: float | Floats) -> Floats:
    return np.asarray(np.exp(-((value / width) ** 2)))


def _cosine_of_zenith(
    times: npt.NDArray[np.datetime64], solar_hour: Floats, north: Floats
) -> Floats:
    angle = meteorology.day_angle(times)
    declination = meteorology.solar_declination(angle)[:, None, None]
    apparent = solar_hour + meteorology.equation_of_time(angle)[:, None, None] / 60.0
    hour_angle = np.radians(15.0 * (apparent - 12.0))
    latitude = np.radians(north)
    cosine = np.sin(latitude) * np.sin(declination)
    cosine = cosine + np.cos(latitude) * np.cos(declination) * np.cos(hour_angle)
    return np.maximum(cosine, 0.0)


def _cloud(scene: _Scene) -> Floats:
    """High cloud ahead, an overcast band on the front, clearing behind it, later in the south."""
    band = 0.85 * _hump(scene.passed + 2.0 - 5.0 * scene.south, 7.0 + 5.0 * scene.south)
    residue = 0.35 * scene.south * scene.behind * np.exp(-np.maximum(scene.passed, 0.0) / 30.0)
    mountain = 0.10 * np.minimum(scene.height / 1500.0, 1.0)
    fair = 0.12 + 0.05 * np.sin(scene.north * 1.7 + LONGITUDE * 0.9 + scene.hours / 9.0)
    return np.clip(fair + band + residue + mountain, 0.0, 1.0)


def _temperature(scene: _Scene, cloud: Floats) -> Floats:
    """Warm sector, a fall over a few hours, slow recovery; a day and a height for each."""
    since = np.maximum(scene.passed, 0.0)
    depth = (11.5 + scene.change.depth + 2.8 * scene.south) * scene.behind
    fall = depth * (0.55 + 0.45 * (1.0 - np.exp(-since / 4.0))) * np.exp(-since / 150.0)
    warm_sector = 18.0 + 0.45 * (39.45 - scene.north) + 0.03 * np.minimum(scene.hours, 40.0)
    wave = scene.change.warmth * np.sin(LONGITUDE / 4.0 + scene.north / 3.0 + scene.change.phase)
    swing = (6.0 - 1.4 * scene.behind) * (1.0 - 0.55 * cloud)
    day = swing * np.cos(2.0 * np.pi * (scene.solar_hour - 14.7) / 24.0)
    lapse = _STANDARD_LAPSE + 0.6e-3 * scene.behind - 0.8e-3 * (scene.sun <= 0.0)
    over_land = warm_sector - fall + day + wave
    at_sea = 0.55 * (warm_sector - fall + 0.15 * day) + 0.45 * 9.0
    sea_level = scene.land * over_land + (1.0 - scene.land) * at_sea
    return sea_level - lapse * scene.height + ZERO_CELSIUS_K


def _dew_point(scene: _Scene) -> Floats:
    """Moist ahead and in the south, dry continental air behind, slowly moister again, K."""
    since = np.maximum(scene.passed, 0.0)
    ahead = 5.0 + 9.0 * scene.south
    behind = -7.0 + 9.0 * scene.south + 3.0 * (1.0 - np.exp(-np.maximum(since - 20.0, 0.0) / 40.0))
    mixing = scene.behind * (1.0 - np.exp(-since / 8.0))
    day = 0.8 * np.sin(2.0 * np.pi * (scene.solar_hour - 9.0) / 24.0)
    sea_level = ahead + (behind - ahead) * mixing + day + 2.0 * (1.0 - scene.land)
    return sea_level - 3.0e-3 * scene.height + ZERO_CELSIUS_K


def _wetted(temperature: Floats, dew_point: Floats, rain: Floats) -> tuple[Floats, Floats]:
    """Evaporating rain cools and moistens; the dew point stays below the temperature."""
    wet = np.minimum(rain / 0.4, 1.0)
    gap = np.maximum(temperature - dew_point, 0.0)
    cooled = temperature - 0.30 * wet * gap
    return cooled, np.minimum(dew_point + 0.40 * wet * gap, cooled - 0.3)


def _wind(scene: _Scene) -> tuple[Floats, Floats, Floats]:
    """Southwesterly ahead, a northwesterly surge behind that turns northerly in the south."""
    mixing_day = 0.75 + 0.25 * np.clip(np.sin(np.pi * (scene.solar_hour - 7.0) / 13.0), 0.0, 1.0)
    since = np.maximum(scene.passed, 0.0)
    surge = 15.2 * (1.0 - np.exp(-since / 2.0)) * np.exp(-since / 80.0) * (1.0 - 0.42 * scene.south)
    rough = 1.0 + 0.15 * (1.0 - scene.land) + 0.10 * np.minimum(scene.height / 1500.0, 1.5)
    after = scene.behind * (2.0 + surge) * rough * mixing_day
    before = (1.0 - scene.behind) * (3.6 + 0.8 * np.sin(LONGITUDE / 3.0)) * mixing_day
    heading_after = np.radians(318.0 + 32.0 * scene.south)
    heading_before = np.radians(212.0 - 12.0 * scene.south)
    wind_u = -after * np.sin(heading_after) - before * np.sin(heading_before)
    wind_v = -after * np.cos(heading_after) - before * np.cos(heading_before)
    speed = np.hypot(wind_u, wind_v)
    factor = 1.45 + 0.70 * scene.behind * np.exp(-since / 60.0) * scene.land
    return wind_u, wind_v, speed * factor + 1.0


def _pressure_msl(scene: _Scene) -> Floats:
    """A trough on the front and a high that builds behind it, then moves off, Pa."""
    since = np.maximum(scene.passed, 0.0)
    build = 19.0 * (1.0 - np.exp(-since / 16.0)) * np.exp(-since / 150.0)
    trough = -5.0 * _hump(scene.passed + 2.0, 12.0)
    tide = 0.8 * np.cos(4.0 * np.pi * (scene.solar_hour - 10.0) / 24.0)
    return 100.0 * (1011.0 + 0.12 * (39.45 - scene.north) + trough + build + tide)


def _rain_rate(scene: _Scene) -> Floats:
    """A band along the front, light in the north, stronger over the southern slopes, mm h-1."""
    upslope = 1.0 + 0.9 * np.clip(scene.height / 900.0, 0.0, 1.5) * scene.south
    peak = (0.10 + 0.60 * scene.south) * upslope * scene.change.rain
    streets = 1.0 + 0.35 * np.sin(LONGITUDE * 2.3 + scene.north * 1.1 + scene.hours / 5.0)
    rate = peak * streets * _hump(scene.passed - 1.5 * scene.south, 3.5 + 2.5 * scene.south)
    return np.where(rate < 0.03, 0.0, rate)


def _shortwave(scene: _Scene, cloud: Floats) -> Floats:
    """Haurwitz (1945) clear sky, reduced by cloud after Kasten & Czeplak (1980)."""
    mu = np.maximum(scene.sun, 1e-3)
    clear = 1098.0 * mu * np.exp(-0.057 / mu) * np.minimum(1.0 + 2.0e-5 * scene.height, 1.1)
    return np.where(scene.sun > 0.0, clear * (1.0 - 0.75 * cloud**3.4), 0.0)


def _longwave(temperature: Floats, dew_point: Floats, cloud: Floats) -> Floats:
    """Konzelmann et al. (1994) clear-sky emissivity, cloud exponent 4, 0.952 overcast."""
    vapour = 100.0 * meteorology.saturation_vapour_pressure(dew_point - ZERO_CELSIUS_K)
    clear = 0.23 + 0.43 * (vapour / temperature) ** (1.0 / 5.7)
    emissivity = clear * (1.0 - cloud**4) + 0.952 * cloud**4
    return emissivity * STEFAN_BOLTZMANN * temperature**4
