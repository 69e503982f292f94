"""What stands in a crop profile, each part sound by itself: `crossing` looks across them."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from forecast.advise.profile.names import Place
from forecast.advise.profile.parts import Citation, Cite, Identifier, Part, Text
from forecast.advise.profile.phenology import Phenology
from forecast.advise.profile.rules import Rule, Water, Window
from forecast.advise.profile.sowing import Sowing


class Signature(Part):
    """The maintainer answers for the numbers of one version.

    Attributes:
        by: person.
        on: day.
        version: version of the profile that was signed; another one is not.
    """

    by: str = Field(min_length=2)
    on: date
    version: str


class Maintainer(Part):
    """Who keeps the profile; a bare text is the name.

    Attributes:
        name: agency or person.
        signed: signature, without which no public level of 2 or more may rest on memory alone.
    """

    shorthand = "name"

    name: str = Field(min_length=1)
    signed: Signature | None = None


class PlaceOffset(Part):
    """What the temperature at a place is above that at the screen.

    Attributes:
        gain: difference, as `3 delta_degC`.
        cite: citations.
    """

    gain: str = Field(examples=["3 delta_degC"])
    cite: Cite


class Contents(Part):
    """All that one profile holds.

    Attributes:
        schema_name: `agroprofile/1`; `schema` in the file.
        id: name, which is also that of the file.
        version: semantic version: a changed threshold raises the second number, a changed
            meaning the first.
        crop_eppo: EPPO code of the crop.
        name: in both languages.
        region: where it holds.
        day_boundary: beginning of the day with the zone, `20:00+08:00` or `20:00 Asia/Shanghai`.
        valid_from: first day of validity.
        review_by: day by which somebody must look at it again.
        maintainer: who keeps it.
        places: offsets of tunnel, leaf and soil from the screen.
        phenology: stages.
        sowing: sowing and planting windows.
        rules: hazards, pests, diseases, operations.
        windows: windows for work.
        water: water use.
        citations: by key.
    """

    schema_name: Literal["agroprofile/1"] = Field(alias="schema")
    id: Identifier
    version: str = Field(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")
    crop_eppo: str = Field(pattern=r"^[A-Z0-9]{5,6}$")
    name: Text
    region: Text
    day_boundary: str = Field(examples=["20:00+08:00"])
    valid_from: date
    review_by: date
    maintainer: Maintainer
    places: Mapping[Place, PlaceOffset] = Field(default_factory=dict)
    phenology: Phenology
    sowing: tuple[Sowing, ...] = ()
    rules: tuple[Rule, ...] = ()
    windows: tuple[Window, ...] = ()
    water: Water | None = None
    citations: Mapping[str, Citation]
