"""What every part of a profile shares: strict keys, two languages, days of the year, sources."""

import re
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

_CHINESE = re.compile(r"[一-鿿]")
_DURATION = re.compile(r"([1-9]\d{0,3}) ([hd])")
HOURS_PER_DAY = 24


class Refused(ValueError):
    """A part is refused.

    Attributes:
        key: key at which it is wrong; empty for the part as a whole.
        faults: several faults at places of their own, instead of one.
    """

    def __init__(self, sentence: str, *, key: str = "", faults: tuple[Any, ...] = ()) -> None:
        super().__init__(sentence)
        self.key = key
        self.faults = faults


class Part(BaseModel):
    """A part of a profile: unknown keys are refused with the near ones, and nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    shorthand: ClassVar[str] = ""
    """Key that a bare text stands for, where one may be written instead of the mapping."""

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, given: Any) -> Any:
        if isinstance(given, str) and cls.shorthand:
            return {cls.shorthand: given}
        if isinstance(given, dict):
            allowed = [field.alias or name for name, field in cls.model_fields.items()]
            for key in given:
                if key not in allowed:
                    raise refusal(unknown_key(str(key), allowed), key=str(key))
        return given


class Text(Part):
    """One text in Chinese and in English."""

    zh: str = Field(min_length=1, max_length=200)
    en: str = Field(min_length=1, max_length=300)

    @model_validator(mode="after")
    def _right_way_round(self) -> "Text":
        if not _CHINESE.search(self.zh):
            raise refusal(f"zh {self.zh!r} holds no Chinese character")
        if _CHINESE.search(self.en):
            raise refusal(f"en {self.en!r} holds Chinese characters")
        return self


class Citation(Part):
    """Where a number comes from, and how well that is known.

    Attributes:
        title: what the source says, or its title.
        kind: what sort of source it is.
        where: how to find it.
        evidence: `read` in the source itself, `secondary` as another quotes it, or `memory`.
    """

    title: str = Field(min_length=1)
    kind: Literal["standard", "paper", "official", "book", "code", "expert"]
    where: str = Field(min_length=1)
    evidence: Literal["read", "secondary", "memory"]


def refusal(sentence: str, *, key: str = "") -> Refused:
    """What a check raises.

    Args:
        sentence: what is wrong, and what is allowed.
        key: key of the part at which it is wrong, where that is one.
    """
    return Refused(sentence, key=key)


def unknown_key(key: str, allowed: list[str]) -> str:
    """Say that a key is not known, and which was perhaps meant."""
    near = get_close_matches(key, allowed, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]!r}?" if near else f"allowed are {', '.join(allowed)}"
    return f"there is no key {key!r}; {hint}"


def hours_of(duration: str) -> int:
    """Hours of a duration that was checked before: `6 h` is 6, `3 d` is 72."""
    number, step = duration.split()
    return int(number) * (HOURS_PER_DAY if step == "d" else 1)


def steps_of(duration: str, step: str) -> int:
    """Steps of an hourly or daily axis in a duration that fits it: `3 d` is 72 steps of `h`."""
    return hours_of(duration) // (HOURS_PER_DAY if step == "d" else 1)


def _check_duration(text: str) -> str:
    if _DURATION.fullmatch(text) is None:
        raise refusal(f"{text!r} is no duration; write whole hours or days, as in '6 h' or '3 d'")
    return text


def _check_day(text: str) -> str:
    try:
        date.fromisoformat(f"2024-{text}")
    except ValueError:
        raise refusal(f"{text!r} is no day of the year; write month-day, as in '04-15'") from None
    return text


def _number_as_text(given: Any) -> Any:
    return str(given) if isinstance(given, int | float) and not isinstance(given, bool) else given


Quantity = Annotated[str, BeforeValidator(_number_as_text)]
"""A number with its unit; a bare number is read as text, so that its unit is what is missed."""

Duration = Annotated[str, AfterValidator(_check_duration), Field(pattern=r"^[1-9]\d{0,3} [hd]$")]
"""Whole hours or days, as in `6 h` or `3 d`."""

DayOfYear = Annotated[str, AfterValidator(_check_day), Field(examples=["04-15"])]
"""Month and day, as in `04-15`."""

Season = tuple[DayOfYear, DayOfYear]
"""First and last day; one that begins later than it ends runs over the turn of the year."""

Cite = Annotated[tuple[str, ...], Field(min_length=1)]
"""Keys of the citations behind a number."""

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$", max_length=60)]
