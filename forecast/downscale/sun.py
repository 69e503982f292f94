"""Mean extraterrestrial irradiance of time intervals, at nodes and for the kernel.

The position of the sun is Spencer's (1971, Search 2, 172), constant within an interval. The mean
of max(cos zenith, 0) over an interval is exact: with a = sin(lat) sin(decl), b = cos(lat)
cos(decl) the sun is up while |hour angle| < h0 = acos(-a / b), and the integral of a + b cos h is
a h + b sin h.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from forecast.downscale.rows import HIGHEST_INDEX
from forecast.meteorology import (
    SOLAR_CONSTANT,
    day_angle,
    earth_sun_factor,
    equation_of_time,
    solar_declination,
)

Doubles = npt.NDArray[np.float64]
TURN = 2.0 * np.pi

FAINT_SUN: Final = 10.0
"""W m-2 above the atmosphere; below it the clear-sky index is noise and is taken from the nearest
time with more."""

SAMPLES = 5
"""Instants of an interval at which the whole tile must be lit, or dark."""


class Sun(NamedTuple):
    """The sun over the times, for the kernel.

    `vectors` float32 [3, time]: mean vector to the sun times irradiance where the whole tile is
    lit, else 0. `low` int64 [interval]: times when the sun may cross the horizon in the tile.
    `angles` float64 [time, 5]: hour angles at Greenwich of both ends, sine and cosine of the
    declination, irradiance (W m-2). `ends` float64 [time, 4]: sine and cosine of both angles.
    """

    vectors: npt.NDArray[np.float32]
    low: npt.NDArray[np.int64]
    angles: Doubles
    ends: Doubles


def angles(times: npt.NDArray[np.datetime64], hours: Doubles) -> Doubles:
    """Hour angles at Greenwich, declination and irradiance of intervals.

    Args:
        times: ends of the intervals, UTC [time].
        hours: their lengths [time].

    Returns:
        float64 [time, 5]: hour angle at the start and at the end (radians), sine and cosine of
        the declination, irradiance normal to the beam above the atmosphere (W m-2).
    """
    span = np.asarray(hours, dtype=np.float64)
    middle = times - (span * 1.8e12).astype("timedelta64[ns]")
    season = day_angle(middle)
    day_start = middle.astype("datetime64[D]")
    clock = (middle - day_start) / np.timedelta64(1, "h") + equation_of_time(season) / 60.0
    noon = TURN * (clock - 12.0) / 24.0
    half = TURN * span / 48.0
    declination = solar_declination(season)
    return np.stack(
        [
            noon - half,
            noon + half,
            np.sin(declination),
            np.cos(declination),
            SOLAR_CONSTANT * earth_sun_factor(season),
        ],
        axis=-1,
    )


def interval_means(latitude: Any, longitude: Any, *, table: Doubles) -> Doubles:
    """Mean irradiance on a horizontal plane above the atmosphere, W m-2, float64 [place, time].

    Args:
        latitude: degrees [place].
        longitude: degrees [place].
        table: from `angles` [time, 5].
    """
    north = np.deg2rad(np.asarray(latitude, dtype=np.float64))[:, np.newaxis]
    east = np.deg2rad(np.asarray(longitude, dtype=np.float64))[:, np.newaxis]
    steady = np.sin(north) * table[:, 2]
    swing = np.maximum(np.cos(north) * table[:, 3], 1e-12)
    horizon = np.arccos(np.clip(-steady / swing, -1.0, 1.0))
    middle = (table[:, 0] + table[:, 1]) / 2.0 + east
    shift = east - TURN * np.round(middle / TURN)
    start, end = table[:, 0] + shift, table[:, 1] + shift
    whole = steady * (end - start) + swing * (np.sin(end) - np.sin(start))
    lit = np.zeros_like(whole)
    for image in (-TURN, 0.0, TURN):
        rise, fall = np.maximum(start, image - horizon), np.minimum(end, image + horizon)
        part = steady * (fall - rise) + swing * (np.sin(fall) - np.sin(rise))
        lit += np.where(fall > rise, part, 0.0)
    lit = np.where(horizon >= np.pi, whole, lit)
    return np.asarray(table[:, 4] * np.maximum(lit, 0.0) / (end - start))


def clear_sky_index(light: npt.NDArray[np.float32], above: Doubles) -> npt.NDArray[np.float32]:
    """Share of the light above the atmosphere that arrives, 0 to 1.1, float32 (node, time).

    Where that light is faint or none, the index of the nearest time with more.

    Args:
        light: interval means, W m-2 (node, time); NaN stays NaN.
        above: the same above the atmosphere.
    """
    bright = (above > FAINT_SUN) & np.isfinite(light)
    index = np.divide(light, above, out=np.zeros(light.shape), where=bright)
    steps = np.arange(light.shape[1])
    before = np.maximum.accumulate(np.where(bright, steps, -1), axis=1)
    after = np.minimum.accumulate(np.where(bright, steps, steps.size)[:, ::-1], axis=1)[:, ::-1]
    earlier = np.where(before >= 0, steps - before, 2 * steps.size)
    later = np.where(after < steps.size, after - steps, 2 * steps.size)
    source = np.clip(np.where(earlier <= later, before, after), 0, steps.size - 1)
    filled = np.take_along_axis(np.clip(index, 0.0, HIGHEST_INDEX), source, axis=1)
    return np.where(np.isnan(light), np.nan, filled).astype(np.float32)


def tables(latitude: Any, longitude: Any, *, table: Doubles) -> Sun:
    """Sort the intervals into lit, dark and low sun for places that lie together.

    Args:
        latitude: degrees [place]; the corners of a tile, or all places.
        longitude: degrees [place].
        table: from `angles` [time, 5].
    """
    normals = unit_normals(latitude, longitude)
    start, end, sine, cosine, irradiance = table.T
    width = end - start
    spread = float(np.linalg.norm(normals - normals.mean(axis=0), axis=1).max())
    margin = 1e-3 + spread**2
    lit = np.ones(start.size, dtype=bool)
    dark = np.ones(start.size, dtype=bool)
    for part in np.linspace(0.0, 1.0, SAMPLES):
        height = normals @ _direction(start + part * width, sine, cosine)
        lit &= height.min(axis=0) > margin
        dark &= height.max(axis=0) < -margin
    mean = np.stack(
        [
            cosine * (np.sin(end) - np.sin(start)) / width,
            cosine * (np.cos(end) - np.cos(start)) / width,
            sine,
        ]
    )
    return Sun(
        vectors=(mean * irradiance * lit).astype(np.float32),
        low=np.flatnonzero(~lit & ~dark),
        angles=np.ascontiguousarray(table),
        ends=np.stack([np.sin(start), np.cos(start), np.sin(end), np.cos(end)], axis=-1),
    )


def unit_normals(latitude: Any, longitude: Any) -> Doubles:
    """Upward unit vectors [place, 3]: towards (0° E, equator), (90° E, equator), north pole."""
    north, east = np.deg2rad(latitude), np.deg2rad(longitude)
    return np.stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1
    )


def _direction(angle: Doubles, sine: Doubles, cosine: Doubles) -> Doubles:
    return np.stack([cosine * np.cos(angle), -cosine * np.sin(angle), sine])


@njit(nogil=True)
def set_horizon(sun: Sun, latitude: float, horizon: Doubles) -> None:
    """Write hour angle of sunset and its sine [low interval, 2] for a latitude in degrees."""
    north = np.deg2rad(latitude)
    for n in range(sun.low.size):
        time = sun.low[n]
        swing = max(np.cos(north) * sun.angles[time, 3], 1e-12)
        crossing = -np.sin(north) * sun.angles[time, 2] / swing
        horizon[n, 0] = np.arccos(min(max(crossing, -1.0), 1.0))
        horizon[n, 1] = np.sin(horizon[n, 0])


@njit(nogil=True, forceinline=True)
def light_low_sun(sun: Sun, normal, east, horizon, lit):  # type: ignore[no-untyped-def]
    """Set `lit[0, time] * irradiance` in `lit[1, time]` for the intervals of a low sun.

    Args:
        sun: the tables of the tile.
        normal: x, y, z of the cell's unit normal.
        east: longitude, radians.
        horizon: from `set_horizon`.
        lit: float32 [2, time]: clear-sky index, result (W m-2).
    """
    level = np.sqrt(normal[0] * normal[0] + normal[1] * normal[1])
    cosine, sine = np.cos(east), np.sin(east)
    for n in range(sun.low.size):
        time = sun.low[n]
        start, end = sun.angles[time, 0] + east, sun.angles[time, 1] + east
        shift = TURN * np.round((start + end) / (2.0 * TURN))
        steady, swing = normal[2] * sun.angles[time, 2], level * sun.angles[time, 3]
        at_start = sun.ends[time, 0] * cosine + sun.ends[time, 1] * sine
        at_end = sun.ends[time, 2] * cosine + sun.ends[time, 3] * sine
        total = 0.0
        if horizon[n, 0] >= np.pi:
            total = steady * (end - start) + swing * (at_end - at_start)
        else:
            for turn in range(-1, 2):
                rise = turn * TURN - horizon[n, 0]
                fall = turn * TURN + horizon[n, 0]
                sine_rise, sine_fall = -horizon[n, 1], horizon[n, 1]
                if start - shift > rise:
                    rise, sine_rise = start - shift, at_start
                if end - shift < fall:
                    fall, sine_fall = end - shift, at_end
                if fall > rise:
                    total += steady * (fall - rise) + swing * (sine_fall - sine_rise)
        irradiance = sun.angles[time, 4] * max(total, 0.0) / (end - start)
        lit[1, time] = lit[0, time] * np.float32(irradiance)
