"""What the weather does to the crop, and what to do: the third and fourth part of a bulletin."""

from collections.abc import Iterator, Sequence
from typing import Final

from forecast.advise.advice import Advice
from forecast.advise.advisory import Advisory
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.wording import LIST_SEPARATOR, Language
from forecast.advise.unjudged import FEW
from forecast.advise.words import moments
from forecast.advise.words.about import About
from forecast.advise.words.catalogue import phrase_of, said, sentence
from forecast.advise.words.cores import chance_words
from forecast.advise.words.parts import hazard, part_of
from forecast.advise.words.season_text import phenology_text, stages_sentences
from forecast.advise.words.water_text import irrigation_text, standing_water_text
from forecast.advise.words.why import reason

MOST: Final = 4
"""Warnings, and likewise windows, for which a page has room."""

_WORK: Final = frozenset({"window", "sowing"})
_LIGHTS: Final[Sequence[str]] = ("green", "amber", "red")


def effects(
    advice: Advice, profile: CropProfile, *, about: About, language: Language
) -> Iterator[str]:
    """Stages, warnings with their reasons, and what cannot be told.

    Args:
        advice: of the crop at the place.
        profile: that it is of.
        about: place and zone.
        language: of the text.
    """
    yield from stages_sentences(advice.stages, about=about, language=language)
    urgent = _urgent(advice)
    for advisory in urgent[:MOST]:
        yield _warning(advisory, about, language)
        yield reason(advisory, profile, zone=about.zone, language=language) or ""
    if len(urgent) > MOST:
        yield sentence("effect.more", language, count=str(len(urgent) - MOST))
    quiet = [one for one in advice.advisories if one.state == "none" and one not in urgent]
    unknown = [one for one in advice.advisories if one.state == "no-data" and one not in urgent]
    if not urgent and not unknown:
        yield sentence("effect.quiet" if quiet else "effect.out", language)
    partly = [one for one in quiet if one.missing]
    few = [one for one in unknown if one.no_data == FEW]
    others = [one for one in unknown if one.no_data != FEW]
    for key, some in (("few", few), ("unknown", others), ("partly", partly)):
        if some:
            names = dict.fromkeys(hazard(part_of(profile, one), language) for one in some)
            slots = {"names": LIST_SEPARATOR[language].join(names)}
            if key == "few":
                slots["members"] = str(some[0].members)
                slots["needed"] = str(max(one.members_needed or 0 for one in some))
            yield sentence(f"effect.{key}", language, **slots)
    for date in [one for one in advice.phenology if one.reached is None][:1]:
        yield phenology_text(date, about=about)[language]


def actions(
    advice: Advice, profile: CropProfile, *, about: About, language: Language
) -> Iterator[str]:
    """What to do against what is warned of, when to work, to sow and to water.

    Args:
        advice: of the crop at the place.
        profile: that it is of.
        about: place and zone.
        language: of the text.
    """
    found = list(dict.fromkeys(_action(one, language) for one in _urgent(advice)[:MOST]))
    yield from found or [sentence("advice.none", language)]
    work = [one for one in advice.advisories if one.kind in _WORK and one.state in _LIGHTS]
    work.sort(key=lambda one: _LIGHTS.index(str(one.state)))
    for advisory in work[:MOST]:
        yield _work(advisory, about, language)
    if advice.irrigation is not None and advice.irrigation.state in {"red", "amber"}:
        yield irrigation_text(advice.irrigation, profile, about=about)[language]
    water = advice.standing_water
    if water is not None and water.state in {"red", "amber"}:
        yield standing_water_text(water, about=about)[language]


def _urgent(advice: Advice) -> list[Advisory]:
    """What is warned of, then what is watched, the highest levels first."""
    found = [one for one in advice.advisories if one.kind not in _WORK and one.name is not None]
    return sorted(found, key=lambda one: (one.status == "watch", -_level(one)))


def _level(advisory: Advisory) -> int:
    return advisory.state if isinstance(advisory.state, int) else 0


def _warning(advisory: Advisory, about: About, language: Language) -> str:
    name = said(advisory.name, language) if advisory.name else ""
    if advisory.state == "no-data":
        return sentence("effect.standing", language, name=name)
    slots = {"name": name, "chance": chance_words(advisory, "level", language=language)}
    key = "watch" if advisory.status == "watch" else "level"
    untold = key == "watch" and advisory.probability is None
    if advisory.window is None or untold:
        return sentence(f"effect.{key}_bare", language, **slots)
    window = moments.span(advisory.window, zone=about.zone, language=language)
    return sentence(f"effect.{key}", language, window=window, **slots)


def _action(advisory: Advisory, language: Language) -> str:
    if advisory.name is None or advisory.action is None:
        return ""
    action = said(advisory.action, language).rstrip("。.")
    return sentence("advice.action", language, name=said(advisory.name, language), action=action)


def _work(advisory: Advisory, about: About, language: Language) -> str:
    slots = {"name": said(advisory.name, language) if advisory.name else advisory.rule}
    sowing = advisory.kind == "sowing"
    if sowing:
        slots["grade"] = phrase_of(f"state.{advisory.state}", language)
    if advisory.window is None:
        key = "sowing.none" if sowing else "window.red"
        return sentence(f"advice.{key}", language, **slots)
    slots["window"] = moments.span(advisory.window, zone=about.zone, language=language)
    slots["chance"] = chance_words(advisory, "work", language=language)
    key = "sowing.window" if sowing else f"window.{advisory.state}"
    return sentence(f"advice.{key}", language, **slots)
