"""Soil of the scenario: the air's warmth, later and flatter with depth, and water from the rain."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast.ingest.scenario.front import Perturbation
from forecast.ingest.scenario.relief import LATITUDE, Relief
from forecast.ingest.scenario.weather import air_temperature

Floats = npt.NDArray[np.float64]

LAYERS: Final = (1, 2, 3)
"""ECMWF's numbers of the layers 0-7, 7-28 and 28-100 cm."""

_MEMORY_H: Final = {1: 9.0, 2: 72.0, 3: 240.0}
"""Time over which the air is averaged; as long as a wave needs to reach the layer's middle."""
_SAMPLES: Final = 16
_FIRST_WATER: Final = {1: (0.20, 0.10), 2: (0.23, 0.09), 3: (0.25, 0.08)}
"""Water by volume in the north and what the moist south has more."""
_TAKEN: Final = {1: 0.5 / 70.0, 2: 0.1 / 210.0, 3: 0.0}
"""Rise of the water content per millimetre of rain."""
_FULL: Final = 0.45


@dataclass(frozen=True, slots=True)
class Soil:
    """State at instants by layer, (time, latitude, longitude); over sea as ECMWF writes it.

    Attributes:
        temperature: K; over sea that of the air.
        moisture: water by volume, 1; 0 over sea.
    """

    temperature: dict[int, Floats]
    moisture: dict[int, Floats]


def soil(hours: Floats, surface: Relief, *, rain: Floats, cycle: np.datetime64) -> Soil:
    """Compute the soil of the unperturbed run.

    Args:
        hours: since the cycle, (time,).
        surface: of the model.
        rain: fallen since the cycle, mm (time, latitude, longitude).
        cycle: start of the run, UTC.
    """
    land = surface.land_fraction > 0.5
    south = np.clip((36.0 - LATITUDE) / 5.0, 0.0, 1.0)[:, None]
    warmth, water = {}, {}
    for layer in LAYERS:
        warmth[layer] = _averaged_air(hours, surface, _MEMORY_H[layer], cycle)
        first, more = _FIRST_WATER[layer]
        filled = np.minimum(first + more * south + _TAKEN[layer] * rain, _FULL)
        water[layer] = np.where(land, filled, 0.0)
    return Soil(warmth, water)


def _averaged_air(hours: Floats, surface: Relief, memory: float, cycle: np.datetime64) -> Floats:
    """Mean air temperature over the hours before each instant, K."""
    total = np.zeros((hours.size, *surface.elevation.shape))
    for back in (np.arange(_SAMPLES) + 0.5) / _SAMPLES * memory:
        total += air_temperature(hours - back, surface, cycle=cycle, change=Perturbation())
    return total / _SAMPLES
