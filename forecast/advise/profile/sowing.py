"""When a crop may be sown or planted: gates of warmth, what to avoid, and how sure one must be."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from forecast.advise.profile.grammar import Condition
from forecast.advise.profile.names import measure
from forecast.advise.profile.parts import (
    Cite,
    DayOfYear,
    Duration,
    Identifier,
    Part,
    Quantity,
    Text,
    refusal,
)
from forecast.advise.profile.quantities import convert

Method = Literal[
    "ma5_longest_run",
    "ma5_first_window",
    "ma5_last_below",
    "consecutive_3",
    "consecutive_5",
]
"""Definitions of a stable passing, as `forecast.agromet.stable_passing` has them."""


class Thermal(Part):
    """A daily temperature passes a threshold and stays beyond it.

    Attributes:
        index: short name of the daily temperature.
        method: definition of the stable passing.
        threshold: temperature.
        direction: `rising` in spring; `falling` in autumn, where it must have come down to it.
        not_below: in a falling season, the temperature below which it is too late.
        covered_offset: how much lower the gate lies outdoors where the seedbed is covered.
        round_to: step to which the sliding mean is rounded.
    """

    index: str
    method: Method
    threshold: Quantity = Field(examples=["10 degC"])
    direction: Literal["rising", "falling"] = "rising"
    not_below: str | None = None
    covered_offset: str | None = Field(None, examples=["2 delta_degC"])
    round_to: str | None = Field(None, examples=["0.1 delta_degC"])

    @model_validator(mode="after")
    def _sound(self) -> "Thermal":
        try:
            known = measure(self.index)
            lowest = self.not_below_celsius
            _ = (self.threshold_celsius, self.covered_offset_kelvin, self.round_to_kelvin)
        except ValueError as error:
            raise refusal(str(error)) from None
        if known.step != "d" or known.units != "degC":
            raise refusal(f"index {self.index} is no daily temperature, as tmean or tsoil5_d")
        if lowest is not None and not (
            self.direction == "falling" and lowest < self.threshold_celsius
        ):
            raise refusal("not_below belongs to direction: falling, and lies below the threshold")
        return self

    @property
    def threshold_celsius(self) -> float:
        """Threshold, degC."""
        return convert(self.threshold, "degC", what="threshold")

    @property
    def not_below_celsius(self) -> float | None:
        """Temperature below which it is too late, degC."""
        return None if self.not_below is None else convert(self.not_below, "degC", what="not_below")

    @property
    def covered_offset_kelvin(self) -> float:
        """How much lower the gate lies under cover, K."""
        return _kelvin(self.covered_offset, what="covered_offset")

    @property
    def round_to_kelvin(self) -> float | None:
        """Step of rounding, K; None for no rounding."""
        return _kelvin(self.round_to, what="round_to") or None


class HeatSum(Part):
    """Sum of daily means above a base, from sowing until they pass it for the winter.

    Attributes:
        base: temperature above which days count.
        at_least: lowest sum that is enough.
        at_most: highest sum that is not too much.
    """

    base: str
    at_least: str
    at_most: str

    @model_validator(mode="after")
    def _sound(self) -> "HeatSum":
        try:
            low, high = self.bounds
            _ = self.base_celsius
        except ValueError as error:
            raise refusal(str(error)) from None
        if low >= high:
            raise refusal(f"at_least {self.at_least} is not below at_most {self.at_most}")
        return self

    @property
    def base_celsius(self) -> float:
        """Base, degC."""
        return convert(self.base, "degC", what="base")

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest sum, degC d."""
        low = convert(self.at_least, "degC d", what="at_least")
        return low, convert(self.at_most, "degC d", what="at_most")


class LastFrost(Part):
    """The chance that the temperature still falls to a limit after the day.

    Attributes:
        tmin: the limit.
        p_green: highest probability of it for green.
        p_amber: likewise for amber.
    """

    tmin: Quantity = Field(examples=["2 degC"])
    p_green: float = Field(ge=0, le=1)
    p_amber: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _sound(self) -> "LastFrost":
        try:
            _ = self.limit_celsius
        except ValueError as error:
            raise refusal(str(error)) from None
        if self.p_green > self.p_amber:
            raise refusal("p_green of last_frost is above p_amber: less frost is greener")
        return self

    @property
    def limit_celsius(self) -> float:
        """The limit, degC."""
        return convert(self.tmin, "degC", what="tmin")


def _listed(given: Any) -> Any:
    return [given] if isinstance(given, dict | Thermal) else given


class Sowing(Part):
    """A sowing or planting window.

    Attributes:
        id: name.
        name: in both languages.
        thermal: gates of warmth, all of which must be passed; one may be written without a list.
        heat_sum: warmth that must still come, for what is sown in autumn.
        last_frost: chance of frost afterwards, for tender crops.
        avoid: daily conditions, none of which may hold.
        horizon: how far ahead all this is looked at.
        p_green: lowest probability for green.
        p_amber: lowest probability for amber.
        earliest: first day that is ever advised.
        latest: last day that is safe.
        last_stage: last stage in which it is still done: a later one that is reported shuts it; the
            calendar alone where none is named.
        cite: citations.
    """

    id: Identifier
    name: Text
    thermal: Annotated[tuple[Thermal, ...], BeforeValidator(_listed), Field(min_length=1)]
    heat_sum: HeatSum | None = None
    last_frost: LastFrost | None = None
    avoid: tuple[Condition, ...] = ()
    horizon: Duration
    p_green: float = Field(0.7, gt=0, le=1)
    p_amber: float = Field(0.4, gt=0, le=1)
    earliest: DayOfYear
    latest: DayOfYear
    last_stage: str | None = None
    cite: Cite

    @model_validator(mode="after")
    def _sound(self) -> "Sowing":
        if self.p_amber >= self.p_green:
            raise refusal(f"p_amber {self.p_amber:g} is not below p_green {self.p_green:g}")
        return self


def _kelvin(text: str | None, *, what: str) -> float:
    return 0.0 if text is None else convert(text, "K", what=what, difference=True)
