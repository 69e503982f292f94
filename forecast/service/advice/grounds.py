"""How fields lie and how wet their soil is: worked out of the terrain once, and of the model."""

import threading
from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import xarray as xr

from forecast.advise.ground import ASSUMED_SOIL, Ground, ground_at
from forecast.agromet.crop_coefficients import soil_named
from forecast.agromet.low_ground import gathering_ground
from forecast.service.advice.question import AdviceQuestion
from forecast.service.advice.watering import CellWater, water_state_at
from forecast.service.served import CycleFacts
from forecast.times import to_datetime64
from grids.lookup import LAND, CellChoice

LAYERS: Final = (
    (
        ("soil_moisture_0_7cm", 0.07),
        ("soil_moisture_7_28cm", 0.28),
        ("soil_moisture_28_100cm", 1.0),
    ),
    (
        ("soil_moisture_0_10cm", 0.10),
        ("soil_moisture_10_40cm", 0.40),
        ("soil_moisture_40_100cm", 1.0),
    ),
)
"""Layers of the models, each with its lower edge, m."""

DEFAULT_ROOTS_M: Final = 0.5
"""Depth to which soil moisture counts where the profile names no roots."""


class Grounds:
    """Where water gathers, by region; safe to use from any number of threads."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[npt.NDArray[np.float32], xr.Dataset]] = {}
        self._working = threading.Lock()

    def at(
        self,
        facts: CycleFacts,
        choice: CellChoice,
        *,
        question: AdviceQuestion,
        now: datetime,
    ) -> Ground:
        """The ground of a field.

        Args:
            facts: of the cycle.
            choice: the cell that answers.
            question: with its height, how deep its crop's roots go, and its soil if it is named.
            now: what counts as now.
        """
        profile, asked = question.profile, question.elevation
        elevation = float(choice.elevation if asked is None else asked)
        lying = ground_at(
            self.gathering(facts), row=choice.row, column=choice.column, elevation=elevation
        )
        roots = DEFAULT_ROOTS_M if profile.water is None else profile.water.zr_m[1]
        soil = question.situation.soil or ASSUMED_SOIL
        kept = kept_at(facts, choice, question=question)
        return replace(
            lying,
            water_state=kept and kept.state,
            water_state_day=kept and kept.day,
            model_soil_moisture=_moisture(facts, choice, roots=roots, soil=soil, now=now),
        )

    def gathering(self, facts: CycleFacts) -> xr.Dataset:
        """Heights above drains and wetness of a region, once for each terrain; see `agromet`.

        Args:
            facts: of a cycle.
        """
        heights, region = facts.surface["elevation"], facts.cycle.region
        with self._working:
            held = self._held.get(region)
            if held is None or not _same(held[0], heights):
                land = facts.terrain["land_fraction"] >= LAND
                held = heights, gathering_ground(facts.terrain["elevation"].where(land))
                self._held[region] = held
            return held[1]


def kept_at(facts: CycleFacts, choice: CellChoice, *, question: AdviceQuestion) -> CellWater | None:
    """The soil water that is kept for a field, if any.

    It is that of the assumed soil and the usual season, so it says nothing of a field of which the
    farmer told another soil, the sowing or the stage.

    Args:
        facts: of the cycle.
        choice: the cell that answers.
        question: with its crop and what the farmer says.
    """
    told = question.situation
    own_season = told.sown is not None or told.report is not None
    if own_season or told.soil not in (None, ASSUMED_SOIL):
        return None
    return water_state_at(facts, question.profile, cell=(choice.row, choice.column))


def _same(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> bool:
    return one is other or np.array_equal(one, other)


def _moisture(
    facts: CycleFacts, choice: CellChoice, *, roots: float, soil: str, now: datetime
) -> float | None:
    """Water of the root zone at the hour of now by the model, % of field capacity."""
    cycle = facts.cycle
    layers = next((own for own in LAYERS if all(name in facts.places for name, _ in own)), ())
    step = int(np.searchsorted(cycle.times, to_datetime64(now)))
    if not layers or step >= len(cycle.times):
        return None
    column = cycle.unpack(cycle.point(choice.row, choice.column)[:, step : step + 1])[:, 0]
    edges = [0.0, *(min(edge, roots) for _, edge in layers)]
    water = np.array([column[facts.places[name]] for name, _ in layers], dtype=np.float64)
    mean = float(np.dot(water, np.diff(edges)) / edges[-1])
    return None if np.isnan(mean) else 100.0 * mean / float(soil_named(soil).field_capacity)
