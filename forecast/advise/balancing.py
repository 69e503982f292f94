"""Water of a field through days that are past and days ahead, member by member.

A soil under a crop goes by the single coefficient of FAO-56, a flooded rice field by its layer.
Both are told in one measure: how much is missing (mm), and from how much on water is needed. A
soil is missing its depletion and needs water at RAW; a rice field is missing what its layer lacks
to the full depth, and needs water below the least one.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

from forecast.advise.profile.rules import Water
from forecast.agromet import paddy, single_coefficient
from forecast.agromet.crop_coefficients import Crop, Soil, coefficient_on
from forecast.agromet.paddy import Paddy
from forecast.parameters import chosen

Beginning = Literal["reported", "kept", "model", "assumed"]

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a balance begins from.

    Attributes:
        kind: where it is known from.
        day: day at whose end (`kept`) or beginning it held.
        first: place of the first day that is run through.
        state: Dr (mm) and Zr (m), or ponded depth and deficit to saturation (mm).
    """

    kind: Beginning
    day: date
    first: int
    state: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """Course of the water through the days that were run through.

    Attributes:
        first: place of the first of them.
        lacking: mm missing at the end of each day [member, day].
        limit: mm missing from which water is needed [member, day].
        stored: of a soil the depletion, of a rice field the ponded depth, mm [member, day].
        state: what the next run begins with, at the end of each day: two of [member, day].
    """

    first: int
    lacking: Doubles
    limit: Doubles
    stored: Doubles
    state: tuple[Doubles, Doubles]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DayWater:
    """What the days take and give.

    Attributes:
        dates: days [day].
        et0: reference evapotranspiration, mm [member, day].
        rain: mm [member, day].
    """

    dates: npt.NDArray[np.datetime64]
    et0: Doubles
    rain: Doubles

    def until(self, end: int) -> "DayWater":
        """The days before a place."""
        return DayWater(dates=self.dates[:end], et0=self.et0[:, :end], rain=self.rain[:, :end])

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Whether each day is known for all members [day]."""
        return np.asarray((np.isfinite(self.et0) & np.isfinite(self.rain)).all(axis=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldWater:
    """A crop in a soil from a day on.

    Attributes:
        water: of the profile.
        soil: of the field.
        begins: first day of the first stage.
    """

    water: Water
    soil: Soil
    begins: date

    @property
    def crop(self) -> Crop:
        """What the single coefficient asks; it looks at neither basal coefficient nor height."""
        water = self.water
        return Crop(
            stages=water.stage_days,
            kc=water.kc,
            kcb=(np.nan,) * 3,
            height=(np.nan, np.nan),
            roots=water.zr_m,
            depletion=water.p,
        )

    @property
    def paddy(self) -> Paddy:
        """A bunded field on this soil; its crop takes no water below the wilting point."""
        soil, depth = self.soil, 1000.0 * self.water.zr_m[1]
        return Paddy(
            bund=chosen("paddy_bund"),
            percolation=percolation(soil),
            deepest_deficit=depth * (soil.saturation - soil.wilting_point),
        )

    def season_days(self, dates: npt.NDArray[np.datetime64]) -> Doubles:
        """Days since the beginning [day]."""
        passed = dates.astype("datetime64[D]") - np.datetime64(self.begins, "D")
        return np.asarray(passed.astype(np.float64))

    def roots(self, day: float) -> float:
        """Depth of the roots on a day of the season, m."""
        least, most = self.water.zr_m
        grown = coefficient_on(day, (0.0, 1.0, 1.0), stages=self.water.stage_days)
        return float(least + (most - least) * grown)

    def at_moisture(self, percent: float, *, day: float) -> tuple[float, float]:
        """State of a root zone at a moisture in % of field capacity, on a day of the season."""
        volume, soil = percent / 100.0 * self.soil.field_capacity, self.soil
        if self.water.flooded:
            depth = 1000.0 * self.water.zr_m[1]
            return 0.0, float(np.clip((soil.saturation - volume) * depth, 0.0, None))
        roots = self.roots(day)
        available = 1000.0 * (soil.field_capacity - soil.wilting_point) * roots
        missing = 1000.0 * (soil.field_capacity - volume) * roots
        return float(np.clip(missing, 0.0, available)), roots

    def assumed(self, *, day: float) -> tuple[float, float]:
        """State where nothing is known: half way from full to where water is needed."""
        share = chosen("assumed_depletion")
        if self.water.flooded:
            full, least = chosen("paddy_full_depth"), chosen("paddy_least_depth")
            return full - share * (full - least), 0.0
        roots = self.roots(day)
        available = 1000.0 * (self.soil.field_capacity - self.soil.wilting_point) * roots
        return share * self.water.p * available, roots

    def run(self, days: "DayWater", start: Start) -> Course:
        """Run the days from the start on."""
        ran = slice(start.first, None)
        season = self.season_days(days.dates[ran])
        et0, rain = days.et0[:, ran], days.rain[:, ran]
        kc = coefficient_on(season, self.water.kc, stages=self.water.stage_days)[np.newaxis]
        if self.water.flooded:
            return self._layer(kc * et0, rain, start)
        grown = coefficient_on(season, (0.0, 1.0, 1.0), stages=self.water.stage_days)
        inputs = (kc, grown[np.newaxis], et0, rain)
        held = 1000.0 * (self.soil.field_capacity - self.soil.wilting_point)
        found = single_coefficient.walk(inputs, crop=self.crop, held=held, start=start.state)
        depletion = found["root_zone_depletion"]
        return Course(
            first=start.first,
            lacking=depletion,
            limit=found["readily_available_water"],
            stored=depletion,
            state=(depletion, found["root_depth"]),
        )

    def _layer(self, demand: Doubles, rain: Doubles, start: Start) -> Course:
        found = paddy.walk(rain, demand, paddy=self.paddy, start=start.state)
        pond, deficit = found["ponded_depth"], found["saturation_deficit"]
        full, least = chosen("paddy_full_depth"), chosen("paddy_least_depth")
        return Course(
            first=start.first,
            lacking=full - pond + deficit,
            limit=np.full_like(pond, full - least),
            stored=pond,
            state=(pond, deficit),
        )


def percolation(soil: Soil) -> float:
    """What a puddled rice field loses to the ground, mm d-1: a line from sand to clay.

    Over the field capacity of both (FAO-56, table 19: 0.12 and 0.36).
    """
    share = float(np.clip((soil.field_capacity - 0.12) / (0.36 - 0.12), 0.0, 1.0))
    sand, clay = chosen("paddy_percolation_sand"), chosen("paddy_percolation_clay")
    return sand + (clay - sand) * share
