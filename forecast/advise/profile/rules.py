"""Rules with rising levels, windows for work in the field, and the water of the crop."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from forecast.advise.profile.grammar import Condition
from forecast.advise.profile.names import Step
from forecast.advise.profile.parts import Cite, Duration, Identifier, Part, Season, Text, refusal
from forecast.advise.profile.phenology import ANY_STAGE

Kind = Literal["hazard", "pest", "disease", "operation"]

Stages = Annotated[tuple[str, ...], Field(min_length=1)]
"""Stages in which something applies; `any` for all."""


class Decide(Part):
    """From a probability to a warning.

    Attributes:
        cost_loss: cost of protecting over the loss it avoids: warn at this probability.
        watch_ratio: share of that from which it is watched.
        min_members: members below which no probability is given.
    """

    cost_loss: float = Field(gt=0, lt=1)
    watch_ratio: float = Field(0.5, gt=0, le=1)
    min_members: int = Field(10, ge=1, le=1000)


class Level(Part):
    """One level of a rule.

    Attributes:
        level: 1 to 4.
        name: in both languages.
        condition: when it is reached; `if` in the file.
        cite: citations.
        action: what to do.
    """

    level: int = Field(ge=1, le=4)
    name: Text
    condition: Condition = Field(alias="if")
    cite: Cite
    action: Text


class Rule(Part):
    """A hazard, pest, disease or operation with levels.

    Attributes:
        id: name.
        name: what it is called, in both languages; without one its levels stand for it.
        kind: what it is about.
        stages: stages in which it applies.
        decide: when to warn.
        season: days of the year in which it applies; always where it is not given.
        levels: rising.
    """

    id: Identifier
    name: Text | None = None
    kind: Kind
    stages: Stages
    decide: Decide
    season: Season | None = None
    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=4)]

    @model_validator(mode="after")
    def _sound(self) -> "Rule":
        levels = [level.level for level in self.levels]
        if levels != sorted(set(levels)):
            sentence = f"levels {levels} do not rise; each level stands once, the lowest first"
            raise refusal(sentence, key="levels")
        return self


class Window(Part):
    """When a piece of work suits the weather.

    Attributes:
        id: name.
        name: in both languages.
        stages: stages in which it is done.
        step: `h` or `d`.
        green: condition of suitable weather.
        amber: condition of weather that just does.
        min_length: how long a window must be.
        daylight_only: whether hours with the sun below the horizon are left out.
        cite: citations.
    """

    id: Identifier
    name: Text
    stages: Stages
    step: Step
    green: Condition
    amber: Condition
    min_length: Duration
    daylight_only: bool = True
    cite: Cite


class Water(Part):
    """Water use of the crop after FAO-56.

    Attributes:
        kc: crop coefficient, initial, middle and end.
        stage_days: length of the four stages, days.
        p: share of the available water that may be depleted.
        zr_m: depth of roots, least and most, m.
        flooded: whether a water layer is kept.
        stages: stages in which the field is watered; the coefficients count from the first.
        cite: citations.
    """

    kc: tuple[
        Annotated[float, Field(gt=0, le=2)],
        Annotated[float, Field(gt=0, le=2)],
        Annotated[float, Field(gt=0, le=2)],
    ]
    stage_days: tuple[
        Annotated[int, Field(ge=0, le=365)],
        Annotated[int, Field(ge=0, le=365)],
        Annotated[int, Field(ge=0, le=365)],
        Annotated[int, Field(ge=0, le=365)],
    ]
    p: float = Field(gt=0, lt=1)
    zr_m: tuple[Annotated[float, Field(gt=0, le=5)], Annotated[float, Field(gt=0, le=5)]]
    flooded: bool = False
    stages: Stages = (ANY_STAGE,)
    cite: Cite

    @model_validator(mode="after")
    def _sound(self) -> "Water":
        if self.zr_m[0] > self.zr_m[1]:
            raise refusal(f"zr_m {list(self.zr_m)}: the least depth of roots stands first")
        return self
