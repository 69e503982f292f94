"""Irrigation and standing water as sentences."""

import math
from collections.abc import Iterator
from datetime import date

from forecast.advise.advice import Irrigation, StandingWater
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.wording import Language
from forecast.advise.words.about import About
from forecast.advise.words.amounts import exactly
from forecast.advise.words.catalogue import sentence
from forecast.advise.words.confidence import tens
from forecast.advise.words.moments import day, length, moment
from forecast.advise.words.paragraph import in_both


def irrigation_text(
    irrigation: Irrigation, profile: CropProfile, *, about: About
) -> dict[Language, str]:
    """When to irrigate, how much, what rain would do instead, and what it rests on.

    Args:
        irrigation: of the crop.
        profile: whether the field is flooded.
        about: place and zone.
    """
    flooded = profile.water is not None and profile.water.flooded
    return in_both(about, lambda language: _irrigation(irrigation, language, flooded=flooded))


def standing_water_text(water: StandingWater, *, about: About) -> dict[Language, str]:
    """Whether water stands, how deep, how long, and when the field can be entered."""
    return in_both(about, lambda language: _standing(water, about, language))


def _irrigation(told: Irrigation, language: Language, *, flooded: bool) -> Iterator[str]:
    if told.state in {"no-data", "not-applicable"}:
        yield sentence(f"irrigation.{told.state}", language)
        return
    if told.depletion_mm is not None and told.readily_available_mm is not None:
        dates = {"middle": told.median, "early": told.first, "late": told.last}
        days = {key: _day(text, language) for key, text in dates.items() if text is not None}
        kind = "paddy" if flooded else "irrigation"
        yield sentence(
            f"{kind}.{_need(told)}",
            language,
            depletion=_mm(told.depletion_mm, language),
            available=_mm(told.readily_available_mm, language),
            **days,
        )
    yield from _amount(told, language)
    yield from _postponed(told, language)
    if told.start == "assumed":
        yield sentence("irrigation.assumed", language)


def _need(told: Irrigation) -> str:
    if told.state != "amber":
        return told.state
    if told.median is None:
        return "near"
    return "date" if told.first is None or told.last is None else "dates"


def _amount(told: Irrigation, language: Language) -> Iterator[str]:
    if told.amount_mm is None or told.amount_m3_per_mu is None or told.state == "green":
        return
    slots = {
        "amount": _mm(told.amount_mm, language),
        "volume": f"{told.amount_m3_per_mu:.0f}",
    }
    rain = told.expected_rain_mm
    if rain:
        yield sentence("irrigation.amount_rain", language, rain=_mm(rain, language), **slots)
    else:
        yield sentence("irrigation.amount", language, **slots)


def _postponed(told: Irrigation, language: Language) -> Iterator[str]:
    if told.postpone is None or told.postpone_mm is None:
        return
    slots = {"date": _day(told.postpone, language), "rain": _mm(told.postpone_mm, language)}
    if told.postpone_until is None:
        yield sentence("irrigation.postpone", language, **slots)
    else:
        until = _day(told.postpone_until, language)
        yield sentence("irrigation.postpone_until", language, until=until, **slots)
    chance = told.postpone_probability
    if chance is not None:
        yield sentence("irrigation.postpone_chance", language, tens=tens(chance, language))


def _standing(water: StandingWater, about: About, language: Language) -> Iterator[str]:
    if water.state == "no-data":
        yield sentence("standing.no-data", language)
        return
    if water.state == "green":
        yield from _dry(water, language)
    else:
        yield _wet(water, about, language)
        yield from _how_deep(water, language)
    yield from _entry(water, language)
    if water.low_lying and water.state != "green":
        yield sentence("standing.low", language)
    if water.caveat:
        yield sentence("standing.coarse", language)


def _dry(water: StandingWater, language: Language) -> Iterator[str]:
    if water.probability:
        yield sentence("standing.chance", language, tens=tens(water.probability, language))
    else:
        yield sentence("standing.no", language)


def _wet(water: StandingWater, about: About, language: Language) -> str:
    slots = {}
    if water.begins is not None:
        slots["begins"] = moment(water.begins, zone=about.zone, language=language)
    if water.probability is None:
        key = "begins_single" if slots else "single"
        return sentence(f"standing.{key}", language, **slots)
    slots["tens"] = tens(water.probability, language)
    key = "begins_chance" if water.begins is not None else "chance"
    return sentence(f"standing.{key}", language, **slots)


def _how_deep(water: StandingWater, language: Language) -> Iterator[str]:
    middle, high = water.depth_mm_p50, water.depth_mm_p90
    if middle is not None and high is not None:
        told = {"middle": _mm(middle, language), "high": _mm(high, language)}
        yield sentence("standing.depth", language, **told)
    middle, high = water.hours_to_drain_p50, water.hours_to_drain_p90
    if middle is None:
        yield sentence("standing.drain_never", language)
    elif high is None:
        yield sentence("standing.drain_open", language, middle=_hours(middle, language))
    else:
        told = {"middle": _hours(middle, language), "high": _hours(high, language)}
        yield sentence("standing.drain", language, **told)


def _entry(water: StandingWater, language: Language) -> Iterator[str]:
    """When the field carries; nothing is said where that is not known."""
    middle, high = water.hours_until_entry_p50, water.hours_until_entry_p90
    if middle is None:
        return
    if middle == 0.0 and high == 0.0:
        yield sentence("standing.entry_now", language)
    elif high is None:
        yield sentence("standing.entry_open", language, middle=_hours(middle, language))
    else:
        told = {"middle": _hours(middle, language), "high": _hours(high, language)}
        same = told["middle"] == told["high"]
        if same:
            told.pop("high")
        yield sentence(f"standing.entry{'_about' if same else ''}", language, **told)


def _mm(value: float, language: Language) -> str:
    return exactly(float(math.floor(value + 0.5)), "mm", language=language)


def _hours(value: float, language: Language) -> str:
    return length(float(math.ceil(value)), "h", language=language)


def _day(text: str, language: Language) -> str:
    return day(date.fromisoformat(text), language)
