"""How a crop's stages are told: by degree-days from a fixed point, by the calendar, or reported."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from forecast.advise.profile.parts import (
    Cite,
    DayOfYear,
    Identifier,
    Part,
    Quantity,
    Season,
    Text,
    refusal,
)
from forecast.advise.profile.quantities import convert

ANY_STAGE = "any"
"""What a rule names that holds in every stage."""


class Stage(Part):
    """One stage of the crop.

    Attributes:
        id: name that rules refer to.
        bbch: first and last growth stage on the BBCH scale.
        name: in both languages.
        calendar: usual first and last day.
        gdd_from: degree-days since the biofix at which it begins, degC d.
        gdd_sd: standard deviation of that, degC d.
    """

    id: Identifier
    bbch: Annotated[tuple[int, int], Field(description="first and last, 0 to 99")]
    name: Text
    calendar: Season | None = None
    gdd_from: float | None = Field(None, ge=0, le=10_000)
    gdd_sd: float = Field(0.0, ge=0, le=1000)

    @model_validator(mode="after")
    def _sound(self) -> "Stage":
        if self.id == ANY_STAGE:
            raise refusal(f"a stage is called {ANY_STAGE!r}, which means every stage; rename it")
        if not 0 <= self.bbch[0] <= self.bbch[1] <= 99:
            raise refusal(f"bbch {list(self.bbch)} does not rise within 0 to 99")
        if self.calendar is None and self.gdd_from is None:
            raise refusal(f"stage {self.id} needs a calendar or gdd_from")
        return self


class Phenology(Part):
    """Stages, and how degree-days are summed.

    Attributes:
        method: `simple`, `modified` or `single_sine`, as in `forecast.agromet`.
        base: lower threshold temperature.
        upper: upper threshold temperature, if any.
        cutoff: what happens above the upper threshold, for `single_sine`.
        biofix: where the sum begins: at sowing or transplanting, on a fixed day, or as reported.
        fixed_date: the day, where the biofix is fixed.
        stages: in order.
        cite: citations.
    """

    method: Literal["simple", "modified", "single_sine"]
    base: Quantity = Field(examples=["10 degC"])
    upper: Quantity | None = None
    cutoff: Literal["horizontal", "intermediate", "vertical"] = "horizontal"
    biofix: Literal["sowing", "transplanting", "fixed", "reported"]
    fixed_date: DayOfYear | None = None
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    cite: Cite

    @model_validator(mode="after")
    def _sound(self) -> "Phenology":
        try:
            base, upper = self.base_celsius, self.upper_celsius
        except ValueError as error:
            raise refusal(str(error)) from None
        if upper is not None and upper <= base:
            raise refusal(f"upper {self.upper} is not above base {self.base}")
        if (self.biofix == "fixed") != (self.fixed_date is not None):
            raise refusal("fixed_date belongs to biofix: fixed, and to no other")
        self._stages_rise()
        return self

    def _stages_rise(self) -> None:
        names = [stage.id for stage in self.stages]
        if len(set(names)) < len(names):
            raise refusal(f"stages are named twice in {', '.join(names)}")
        sums = [stage.gdd_from for stage in self.stages if stage.gdd_from is not None]
        if sums != sorted(set(sums)):
            told = ", ".join(f"{value:g}" for value in sums)
            raise refusal(f"gdd_from of the stages does not rise: {told} degC d")
        codes = [stage.bbch[0] for stage in self.stages]
        if codes != sorted(codes):
            raise refusal(f"bbch of the stages does not rise: {codes}")

    @property
    def base_celsius(self) -> float:
        """Lower threshold, degC."""
        return convert(self.base, "degC", what="base")

    @property
    def upper_celsius(self) -> float | None:
        """Upper threshold, degC; None where there is none."""
        return None if self.upper is None else convert(self.upper, "degC", what="upper")

    def stage(self, name: str) -> Stage:
        """The stage of that name.

        Raises:
            KeyError: there is none.
        """
        return {stage.id: stage for stage in self.stages}[name]
