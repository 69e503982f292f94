"""What a message is about: its first sentence, with ever less in it."""

from collections.abc import Iterator
from typing import Final

from forecast.advise.advisory import Advisory, Because
from forecast.advise.profile.crop_profile import CropProfile
from forecast.advise.profile.grammar import Comparison
from forecast.advise.profile.wording import LIST_SEPARATOR, PHRASES, Language
from forecast.advise.sowing_row import STAGE
from forecast.advise.unjudged import FEW, lacks_soil
from forecast.advise.words import moments
from forecast.advise.words.about import About
from forecast.advise.words.amounts import roughly, short_label
from forecast.advise.words.catalogue import phrase_of, said, sentence
from forecast.advise.words.confidence import tens
from forecast.advise.words.parts import compared_in, hazard, part_of, short_name

HILLS_M: Final = 100.0
"""Height from which a message tells it: below, one field of a plain is as high as the next."""


def cores(
    advisory: Advisory,
    profile: CropProfile,
    *,
    about: About,
    before: Advisory | None,
    language: Language,
) -> Iterator[str]:
    """The sentence that tells the advice, the richest one first; at least one.

    Args:
        advisory: of a rule, window or sowing.
        profile: that it is of.
        about: place and zone.
        before: of the cycle before, where it is at hand.
        language: of the text.
    """
    crop = short_name(profile, language)
    if isinstance(advisory.state, int) and advisory.name is not None:
        slots = {"crop": crop, "name": said(advisory.name, language)}
        yield from _level(advisory, profile, about, language=language, slots=slots)
        return
    slots = {"crop": crop, "name": _about_what(advisory, profile, before, language)}
    if advisory.kind in {"window", "sowing"} and advisory.state in {"green", "amber", "red"}:
        yield _work(advisory, about.zone, language, slots)
        return
    yield from _other(advisory, about.zone, language, slots)


def _about_what(
    advisory: Advisory, profile: CropProfile, before: Advisory | None, language: Language
) -> str:
    over = advisory.change in {"cleared", "ended"} and before is not None
    name = before.name if over and before is not None else advisory.name
    return said(name, language) if name else hazard(part_of(profile, advisory), language)


def _level(
    advisory: Advisory,
    profile: CropProfile,
    about: About,
    *,
    language: Language,
    slots: dict[str, str],
) -> Iterator[str]:
    slots = {**slots, "chance": chance_words(advisory, "level", language=language)}
    window = advisory.window
    if window is not None:
        slots["window"] = moments.span(window, zone=about.zone, language=language)
        because = advisory.because
        if because is not None and because.op:
            several = window.begins != window.ends
            form = "days" if several else "at"
            told = {**slots, **_number(because, advisory, profile, about, language=language)}
            for details in _details(about, language):
                yield sentence(f"message.level.{form}.{details}", language, **told)
        yield sentence("message.level.plain", language, **slots)
        short = _short_chance(advisory, language)
        if short:
            yield sentence("message.level.plain", language, **{**slots, "chance": short})
        yield sentence("message.level.timed", language, **slots)
    yield sentence("message.level.bare", language, **slots)


def _short_chance(advisory: Advisory, language: Language) -> str:
    if advisory.probability is not None:
        share = tens(advisory.probability, language)
        return phrase_of("chance.level.short", language, tens=share)
    key = "chance.level.single_short"
    return phrase_of(key, language) if advisory.members == 1 else ""


def _number(
    because: Because,
    advisory: Advisory,
    profile: CropProfile,
    about: About,
    *,
    language: Language,
) -> dict[str, str]:
    """The number that decides, at the place for which its threshold is told."""
    leaf = next(iter(compared_in(part_of(profile, advisory), because)), None)
    name, value = short_label(because.subject, language), because.value
    if isinstance(leaf, Comparison) and leaf.width > 1:
        step = leaf.measure.step
        width = moments.length(leaf.width, step, language=language)
        name = phrase_of("label.within", language, length=width, label=name)
    if isinstance(leaf, Comparison) and leaf.offset:
        place = PHRASES[language].places[leaf.at or leaf.measure.at]
        name = phrase_of("label.elsewhere", language, place=place, label=name)
        value += leaf.offset
    return {
        "at": moments.moment(because.at, zone=about.zone, language=language),
        "label": name,
        "value": roughly(value, because.unit, language=language),
        "place": about.place(language),
        "elevation": f"{about.elevation_m:.0f}" if about.elevation_m is not None else "",
    }


def _details(about: About, language: Language) -> tuple[str, ...]:
    if about.elevation_m is None or about.elevation_m < HILLS_M:
        return ("place", "value") if about.place(language) else ("value",)
    return ("place_height", "height", "value") if about.place(language) else ("height", "value")


def chance_words(advisory: Advisory, about: str, *, language: Language) -> str:
    """How sure, as it stands within a message: 可能性七成, (chance about 70 %).

    Args:
        advisory: of a rule, window or sowing.
        about: `level` or `work`.
        language: of the text.
    """
    if advisory.probability is None:
        key = "single" if advisory.members == 1 else "few"
        return phrase_of(f"chance.{about}.{key}", language)
    return phrase_of(f"chance.{about}.tens", language, tens=tens(advisory.probability, language))


def _work(advisory: Advisory, zone: str, language: Language, slots: dict[str, str]) -> str:
    window = advisory.window
    if advisory.kind == "sowing":
        slots["grade"] = phrase_of(f"state.{advisory.state}", language)
    if window is None:
        key = "sowing.none" if advisory.kind == "sowing" else "window.red"
        return sentence(f"message.{key}", language, **slots)
    slots["window"] = moments.span(window, zone=zone, language=language)
    slots["chance"] = chance_words(advisory, "work", language=language)
    key = "sowing.window" if advisory.kind == "sowing" else f"window.{advisory.state}"
    return sentence(f"message.{key}", language, **slots)


def _other(
    advisory: Advisory, zone: str, language: Language, slots: dict[str, str]
) -> Iterator[str]:
    """What is said where there is no level and no light."""
    if advisory.state == "no-data":
        yield from _no_data(advisory, language, slots)
    elif advisory.state == "not-applicable":
        key = "ended" if advisory.change == "ended" else "not-applicable"
        key = "done" if advisory.gate == STAGE else key
        yield sentence(f"message.{key}", language, **slots)
    elif advisory.change == "cleared":
        yield sentence("message.cleared", language, **slots)
    else:
        if advisory.probability is not None:
            slots = {**slots, "chance": chance_words(advisory, "level", language=language)}
        yield from _no_warning(advisory, zone, language, slots)


def _no_data(advisory: Advisory, language: Language, slots: dict[str, str]) -> Iterator[str]:
    if advisory.name is not None and advisory.kind not in {"window", "sowing"}:
        yield sentence("message.no-data.standing", language, **slots)
        return
    if advisory.no_data == FEW:
        told = {"needed": str(advisory.members_needed), "members": str(advisory.members)}
        yield sentence("message.no-data.few", language, **told, **slots)
    elif lacks_soil(advisory.lacking):
        yield sentence("message.no-data.soil", language, **slots)
    elif advisory.lacking:
        names = dict.fromkeys(short_label(subject, language) for subject in advisory.lacking)
        listed = LIST_SEPARATOR[language].join(names)
        yield sentence("message.no-data.lacking", language, lacking=listed, **slots)
    yield sentence("message.no-data.plain", language, **slots)


def _no_warning(
    advisory: Advisory, zone: str, language: Language, slots: dict[str, str]
) -> Iterator[str]:
    watched = advisory.status == "watch"
    if watched and advisory.window is not None and "chance" in slots:
        slots = {**slots, "window": moments.span(advisory.window, zone=zone, language=language)}
        yield sentence("message.watch", language, **slots)
    if watched:
        yield sentence("message.watch_untold", language, **slots)
        return
    if "chance" in slots:
        yield sentence("message.none.tens", language, **slots)
    yield sentence("message.none.untold", language, **slots)
