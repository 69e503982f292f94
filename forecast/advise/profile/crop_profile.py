"""A crop profile, `agroprofile/1`: everything that advice on one crop in one place rests on."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from forecast.advise.profile.crossing import faults_across
from forecast.advise.profile.names import Place
from forecast.advise.profile.parts import Citation, Cite, Identifier, Part, Refused, Text, refusal
from forecast.advise.profile.phenology import Phenology
from forecast.advise.profile.rules import Rule, Water, Window
from forecast.advise.profile.sowing import Sowing
from forecast.errors import InvalidRequest
from forecast.times import DayBoundary, zone_info

_BOUNDARY = re.compile(r"([01]\d|2[0-3]):[0-5]\d(?:([+-])(\d\d):00| ([A-Za-z_]+(?:/[\w+-]+)*))")


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


class CropProfile(Part):
    """One crop in one region.

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

    @model_validator(mode="before")
    @classmethod
    def _gains(cls, given: Any) -> Any:
        """Give each threshold that holds elsewhere the offset that the profile declares."""
        places = given.get("places") if isinstance(given, dict) else None
        if not isinstance(places, dict):
            return given
        gains = {
            place: offset["gain"]
            for place, offset in places.items()
            if isinstance(offset, dict) and "gain" in offset
        }
        return {key: _with_gains(part, gains) for key, part in given.items()}

    @field_validator("day_boundary")
    @classmethod
    def _boundary_known(cls, text: str) -> str:
        if _BOUNDARY.fullmatch(text) is None:
            raise refusal(f"{text!r} is no day boundary; write 20:00+08:00 or 20:00 Asia/Shanghai")
        try:
            zone_info(_zone(text))
        except InvalidRequest as error:
            raise refusal(str(error)) from None
        return text

    @model_validator(mode="after")
    def _sound(self) -> "CropProfile":
        if self.review_by <= self.valid_from:
            raise refusal(f"review_by {self.review_by} is not after valid_from {self.valid_from}")
        faults = faults_across(self)
        if faults:
            told = "; ".join(fault.sentence for fault in faults)
            raise Refused(told, faults=faults)
        return self

    @property
    def boundary(self) -> DayBoundary:
        """Beginning of the day."""
        return DayBoundary.parse(self.day_boundary[:5])

    @property
    def zone(self) -> str:
        """IANA zone of the day; a whole-hour offset has one too, as `Etc/GMT-8`."""
        return _zone(self.day_boundary)

    @property
    def label(self) -> str:
        """Name and version, as advice keeps them: `rice.xiaozhan.ninghe@0.1.0`."""
        return f"{self.id}@{self.version}"


def _zone(text: str) -> str:
    found = _BOUNDARY.fullmatch(text)
    if found is None:
        raise refusal(f"{text!r} is no day boundary; write 20:00+08:00 or 20:00 Asia/Shanghai")
    if found[4]:
        return found[4]
    west_positive = {"+": "-", "-": "+"}[found[2]]
    return "Etc/GMT" if int(found[3]) == 0 else f"Etc/GMT{west_positive}{int(found[3])}"


def _with_gains(part: Any, gains: Mapping[str, str]) -> Any:
    """The part with the gain of its place in each comparison that names one and gives none."""
    if isinstance(part, list):
        return [_with_gains(each, gains) for each in part]
    if not isinstance(part, dict):
        return part
    filled = {key: _with_gains(each, gains) for key, each in part.items()}
    if "var" in part and "gain" not in part and part.get("at") in gains:
        filled["gain"] = gains[part["at"]]
    return filled
