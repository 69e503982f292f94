"""A crop profile, `agroprofile/1`: everything that advice on one crop in one place rests on."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import field_validator, model_validator

from forecast.advise.profile.contents import Contents
from forecast.advise.profile.crossing import faults_across
from forecast.advise.profile.parts import Refused, refusal
from forecast.errors import InvalidRequest
from forecast.times import DayBoundary, zone_info

_BOUNDARY = re.compile(r"([01]\d|2[0-3]):[0-5]\d(?:([+-])(\d\d):00| ([A-Za-z_]+(?:/[\w+-]+)*))")


class CropProfile(Contents):
    """One crop in one region: contents whose parts fit together."""

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
