"""The soil water of each crop in every cell, carried from day to day as cycles come in.

A day that is over is run through once, with the hours of the newest cycle that had begun before
them: the main forecast, not its members. On first use, and when a season begins, the water is
assumed; from which day on is kept with it. A cell without the hours of a day is missing from then
on, and where all are missing the next day begins anew from the assumption.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import xarray as xr

from forecast.advise.balancing import FieldWater, Start
from forecast.advise.ground import ASSUMED_SOIL
from forecast.advise.profile import CropProfile
from forecast.advise.situation import Situation
from forecast.advise.water_season import WaterSeason, water_season
from forecast.agromet import paddy, single_coefficient
from forecast.agromet.crop_coefficients import soil_named
from forecast.errors import StoreError
from forecast.service.advice.recording import day_of
from forecast.service.advice.water_days import RegionDays
from forecast.service.served import CycleFacts, ServedRegion
from forecast.store.advice.water_state import WaterState, read_water, water_path, write_water
from grids.lookup import LAND

LONGEST_GAP: Final = 30
"""Days that are run through at once; after a longer pause the water is assumed anew."""

Report = Callable[[str, int, int], None]


class CellWater(NamedTuple):
    """Kept soil water of one cell.

    Attributes:
        state: two numbers, as the balance names them; None where what is kept is damaged.
        day: day at whose end they held.
        assumed_from: day at whose beginning the water was assumed.
        trouble: what is wrong with what is kept, or empty.
    """

    state: xr.Dataset | None
    day: date | None
    assumed_from: date | None
    trouble: str = ""

    def document(self) -> dict[str, str | None]:
        """What an answer says of it."""
        return {
            "day": None if self.day is None else self.day.isoformat(),
            "assumed_from": None if self.assumed_from is None else self.assumed_from.isoformat(),
            "trouble": self.trouble or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Watered:
    """What became of the soil water of a crop.

    Attributes:
        profile: id of the crop profile.
        sentence: what was done, or why nothing was.
    """

    profile: str
    sentence: str


def keep_water(
    served: ServedRegion,
    profiles: Sequence[CropProfile],
    *,
    now: datetime,
    report: Report | None = None,
) -> tuple[Watered, ...]:
    """Carry the soil water of crops to the end of the last day that is over.

    Args:
        served: the region.
        profiles: those without water are passed over.
        now: what counts as now, aware.
        report: called with (stage, done, total) as work goes on.

    Raises:
        StoreError: nothing whole is published, or a state cannot be written.
    """
    watered = [profile for profile in profiles if profile.water is not None]
    facts = served.current()
    days = RegionDays(served, facts)
    done = []
    for number, profile in enumerate(watered):
        if report is not None:
            report("keeping soil water", number, len(watered))
        sentence = _kept(served, facts, profile, days=days, now=now)
        done.append(Watered(profile=profile.id, sentence=sentence))
    if report is not None and watered:
        report("keeping soil water", len(watered), len(watered))
    return tuple(done)


def water_state_at(
    facts: CycleFacts, profile: CropProfile, *, cell: tuple[int, int]
) -> CellWater | None:
    """Kept soil water of one cell; None where none is kept, or it is not known there.

    It is that of the assumed soil and the usual season, so it says nothing of a field whose soil or
    sowing was told otherwise.

    Args:
        facts: of the cycle that is asked; the water of a scenario is not that of real cycles.
        profile: of the crop.
        cell: its row and column.
    """
    cycle = facts.cycle
    path = water_path(facts.root, profile.id, simulated=cycle.simulated)
    try:
        about = path.stat()
        version = (about.st_mtime_ns, about.st_size, about.st_ino)
        held = _read(facts.root, profile.id, cycle.simulated, version)
    except OSError:
        return None
    except StoreError as error:
        return CellWater(None, None, None, str(error))
    if held is None or held.grid != cycle.grid:
        return None
    fields = {name: ((), float(field[cell])) for name, field in held.fields.items()}
    if any(np.isnan(value) for _, value in fields.values()):
        return None
    return CellWater(xr.Dataset(fields), held.day, held.assumed_from)


@lru_cache(maxsize=32)
def _read(
    root: Path, profile: str, simulated: bool, version: tuple[int, int, int]
) -> WaterState | None:
    """A state, read once for each version of its file."""
    del version
    return read_water(root, profile, simulated=simulated)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Crop:
    """One crop on its way to the end of the last day that is over."""

    profile: CropProfile
    facts: CycleFacts
    season: WaterSeason
    field: FieldWater
    last: date

    @property
    def names(self) -> tuple[str, ...]:
        """Names of what its balance remembers."""
        return paddy.STATE if self.field.water.flooded else single_coefficient.STATE

    def belongs(self, held: WaterState) -> bool:
        """Whether a state is of this grid and season."""
        return held.grid == self.facts.cycle.grid and held.season_begins == self.season.begins

    def goes_on(self, held: WaterState) -> bool:
        """Whether the days after a state lead to the last one."""
        near = timedelta(0) < self.last - held.day <= timedelta(days=LONGEST_GAP)
        return near and _is_known(held) and self.belongs(held)

    def assumed(self) -> WaterState:
        """The state at the beginning of the last day where none was kept."""
        season_day = float(self.field.season_days(np.array([self.last], "datetime64[D]"))[0])
        shape = self.facts.cycle.grid.shape
        values = zip(self.names, self.field.assumed(day=season_day), strict=True)
        return WaterState(
            profile=self.profile.id,
            simulated=self.facts.cycle.simulated,
            day=self.last - timedelta(days=1),
            assumed_from=self.last,
            season_begins=self.season.begins,
            soil=ASSUMED_SOIL,
            cycle_id=self.facts.cycle.id,
            grid=self.facts.cycle.grid,
            fields={name: np.full(shape, value) for name, value in values},
        )

    def carried(self, held: WaterState, days: RegionDays) -> WaterState:
        """The state at the end of the last day; cells without an hour of rain are missing."""
        first = held.day + timedelta(days=1)
        dates = np.arange(np.datetime64(first, "D"), np.datetime64(self.last, "D") + 1)
        begun: Any = tuple(held.fields[name].ravel() for name in self.names)
        start = Start(kind="kept", day=first, first=0, state=begun)
        course = self.field.run(days.water(self.profile, dates), start)
        land = self.facts.surface["land_fraction"] >= LAND
        ends = [values[:, -1].reshape(land.shape) for values in course.state]
        known = land & np.isfinite(ends).all(axis=0)
        fields = {
            name: np.where(known, end, np.nan) for name, end in zip(self.names, ends, strict=True)
        }
        return replace(held, day=self.last, cycle_id=self.facts.cycle.id, fields=fields)


def _kept(
    served: ServedRegion,
    facts: CycleFacts,
    profile: CropProfile,
    *,
    days: RegionDays,
    now: datetime,
) -> str:
    """Carry one crop on; returns what was done."""
    last = day_of(now + timedelta(microseconds=1), profile) - timedelta(days=1)
    season = water_season(profile, Situation(), today=last)
    if profile.water is None or season is None or not season.applies:
        return "out of season, no soil water is kept"
    soil = soil_named(ASSUMED_SOIL)
    field = FieldWater(water=profile.water, soil=soil, begins=season.begins)
    crop = _Crop(profile=profile, facts=facts, season=season, field=field, last=last)
    held, trouble = _held(served.path, crop)
    if held is not None and held.day >= last and crop.belongs(held):
        return f"known to the end of {held.day}"
    begun = held if held is not None and crop.goes_on(held) else crop.assumed()
    state = crop.carried(begun, days)
    lost = not _is_known(state)
    if lost and begun is not held:
        return f"the hours of {last} are not at hand{trouble}"
    write_water(served.path, state)
    if lost:
        return f"lost: hours between {begun.day} and {last} are not at hand"
    return f"carried to the end of {last}, assumed on {state.assumed_from}{trouble}"


def _is_known(state: WaterState) -> bool:
    """Whether the water of any cell is known."""
    return all(bool(np.isfinite(values).any()) for values in state.fields.values())


def _held(root: Path, crop: _Crop) -> tuple[WaterState | None, str]:
    """The state that is kept, or None and what is wrong with it: nobody can go on from that."""
    try:
        return read_water(root, crop.profile.id, simulated=crop.facts.cycle.simulated), ""
    except StoreError as error:
        return None, f"; {error}"
