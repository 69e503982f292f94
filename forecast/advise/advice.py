"""All that is said of a crop at a place at one time, as one value; ready for JSON.

Texts are those of the profile; sentences are made of these values by `forecast.advise.words`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from forecast.advise.advisory import Advisory, Kind, State, Value
from forecast.advise.decision import Decision
from forecast.advise.profile.names import Step
from forecast.advise.profile.parts import Citation, Text
from forecast.advise.stages import Reason as StageReason


class StageNow(Value):
    """A stage that the crop is in today, or may be.

    Attributes:
        id: of the profile.
        name: in both languages.
        reason: what tells it.
        probability: share of members for which it is; None with one forecast.
    """

    id: str
    name: Text
    reason: StageReason
    probability: float | None = Field(None, ge=0, le=1)


class StageDate(Value):
    """When a stage is reached by degree-days.

    Attributes:
        id: of the profile.
        name: in both languages.
        reached: date on which it was reached, where that is past; None where it is ahead.
        p10, p50, p90: dates by which it is reached with that chance; None where it is not reached
            within the year in so many of the futures.
        chance_in_forecast: chance that it is reached within the days of the forecast.
        futures: how many futures were counted: members x years x draws of the threshold.
        members, years: that they are made of; 0 years where the long-term mean stands for them,
            so that the range is too narrow.
        threshold: degree-days, and
        threshold_sd: standard deviation of it that was drawn from, degC d.
    """

    id: str
    name: Text
    reached: str | None = None
    p10: str | None = None
    p50: str | None = None
    p90: str | None = None
    chance_in_forecast: float | None = Field(None, ge=0, le=1)
    futures: int
    members: int
    years: int
    threshold: float
    threshold_sd: float


class Timeline(Value):
    """State of a rule, window or sowing at every step: the traffic lights.

    Attributes:
        rule: of the profile.
        kind: what it is.
        name: in both languages; of a rule without one that of its highest state, or None.
        step: hours or days.
        times: ends of the hours (UTC), or dates.
        states: state at each of them.
        probability: by level or grade, at each of them; None where it is not known, or where
            there is but one forecast.
    """

    rule: str
    kind: Kind
    name: Text | None
    step: Step
    times: tuple[str, ...]
    states: tuple[State, ...]
    probability: Mapping[str, tuple[float | None, ...]]


class Irrigation(Value):
    """When and how much to irrigate, by the water balance of FAO-56.

    Attributes:
        state: `red` water is needed on the first day, `amber` within the forecast, or the field
            comes near to it, `green` not within it.
        first, median, last: dates on which the depletion reaches what is readily available, P10,
            P50 and P90 over the members; None where it does not within the forecast.
        depletion_mm, readily_available_mm: today; of flooded rice the ponded depth and its least.
        amount_mm, amount_m3_per_mu: to fill the root zone on the median date, less the rain that is
            counted on.
        expected_rain_mm: that rain.
        postpone: date of rain that would make it needless, and
        postpone_mm: how much it must be; None where there is none,
        postpone_until: last day for which that much is enough, and
        postpone_probability: chance of as much; None with one forecast.
        start: what the balance began from: `reported`, `kept` from the cycle before, `model` soil
            moisture, or `assumed`; and the day.
        start_day: its day.
        season_begins: day from which the coefficients of the crop count, and
        season_assumed: whether that is the usual day, because nobody told another.
        soil: texture, and
        soil_assumed: whether nobody named it.
        members: whose balances were run.
        citations: sources, by key.
    """

    state: Literal["red", "amber", "green", "no-data", "not-applicable"]
    first: str | None = None
    median: str | None = None
    last: str | None = None
    depletion_mm: float | None = None
    readily_available_mm: float | None = None
    amount_mm: float | None = None
    amount_m3_per_mu: float | None = None
    expected_rain_mm: float | None = None
    postpone: str | None = None
    postpone_mm: float | None = None
    postpone_until: str | None = None
    postpone_probability: float | None = Field(None, ge=0, le=1)
    start: Literal["reported", "kept", "model", "assumed"]
    start_day: str | None = None
    season_begins: str | None = None
    season_assumed: bool = False
    soil: str
    soil_assumed: bool
    members: int
    citations: Mapping[str, Citation]


class StandingWater(Value):
    """Water that may stand in the field, and when the field can be entered again.

    Attributes:
        state: `red` water stands in half of the members or more, `amber` in a tenth, else `green`.
        probability: chance that water stands for long enough to count, at any time of the days
            that are looked ahead to (`ponding_horizon`); None with one forecast.
        begins: first hour at which it does in the median of the members for which it does.
        depth_mm_p50, depth_mm_p90: deepest, over the members; of a flooded rice field with its
            layer.
        hours_to_drain_p50, hours_to_drain_p90: from its deepest on, over the members; None where
            it does not drain within these days.
        hours_until_entry_p50, hours_until_entry_p90: from now on until the field carries, after
            the water that is to come; None where it does not within these days, and in a flooded
            rice field.
        low_lying: whether the cell lies low; None where the heights do not tell.
        height_above_drainage_m, topographic_wetness: by which that is told.
        caveat: whether the heights are too coarse to tell low ground in a plain.
        flooded: whether it is a rice field with a layer that is kept, so that only water above the
            bund counts.
        start: what the water of the soil began from, as in `Irrigation`.
        members: that were known.
        soil: texture, and
        soil_assumed: whether nobody named it.
    """

    state: Literal["red", "amber", "green", "no-data"]
    probability: float | None = Field(None, ge=0, le=1)
    begins: str | None = None
    depth_mm_p50: float | None = None
    depth_mm_p90: float | None = None
    hours_to_drain_p50: float | None = None
    hours_to_drain_p90: float | None = None
    hours_until_entry_p50: float | None = None
    hours_until_entry_p90: float | None = None
    low_lying: bool | None = None
    height_above_drainage_m: float | None = None
    topographic_wetness: float | None = None
    caveat: bool = False
    flooded: bool = False
    start: Literal["reported", "kept", "model", "assumed"] = "assumed"
    members: int
    soil: str
    soil_assumed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a profile says at a place.

    Attributes:
        profile: name and version.
        stages: stages that the crop is in today, or may be.
        advisories: the rules, then windows, then sowings, in the order of the profile.
        timelines: of each of them, alike.
        phenology: dates of the stages to come, and of the one that was reached last.
        irrigation: of the profile's water; None where it has none, or nothing to judge it by.
        standing_water: None where there is no hourly rain.
        decisions: by rule, what the next cycle compares itself with.
    """

    profile: str
    stages: tuple[StageNow, ...]
    advisories: tuple[Advisory, ...]
    timelines: tuple[Timeline, ...]
    phenology: tuple[StageDate, ...] = ()
    irrigation: Irrigation | None = None
    standing_water: StandingWater | None = None
    decisions: Mapping[str, Decision]

    @property
    def timely(self) -> tuple[Timeline, ...]:
        """Timelines of what has its stage or season within the forecast."""
        states = {one.rule: one.state for one in self.advisories}
        return tuple(one for one in self.timelines if states.get(one.rule) != "not-applicable")
