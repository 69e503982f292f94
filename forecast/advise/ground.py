"""What is known of the ground of a field: how it lies, and how wet it is."""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np
import xarray as xr

from forecast.agromet.low_ground import low_lying, rises_around
from forecast.agromet.truth import UNKNOWN, YES
from forecast.parameters import chosen

ASSUMED_SOIL: Final = "loam"
"""Texture where nobody names one: the middle of FAO-56, table 19."""


class Kept(NamedTuple):
    """State of a water balance that was kept.

    Attributes:
        state: its two numbers.
        day: day at whose end they held.
    """

    state: tuple[float, float]
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Ground of a field, as far as it is known.

    Attributes:
        height_above_drainage_m: above the nearest drain along the flow.
        topographic_wetness: wetness index.
        low_lying: whether it lies low; None where the heights do not tell.
        caveat: whether the heights are too coarse to tell low ground here.
        elevation_m: above sea level.
        water_state: kept state of the water balance: of a soil `root_zone_depletion` (mm) and
            `root_depth` (m), of flooded rice `ponded_depth` and `saturation_deficit` (mm).
        water_state_day: day at whose end it held.
        model_soil_moisture: of the root zone now by the weather model, % of field capacity.
    """

    height_above_drainage_m: float | None = None
    topographic_wetness: float | None = None
    low_lying: bool | None = None
    caveat: bool = False
    elevation_m: float | None = None
    water_state: xr.Dataset | None = None
    water_state_day: date | None = None
    model_soil_moisture: float | None = None

    def kept(self, names: tuple[str, ...]) -> Kept | None:
        """The kept state; None where there is none by these names, or it is not known.

        Args:
            names: two, as `STATE` of `agromet.single_coefficient` and `agromet.paddy`.
        """
        held, day = self.water_state, self.water_state_day
        if held is None or day is None or any(name not in held for name in names):
            return None
        first, second = (float(held[name]) for name in names)
        return None if np.isnan(first + second) else Kept((first, second), day)


def ground_at(
    gathering: xr.Dataset,
    *,
    row: int,
    column: int,
    elevation: float | None = None,
    told: bool | None = None,
) -> Ground:
    """Ground of one cell of a region.

    Where the ground around rises less above its drains than the heights may be wrong
    (`plain_rise`), they do not tell low ground, and the answer carries a caveat.

    Args:
        gathering: from `agromet.low_ground.gathering_ground`, dims (latitude, longitude).
        row: of the cell, along latitude.
        column: of the cell, along longitude.
        elevation: of the field, m.
        told: whether the field lies low, from somebody who knows it.
    """
    cell = {"latitude": row, "longitude": column}
    height = float(gathering["height_above_drainage"].isel(cell))
    wetness = float(gathering["topographic_wetness"].isel(cell))
    if np.isnan(height) or np.isnan(wetness):
        return Ground(low_lying=told, elevation_m=elevation)
    flat = rises_around(gathering, row=row, column=column) < chosen("plain_rise")
    low = told
    if low is None and not flat:
        fields = (gathering["height_above_drainage"], gathering["topographic_wetness"])
        answer = int(low_lying(*fields).isel(cell))
        low = None if answer == UNKNOWN else answer == YES
    return Ground(
        height_above_drainage_m=height,
        topographic_wetness=wetness,
        low_lying=low,
        caveat=flat,
        elevation_m=elevation,
    )
