"""Buddy check: a value beside those of its neighbours at the same hour, brought to its height.

As the buddy check of titanlib (Baserud et al. 2020, TITAN: Advances in Science and Research 17,
153), but with the median and the median absolute deviation in place of mean and standard
deviation, so that one bad neighbour does not hide another.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from forecast.parameters import chosen

Mask = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]

EARTH_RADIUS_KM: Final = 6371.0
MAD_TO_DEVIATION: Final = 1.4826
"""Standard deviation over median absolute deviation, normal distribution."""
MOST_BUDDIES: Final = 20
"""The nearest ones; more would add time and no knowledge."""
_ROWS: Final = 50_000
ROUNDS: Final = 2
"""The second one leaves out whom the first one flagged."""


def fall_with_height() -> dict[str, float]:
    """Variables that neighbours share, and their change with height, per metre."""
    return {
        "temperature_2m": chosen("temperature_gradient_prior") / 1000.0,
        "dew_point_2m": chosen("dew_point_gradient_prior") / 1000.0,
        "pressure_msl": 0.0,
    }


def apart_from_buddies(rows: pd.DataFrame, stations: pd.DataFrame, *, skip: Mask) -> Mask:
    """Whether a value is far from what its neighbours say; never where there are too few.

    Args:
        rows: one variable: station, time (datetime64 UTC), value.
        stations: station, longitude, latitude (degrees), elevation (m).
        skip: rows that may not speak for others, because another check refused them.
    """
    gradient = fall_with_height().get(str(rows["variable"].iloc[0])) if len(rows) else None
    if gradient is None:
        return np.zeros(len(rows), dtype=bool)
    names, place = np.unique(rows["station"].to_numpy(dtype=str), return_inverse=True)
    where = stations.drop_duplicates("station").set_index("station").loc[names]
    level = where["elevation"].to_numpy(dtype=np.float64)
    hour = pd.factorize(rows["time"].dt.round("h"))[0]
    value = rows["value"].to_numpy(dtype=np.float64) - gradient * level[place]
    near = neighbours(where)
    flagged = skip.copy()
    for _ in range(ROUNDS):
        centre, spread = _told(value, hour, place=place, near=near, silent=flagged)
        away = np.abs(value - centre)
        limit = np.maximum(chosen("buddy_threshold") * spread, chosen("buddy_least_departure"))
        flagged = skip | (away > limit * _scale(rows))
    return np.asarray(flagged & ~skip)


def neighbours(where: pd.DataFrame) -> npt.NDArray[np.intp]:
    """For each station the nearest others within reach, in distance and height; -1 for none.

    Args:
        where: longitude, latitude (degrees), elevation (m), one row a station.

    Returns:
        [station, neighbour], places in `where`, nearest first.
    """
    phi, theta = np.radians(where["latitude"]), np.radians(where["longitude"])
    points = np.stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)], 1)
    chord = 2.0 * np.sin(0.5 * chosen("buddy_radius") / EARTH_RADIUS_KM)
    height = where["elevation"].to_numpy(dtype=np.float64)
    near = np.full((len(where), MOST_BUDDIES), -1, dtype=np.intp)
    for own, found in enumerate(cKDTree(points).query_ball_point(points, chord)):
        others = np.array([other for other in found if other != own], dtype=np.intp)
        others = others[np.abs(height[others] - height[own]) <= chosen("buddy_height")]
        distance = np.linalg.norm(points[others] - points[own], axis=1)
        kept = others[np.argsort(distance, kind="stable")][:MOST_BUDDIES]
        near[own, : kept.size] = kept
    return near


def _told(
    value: Doubles,
    hour: npt.NDArray[np.intp],
    *,
    place: npt.NDArray[np.intp],
    near: npt.NDArray[np.intp],
    silent: Mask,
) -> tuple[Doubles, Doubles]:
    """Median of the neighbours at each row's hour and their spread; NaN where too few speak."""
    # the last column is the neighbour that nobody has
    table = np.full((hour.max() + 1, len(near) + 1), np.nan)
    speaking = ~silent
    table[hour[speaking], place[speaking]] = value[speaking]
    centre, spread = np.full(value.size, np.nan), np.full(value.size, np.nan)
    for start in range(0, value.size, _ROWS):
        part = slice(start, start + _ROWS)
        told = table[hour[part, None], near[place[part]]]
        centre[part] = _median(told)
        spread[part] = MAD_TO_DEVIATION * _median(np.abs(told - centre[part, None]))
    return centre, spread


def _median(told: Doubles) -> Doubles:
    """Median along the last axis without NaN; NaN where fewer than `buddy_fewest` are left."""
    ordered = np.sort(told, axis=1)
    count = np.isfinite(ordered).sum(axis=1)
    row = np.arange(len(ordered))
    low, high = (
        ordered[row, np.maximum(count - 1, 0) // 2],
        ordered[row, count // 2 % told.shape[1]],
    )
    return np.where(count >= chosen("buddy_fewest"), 0.5 * (low + high), np.nan)


def _scale(rows: pd.DataFrame) -> float:
    """The least departure is for temperature; dew points scatter more."""
    return 1.5 if rows["variable"].iloc[0] == "dew_point_2m" else 1.0
