"""Numbers with their units, and what they are numbers of."""

import math
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal

from forecast.advise.profile.kernels import kernels
from forecast.advise.profile.names import measures
from forecast.advise.profile.phrases import number
from forecast.advise.profile.wording import Language
from forecast.advise.words.catalogue import table

Family = Literal["temperature", "speed", "amount"]

_WIND: Final = "m s-1"
_LEAST_RAIN: Final = 1.0
"""Rain below this is told with its decimal, mm."""


def exactly(value: float, unit: str, *, language: Language) -> str:
    """A number as it was judged: 1.2℃, 17.2 m/s."""
    return number(value, unit, language=language)


def enough(change: float, unit: str, *, language: Language) -> str:
    """A change that turns an answer, rounded up: nobody forecasts rain to a hundredth of a mm."""
    if unit in {"%", "W m-2"}:
        change = math.ceil(round(change, 6))
    elif unit == "mm" and change >= _LEAST_RAIN:
        change = math.ceil(round(change * 10.0, 6)) / 10.0
    return exactly(change, unit, language=language)


def roughly(value: float, unit: str, *, language: Language) -> str:
    """A number as a message has it: whole degrees, in Chinese wind as its force.

    English keeps to the signs of plain text messages, which have no degree sign.
    """
    if unit == _WIND and language == "zh":
        return f"{wind_force(value)}级"
    whole = unit in {"degC", "K", _WIND, "%", "degC d"} or value >= _LEAST_RAIN
    rounded = float(math.floor(value + 0.5)) if whole else round(value, 1)
    text = number(rounded, unit, language=language)
    if language == "zh":
        return f"零下{text[1:]}" if unit == "degC" and text.startswith("−") else text
    return text.replace("−", "-").replace("°", "").replace("²", "2").replace("  ", " ")


def wind_force(speed: float) -> int:
    """Force of a wind, m s-1, on the scale of Beaufort.

    GB/T 28591-2012, table 1: forces 0 to 17.
    """
    return bisect_right(_forces(), round(speed, 1)) - 1


def label(subject: str, language: Language) -> str:
    """What a quantity or model is called: 日最低气温, the lowest temperature of the day.

    Args:
        subject: short name of the quantity, name or key of a model; anything else as it stands.
        language: `zh` or `en`.
    """
    name = _name(subject)
    known = measures().get(name) or kernels().get(name)
    if known is None:
        return subject
    return known.zh if language == "zh" else known.en


def dated_label(subject: str, language: Language) -> str:
    """What a quantity is called beside the date of its value: 最低气温, the lowest temperature.

    Args:
        subject: short name of the quantity, name or key of a model.
        language: `zh` or `en`.
    """
    told = _labels().get(_name(subject), {}).get(f"dated_{language}")
    return str(told) if told else label(subject, language)


def extreme(subject: str) -> str:
    """Whether a quantity of a day is its extreme: `min`, `max`, or neither (empty)."""
    return str(_labels().get(_name(subject), {}).get("extreme", ""))


def short_label(subject: str, language: Language) -> str:
    """What a quantity or model is called in messages: 最低, low."""
    entry = _labels().get(_name(subject))
    return str(entry[language]) if entry else label(subject, language)


def family(subject: str) -> Family:
    """How a difference of a quantity is spoken of."""
    entry = _labels().get(_name(subject))
    return entry["family"] if entry else "amount"


def _name(subject: str) -> str:
    return subject.partition("(")[0]


@cache
def _labels() -> Mapping[str, Mapping[str, Any]]:
    return table("labels")


@cache
def _forces() -> tuple[float, ...]:
    return tuple(table("wind_force")["from"])
