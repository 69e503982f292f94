"""The moving cold front: how long ago it passed each place, and how it differs by member."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

NINGHE: Final = (117.72, 39.45)
"""Longitude and latitude of the place that the passage is timed by."""
PASSAGE_H: Final = 37.0
"""Hours since the cycle (10 April 2025 00Z) at which the front passes Ninghe: 21 local time on the
11th, so that both the 12th and the 13th lie in the cold air behind it."""
_SPEED: Final = 45.0
"""km h-1, a fast cold front."""
_HEADING: Final = np.radians(160.0)
"""Direction in which the front moves."""
_KM_PER_DEGREE: Final = 111.195
_BENDS_KM: Final = 60.0
"""Amplitude of the waves along the front."""


@dataclass(frozen=True, slots=True)
class Perturbation:
    """How a member differs from the unperturbed run.

    Attributes:
        member: 0 for the unperturbed run.
        delay: h by which the front is later.
        depth: K by which the cold air is colder.
        rain: factor on rain.
        warmth: K, amplitude of a large-scale wave of temperature.
        phase: rad, where that wave stands.
    """

    member: int = 0
    delay: float = 0.0
    depth: float = 0.0
    rain: float = 1.0
    warmth: float = 0.0
    phase: float = 0.0


def perturbations(members: int, *, seed: int) -> tuple[Perturbation, ...]:
    """Draw the members 1 … n: front within ±3 h, depth within ±2 K, rain by a factor.

    The first members are the same whatever their number.
    """
    drawn = []
    for member in range(1, members + 1):
        random = np.random.default_rng([seed, member])
        delay, depth, rain, warmth = random.standard_normal(4)
        drawn.append(
            Perturbation(
                member=member,
                delay=float(np.clip(1.5 * delay, -3.0, 3.0)),
                depth=float(np.clip(depth, -2.0, 2.0)),
                rain=float(np.exp(np.clip(0.35 * rain, -0.8, 0.8))),
                warmth=float(np.clip(0.4 * warmth, -0.9, 0.9)),
                phase=float(random.uniform(0.0, 2.0 * np.pi)),
            )
        )
    return tuple(drawn)


def hours_since_passage(
    hours: Floats, *, latitude: Floats, longitude: Floats, delay: float
) -> Floats:
    """Hours since the front passed (negative before), (hour, latitude, longitude).

    Args:
        hours: since the cycle.
        latitude: degrees.
        longitude: degrees.
        delay: h.
    """
    east, north = np.meshgrid(longitude - NINGHE[0], latitude - NINGHE[1])
    east_km = east * _KM_PER_DEGREE * np.cos(np.radians(35.0))
    north_km = north * _KM_PER_DEGREE
    ahead = east_km * np.sin(_HEADING) + north_km * np.cos(_HEADING)
    along = east_km * np.cos(_HEADING) - north_km * np.sin(_HEADING)
    ahead = ahead + _BENDS_KM * np.sin(along / 450.0)
    arrival = PASSAGE_H + delay + ahead / _SPEED
    return np.asarray(hours)[:, None, None] - arrival[None]
